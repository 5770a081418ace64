from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import only_one

KINDS = [
    ("receivable", "Receivables"),
    ("instrument", "Unmatured instruments"),
    ("not_invoiced", "Delivered, not invoiced"),
    ("undelivered", "Confirmed, not delivered"),
    ("deposit", "Deposits"),
]


class AdvExposureLine(models.Model):
    """What a customer could cost us, item by item: exposure is the sum of these rows and nothing else.

    One SELECT a kind, all with the same columns; deposits are negative. Amounts in the company's currency,
    taxes included, by payer (the commercial partner who is invoiced).
    """

    _name = "adv.exposure.line"
    _description = "Exposure Item"
    _auto = False
    _order = "partner_id, kind, date, id"

    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    kind = fields.Selection(KINDS, string="Part", readonly=True)
    move_id = fields.Many2one("account.move", string="Journal Entry", readonly=True)
    payment_id = fields.Many2one("account.payment", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    date = fields.Date(readonly=True, help="Due date, maturity, or the day promised.")
    amount = fields.Monetary(readonly=True)

    # === COMPUTE METHODS ===#

    @property
    def _table_query(self):
        parts = (
            self._receivables(),
            self._instruments(),
            self._open_orders("not_invoiced"),
            self._open_orders("undelivered"),
            self._deposits(),
        )
        return SQL(" UNION ALL ").join(parts)

    # === ACTIONS ===#

    def action_open(self):
        """Open the invoice, the payment or the order."""
        only_one(self)
        return (self.payment_id or self.order_id or self.move_id)._get_records_action()

    # === BUSINESS METHODS ===#

    @api.model
    def _receivables(self):
        """Open items of customers, credits included: the ledger to the cent."""
        return SQL(
            """
            SELECT line.id::bigint * 8 AS id, line.company_id, partner.commercial_partner_id AS partner_id,
                   'receivable' AS kind, line.move_id, NULL::int AS payment_id, NULL::int AS order_id,
                   NULL::int AS product_id, COALESCE(line.date_maturity, line.date) AS date,
                   line.amount_residual AS amount
              FROM account_move_line line
              JOIN account_account account ON account.id = line.account_id
                   AND account.account_type = 'asset_receivable'
              JOIN res_partner partner ON partner.id = line.partner_id
             WHERE line.parent_state = 'posted' AND line.amount_residual != 0
            """
        )

    @api.model
    def _instruments(self):
        """What was handed over and is not in: it closed its invoice, its money may still fail to come.

        Until the bank has it or, for what was handed over with a maturity, until the maturity and the bank
        days of the company passed. Where payments are not matched with the bank, only what has a maturity.
        """
        return SQL(
            """
            SELECT line.id::bigint * 8 + 1, line.company_id, partner.commercial_partner_id, 'instrument',
                   line.move_id, payment.id, NULL::int, NULL::int, COALESCE(bill.maturity, line.date),
                   CASE WHEN account.reconcile THEN line.amount_residual ELSE line.balance END
              FROM account_payment payment
              JOIN account_move_line line ON line.move_id = payment.move_id
                   AND line.account_id = payment.outstanding_account_id
              JOIN account_account account ON account.id = line.account_id
              JOIN res_company company ON company.id = line.company_id
              JOIN res_partner partner ON partner.id = payment.partner_id
              JOIN (%(banked)s) AS bank ON bank.company_id = line.company_id
              LEFT JOIN LATERAL (
                   SELECT MAX(CASE WHEN invoice.adv_collection_returned IS NULL
                                   THEN invoice.adv_collection_maturity ELSE 'infinity' END) AS maturity
                     FROM account_move_line credit
                     JOIN account_partial_reconcile part ON part.credit_move_id = credit.id
                     JOIN account_move_line debit ON debit.id = part.debit_move_id
                     JOIN account_move invoice ON invoice.id = debit.move_id
                    WHERE credit.move_id = payment.move_id AND invoice.adv_collection_kind IS NOT NULL
              ) AS due ON TRUE
              CROSS JOIN LATERAL (SELECT NULLIF(due.maturity, 'infinity') AS maturity) AS bill
             WHERE payment.payment_type = 'inbound' AND payment.partner_type = 'customer'
               AND payment.is_matched IS NOT TRUE AND line.parent_state = 'posted'
               AND (due.maturity >= bank.since
                    OR due.maturity IS NULL AND company.adv_release_rule = 'cashed')
               AND (NOT account.reconcile OR line.amount_residual != 0)
            """,
            banked=self._adv_banked(),
        )

    @api.model
    def _adv_banked(self):
        """SELECT of the companies with the first day whose maturities may still come back from the bank."""
        rows = [
            SQL("(%s, %s::date)", company.id, company._adv_collected_from())
            for company in self._adv_companies()
        ]
        return SQL("SELECT * FROM (VALUES %s) AS day (company_id, since)", SQL(", ").join(rows))

    @api.model
    def _adv_companies(self):
        return self.env.companies or self.env.company

    @api.model
    def _open_orders(self, kind):
        """Delivered and not invoiced, or confirmed and not delivered, of orders not entirely invoiced.

        What is ordered negative, as a trade-in, makes the order smaller.
        """
        quantity, rank = {
            "not_invoiced": (SQL("GREATEST(todo.delivered - todo.invoiced, 0)"), 2),
            "undelivered": (SQL("GREATEST(todo.expected - GREATEST(todo.delivered, todo.invoiced), 0)"), 3),
        }[kind]
        return SQL(
            """
            SELECT line.id::bigint * 8 + %(rank)s, so.company_id, payer.commercial_partner_id, %(kind)s,
                   NULL::int, NULL::int, so.id, line.product_id,
                   COALESCE(so.commitment_date, so.date_order)::date,
                   way.sign * %(quantity)s * line.price_reduce_taxinc
                   / COALESCE(NULLIF(so.currency_rate, 0), 1)
              FROM sale_order so
              JOIN res_partner payer ON payer.id = so.partner_invoice_id
              JOIN sale_order_line line ON line.order_id = so.id
              JOIN product_product product ON product.id = line.product_id
              JOIN product_template template ON template.id = product.product_tmpl_id
              CROSS JOIN LATERAL (SELECT CASE WHEN line.product_uom_qty < 0 THEN -1 ELSE 1 END AS sign) AS way
              CROSS JOIN LATERAL (
                   SELECT way.sign * COALESCE(line.qty_delivered, 0) AS delivered,
                          way.sign * COALESCE(%(invoiced)s, 0) AS invoiced,
                          CASE WHEN so.adv_delivered_date IS NOT NULL AND template.type = 'consu'
                               THEN way.sign * COALESCE(line.qty_delivered, 0)
                               ELSE GREATEST(way.sign * line.product_uom_qty,
                                             way.sign * COALESCE(line.qty_delivered, 0)) END AS expected
                   OFFSET 0  -- what was invoiced is looked up once a line
              ) AS todo
             WHERE %(open)s
               AND line.display_type IS NULL AND line.is_downpayment IS NOT TRUE
               AND %(quantity)s > 0 AND line.price_reduce_taxinc != 0
            """,
            rank=rank,
            kind=kind,
            quantity=quantity,
            open=self._adv_open(),
            invoiced=self._adv_invoiced(),
        )

    @api.model
    def _adv_open(self):
        """Condition on ``so``: confirmed and not entirely invoiced.

        The states say nothing more; few orders of many are found by them. None: history not read yet.
        """
        return SQL(
            """so.state = 'sale' AND so.adv_invoiced_date IS NULL
               AND (so.adv_state IN %s OR so.adv_state IS NULL)""",
            ("confirmed", "in_delivery", "delivered"),
        )

    @api.model
    def _adv_invoiced(self):
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

    @api.model
    def _deposits(self):
        """Deposits billed and not yet taken off an invoice, of the orders not entirely invoiced."""
        return SQL(
            """
            SELECT item.id::bigint * 8 + 4, so.company_id, payer.commercial_partner_id, 'deposit',
                   move.id, NULL::int, so.id, NULL::int, move.invoice_date,
                   item.price_total / COALESCE(NULLIF(move.invoice_currency_rate, 0), 1)
                   * CASE WHEN move.move_type = 'out_refund' THEN 1 ELSE -1 END
              FROM sale_order so
              JOIN res_partner payer ON payer.id = so.partner_invoice_id
              JOIN sale_order_line line ON line.order_id = so.id
              JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
              JOIN account_move_line item ON item.id = rel.invoice_line_id
              JOIN account_move move ON move.id = item.move_id
             WHERE %s
               AND line.is_downpayment AND line.display_type IS NULL AND move.state = 'posted'
            """,
            self._adv_open(),
        )
