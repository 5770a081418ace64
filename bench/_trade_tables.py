"""What the lot of _trade_plan.py becomes in Odoo's tables: columns as expressions, and where from."""

_RECEIVED = "ordered + clock - entry_hours * interval '1 hour'"
_CONFIRMED = "CASE plan.state WHEN 'sale' THEN ordered + clock END"
_PROMISED = "CASE plan.state WHEN 'sale' THEN ordered + promised + clock END"

ORDERS = {
    "id": "plan.id",
    "name": "'T' || plan.number",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "partner_invoice_id": "partner",
    "partner_shipping_id": "partner",
    "state": "plan.state",
    "date_order": "ordered + clock",
    "commitment_date": _PROMISED,
    "picking_policy": "'direct'",
    "currency_id": "%(currency)s",
    "currency_rate": "1.0",
    "amount_untaxed": "amount",
    "amount_tax": "0",
    "amount_total": "amount",
    "user_id": "seller",
    "team_id": "team",
    "warehouse_id": "%(warehouse)s",
    "invoice_status": "CASE WHEN billed IS NOT NULL THEN 'invoiced' WHEN done IS NOT NULL THEN 'to invoice' "
    "ELSE 'no' END",
    "delivery_status": "CASE WHEN done IS NOT NULL THEN 'full' WHEN shipped IS NOT NULL THEN 'partial' "
    "WHEN plan.state = 'sale' THEN 'pending' END",
    "effective_date": "shipped + clock",
    "margin": "amount - plan_sum.cost",
    "create_date": _RECEIVED,
    "write_date": "ordered + clock",
    "adv_channel": "'email'",
    "adv_received_date": _RECEIVED,
    "adv_submitted_date": f"CASE WHEN plan.state = 'sale' THEN {_RECEIVED} END",
    "adv_clean_date": _CONFIRMED,
    "adv_quoted_date": f"CASE WHEN is_quoted OR plan.state = 'sent' THEN {_RECEIVED} - interval '5 days' END",
    "adv_confirmed_date": _CONFIRMED,
    "adv_requested_date": _PROMISED,
    "adv_promise_initial": _PROMISED,
    "adv_promise_date": _PROMISED,
    "adv_first_delivery_date": "shipped + clock",
    "adv_delivered_date": "done + clock",
    "adv_invoiced_date": "billed + clock",
    "adv_assistant_id": "NULLIF(assistant, 0)",
    "adv_commercial_partner_id": "partner",
    "adv_amount_company": "amount",
    "adv_cost_confirmed": "CASE plan.state WHEN 'sale' THEN plan_sum.cost END",
    "adv_line_count": "CASE plan.state WHEN 'sale' THEN 5 ELSE 0 END",
    "adv_is_first_order": "is_first",
    "adv_is_on_time": "COALESCE(done <= ordered + promised, FALSE)",
    "adv_is_on_time_requested": "COALESCE(done <= ordered + promised, FALSE)",
    "adv_is_in_full": "done IS NOT NULL AND delivery <> 'short'",
    "adv_state": "CASE WHEN plan.state = 'cancel' THEN 'cancelled' WHEN plan.state = 'sent' THEN 'quoted' "
    "WHEN billed IS NOT NULL THEN 'invoiced' WHEN done IS NOT NULL THEN 'delivered' "
    "WHEN shipped IS NOT NULL THEN 'in_delivery' ELSE 'confirmed' END",
    "adv_desk_rank": "5",
    "adv_processing_days": f"COALESCE(done - ({_RECEIVED})::date, 0)",
    "adv_entry_hours": "CASE plan.state WHEN 'sale' THEN entry_hours / 3.0 END",
    "adv_blocked_hours": "CASE WHEN plan.state = 'sale' THEN CASE WHEN fault < 0.08 THEN 5 ELSE 0 END END",
    "adv_billing_days": "COALESCE(billed - done, 0)",
    "adv_conversion_days": "CASE WHEN plan.state = 'sale' AND is_quoted THEN "
    f"ordered - ({_RECEIVED})::date + 5 ELSE 0 END",
    "adv_lines_shipped": "CASE WHEN shipped IS NULL THEN 0 ELSE 5 END",
    "adv_lines_filled": "CASE WHEN shipped IS NULL THEN 0 ELSE filled END",
}
_ORDERS_FROM = "plan JOIN plan_sum ON plan_sum.number = plan.number ORDER BY plan.number"

