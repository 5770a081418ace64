"""Invoices, then receipts of money, promises, disputes and reminders in the order of their days."""

from datetime import timedelta

from odoo.tools import split_every

from .base import Part
from .errands import late_rates
from .mishaps import Aftermath, CreditNotes
from .plan import working_day

BATCH = 50
PROMISES = 9  # promises of the past, every third of them broken
DISPUTES = ("accepted", "rejected", "accepted")


class Money(Part):
    def load(self):
        self._invoices()
        self.world.settle()
        Aftermath(self.world).load()
        CreditNotes(self.world).load()
        self._journal()
        self.company._adv_dunning_set_facts(
            {"adv_dunning_live": True, "adv_dunning_live_date": self.world.utc(self.plan.start)}
        )
        self._disputes()
        self._months()
        self._today()
        self._confirmations()

    # === INVOICES === #

    def _invoices(self):
        billed = sorted(
            (sale for sale in self.plan.sales if sale.invoiced), key=lambda sale: (sale.invoiced, sale.number)
        )
        for sales in split_every(BATCH, billed):
            orders = self.env["sale.order"].browse([self.world.orders[sale.number].id for sale in sales])
            invoices = orders._create_invoices(grouped=True)
            for sale, order in zip(sales, orders, strict=True):
                self.world.invoices[sale.number] = order.invoice_ids
            with invoices._sync_dynamic_lines({"records": invoices}):  # once for all of them
                for sale in sales:
                    self.world.invoices[sale.number].invoice_date = sale.invoiced
            invoices._post(soft=False)

    # === RECEIPTS === #

    def _journal(self):
        self.bank = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        methods = self.bank.inbound_payment_method_line_ids
        methods.filtered(lambda method: not method.payment_account_id).write(
            {"payment_account_id": self.bank.default_account_id.id}
        )

    def _receive(self, sales):
        """Book the receipts of these sales' invoices and match them."""
        sales = [sale for sale in sales if self.world.invoices[sale.number].amount_residual > 0]
        payments = self.env["account.payment"].create([self._payment_vals(sale) for sale in sales])
        payments.action_post()
        groups = []
        for sale, payment in zip(sales, payments, strict=True):
            moves = payment.move_id | self.world.invoices[sale.number]
            groups.append(
                moves.line_ids.filtered(
                    lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
                )
            )
        self.env["account.move.line"]._reconcile_plan(groups)

    def _payment_vals(self, sale):
        invoice = self.world.invoices[sale.number]
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": invoice.commercial_partner_id.id,
            "journal_id": self.bank.id,
            "payment_method_line_id": self.bank.inbound_payment_method_line_ids[:1].id,
            "currency_id": self.company.currency_id.id,
            "date": sale.paid,
            "amount": invoice.amount_residual,
            "memo": invoice.name,
        }

    def _confirmations(self):
        """Customers who want it got a receipt for what they paid in the last weeks."""
        self.company.write(
            {"adv_receipts": "all", "adv_receipts_since": self.plan.today - timedelta(days=45)}
        )
        for receipt in self.env["adv.receipt"]._adv_make(self.company):
            receipt.write({"state": "sent", "sent_at": self.world.utc(receipt.date)})
        self.company.adv_receipts = "asked"

    # === THE MONTHS === #

    def _months(self):
        """Between two days of reminders: the money that came in, and the promises made then."""
        paid = [sale for sale in self.plan.sales if sale.paid]
        promised = self._promises()
        before = None
        levels = self.company._adv_dunning_policy().level_ids.filtered("attach_document")
        for day in self._reminder_days():
            levels.attach_document = self._is_recent(day)  # making a letter takes long
            self._receive([sale for sale in paid if (not before or sale.paid > before) and sale.paid <= day])
            self._promise(
                [
                    vals
                    for vals in promised
                    if (not before or vals["date_made"] > before) and vals["date_made"] <= day
                ]
            )
            self.env["adv.payment.promise"]._judge(self.company, day)
            self._remind(day)
            before = day
        self._receive([sale for sale in paid if sale.paid > before])

    def _reminder_days(self):
        """Once a month at first, every other week of late."""
        today = self.plan.today
        offsets = [*range(336, 70, -28), 63, 49, 35, 21, 10]
        return [working_day(today - timedelta(days=offset), 0) for offset in offsets]

    def _is_recent(self, day):
        return (self.plan.today - day).days <= 30

    def _remind(self, day):
        """The reminders of one day, sent; those that waited for a person were released that day."""
        last_mail = self.env["mail.mail"].search([], order="id desc", limit=1).id
        run = self.env["adv.dunning.run"]._get_or_create(self.company, day)
        run.action_compute()
        if not self._is_recent(day):
            waiting = run.notice_ids.filtered(lambda notice: notice.state == "waiting")
            waiting._adv_set_facts({"state": "ready"})
        ready = run.notice_ids.filtered(lambda notice: notice.state == "ready")
        if ready:
            ready._send_batch()
            ready.filtered(lambda notice: notice.state == "sent")._adv_set_facts(
                {"sent_at": self.world.utc(day)}
            )
        run._close_if_done()
        # these letters left long ago: nothing is in the queue of outgoing mails
        self.env["mail.mail"].search([("id", ">", last_mail or 0)]).write({"state": "sent"})

    # === PROMISES AND DISPUTES === #

    def _promises(self):
        """What customers who paid late had promised: some of it was kept."""
        late = [sale for sale in self.plan.sales if sale.paid and (sale.paid - sale.due).days > 9]
        step = max(len(late) // PROMISES, 1)
        result = []
        for rank, sale in enumerate(late[::step][:PROMISES]):
            made = working_day(sale.due + timedelta(days=4), 0)
            date = sale.paid if rank % 3 else sale.paid - timedelta(days=4)
            if date < made or made >= sale.paid:
                continue
            result.append({"sale": sale, "date_made": made, "date": date})
        return sorted(result, key=lambda vals: vals["date_made"])

    def _promise(self, rows):
        """Write down promises: dicts of the sale, the day it was made and the day promised."""
        promises = self.env["adv.payment.promise"]
        for row in rows:
            invoice = self.world.invoices[row["sale"].number]
            if invoice.amount_residual > 0:
                promises |= promises.create(
                    {
                        "partner_id": invoice.commercial_partner_id.id,
                        "company_id": self.company.id,
                        "currency_id": invoice.currency_id.id,
                        "move_ids": [(6, 0, invoice.ids)],
                        "amount": invoice.amount_residual,
                        "date_made": row["date_made"],
                        "date": row["date"],
                        "kind": row.get("kind", "promise"),
                        "user_id": self.world.users["collector"].id,
                        "note": row.get("note"),
                    }
                )
        return promises

    def _dispute(self, sale, share, reason, day, note):
        invoice = self.world.invoices[sale.number]
        return self.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": invoice.currency_id.round(invoice.amount_total * share),
                "reason_id": self.world.ref(f"adv_dunning.dispute_reason_{reason}").id,
                "date": day,
                "user_id": self.world.users["collector"].id,
                "note": note,
            }
        )

    def _disputes(self):
        late = [sale for sale in self.plan.sales if sale.paid and (sale.paid - sale.due).days > 12]
        for state, sale in zip(DISPUTES, late[1::5], strict=False):
            dispute = self._dispute(sale, 0.2, "price", sale.due, "The price is not the one of our order.")
            dispute._close(state, working_day(sale.due, 6))

    # === TODAY === #

    def _today(self):
        """What the collector finds this morning."""
        today = self.plan.today
        unpaid = [sale for sale in self.plan.sales if sale.invoiced and not sale.paid and sale.due < today]
        unpaid.sort(key=lambda sale: sale.due)
        by_age = unpaid[:: max(len(unpaid) // 6, 1)]
        yesterday = self.plan.days[-1]
        plans = zip(
            by_age,
            (
                {"date": yesterday - timedelta(days=7), "date_made": yesterday - timedelta(days=16)},
                {"date": working_day(today, 3), "note": "The director signs on Thursday."},
                {"date": working_day(today, 6), "note": "Half of it now, the rest at the end of the month."},
            ),
            strict=False,
        )
        self._promise([{"date_made": yesterday, "sale": sale, **values} for sale, values in plans])
        for sale, reason, note in zip(
            [sale for sale in unpaid if sale not in by_age],
            ("price", "quantity", "quality"),
            ("The agreed price was lower.", "Two boxes were missing.", "Three plates were broken."),
            strict=False,
        ):
            self._dispute(sale, 0.25, reason, working_day(today, -3), note)
        run = self.env["adv.dunning.run"]._get_or_create(self.company, today)
        run.action_compute()
        self.env["adv.payment.promise"]._judge(self.company, today)
        late = self.env["account.move"].browse(
            [self.world.invoices[sale.number].id for sale in unpaid if (today - sale.due).days > 30]
        )
        late_rates(self.world)
        self.env["adv.late.charge"].accrue(late, today)
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        stats.filtered(lambda row: row.score > 0).user_id = self.world.users["collector"]
