"""The people of a sales administration: what each does all day, again and again."""

import re
import time
from datetime import date, timedelta

from _flow_person import Person, in_days, often

SIGNATURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


class Assistant(Person):
    """Takes orders in, has them confirmed, changes them, answers the telephone."""

    def _open(self, domain=(), limit=60):
        return self.some("sale.order", [("client_order_ref", "like", "FLOW"), *domain], limit)

    @often(8)
    def do_enter_and_confirm_an_order(self):
        lines = [
            [
                0,
                0,
                {
                    "product_id": self.random.choice(self.base["products"]),
                    "product_uom_qty": self.random.randint(1, 6),
                },
            ]
            for _line in range(self.random.randint(1, 6))
        ]
        order = self.call(
            "sale.order",
            "create",
            [
                {
                    "partner_id": self.random.choice(self.base["customers"]),
                    "client_order_ref": f"FLOW {self.name} {self.random.random()}",
                    "commitment_date": f"{in_days(self.random.randint(3, 12))} 10:00:00",
                    "order_line": lines,
                }
            ],
        )[0]
        self.journal.made("sale.order", order)
        self.call("sale.order", "action_confirm", [order])

    @often(3)
    def do_open_the_desk(self):
        specification = {"name": {}, "adv_state": {}, "partner_id": {"fields": {"display_name": {}}}}
        domain = [("adv_state", "in", ("to_correct", "to_approve", "held", "confirmed"))]
        self.call("sale.order", "web_search_read", domain, specification, limit=80)

    @often(3)
    def do_open_an_order(self):
        order = self._open()
        if order:
            self.call("sale.order", "web_read", [order], {"name": {}, "order_line": {"fields": {"name": {}}}})

    @often(2)
    def do_change_a_confirmed_order(self):
        order = self._open([("adv_state", "in", ("confirmed", "in_delivery"))])
        if order:
            line = self.search("sale.order.line", [("order_id", "=", order)], 1)
            quantity = self.random.randint(1, 9)
            self.call(
                "sale.order", "write", [order], {"order_line": [[1, line[0], {"product_uom_qty": quantity}]]}
            )

    @often(1)
    def do_qualify_changes(self):
        found = self.search("adv.order.amendment", [("qualified", "=", False)], 10)
        if found:
            self.call("adv.order.amendment", "action_qualify_customer", found)

    @often(2)
    def do_log_a_request(self):
        order = self._open()
        request = self.call(
            "adv.request",
            "create",
            [
                {
                    "name": "Where is it?",
                    "order_id": order,
                    "partner_id": self.random.choice(self.base["customers"]),
                }
            ]
            if not order
            else [{"name": "Where is it?", "order_id": order}],
        )[0]
        self.journal.made("adv.request", request)

    @often(2)
    def do_answer_a_request(self):
        request = self.some("adv.request", [("state", "=", "open")])
        if request:
            self.call("adv.request", "action_answered", [request])
            self.call("adv.request", "action_close", [request])

    @often(1)
    def do_find_an_order(self):
        self.call("adv.order.finder", "find", self.random.choice(("History 4", "FLOW", "S0", "H77")))

    @often(1)
    def do_send_a_quotation_and_confirm_with_a_colleague(self):
        """Two of us work on the same orders: the newest quotations."""
        order = self._open([("adv_state", "in", ("to_correct", "draft", "quoted"))], 3)
        if order:
            self.call("sale.order", "action_confirm", [order])


class Manager(Person):
    @often(5)
    def do_approve(self):
        found = self.search("adv.approval", [("state", "=", "pending")], 5)
        if found:
            self.call("adv.approval", "action_approve", found)

    @often(2)
    def do_open_the_morning_page(self):
        self.call("adv.morning", "get_page")

    @often(2)
    def do_open_the_dashboard(self):
        today = date.today()
        self.call("adv.kpi", "get_dashboard", str(today.replace(day=1)), str(today))

    @often(1)
    def do_override_a_check(self):
        found = self.search("adv.check.result", [("state", "=", "failed")], 3)
        if found:
            self.call("adv.check.result", "action_override", found[:1], "Agreed by telephone")


class Storekeeper(Person):
    """Ships what is ready; several of them reach for the same deliveries."""

    @often(5)
    def do_ship(self):
        domain = [("state", "=", "assigned"), ("picking_type_id", "=", self.base["type_out"])]
        picking = self.some("stock.picking", [*domain, ("sale_id.client_order_ref", "like", "FLOW")], 6)
        if not picking:
            return
        moves = self.search("stock.move", [("picking_id", "=", picking)], 50)
        for move in self.call("stock.move", "read", moves, ["product_uom_qty"]):
            self.call(
                "stock.move", "write", [move["id"]], {"quantity": move["product_uom_qty"], "picked": True}
            )
        self.call("stock.picking", "button_validate", [picking], context={"skip_backorder": True})
        self.journal.made("stock.picking", picking)

    @often(1)
    def do_open_the_deliveries(self):
        domain = [("state", "=", "assigned"), ("picking_type_id", "=", self.base["type_out"])]
        self.call("stock.picking", "web_search_read", domain, {"name": {}, "state": {}}, limit=80)