_DELIVERED = (
    "CASE WHEN done IS NOT NULL AND delivery <> 'short' THEN quantity "
    "WHEN shipped IS NOT NULL THEN first ELSE 0 END"
)
_INVOICED = f"CASE WHEN billed IS NULL THEN 0 ELSE {_DELIVERED} END"
LINES = {
    "id": "line.id",
    "order_id": "plan.id",
    "sequence": "position",
    "company_id": "%(company)s",
    "currency_id": "%(currency)s",
    "order_partner_id": "partner",
    "salesman_id": "seller",
    "product_id": "product",
    "product_uom_id": "%(unit)s",
    "state": "plan.state",
    "invoice_status": "CASE WHEN billed IS NOT NULL THEN 'invoiced' WHEN done IS NOT NULL THEN 'to invoice' "
    "ELSE 'no' END",
    "qty_delivered_method": "'stock_move'",
    "name": "'Line'",
    "product_uom_qty": "quantity",
    "price_unit": "price",
    "technical_price_unit": "price",
    "discount": "0",
    "price_subtotal": "line.amount",
    "price_total": "line.amount",
    "price_tax": "0",
    "price_reduce_taxexcl": "price",
    "price_reduce_taxinc": "price",
    "qty_delivered": _DELIVERED,
    "qty_invoiced": _INVOICED,
    "qty_to_invoice": f"{_DELIVERED} - {_INVOICED}",
    "untaxed_amount_invoiced": f"price * ({_INVOICED})",
    "untaxed_amount_to_invoice": f"price * ({_DELIVERED} - {_INVOICED})",
    "customer_lead": "0",
    "warehouse_id": "%(warehouse)s",
    "purchase_price": "line.cost",
    "margin": "line.amount - quantity * line.cost",
    "create_date": _RECEIVED,
    "adv_qty_confirmed": "CASE plan.state WHEN 'sale' THEN quantity END",
    "adv_cost_confirmed": "CASE plan.state WHEN 'sale' THEN quantity * line.cost END",
    "adv_promise_date": _PROMISED,
    "adv_promise_initial": _PROMISED,
}
_LINES_FROM = "plan_line line JOIN plan ON plan.number = line.number ORDER BY line.id"

# part 0 leaves first; part 1 is what is left of orders in two parts, cancelled for short ones
_PARTS = "CROSS JOIN LATERAL generate_series(0, CASE delivery WHEN 'full' THEN 0 ELSE 1 END) AS part"
_PART_DAY = "CASE part WHEN 0 THEN shipped ELSE CASE delivery WHEN 'two' THEN done END END"
_PART_STATE = (
    "CASE WHEN part = 1 AND delivery = 'short' AND shipped IS NOT NULL THEN 'cancel' "
    f"WHEN ({_PART_DAY}) IS NOT NULL THEN 'done' ELSE 'assigned' END"
)
PICKINGS = {
    "id": "picking + plan.number * 2 + part",
    "name": "'T/OUT/' || plan.number || '/' || part",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "picking_type_id": "%(type_out)s",
    "location_id": "%(stock)s",
    "location_dest_id": "%(customers)s",
    "move_type": "'direct'",
    "sale_id": "plan.id",
    "origin": "'T' || plan.number",
    "state": _PART_STATE,
    "scheduled_date": "ordered + COALESCE(promised, 7) + clock",
    "date_done": f"{_PART_DAY} + clock",
    "create_date": "ordered + clock",
}
_PICKINGS_FROM = f"plan {_PARTS} CROSS JOIN top WHERE plan.state = 'sale'"

