from odoo import api, fields, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    _inherit = "sale.order"

    adv_billing_history = fields.Boolean(
        string="Billing to be filled from history",
        readonly=True,
        copy=False,
        help="The order was there before the addon was installed and the job has not reached it yet.",
    )

    _adv_billing_history_index = models.Index("(id) WHERE adv_billing_history")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_billing_history"}


class AdvBillingBackfill(models.AbstractModel):
    """Fills when earlier orders were invoiced and settled, and what their invoice lines cost.

    The cost is that of the order line; where Odoo kept none, and on invoices made without an order, it
    stays empty: today's cost says nothing about then.
    """

    _name = "adv.billing.backfill"
    _inherit = "adv.history.job"
    _description = "Billing of earlier orders"

    _adv_mark = "adv_billing_history"
    _adv_cron = "adv_billing.ir_cron_billing_backfill"

    @api.model
    def _adv_ready(self):
        return SQL("adv_history IS NOT TRUE")  # deliveries first

    @api.model
    def _adv_fill(self, ids):
        self._adv_fill_costs(ids)
        self._adv_fill_dates(ids)
        self.env["adv.backfill"]._adv_fill_states(ids)
        self.env["account.move.line"].invalidate_model(["adv_cost"], flush=False)

    @api.model
    def _adv_fill_costs(self, ids, condition=None):
        """Cost of the quantity billed in company currency, as ``account.move.line._adv_get_cost``.

        :param tuple ids: orders
        :param SQL condition: on ``move``: the documents whose lines are filled; None: all
        """
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line line
                   SET adv_cost = round((CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                           * line.quantity * COALESCE(unit.factor / NULLIF(sold_unit.factor, 0), 1)
                           * sold.purchase_price / COALESCE(NULLIF(so.currency_rate, 0), 1))::numeric,
                           COALESCE(currency.decimal_places, 2))
                  FROM sale_order so
                  JOIN sale_order_line sold ON sold.order_id = so.id AND sold.is_downpayment IS NOT TRUE
                  JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = sold.id
                  JOIN account_move_line own ON own.id = rel.invoice_line_id
                  JOIN account_move move ON move.id = own.move_id AND move.state = 'posted'
                   AND move.move_type IN ('out_invoice', 'out_refund')
                  JOIN res_company company ON company.id = so.company_id
                  LEFT JOIN res_currency currency ON currency.id = company.currency_id
                  LEFT JOIN uom_uom unit ON unit.id = own.product_uom_id
                  LEFT JOIN uom_uom sold_unit ON sold_unit.id = sold.product_uom_id
                 WHERE line.id = own.id AND so.id IN %s AND line.adv_cost IS NULL
                   AND line.display_type = 'product' AND sold.purchase_price <> 0 AND %s
                """,
                ids,
                condition or SQL("TRUE"),
            )
        )

    @api.model
    def _adv_fill_dates(self, ids):
        """Same definitions as ``sale.order._adv_get_billing_dates``, in SQL."""
        self.env.cr.execute(
            SQL(
                """
                WITH billed AS (%(billed)s), whole AS (
                    SELECT order_id FROM billed GROUP BY order_id HAVING bool_and(is_billed)
                ), invoice AS (
                    SELECT DISTINCT line.order_id, move.id, move.invoice_date
                      FROM whole
                      JOIN sale_order_line line ON line.order_id = whole.order_id
                      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                      JOIN account_move_line own ON own.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = own.move_id
                       AND move.move_type = 'out_invoice' AND move.state = 'posted'
                ), settled AS (%(settled)s)
                UPDATE sale_order so
                   SET adv_billing_history = NULL,
                       adv_invoiced_date = %(invoiced_day)s,
                       adv_settled_date = CASE WHEN settled.is_settled THEN %(settled_day)s END
                  FROM sale_order known
                  JOIN res_company company ON company.id = known.company_id
                  LEFT JOIN settled ON settled.order_id = known.id
                 WHERE known.id = so.id AND so.id IN %(ids)s
                """,
                ids=ids,
                billed=self._adv_sql_billed(ids),
                settled=self._adv_sql_settled(),
                invoiced_day=self._adv_sql_moment(SQL("settled.invoiced")),
                settled_day=self._adv_sql_moment(SQL("GREATEST(settled.matched, settled.invoiced)")),
            )
        )

    @api.model
    def _adv_sql_moment(self, day):
        """The beginning of a day in the company's zone, in UTC."""
        return SQL(
            "%s::timestamp AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris') AT TIME ZONE 'UTC'", day
        )

    @api.model
    def _adv_sql_billed(self, ids):
        """Whether posted invoices cover each line of the confirmed orders."""
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return SQL(
            """
            SELECT line.order_id,
                   round(COALESCE(SUM(
                        CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END
                        * own.quantity * COALESCE(unit.factor / NULLIF(sold_unit.factor, 0), 1)
                   ) FILTER (WHERE move.id IS NOT NULL), 0)::numeric, %(digits)s) >= round((
                        CASE WHEN so.adv_delivered_date IS NOT NULL AND template.type = 'consu'
                              AND template.invoice_policy IS DISTINCT FROM 'order'
                             THEN line.qty_delivered ELSE line.product_uom_qty END)::numeric, %(digits)s)
                   AS is_billed
              FROM sale_order_line line
              JOIN sale_order so ON so.id = line.order_id AND so.state = 'sale'
              LEFT JOIN product_product product ON product.id = line.product_id
              LEFT JOIN product_template template ON template.id = product.product_tmpl_id
              LEFT JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
              LEFT JOIN account_move_line own ON own.id = rel.invoice_line_id
              LEFT JOIN account_move move ON move.id = own.move_id AND move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund')
              LEFT JOIN uom_uom unit ON unit.id = own.product_uom_id
              LEFT JOIN uom_uom sold_unit ON sold_unit.id = line.product_uom_id
             WHERE line.order_id IN %(ids)s AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
             GROUP BY line.order_id, line.id, so.id, template.id
            """,
            ids=ids,
            digits=digits,
        )

    @api.model
    def _adv_sql_settled(self):
        """Last invoice, last matching and whether nothing is open, by order of ``invoice``."""
        return SQL(
            """
            SELECT invoice.order_id,
                   MAX(invoice.invoice_date) AS invoiced,
                   MAX(matched.day) AS matched,
                   COALESCE(bool_and(round(due.amount_residual_currency::numeric,
                       COALESCE(currency.decimal_places, 2)) = 0), TRUE) AS is_settled
              FROM invoice
              LEFT JOIN account_move_line due ON due.move_id = invoice.id
               AND due.account_id IN (
                    SELECT id FROM account_account WHERE account_type = 'asset_receivable')
              LEFT JOIN res_currency currency ON currency.id = due.currency_id
              LEFT JOIN LATERAL (
                    SELECT MAX(max_date) AS day FROM account_partial_reconcile partial
                     WHERE partial.debit_move_id = due.id OR partial.credit_move_id = due.id
              ) matched ON TRUE
             GROUP BY invoice.order_id
            """
        )