class Accountant(Person):
    @often(3)
    def do_run_the_billing(self):
        run = self.call("adv.billing.run", "create", [{"company_id": self.base["company"]}])[0]
        self.call("adv.billing.run", "action_run", [run])

    @often(4)
    def do_post_invoices(self):
        drafts = self.search("account.move", [("state", "=", "draft"), ("move_type", "=", "out_invoice")], 5)
        if drafts:
            self.call("account.move", "action_post", drafts)
            for draft in drafts:
                self.journal.made("account.move", draft)

    @often(4)
    def do_take_a_payment(self):
        domain = [("state", "=", "posted"), ("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
        invoice = self.some("account.move", domain, 40)
        if invoice:
            context = {"active_model": "account.move", "active_ids": [invoice]}
            wizard = self.call("account.payment.register", "create", [{}], context=context)[0]
            self.call("account.payment.register", "action_create_payments", [wizard], context=context)

    @often(1)
    def do_credit_an_invoice(self):
        domain = [("state", "=", "posted"), ("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
        invoice = self.some("account.move", domain, 40)
        if invoice:
            context = {"active_model": "account.move", "active_ids": [invoice]}
            values = {"journal_id": self.base["journal"], "adv_credit_reason_id": self.base["credit_reason"]}
            wizard = self.call("account.move.reversal", "create", [values], context=context)[0]
            note = self.call("account.move.reversal", "refund_moves", [wizard], context=context)["res_id"]
            self.call("account.move", "action_post", [note])


class Collector(Person):
    @often(2)
    def do_compute_and_send_the_reminders(self):
        domain = [("company_id", "=", self.base["company"]), ("date", "=", str(date.today()))]
        runs = self.search("adv.dunning.run", domain, 1) or self.call(
            "adv.dunning.run", "create", [{"company_id": self.base["company"], "date": str(date.today())}]
        )
        self.call("adv.dunning.run", "action_compute", runs)
        self.call("adv.dunning.run", "action_send", runs)

    @often(3)
    def do_open_a_customer(self):
        found = self.some("adv.receivable.stats", [], 50)
        if found:
            self.call("adv.receivable.stats", "get_desk", [found])

    def _open_invoice(self):
        domain = [("state", "=", "posted"), ("move_type", "=", "out_invoice"), ("amount_residual", ">", 0)]
        found = self.some("account.move", domain, 60)
        names = ["partner_id", "amount_residual", "currency_id"]
        return found and self.call("account.move", "read", [found], names)[0]

    @often(2)
    def do_note_a_promise(self):
        invoice = self._open_invoice()
        if invoice:
            values = {
                "partner_id": invoice["partner_id"][0],
                "company_id": self.base["company"],
                "currency_id": invoice["currency_id"][0],
                "move_ids": [[6, 0, [invoice["id"]]]],
                "amount": invoice["amount_residual"],
                "date": str(date.today() + timedelta(days=5)),
            }
            self.journal.made("adv.payment.promise", self.call("adv.payment.promise", "create", [values])[0])

    @often(2)
    def do_open_and_settle_a_dispute(self):
        invoice = self._open_invoice()
        if invoice:
            values = {"move_id": invoice["id"], "amount": invoice["amount_residual"] / 2}
            values["reason_id"] = self.base["dispute_reason"]
            dispute = self.call("adv.dispute", "create", [values])[0]
            self.journal.made("adv.dispute", dispute)
            self.call("adv.dispute", "action_reject", [dispute])


class Customer(Person):
    """In the portal: looks at the account, asks, promises, signs an offer."""

    @often(4)
    def do_see_the_orders(self):
        self.page("/my/orders")

    @often(4)
    def do_see_the_statement(self):
        self.page("/my/statement")

    @often(2)
    def do_ask_something(self):
        form = self.page("/my/requests/new")
        self.post("/my/requests/ask", form, kind="question", subject="FLOW", text="When does it come?")

    @often(1)
    def do_promise_to_pay(self):
        statement = self.page("/my/statement")
        if "/my/statement/promise" in statement:
            company = re.search(r'name="company_id"[^>]*value="(\d+)"', statement)
            currency = re.search(r'name="currency_id"[^>]*value="(\d+)"', statement)
            values = {"company_id": company[1], "currency_id": currency[1]}
            day = str(date.today() + timedelta(days=4))
            self.post("/my/statement/promise", statement, date=day, **values)

    @often(2)
    def do_sign_an_offer(self):
        found = re.findall(r"/my/orders/(\d+)\?access_token=([\w-]+)", self.page("/my/quotes"))
        if found:
            number, token = self.random.choice(found)
            values = {"access_token": token, "name": self.name, "signature": SIGNATURE}
            self.ask(f"/my/orders/{number}/accept", {"order_id": int(number), **values})


class Salesperson(Person):
    """Sends offers to the customers of the portal."""

    @often(3)
    def do_send_an_offer(self):
        values = {
            "partner_id": self.random.choice(self.base["portal_partners"]),
            "client_order_ref": f"FLOW offer {self.random.random()}",
            "require_signature": True,
            "require_payment": False,
            "order_line": [
                [0, 0, {"product_id": self.random.choice(self.base["products"]), "product_uom_qty": 2}]
            ],
        }
        offer = self.call("sale.order", "create", [values])[0]
        self.journal.made("sale.order", offer)
        self.call("sale.order", "action_quotation_sent", [offer])

    @often(2)
    def do_follow_the_offers(self):
        domain = [("state", "=", "sent")]
        self.call("sale.order", "web_search_read", domain, {"name": {}, "adv_state": {}}, limit=40)


class Clock(Person):
    """The jobs of the night, while everybody works: triggered, and run by the servers' own scheduler."""

    @often(1)
    def do_trigger_a_job(self):
        self.call(
            "ir.cron", "write", [self.random.choice(self.base["crons"])], {"nextcall": "2026-01-01 00:00:00"}
        )
        time.sleep(1.0)


ROLES = {
    "assistant": Assistant,
    "manager": Manager,
    "storekeeper": Storekeeper,
    "accountant": Accountant,
    "collector": Collector,
    "customer": Customer,
    "salesperson": Salesperson,
    "admin": Clock,
}
