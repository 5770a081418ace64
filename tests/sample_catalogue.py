"""The figures of the catalogue that the real data's files determine, worked out of their rows alone.

Each function gives ``{code: value}`` of a period that is judged on its last day. Nothing of the addons is
used; the definitions are those of docs/figures.md, in plain Python.
"""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal


def share(part, whole, factor=100):
    """A quotient, None over nothing."""
    return float(Decimal(part) / Decimal(whole)) * factor if whole else None


def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def within(day, first, last):
    return bool(day) and first <= day <= last


def year_before(day):
    """The first of the twelve months that end with a day that ends a month."""
    return (day + timedelta(days=1)).replace(year=(day + timedelta(days=1)).year - 1)


def count_back(balance, sales, day, first_sale):
    """Days of sales that a balance holds: months backwards from the day, and a share of the last one."""
    rest, days, last = balance, 0.0, day
    while rest > 0 and (last.year, last.month) >= (first_sale.year, first_sale.month):
        sold = sales(last.replace(day=1), last)
        if sold > rest:
            return days + float(rest / sold) * last.day
        rest -= sold
        days += last.day
        last = last.replace(day=1) - timedelta(days=1)
    return days


# === CLASSIC MODELS === #


def trade_figures(trade, first, last):
    """Orders, deliveries, quality, revenue, stock and receivables of Classic Models."""
    return {
        **_orders(trade, first, last),
        **_backlog(trade, last),
        **_punctuality(trade, first, last),
        **_quality(trade, first, last),
        **_sales(trade, first, last),
        **_customers(trade, first, last),
        **_stock(trade, last),
        **_trade_cash(trade, first, last),
    }


def _orders(trade, first, last):
    confirmed = [row for row in trade.confirmed if within(row["orderDate"], first, last)]
    delivered = [row for row in trade.delivered if within(row["shippedDate"], first, last)]
    return {
        "order_count": len(confirmed),
        "order_line_count": sum(trade.line_count[row["orderNumber"]] for row in confirmed),
        "order_intake": sum(trade.total[row["orderNumber"]] for row in confirmed),
        "processing_time": mean((row["shippedDate"] - row["orderDate"]).days for row in delivered),
        # billed on the day of shipment
        "billing_time": 0 if delivered else None,
    }


def _backlog(trade, day):
    waiting = [
        row
        for row in trade.confirmed
        if row["orderDate"] <= day and not (row["shippedDate"] and row["shippedDate"] <= day)
    ]
    late = [row for row in waiting if row["requiredDate"] <= day]
    unbilled = [row for row in trade.shipped if row["status"] == "Cancelled" and row["shippedDate"] <= day]
    return {
        "delivered_not_invoiced": sum((trade.total[row["orderNumber"]] for row in unbilled), Decimal()),
        "backlog_count": len(waiting),
        "backlog_value": sum((trade.total[row["orderNumber"]] for row in waiting), Decimal()),
        "backlog_late_value": sum((trade.total[row["orderNumber"]] for row in late), Decimal()),
    }


def _punctuality(trade, first, last):
    """All were shipped at once and in full; the day is over, so whatever was promised up to it is judged."""
    promised = [row for row in trade.confirmed if within(row["requiredDate"], first, last)]
    kept = [row for row in promised if row["shippedDate"] and row["shippedDate"] <= row["requiredDate"]]
    wrong = trade.without_place() | trade.typed_over()
    perfect = [row for row in kept if row["orderNumber"] not in wrong and row["status"] != "Disputed"]
    on_time = share(len(kept), len(promised))
    return {
        "on_time_rate": on_time,
        "on_time_requested_rate": on_time,
        "otif_rate": on_time,
        "perfect_order_rate": share(len(perfect), len(promised)),
    }


def _quality(trade, first, last):
    """Every error of the files was found by a check when the order came in: none reached the customer."""
    received = {row["orderNumber"] for row in trade.orders if within(row["orderDate"], first, last)}
    wrong = (trade.without_place() | trade.typed_over()) & received
    shipped = [row for row in trade.delivered if within(row["shippedDate"], first, last)]
    return {
        "entry_error_rate": 0,
        "entry_error_caught_rate": share(len(wrong), len(received)),
        "order_accuracy": 100,
        "line_fill_rate": 100 if shipped else None,
    }


def _costs(trade):
    """What the goods of each order were bought for."""
    bought = {product["productCode"]: Decimal(product["buyPrice"]) for product in trade.products}
    costs = defaultdict(Decimal)
    for line in trade.lines:
        costs[line["orderNumber"]] += int(line["quantityOrdered"]) * bought[line["productCode"]]
    return costs


