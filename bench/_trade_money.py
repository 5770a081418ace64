"""Invoices, payments, their journal items and matchings: columns and where from; see _trade_tables.py."""

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
INVOICES_FROM = """plan_invoice invoice JOIN plan ON plan.number = invoice.number
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
PAYMENTS_FROM = "plan_payment JOIN plan ON plan.number = plan_payment.number CROSS JOIN top ORDER BY rank"

_ITEM = {
    "company_id": "%(company)s",
    "company_currency_id": "%(currency)s",
    "currency_id": "%(currency)s",
    "partner_id": "partner",
    "parent_state": "'posted'",
    "deductible_amount": "100",
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
DUES_FROM = f"plan_item JOIN plan ON plan.number = plan_item.number {_NOTED} ORDER BY plan_item.id"
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
TAXES_FROM = (
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
BILLED_FROM = "plan_bill bill JOIN plan ON plan.number = bill.number CROSS JOIN top ORDER BY rank"
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
NOTE_MATCHINGS_FROM = """plan_item JOIN plan_item note ON note.number = plan_item.number AND note.sign < 0
    WHERE plan_item.credited > 0"""
