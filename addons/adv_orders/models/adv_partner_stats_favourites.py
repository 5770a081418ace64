from odoo import api, models
from odoo.tools import SQL

FAVOURITES = 5


class AdvPartnerStats(models.Model):
    """The recomputation of what customers buy most: their favourite products."""

    _inherit = "adv.partner.stats"

    @api.model
    def _adv_sql_delete_products(self, scope):
        return SQL(
            """
            DELETE FROM adv_partner_stats_product favourite
             USING adv_partner_stats stats
             WHERE stats.id = favourite.stats_id AND stats.company_id = %s AND %s
            """,
            scope["company"],
            self._adv_sql_only(scope, SQL("stats.partner_id")),
        )

    @api.model
    def _adv_sql_insert_products(self, scope):
        """Keep the products found in most orders; amounts in company currency at each order's rate."""
        return SQL(
            """
            INSERT INTO adv_partner_stats_product (
                stats_id, product_id, rank, order_count, quantity, amount,
                create_uid, write_uid, create_date, write_date
            )
            SELECT stats_id, product_id, rank, order_count, quantity, amount, %(uid)s, %(uid)s,
                   now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
              FROM (
                    SELECT stats.id AS stats_id, line.product_id,
                           count(DISTINCT so.id) AS order_count,
                           sum(line.product_uom_qty * line_unit.factor / unit.factor) AS quantity,
                           round(sum(line.price_subtotal / COALESCE(NULLIF(so.currency_rate, 0), 1))::numeric,
                                 %(digits)s) AS amount,
                           row_number() OVER (
                                PARTITION BY stats.id
                                ORDER BY count(DISTINCT so.id) DESC, sum(line.price_subtotal
                                    / COALESCE(NULLIF(so.currency_rate, 0), 1)) DESC, line.product_id
                           ) AS rank
                      FROM sale_order so
                      JOIN adv_partner_stats stats
                        ON stats.partner_id = so.adv_commercial_partner_id
                       AND stats.company_id = so.company_id
                      JOIN sale_order_line line ON line.order_id = so.id
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                      JOIN uom_uom unit ON unit.id = template.uom_id
                      JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
                     WHERE so.company_id = %(company)s AND so.state = 'sale'
                       AND so.adv_confirmed_date >= %(start)s AND so.adv_confirmed_date <= %(now)s
                       AND line.display_type IS NULL AND line.product_uom_qty > 0
                       AND line.is_downpayment IS NOT TRUE AND %(only)s
                     GROUP BY stats.id, line.product_id
                   ) ranked
             WHERE rank <= %(limit)s
            """,
            uid=scope["uid"],
            digits=scope["digits"],
            company=scope["company"],
            start=scope["start"],
            now=scope["now"],
            only=self._adv_sql_only(scope, SQL("so.adv_commercial_partner_id")),
            limit=FAVOURITES,
        )
