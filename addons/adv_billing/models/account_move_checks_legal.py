from odoo import fields, models
from odoo.tools import SQL, format_date

from ..tools.legal_terms import LONGEST_PERIOD, RULES, Supply, is_period_too_long, latest_due


class AccountMove(models.Model):
    """Check of the terms of payment against the longest ones the law allows between businesses."""

    _inherit = "account.move"

    def _adv_check_invoice_legal_terms(self):
        """The last due date against the law of France or Spain, for sales within the country."""
        bound = self.filtered(lambda move: move._adv_legal_country())
        outcomes = dict.fromkeys((self - bound).ids, ("not_applicable", ""))
        supplies = bound._adv_supplies()
        return outcomes | {move.id: move._adv_legal_terms(supplies[move.id]) for move in bound}

    def _adv_legal_country(self):
        """Code of the country whose limits bind both parties, False where we know none."""
        customer = self.commercial_partner_id
        country = self.company_id.account_fiscal_country_id
        known = self.move_type == "out_invoice" and country.code in RULES
        domestic = customer.country_id in (country, customer.country_id.browse())
        return known and domestic and customer.is_company and country.code

    def _adv_legal_terms(self, supply):
        country = self._adv_legal_country()
        due = max(filter(None, self.line_ids.mapped("date_maturity")), default=self.invoice_date_due)
        limit = latest_due(country, supply)
        if is_period_too_long(country, supply):
            return "failed", lambda env: env._(
                "The invoice covers %(days)s days of deliveries: one invoice may cover %(most)s at most.",
                days=supply.period,
                most=LONGEST_PERIOD,
            )
        if not due or due <= limit:
            return "passed", ""
        return "failed", lambda env: env._(
            "Payment falls due on %(due)s; the law allows %(limit)s at the latest.",
            due=format_date(env, due),
            limit=format_date(env, limit),
        )

    def _adv_supplies(self):
        """Return {id: ``Supply``} of these invoices, the deliveries of all read in one statement."""
        delivered = self._adv_deliveries_billed()
        perishable = self.env["product.category"].search([("id", "child_of", self._adv_perishables().ids)])
        supplies = {}
        for move in self:
            issued = move.invoice_date or move.company_id._adv_today()
            first, last, count = delivered.get(move.id, (issued, issued, 0))
            food = bool(move.invoice_line_ids.product_id.categ_id & perishable)
            supplies[move.id] = Supply(issued, first, last, count, food)
        return supplies

    def _adv_perishables(self):
        return self.env["product.category"].search([("adv_perishable", "=", True)])

    def _adv_deliveries_billed(self):
        """Return {invoice id: (first day, last day, number of deliveries)}.

        The deliveries an invoice bills are those since the order line's invoice before it.
        """
        if not self:
            return {}
        self.env["account.move.line"].flush_model()
        self.env["stock.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT billed.move_id, MIN(billed.day), MAX(billed.day), COUNT(DISTINCT billed.picking_id)
                  FROM (
                    SELECT line.move_id, moved.picking_id, invoice.invoice_date,
                           (moved.date AT TIME ZONE 'UTC' AT TIME ZONE zone.name)::date AS day,
                           (SELECT MAX(earlier.invoice_date)
                              FROM sale_order_line_invoice_rel other
                              JOIN account_move_line other_line ON other_line.id = other.invoice_line_id
                              JOIN account_move earlier ON earlier.id = other_line.move_id
                             WHERE other.order_line_id = rel.order_line_id
                               AND earlier.id < invoice.id AND earlier.state = 'posted'
                               AND earlier.move_type = 'out_invoice') AS billed_until
                      FROM account_move invoice
                      JOIN account_move_line line ON line.move_id = invoice.id
                      JOIN (VALUES %(zones)s) AS zone (company_id, name)
                           ON zone.company_id = invoice.company_id
                      JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = line.id
                      JOIN stock_move moved ON moved.sale_line_id = rel.order_line_id
                           AND moved.state = 'done'
                      JOIN stock_location place ON place.id = moved.location_dest_id
                           AND place.usage = 'customer'
                     WHERE invoice.id = ANY(%(ids)s)
                  ) AS billed
                 WHERE (billed.billed_until IS NULL OR billed.day > billed.billed_until)
                   AND (billed.invoice_date IS NULL OR billed.day <= billed.invoice_date)
                 GROUP BY billed.move_id
                """,
                ids=list(self.ids),
                zones=SQL(", ").join(
                    SQL("(%s::int, %s)", company.id, company.adv_tz or "Europe/Paris")
                    for company in self.company_id
                ),
            )
        )
        return {move_id: (first, last, count) for move_id, first, last, count in rows}


class ProductCategory(models.Model):
    _inherit = "product.category"

    adv_perishable = fields.Boolean(
        string="Perishable Food",
        help="The law grants shorter terms of payment for perishable food (France, Spain); holds for the "
        "categories below as well.",
    )
