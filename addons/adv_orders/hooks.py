"""Install on history: bare columns and their indexes; a job fills them afterwards, in committed batches."""

from .tools import native_tables

# every column of ours in the tables that may be large (see native_tables.prepare)
COLUMNS = {
    "payment_transaction": {
        "adv_refund_payment_id": "int4 REFERENCES account_payment ON DELETE SET NULL",
    },
    "sale_order": {
        "adv_agreed": "jsonb",
        "adv_agreement_id": "int4 REFERENCES adv_agreement ON DELETE RESTRICT",
        "adv_amount_company": "numeric",
        "adv_assistant_id": "int4 REFERENCES adv_assistant ON DELETE SET NULL",
        "adv_blocked": "varchar",
        "adv_channel": "varchar",
        "adv_clean_date": "timestamp",
        "adv_commercial_partner_id": "int4 REFERENCES res_partner ON DELETE SET NULL",
        "adv_confirmed_date": "timestamp",
        "adv_cost_confirmed": "numeric",
        "adv_delivered_date": "timestamp",
        "adv_desk_rank": "int4",
        "adv_due_date": "timestamp",
        "adv_expected_date": "timestamp",
        "adv_first_delivery_date": "timestamp",
        "adv_followed_date": "timestamp",
        "adv_frozen_costs": "jsonb",
        "adv_held_date": "timestamp",
        "adv_invoiced_date": "timestamp",
        "adv_is_first_order": "bool",
        "adv_is_in_full": "bool",
        "adv_is_on_time": "bool",
        "adv_lateness": "varchar",
        "adv_line_count": "int4",
        "adv_lost_date": "timestamp",
        "adv_lost_note": "varchar",
        "adv_lost_reason_id": "int4 REFERENCES adv_lost_reason ON DELETE RESTRICT",
        "adv_promise_date": "timestamp",
        "adv_promise_initial": "timestamp",
        "adv_quoted_date": "timestamp",
        "adv_ready": "bool",
        "adv_received_date": "timestamp",
        "adv_requested_date": "timestamp",
        "adv_settled_date": "timestamp",
        "adv_state": "varchar",
        "adv_submitted_by": "int4 REFERENCES res_users ON DELETE SET NULL",
        "adv_submitted_date": "timestamp",
        "adv_to_confirm": "bool",
    },
    "sale_order_line": {
        "adv_backorder_choice": "varchar",
        "adv_buyer_id": "int4 REFERENCES res_users ON DELETE SET NULL",
        "adv_cause": "varchar",
        "adv_cause_product_id": "int4 REFERENCES product_product ON DELETE SET NULL",
        "adv_cost_confirmed": "numeric",
        "adv_expected_date": "timestamp",
        "adv_lateness": "varchar",
        "adv_missing_qty": "numeric",
        "adv_open_qty": "numeric",
        "adv_promise_date": "timestamp",
        "adv_promise_initial": "timestamp",
        "adv_qty_confirmed": "numeric",
        "adv_requested_date": "timestamp",
        "adv_requested_price": "numeric",
        "adv_requested_qty": "numeric",
        "adv_short_qty": "numeric",
        "adv_supplier_id": "int4 REFERENCES res_partner ON DELETE SET NULL",
        "adv_supply_date": "timestamp",
        "adv_supply_move_id": "int4 REFERENCES stock_move ON DELETE SET NULL",
        "adv_supply_name": "varchar",
        "adv_told_date": "timestamp",
    },
    "stock_picking": {"adv_return_reason_id": "int4 REFERENCES adv_return_reason ON DELETE RESTRICT"},
}
TABLES = ("adv_agreement", "adv_assistant", "adv_lost_reason", "adv_return_reason")
MARK = "adv_history"


def pre_init_hook(env):
    """Make what Odoo would compute for all history in the installing transaction, or lock tables for."""
    native_tables.prepare(env, "adv_orders", COLUMNS, TABLES, MARK)
