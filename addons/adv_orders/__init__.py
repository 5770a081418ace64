from odoo.tools import SQL

from . import controllers, models, tools, wizards

# columns that would otherwise be computed or defaulted for all history in the installing transaction
BARE_COLUMNS = {
    "adv_channel": "varchar",
    "adv_received_date": "timestamp",
    "adv_assistant_id": "int4",
    "adv_state": "varchar",
    "adv_desk_rank": "int4",
    "adv_first_delivery_date": "timestamp",
    "adv_delivered_date": "timestamp",
    "adv_is_on_time": "boolean",
    "adv_is_in_full": "boolean",
    "adv_commercial_partner_id": "int4",
    "adv_amount_company": "numeric",
    "adv_agreement_id": "int4",
}


def _pre_init_hook(env):
    """Add bare columns; a job fills them from history after the install, in batches."""
    for name, kind in BARE_COLUMNS.items():
        env.cr.execute(
            SQL("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(name), SQL(kind))
        )
