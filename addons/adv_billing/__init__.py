from odoo.tools import SQL

from . import controllers, models, tools, wizards


def _pre_init_hook(env):
    """Mark the orders of before by a constant default that goes at once: no row is rewritten.

    A job fills what is known of their billing after the install, in batches.
    """
    env.cr.execute(
        SQL(
            """
            ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS adv_billing_history boolean DEFAULT TRUE;
            ALTER TABLE sale_order ALTER COLUMN adv_billing_history DROP DEFAULT;
            ALTER TABLE account_move_line ADD COLUMN IF NOT EXISTS adv_cost numeric
            """
        )
    )
