from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AccountMove(models.Model):
    """Checks of customer invoices before they are posted; the rules are the methods ``_adv_check_<code>``."""

    _inherit = "account.move"

    adv_check_result_ids = fields.One2many(
        "adv.check.result",
        "res_id",
        string="Checks",
        domain=[("res_model", "=", "account.move")],
        readonly=True,
        copy=False,
    )
    adv_check_warning = fields.Text(string="Checks That Failed", compute="_compute_adv_check_warning")

    # === COMPUTE METHODS ===#

    def _compute_adv_check_warning(self):
        for move in self:
            failed = move.sudo().adv_check_result_ids.filtered(lambda result: result.state == "failed")
            shown = move.company_id.adv_billing_mode != "observe"
            move.adv_check_warning = "\n".join(failed.mapped("message")) if shown else ""

    # === ACTIONS ===#

    def action_adv_check(self):
        """Run the checks now."""
        self.check_access("write")
        self._adv_run_checks()
        return True

    # === BUSINESS METHODS ===#

    def _adv_run_checks(self):
        if self:
            self.env["adv.check"]._run(self)
            self.invalidate_recordset(["adv_check_result_ids", "adv_check_warning"])

    def _adv_control_posting(self):
        """Check before posting; people are stopped where the company enforces, interfaces never are."""
        self._adv_run_checks()
        if self.env.su:
            return
        self.filtered(lambda move: move.company_id.adv_billing_mode == "enforce")._adv_require_reason()
        if messages := self._adv_blocking_messages(run=False):
            raise UserError("\n".join(messages.values()))
        for move in self.filtered(lambda move: move.company_id.adv_billing_mode == "warn"):
            if move.adv_check_warning:
                move._message_log(body=move.adv_check_warning)

    def _adv_blocking_messages(self, run=True):
        """What stops these invoices: ``{move id: message}``.

        :param run: check again first
        """
        if run:
            self._adv_run_checks()
        # results are read whatever the rights on checks of who posts
        results = self.sudo().adv_check_result_ids.filtered(lambda result: result.state == "failed")
        return {
            result.res_id: f"{self.browse(result.res_id).display_name}: {result.message}"
            for result in results
            if result.check_id.severity == "blocking"
            and (result.check_id.mode or result.company_id.adv_billing_mode) == "enforce"
        }

    def _adv_check_invoice_price_deviation(self):
        """Net price of each line against its order line."""
        return {move.id: move._adv_price_deviation() for move in self}

    def _adv_price_deviation(self):
        lines = self._adv_billed_lines()
        if self.move_type != "out_invoice" or not lines:
            return "not_applicable", ""
        wrong = lines.filtered(lambda line: line._adv_price_gap())
        if not wrong:
            return "passed", ""
        line = wrong[0]
        ordered = line.sale_line_ids[:1]
        message = self.env._(
            "%(product)s is billed at %(billed)s and was ordered at %(ordered)s (%(count)s lines differ).",
            product=line.product_id.display_name or line.name,
            billed=format_amount(self.env, line._adv_net_price(), self.currency_id),
            ordered=format_amount(self.env, ordered._adv_net_price(), ordered.currency_id),
            count=len(wrong),
        )
        return "failed", message

    def _adv_check_invoice_quantity_delivered(self):
        """Quantity billed against delivered, for products billed on delivery."""
        return {move.id: move._adv_quantity_delivered() for move in self}

    def _adv_quantity_delivered(self):
        ordered = self._adv_billed_lines().sale_line_ids.filtered(
            lambda line: line.product_id.invoice_policy == "delivery"
        )
        if self.move_type != "out_invoice" or not ordered:
            return "not_applicable", ""
        beyond = ordered.filtered(
            lambda line: line.product_uom_id.compare(line.qty_invoiced, line.qty_delivered) > 0
        )
        if not beyond:
            return "passed", ""
        line = beyond[0]
        message = self.env._(
            "%(product)s: %(billed)g billed, %(delivered)g delivered (%(count)s lines differ).",
            product=line.product_id.display_name,
            billed=line.qty_invoiced,
            delivered=line.qty_delivered,
            count=len(beyond),
        )
        return "failed", message

    def _adv_check_invoice_duplicate(self):
        """A posted invoice not made from orders: same customer, amount, date and reference."""
        candidates = self.filtered(
            lambda move: move.move_type == "out_invoice" and not move._adv_billed_lines() and move.partner_id
        )
        result = {move.id: ("not_applicable", "") for move in self - candidates}
        posted = (
            self.search(
                [
                    ("move_type", "=", "out_invoice"),
                    ("state", "=", "posted"),
                    ("company_id", "in", candidates.company_id.ids),
                    ("commercial_partner_id", "in", candidates.commercial_partner_id.ids),
                    ("amount_total", "in", candidates.mapped("amount_total")),
                ]
            )
            if candidates
            else self.browse()
        )
        for move in candidates:
            twins = posted.filtered(lambda twin, move=move: twin != move and move._adv_is_twin(twin))
            message = self.env._(
                "The same amount, date and reference are already on %s.", ", ".join(twins.mapped("name"))
            )
            result[move.id] = ("failed", message) if twins else ("passed", "")
        return result

    def _adv_is_twin(self, other):
        day = self.invoice_date or fields.Date.context_today(self)
        return (
            self.commercial_partner_id == other.commercial_partner_id
            and self.currency_id == other.currency_id
            and self.company_id == other.company_id
            and self.currency_id.compare_amounts(self.amount_total, other.amount_total) == 0
            and (self.ref or "") == (other.ref or "")
            and day == other.invoice_date
        )

    def _adv_check_invoice_payment_terms(self):
        """Payment terms against those of the orders."""
        return {move.id: move._adv_payment_terms_deviation() for move in self}

    def _adv_payment_terms_deviation(self):
        ordered = self._adv_billed_lines().sale_line_ids.order_id.payment_term_id
        if self.move_type != "out_invoice" or not ordered:
            return "not_applicable", ""
        if self.invoice_payment_term_id in ordered and len(ordered) == 1:
            return "passed", ""
        message = self.env._(
            "The terms are %(billed)s; the order says %(ordered)s.",
            billed=self.invoice_payment_term_id.name or self.env._("none"),
            ordered=", ".join(ordered.mapped("name")),
        )
        return "failed", message

    def _adv_billed_lines(self):
        return self.invoice_line_ids.filtered(
            lambda line: line.display_type == "product" and line.sale_line_ids and not line.is_downpayment
        )


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _adv_net_price(self):
        return self.price_unit * (1 - (self.discount or 0.0) / 100)

    def _adv_price_gap(self):
        """Whether the net price differs from the order line's, in the same unit."""
        ordered = self.sale_line_ids[:1]
        price = self.product_uom_id._compute_price(self._adv_net_price(), ordered.product_uom_id)
        return self.currency_id.compare_amounts(price, ordered._adv_net_price()) != 0


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_net_price(self):
        return self.price_unit * (1 - (self.discount or 0.0) / 100)
