"""The demo data of all addons, installed once, as an administrator gets it with --with-demo."""

import json

from odoo.tests import BaseCase, tagged

from .processes import complaints, database, odoo, shell

# run by ``odoo shell`` on the database with demo data; prints one line of JSON
FACTS = """
import json
from datetime import timedelta
from tests.demo_screens import LOGINS, screens
company = env.ref("adv_kpi.demo_company")
env = env(context=dict(env.context, allowed_company_ids=company.ids))
company, today = company.with_env(env), company._adv_today()
mine = [("company_id", "=", company.id)]

def count(model, *domain):
    return env[model].search_count([*mine, *domain])

def by(model, field, *domain):
    groups = env[model]._read_group([*mine, *domain], [field], ["__count"])
    return {getattr(key, "display_name", key): number for key, number in groups}

def last_levels():
    # the last level at which each instalment that is open was told
    lines = env["adv.dunning.notice.line"].search(
        [
            ("notice_id.company_id", "=", company.id),
            ("notice_id.state", "in", ("sent", "ready", "waiting")),
            ("is_live", "=", True),
            ("move_line_id.reconciled", "=", False),
        ]
    )
    last = {}
    for line in lines.sorted(lambda line: line.level_id.delay):
        last[line.move_line_id] = line.level_id.id
    return sorted(set(last.values()))

def customers_own():
    # what the customer with a login finds in the portal
    user = env.ref("adv_orders.user_customer")
    theirs = env(user=user, su=False)
    owed = [("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
    return {
        "orders": theirs["sale.order"].search_count([("state", "=", "sale")]),
        "held": env["sale.order"].search_count(
            [("partner_id", "child_of", user.commercial_partner_id.id), ("adv_held_date", "!=", False)]
        ),
        "owed": theirs["account.move"].search_count(owed),
        "overdue": theirs["account.move"].search_count([*owed, ("invoice_date_due", "<", today)]),
        "requests": theirs["adv.request"].search_count([]),
    }

tomorrow = company._adv_day_bounds(today, today)[1]
posted = env["account.move.line"].search([*mine, ("parent_state", "=", "posted")])
unbalanced = [
    move.name
    for move in env["account.move"].search([*mine, ("state", "=", "posted")])
    if not company.currency_id.is_zero(sum(move.line_ids.mapped("balance")))
]
kpis = env["adv.kpi"].search([("is_own", "=", False)])
start, end = today - timedelta(days=364), today
values = kpis.get_values(kpis.mapped("code"), start, end)
facts = {
    "orders": count("sale.order"),
    "states": by("sale.order", "adv_state"),
    "customers": len(env["sale.order"].search(mine).adv_commercial_partner_id),
    "future_orders": count("sale.order", ("date_order", ">=", tomorrow), ("state", "=", "sale")),
    "future_moves": count("stock.move", ("state", "=", "done"), ("date", ">=", tomorrow)),
    "future_entries": count("account.move", ("state", "=", "posted"), ("date", ">", today)),
    "loaded_today": count("stock.move", ("state", "=", "done"), ("date", ">=", tomorrow - timedelta(days=1))),
    "caught": by("adv.order.error", "type_id", ("escaped", "=", False)),
    "escaped": by("adv.order.error", "type_id", ("escaped", "=", True)),
    "error_types": env["adv.error.type"].search_count([]),
    "approvals": by("adv.approval", "state"),
    "amendments_open": count("adv.order.amendment", ("qualified", "=", False)),
    "held": count("sale.order", ("adv_held_date", "!=", False), ("state", "in", ("draft", "sent"))),
    "lateness": by("sale.order", "adv_lateness"),
    "backorders": count("stock.picking", ("backorder_id", "!=", False)),
    "open_backorders": count(
        "stock.picking", ("backorder_id", "!=", False), ("state", "in", ("confirmed", "waiting", "assigned"))
    ),
    "last_levels": last_levels(),
    "policy_levels": sorted(company._adv_dunning_policy().level_ids.ids),
    "customer": customers_own(),
    "screens": {login: screens(env, login) for login in LOGINS},
    "returns": count("stock.picking", ("return_id", "!=", False)),
    "requests": by("adv.request", "state"),
    "documents": count("adv.document"),
    "lost": count("sale.order", ("adv_lost_reason_id", "!=", False)),
    "levels": by("adv.dunning.notice", "level_id"),
    "notices": by("adv.dunning.notice", "state"),
    "promises": by("adv.payment.promise", "state"),
    "disputes": by("adv.dispute", "state"),
    "credit_notes": count("account.move", ("move_type", "=", "out_refund"), ("state", "=", "posted")),
    "agreements": by("adv.agreement", "state"),
    "agreements_ending": count(
        "adv.agreement",
        ("state", "=", "active"),
        ("date_to", ">=", today),
        ("date_to", "<=", today + timedelta(days=60)),
    ),
    "answers": count("adv.satisfaction", ("answered_date", "!=", False)),
    "spends": count("adv.marketing.spend"),
    "billing_runs": count("adv.billing.run", ("state", "=", "done")),
    "snapshot_months": len({row.date_from for row in env["adv.kpi.snapshot"].search(mine)}),
    "negative_stock": env["stock.quant"].search_count(
        [*mine, ("location_id.usage", "=", "internal"), ("quantity", "<", 0)]
    ),
    "unbalanced": unbalanced,
    "balance": company.currency_id.round(sum(posted.mapped("balance"))),
    "receivable": company.currency_id.round(
        sum(posted.filtered(lambda row: row.account_type == "asset_receivable").mapped("balance"))
    ),
    "outgoing_mails": env["mail.mail"].search_count(
        [("model", "=", "adv.dunning.notice"), ("state", "=", "outgoing"), ("create_date", ">", "2000-01-01"),
         ("res_id", "in", env["adv.dunning.notice"].search(mine).ids)]
    ),
    "figures": {code: row["value"] for code, row in values.items() if not row["not_applicable"]},
}
print("FACTS" + json.dumps(facts, default=str))
"""

