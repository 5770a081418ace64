"""Install on history: bare columns and their indexes; a job fills them afterwards, in committed batches."""

from odoo.addons.adv_orders.tools import native_tables

COLUMNS = {
    "account_move": {
        "adv_credit_approved_amount": "numeric",
        "adv_credit_approved_by": "int4 REFERENCES res_users ON DELETE SET NULL",
        "adv_credit_asked_amount": "numeric",
        "adv_credit_reason_id": "int4 REFERENCES adv_credit_reason ON DELETE RESTRICT",
        "adv_dispute_id": "int4 REFERENCES adv_dispute ON DELETE SET NULL",
    },
    "account_move_line": {"adv_cost": "numeric"},
    "sale_order": {
        "adv_hold_release_reason": "varchar",
        "adv_hold_released_by": "int4 REFERENCES res_users ON DELETE SET NULL",
        "adv_hold_released_date": "timestamp",
    },
}
TABLES = ("adv_credit_reason",)
MARK = "adv_billing_history"


def pre_init_hook(env):
    native_tables.prepare(env, "adv_billing", COLUMNS, TABLES, MARK)