def _sales(trade, first, last):
    costs = _costs(trade)
    billed = [row for row in trade.delivered if within(row["shippedDate"], first, last)]
    revenue = sum((trade.total[row["orderNumber"]] for row in billed), Decimal())
    margin = revenue - sum(costs[row["orderNumber"]] for row in billed)
    return {
        "invoice_count": len(billed),
        "credit_note_count": 0,
        "revenue": revenue,
        "gross_margin": margin,
        "gross_margin_rate": share(margin, revenue),
        "dispute_rate": share(
            sum(trade.total[row["orderNumber"]] for row in billed if row["status"] == "Disputed"), revenue
        ),
    }


def _customers(trade, first, last):
    """Customers of the year before who came back in the last twelve months; those who came first now."""
    days = {}
    for row in trade.confirmed:
        days.setdefault(row["customerNumber"], []).append(row["orderDate"])
    start = year_before(last)
    before = {
        customer
        for customer, orders in days.items()
        if any(
            within(day, year_before(start - timedelta(days=1)), start - timedelta(days=1)) for day in orders
        )
    }
    kept = {customer for customer in before if any(within(day, start, last) for day in days[customer])}
    return {
        "retention_rate": share(len(kept), len(before)),
        "new_customer_count": sum(within(min(orders), first, last) for orders in days.values()),
    }


def _stock(trade, day):
    """What was there before the first order is what is left and all that was shipped."""
    costs, first = _costs(trade), min(row["orderDate"] for row in trade.orders)
    whole = sum(int(row["quantityInStock"]) * Decimal(row["buyPrice"]) for row in trade.products)
    whole += sum(costs[row["orderNumber"]] for row in trade.shipped)
    ends, values = [day], []
    while len(ends) < 13:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    for end in ends:
        left = sum(costs[row["orderNumber"]] for row in trade.shipped if row["shippedDate"] <= end)
        values.append(whole - left if end >= first else Decimal())
    sold = sum(
        (
            costs[row["orderNumber"]]
            for row in trade.delivered
            if within(row["shippedDate"], year_before(day), day)
        ),
        Decimal(),
    )
    rotation = share(sold, sum(values) / 13, 1)
    return {"stock_rotation": rotation, "stock_days": 365 / rotation if rotation else None}


def _trade_cash(trade, first, last):
    balance = trade.balance(last)
    first_sale = min(row["shippedDate"] for row in trade.delivered)
    revenue = trade.revenue(first, last)
    return {
        "receivable_balance": balance,
        "dso": count_back(balance, trade.revenue, last, first_sale),
        "dso_ratio": share(balance, revenue, (last - first).days + 1),
        "dispute_age": mean(
            (last - row["shippedDate"]).days
            for row in trade.delivered
            if row["status"] == "Disputed" and row["shippedDate"] <= last
        ),
    }


# === RECEIVABLES === #


def ledger_figures(ledger, first, last):
    """The cash figures of the ledger: each invoice is settled in full on one day."""
    days = (last - first).days + 1
    balance, sales = ledger.amount(ledger.open(last)), ledger.sales(first, last)
    overdue = ledger.amount(ledger.overdue(last))
    opening = ledger.amount(ledger.open(first - timedelta(days=1)))
    older = ledger.amount(row for row in ledger.open(last) if (last - row["DueDate"]).days > 60)
    return {
        "invoice_count": sum(within(row["InvoiceDate"], first, last) for row in ledger.rows),
        "revenue": sales,
        "receivable_balance": balance,
        "overdue_balance": overdue,
        "overdue_rate": share(overdue, balance),
        "overdue_60_balance": older,
        "dso": ledger.dso(last),
        "dso_ratio": share(balance, sales, days),
        "dso_best_possible": share(balance - overdue, sales, days),
        "average_days_delinquent": share(overdue, sales, days),
        "collection_effectiveness": share(opening + sales - balance, opening + sales - (balance - overdue)),
        **_settlements(ledger, first, last),
        **_disputes(ledger, first, last),
    }


def _settlements(ledger, first, last):
    settled = [row for row in ledger.rows if within(row["SettledDate"], first, last)]
    amount = ledger.amount(settled)

    def weighted(column):
        return share(
            sum(row["InvoiceAmount"] * (row["SettledDate"] - row[column]).days for row in settled), amount, 1
        )

    return {"days_to_pay": weighted("InvoiceDate"), "days_beyond_terms": weighted("DueDate")}


def _disputes(ledger, first, last):
    """A dispute lasts from the invoice to its settlement."""
    disputed = [row for row in ledger.rows if row["Disputed"] == "Yes"]
    made = [row for row in disputed if within(row["InvoiceDate"], first, last)]
    seen = [row for row in disputed if row["InvoiceDate"] <= last and row["SettledDate"] >= first]
    return {
        "dispute_rate": share(ledger.amount(made), ledger.sales(first, last)),
        "dispute_age": mean((min(row["SettledDate"], last) - row["InvoiceDate"]).days for row in seen),
    }


def codes(*figures):
    """How often each code was worked out with a value other than nothing."""
    return Counter(code for found in figures for code, value in found.items() if value)
