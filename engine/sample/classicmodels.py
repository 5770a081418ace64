"""Classic Models: a wholesaler's customers, products, orders, deliveries, invoices and payments.

What the files do not tell was chosen so:

- payment terms: 30 days; taxes: none (the amounts are the files' own);
- an order is invoiced on the day it was shipped;
- stock at the start = what the file says is left + what was shipped;
- the two orders cancelled after their shipment are delivered, then cancelled (a return is not recorded);
- a dispute is open since the invoice, about all of it;
- e-mail addresses are under a domain that cannot receive mail (the file has none for customers).
"""

from .classicmodels_files import COUNTRIES, TradeFiles
from .common import MAIL_DOMAIN, Loader, before, by_day


class ClassicModels(Loader):
    name = "Classic Models"
    company_name = "Classic Models"
    company_key = "classicmodels"
    tz = "America/Los_Angeles"  # the head office is in San Francisco

    def __init__(self, env, folder):
        super().__init__(env)
        self.files = TradeFiles(folder)

    def _stages(self):
        return [
            ("company", 1, self._load_company),
            ("sales representatives", len(self.files.reps), self._load_users),
            ("customers", len(self.files.customers), self._load_customers),
            ("products and stock", len(self.files.productlines + self.files.products), self._load_products),
            ("orders", len(self.files.orders), self._load_orders),
            ("confirmations", len(self.files.orders), self._confirm_orders),
            ("deliveries", len(self.files.shipped), self._deliver_orders),
            ("cancellations", len(self.files.cancelled), self._cancel_orders),
            ("invoices", len(self.files.invoiced), self._load_invoices),
            ("payments", len(self.files.payments), self._load_payments),
            ("reconciliation", len(self.files.payments), self._reconcile_payments),
            ("disputes", len(self.files.disputed), self._load_disputes),
        ]

    # === MASTER DATA === #

    def _load_company(self):
        self.load_company({"name": self.company_name, "city": "San Francisco", "zip": "94080"})
        self.company.account_use_credit_limit = True
        warehouses = self.env["stock.warehouse"]
        self.warehouse = warehouses.search([("company_id", "=", self.company.id)], limit=1)
        if not self.warehouse:
            self.warehouse = warehouses.create({"company_id": self.company.id})
        self.terms = self.env.ref("account.account_payment_term_30days")

    def _load_users(self):
        group = self.env.ref("sales_team.group_sale_salesman")
        found = self.load(
            "res.users",
            self.files.reps,
            key=lambda row: self.key("user", row["employeeNumber"]),
            values=lambda row: {
                "name": f"{row['firstName']} {row['lastName']}",
                "login": row["email"],
                "email": f"{row['email'].partition('@')[0]}@{MAIL_DOMAIN}",
                "notification_type": "inbox",
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
                "group_ids": [(4, group.id)],
                "tz": self.tz,
            },
        )
        self.users = {
            row["employeeNumber"]: found[self.key("user", row["employeeNumber"])] for row in self.files.reps
        }

    def _load_customers(self):
        codes = self.env["res.country"].search([("code", "in", list(COUNTRIES.values()))])
        self.country_by_code = {country.code: country for country in codes}
        self.state_by_name = {}
        for state in codes.state_ids:
            self.state_by_name[state.country_id.code, state.code] = state
            self.state_by_name[state.country_id.code, state.name] = state
        found = self.load(
            "res.partner",
            self.files.customers,
            key=lambda row: self.key("customer", row["customerNumber"]),
            values=self._customer_values,
        )
        self.partners = {
            row["customerNumber"]: found[self.key("customer", row["customerNumber"])]
            for row in self.files.customers
        }

    def _customer_values(self, row):
        country = COUNTRIES[row["country"]]
        state = self.state_by_name.get((country, row["state"]))
        place = row["city"] if state or not row["state"] else f"{row['city']}, {row['state']}"
        contact = f"{row['contactFirstName']} {row['contactLastName']}".strip()
        user = self.users.get(row["salesRepEmployeeNumber"])
        return {
            "name": row["customerName"],
            "ref": str(row["customerNumber"]),
            "is_company": True,
            "customer_rank": 1,
            "company_id": self.company.id,
            "street": row["addressLine1"],
            "street2": row["addressLine2"],
            "city": place,
            "zip": row["postalCode"],
            "state_id": state and state.id,
            "country_id": self.country_by_code[country].id,
            "phone": row["phone"],
            "email": f"customer{row['customerNumber']}@{MAIL_DOMAIN}",
            "user_id": user and user.id,
            "credit_limit": float(row["creditLimit"]),
            "property_payment_term_id": self.terms.id,
            "child_ids": [(0, 0, {"name": contact, "type": "contact"})] if contact else [],
        }

    def _load_products(self):
        found = self.load(
            "product.category",
            self.files.productlines,
            key=lambda row: self.key("category", row["productLine"].replace(" ", "")),
            values=lambda row: {"name": row["productLine"]},
        )
        self.categories = {
            row["productLine"]: found[self.key("category", row["productLine"].replace(" ", ""))]
            for row in self.files.productlines
        }
        found = self.load(
            "product.product",
            self.files.products,
            key=lambda row: self.key("product", row["productCode"]),
            values=self._product_values,
            size=200,
            after=self._fill_stock,
        )
        self.product = {
            row["productCode"]: found[self.key("product", row["productCode"])] for row in self.files.products
        }

    def _product_values(self, row):
        return {
            "name": row["productName"],
            "default_code": row["productCode"],
            "type": "consu",
            "is_storable": True,
            "company_id": self.company.id,
            "categ_id": self.categories[row["productLine"]].id,
            "description": f"{row['productScale']}, {row['productVendor']}",
            "description_sale": row["productDescription"],
            "list_price": float(row["MSRP"]),
            "standard_price": float(row["buyPrice"]),
            "invoice_policy": "delivery",
            "taxes_id": [(5,)],
            "supplier_taxes_id": [(5,)],
        }

    def _fill_stock(self, rows, products):
        """Take an inventory, dated before the first order, that covers what was shipped and what is left."""
        shipped = self.files.shipped_quantities()
        start = self.noon(before(min(order["orderDate"] for order in self.files.orders)))
        quants = (
            self.env["stock.quant"]
            .with_context(inventory_mode=True)
            .create(
                [
                    {
                        "product_id": product.id,
                        "location_id": self.warehouse.lot_stock_id.id,
                        "inventory_quantity": row["quantityInStock"] + shipped[row["productCode"]],
                    }
                    for row, product in zip(rows, products, strict=True)
                ]
            )
        )
        quants._apply_inventory(start)
        moves = self.env["stock.move"].search([("product_id", "in", products.ids)])
        moves.move_line_ids.date = start
        quants.in_date = start

    # === ORDERS === #

    def _order_key(self, row):
        return self.key("order", row["orderNumber"])

    def _load_orders(self):
        found = self.load(
            "sale.order",
            self.files.orders,
            self._order_key,
            self._order_values,
            size=50,
            after=self._note_comments,
        )
        self.order = {row["orderNumber"]: found[self._order_key(row)] for row in self.files.orders}

    def _order_values(self, row):
        partner = self.partners[row["customerNumber"]]
        values = {
            "name": str(row["orderNumber"]),
            "company_id": self.company.id,
            "warehouse_id": self.warehouse.id,
            "partner_id": partner.id,
            "user_id": partner.user_id.id,
            "payment_term_id": self.terms.id,
            "date_order": self.noon(row["orderDate"]),
            "commitment_date": self.noon(row["requiredDate"]),
            "order_line": [(0, 0, self._line_values(line)) for line in self.files.lines[row["orderNumber"]]],
        }
        fields = self.env["sale.order"]._fields
        for field, on_day in (("adv_received_date", "orderDate"), ("adv_requested_date", "requiredDate")):
            if field in fields:
                is_day = fields[field].type == "date"
                values[field] = row[on_day] if is_day else self.noon(row[on_day])
        return values

    def _line_values(self, line):
        return {
            "product_id": self.product[line["productCode"]].id,
            "product_uom_qty": line["quantityOrdered"],
            "price_unit": float(line["priceEach"]),
            "discount": 0.0,
            "sequence": line["orderLineNumber"],
        }

    def _note_comments(self, rows, orders):
        """Keep what the file tells about an order as an internal note of that day."""
        subtype = self.env.ref("mail.mt_note")
        author = self.company.partner_id
        self.env["mail.message"].create(
            [
                {
                    "model": "sale.order",
                    "res_id": order.id,
                    "body": row["comments"],
                    "message_type": "comment",
                    "subtype_id": subtype.id,
                    "author_id": author.id,
                    "date": self.noon(row["orderDate"]),
                }
                for row, order in zip(rows, orders, strict=True)
                if row["comments"]
            ]
        )

    def _confirm_orders(self):
        for chunk in self.chunks(self.files.orders, 25):
            for on_day, rows in by_day(chunk, "orderDate"):
                orders = self._orders(rows).filtered(lambda order: order.state in ("draft", "sent"))
                if orders:
                    self.at(orders, on_day).action_confirm()
                    orders.write({"date_order": self.noon(on_day)})

    def _deliver_orders(self):
        for chunk in self.chunks(self.files.shipped, 25):
            for on_day, rows in by_day(chunk, "shippedDate"):
                pickings = self._orders(rows).picking_ids.filtered(
                    lambda pick: pick.state not in ("done", "cancel")
                )
                if pickings:
                    self._deliver(pickings, on_day)

    def _deliver(self, pickings, on_day):
        for move in pickings.move_ids:
            if move.quantity != move.product_uom_qty:
                move.quantity = move.product_uom_qty
        pickings.move_ids.picked = True
        self.at(pickings, on_day)._action_done()
        moment = self.noon(on_day)
        pickings.filtered(lambda pick: pick.date_done != moment).date_done = moment
        pickings.move_ids.date = moment
        pickings.move_line_ids.date = moment

    def _cancel_orders(self):
        for chunk in self.chunks(self.files.cancelled, 25):
            for on_day, rows in by_day(chunk, "orderDate"):
                orders = self._orders(rows).filtered(lambda order: order.state != "cancel")
                self.at(orders, on_day)._action_cancel()

    def _orders(self, rows):
        return self.env["sale.order"].browse([self.order[row["orderNumber"]].id for row in rows])

    # === INVOICES AND PAYMENTS === #

    def _invoice_key(self, row):
        return self.key("invoice", row["orderNumber"])

    def _load_invoices(self):
        found = self.find("account.move", map(self._invoice_key, self.files.invoiced))
        for chunk in self.chunks(self.files.invoiced, 25):
            missing = [row for row in chunk if self._invoice_key(row) not in found]
            if missing:
                found.update(self._create_invoices(missing))
        self.invoice = {row["orderNumber"]: found[self._invoice_key(row)] for row in self.files.invoiced}

    def _create_invoices(self, rows):
        orders = self._orders(rows)
        orders._create_invoices(grouped=True)
        invoices = []
        for row, order in zip(rows, orders, strict=True):
            invoice = order.invoice_ids
            invoice.ensure_one()
            invoice.write({"invoice_date": row["shippedDate"], "date": row["shippedDate"]})
            invoices.append(invoice)
        self.env["account.move"].union(*invoices)._post(soft=False)
        names = list(map(self._invoice_key, rows))
        self.name_records(names, invoices)
        return dict(zip(names, invoices, strict=True))

    def _payment_key(self, row):
        return self.key("payment", row["customerNumber"], row["checkNumber"])

    def _load_payments(self):
        journal = self.bank_journal()
        found = self.load(
            "account.payment",
            self.files.payments,
            key=self._payment_key,
            values=lambda row: self.payment_values(
                journal,
                self.partners[row["customerNumber"]],
                row["paymentDate"],
                row["amount"],
                row["checkNumber"],
            ),
            after=lambda _rows, payments: payments.action_post(),
        )
        self.payment = {self._payment_key(row): found[self._payment_key(row)] for row in self.files.payments}

    def _reconcile_payments(self):
        """Exact matches first, then each customer's other payments on their oldest invoices."""
        matches = self.files.match_payments()
        exact = [match for match in matches if match[1]]
        others = [match for match in matches if not match[1]]
        for chunk in self.chunks(exact, 50):
            self.reconcile(
                self.payment[self._payment_key(payment)].move_id + self.invoice[order["orderNumber"]]
                for payment, order in chunk
            )
        customers = list(dict.fromkeys(payment["customerNumber"] for payment, _order in others))
        for chunk in self.chunks(customers, 50):
            self.reconcile(self._moves_of(customer) for customer in chunk)

    def _moves_of(self, customer):
        moves = self.env["account.move"]
        for order in self.files.invoiced:
            if order["customerNumber"] == customer:
                moves += self.invoice[order["orderNumber"]]
        for payment in self.files.payments:
            if payment["customerNumber"] == customer:
                moves += self.payment[self._payment_key(payment)].move_id
        return moves

    def _load_disputes(self):
        self.load_disputes(self.files.disputed, self._dispute_values)

    def _dispute_values(self, row):
        invoice = self.invoice[row["orderNumber"]]
        return {
            "move_id": invoice.id,
            "amount": invoice.amount_total,
            "date": row["shippedDate"],
            "user_id": self.partners[row["customerNumber"]].user_id.id,
            "note": row["comments"],
        }
