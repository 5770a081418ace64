"""Install on history: the stored columns come filled by two set-based statements, not by the ORM."""

from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column


def pre_init_hook(env):
    """Add the columns and fill them, so that installing computes nothing order by order."""
    if not column_exists(env.cr, "sale_order", "adv_processing_days"):
        create_column(env.cr, "sale_order", "adv_processing_days", "int4")
        create_column(env.cr, "sale_order", "adv_is_on_time_requested", "bool")
    env.cr.execute(fill_statement(SQL("TRUE")))


def fill_statement(condition):
    """Return the statement that fills the columns of the delivered orders for which ``condition`` holds."""
    return SQL(
        """UPDATE sale_order
              SET adv_processing_days = %(delivered)s - %(received)s,
                  adv_is_on_time_requested = COALESCE(%(delivered)s <= %(requested)s, FALSE)
             FROM res_company company
            WHERE company.id = sale_order.company_id
              AND sale_order.adv_delivered_date IS NOT NULL
              AND %(condition)s""",
        delivered=_local_day("adv_delivered_date"),
        received=_local_day("adv_received_date"),
        requested=_local_day("adv_requested_date"),
        condition=condition,
    )


def _local_day(column):
    """Return the day of a column in the company's time zone."""
    return SQL(
        "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris'))::date",
        SQL.identifier("sale_order", column),
    )
