"""Since when orders are out of the backlog is stored: by one statement, where Odoo goes order by order."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL
from odoo.tools.sql import column_exists, create_column

from odoo.addons.adv_kpi.hooks import fill_fulfilled_statement


def migrate(cr, version):
    if column_exists(cr, "sale_order", "adv_fulfilled_date"):
        return
    create_column(cr, "sale_order", "adv_fulfilled_date", "timestamp")
    sold = api.Environment(cr, SUPERUSER_ID, {})["adv.backfill"]._adv_sql_sold("line")
    # the orders of before are left to the job that fills history
    cr.execute(fill_fulfilled_statement(SQL("sale_order.adv_kpi_history IS NULL"), sold))
