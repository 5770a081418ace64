"""What went wrong: changes of orders, errors caught and escaped, returns, complaints, credit notes."""

from datetime import datetime, time, timedelta

from odoo.fields import Command

from .base import Part
from .goods import Goods
from .plan import working_day

CAUGHT = {
    "price": "List price of last year",
    "quantity": "Typed 400 for 40",
    "product": "Plate of 23 cm taken for the one of 27 cm",
    "deadline": "Promised on a public holiday",
    "address": "Dock number missing",
    "customer": "Entered on the parent company",
    "payment_terms": "60 days typed, 30 agreed",
    "tax": "French tax on a delivery to Spain",
    "duplicate": "The same order came by e-mail and by phone",
    "missing_document": "Purchase order not attached",
    "billing": "Billed to the delivery address",
    "delivery": "Wrong pallet found at loading",
    "other": "Colour not noted",
}
REPORTED = {
    "customer": "The subsidiary was billed, not the group",
    "payment_terms": "Terms of the old agreement applied",
    "tax": "Tax charged although delivered abroad",
    "billing": "Freight billed although carriage paid",
    "other": "Labels in the wrong language",
    "product": "Red wine glasses instead of white wine glasses",
    "duplicate": "Delivered twice: the order had been entered twice",
}
COMPLAINTS = {
    "delivery": "One box was missing",
    "missing_document": "No delivery note with the goods",
    "address": "Delivered to the old kitchen",
}


class Changes(Part):
    """Between confirmation and delivery: what was changed on orders, and what was found in time."""

    def load(self):
        for sale in self.plan.sales:
            if sale.mishap:
                how, what = sale.mishap
                order = self.world.orders[sale.number]
                moment = sale.confirmed + timedelta(hours=3)
                if sale.shipments:
                    moment = min(moment, datetime.combine(sale.shipments[0][0], time(9)))
                moment = min(moment, datetime.combine(self.plan.days[-1], time(20)))
                if how in ("amended", "wished"):
                    self._change(order, moment, what, "error" if how == "amended" else "customer")
                elif how == "caught":
                    self._caught(sale, order, what)

    def _change(self, order, moment, what, qualification):
        order = self.world.at(order, moment)
        line = max(order.order_line, key=lambda line: (line.product_uom_qty, line.id))
        if what == "quantity":
            line.product_uom_qty -= max(line.product_uom_qty // 6, 1)
        elif what == "price":
            line.price_unit = round(line.price_unit * 0.95, 2)
        else:
            order.commitment_date += timedelta(days=1)
        order.adv_amendment_ids.filtered(lambda row: not row.qualified)._adv_qualify(qualification, None)

    def _caught(self, sale, order, what):
        self.env["adv.order.error"]._adv_log(
            [
                {
                    "type": what,
                    "order_id": order.id,
                    "name": CAUGHT[what],
                    "step": {"billing": "billing", "delivery": "delivery"}.get(what, "entry"),
                    "found_by": "check" if what in ("price", "quantity", "duplicate") else "manual",
                    "escaped": False,
                    "date": self.world.utc(sale.confirmed) - timedelta(minutes=20),
                    "source_key": f"demo,{sale.number}",
                }
            ]
        )


class Aftermath(Part):
    """After delivery and invoice: returns, complaints, what customers reported."""

    def load(self):
        for sale in self.plan.sales:
            how, what = sale.mishap or (None, None)
            order = self.world.orders[sale.number]
            if how == "returned":
                self._return(order, self._day(sale), what)
            elif how == "complained":
                self._complaint(order, self._day(sale), what)
            elif how == "reported":
                self._reported(sale, order, self._day(sale), what)

    def _day(self, sale):
        return min(working_day(sale.invoiced, 2), self.plan.days[-1])

    def _return(self, order, day, what):
        """Part of the goods comes back; the order is credited natively for it."""
        reason = self.world.ref(f"adv_orders.return_reason_{what}")
        Goods(self.world).give_back(order, datetime.combine(day, time(11)), reason=reason)
        self.world.returned.append(order)

    def _complaint(self, order, day, what):
        moment = datetime.combine(day, time(10))
        request = self.request(order, moment, "complaint", COMPLAINTS[what], "phone")
        kind = self.env["adv.error.type"].search([("code", "=", what)], limit=1)
        request._adv_log_error(kind, kind.standard_minutes, 0.0)
        self.world.at(request, moment + timedelta(hours=3))._adv_close()

    def _reported(self, sale, order, day, what):
        self.env["adv.order.error"]._adv_log(
            [
                {
                    "type": what,
                    "order_id": order.id,
                    "name": REPORTED[what],
                    "step": "billing" if what == "billing" else "entry",
                    "found_by": "customer",
                    "escaped": True,
                    "date": self.world.utc(datetime.combine(day, time(16))),
                    "source_key": f"demo,{sale.number}",
                }
            ]
        )


class CreditNotes(Part):
    """Credit notes with their reason, matched with the invoice before its money came in."""

    def load(self):
        for sale in self.plan.sales:
            if sale.mishap and sale.mishap[0] == "credited":
                self._credit(sale, sale.mishap[1])
        for order in self.world.returned[:-1]:  # the last one waits in the credit notes to issue
            self._credit_return(order)

    def _credit(self, sale, what):
        invoice = self.world.invoices[sale.number]
        line = invoice.invoice_line_ids[:1]
        share = {"price": 0.08, "late": 0.05, "goodwill": 0.03}[what]
        credited = {
            "product_id": line.product_id.id,
            "quantity": line.quantity,
            "price_unit": round(line.price_unit * share, 2),
            "sale_line_ids": [Command.set(line.sale_line_ids.ids)],
        }
        day = min(working_day(invoice.invoice_date, 4), self.plan.days[-1])
        reason = self.world.ref(f"adv_billing.credit_reason_{what}")
        vals = self.note_vals(invoice, day, credited, adv_credit_reason_id=reason.id)
        self._post(self.env["account.move"].create(vals), invoice)

    def note_vals(self, invoice, day, line, **vals):
        """Return the values of a credit note for an invoice, with one line taxed as the invoice's first."""
        taxes = invoice.invoice_line_ids[:1].tax_ids
        return {
            "move_type": "out_refund",
            "partner_id": invoice.partner_id.id,
            "company_id": self.company.id,
            "invoice_date": day,
            "ref": invoice.name,
            "reversed_entry_id": invoice.id,
            "fiscal_position_id": invoice.fiscal_position_id.id,
            "invoice_line_ids": [
                Command.create({"quantity": 1, "tax_ids": [Command.set(taxes.ids)], **line})
            ],
            **vals,
        }

    def _credit_return(self, order):
        invoice = order.invoice_ids[:1]
        note = order._create_invoices(final=True)
        note.write(
            {
                "invoice_date": min(working_day(invoice.invoice_date, 6), self.plan.days[-1]),
                "reversed_entry_id": invoice.id,
                "adv_credit_reason_id": self.world.ref("adv_billing.credit_reason_damaged").id,
            }
        )
        self._post(note, invoice)

    def _post(self, note, invoice):
        self.world.at(note, note.invoice_date)._post(soft=False)  # the error is found on that day
        lines = (note | invoice).line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        lines.reconcile()
