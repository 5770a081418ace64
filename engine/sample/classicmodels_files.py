"""The files of Classic Models, read and checked before anything is loaded."""

from collections import Counter, defaultdict
from decimal import Decimal

from .common import (
    SampleError,
    amount,
    check_reference,
    check_unique,
    day,
    integer,
    optional,
    read_rows,
    text,
)

COLUMNS = {
    "customers": {
        "customerNumber": integer,
        "customerName": text,
        "contactLastName": text,
        "contactFirstName": text,
        "phone": text,
        "addressLine1": text,
        "addressLine2": text,
        "city": text,
        "state": text,
        "postalCode": text,
        "country": text,
        "salesRepEmployeeNumber": optional(integer),
        "creditLimit": amount,
    },
    "employees": {
        "employeeNumber": integer,
        "lastName": text,
        "firstName": text,
        "email": text,
        "jobTitle": text,
    },
    "productlines": {"productLine": text, "textDescription": text},
    "products": {
        "productCode": text,
        "productName": text,
        "productLine": text,
        "productScale": text,
        "productVendor": text,
        "productDescription": text,
        "quantityInStock": integer,
        "buyPrice": amount,
        "MSRP": amount,
    },
    "orders": {
        "orderNumber": integer,
        "orderDate": day,
        "requiredDate": day,
        "shippedDate": optional(day),
        "status": text,
        "comments": text,
        "customerNumber": integer,
    },
    "orderdetails": {
        "orderNumber": integer,
        "productCode": text,
        "quantityOrdered": integer,
        "priceEach": amount,
        "orderLineNumber": integer,
    },
    "payments": {
        "customerNumber": integer,
        "checkNumber": text,
        "paymentDate": day,
        "amount": amount,
    },
}
STATES = {"Shipped", "Resolved", "Disputed", "Cancelled", "In Process", "On Hold"}
COUNTRIES = {
    "Australia": "AU",
    "Austria": "AT",
    "Belgium": "BE",
    "Canada": "CA",
    "Denmark": "DK",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Hong Kong": "HK",
    "Ireland": "IE",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Netherlands": "NL",
    "New Zealand": "NZ",
    "Norway": "NO",
    "Philippines": "PH",
    "Poland": "PL",
    "Portugal": "PT",
    "Russia": "RU",
    "Singapore": "SG",
    "South Africa": "ZA",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "UK": "GB",
    "USA": "US",
}


class TradeFiles:
    """The rows of all files, in the order of events."""

    def __init__(self, folder):
        for table, columns in COLUMNS.items():
            setattr(self, table, read_rows(folder / f"{table}.csv", columns))
        self._check()
        self.lines = defaultdict(list)
        for line in sorted(self.orderdetails, key=lambda line: line["orderLineNumber"]):
            self.lines[line["orderNumber"]].append(line)
        self.orders.sort(key=lambda order: (order["orderDate"], order["orderNumber"]))
        self.payments.sort(key=lambda payment: (payment["paymentDate"], payment["checkNumber"]))
        self.shipped = sorted(
            (order for order in self.orders if order["shippedDate"]),
            key=lambda order: (order["shippedDate"], order["orderNumber"]),
        )
        self.cancelled = [order for order in self.orders if order["status"] == "Cancelled"]
        self.invoiced = [order for order in self.shipped if order["status"] != "Cancelled"]
        self.disputed = [order for order in self.invoiced if order["status"] == "Disputed"]
        self.reps = self._select_reps()

    def _check(self):
        check_unique("customers.csv", self.customers, "customerNumber")
        check_unique("employees.csv", self.employees, "employeeNumber")
        check_unique("products.csv", self.products, "productCode")
        check_unique("orders.csv", self.orders, "orderNumber")
        check_unique("orderdetails.csv", self.orderdetails, "orderNumber", "orderLineNumber")
        check_unique("payments.csv", self.payments, "customerNumber", "checkNumber")
        customers = {row["customerNumber"] for row in self.customers}
        check_reference("orders.csv", self.orders, "customerNumber", customers)
        check_reference("payments.csv", self.payments, "customerNumber", customers)
        check_reference("orders.csv", self.orders, "status", STATES)
        check_reference("customers.csv", self.customers, "country", COUNTRIES)
        employees = {row["employeeNumber"] for row in self.employees}
        check_reference("customers.csv", self.customers, "salesRepEmployeeNumber", employees)
        lines = {row["productLine"] for row in self.productlines}
        check_reference("products.csv", self.products, "productLine", lines)
        products = {row["productCode"] for row in self.products}
        check_reference("orderdetails.csv", self.orderdetails, "productCode", products)
        orders = {row["orderNumber"] for row in self.orders}
        check_reference("orderdetails.csv", self.orderdetails, "orderNumber", orders)
        for order in self.orders:
            if not order["shippedDate"] and order["status"] in {"Shipped", "Resolved", "Disputed"}:
                raise SampleError(
                    f"orders.csv: {order['orderNumber']} is {order['status']} without shippedDate"
                )

    def _select_reps(self):
        """The sales representatives, and whoever else looks after a customer."""
        assigned = {row["salesRepEmployeeNumber"] for row in self.customers}
        return [
            row
            for row in self.employees
            if row["jobTitle"] == "Sales Rep" or row["employeeNumber"] in assigned
        ]

    def total(self, order):
        """The value of an order: the sum of its lines."""
        lines = self.lines[order["orderNumber"]]
        return sum((line["quantityOrdered"] * line["priceEach"] for line in lines), Decimal())

    def shipped_quantities(self):
        """Return ``{product code: quantity shipped in all}``."""
        quantities = Counter()
        for order in self.shipped:
            for line in self.lines[order["orderNumber"]]:
                quantities[line["productCode"]] += line["quantityOrdered"]
        return quantities

    def match_payments(self):
        """Return ``[(payment, order or None)]``: a payment of just one order's total is of that order."""
        open_orders = defaultdict(list)
        for order in self.invoiced:
            open_orders[order["customerNumber"], self.total(order)].append(order)
        return [
            (payment, candidates.pop(0) if candidates else None)
            for payment in self.payments
            for candidates in [open_orders[payment["customerNumber"], payment["amount"]]]
        ]