_MOVED = "CASE part WHEN 0 THEN first ELSE quantity - first END"
MOVES = {
    "id": "stock_move + (line.number * 5 + position) * 2 + part",
    "company_id": "%(company)s",
    "product_id": "product",
    "product_uom": "%(unit)s",
    "product_uom_qty": _MOVED,
    "product_qty": _MOVED,
    "quantity": f"CASE WHEN ({_PART_STATE}) = 'done' THEN {_MOVED} ELSE 0 END",
    "location_id": "%(stock)s",
    "location_dest_id": "%(customers)s",
    "location_final_id": "%(customers)s",
    "procure_method": "'make_to_stock'",
    "state": _PART_STATE,
    "date": f"COALESCE({_PART_DAY}, ordered + COALESCE(promised, 7)) + clock",
    "picking_id": "picking + plan.number * 2 + part",
    "picking_type_id": "%(type_out)s",
    "sale_line_id": "line.id",
    "partner_id": "partner",
    "warehouse_id": "%(warehouse)s",
    "picked": f"({_PART_STATE}) = 'done'",
    "is_out": f"({_PART_STATE}) = 'done'",
    "is_in": "FALSE",
    "value": f"CASE WHEN ({_PART_STATE}) = 'done' THEN line.cost * ({_MOVED}) ELSE 0 END",
    "create_date": "ordered + clock",
}
_MOVES_FROM = f"""plan_line line JOIN plan ON plan.number = line.number {_PARTS} CROSS JOIN top
    WHERE plan.state = 'sale' AND {_MOVED} > 0 ORDER BY 1"""
RECEIPTS = {
    "id": "(SELECT MAX(id) FROM stock_move) + row_number() OVER ()",
    "company_id": "%(company)s",
    "product_id": "product",
    "product_uom": "%(unit)s",
    "product_uom_qty": "quantity",
    "product_qty": "quantity",
    "quantity": "quantity",
    "location_id": "%(suppliers)s",
    "location_dest_id": "%(stock)s",
    "procure_method": "'make_to_stock'",
    "state": "'done'",
    "date": "month",
    "picking_type_id": "%(type_in)s",
    "picked": "TRUE",
    "is_in": "TRUE",
    "is_out": "FALSE",
    "value": "amount",
}
_RECEIPTS_FROM = """(
    SELECT product_id AS product, date_trunc('month', date) AS month, SUM(quantity) + 5 AS quantity,
           SUM(value) * (1 + 5 / SUM(quantity)) AS amount
      FROM stock_move WHERE is_out AND state = 'done' GROUP BY 1, 2 HAVING SUM(quantity) > 0
    ) AS bought"""

