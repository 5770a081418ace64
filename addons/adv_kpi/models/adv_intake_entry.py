from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import only_one


class AdvIntakeEntry(models.Model):
    """The lines of confirmed orders, in company currency at the order's rate: what product categories cut.

    The amounts of an order's lines add up to the amount of the order. Who may read an order reads its lines.
    """

    _name = "adv.intake.entry"
    _inherit = "adv.assistant.individual"
    _description = "Line ordered"
    _auto = False
    _order = "confirmed_date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": [
            "adv_amount_company",
            "adv_assistant_id",
            "adv_commercial_partner_id",
            "adv_confirmed_date",
            "amount_untaxed",
            "campaign_id",
            "currency_rate",
            "state",
            "team_id",
            "user_id",
        ],
        "sale.order.line": [
            "display_type",
            "price_subtotal",
            "product_id",
        ],
        "product.template": ["categ_id"],
    }

    confirmed_date = fields.Datetime(string="Confirmed on", readonly=True)
    amount = fields.Monetary(readonly=True, help="Untaxed, in company currency.")
    currency_id = fields.Many2one(related="company_id.currency_id")
    order_id = fields.Many2one("sale.order", string="Order", readonly=True)
    product_id = fields.Many2one("product.product", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    assistant_id = fields.Many2one("adv.assistant", string="ADV assistant", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", string="Campaign", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, sale.adv_confirmed_date AS confirmed_date, line.order_id, line.product_id,
                   template.categ_id, sale.adv_commercial_partner_id AS partner_id, sale.team_id,
                   sale.user_id, sale.adv_assistant_id AS assistant_id, sale.campaign_id, sale.company_id,
                   CASE WHEN sale.amount_untaxed != 0
                        THEN line.price_subtotal * sale.adv_amount_company / sale.amount_untaxed
                        ELSE line.price_subtotal / COALESCE(NULLIF(sale.currency_rate, 0), 1)
                    END AS amount
              FROM sale_order_line line
              JOIN sale_order sale ON sale.id = line.order_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE line.display_type IS NULL AND sale.id IN %s
            """,
            self._get_orders().subselect(),
        )

    def _get_orders(self):
        """Return the query of the confirmed orders that the user may read."""
        return self.env["sale.order"]._search(
            [("state", "=", "sale"), ("adv_confirmed_date", "!=", False)], order="id"
        )

    def action_open(self):
        """Open the order of the line."""
        only_one(self)
        return self.order_id.get_formview_action()
