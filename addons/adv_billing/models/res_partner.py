from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

READERS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "adv_orders.group_adv_assistant,adv_billing.group_adv_billing"
)


@dataclass
class Exposure:
    """What one payer could cost us, in company currency, taxes included."""

    receivable: float = 0.0
    not_invoiced: float = 0.0
    undelivered: float = 0.0
    deposits: float = 0.0

    @property
    def total(self):
        return self.receivable + self.not_invoiced + self.undelivered - self.deposits


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_billing_rule_ids = fields.One2many("adv.billing.rule", "partner_id", string="Billing Rules")
    adv_receipt_wanted = fields.Boolean(
        string="Wants Receipts",
        company_dependent=True,
        help="This customer gets a receipt when a payment came in.",
    )
    adv_exposure_receivable = fields.Monetary(
        string="Receivables", compute="_compute_adv_exposure", groups=READERS
    )
    adv_exposure_not_invoiced = fields.Monetary(
        string="Delivered, Not Invoiced", compute="_compute_adv_exposure", groups=READERS
    )
    adv_exposure_undelivered = fields.Monetary(
        string="Confirmed, Not Delivered", compute="_compute_adv_exposure", groups=READERS
    )
    adv_exposure_deposits = fields.Monetary(
        string="Deposits", compute="_compute_adv_exposure", groups=READERS
    )
    adv_exposure_total = fields.Monetary(
        string="Exposure",
        compute="_compute_adv_exposure",
        groups=READERS,
        help="Receivables + delivered not invoiced + confirmed not delivered - deposits, taxes included, "
        "in the currency of the company, for this payer and its addresses.",
    )

    # === COMPUTE METHODS ===#

    @api.depends_context("company")
    def _compute_adv_exposure(self):
        exposures = self._adv_exposures(self.env.company)
        for partner in self:
            exposure = exposures.get(partner.commercial_partner_id.id, Exposure())
            partner.adv_exposure_receivable = exposure.receivable
            partner.adv_exposure_not_invoiced = exposure.not_invoiced
            partner.adv_exposure_undelivered = exposure.undelivered
            partner.adv_exposure_deposits = exposure.deposits
            partner.adv_exposure_total = exposure.total

    # === ACTIONS ===#

    @api.readonly
    def adv_exposure(self, company):
        """Exposure of a payer: receivables + delivered not invoiced + confirmed not delivered - deposits.

        :param company: company (record or id)
        :return: amount in the company's currency, taxes included, for the commercial partner
        """
        self.ensure_one()
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(READERS):
            raise AccessError(self.env._("You cannot see what customers owe."))
        company = self.env["res.company"].browse(company if isinstance(company, int) else company.id)
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work for this company."))
        payer = self.commercial_partner_id
        return company.currency_id.round(self._adv_exposures(company).get(payer.id, Exposure()).total)

    # === BUSINESS METHODS ===#

    def _adv_exposures(self, company):
        """Exposures by commercial partner id; a constant number of statements for any number of partners."""
        payers = self.commercial_partner_id
        result = defaultdict(Exposure)
        if not payers.ids:
            return result
        for payer_id, amount in self._adv_receivables(payers, company):
            result[payer_id].receivable = amount
        for payer_id, not_invoiced, undelivered in self._adv_open_orders(payers, company):
            result[payer_id].not_invoiced = not_invoiced
            result[payer_id].undelivered = undelivered
        for payer_id, amount in self._adv_open_deposits(payers, company):
            result[payer_id].deposits = amount
        return result

    def _adv_receivables(self, payers, company):
        self.env["account.move.line"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT partner.commercial_partner_id, SUM(line.amount_residual)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner partner ON partner.id = line.partner_id
                 WHERE line.parent_state = 'posted' AND line.company_id = %s
                   AND account.account_type = 'asset_receivable' AND line.amount_residual != 0
                   AND partner.commercial_partner_id IN %s
              GROUP BY partner.commercial_partner_id
                """,
                company.id,
                payers._ids,
            )
        )

    def _adv_open_orders(self, payers, company):
        """Delivered not invoiced and confirmed not delivered, of the orders not entirely invoiced."""
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        self.env["account.move"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH open_line AS (
                    SELECT payer.commercial_partner_id AS payer_id,
                           line.price_reduce_taxinc / COALESCE(NULLIF(so.currency_rate, 0), 1) AS price,
                           COALESCE(line.qty_delivered, 0) AS delivered,
                           CASE WHEN so.adv_delivered_date IS NOT NULL AND template.type = 'consu'
                                THEN COALESCE(line.qty_delivered, 0)
                                ELSE GREATEST(line.product_uom_qty, line.qty_delivered) END AS expected,
                           COALESCE(%(invoiced)s, 0) AS invoiced
                      FROM sale_order so
                      JOIN res_partner payer ON payer.id = so.partner_invoice_id
                      JOIN sale_order_line line ON line.order_id = so.id
                      JOIN product_product product ON product.id = line.product_id
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE so.state = 'sale' AND so.company_id = %(company)s AND so.adv_invoiced_date IS NULL
                       AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
                       AND payer.commercial_partner_id IN %(payers)s)
                SELECT payer_id,
                       SUM(price * GREATEST(delivered - invoiced, 0)),
                       SUM(price * GREATEST(expected - GREATEST(delivered, invoiced), 0))
                  FROM open_line
              GROUP BY payer_id
                """,
                invoiced=self._adv_invoiced_sql(),
                company=company.id,
                payers=payers._ids,
            )
        )

    def _adv_invoiced_sql(self):
        """Quantity of ``line`` on posted documents, in the line's unit; price-only credits take none back."""
        return SQL(
            """(SELECT SUM(item.quantity * item_unit.factor / line_unit.factor
                           * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)
                  FROM sale_order_line_invoice_rel rel
                  JOIN account_move_line item ON item.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = item.move_id
                  JOIN uom_uom item_unit ON item_unit.id = item.product_uom_id
                  JOIN uom_uom line_unit ON line_unit.id = line.product_uom_id
             LEFT JOIN adv_credit_reason reason ON reason.id = move.adv_credit_reason_id
                 WHERE rel.order_line_id = line.id AND move.state = 'posted'
                   AND NOT (move.move_type = 'out_refund' AND reason.keeps_quantity IS TRUE))"""
        )

    def _adv_open_deposits(self, payers, company):
        """Deposits billed and not yet taken off an invoice, of the orders not entirely invoiced."""
        return self.env.execute_query(
            SQL(
                """
                SELECT payer.commercial_partner_id,
                       SUM(item.price_total / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                           * CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)
                  FROM sale_order so
                  JOIN res_partner payer ON payer.id = so.partner_invoice_id
                  JOIN sale_order_line line ON line.order_id = so.id
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                  JOIN account_move_line item ON item.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = item.move_id
                 WHERE so.state = 'sale' AND so.company_id = %s AND so.adv_invoiced_date IS NULL
                   AND line.is_downpayment AND line.display_type IS NULL AND move.state = 'posted'
                   AND payer.commercial_partner_id IN %s
              GROUP BY payer.commercial_partner_id
                """,
                company.id,
                payers._ids,
            )
        )

    def _adv_set_on_hold(self, on_hold, company):
        """When a hold ends, the orders that waited for it are looked at again."""
        changed = super()._adv_set_on_hold(on_hold, company)
        if changed and not on_hold:
            # facts of orders, whatever the rights on orders of the collector who releases
            sale_orders = self.env["sale.order"].sudo()
            waiting = sale_orders.search(
                [
                    ("company_id", "=", company.id),
                    ("partner_invoice_id.commercial_partner_id", "in", changed.ids),
                    "|",
                    ("adv_blocked", "!=", False),
                    ("adv_hold_released_date", "!=", False),
                ]
            )
            waiting._adv_end_hold()
        return changed
