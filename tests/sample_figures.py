"""The figures of the real data, worked out from its CSV files without Odoo and without our loader.

Every figure follows its definition (README of the data, definitions of the figures), in plain Python on the
files' own rows, so that an error of the loader or of an addon cannot hide in it.
"""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

# The shipped reminder policy: days after the due date of its levels, and the smallest claim it sends.
FIRST_REMINDER_AFTER = 5
SMALLEST_CLAIM = Decimal(50)
# The shipped tolerance of the check of prices, in percent of the listed price.
PRICE_TOLERANCE = Decimal(1)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Trade:
    """Classic Models: orders, shipments, invoices (on the day of shipment) and payments."""

    def __init__(self, folder):
        self.customers = rows_of(folder / "customers.csv")
        self.employees = rows_of(folder / "employees.csv")
        self.products = rows_of(folder / "products.csv")
        self.orders = rows_of(folder / "orders.csv")
        self.lines = rows_of(folder / "orderdetails.csv")
        self.payments = rows_of(folder / "payments.csv")
        self.total = defaultdict(Decimal)
        self.line_count = Counter()
        for line in self.lines:
            self.total[line["orderNumber"]] += int(line["quantityOrdered"]) * Decimal(line["priceEach"])
            self.line_count[line["orderNumber"]] += 1
        for order in self.orders:
            for column in ("orderDate", "requiredDate", "shippedDate"):
                order[column] = date.fromisoformat(order[column]) if order[column] else None
        self.confirmed = [order for order in self.orders if order["status"] != "Cancelled"]
        self.shipped = [order for order in self.orders if order["shippedDate"]]
        self.delivered = [order for order in self.confirmed if order["shippedDate"]]

    # --- orders ---

    def statuses(self):
        return Counter((order["status"], bool(order["shippedDate"])) for order in self.orders)

    def intake(self):
        return sum(self.total[order["orderNumber"]] for order in self.confirmed)

    def order_lines(self):
        return sum(self.line_count[order["orderNumber"]] for order in self.confirmed)

    def revenue(self, first=date.min, last=date.max):
        return sum(
            self.total[order["orderNumber"]]
            for order in self.delivered
            if first <= order["shippedDate"] <= last
        )

    def on_time_rate(self, as_of):
        """Of the orders promised up to as_of, those shipped by then and by the promised day, in percent."""
        due = [order for order in self.confirmed if order["requiredDate"] <= as_of]
        judged = [
            order
            for order in due
            if order["requiredDate"] < as_of or (order["shippedDate"] and order["shippedDate"] <= as_of)
        ]
        kept = [
            order
            for order in judged
            if order["shippedDate"]
            and order["shippedDate"] <= as_of
            and order["shippedDate"] <= order["requiredDate"]
        ]
        return 100 * len(kept) / len(judged)

    @staticmethod
    def mean_days(orders):
        return sum((order["shippedDate"] - order["orderDate"]).days for order in orders) / len(orders)

    def without_place(self):
        """The orders of customers whose address has no postal code."""
        places = {row["customerNumber"]: row["postalCode"].strip() for row in self.customers}
        return {row["orderNumber"] for row in self.orders if not places[row["customerNumber"]]}

    def typed_over(self):
        """The orders with a price that is not the product's listed one, by more than the tolerance."""
        listed = {row["productCode"]: Decimal(row["MSRP"]) for row in self.products}
        return {
            line["orderNumber"]
            for line in self.lines
            if abs(Decimal(line["priceEach"]) / listed[line["productCode"]] - 1) * 100 > PRICE_TOLERANCE
        }

    # --- payments ---

    def allocate(self):
        """Return (number of exact matches, what is left of each invoice, what is left of each payment).

        First each payment, in order of date, takes the customer's invoice of just its amount; then the other
        payments, in order of date, pay the customer's oldest invoices.
        """
        open_invoice = {order["orderNumber"]: self.total[order["orderNumber"]] for order in self.delivered}
        by_customer = defaultdict(list)
        for order in sorted(self.delivered, key=lambda order: (order["shippedDate"], order["orderNumber"])):
            by_customer[order["customerNumber"]].append(order["orderNumber"])
        payments = sorted(self.payments, key=lambda payment: (payment["paymentDate"], payment["checkNumber"]))
        others, exact = [], 0
        for payment in payments:
            amount = Decimal(payment["amount"])
            same = [
                number
                for number in by_customer[payment["customerNumber"]]
                if self.total[number] == amount and open_invoice[number] == amount
            ]
            if same:
                open_invoice[same[0]] = Decimal(0)
                exact += 1
            else:
                others.append(payment)
        credit = {}
        for payment in others:
            rest = Decimal(payment["amount"])
            for number in by_customer[payment["customerNumber"]]:
                paid = min(rest, open_invoice[number])
                open_invoice[number] -= paid
                rest -= paid
            if rest:
                credit[payment["checkNumber"]] = rest
        return exact, {number: rest for number, rest in open_invoice.items() if rest}, credit

    def balance(self, day):
        paid = sum(
            Decimal(payment["amount"])
            for payment in self.payments
            if date.fromisoformat(payment["paymentDate"]) <= day
        )
        return self.revenue(last=day) - paid


class Ledger:
    """Receivables: invoices that are each settled in full on one day."""

    def __init__(self, folder):
        self.rows = rows_of(folder / "accounts_receivable.csv")
        for row in self.rows:
            for column in ("InvoiceDate", "DueDate", "SettledDate"):
                row[column] = datetime.strptime(row[column], "%m/%d/%Y").date()
            row["InvoiceAmount"] = Decimal(row["InvoiceAmount"])

    def open(self, day):
        """Invoiced on or before the day and settled after it."""
        return [row for row in self.rows if row["InvoiceDate"] <= day < row["SettledDate"]]

    def overdue(self, day):
        return [row for row in self.open(day) if row["DueDate"] < day]

    @staticmethod
    def amount(rows):
        return sum((row["InvoiceAmount"] for row in rows), Decimal())

    def sales(self, first, last):
        return self.amount(row for row in self.rows if first <= row["InvoiceDate"] <= last)

    def dso(self, day):
        """Count-back: whole months of sales that the balance holds, backwards, and the share of the last."""
        first_sale = min(row["InvoiceDate"] for row in self.rows)
        rest, days = self.amount(self.open(day)), Decimal()
        last = day
        while rest > 0 and (last.year, last.month) >= (first_sale.year, first_sale.month):
            sales = self.sales(last.replace(day=1), last)
            if sales > rest:
                return float(days + rest / sales * last.day)
            rest -= sales
            days += last.day
            last = last.replace(day=1) - timedelta(days=1)
        return float(days)

    def dso_ratio(self, first, last):
        return float(self.amount(self.open(last)) / self.sales(first, last) * ((last - first).days + 1))

    def chased(self, day, smallest=SMALLEST_CLAIM):
        """The invoices that a first reminder run on the day claims: {invoice number: amount}.

        Overdue as long as the first reminder waits, undisputed, and the customer owes enough of it.
        """
        claims = defaultdict(dict)
        for row in self.open(day):
            if row["Disputed"] == "No" and (day - row["DueDate"]).days >= FIRST_REMINDER_AFTER:
                claims[row["customerID"]][row["invoiceNumber"]] = row["InvoiceAmount"]
        return {
            number: amount
            for claim in claims.values()
            if sum(claim.values()) >= smallest
            for number, amount in claim.items()
        }


def half_year(day):
    """The first day of the half-year that ends on the day."""
    return day.replace(month=1 if day.month <= 6 else 7, day=1)