INVOICES = {
    "id": "invoice.id",
    "journal_id": "%(sales)s",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "partner_shipping_id": "partner",
    "currency_id": "%(currency)s",
    "invoice_currency_rate": "1.0",
    "state": "'posted'",
    "move_type": "CASE sign WHEN 1 THEN 'out_invoice' ELSE 'out_refund' END",
    "auto_post": "'no'",
    "name": "'T/' || invoice.id",
    "sequence_prefix": "'T/'",
    "sequence_number": "invoice.id",
    "invoice_origin": "'T' || invoice.number",
    "date": "day",
    "invoice_date": "day",
    "invoice_date_due": "due",
    "amount_untaxed": "amount",
    "amount_tax": "round(amount * 0.2, 2)",
    "amount_total": "round(amount * 1.2, 2)",
    "amount_residual": "residual",
    "amount_untaxed_signed": "sign * amount",
    "amount_untaxed_in_currency_signed": "sign * amount",
    "amount_tax_signed": "sign * round(amount * 0.2, 2)",
    "amount_total_signed": "sign * round(amount * 1.2, 2)",
    "amount_total_in_currency_signed": "sign * round(amount * 1.2, 2)",
    "amount_residual_signed": "sign * residual",
    "payment_state": "CASE WHEN residual = 0 THEN 'paid' WHEN residual < round(amount * 1.2, 2) THEN "
    "'partial' "
    "ELSE 'not_paid' END",
    "invoice_user_id": "seller",
    "team_id": "team",
    "posted_before": "TRUE",
    "checked": "TRUE",
    "reversed_entry_id": "CASE WHEN sign < 0 THEN (SELECT first.id FROM plan_invoice first "
    "WHERE first.number = invoice.number AND first.sign > 0) END",
    "adv_credit_reason_id": "CASE WHEN sign < 0 THEN (SELECT MIN(id) FROM adv_credit_reason) "
    "+ invoice.number %% (SELECT COUNT(*) FROM adv_credit_reason) END",
    "adv_cost": "sign * invoice.cost",
    "adv_margin": "sign * (amount - invoice.cost)",
    "adv_is_costed": "TRUE",
    "adv_paid_date": "CASE WHEN sign > 0 AND residual = 0 THEN paid_day END",
    "adv_paid_days_amount": "CASE WHEN sign > 0 AND residual = 0 THEN (paid_day - day) * "
    "round(amount * 1.2, 2) END",
    "adv_late_days_amount": "CASE WHEN sign > 0 AND residual = 0 THEN (paid_day - due) * "
    "round(amount * 1.2, 2) END",
}
_INVOICES_FROM = """plan_invoice invoice JOIN plan ON plan.number = invoice.number
    JOIN plan_due AS dues ON dues.move = invoice.id ORDER BY invoice.id"""
PAYMENTS = {
    "id": "top.move + rank",
    "journal_id": "%(bank)s",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "currency_id": "%(currency)s",
    "state": "'posted'",
    "move_type": "'entry'",
    "auto_post": "'no'",
    "name": "'TP/' || rank",
    "sequence_prefix": "'TP/'",
    "sequence_number": "rank",
    "date": "paid_day",
    "amount_total": "paid",
    "amount_total_signed": "paid",
    "posted_before": "TRUE",
    "checked": "TRUE",
}
_PAYMENTS_FROM = "plan_payment JOIN plan ON plan.number = plan_payment.number CROSS JOIN top ORDER BY rank"

_ITEM = {
    "company_id": "%(company)s",
    "company_currency_id": "%(currency)s",
    "currency_id": "%(currency)s",
    "partner_id": "partner",
    "parent_state": "'posted'",
}


def _item(balance, **columns):
    """Columns of a journal item from its balance."""
    return _ITEM | {
        "debit": f"GREATEST({balance}, 0)",
        "credit": f"GREATEST(-({balance}), 0)",
        "balance": balance,
        "amount_currency": balance,
        **columns,
    }


_OPEN = "plan_item.amount - COALESCE(noted.credited, plan_item.credited) - paid"
DUES = _item(
    "sign * plan_item.amount",
    id="plan_item.id",
    move_id="move",
    journal_id="%(sales)s",
    account_id="%(receivable)s",
    move_name="'T/' || move",
    date="day",
    invoice_date="day",
    date_maturity="due",
    display_type="'payment_term'",
    amount_residual=f"sign * ({_OPEN})",
    amount_residual_currency=f"sign * ({_OPEN})",
    reconciled=f"{_OPEN} = 0",
)
_NOTED = """LEFT JOIN (SELECT number, SUM(credited) AS credited FROM plan_item WHERE sign > 0 GROUP BY
    number) AS noted
    ON noted.number = plan_item.number AND plan_item.sign < 0"""
