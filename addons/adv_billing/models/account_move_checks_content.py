from odoo import models
from odoo.tools import SQL, format_amount

HISTORY_MONTHS = 24
HISTORY_LEAST = 5  # fewer invoices say nothing about what is usual
SPREADS = 5  # robust standard deviations away from the median
MAD_TO_DEVIATION = 1.4826  # of a normal distribution


class AccountMove(models.Model):
    """Checks of what stands on a customer invoice: taxes, amount, address."""

    _inherit = "account.move"

    # === TAXES ===#

    def _adv_check_invoice_tax_mapping(self):
        """The taxes of each line against those its product and the fiscal position give."""
        self.invoice_line_ids.mapped("tax_ids")  # read for all invoices at once
        return {move.id: move._adv_tax_mapping() for move in self}

    def _adv_tax_mapping(self):
        lines = self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.product_id and not line.is_downpayment
        )
        if not self.is_sale_document() or not lines:
            return "not_applicable", ""
        expected = {line: line._adv_expected_taxes() for line in lines}
        wrong = lines.filtered(lambda line: line.tax_ids._origin != expected[line]._origin)
        if not wrong:
            return "passed", ""
        line = wrong[0]
        return "failed", lambda env: env._(
            "%(product)s bears %(billed)s; %(expected)s was expected (lines: %(count)s).",
            product=line.product_id.display_name,
            billed=line._adv_tax_names(env, line.tax_ids),
            expected=line._adv_tax_names(env, expected[line]),
            count=len(wrong),
        )

    # === AMOUNT ===#

    def _adv_check_invoice_unusual_amount(self):
        """The untaxed amount against the customer's own invoices of two years, by median and spread."""
        invoices = self.filtered(lambda move: move.move_type == "out_invoice" and move.commercial_partner_id)
        usual = invoices._adv_usual_amounts()
        outcomes = dict.fromkeys(self.ids, ("not_applicable", ""))
        for move in invoices:
            if move.id in usual:
                outcomes[move.id] = move._adv_unusual_amount(*usual[move.id])
        return outcomes

    def _adv_unusual_amount(self, median, spread):
        """Compare with the median; the spread counts as a tenth of it at least.

        :param spread: median absolute deviation, in company currency
        """
        reach = SPREADS * MAD_TO_DEVIATION * max(spread, median / 10)
        if self.amount_untaxed_signed <= median + reach:
            return "passed", ""
        currency = self.company_id.currency_id
        return "failed", lambda env: env._(
            "%(amount)s before taxes; this customer's invoices are usually of %(median)s.",
            amount=format_amount(env, self.amount_untaxed_signed, currency),
            median=format_amount(env, median, currency),
        )

    def _adv_usual_amounts(self):
        """Return {id: (median, median absolute deviation)} of the customers' posted invoices before."""
        if not self:
            return {}
        self.env["account.move"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH known AS (
                    SELECT move.id, earlier.amount_untaxed_signed AS amount
                      FROM account_move move
                      JOIN account_move earlier ON earlier.company_id = move.company_id
                       AND earlier.commercial_partner_id = move.commercial_partner_id
                       AND earlier.move_type = 'out_invoice' AND earlier.state = 'posted'
                       AND earlier.id != move.id
                       AND earlier.invoice_date >= COALESCE(move.invoice_date, CURRENT_DATE)
                           - make_interval(months => %(months)s)
                       AND earlier.invoice_date <= COALESCE(move.invoice_date, CURRENT_DATE)
                     WHERE move.id = ANY(%(ids)s)
                ), middle AS (
                    SELECT id, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS median
                      FROM known GROUP BY id HAVING COUNT(*) >= %(least)s
                )
                SELECT id, median, percentile_cont(0.5) WITHIN GROUP (ORDER BY ABS(amount - median))
                  FROM known JOIN middle USING (id) GROUP BY id, median
                """,
                ids=list(self.ids),
                months=HISTORY_MONTHS,
                least=HISTORY_LEAST,
            )
        )
        return {move_id: (median, spread) for move_id, median, spread in rows}

    # === ADDRESS ===#

    def _adv_check_invoice_address(self):
        """What an electronic invoice needs to know of a business customer."""
        europe = self.env.ref("base.europe", raise_if_not_found=False)
        countries = europe.country_ids if europe else self.env["res.country"]
        return {move.id: move._adv_address_complete(countries) for move in self}

    def _adv_address_complete(self, countries):
        if not self.is_sale_document() or not self.commercial_partner_id.is_company:
            return "not_applicable", ""
        missing = self.partner_id._adv_missing_for_einvoicing(countries)
        if not missing:
            return "passed", ""
        return "failed", lambda env: env._(
            "Missing for an electronic invoice to %(customer)s: %(fields)s.",
            customer=self.partner_id.display_name,
            fields=", ".join(self._adv_field_label(env, name) for name in missing),
        )

    def _adv_field_label(self, env, name):
        field = env["ir.model.fields"]._get("res.partner", name)
        return field.sudo().field_description  # sudo: the name of a field, in its reader's language


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _adv_expected_taxes(self):
        """Taxes that the product and the fiscal position give, as the native line proposes them."""
        taxes = self.product_id.taxes_id._filter_taxes_by_company(self.company_id)
        return self.move_id.fiscal_position_id.map_tax(taxes)

    def _adv_tax_names(self, env, taxes):
        # sudo: names only, in the reader's language
        return ", ".join(taxes.with_env(env(su=True)).mapped("name")) or env._("no tax")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _adv_missing_for_einvoicing(self, countries):
        """Names of the fields an electronic invoice needs and that are empty.

        EN 16931 asks for the address; France (ordonnance 2021-1190) for the SIREN, Spain for the NIF.

        :param countries: those whose businesses are known by their tax identification
        """
        self.ensure_one()
        company = self.commercial_partner_id
        missing = [name for name in ("street", "zip", "city", "country_id") if not self[name]]
        if company.country_id.code == "FR" and not company.company_registry:
            missing.append("company_registry")
        if company.country_id in countries and not company.vat:
            missing.append("vat")
        return missing
