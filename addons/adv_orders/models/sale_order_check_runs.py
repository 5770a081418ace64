from hashlib import sha256

from odoo import api, models
from odoo.fields import Domain

from ..tools import commit_step, event_now

# what the rules read of an order and of its lines
ORDER_INPUTS = (
    "partner_id",
    "partner_invoice_id",
    "partner_shipping_id",
    "pricelist_id",
    "currency_id",
    "payment_term_id",
    "fiscal_position_id",
    "warehouse_id",
    "commitment_date",
    "client_order_ref",
    "adv_received_date",
    "adv_agreement_id",
)
LINE_INPUTS = (
    "product_id",
    "product_uom_id",
    "product_uom_qty",
    "price_unit",
    "discount",
    "tax_ids",
    "purchase_price",
    "customer_lead",
)
# of these, what the approvals do not look at: a change of them is looked at by the checks
OTHER_ORDER_INPUTS = {"partner_invoice_id", "client_order_ref", "fiscal_position_id", "warehouse_id"}
OTHER_LINE_INPUTS = {"tax_ids", "customer_lead"}
# ... of the customer's addresses, of the products, of the company and of the rules themselves
PARTNER_INPUTS = (
    "write_date",
    "street",
    "city",
    "zip",
    "country_id",
    "email",
    "phone",
    "adv_reference_required",
    "property_payment_term_id",
    "property_product_pricelist",
)
PRODUCT_INPUTS = ("write_date", "list_price", "taxes_id", "is_storable", "sale_delay")
COMPANY_INPUTS = (
    "write_date",
    "adv_discount_limit",
    "adv_margin_floor",
    "adv_order_minimum",
    "adv_price_tolerance",
    "account_use_credit_limit",
)
CHECK_INPUTS = ("write_date", "code", "domain")
AGREEMENT_INPUTS = ("write_date", "state", "date_from", "date_to", "payment_term_id", "minimum_order")
# rules about what changes without the order: looked at once more before it is confirmed, if they can stop it
VOLATILE = frozenset({"unavailable_stock", "credit_limit", "overdue_receivables"})


