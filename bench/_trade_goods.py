"""Orders, transfers, moves: columns as expressions of the lot, and where from; see _trade_tables.py."""

RECEIVED = "ordered + clock - entry_hours * interval '1 hour'"
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
    "access_token": "md5(plan.id::text || pg_temp.draw(plan.number, 41))",
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
    "create_date": RECEIVED,
    "write_date": "ordered + clock",
    "adv_channel": "'email'",
    "adv_received_date": RECEIVED,
    "adv_submitted_date": f"CASE WHEN plan.state = 'sale' THEN {RECEIVED} END",
    "adv_clean_date": _CONFIRMED,
    "adv_quoted_date": f"CASE WHEN is_quoted OR plan.state = 'sent' THEN {RECEIVED} - interval '5 days' END",
    "adv_confirmed_date": _CONFIRMED,
    "adv_requested_date": _PROMISED,
    "adv_promise_initial": _PROMISED,
    "adv_promise_date": _PROMISED,
    "adv_first_delivery_date": "shipped + clock",
    "adv_delivered_date": "done + clock",
    "adv_fulfilled_date": "done + clock",
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
    "adv_processing_days": f"COALESCE(done - ({RECEIVED})::date, 0)",
    "adv_entry_hours": "CASE plan.state WHEN 'sale' THEN entry_hours / 3.0 END",
    "adv_blocked_hours": "CASE WHEN plan.state = 'sale' THEN CASE WHEN fault < 0.08 THEN 5 ELSE 0 END END",
    "adv_billing_days": "COALESCE(billed - done, 0)",
    "adv_conversion_days": "CASE WHEN plan.state = 'sale' AND is_quoted THEN "
    f"ordered - ({RECEIVED})::date + 5 ELSE 0 END",
    "adv_lines_shipped": "CASE WHEN shipped IS NULL THEN 0 ELSE 5 END",
    "adv_lines_filled": "CASE WHEN shipped IS NULL THEN 0 ELSE filled END",
}
ORDERS_FROM = "plan JOIN plan_sum ON plan_sum.number = plan.number ORDER BY plan.number"

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
    "create_date": RECEIVED,
    "adv_qty_confirmed": "CASE plan.state WHEN 'sale' THEN quantity END",
    "adv_cost_confirmed": "CASE plan.state WHEN 'sale' THEN quantity * line.cost END",
    "adv_promise_date": _PROMISED,
    "adv_promise_initial": _PROMISED,
}
LINES_FROM = "plan_line line JOIN plan ON plan.number = line.number ORDER BY line.id"

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
PICKINGS_FROM = f"plan {_PARTS} CROSS JOIN top WHERE plan.state = 'sale'"

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
MOVES_FROM = f"""plan_line line JOIN plan ON plan.number = line.number {_PARTS} CROSS JOIN top
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
RECEIPTS_FROM = """(
    SELECT product_id AS product, date_trunc('month', date) AS month, SUM(quantity) + 5 AS quantity,
           SUM(value) * (1 + 5 / SUM(quantity)) AS amount
      FROM stock_move WHERE is_out AND state = 'done' GROUP BY 1, 2 HAVING SUM(quantity) > 0
    ) AS bought"""
