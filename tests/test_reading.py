"""Installing breaks no reading: what we add to a native record can be read by whoever reads the record."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from odoo.addons.adv_billing.tests.common import AdvBillingCommon

RECORDS = 3  # of each model, the last made
# What a customer who reads their own order, invoice or address over RPC must not learn of us.
OUR_MATTERS = {
    "sale.order": {
        "adv_approval_ids",
        "adv_blocked",
        "adv_blocked_hours",
        "adv_blocked_reason",
        "adv_check_result_ids",
        "adv_clean_date",
        "adv_cost_confirmed",
        "adv_desk_rank",
        "adv_entry_hours",
        "adv_error_ids",
        "adv_followed_date",
        "adv_hold_reason",
        "adv_hold_release_reason",
        "adv_hold_released_by",
        "adv_hold_released_date",
        "adv_hold_state",
        "adv_lateness",
        "adv_lost_note",
        "adv_lost_reason_id",
        "adv_payer_on_hold",
        "adv_quote_status",
        "adv_ready",
        "adv_state",
        "adv_submitted_by",
        "adv_to_confirm",
        "adv_todo",
    },
    "sale.order.line": {"adv_backorder_choice", "adv_cost_confirmed", "adv_lateness", "adv_short_qty"},
    "account.move": {
        "adv_check_result_ids",
        "adv_check_warning",
        "adv_cost",
        "adv_credit_approved_amount",
        "adv_credit_approved_by",
        "adv_credit_asked_amount",
        "adv_is_costed",
        "adv_late_days_amount",
        "adv_margin",
        "adv_paid_days_amount",
    },
    "account.move.line": {"adv_cost"},
    "res.partner": {
        "adv_contract_rate",
        "adv_credit_limit_ids",
        "adv_doubtful",
        "adv_dunning_excluded",
        "adv_dunning_policy_id",
        "adv_exposure_total",
        "adv_insolvency_date",
        "adv_insolvency_deadline",
        "adv_insolvency_end",
        "adv_on_hold",
        "adv_own_limit",
    },
    "res.company": {
        "adv_discount_limit",
        "adv_margin_floor",
        "adv_overdue_amount",
        "adv_overdue_days",
        "adv_overdue_percent",
        "adv_price_tolerance",
        "adv_write_off_amount",
        "adv_write_off_days",
    },
    "stock.picking": {"adv_hold_message"},
}


def is_ours(field):
    return any(module.startswith("adv_") for module in field._modules)


@tagged("post_install", "-at_install", "security")
class TestReading(AdvBillingCommon):
    """An order that went through everything; fields that a role may not read are not shown to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.adv_billing_mode = "enforce"
        parts = [{"name": "A", "percent": 30}, {"name": "B", "percent": 70, "trigger": "first_delivery"}]
        milestones = [Command.create(part) for part in parts]
        cls._rule("milestone", partner=cls.acme, auto_post=True, milestone_ids=milestones)

    def _went_through_everything(self):
        order = self._order([(self.chair, 10), (self.hour, 2)])
        picking = self._deliver(order)
        self._run()
        invoice = order.invoice_ids.sorted("id")[:1]
        reason = self.env["adv.dispute.reason"].create({"name": "Price", "code": "test_price"})
        dispute = {"move_id": invoice.id, "amount": 40, "reason_id": reason.id, "adv_picking_id": picking.id}
        self.env["adv.dispute"].create(dispute)
        picking.adv_proof_ids = [Command.create({"name": "proof.txt", "raw": b"here"})]
        self._credit(invoice, "price", price=4)
        self._pay(invoice)
        self.assertTrue(order.adv_instalment_ids)
        self.assertTrue(order.adv_error_ids)
        self.assertTrue(order.adv_check_result_ids)
        self.assertTrue(invoice.adv_check_result_ids)

    def _extended(self):
        """Native models with fields of ours."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            stored = not (model._abstract or model._transient or name.startswith("adv."))
            if stored and any(is_ours(field) for field in model._fields.values()):
                yield model

    def _readers(self):
        """{role: user} of each native group that may read something, of the portal and of the web site."""
        groups = self.env["ir.model.access"].search([("perm_read", "=", True)]).group_id
        names = {group_id: min(known, default="") for group_id, known in groups._get_external_ids().items()}
        outside = {"base.group_portal", "base.group_public"}
        native = groups.filtered(
            lambda group: names[group.id] not in outside and not names[group.id].startswith("adv_")
        )
        roles = {names[group.id]: self.env.ref("base.group_user") | group for group in native}
        roles |= {name: self.env.ref(name) for name in outside}
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        users = self.env["res.users"].create(
            [
                {"name": role, "login": role, "group_ids": [Command.set(some.ids)], **company}
                for role, some in roles.items()
            ]
        )
        return dict(zip(roles, users, strict=True))

    def test_every_record_is_looked_for_by_its_name(self):
        """As a person does who types into a field that leads to it, or into a list's search."""
        self._went_through_everything()
        for name in sorted(self.env.registry):
            model = self.env[name].sudo()
            is_named = model._rec_name or model._rec_names_search
            if name.startswith("adv.") and not model._abstract and is_named:
                with self.subTest(model=name):
                    model.name_search("strange")
        dispute = self.env["adv.dispute"].search([], limit=1)
        for text in (dispute.move_id.name, dispute.partner_id.name):
            self.assertIn(dispute.id, [found[0] for found in dispute.name_search(text)])

    def test_a_record_loses_its_company_or_its_day(self):
        """Emptied by mistake, in a list or an import: refused by the database, with the field named."""
        agreement = self.env["adv.agreement"].create(
            {"name": "Offer", "partner_id": self.acme.id, "date_from": "2026-01-01", "date_to": "2026-12-31"}
        )
        for name in ("company_id", "received_date"):
            with mute_logger("odoo.sql_db"):
                result = self.env["adv.request"].load(["name", name], [["Call", ""]])
            self.assertIn(name, str(result["messages"]))
            self.assertNotIn("Unknown error", str(result["messages"]))
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"), self.env.cr.savepoint():
            agreement.company_id = False
            agreement.flush_recordset()

    def test_whoever_reads_a_native_record_reads_what_we_add(self):
        self._went_through_everything()
        models, seen = list(self._extended()), set()
        for role, user in self._readers().items():
            for model in models:
                records = model.with_user(user)
                if not records.has_access("read"):
                    continue
                records = records.search([], order="id desc", limit=RECORDS)
                shown = records.fields_get(attributes=[])
                with self.subTest(model=model._name, role=role):
                    records.read([name for name in shown if is_ours(model._fields[name])])
                    seen |= {(role, model._name)} if records else set()
        for pair in (
            ("stock.group_stock_user", "sale.order"),
            ("stock.group_stock_user", "stock.picking"),
            ("account.group_account_invoice", "sale.order"),
            ("account.group_account_readonly", "account.move"),
            ("sales_team.group_sale_manager", "account.move"),
        ):
            self.assertIn(pair, seen)

    def test_a_customer_reads_nothing_of_our_own_matters(self):
        """Cost and margin of their invoices, how low a price may go, what we think of them: not by RPC."""
        self._went_through_everything()
        customer = new_test_user(self.env, login="reading_customer", groups="base.group_portal")
        customer.partner_id.parent_id = self.acme
        shipped = self.env["stock.picking"].search([("sale_id.partner_id", "=", self.acme.id)], limit=1)
        shipped.partner_id = customer.partner_id  # of transfers a customer reads their own only
        for name, ours in OUR_MATTERS.items():
            records = self.env[name].with_user(customer)
            self.assertEqual(ours - records._fields.keys(), set(), f"no longer fields of {name}")
            own = records.search([], limit=1)
            self.assertTrue(own, f"the customer reads some {name}")
            self.assertFalse(ours & own.fields_get(attributes=[]).keys(), name)
            for field in sorted(ours):
                with self.subTest(model=name, field=field):
                    with self.assertRaises(AccessError):
                        own.read([field])
                    with self.assertRaises(AccessError):
                        own.search([(field, "!=", False)], limit=1)
