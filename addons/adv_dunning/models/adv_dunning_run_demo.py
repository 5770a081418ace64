from odoo import api, fields, models
from odoo.fields import Command


class AdvDunningRun(models.Model):
    """What the demo data needs beyond records: receipts of the past, and somebody's work of today."""

    _inherit = "adv.dunning.run"

    @api.model
    def _demo_runs(self, receipts):
        """Compute the demo data's runs: some past ones, sent; today's, to be looked at.

        :param receipts: {id of an invoice: days ago its money came in}
        """
        company = self.env.ref("base.main_company")
        today = company._adv_today()
        for start, days in ((99, 44), (44, 30), (30, 15)):
            self._demo_receipts(company, {move: ago for move, ago in receipts.items() if days < ago <= start})
            run = self._get_or_create(company, fields.Date.subtract(today, days=days))
            run.action_compute()
            run.notice_ids.filtered(lambda notice: notice.state == "ready")._send_batch()
            run._close_if_done()
        self._demo_receipts(company, {move: ago for move, ago in receipts.items() if ago <= 15})
        self._get_or_create(company, today).action_compute()

    def _demo_receipts(self, company, receipts):
        domain = [("type", "=", "bank"), ("company_id", "=", company.id)]
        bank = self.env["account.journal"].search(domain, limit=1)
        for invoice_id, days in receipts.items():
            invoice = self.env["account.move"].browse(invoice_id)
            due = invoice.line_ids.filtered(lambda line: line.account_id.account_type == "asset_receivable")
            day = fields.Date.subtract(company._adv_today(), days=days)
            receipt = self.env["account.move"].create(self._prepare_demo_receipt(bank, due, day))
            receipt.action_post()
            (due | receipt.line_ids.filtered("credit")).reconcile()

    def _prepare_demo_receipt(self, bank, due, day):
        shared = {"partner_id": due.partner_id.id, "name": due.move_id.name}
        return {
            "move_type": "entry",
            "journal_id": bank.id,
            "date": day,
            "line_ids": [
                Command.create({**shared, "account_id": bank.default_account_id.id, "debit": due.balance}),
                Command.create({**shared, "account_id": due.account_id.id, "credit": due.balance}),
            ],
        }

    @api.model
    def _demo_desk(self):
        """Give the demo customers to a collector, with a call to make."""
        collector = self.env.ref("adv_dunning.user_collector")
        stats = self.env["adv.receivable.stats"].search([("score", ">", 0)])
        stats.user_id = collector
        for rank, customer in enumerate(stats[:2]):
            customer.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=fields.Date.add(customer.company_id._adv_today(), days=rank),
                summary=self.env._("Call again"),
                user_id=collector.id,
            )
