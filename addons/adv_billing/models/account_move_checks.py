from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount
from odoo.tools.misc import formatLang


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
        groups="adv_billing.group_adv_billing,sales_team.group_sale_salesman,adv_orders.group_adv_assistant",
    )
    adv_check_warning = fields.Text(
        string="Checks That Failed", compute="_compute_adv_check_warning", groups="base.group_user"
    )

    # === COMPUTE METHODS ===#

    def _compute_adv_check_warning(self):
        for move in self:
            # results have rights of their own; whoever reads the invoice reads what is wrong with it
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
        checked = self.env.cr.cache.get("adv_billing.checked", ())
        self.filtered(lambda move: move.id not in checked)._adv_run_checks()
        enforced = self.filtered(lambda move: move.company_id.adv_billing_mode == "enforce")
        if self.env.su:
            # what a person put off to a later day is posted by Odoo's job: it is still what a person made
            enforced.filtered(lambda move: move.auto_post != "no")._adv_require_reason()
            return
        enforced._adv_require_reason()
        if messages := self._adv_blocking_messages(run=False):
            raise UserError("\n".join(messages.values()))
        for move in self.filtered(lambda move: move.company_id.adv_billing_mode == "warn"):
            if move.adv_check_warning:
                move._message_log(body=move.adv_check_warning)

    @contextmanager
    def _adv_checked(self):
        """The billing run has just checked these: posting them does not check again."""
        self.env.cr.cache["adv_billing.checked"] = frozenset(self.ids)
        try:
            yield
        finally:
            del self.env.cr.cache["adv_billing.checked"]

    def _adv_blocking_messages(self, run=True):
        """What stops these invoices: ``{move id: message}``.

        :param run: check again first
        """
        if run:
            self._adv_run_checks()
        # results are read whatever the rights on checks of who posts
        results = self.sudo().adv_check_result_ids.filtered(lambda result: result.state == "failed")
        return {
            result.res_id: self._adv_titled(self.browse(result.res_id).display_name, result.message)
            for result in results
            if result.check_id.severity == "blocking"
            and result.check_id._adv_effective_mode(result.company_id) == "enforce"
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
        line, ordered = wrong[0], wrong[0].sale_line_ids[:1]
        return "failed", lambda env: env._(
            "%(product)s is billed at %(billed)s and was ordered at %(ordered)s (lines: %(count)s).",
            product=line.product_id.display_name or line.name,
            billed=format_amount(env, line._adv_net_price(), line.currency_id),
            ordered=format_amount(env, ordered._adv_net_price(), ordered.currency_id),
            count=len(wrong),
        )

    def _adv_check_invoice_quantity_delivered(self):
        """Quantity billed against delivered, for products billed on delivery.

        Where the customer agreed to be billed before delivery there is nothing to compare.
        """
        # sudo: how an order is billed is a setting, whatever the rights of who posts
        settings = self.env["adv.billing.rule"].sudo()
        rules = {company: settings._adv_rules_of(company) for company in self.company_id}
        return {move.id: move._adv_quantity_delivered(rules[move.company_id]) for move in self}

    def _adv_quantity_delivered(self, rules):
        settings = self.env["adv.billing.rule"].sudo()  # sudo: as above
        sold = self._adv_billed_lines().sale_line_ids
        early = sold.order_id.filtered(
            lambda order: settings._adv_rule_of(order, rules)._adv_mode() in ("order", "milestone")
        )
        ordered = sold.filtered(
            lambda line: line.product_id.invoice_policy == "delivery" and line.order_id not in early
        )
        if self.move_type != "out_invoice" or not ordered:
            return "not_applicable", ""
        beyond = ordered.filtered(
            lambda line: line.product_uom_id.compare(line.qty_invoiced, line.qty_delivered) > 0
        )
        if not beyond:
            return "passed", ""
        line = beyond[0]
        return "failed", lambda env: env._(
            "%(product)s: %(billed)s billed, %(delivered)s delivered (lines: %(count)s).",
            product=line.product_id.display_name,
            billed=formatLang(env, line.qty_invoiced, dp="Product Unit"),
            delivered=formatLang(env, line.qty_delivered, dp="Product Unit"),
            count=len(beyond),
        )

    def _adv_check_invoice_reference_missing(self):
        """The customer's purchase order number, for customers who want it on everything."""
        return {move.id: move._adv_reference_missing() for move in self}

    def _adv_reference_missing(self):
        customer = self.commercial_partner_id
        if self.move_type != "out_invoice" or not customer.adv_reference_required:
            return "not_applicable", ""
        orders = self.invoice_line_ids.sale_line_ids.order_id
        given = all(order.client_order_ref for order in orders) if orders else self.ref
        if given:
            return "passed", ""
        return "failed", lambda env: env._(
            "%s pays nothing without their purchase order number on the invoice.", customer.display_name
        )

    def _adv_check_invoice_duplicate(self):
        """A posted invoice not made from orders: same customer, amount, date and reference."""
        candidates = self.filtered(
            lambda move: move.move_type == "out_invoice" and not move._adv_billed_lines() and move.partner_id
        )
        posted = candidates._adv_posted_likes()
        outcomes = dict.fromkeys((self - candidates).ids, ("not_applicable", ""))
        for move in candidates:
            twins = posted.filtered(lambda twin, move=move: twin != move and move._adv_is_twin(twin))
            outcomes[move.id] = (
                (
                    "failed",
                    lambda env, twins=twins: env._(
                        "The same amount, date and reference are already on %s.",
                        ", ".join(twins.mapped("name")),
                    ),
                )
                if twins
                else ("passed", "")
            )
        return outcomes

    def _adv_posted_likes(self):
        """Posted invoices of the same customers and amounts."""
        if not self:
            return self
        return self.search(
            [
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("company_id", "in", self.company_id.ids),
                ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                ("amount_total", "in", self.mapped("amount_total")),
            ]
        )

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
        orders = self._adv_billed_lines().sale_line_ids.order_id
        ordered = orders.payment_term_id
        if self.move_type != "out_invoice" or not orders:
            return "not_applicable", ""
        if all(order.payment_term_id == self.invoice_payment_term_id for order in orders):
            return "passed", ""
        return "failed", lambda env: env._(
            "The payment terms are %(billed)s; the order says %(ordered)s.",
            billed=self.invoice_payment_term_id.with_env(env(su=True)).name or env._("none"),
            ordered=", ".join(ordered.with_env(env(su=True)).mapped("name")) or env._("none"),
        )

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
        price = self._adv_net_price()
        if self.product_uom_id:  # a line without a product has no unit
            price = self.product_uom_id._compute_price(price, ordered.product_uom_id)
        return self.currency_id.compare_amounts(price, ordered._adv_net_price()) != 0


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_net_price(self):
        return self.price_unit * (1 - (self.discount or 0.0) / 100)