_DUES_FROM = f"plan_item JOIN plan ON plan.number = plan_item.number {_NOTED} ORDER BY plan_item.id"
TAXES = _item(
    "-sign * round(amount * 0.2, 2)",
    id="top.item + 2 * payments + invoice.id - move_start",
    move_id="invoice.id",
    journal_id="%(sales)s",
    account_id="%(tax)s",
    move_name="'T/' || invoice.id",
    date="day",
    invoice_date="day",
    display_type="'tax'",
    amount_residual="0",
    amount_residual_currency="0",
)
_TAXES_FROM = (
    "plan_invoice invoice JOIN plan ON plan.number = invoice.number CROSS JOIN top ORDER BY invoice.id"
)
BILLED = _item(
    "-sign * round(bill.quantity * price * share, 2)",
    id="top.item + 2 * payments + invoices + rank",
    move_id="bill.move",
    journal_id="%(sales)s",
    account_id="%(income)s",
    move_name="'T/' || bill.move",
    date="day",
    invoice_date="day",
    display_type="'product'",
    name="'Line'",
    product_id="product",
    product_uom_id="%(unit)s",
    quantity="bill.quantity",
    price_unit="price * share",
    price_subtotal="round(bill.quantity * price * share, 2)",
    price_total="round(bill.quantity * price * share * 1.2, 2)",
    discount="0",
    amount_residual="0",
    amount_residual_currency="0",
    adv_cost="sign * CASE WHEN share = 1 THEN bill.quantity * bill.cost ELSE 0 END",
)
_BILLED_FROM = "plan_bill bill JOIN plan ON plan.number = bill.number CROSS JOIN top ORDER BY rank"
PAID = _item(
    "-paid",
    id="top.item + rank",
    move_id="top.move + rank",
    journal_id="%(bank)s",
    account_id="%(receivable)s",
    move_name="'TP/' || rank",
    date="paid_day",
    date_maturity="paid_day",
    display_type="'product'",
    amount_residual="0",
    amount_residual_currency="0",
    reconciled="TRUE",
)
CASHED = _item(
    "paid",
    id="top.item + payments + rank",
    move_id="top.move + rank",
    journal_id="%(bank)s",
    account_id="%(cash)s",
    move_name="'TP/' || rank",
    date="paid_day",
    date_maturity="paid_day",
    display_type="'product'",
    amount_residual="0",
    amount_residual_currency="0",
)
LINKS = {"order_line_id": "line", "invoice_line_id": "top.item + 2 * payments + invoices + rank"}
_MATCHING = {
    "company_id": "%(company)s",
    "debit_currency_id": "%(currency)s",
    "credit_currency_id": "%(currency)s",
}
PAID_MATCHINGS = _MATCHING | {
    "debit_move_id": "plan_payment.item",
    "credit_move_id": "top.item + rank",
    "max_date": "paid_day",
    "amount": "paid",
    "debit_amount_currency": "paid",
    "credit_amount_currency": "paid",
}
NOTE_MATCHINGS = _MATCHING | {
    "debit_move_id": "plan_item.id",
    "credit_move_id": "note.id",
    "max_date": "note.day",
    "amount": "plan_item.credited",
    "debit_amount_currency": "plan_item.credited",
    "credit_amount_currency": "plan_item.credited",
}
_NOTE_MATCHINGS_FROM = """plan_item JOIN plan_item note ON note.number = plan_item.number AND note.sign < 0
    WHERE plan_item.credited > 0"""

