from odoo.tools import SQL

from . import controllers, models, tools, wizards

# columns that would otherwise be computed or defaulted for all history in the installing transaction
BARE_COLUMNS = {
    "adv_channel": "varchar",
    "adv_received_date": "timestamp",
    "adv_assistant_id": "int4",
    "adv_state": "varchar",
    "adv_desk_rank": "int4",
    "adv_due_date": "timestamp",
    "adv_first_delivery_date": "timestamp",
    "adv_delivered_date": "timestamp",
    "adv_is_on_time": "boolean",
    "adv_is_in_full": "boolean",
    "adv_commercial_partner_id": "int4",
    "adv_amount_company": "numeric",
    "adv_agreement_id": "int4",
}


def _pre_init_hook(env):
    """Add bare columns; a job fills them from history after the install, in batches.

    The orders of before are marked by a constant default that goes at once: no row is rewritten.
    """
    for name, kind in BARE_COLUMNS.items():
        env.cr.execute(
            SQL("ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS %s %s", SQL.identifier(name), SQL(kind))
        )
    env.cr.execute(
        SQL(
            """
            ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS adv_history boolean DEFAULT TRUE;
            ALTER TABLE sale_order ALTER COLUMN adv_history DROP DEFAULT
            """
        )
    )