# who decides nothing has nothing to approve
OF_OTHERS = {
    (login, "adv_orders.menu_to_approve") for login in ("assistant", "collector", "accountant", "warehouse")
}


@tagged("post_install", "-at_install", "lifecycle")
class TestDemo(BaseCase):
    def test_demo_data(self):
        with database("adv_lifecycle_demo", None) as name:
            code, log = odoo("server", "-i", "adv_kpi", "--stop-after-init", "--with-demo", name=name)
            self.assertEqual(complaints(log), [])
            self.assertEqual(code, 0, log[-2000:])
            with shell(FACTS, name) as process:
                output = process.communicate(timeout=300)[0]
        lines = [line for line in output.splitlines() if line.startswith("FACTS")]
        self.assertTrue(lines, output[-3000:])
        facts = json.loads(lines[0].removeprefix("FACTS"))
        self._check_history(facts)
        self._check_work(facts)
        self._check_money(facts)
        self._check_figures(facts["figures"])
        self._check_screens(facts["screens"])
        self._check_portal(facts["customer"])

    def _check_history(self, facts):
        self.assertTrue(290 <= facts["orders"] <= 360, facts["orders"])
        self.assertGreaterEqual(facts["customers"], 60)
        for name in ("future_orders", "future_moves", "future_entries", "loaded_today", "negative_stock"):
            self.assertEqual(facts[name], 0, name)
        self.assertEqual(len(facts["caught"]), facts["error_types"])
        self.assertEqual(len(facts["escaped"]), facts["error_types"])
        self.assertGreaterEqual(facts["returns"], 3)
        self.assertGreaterEqual(facts["lost"], 15)
        self.assertGreaterEqual(facts["answers"], 30)
        self.assertGreaterEqual(facts["spends"], 12)
        self.assertGreaterEqual(facts["snapshot_months"], 12)

    def _check_work(self, facts):
        """Every worklist holds something today."""
        for state in ("to_correct", "to_approve", "quoted", "draft", "confirmed", "in_delivery", "delivered"):
            self.assertGreater(facts["states"].get(state, 0), 0, f"{state}: {facts['states']}")
        self.assertGreaterEqual(facts["approvals"].get("pending", 0), 3)
        self.assertGreaterEqual(facts["amendments_open"], 3)
        self.assertGreaterEqual(facts["held"], 1)
        self.assertGreaterEqual(facts["requests"].get("open", 0), 4)
        self.assertGreaterEqual(facts["documents"], 4)
        self.assertGreaterEqual(facts["backorders"], 5)
        self.assertGreaterEqual(facts["open_backorders"], 2)
        self.assertGreaterEqual(facts["lateness"].get("late", 0), 3, facts["lateness"])
        self.assertGreaterEqual(facts["lateness"].get("at_risk", 0), 1, facts["lateness"])
        self.assertGreaterEqual(facts["agreements_ending"], 2)

    def _check_money(self, facts):
        self.assertEqual(facts["unbalanced"], [])
        self.assertEqual(facts["balance"], 0)
        self.assertEqual(facts["last_levels"], facts["policy_levels"], "something is overdue at every level")
        self.assertGreaterEqual(facts["notices"].get("waiting", 0), 1, facts["notices"])
        for state in ("open", "kept", "broken"):
            self.assertGreaterEqual(facts["promises"].get(state, 0), 1, facts["promises"])
        for state in ("open", "accepted", "rejected"):
            self.assertGreaterEqual(facts["disputes"].get(state, 0), 1, facts["disputes"])
        self.assertGreaterEqual(facts["credit_notes"], 5)
        self.assertGreaterEqual(facts["billing_runs"], 1)
        self.assertEqual(facts["outgoing_mails"], 0, "nothing of the past is sent now")
        self.assertAlmostEqual(facts["figures"]["receivable_balance"], facts["receivable"], places=2)

    def _check_screens(self, screens):
        """Whoever opens a menu finds something there."""
        self.assertGreater(len(set().union(*screens.values())), 60)
        empty = {
            (login, menu)
            for login, found in screens.items()
            for menu, shown in found.items()
            if shown in (0, "nothing")
        }
        self.assertEqual(sorted(empty - OF_OTHERS), [])

    def _check_portal(self, customer):
        """The customer who logs in sees orders, one that is held, what is owed and overdue, and questions."""
        self.assertGreaterEqual(customer["orders"], 8, customer)
        for name in ("held", "owed", "overdue", "requests"):
            self.assertGreaterEqual(customer[name], 1, customer)

    def _check_figures(self, figures):
        """Every figure has a value, and one that a wholesaler could have."""
        self.assertEqual([code for code, value in figures.items() if value is None], [])
        for code, low, high in (
            ("entry_error_rate", 1, 8),
            ("order_accuracy", 85, 98),
            ("on_time_rate", 80, 98),
            ("line_fill_rate", 80, 99),
            ("gross_margin_rate", 30, 55),
            ("quote_conversion_rate", 40, 85),
            ("dso", 25, 90),
            ("csat", 50, 95),
            ("stock_rotation", 1.5, 12),
            ("processing_time", 3, 15),
            ("retention_rate", 60, 100),
            ("dispute_rate", 0.1, 10),
            ("promise_kept_rate", 30, 95),
        ):
            self.assertTrue(low <= figures[code] <= high, f"{code}: {figures[code]}")