_ERROR = "plan.fault BETWEEN 0 AND 0.06 AND plan.state = 'sale'"
ERRORS = {
    "type_id": "(SELECT MIN(id) FROM adv_error_type) + plan.number %% (SELECT COUNT(*) FROM adv_error_type)",
    "order_id": "plan.id",
    "order_name": "'T' || plan.number",
    "partner_id": "partner",
    "company_id": "%(company)s",
    "state": "'open'",
    "step": "CASE WHEN fault < 0.04 THEN 'entry' WHEN fault < 0.05 THEN 'delivery' ELSE 'billing' END",
    "found_by": "'customer'",
    "outcome": "CASE WHEN plan.number %% 2 = 0 THEN 'escaped' ELSE 'caught' END",
    "escaped": "plan.number %% 2 = 0",
    "date": "ordered + 2 + clock",
    "order_date": _RECEIVED,
}
REQUESTS = {
    "company_id": "%(company)s",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "order_id": "plan.id",
    "assistant_id": "NULLIF(assistant, 0)",
    "name": "'Where is it?'",
    "kind": "'question'",
    "channel": "'phone'",
    "state": "CASE WHEN ordered + 3 < CURRENT_DATE THEN 'answered' ELSE 'open' END",
    "is_repeat": "plan.number %% 5 = 0",
    "received_date": "ordered + 2 + clock",
    "date_due": "ordered + 3 + clock",
    "date_first_answer": "CASE WHEN ordered + 3 < CURRENT_DATE THEN ordered + 2 + clock + entry_hours "
    "* interval '30 minutes' END",
    "answer_hours": "CASE WHEN ordered + 3 < CURRENT_DATE THEN entry_hours / 6.0 END",
    "is_answered_on_time": "ordered + 3 < CURRENT_DATE",
}
DISPUTES = {
    "move_id": "invoice.id",
    "company_id": "%(company)s",
    "partner_id": "partner",
    "reason_id": "(SELECT MIN(id) FROM adv_dispute_reason)",
    "origin": "'phone'",
    "state": "CASE WHEN day + 25 < CURRENT_DATE THEN 'accepted' ELSE 'open' END",
    "date": "day",
    "date_closed": "CASE WHEN day + 25 < CURRENT_DATE THEN day + 25 END",
    "amount": "amount",
    "amount_company": "amount",
    "days_closed": "CASE WHEN day + 25 < CURRENT_DATE THEN 25 ELSE 0 END",
    "day_number": "day - DATE '0001-01-01' + 1",
}
ANSWERS = {
    "order_id": "plan.id",
    "company_id": "%(company)s",
    "team_id": "team",
    "user_id": "seller",
    "assistant_id": "NULLIF(assistant, 0)",
    "partner_id": "partner",
    "commercial_partner_id": "partner",
    "csat": "2 + plan.number / 20 %% 4",
    "nps": "4 + plan.number / 20 %% 7",
    "has_nps": "TRUE",
    "nps_point": "CASE WHEN plan.number / 20 %% 7 >= 5 THEN 1 "
    "WHEN plan.number / 20 %% 7 <= 2 THEN -1 ELSE 0 END",
    "date": "done + clock",
    "answered_date": "done + clock + interval '2 hours'",
}

# table -> pairs (columns, source)
PARTS = {
    "sale_order": [(ORDERS, _ORDERS_FROM)],
    "sale_order_line": [(LINES, _LINES_FROM)],
    "stock_picking": [(PICKINGS, _PICKINGS_FROM)],
    "stock_move": [(MOVES, _MOVES_FROM), (RECEIPTS, _RECEIPTS_FROM)],
    "account_move": [(INVOICES, _INVOICES_FROM), (PAYMENTS, _PAYMENTS_FROM)],
    "account_move_line": [
        (DUES, _DUES_FROM),
        (PAID, _PAYMENTS_FROM),
        (CASHED, _PAYMENTS_FROM),
        (TAXES, _TAXES_FROM),
        (BILLED, _BILLED_FROM),
    ],
    "sale_order_line_invoice_rel": [(LINKS, "plan_bill CROSS JOIN top")],
    "account_partial_reconcile": [
        (PAID_MATCHINGS, "plan_payment CROSS JOIN top"),
        (NOTE_MATCHINGS, _NOTE_MATCHINGS_FROM),
    ],
    "adv_order_error": [(ERRORS, f"plan WHERE {_ERROR}")],
    "adv_request": [(REQUESTS, "plan WHERE plan.number %% 25 = 0 AND plan.state = 'sale'")],
    "adv_dispute": [
        (
            DISPUTES,
            "plan_invoice invoice JOIN plan ON plan.number = invoice.number "
            "WHERE sign > 0 AND invoice.number %% 100 = 0",
        )
    ],
    "adv_satisfaction": [(ANSWERS, "plan WHERE done IS NOT NULL AND plan.number %% 20 = 0")],
}
