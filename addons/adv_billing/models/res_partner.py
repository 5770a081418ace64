from collections import defaultdict
from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.adv_orders.tools import asked_ids, only_one

READERS = (
    "account.group_account_invoice,account.group_account_readonly,"
    "adv_orders.group_adv_assistant,adv_billing.group_adv_billing"
)


@dataclass
class Exposure:
    """What one payer could cost us, in company currency, taxes included; a field for each kind of item."""

    receivable: float = 0.0
    instrument: float = 0.0
    not_invoiced: float = 0.0
    undelivered: float = 0.0
    deposit: float = 0.0

    @property
    def total(self):
        """Deposits are negative items."""
        return self.receivable + self.instrument + self.not_invoiced + self.undelivered + self.deposit


class ResPartner(models.Model):
    _inherit = "res.partner"

    adv_billing_rule_ids = fields.One2many(
        "adv.billing.rule",
        "partner_id",
        string="Billing Rules",
        groups="adv_billing.group_adv_billing,adv_orders.group_adv_assistant,adv_orders.group_adv_manager,"
        "account.group_account_readonly",
    )
    adv_receipt_wanted = fields.Boolean(
        string="Wants Receipts",
        company_dependent=True,
        help="This customer gets a receipt when a payment came in.",
    )
    adv_credit_limit_ids = fields.One2many(
        "adv.credit.limit", "partner_id", string="Credit Limits", groups=READERS
    )

    # Exposure
    adv_exposure_receivable = fields.Monetary(
        string="Receivables", compute="_compute_adv_exposure", groups=READERS
    )
    adv_exposure_instrument = fields.Monetary(
        string="Unmatured Instruments",
        compute="_compute_adv_exposure",
        groups=READERS,
        help="Payments registered whose money the bank does not have yet.",
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
        help="Receivables + unmatured instruments + delivered not invoiced + confirmed not delivered - "
        "deposits, taxes included, in the currency of the company, for this payer and its addresses.",
    )
    adv_own_limit = fields.Monetary(
        string="Our Own Limit",
        compute="_compute_adv_limits",
        groups=READERS,
        help="The dated limit that holds today, else the credit limit of this form.",
    )
    adv_insured_limit = fields.Monetary(
        string="Insurer's Cover", compute="_compute_adv_limits", groups=READERS
    )
    adv_has_own_limit = fields.Boolean(compute="_compute_adv_limits", groups=READERS)
    adv_has_insured_limit = fields.Boolean(compute="_compute_adv_limits", groups=READERS)
    adv_credit_left = fields.Monetary(
        string="Left",
        compute="_compute_adv_limits",
        groups=READERS,
        help="The lower of our own limit and the insurer's cover, less the exposure.",
    )

    # === COMPUTE METHODS ===#

    @api.depends_context("company")
    def _compute_adv_exposure(self):
        exposures = self._adv_exposures(self.env.company)
        for partner in self:
            exposure = exposures.get(partner.commercial_partner_id.id, Exposure())
            partner.adv_exposure_receivable = exposure.receivable
            partner.adv_exposure_instrument = exposure.instrument
            partner.adv_exposure_not_invoiced = exposure.not_invoiced
            partner.adv_exposure_undelivered = exposure.undelivered
            partner.adv_exposure_deposits = -exposure.deposit or 0.0
            partner.adv_exposure_total = exposure.total

    @api.depends_context("company")
    @api.depends("adv_exposure_total", "adv_credit_limit_ids", "credit_limit")
    def _compute_adv_limits(self):
        company = self.env.company
        payers = self.commercial_partner_id.filtered(lambda payer: isinstance(payer.id, int))
        limits = self.env["adv.credit.limit"]._adv_limits(payers, company, company._adv_today())
        for partner in self:
            found = limits.get(partner.commercial_partner_id.id)
            own, insured = (found.own, found.insured) if found else (None, None)
            known = [limit for limit in (own, insured) if limit is not None]
            partner.adv_has_own_limit, partner.adv_own_limit = own is not None, own or 0.0
            partner.adv_has_insured_limit, partner.adv_insured_limit = insured is not None, insured or 0.0
            partner.adv_credit_left = min(known) - partner.adv_exposure_total if known else 0.0

    # === ACTIONS ===#

    @api.readonly
    def adv_exposure(self, company):
        """Exposure of a payer: what it owes, what is not in yet, what is to be billed and delivered.

        Receivables + unmatured instruments + delivered not invoiced + confirmed not delivered - deposits.

        :param company: company (record or id)
        :return: amount in the company's currency, taxes included, for the commercial partner
        """
        only_one(self)
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(READERS):
            raise AccessError(self.env._("You cannot see what customers owe."))
        company = self.env["res.company"].browse(
            getattr(company, "ids", None) or asked_ids(self.env, company)
        )
        only_one(company)
        if not self.env.su and company not in self.env.user.company_ids:
            raise AccessError(self.env._("You do not work for this company."))
        payer = self.commercial_partner_id
        return company.currency_id.round(self._adv_exposures(company).get(payer.id, Exposure()).total)

    def action_adv_open_exposure(self):
        """Open the items behind the exposure of this payer; of one kind with `adv_kind` in the context."""
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_exposure_line")
        domain = [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "=", self.env.company.id),
        ]
        if kind := self.env.context.get("adv_kind"):
            domain.append(("kind", "=", kind))
        return {**action, "domain": domain, "context": {"search_default_by_kind": 1}}

    # === BUSINESS METHODS ===#

    def _adv_exposures(self, company):
        """Exposures by commercial partner id; a constant number of statements for any number of partners."""
        result = defaultdict(Exposure)
        payers = self.commercial_partner_id
        if not payers.ids:
            return result
        self.env.flush_all()  # rows are read past the cache
        # sudo: a check reads it whatever the rights of who sells; what a person may see is settled before
        items = self.env["adv.exposure.line"].sudo().with_context(allowed_company_ids=company.ids)
        groups = items._read_group(
            [("partner_id", "in", payers.ids), ("company_id", "=", company.id)],
            ["partner_id", "kind"],
            ["amount:sum"],
        )
        for payer, kind, amount in groups:
            setattr(result[payer.id], kind, amount)
        return result

    def _adv_set_on_hold(self, on_hold, company):
        """When a hold begins people are told; when it ends what waited for it is looked at again."""
        changed = super()._adv_set_on_hold(on_hold, company)
        if changed:
            # sudo: facts of orders, whatever the rights on orders of the collector who holds or releases
            orders = self.env["sale.order"].sudo().search(changed._adv_held_domain(company))
            if on_hold:
                orders._adv_begin_hold()
            else:
                orders._adv_forget_hold_overrides(changed, company)
                orders._adv_end_hold()
        return changed

    def _adv_held_domain(self, company):
        """Orders of these payers that a hold stops: not confirmed yet, or confirmed and not delivered."""
        return [
            ("company_id", "=", company.id),
            ("partner_invoice_id.commercial_partner_id", "in", self.ids),
            "|",
            ("adv_hold_released_date", "!=", False),
            "|",
            "&",
            ("state", "in", ("draft", "sent")),
            ("adv_blocked", "!=", False),
            "&",
            ("state", "=", "sale"),
            ("adv_delivered_date", "=", False),
        ]
