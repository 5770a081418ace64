"""A branch: a company of its own that has the chart of accounts and the journals of the one it belongs to."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon

OURS = ("adv.check.result", "adv.dunning.item", "adv.late.charge", "adv.receivable.stats")


@tagged("post_install", "-at_install")
class TestBranches(AdvBillingCommon):
    """Lyon is a branch of the company; its people have no right on the company itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.company
        cls.lyon = cls.env["res.company"].create(
            {"name": "Lyon", "parent_id": cls.root.id, "adv_tz": "Europe/Paris"}
        )
        cls.env.cr.precommit.run()  # the branch's own accounting defaults
        cls.lyon.write(dict.fromkeys(("adv_check_mode", "adv_approval_mode", "adv_billing_mode"), "enforce"))
        cls.env.user.company_ids |= cls.lyon
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.lyon.id)]) or cls.env[
            "stock.warehouse"
        ].create({"name": "Lyon", "code": "LYO", "company_id": cls.lyon.id})
        cls.env["stock.quant"]._update_available_quantity(cls.chair, cls.warehouse.lot_stock_id, 100)
        cls.assistant = cls._user("lyon_assistant", "adv_orders.group_adv_assistant")
        cls.storekeeper = cls._user("lyon_storekeeper", "stock.group_stock_user")
        cls.accountant = cls._user("lyon_accountant", "account.group_account_user")
        cls.collector = cls._user("lyon_collector", "adv_dunning.group_collection_manager")
        cls.manager = cls._user("lyon_manager", "adv_orders.group_adv_manager,adv_kpi.group_kpi_manager")
        cls.today = cls.lyon._adv_today()

    @classmethod
    def _user(cls, login, groups, companies=None):
        companies = companies or cls.lyon
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=companies[:1].id,
            company_ids=[Command.set(companies.ids)],
        )

    def _sell(self, quantity=5, price=100.0):
        orders = self.env["sale.order"].with_user(self.assistant)
        order = orders.create(
            {
                "partner_id": self.acme.id,
                "client_order_ref": f"PO {quantity} at {price}",
                "order_line": [
                    Command.create(
                        {"product_id": self.chair.id, "product_uom_qty": quantity, "price_unit": price}
                    )
                ],
            }
        )
        order.action_confirm()
        return order

    def _billed(self, quantity=5, late=30):
        order = self._sell(quantity)
        picking = order.picking_ids.with_user(self.storekeeper)
        picking.move_ids.write({"quantity": quantity, "picked": True})
        picking.button_validate()
        run = self.env["adv.billing.run"].with_user(self.accountant)
        run = run.create({"company_id": self.lyon.id, "date": self.today})
        run.action_run()
        self.assertEqual(run.line_ids.mapped("state"), ["done"], run.line_ids.mapped("message"))
        invoice = order.sudo().invoice_ids.with_user(self.accountant)
        due = self.today - timedelta(days=late)
        invoice.write({"invoice_date": due, "invoice_date_due": due, "invoice_payment_term_id": False})
        invoice.action_post()
        return order, invoice

    def _rate(self):
        rate = {"kind": "late", "date_from": "2020-01-01", "date_to": "2099-12-31", "rate": 10.0}
        self.env["adv.interest.rate"].create({"country_id": self.root.account_fiscal_country_id.id, **rate})

    def test_from_the_order_to_the_reminder(self):
        order, invoice = self._billed()
        self.assertEqual((order.company_id, order.adv_state), (self.lyon, "invoiced"))
        self.assertEqual((invoice.company_id, invoice.journal_id.company_id), (self.lyon, self.root))
        self.assertEqual(self.acme.adv_exposure(self.lyon), 500.0)
        self.assertEqual(self.acme.adv_exposure(self.root), 0.0)

        # what a credit note, a reminder and late charges need of the company it belongs to
        wizard = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "date": self.today})
        )
        with self.assertRaisesRegex(UserError, "reason"):
            wizard.refund_moves()
        wizard.adv_credit_reason_id = self.env.ref("adv_billing.credit_reason_price")
        note = self.env["account.move"].with_user(self.accountant).browse(wizard.refund_moves()["res_id"])
        note.invoice_line_ids.quantity = 1
        note.action_post()
        self.assertEqual((note.company_id, note.adv_to_qualify), (self.lyon, False))
        self.assertEqual(order.sudo().adv_error_ids.company_id, self.lyon)

        run = self.env["adv.dunning.run"].with_user(self.collector)
        run = run.create({"company_id": self.lyon.id, "date": self.today})
        run.action_compute()
        [item] = self.env["adv.dunning.item"].with_user(self.collector).search([("move_id", "=", invoice.id)])
        self.assertEqual((item.company_id, item.amount_open), (self.lyon, 400.0))
        stats = self.env["adv.receivable.stats"].with_user(self.collector)
        stats = stats.search([("partner_id", "=", self.acme.id)])
        self.assertRecordValues(stats, [{"company_id": self.lyon.id, "amount_open": 400.0}])

    def test_a_check_and_a_hold_are_the_branch_s_own(self):
        order = self._sell(price=0.0)
        self.assertEqual((order.state, order.adv_state), ("draft", "to_correct"))
        self.acme.with_user(self.collector).action_adv_put_on_hold()
        self.assertTrue(self.acme.with_company(self.lyon).adv_on_hold)
        self.assertFalse(self.acme.with_company(self.root).adv_on_hold)
        self.assertEqual(self._sell().adv_state, "held")
        self.assertEqual(self._order([(self.chair, 5)]).state, "sale", "of the company itself")

    def test_late_charges_and_write_offs_use_the_chart_of_the_company(self):
        self._rate()
        _order, invoice = self._billed(late=60)
        self.env["account.account"].create(
            {"name": "Late interest", "code": "763199", "account_type": "income_other"}
        )
        charges = self.env["adv.late.charge"].with_user(self.collector).accrue(invoice, self.today)
        charges.action_bill()
        bill = charges.sudo().bill_id
        self.assertEqual((bill.company_id, bill.journal_id.company_id), (self.lyon, self.lyon))
        self.assertEqual(set(bill.invoice_line_ids.account_id.mapped("account_type")), {"income_other"})
        bill.with_user(self.accountant).action_post()
        self.assertEqual(bill.state, "posted")

        self.env["adv.dunning.run"]._get_or_create(self.lyon, self.today).action_compute()
        item = self.env["adv.dunning.item"].search([("move_id", "=", invoice.id)])
        write_off = (
            self.env["adv.write.off"]
            .with_user(self.collector)
            .create(
                {
                    "account_id": self.company_data["default_account_expense"].id,
                    "item_ids": [Command.set(item.ids)],
                }
            )
        )
        self.assertEqual(write_off.journal_id.company_id, self.root)
        entry = self.env["account.move"].browse(write_off.action_write_off()["res_id"])
        self.assertEqual((entry.company_id, entry.state), (self.lyon, "posted"))
        self.assertEqual(invoice.amount_residual, 0.0)

    def test_money_booked_in_a_journal_of_the_company_is_seen(self):
        self.env.user.company_id = self.lyon
        bank = self.company_data["default_journal_bank"]
        self.assertFalse(self.lyon._adv_last_bank_date(self.today))
        lyon = self.env["account.bank.statement.line"].with_company(self.lyon)
        line = lyon.create(
            {
                "journal_id": bank.id,
                "date": self.today,
                "amount": 10.0,
                "payment_ref": "transfer",
                "company_id": self.lyon.id,
            }
        )
        self.assertEqual(line.move_id.company_id, self.lyon)
        self.assertEqual(self.lyon._adv_last_bank_date(self.today), self.today)
        self.assertFalse(self.root._adv_last_bank_date(self.today))

    def test_a_payment_into_the_bank_of_the_company_has_its_receipt(self):
        self.lyon.write({"adv_receipts": "all", "adv_receipts_since": self.today - timedelta(days=90)})
        order, invoice = self._billed()
        both = self._user("both_accountant", "account.group_account_user", self.lyon | self.root)
        wizard = (
            self.env["account.payment.register"]
            .with_user(both)
            .with_context(
                active_model="account.move",
                active_ids=invoice.ids,
                allowed_company_ids=both.company_ids.ids,
            )
        )
        bank = self.company_data["default_journal_bank"]
        payment = wizard.create({"journal_id": bank.id})._create_payments()
        self.assertEqual((payment.company_id, payment.journal_id.company_id), (self.lyon, self.root))
        waiting = payment.sudo().move_id.line_ids.filtered(lambda item: item.balance > 0)
        statement = self.env["account.bank.statement.line"].with_company(self.lyon)
        statement = statement.create(
            {
                "journal_id": bank.id,
                "company_id": self.lyon.id,
                "date": self.today,
                "amount": 500.0,
                "payment_ref": "transfer",
                "partner_id": self.acme.id,
            }
        )
        _liquidity, suspense, _other = statement._seek_for_lines()
        suspense.account_id = waiting.account_id
        (suspense | waiting).reconcile()
        self.env["adv.receipt"]._adv_make(self.lyon)
        receipt = self.env["adv.receipt"].search([("line_ids.move_id", "=", invoice.id)])
        self.assertRecordValues(receipt, [{"company_id": self.lyon.id, "amount": 500.0}])
        self.assertEqual(order.adv_state, "settled")

    def test_figures_of_a_branch_are_its_ledger_s(self):
        self._billed(5)
        self._create_invoice_one_line(
            partner_id=self.globex, product_id=self.chair, quantity=1, price_unit=70.0, post=True
        )
        both = self._user(
            "both_manager", "adv_orders.group_adv_manager,adv_kpi.group_kpi_manager", self.lyon | self.root
        )
        alone = self._user(
            "root_manager", "adv_orders.group_adv_manager,adv_kpi.group_kpi_manager", self.root
        )
        for user, expected in ((self.manager, 500.0), (alone, 70.0), (both, 570.0)):
            kpis = self.env["adv.kpi"].with_user(user).with_context(allowed_company_ids=user.company_ids.ids)
            value = kpis.get_values(["receivable_balance"], self.today, self.today)["receivable_balance"]
            self.assertEqual(value["value"], expected, user.login)
        ledger = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.lyon.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
            ]
        )
        self.assertEqual(sum(ledger.mapped("balance")), 500.0)
        snapshots = self.env["adv.kpi.snapshot"]._adv_take(self.lyon, self.today + timedelta(days=40))
        taken = {snapshot.kpi_id.code: snapshot for snapshot in snapshots}["receivable_balance"]
        self.assertEqual((taken.company_id, taken.value), (self.lyon, 500.0))

    def test_nobody_reads_across(self):
        order, invoice = self._billed()
        self.env["adv.dunning.run"]._get_or_create(self.lyon, self.today).action_compute()
        self._rate()
        self.env["adv.late.charge"].accrue(invoice, self.today)
        groups = "adv_orders.group_adv_manager,adv_dunning.group_collection_manager"
        of_root = self._user("root_only", groups, self.root)
        of_both = self._user("of_both", groups, self.root | self.lyon)
        for name in OURS:
            domain = [("company_id", "=", self.lyon.id)]
            self.assertTrue(self.env[name].sudo().search_count(domain), name)
            self.assertFalse(self.env[name].with_user(of_root).search_count(domain), name)
            model = self.env[name].with_user(of_both)
            self.assertTrue(
                model.with_context(allowed_company_ids=of_both.company_ids.ids).search_count(domain)
            )
        with self.assertRaises(AccessError):
            order.with_user(of_root).read(["adv_state"])
        with self.assertRaises(AccessError):
            self.env["adv.dunning.run"].with_user(of_root).preview(self.today, self.lyon.id)
