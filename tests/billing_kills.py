"""Kills billing runs, many times; run in a process of its own.

    python billing_kills.py CONFIGURATION DATABASE SEED

The addon is installed here, and the registry loaded once. Each attempt is a forked child that ends by SIGKILL
before or after a statement chosen at random; attempts go on until one gets to the end. Then two runs at once
bill the same orders. Afterwards each order stands on exactly one invoice, the preview's, and each milestone
was billed once. Prints what it saw as one line of JSON.
"""

import json
import random
import sys
import time

from dunning_kills import BUSY, DONE, Attempts, check
from odoo.tools import config

ORDERS = 12
CHUNK = 3
PRICE = 100


def prepare(env):
    """Orders of services to bill on order: half of them each alone, half by customer, and some by parts."""
    accounts = env["account.account"].create(
        [
            {"name": "Customers", "code": "KIL411", "account_type": "asset_receivable", "reconcile": True},
            {"name": "Sales", "code": "KIL707", "account_type": "income"},
        ]
    )
    company = env.company
    for model, field, account in (
        ("res.partner", "property_account_receivable_id", accounts[0]),
        ("product.category", "property_account_income_categ_id", accounts[1]),
    ):
        env["ir.default"].set(model, field, account.id, company_id=company.id)
    env["product.category"].search([]).property_account_income_categ_id = accounts[1]
    env["account.journal"].create({"name": "Sales", "code": "KILLS", "type": "sale"})
    alone, together, parts = env["res.partner"].create([{"name": name} for name in ("A", "B", "C")])
    rules = env["adv.billing.rule"]
    rules.create({"mode": "order", "partner_id": alone.id, "auto_post": True})
    rules.create({"mode": "order", "grouping": "customer", "partner_id": together.id})
    rules.create(
        {
            "mode": "milestone",
            "partner_id": parts.id,
            "milestone_ids": [
                (0, 0, {"name": "Order", "percent": 30, "trigger": "confirmation", "sequence": 1}),
                (
                    0,
                    0,
                    {"name": "End", "percent": 70, "trigger": "date", "date": "2100-01-01", "sequence": 2},
                ),
            ],
        }
    )
    product = env["product.product"].create(
        {
            "name": "Service",
            "type": "service",
            "invoice_policy": "order",
            "list_price": PRICE,
            "taxes_id": [(6, 0, [])],
        }
    )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": 1})],
            }
            for partner in (alone, together, parts)
            for _number in range(ORDERS)
        ]
    )
    orders.action_confirm()
    return {name: partner.id for name, partner in zip("ABC", (alone, together, parts), strict=True)}


def more(partners):
    """New orders, for two runs at once."""

    def work(env):
        product = env["product.product"].search([("name", "=", "Service")])
        lines = [(0, 0, {"product_id": product.id, "product_uom_qty": 1})]
        orders = env["sale.order"].create(
            [
                {"partner_id": partner, "order_line": lines}
                for partner in partners.values()
                for _number in range(ORDERS)
            ]
        )
        orders.action_confirm()

    return work


def bill(run_id):
    return lambda env: env["adv.billing.run"].browse(run_id).action_run()


def new_run(env):
    return env["adv.billing.run"].create({}).id


def preview(env):
    rows = env["adv.billing.run"].new({"company_id": env.company.id}).preview()
    return sorted((sorted(row["order_ids"]), row["amount"]) for row in rows)


def seen(since):
    """[(orders, amount)] of the invoices made since the invoice ``since``, results of the runs and parts."""

    def work(env):
        invoices = env["account.move"].search([("move_type", "=", "out_invoice"), ("id", ">", since)])
        lines = env["adv.billing.run.line"].search([("move_id", "in", invoices.ids)])
        failed = env["adv.billing.run.line"].search([("state", "=", "failed")])
        parts = env["adv.billing.instalment"].search([("move_id", "in", invoices.ids)])
        return {
            "invoices": sorted(
                (sorted(move.line_ids.sale_line_ids.order_id.ids), move.amount_untaxed) for move in invoices
            ),
            "states": sorted(set(invoices.mapped("state"))),
            "lines": sorted((sorted(line.order_ids.ids), line.amount) for line in lines),
            "failed": failed.mapped("message"),
            "parts": parts.mapped("percent"),
            "last": max(invoices.ids, default=since),
        }

    return work


def check_billed(wanted, found):
    check(found["invoices"] == wanted, "not what the preview said", found["invoices"], wanted)
    check(found["lines"] == wanted, "results and invoices differ", found["lines"])
    check(not found["failed"], "failed", found["failed"])
    check(found["parts"] == [30.0] * ORDERS, "parts", found["parts"])


def main(database, seed):
    random.seed(seed)
    start = time.time()
    attempts = Attempts(database, "adv_billing")
    from odoo.addons.adv_billing.models.adv_billing_run_bill import AdvBillingRun

    AdvBillingRun._CHUNK = CHUNK
    partners = attempts.env(prepare)
    wanted = attempts.env(preview)
    check(len(wanted) == 2 * ORDERS + 1, "work to do", wanted)
    attempts.until_done(bill(attempts.env(new_run)), 400)
    first = attempts.env(seen(0))
    check_billed(wanted, first)
    check(attempts.env(preview) == [], "something is left")
    attempts.env(more(partners))
    wanted = attempts.env(preview)
    children = [attempts.start(bill(attempts.env(new_run))) for _run in range(2)]
    codes = [attempts.wait(child) for child in children]
    check(set(codes) <= {DONE, BUSY}, "two at once", codes)
    attempts.until_done_quietly(bill(attempts.env(new_run)))
    second = attempts.env(seen(first["last"]))
    check(
        sorted(order for orders, _amount in second["invoices"] for order in orders)
        == sorted(order for orders, _amount in wanted for order in orders),
        "orders billed",
        second,
    )
    check(
        sum(amount for _orders, amount in second["invoices"]) == sum(amount for _orders, amount in wanted),
        "amounts",
        second,
    )
    check(second["parts"] == [30.0] * ORDERS, "parts", second["parts"])
    print(
        json.dumps(
            {
                "killed": attempts.killed,
                "invoices": len(first["invoices"]) + len(second["invoices"]),
                "seconds": round(time.time() - start, 1),
            }
        )
    )


if __name__ == "__main__":
    config.parse_config(["-c", sys.argv[1], "-d", sys.argv[2], "--log-level", "critical"])
    main(sys.argv[2], int(sys.argv[3]))
