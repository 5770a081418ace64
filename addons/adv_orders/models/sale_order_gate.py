from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import EventTime, event_now, only_one

OPEN = ("draft", "sent")


class SaleOrder(models.Model):
    """Submission and the gate: the only way to a confirmed order where the company enforces its rules."""

    _inherit = "sale.order"

    adv_to_confirm = fields.Boolean(
        string="Confirmation asked",
        readonly=True,
        copy=False,
        help="By a person or by the customer; not so for a quotation that only waits to be sent.",
    )
    adv_ready = fields.Boolean(
        string="Cleared, to be confirmed",
        readonly=True,
        copy=False,
        help="The confirmation job takes it next.",
    )
    adv_todo = fields.Char(
        string="To settle",
        compute="_compute_adv_todo",
        help="What is missing before the order can be confirmed, and who has it.",
    )
    _adv_ready_index = models.Index("(id) WHERE adv_ready")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_ready", "adv_to_confirm"}

    # COMPUTE

    @api.depends("state", "adv_blocked", "adv_check_result_ids.state", "adv_approval_ids.state")
    @api.depends_context("lang", "uid")
    def _compute_adv_todo(self):
        hidden = self.env.user.share and not self.env.su  # the house's matters are not a customer's
        for order in self:
            # sudo: who may read the order may know what holds it, one line, no figures of others
            shown = not hidden and order.state in (*OPEN, "sale")
            order.adv_todo = " - ".join(order.sudo()._adv_todo_items()) if shown else False

    def _adv_todo_items(self):
        """Return the sentences of what is to be settled, blocking things first."""
        results = self.adv_check_result_ids if self.state in OPEN else self.adv_check_result_ids.browse()
        items = [
            self._adv_titled(result.check_id.name, result.message)
            for result in results.filtered(self._adv_is_to_settle).sorted(
                lambda result: (result.severity != "blocking", result.check_id.sequence)
            )
        ]
        return items + self._adv_approval_items()

    def _adv_is_to_settle(self, result):
        """Return whether the result is worth a person's attention: not merely observed."""
        mode = result.check_id._adv_effective_mode(self.company_id)
        return result.state == "failed" and mode != "observe" and result.severity != "information"

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        confirmed = orders.filtered(lambda order: order.state == "sale")
        if confirmed:
            confirmed._adv_guard_state()
            confirmed._adv_stamp_confirmed()
        return orders

    def write(self, vals):
        before = (
            self.filtered(lambda order: order.state != "sale")
            if vals.get("state") == "sale"
            else self.browse()
        )
        if before:
            before._adv_guard_state()
        result = super().write(vals)
        before._adv_stamp_confirmed()
        if vals.get("state") in ("draft", "cancel"):
            self._adv_reset_block()
            self.sudo()._adv_open_approvals()._adv_obsolete()  # sudo: questions have no write ACL
        return result

    def _adv_allowed_ids(self):
        """Return the ids of the orders that passed the gate and are being confirmed in this transaction.

        It lives on the cursor: no context key, field or call of a client reaches it.
        """
        return self.env.cr.cache.setdefault("adv_orders.allowed", set())

    def _adv_guard_state(self):
        """Refuse a confirmation that did not come through ``action_confirm`` where rules are enforced."""
        allowed = self._adv_allowed_ids()
        self.filtered(lambda order: order.id not in allowed and order._adv_is_gated())._adv_refuse_state()

    def _adv_refuse_state(self):
        if self:
            raise AccessError(
                self.env._(
                    "%s: use the Confirm button, so that the order's checks and approvals are seen.",
                    ", ".join(self.mapped("name")),
                )
            )

    def _adv_is_gated(self):
        """Return whether the order's company enforces checks or approvals."""
        company = self.company_id
        return "enforce" in (company.adv_check_mode, company.adv_approval_mode) or bool(
            self.env["adv.check"]
            .sudo()  # sudo: the gate is the same for customers, who may not read checks
            .search_count([("model", "=", self._name), ("mode", "=", "enforce")], limit=1)
        )

    def _adv_reset_block(self):
        self.filtered(
            lambda order: order.adv_blocked or order.adv_ready or order.adv_to_confirm
        )._adv_set_facts({"adv_blocked": False, "adv_ready": False, "adv_to_confirm": False})

    # ACTIONS

    def action_confirm(self):
        """Submit the orders, then confirm those that nothing blocks.

        :return: what Odoo returns when all were confirmed, else a notification that says for each
            blocked order what is missing and who has it
        :raise AccessError: for those who may not write the orders, before anything is asked or told
        """
        self.check_access("write")
        orders = self.filtered(lambda order: order.state in OPEN and not order._confirmation_error_message())
        if not orders:
            return super().action_confirm()
        orders._adv_submit()
        blocked = orders.filtered("adv_blocked")
        blocked._adv_hold_for_customers()
        failures = {order: order.adv_todo for order in blocked}
        warnings = (orders - blocked)._adv_warnings()
        cleared = self - blocked
        if len(self) > 1 and any(order._adv_is_gated() for order in self):
            failures |= cleared._adv_confirm_one_by_one()
            result = True
        else:
            result = cleared._adv_confirm_cleared() if cleared else True
        self._adv_tell_warnings(warnings)
        return self._adv_notify_blocked(failures) if failures else result

    def _adv_confirm_cleared(self):
        """Let the orders through the gate (native confirmation follows)."""
        allowed = self._adv_allowed_ids()
        mine = set(self.ids) - allowed
        allowed |= mine
        try:
            return super().action_confirm()
        finally:
            allowed -= mine

    def _adv_confirm_one_by_one(self):
        """Confirm each order apart; return {order: why not} of those that could not be."""
        failures = {}
        for order in self:
            try:
                with self.env.cr.savepoint():
                    order._adv_confirm_cleared()
            except UserError as error:  # noqa: PERF203 - each order has its own outcome
                failures[order] = str(error)
        return failures

    def _adv_notify_blocked(self, failures):
        states = dict(self._fields["adv_blocked"]._description_selection(self.env))
        lines = [
            self._adv_titled(order.name, reason or states.get(order.adv_blocked, ""))
            for order, reason in failures.items()
        ]
        confirmed = len(self) - len(failures)
        title = self.env._(
            "%(confirmed)s confirmed, %(blocked)s to settle", confirmed=confirmed, blocked=len(failures)
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "title": title if len(self) > 1 else self.env._("Not confirmed yet"),
                "message": "\n".join(lines),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if isinstance(self.env.context.get("adv_at"), EventTime):
            values["date_order"] = event_now(self.env)
        return values

    def action_open_adv_checks(self):
        """Open what the checks found on the order."""
        only_one(self)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Checks of %s", self.name),
            "res_model": "adv.check.result",
            "views": [(self.env.ref("adv_orders.adv_check_result_view_list").id, "list")],
            "domain": [("order_id", "=", self.id), ("state", "in", ("failed", "overridden"))],
            "target": "new",
        }

    def action_open_adv_override(self):
        """Open the wizard that overrides the failed checks which the user may override."""
        only_one(self)
        results = self.adv_check_result_ids.filtered(
            lambda result: self._adv_is_to_settle(result) and result.check_id._adv_may_override()
        )
        blocking = results.filtered(self._adv_is_blocking)
        if not results:
            raise UserError(self.env._("Nothing here may be overridden by you: ask your ADV manager."))
        return (blocking or results).action_open_override()

    # SUBMISSION

    def _adv_submit(self):
        """Run the checks, record entry errors, ask the departments and say what blocks each order.

        :return: the orders (sudo) whose block was lifted
        """
        orders = self.sudo()  # sudo: results, approvals and errors have no ACL for writing
        now = event_now(self.env)
        new = orders.filtered(lambda order: not order.adv_submitted_date)
        if new:
            new._adv_set_facts({"adv_submitted_date": now, "adv_submitted_by": self.env.uid})
        orders.filtered(lambda order: not order.adv_to_confirm)._adv_set_facts({"adv_to_confirm": True})
        orders._adv_count_lines()
        results = orders._adv_run_checks()
        orders._adv_log_failed_checks(results)
        orders._adv_ask_approvals()
        return orders._adv_update_block(results)

    def _adv_count_lines(self):
        """Keep how many lines an order has that is received: what its errors are measured by."""
        for order in self:
            count = len(order._adv_goods_lines())
            if order.adv_line_count != count:
                order._adv_set_facts({"adv_line_count": count})

    def _adv_update_block(self, results=None):
        """Write for each order what blocks it, and stamp those that are clean.

        :return: the orders whose block was lifted
        """
        were_blocked = self.filtered("adv_blocked")
        if results is None:
            results = self.adv_check_result_ids
        failed = results.filtered(lambda result: result.state == "failed").grouped("order_id")
        now = event_now(self.env)
        groups = {}
        for order in self:
            state = order._adv_get_block(failed.get(order, results.browse()))
            groups.setdefault(state, self.browse())
            groups[state] |= order
        for state, orders in groups.items():
            changed = orders.filtered(lambda order, state=state: (order.adv_blocked or False) != state)
            if changed:
                changed._adv_set_facts({"adv_blocked": state})
            if not state:
                clean = orders.filtered(lambda order: order.adv_to_confirm and not order.adv_clean_date)
                clean._adv_set_facts({"adv_clean_date": now})
            else:
                orders.filtered("adv_clean_date")._adv_set_facts({"adv_clean_date": False})
        return were_blocked.filtered(lambda order: not order.adv_blocked)

    def _adv_get_block(self, failed):
        """Return why the order goes no further: 'to_correct', 'to_approve', 'held' or False.

        A quotation that only waits to be sent is stopped by departments, not by checks.
        """
        blocking = failed.filtered(self._adv_is_blocking) if self.adv_to_confirm else failed.browse()
        enforced = self.company_id.adv_approval_mode == "enforce"
        if blocking.check_id.error_type_id or (enforced and self._adv_refusals()):
            return "to_correct"
        if blocking:
            return "held"
        return "to_approve" if enforced and self._adv_open_approvals() else False

    def _adv_is_blocking(self, result):
        check = result.check_id
        return check.severity == "blocking" and check._adv_effective_mode(self.company_id) == "enforce"

    def _adv_would_be_stopped(self):
        """Return whether rules that the company only observes would stop the submitted order."""
        self.ensure_one()
        order = self.sudo()  # sudo: results and approvals, whoever asks
        failed = order.adv_check_result_ids.filtered(
            lambda result: result.state == "failed" and result.severity == "blocking"
        )
        return not order.adv_blocked and bool(failed or order._adv_current_approvals())

    def _adv_log_failed_checks(self, results):
        """Record typed failures as entry errors caught before the customer saw them, once each."""
        failed = results.filtered(
            lambda result: (
                result.state == "failed"
                and result.check_id.error_type_id
                and result.severity != "information"
            )
        )
        wrong = failed.browse()
        for check, found in failed.grouped("check_id").items():
            orders = found.order_id._adv_entered_wrongly(check.code)
            wrong |= found.filtered(lambda result, orders=orders: result.order_id in orders)
        if wrong:
            self.env["adv.order.error"]._adv_log([result._adv_prepare_error_vals() for result in wrong])

    def _adv_entered_wrongly(self, code):
        """Return those of these orders, which failed check ``code``, that were entered wrongly.

        Others fail because somebody decided so. A rule that can tell them apart has a method
        ``_adv_errors_<code>`` that returns the former.
        """
        rule = getattr(self, f"_adv_errors_{code}", None)
        return rule() if rule else self

    def _adv_on_override(self, results, reason):
        """Called when failed checks of these orders were overridden."""
        orders = self.sudo()  # sudo: the override was allowed, what follows from it is the system's
        results._adv_dismiss_errors(reason)
        orders._adv_update_block()._adv_release()


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def write(self, vals):
        if "state" in vals:
            self._adv_guard_state(vals["state"])
        return super().write(vals)

    def _adv_guard_state(self, state):
        """Refuse a line another state than its order's, where rules are enforced.

        Odoo keeps the order's state on the line, delivers and bills by it, and lets clients write it.
        """
        apart = self.filtered(lambda line: line.order_id.state != state).order_id
        apart.filtered(lambda order: order._adv_is_gated())._adv_refuse_state()
