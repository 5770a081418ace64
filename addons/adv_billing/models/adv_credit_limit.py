from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL


@dataclass
class Limits:
    """What a payer may owe on a day, in company currency; None: no limit."""

    own: float | None = None
    insured: float | None = None
    insured_until: object = None


class AdvCreditLimit(models.Model):
    """How much a customer may owe from one day to another: our own limit, or an insurer's cover.

    Of our own limits that hold on a day the one that began last counts, before the credit limit on the
    customer's form. Of an insurer's likewise; the covers of several insurers add up. A customer whose covers
    all ended is covered for nothing.
    """

    _name = "adv.credit.limit"
    _description = "Credit Limit"
    _inherit = ["mail.thread"]
    _order = "partner_id, kind, date_from desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(
        [("own", "Our own limit"), ("insurer", "Insurer's cover")],
        required=True,
        default="own",
        tracking=True,
    )
    insurer_id = fields.Many2one("res.partner", string="Insurer", ondelete="restrict", index="btree_not_null")
    amount = fields.Monetary(required=True, tracking=True, help="Taxes included, in company currency.")
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self.env.company._adv_today(), tracking=True
    )
    date_to = fields.Date(string="Until", tracking=True, help="Last day; empty: until another one begins.")
    reference = fields.Char(help="Number of the insurer's decision, or who agreed to our limit.")
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("coming", "To come"), ("valid", "Valid"), ("ended", "Ended")], compute="_compute_state"
    )

    _amount_positive = models.Constraint("CHECK (amount >= 0)", "A limit is not negative.")
    _dates_in_order = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)", "A limit ends after it begins."
    )
    _insurer_needed = models.Constraint(
        "CHECK ((kind = 'insurer') = (insurer_id IS NOT NULL))",
        "Name the insurer of a cover, and only of it.",
    )
    _payer_index = models.Index("(company_id, partner_id, kind, date_from) WHERE active")

    # === COMPUTE METHODS ===#

    @api.depends("date_from", "date_to", "company_id")
    def _compute_state(self):
        for limit in self:
            day = (limit.company_id or self.env.company)._adv_today()
            if limit.date_from and limit.date_from > day:
                limit.state = "coming"
            else:
                limit.state = "ended" if limit.date_to and limit.date_to < day else "valid"

    @api.depends("partner_id", "kind", "insurer_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for limit in self:
            giver = limit.insurer_id.name or labels.get(limit.kind, "")
            limit.display_name = limit._adv_titled(limit.partner_id.name or "", giver)

    # === CONSTRAINT METHODS ===#

    @api.constrains("partner_id")
    def _check_payer(self):
        if addresses := self.partner_id.filtered(lambda partner: partner.commercial_partner_id != partner):
            raise ValidationError(
                self.env._(
                    "%(address)s is an address: set the limit on %(payer)s.",
                    address=addresses[0].display_name,
                    payer=addresses[0].commercial_partner_id.display_name,
                )
            )

    # === CRUD METHODS ===#

    @api.model_create_multi
    def create(self, vals_list):
        limits = super().create(vals_list)
        limits._adv_recheck()
        return limits

    def write(self, vals):
        result = super().write(vals)
        self._adv_recheck()
        return result

    # === BUSINESS METHODS ===#

    def _adv_recheck(self):
        """Orders that wait for credit are looked at again."""
        payers = self.partner_id.ids
        self.env["sale.order"]._adv_recheck_failed(
            ("credit_limit",), [("partner_invoice_id.commercial_partner_id", "in", payers)]
        )

    @api.model
    def _adv_limits(self, payers, company, day):
        """Return {payer id: Limits} on a day; the native credit limit where no dated one of ours holds.

        :param payers: commercial partners
        """
        # sudo: a limit stops an order of whoever sells, who need not see it
        payers = payers.sudo().with_company(company)
        native = company.account_use_credit_limit
        limits = {
            payer.id: Limits(own=payer.credit_limit if native and payer.credit_limit > 0 else None)
            for payer in payers
        }
        self.flush_model()
        for payer_id, kind, amount, known, until in self.env.execute_query(
            SQL(
                """
                SELECT partner_id, kind, SUM(amount) FILTER (WHERE holds), BOOL_OR(holds), MAX(date_to)
                  FROM (SELECT DISTINCT ON (partner_id, kind, insurer_id) partner_id, kind, amount, date_to,
                               date_to IS NULL OR date_to >= %(day)s AS holds
                          FROM adv_credit_limit
                         WHERE active AND company_id = %(company)s AND partner_id = ANY(%(payers)s)
                           AND date_from <= %(day)s
                         ORDER BY partner_id, kind, insurer_id, (date_to IS NULL OR date_to >= %(day)s) DESC,
                                  date_from DESC, id DESC) AS latest
                 GROUP BY partner_id, kind
                """,
                day=day,
                company=company.id,
                payers=payers.ids,
            )
        ):
            found = limits[payer_id]
            if kind == "own" and known:
                found.own = float(amount)
            elif kind == "insurer":
                found.insured = float(amount or 0.0)
                found.insured_until = until if not known else None
        return limits
