from unittest.mock import patch

from freezegun import freeze_time
from odoo import fields
from odoo.fields import Command

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

TODAY = "2026-03-20"
FEBRUARY = ("2026-02-01", "2026-02-28")
# facts that orders compute from transfers, which these orders do not have
COMPUTED = (
    "adv_delivered_date",
    "adv_is_on_time",
    "adv_first_delivery_date",
    "adv_is_in_full",
    "adv_lines_shipped",
    "adv_lines_filled",
)


class KpiCommon(AccountTestInvoicingCommon):
    """A small company in Paris, seen on 20 March 2026. The figures' tests work them out by hand."""

    @classmethod
    def setUpClass(cls):
        cls.startClassPatcher(freeze_time(f"{TODAY} 10:00:00"))
        super().setUpClass()
        # jobs commit their batches: not inside a test
        jobs = type(cls.env["ir.cron"])
        cls.startClassPatcher(patch.object(jobs, "_commit_progress", lambda *args, **kwargs: 3600))
        cls.company = cls.env.company
        cls.company.adv_tz = "Europe/Paris"
        cls.kpi = cls.env["adv.kpi"]
        cls.customer = cls.env["res.partner"].create({"name": "Acme", "is_company": True})
        cls.service = cls.env["product.product"].create(
            {"name": "Work", "type": "service", "taxes_id": False, "list_price": 1.0}
        )
        cls.tax = cls.env["account.tax"].create({"name": "20", "amount": 20.0, "type_tax_use": "sale"})

    @classmethod
    def get_default_groups(cls):
        groups = super().get_default_groups()
        return (
            groups
            | cls.quick_ref("adv_orders.group_adv_manager")
            | cls.quick_ref("adv_kpi.group_kpi_manager")
        )

    # === DATA === #

    @classmethod
    def _order(cls, amount, lines=1, company=None, partner=None, user=None, **facts):
        """Create an order of some untaxed amount and write its facts (as the server does)."""
        company = company or cls.company
        order = (
            cls.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": (partner or cls.customer).id,
                    "company_id": company.id,
                    "user_id": (user or cls.env.user).id,
                    "order_line": [
                        Command.create(
                            {"product_id": cls.service.id, "price_unit": amount, "tax_ids": [Command.clear()]}
                        )
                    ],
                }
            )
        )
        computed = COMPUTED
        shipped = {name: facts.pop(name) for name in computed if name in facts}
        order._adv_set_facts({"adv_line_count": lines, **facts})
        order.flush_recordset()
        order._adv_set_facts(shipped)
        order.flush_recordset()
        return order

    @classmethod
    def _confirmed(cls, amount, received, confirmed, promised=False, delivered=False, on_time=False, **facts):
        return cls._order(
            amount,
            **{
                "state": "sale",
                "adv_received_date": received,
                "adv_submitted_date": confirmed,
                "adv_confirmed_date": confirmed,
                "adv_promise_date": promised,
                "adv_delivered_date": delivered,
                "adv_is_on_time": on_time,
                **facts,
            },
        )

    @classmethod
    def _error(cls, order, kind, **vals):
        return cls.env["adv.order.error"]._adv_log(
            [{"type": kind, "order_id": order.id, "found_by": "manual", **vals}]
        )

    @classmethod
    def _bill(cls, amount, day, due, kind="out_invoice", tax=None, company=None, partner=None, **vals):
        """Create and post an invoice or a credit note of some untaxed amount."""
        company = company or cls.company
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": kind,
                    "partner_id": (partner or cls.customer).id,
                    "invoice_date": day,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Work",
                                "price_unit": amount,
                                "tax_ids": [Command.set(tax.ids if tax else [])],
                            }
                        )
                    ],
                    **vals,
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, move, amount, day):
        """Take in and match a payment."""
        return (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": day, "amount": amount, "payment_difference_handling": "open"})
            ._create_payments()
        )

    # === CHECKS === #

    def _fill_history(self, orders=()):
        """Run the job that fills earlier documents, as if these orders had been there before the addon."""
        self.env.flush_all()
        self.env.cr.execute("UPDATE sale_order SET adv_kpi_history = NULL WHERE adv_kpi_history")
        if orders:
            self.env.cr.execute(
                "UPDATE sale_order SET adv_kpi_history = TRUE WHERE id IN %s", [tuple(orders.ids)]
            )
        self.env["adv.kpi.backfill"]._adv_cron_run()
        self.env.invalidate_all()

    def _value(self, code, days=FEBRUARY, **kwargs):
        return self.kpi.get_values([code], *days, **kwargs)[code]["value"]

    def assertFigures(self, expected, days=FEBRUARY, **kwargs):
        """Check the values of figures, to 6 decimals."""
        values = self.kpi.get_values(list(expected), *days, **kwargs)
        found = {code: value["value"] for code, value in values.items()}
        rounded = {code: value if value is None else round(value, 6) for code, value in found.items()}
        self.assertEqual(
            rounded, {code: value if value is None else round(value, 6) for code, value in expected.items()}
        )

    def assertOpens(self, part, env=None):
        """Check that the records behind a number add up to it."""
        records = (env or self.env)[part["model"]].search(part["domain"])
        column = part["aggregate"].partition(":")[2]
        total = sum(records.mapped(column)) if column and records else len(records)
        self.assertAlmostEqual(total, part["value"], places=2, msg=str(part))

    @staticmethod
    def _moment(text):
        return fields.Datetime.to_datetime(text)
