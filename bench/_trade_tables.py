"""What the lot of _trade_plan.py becomes in Odoo's tables: columns as expressions, and where from."""

import _trade_goods as goods
import _trade_ledgers as ledgers
import _trade_money as money

# table -> pairs (columns, source)
PARTS = {
    "sale_order": [(goods.ORDERS, goods.ORDERS_FROM)],
    "sale_order_line": [(goods.LINES, goods.LINES_FROM)],
    "stock_picking": [(goods.PICKINGS, goods.PICKINGS_FROM)],
    "stock_move": [(goods.MOVES, goods.MOVES_FROM), (goods.RECEIPTS, goods.RECEIPTS_FROM)],
    "account_move": [(money.INVOICES, money.INVOICES_FROM), (money.PAYMENTS, money.PAYMENTS_FROM)],
    "account_move_line": [
        (money.DUES, money.DUES_FROM),
        (money.PAID, money.PAYMENTS_FROM),
        (money.CASHED, money.PAYMENTS_FROM),
        (money.TAXES, money.TAXES_FROM),
        (money.BILLED, money.BILLED_FROM),
    ],
    "sale_order_line_invoice_rel": [(money.LINKS, "plan_bill CROSS JOIN top")],
    "account_partial_reconcile": [
        (money.PAID_MATCHINGS, "plan_payment CROSS JOIN top"),
        (money.NOTE_MATCHINGS, money.NOTE_MATCHINGS_FROM),
    ],
    "adv_order_error": [(ledgers.ERRORS, f"plan WHERE {ledgers.ERROR}")],
    "adv_request": [(ledgers.REQUESTS, "plan WHERE plan.number %% 25 = 0 AND plan.state = 'sale'")],
    "adv_dispute": [
        (
            ledgers.DISPUTES,
            "plan_invoice invoice JOIN plan ON plan.number = invoice.number "
            "WHERE sign > 0 AND invoice.number %% 100 = 0",
        )
    ],
    "adv_satisfaction": [(ledgers.ANSWERS, "plan WHERE done IS NOT NULL AND plan.number %% 20 = 0")],
}
