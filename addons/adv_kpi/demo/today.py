"""What waits for somebody this morning, and the nightly jobs that bring every list up to date."""

from datetime import datetime, timedelta
from textwrap import dedent

from .base import Part
from .errands import Errands
from .goods import Goods
from .names import PRODUCTS
from .plan import PORTAL, working_day
from .trade import Trade

MAILS = (
    ("orders@hoteldesterreaux.example.com", "Order 4512", "Please send us 12 bistro tables and 24 chairs."),
    ("compras@posada.example.org", "Pedido 7781", "Buenos días, adjunto nuestro pedido. Un saludo."),
    (
        "orders@traiteurbeaumont.example.com",
        "Where is our order?",
        "We wait for the wine glasses since Monday.",
    ),
    (
        "comptabilite@castellane.example.net",
        "Payment advice",
        "We have paid your invoices of last month today.",
    ),
    ("news@offers.example.net", "Your newsletter", "Ten ideas for the season."),
)


class Today(Part):
    def load(self):
        self.now = self._now()
        errands = Errands(self.world)
        self._arrivals()
        errands.closed_account()
        self._billing()
        self._changes()
        self._requests()
        self._inbox()
        errands.observed()
        self._enforce()
        self._to_settle()
        self._absence()
        errands.enforced()
        self._nightly()

    def _now(self):
        """This morning; never later than the real moment."""
        zone = self.company._adv_timezone()
        return datetime.now(zone).replace(tzinfo=None, microsecond=0) - timedelta(minutes=5)

    def _ago(self, hours):
        return self.now - timedelta(hours=hours)

    # === GOODS AND BILLS === #

    def _arrivals(self):
        """Scarce goods are on their way; of one kind nobody has ordered any."""
        scarce = [number for number, row in enumerate(PRODUCTS) if row.code in ("CR-1105", "CR-3105")]
        goods = Goods(self.world)
        goods.receipt(working_day(self.plan.today, 7), [(scarce[0], 40)], "Container JUR-17")
        goods.receipt(working_day(self.plan.today, 12), [(scarce[1], 25)], "Container THI-09")

    def _billing(self):
        """Billing by delivery; the run of the last night took what had been delivered."""
        rules = self.env["adv.billing.rule"]
        rules.create(
            {"company_id": self.company.id, "mode": "delivery", "grouping": "order", "auto_post": True}
        )
        rules.create(
            [
                {
                    "company_id": self.company.id,
                    "partner_id": self.world.customers[customer].id,
                    "mode": mode,
                    "grouping": "customer",
                }
                for customer, mode in ((0, "monthly"), (3, "monthly"), (38, "weekly"))
            ]
        )
        run = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": self.plan.days[-2]})
        run.action_run()
        self._deposit()

    def _deposit(self):
        """A new customer pays a third before the goods leave."""
        order = self._open_orders()[-1]
        wizard = self.env["sale.advance.payment.inv"].with_context(
            active_model="sale.order", active_ids=order.ids
        )
        wizard.create({"advance_payment_method": "percentage", "amount": 30}).create_invoices()
        order.invoice_ids.invoice_date = self.plan.days[-1]
        order.invoice_ids._post(soft=False)

    # === CHANGES === #

    def _open_orders(self):
        return [self.world.orders[sale.number] for sale in self.plan.sales if sale.waits]

    def _changes(self):
        """Changes of yesterday that nobody has qualified; a promise that a supplier broke."""
        orders = self._open_orders()
        for rank, order in enumerate(orders[:4]):
            line = self.world.at(order.order_line[:1], self._ago(20 + rank))
            if rank % 2:
                line.price_unit = round(line.price_unit * 0.97, 2)
            else:
                line.product_uom_qty += 2
        for order in orders[4:6]:
            date = self.world.utc(working_day(self.plan.today, 8))
            self.world.at(order, self._ago(18))._adv_change_promise(
                date, "supplier", "The container arrives a week later."
            )

    # === CUSTOMERS === #

    def _requests(self):
        orders = self._open_orders()
        rows = (
            (0, "question", "When does our order leave?", "phone", 2),
            (1, "change", "Can half of it come earlier?", "email", 5),
            (2, "document", "Order confirmation with our reference", "email", 20),
            (3, "complaint", "No answer to our mail of last week", "phone", 70),
            (4, "question", "Is the trolley available again?", "portal", 95),
        )
        theirs = [self.world.orders[sale.number] for sale in self.plan.sales if sale.customer == PORTAL]
        for number, kind, name, channel, hours in rows:
            order = theirs[-1] if channel == "portal" else orders[number % len(orders)]
            self.request(order, self._ago(hours), kind, name, channel)

    def _inbox(self):
        """Mails of this morning, waiting to be filed."""
        mailbox = self.env["adv.mailbox"].create({"name": "Comptoir orders", "company_id": self.company.id})
        threads = self.env["mail.thread"].with_context(default_company_id=self.company.id)
        for number, (sender, subject, body) in enumerate(MAILS):
            threads.message_process(
                "adv.document",
                dedent(
                    f"""\
                    From: {sender}
                    To: orders@comptoir.example.com
                    Subject: {subject}
                    Message-Id: <{number}-comptoir@demo.example.com>
                    MIME-Version: 1.0
                    Content-Type: text/plain; charset="utf-8"

                    {body}
                    """
                ),
                custom_values={"company_id": self.company.id, "mailbox_id": mailbox.id},
            )

    def _absence(self):
        """One of the two assistants is on holiday."""
        self.env["adv.assistant.absence"].create(
            {
                "assistant_id": self.world.assistants[1].id,
                "date_from": self.plan.days[-1],
                "date_to": working_day(self.plan.today, 3),
                "reason": "Holidays",
            }
        )

    # === RULES === #

    def _enforce(self):
        """From today on the company insists."""
        self.company.write({"adv_check_mode": "enforce", "adv_approval_mode": "enforce"})
        self.company.adv_billing_mode = "enforce"

    def _quote(self, customer, hours, lines, channel="email"):
        moment = self._ago(hours)
        promise = self.world.utc(working_day(self.plan.today, 6))
        vals = Trade(self.world).order_vals(
            customer,
            moment,
            channel,
            [
                {"product_id": self.world.products[product].id, "product_uom_qty": quantity, **more}
                for product, quantity, more in lines
            ],
            adv_requested_date=promise,
            commitment_date=promise,
            client_order_ref=f"BC-{7000 + customer}",
        )
        return self.world.at(self.env["sale.order"], moment).create(vals)

    def _to_settle(self):
        """Orders that the rules stop, each for another reason; and some that nobody has touched yet."""
        confirm = [
            self._quote(5, 3, [(0, 24, {}), (7, 96, {"price_unit": 0.0})]),  # a price of zero
            self._quote(2, 22, [(4, 14, {}), (1, 20, {})]),  # finance
            self._quote(7, 50, [(1, 60, {})]),  # finance, for two days
            self._quote(11, 5, [(23, 30, {"discount": 24})], "salesperson"),  # sales management
            self._quote(39, 26, [(2, 40, {"discount": 28})], "salesperson"),  # both
        ]
        for order, hours in zip(confirm, (3, 22, 50, 5, 26), strict=True):
            self.world.at(order, self._ago(hours)).action_confirm()
        self._quote(14, 1, [(20, 24, {}), (21, 20, {})], "phone")
        self._quote(22, 2, [(13, 24, {})])
        signed = self._quote(PORTAL, 4, [(4, 20, {}), (6, 20, {})], "portal")
        self.world.at(signed, self._ago(4)).action_quotation_sent()
        signed.write(
            {
                "signed_by": signed.partner_id.name,
                "signed_on": self.world.utc(self._ago(2)),
                "signature": SIGNATURE,
            }
        )
        self.world.at(signed, self._ago(2))._validate_order()

    # === NIGHT === #

    def _messages(self):
        """What was told to customers in the last days; two letters could not be delivered."""
        since = self.world.utc(self.plan.days[-5])
        self.company.write({"adv_acknowledgement_mode": "send", "adv_dispatch_mode": "send"})
        self.company.adv_messages_since = since
        self.env["adv.customer.message"]._adv_collect()
        messages = self.env["adv.customer.message"].search(
            [("company_id", "=", self.company.id), ("state", "=", "to_send")]
        )
        failed = messages[:2]
        failed._adv_fail("The mailbox of the customer is full.")
        (messages - failed).write({"state": "sent", "sent_date": self.world.utc(self.plan.days[-1])})
        self.company.write({"adv_acknowledgement_mode": "observe", "adv_dispatch_mode": "observe"})

    def _nightly(self):
        """What the nightly jobs would have left behind."""
        env = self.env
        env["adv.lateness"]._adv_refresh(
            env["sale.order"].search([("company_id", "=", self.company.id), ("state", "=", "sale")])
        )
        env["adv.partner.stats"]._adv_recompute(self.company)
        self._messages()
        agreements = env["adv.agreement"].search(
            [("company_id", "=", self.company.id), ("state", "=", "active")]
        )
        for agreement in agreements:
            if 0 <= (agreement.date_to - self.plan.today).days <= 60:
                agreement._adv_ask_renewal()
        first = self.plan.start.replace(day=1)
        day = self.plan.today.replace(day=1)
        while day > first:
            env["adv.kpi.snapshot"]._adv_take(self.company, day)
            day = (day - timedelta(days=1)).replace(day=1)


SIGNATURE = b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="
