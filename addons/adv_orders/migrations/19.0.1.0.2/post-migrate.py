"""A cancelled order is no longer its customer's first one: the marks of earlier orders are put right."""

from odoo import SUPERUSER_ID, api
from odoo.tools import SQL


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute(env["adv.backfill"]._adv_sql_mark_first_orders(SQL("TRUE")))
