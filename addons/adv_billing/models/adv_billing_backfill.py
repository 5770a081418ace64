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
        self._adv_fill_orders(ids)
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
    def _adv_fill_orders(self, ids):
        """Fill when the orders were invoiced and settled, and the state that follows from it.

        Written once: each writing of an order goes through all indexes of its table.
        """
        job = self.env["adv.backfill"]
        state = job._adv_sql_state(
            "known", adv_invoiced_date=SQL("day.invoiced"), adv_settled_date=SQL("day.settled")
        )
        self.env.cr.execute(
            SQL(
                """
                UPDATE sale_order so
                   SET adv_billing_history = NULL,
                       adv_invoiced_date = found.invoiced,
                       adv_settled_date = found.settled,
                       adv_state = found.state,
                       adv_desk_rank = %(rank)s,
                       adv_due_date = CASE WHEN found.state NOT IN ('invoiced', 'settled')
                                           THEN so.adv_due_date END
                  FROM (SELECT known.id, day.invoiced, day.settled, %(state)s AS state
                          FROM sale_order known %(days)s
                         WHERE known.id IN %(ids)s) found
                 WHERE found.id = so.id
                """,
                ids=ids,
                state=state,
                rank=job._adv_sql_desk_rank(SQL("found.state")),
                days=self._adv_sql_days(),
            )
        )

    @api.model
    def _adv_sql_days(self):
        """Return the joins that give each order of ``known`` its ``day``: invoiced and settled.

        Same definitions as ``sale.order._adv_get_billing_dates``. Everything is looked up order by order:
        whatever the planner knows of tables that have just grown, a batch reads its own rows only.
        """
        return SQL(
            """
            JOIN res_company company ON company.id = known.company_id
            LEFT JOIN LATERAL (%(covered)s) whole ON known.state = 'sale'
            LEFT JOIN LATERAL (%(settled)s) settled ON TRUE
            CROSS JOIN LATERAL (
                SELECT %(invoiced_day)s AS invoiced,
                       CASE WHEN settled.is_settled THEN %(settled_day)s END AS settled
                ) day
            """,
            covered=self._adv_sql_covered(),
            settled=self._adv_sql_settled(),
            invoiced_day=self._adv_sql_moment(SQL("settled.invoiced")),
            settled_day=self._adv_sql_moment(SQL("GREATEST(settled.matched, settled.invoiced)")),
        )

    @api.model
    def _adv_sql_moment(self, day):
        """The beginning of a day in the company's zone, in UTC."""
        return SQL(
            "%s::timestamp AT TIME ZONE COALESCE(company.adv_tz, 'Europe/Paris') AT TIME ZONE 'UTC'", day
        )

    @api.model
    def _adv_sql_covered(self):
        """Whether posted invoices cover each line of the order ``known``: one row."""
        return SQL(
            """
            SELECT COALESCE(bool_and(CASE WHEN line.product_uom_qty < 0 THEN billed.quantity <= due.quantity
                                          ELSE billed.quantity >= due.quantity END), TRUE) AS is_billed
              FROM sale_order_line line
              LEFT JOIN uom_uom sold_unit ON sold_unit.id = line.product_uom_id
              LEFT JOIN LATERAL (
                    SELECT template.type, template.invoice_policy
                      FROM product_product product
                      JOIN product_template template ON template.id = product.product_tmpl_id
                     WHERE product.id = line.product_id LIMIT 1
                   ) template ON TRUE
             CROSS JOIN LATERAL (
                    SELECT round((CASE WHEN known.adv_delivered_date IS NOT NULL AND template.type = 'consu'
                                        AND template.invoice_policy IS DISTINCT FROM 'order'
                                  THEN line.qty_delivered ELSE line.product_uom_qty END)::numeric, %(digits)s)
                        AS quantity
                   ) due
             CROSS JOIN LATERAL (
                    SELECT round(COALESCE(SUM(
                            CASE move.move_type WHEN 'out_refund' THEN -1 ELSE 1 END * own.quantity
                            * COALESCE(unit.factor / NULLIF(sold_unit.factor, 0), 1)
                        ), 0)::numeric, %(digits)s) AS quantity
                      FROM sale_order_line_invoice_rel rel
                      JOIN account_move_line own ON own.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = own.move_id AND move.state = 'posted'
                       AND move.move_type IN ('out_invoice', 'out_refund')
                      LEFT JOIN uom_uom unit ON unit.id = own.product_uom_id
                     WHERE rel.order_line_id = line.id
                   ) billed
             WHERE line.order_id = known.id AND line.display_type IS NULL
               AND line.is_downpayment IS NOT TRUE
            """,
            digits=self.env["decimal.precision"].precision_get("Product Unit"),
        )

    @api.model
    def _adv_sql_settled(self):
        """Last invoice, last matching and whether nothing is open, of the order ``known``: one row."""
        return SQL(
            """
            SELECT MAX(invoice.invoice_date) AS invoiced,
                   MAX(matched.day) AS matched,
                   COALESCE(bool_and(round(due.amount_residual_currency::numeric,
                       COALESCE(currency.decimal_places, 2)) = 0), TRUE) AS is_settled
              FROM (SELECT DISTINCT move.id, move.invoice_date
                      FROM sale_order_line line
                      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
                      JOIN account_move_line own ON own.id = rel.invoice_line_id
                      JOIN account_move move ON move.id = own.move_id
                       AND move.move_type = 'out_invoice' AND move.state = 'posted'
                     WHERE line.order_id = known.id AND whole.is_billed
                   ) invoice
              LEFT JOIN LATERAL (
                    SELECT item.id, item.amount_residual_currency, item.currency_id
                      FROM account_move_line item
                      JOIN account_account account ON account.id = item.account_id
                       AND account.account_type = 'asset_receivable'
                     WHERE item.move_id = invoice.id
                   ) due ON TRUE
              LEFT JOIN res_currency currency ON currency.id = due.currency_id
              LEFT JOIN LATERAL (
                    SELECT MAX(partial.max_date) AS day FROM account_partial_reconcile partial
                     WHERE partial.debit_move_id = due.id OR partial.credit_move_id = due.id
                   ) matched ON TRUE
            """
        )