class SaleOrder(models.Model):
    """When the checks of an order run: at submission, and when what they read has changed."""

    _inherit = "sale.order"

    # FINGERPRINT OF WHAT THE CHECKS READ

    def _adv_check_keys(self):
        """Return {order id: fingerprint} of what the checks read: the order, its surroundings, the rules."""
        shared = self._adv_shared_inputs()
        return {order.id: order._adv_check_key(shared) for order in self}

    def _adv_shared_inputs(self):
        checks = self.env["adv.check"]._adv_checks_of(self)
        languages = sorted(code for code, _name in self.env["res.lang"].get_installed())
        return [checks._adv_plain_inputs(CHECK_INPUTS), languages]

    def _adv_check_key(self, shared):
        inputs = [shared, self._adv_check_day(), *self.with_company(self.company_id)._adv_check_inputs()]
        return sha256(repr(inputs).encode()).hexdigest()

    def _adv_check_inputs(self):
        """Return the values that the checks of one order read; addons add what their own rules read."""
        lines = self.order_line.filtered(lambda line: not line.display_type).sorted("id")
        partners = self.partner_id | self.partner_invoice_id | self.partner_shipping_id
        return [
            self._adv_plain_inputs(ORDER_INPUTS),
            lines._adv_plain_inputs(LINE_INPUTS),
            (partners | partners.commercial_partner_id)._adv_plain_inputs(PARTNER_INPUTS),
            lines.product_id._adv_plain_inputs(PRODUCT_INPUTS),
            self.company_id._adv_plain_inputs(COMPANY_INPUTS),
            self.adv_agreement_id._adv_plain_inputs(AGREEMENT_INPUTS),
        ]

    # RUNNING

    def _adv_run_checks(self, again=False):
        """Run the checks of the orders (sudo) whose inputs have changed since they were run.

        :param again: run them all, whatever has changed
        :return: the current results (sudo) of all the orders
        """
        checks = self.env["adv.check"]
        changed = self if again else self._adv_changed_since_checked()
        if changed:
            checks._run(changed)
        if unchanged := self - changed:
            unchanged._adv_run_volatile()
        return checks._adv_results_of(self)

    def _adv_changed_since_checked(self):
        """Return the orders that lack results, or whose results were found on other inputs."""
        known = self.env["adv.check"]._adv_results_of(self).grouped("res_id")
        keys = self._adv_check_keys() if known else {}
        wanted = self.env["adv.check"]._adv_checks_of(self)

        def is_known(order):
            results = known.get(order.id)
            return (
                bool(results)
                and set(results.mapped("inputs")) == {keys[order.id]}
                and not wanted - results.check_id
            )

        return self.filtered(lambda order: not is_known(order))

    def _adv_run_volatile(self):
        """Look again at stock and debts where a company lets them stop orders."""
        checks = (
            self.env["adv.check"]
            ._adv_checks_of(self)
            .filtered(lambda check: check.code in self._adv_volatile_codes() and check.severity == "blocking")
        )
        for company, orders in self.grouped("company_id").items() if checks else ():
            enforced = checks.filtered(
                lambda check, company=company: check._adv_effective_mode(company) == "enforce"
            )
            if enforced:
                self.env["adv.check"]._run(orders, enforced)

    @api.model
    def _adv_volatile_codes(self):
        return VOLATILE

    # CHANGES

    def write(self, vals):
        result = super().write(vals)
        if OTHER_ORDER_INPUTS & vals.keys():
            self._adv_inputs_changed()
        return result

    @api.model
    def _adv_recheck_soon(self, domain):
        """Start the recheck job if a waiting order matches ``domain``; anybody's change may call it."""
        # sudo: whoever changes what a check reads need not see the orders that wait for it
        orders = self.sudo()
        if orders.search(Domain(self._adv_waiting_domain()) & Domain(domain), limit=1):
            # sudo: anybody's change may start the job
            self.env.ref("adv_orders.cron_recheck").sudo()._trigger()

    @api.model
    def _adv_waiting_domain(self):
        return [("state", "in", ("draft", "sent")), ("adv_blocked", "!=", False)]

    @api.model
    def _adv_recheck_failed(self, codes, domain):
        """Start the recheck job if a waiting order that matches ``domain`` failed one of these checks."""
        # sudo: as above
        results = self.env["adv.check.result"].sudo()
        found = results.search(
            Domain(
                [
                    ("state", "=", "failed"),
                    ("check_id.code", "in", list(codes)),
                    ("order_id", "any", [*self._adv_waiting_domain(), *domain]),
                ]
            ),
            limit=1,
        )
        if found:
            # sudo: anybody's change may start the job
            self.env.ref("adv_orders.cron_recheck").sudo()._trigger()

    @api.model
    def _adv_cron_recheck(self, limit=20):
        """Check the waiting orders again, those looked at longest ago first; what is clear confirms itself.

        Committed in small chunks, whose orders nobody can change meanwhile; an order that somebody is
        changing is left to the next run.
        """
        cron, since = self.env["ir.cron"], event_now(self.env)
        waiting = self.search(self._adv_waiting_domain())
        last = self.env["adv.check.result"]._read_group(
            [("order_id", "in", waiting.ids)], ["order_id"], ["date:min"]
        )
        dates = {order.id: date for order, date in last}
        ids = sorted(waiting.ids, key=lambda order_id: (dates.get(order_id) or since, order_id))
        cron._commit_progress(remaining=len(ids))
        for start in range(0, len(ids), limit):
            chunk = self.browse(ids[start : start + limit])
            _done, left = commit_step(self.env, lambda chunk=chunk: chunk._adv_recheck() or len(chunk))
            if not left:
                self.env.ref("adv_orders.cron_recheck")._trigger()
                return

    def _adv_recheck(self):
        orders = self.try_lock_for_update(allow_referencing=True)
        orders.invalidate_recordset(["state", "adv_blocked"])
        orders = orders.filtered_domain(self._adv_waiting_domain())
        for company, ours in orders.grouped("company_id").items():
            ours = ours.with_company(company)
            ours._adv_run_checks(again=True)
            ours._adv_resubmit()._adv_release()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        result = super().write(vals)
        if OTHER_LINE_INPUTS & vals.keys():
            self.order_id._adv_inputs_changed()
        return result


class Base(models.AbstractModel):
    _inherit = "base"

    def _adv_plain_inputs(self, names):
        """Return the values of these fields as something that is equal when they are the same."""
        return [
            (
                record.id,
                *(
                    tuple(sorted(value.ids)) if isinstance(value, models.BaseModel) else value
                    for value in (record[name] for name in names)
                ),
            )
            for record in self.sorted("id")
        ]
