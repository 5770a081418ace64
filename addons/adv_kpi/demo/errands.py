"""One or two of what happens seldom, so that no list of a worklist is empty on the first morning."""

from datetime import datetime, time, timedelta
from textwrap import dedent

from odoo.fields import Command

from .base import Part
from .goods import Goods
from .mishaps import CreditNotes
from .plan import working_day
from .trade import Trade

LATE_RATE = 12.15  # percent a year, of the half-years whose rate was not known when this was written
ADVICE = dedent(
    """\
    From: compta@hotelsaintclair.example.com
    To: orders@comptoir.example.com
    Subject: Payment advice
    Message-Id: <advice-comptoir@demo.example.com>
    MIME-Version: 1.0
    Content-Type: text/plain; charset="utf-8"

    We have transferred what is due at the end of the month.
    """
)


class Errands(Part):
    """What waits before the company insists on its rules (``observed``), and what waits afterwards."""

    def observed(self):
        self._at_risk()
        self._return_without_reason()
        self._note_without_reason()
        self._date_by_interface()
        self._advice()

    def enforced(self):
        self._note_to_approve()
        self._month_end()
        self._receipts()
        self._pauses()
        self._report()
        self._handed_over()

    # === BEFORE === #

    def _order(self, customer, moment, lines, **vals):
        """A confirmed order of which the plan knows nothing; ``lines``: [(product.product, quantity)]."""
        lines = [{"product_id": product.id, "product_uom_qty": quantity} for product, quantity in lines]
        vals = {"client_order_ref": f"BC-{8000 + customer}", **vals}
        vals = Trade(self.world).order_vals(customer, moment, "phone", lines, **vals)
        order = self.world.at(self.env["sale.order"], moment).create(vals)
        self.world.at(order, moment).action_confirm()
        order.date_order = self.world.utc(moment)
        return order

    def _at_risk(self):
        """Promised for the day after the container is to arrive: nothing may go wrong."""
        moment = datetime.combine(self.plan.days[-1], time(16))
        for customer, code, days in ((9, "CR-1105", 8), (20, "CR-3105", 13)):
            product = self.world.products.filtered(lambda row, code=code: row.default_code == code)
            promise = self.world.utc(working_day(self.plan.today, days))
            dates = {"commitment_date": promise, "adv_requested_date": promise}
            self._order(customer, moment, [(product, 2)], **dates)

    def closed_account(self):
        """An order that cannot be billed: what it sells is booked on an account that was archived."""
        account = self.env["account.account"].create(
            {
                "name": "Hire of furniture (closed)",
                "code": "409900",
                "account_type": "income",
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        hire = self.env["product.product"].create(
            {
                "name": "Hire of 20 chairs for a day",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 180,
                "company_id": self.company.id,
                "property_account_income_id": account.id,
                "taxes_id": [Command.set(self.world.vat.ids)],
            }
        )
        self._order(22, datetime.combine(self.plan.days[-4], time(10)), [(hire, 1)])
        account.active = False

    def _delivered(self):
        """Orders that were delivered and billed some days ago, the last one first."""
        last = self.plan.days[-4]
        done = [sale for sale in self.plan.sales if sale.delivered and sale.invoiced and not sale.mishap]
        done = [sale for sale in done if sale.delivered <= last and sale.invoiced <= last]
        done.sort(key=lambda sale: (sale.delivered, sale.number), reverse=True)
        return done

    def _return_without_reason(self):
        """Goods came back and nobody said why."""
        sale = self._delivered()[0]
        moment = datetime.combine(self.plan.days[-1], time(11))
        Goods(self.world).give_back(self.world.orders[sale.number], moment, quantity=1)

    def _note_vals(self, sale, amount, **vals):
        line = {"name": "As agreed with the customer", "price_unit": amount}
        invoice = self.world.invoices[sale.number]
        return CreditNotes(self.world).note_vals(invoice, self.plan.days[-1], line, **vals)

    def _note_without_reason(self):
        """A credit note that an interface posted."""
        note = self.env["account.move"].create(self._note_vals(self._delivered()[1], 24.0))
        note._post(soft=False)

    def _date_by_interface(self):
        """A promise that another program moved: nobody knows who wanted it."""
        order = next(self.world.orders[sale.number] for sale in reversed(self.plan.sales) if sale.waits)
        order = self.world.at(order, datetime.combine(self.plan.days[-1], time(17)))
        order.commitment_date += timedelta(days=1)

    def _advice(self):
        """A payment advice that was filed for the accountant."""
        threads = self.env["mail.thread"].with_context(default_company_id=self.company.id)
        number = threads.message_process(
            "adv.document", ADVICE, custom_values={"company_id": self.company.id}
        )
        self.env["adv.document"].browse(number).action_file_payment_advice()

    # === AFTERWARDS === #

    def _note_to_approve(self):
        """A credit note above the amount up to which its reason needs no manager."""
        reason = self.env["adv.credit.reason"].search([("approval_amount", ">", 0)], limit=1)
        amount = reason.approval_amount + 140
        sales = [sale for sale in self._delivered() if sale.amount > amount * 1.5]
        vals = self._note_vals(sales[2], amount, adv_credit_reason_id=reason.id)
        self.env["account.move"].with_user(self.world.users["accountant"]).create(vals)

    def _month_end(self):
        """The pack of the month that is over; the accountant books it."""
        day = self.plan.today.replace(day=1) - timedelta(days=1)
        pack = self.env["adv.month.end"].create({"company_id": self.company.id, "date": day})
        pack.action_compute()

    def _receipts(self):
        """Two receipts came back."""
        domain = [("company_id", "=", self.company.id), ("state", "=", "sent")]
        receipts = self.env["adv.receipt"].search(domain, limit=2, order="id desc")
        receipts.write({"state": "failed", "error": "The mailbox of the customer is full."})

    def _pauses(self):
        today = self.plan.today
        self.env["adv.dunning.pause"].create(
            {
                "name": "New accountant, back on Monday week",
                "partner_id": self.world.customers[14].id,
                "company_id": self.company.id,
                "date_from": self.plan.days[-1],
                "date_to": working_day(today, 7),
            }
        )
        self.env["adv.dunning.day"].create(
            {
                "name": "Stocktaking, nobody answers",
                "date": working_day(today, 20),
                "company_id": self.company.id,
            }
        )

    def _report(self):
        readers = self.world.users["manager"]
        self.env["adv.kpi.subscription"].create(
            {"user_ids": [Command.set(readers.ids)], "company_id": self.company.id}
        )
        self.env["adv.kpi.alert"]._adv_check(self.company, self.plan.today)

    def _handed_over(self):
        """Somebody is away: the open requests are with the colleague until then."""
        here, away = self.world.assistants
        wizard = (
            self.env["adv.reassign"]
            .with_user(self.world.users["manager"])
            .create(
                {
                    "company_id": self.company.id,
                    "from_ids": [Command.set(away.ids)],
                    "to_ids": [Command.set(here.ids)],
                    "until": working_day(self.plan.today, 3),
                    "reason": "Holidays",
                }
            )
        )
        wizard.action_reassign()


def late_rates(world):
    """The rate of late interest of the half-years that nobody knew yet, so that charges are proposed."""
    france = world.env.ref("base.fr")
    rates = world.env["adv.interest.rate"]
    known = rates.search(
        [("country_id", "=", france.id), ("kind", "=", "late")], order="date_to desc", limit=1
    )
    if known and known.date_to < world.plan.today:
        rates.create(
            {
                "country_id": france.id,
                "kind": "late",
                "date_from": known.date_to + timedelta(days=1),
                "date_to": world.plan.today + timedelta(days=366),
                "rate": LATE_RATE,
                "source": "Demo data",
            }
        )
