from odoo import api, models

CREDIT = {"credit_limit", "use_partner_credit_limit", "property_payment_term_id", "parent_id"}
DEBT_CHECKS = ("credit_limit", "overdue_receivables")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        """Orders that wait for credit or an address are looked at again when they change."""
        result = super().write(vals)
        if (CREDIT | {"street", "city", "zip", "country_id", "email", "phone"}) & vals.keys():
            self.env["sale.order"]._adv_recheck_soon([("partner_id", "child_of", self.ids)])
        return result


class ResLang(models.Model):
    _inherit = "res.lang"

    def write(self, vals):
        """What a new language's readers find in waiting orders is told in it: findings are kept as texts."""
        result = super().write(vals)
        if vals.get("active"):
            self.env["sale.order"]._adv_recheck_soon([])
        return result


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        """A payment may clear orders that wait for it."""
        partials = super().create(vals_list)
        # sudo: the accountant who matches need not see orders
        payers = partials.sudo().debit_move_id.partner_id.commercial_partner_id
        if payers:
            self.env["sale.order"]._adv_recheck_failed(
                DEBT_CHECKS, [("partner_invoice_id.commercial_partner_id", "in", payers.ids)]
            )
        return partials


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, *args, **kwargs):
        """An arrival may clear orders that wait for stock; what leaves wakes nobody."""
        done = super()._action_done(*args, **kwargs)
        arrived = done.filtered(
            lambda move: move.location_dest_id.usage == "internal" and move.location_id.usage != "internal"
        )
        if arrived:
            self.env["sale.order"]._adv_recheck_failed(
                ("unavailable_stock",), [("order_line.product_id", "in", arrived.product_id.ids)]
            )
        return done


class AdvCheck(models.Model):
    _inherit = "adv.check"

    def write(self, vals):
        result = super().write(vals)
        if {"severity", "mode", "active", "domain"} & vals.keys():
            self.env["sale.order"]._adv_recheck_soon([])
        return result


class AdvAgreementLine(models.Model):
    _inherit = "adv.agreement.line"

    def write(self, vals):
        result = super().write(vals)
        self.agreement_id._adv_recheck_orders()
        return result
