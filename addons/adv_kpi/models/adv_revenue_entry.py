from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import only_one

from ..engine.sources import INVOICED


class AdvRevenueEntry(models.Model):
    """The lines of posted invoices and credit notes, in company currency: what product categories cut.

    A credit note counts negative. Who may read a document reads its lines.
    """

    _name = "adv.revenue.entry"
    _inherit = "adv.assistant.individual"
    _description = "Line billed"
    _auto = False
    _order = "invoice_date desc, id desc"
    _rec_name = "move_id"
    _depends = {
        "account.move": [
            "adv_is_costed",
            "commercial_partner_id",
            "invoice_date",
            "invoice_user_id",
            "journal_id",
            "move_type",
            "state",
            "team_id",
        ],
        "account.move.line": ["adv_cost", "balance", "display_type", "product_id", "tax_repartition_line_id"],
        "product.template": ["categ_id"],
    }

    invoice_date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True, help="Untaxed, in company currency; credit notes negative.")
    margin = fields.Monetary(readonly=True, help="Amount minus the cost as known when posted.")
    is_costed = fields.Boolean(string="Cost is known", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    move_id = fields.Many2one("account.move", string="Document", readonly=True)
    is_credit = fields.Boolean(string="Credit note", readonly=True)
    product_id = fields.Many2one("product.product", string="Product", readonly=True)
    categ_id = fields.Many2one("product.category", string="Product category", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    team_id = fields.Many2one("crm.team", string="Sales team", readonly=True)
    user_id = fields.Many2one("res.users", string="Salesperson", readonly=True)
    company_id = fields.Many2one("res.company", string="Company", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id, move.invoice_date, line.move_id, line.product_id, template.categ_id,
                   move.commercial_partner_id AS partner_id, move.team_id,
                   move.invoice_user_id AS user_id, move.company_id,
                   COALESCE(move.adv_is_costed, FALSE) AS is_costed,
                   move.move_type = 'out_refund' AS is_credit,
                   -line.balance AS amount, -line.balance - COALESCE(line.adv_cost, 0) AS margin
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
         LEFT JOIN product_product product ON product.id = line.product_id
         LEFT JOIN product_template template ON template.id = product.product_tmpl_id
             WHERE (line.display_type = 'product'
                    OR line.display_type = 'rounding' AND line.tax_repartition_line_id IS NULL)
               AND move.id IN %s
            """,
            self._get_moves().subselect(),
        )

    def _get_moves(self):
        """Return the query of the customers' documents that the user may read."""
        return self.env["account.move"]._search(list(INVOICED.domain), order="id")

    def action_open(self):
        """Open the invoice or credit note of the line."""
        only_one(self)
        return self.move_id.get_formview_action()
