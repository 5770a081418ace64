import logging

from odoo import fields, models, modules
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..tools.billing_plan import BillingPlan, chunks_of

_logger = logging.getLogger(__name__)


class AdvBillingRun(models.Model):
    """Billing what a run planned: many orders at once, and one by one where something fails."""

    _inherit = "adv.billing.run"

    # orders billed between two commits
    _CHUNK = 50
    # times that a chunk is taken again when somebody changed its orders meanwhile
    _CONFLICTS = 20

    # === BUSINESS METHODS: chunks ===#

    def _adv_check_day(self):
        if self.date > self.company_id._adv_today():
            raise UserError(self.env._("A run cannot bill for a day to come; its preview can be looked at."))

    def _adv_run(self, attended=False):
        """Bill chunk by chunk, each committed; orders that somebody works on are taken again at the end.

        :param attended: a person waits for it: the job leaves the run alone meanwhile
        """
        self.ensure_one()
        self._adv_check_day()
        run = self.with_company(self.company_id)
        orders = run._adv_candidates()
        run._adv_set_facts(
            {
                "state": "running",
                "attended_at": attended and fields.Datetime.now(),
                "order_count": len(orders),
                "seen_count": 0,
            }
        )
        run._adv_commit(0, remaining=len(orders))
        busy = []
        for ids in chunks_of(orders.ids, run._adv_together(orders), self._CHUNK):
            waiting, has_time = run._adv_bill_chunk(ids)
            busy += waiting
            if not has_time:
                return
        for ids in chunks_of(busy, run._adv_together(orders), self._CHUNK):
            if not run._adv_bill_chunk(ids, is_last_try=True)[1]:
                return
        run._adv_set_facts({"state": "done", "attended_at": False})

    def _adv_together(self, orders):
        """Function of an order's id: orders with the same result may end up on one invoice."""
        rules = self._adv_rule_by_order(orders)
        keys = {
            order.id: order.id if rule._adv_grouping() == "order" else (order.partner_invoice_id.id, rule.id)
            for order, rule in rules.items()
        }
        return keys.get

    def _adv_bill_chunk(self, ids, is_last_try=False):
        """Plan, lock, bill and commit some orders; again when somebody changed them at the same moment.

        What is planned stays true until the commit: whatever changes an order or its lines meanwhile makes
        the lock fail.

        :return: ids of the orders to take again later, whether there is time for more
        """
        for attempt in range(self._CONFLICTS + 1):
            done = self._adv_try_chunk(ids, is_last_try, may_conflict=attempt < self._CONFLICTS)
            if done:
                break
        return done

    def _adv_try_chunk(self, ids, is_last_try, may_conflict):
        try:
            results, busy = self._adv_bill_groups(self.env["sale.order"].browse(ids), is_last_try)
            self._adv_record(results)
            self._adv_set_facts(
                {
                    "seen_count": self.seen_count + len(ids) - len(busy),
                    "attended_at": self.attended_at and fields.Datetime.now(),
                }
            )
            return busy, self._adv_commit(len(ids) - len(busy))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            if modules.module.current_test or not may_conflict:
                raise
            self.env.cr.rollback()
            return None

    def _adv_commit(self, processed, remaining=None):
        """Commit what is billed so far and forget what was read before.

        :return: the time left, as ``_commit_progress``
        """
        if modules.module.current_test or not self.env.registry.ready:  # tests, demo data
            self.env.flush_all()
            return True
        left = self.env["ir.cron"]._commit_progress(processed, remaining=remaining)
        self.env.invalidate_all(flush=False)
        return left

    def _adv_bill_groups(self, orders, is_last_try):
        """Bill what is due of ``orders`` that nobody else holds.

        :return: values of the run's lines, ids of orders to take again
        """
        groups = self._adv_groups(orders)
        planned = orders.browse(order_id for group in groups for order_id in group.order_ids)
        if not planned:
            return [], []
        free = self._adv_lock(planned)
        if free == planned:
            return self._adv_bill_together(groups), []
        results, busy, ready = [], [], []
        for group in groups:
            own = orders.browse(group.order_ids)
            if own <= free:
                ready.append(group)
            elif not is_last_try:
                busy += group.order_ids
            else:
                results.append(self._adv_failure(group, own - free, self._adv_busy_message()))
                ready += [group.only((own & free).ids)] if own & free else []
        return results + self._adv_bill_together(ready), busy

    def _adv_busy_message(self):
        return self.env._("Somebody is working on this order; the next run bills it.")

    def _adv_lock(self, orders):
        """Lock orders and their lines; return the orders that nobody else holds."""
        orders = orders.try_lock_for_update(allow_referencing=True)
        lines = orders.order_line
        held = lines - lines.try_lock_for_update(allow_referencing=True)
        return orders - held.order_id

    # === BUSINESS METHODS: groups ===#

    def _adv_bill_together(self, groups):
        """Bill all groups in one savepoint; when something fails, each on its own."""
        if not groups:
            return []
        results, error = self._adv_try(groups)
        if not error:
            return results
        return [vals for group in groups for vals in self._adv_bill_alone(group)]

    def _adv_bill_alone(self, group):
        """Bill one group; when it fails, find the orders at fault and bill the rest."""
        results, error = self._adv_try([group])
        if not error:
            return results
        orders = self.env["sale.order"].browse(group.order_ids)
        if len(orders) == 1:
            return [self._adv_failure(group, orders, error)]
        errors = {order: self._adv_try([group.only(order.ids)], keep=False)[1] for order in orders}
        failed = [self._adv_failure(group, order, message) for order, message in errors.items() if message]
        sound = orders.filtered(lambda order: not errors[order])
        if not failed or not sound:
            return failed or [self._adv_failure(group, orders, error)]
        results, error = self._adv_try([group.only(sound.ids)])
        return [*failed, *(results or [self._adv_failure(group, sound, error)])]

    def _adv_try(self, groups, keep=True):
        """Bill ``groups`` in a savepoint.

        :param keep: False undoes what was done: only the error is of interest
        :return: values of the run's lines or None, the error's text or None
        """
        savepoint = self.env.cr.savepoint()
        try:
            results = self._adv_bill(groups)
            self.env.flush_all()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the whole transaction is taken again
        except Exception as error:
            savepoint.close(rollback=True)
            if not isinstance(error, UserError):
                _logger.info("billing of orders failed: %s", groups, exc_info=True)
            return None, str(error) or type(error).__name__
        savepoint.close(rollback=not keep)
        return results, None

    def _adv_bill(self, groups):
        """Make the invoices of ``groups``, post and send those whose rule says so."""
        invoices = self._adv_create_invoices(groups)
        nothing = self.env["account.move"]
        wanted = nothing.union(
            *(invoices.get(index, nothing) for index, g in enumerate(groups) if g.auto_post)
        )
        held = self._adv_post(wanted)
        self._adv_send(groups, invoices)
        results = []
        for index, group in enumerate(groups):
            invoice = invoices.get(index, nothing)
            message = held.get(invoice.id)
            message = message and self.env._("Left as a draft: %s", message)
            results.append(self._prepare_line_vals(group, invoice, message or ""))
        return results

    def _adv_create_invoices(self, groups):
        """Return {number of the group: its invoice}, made by native billing in one call."""
        deposits = {index: group for index, group in enumerate(groups) if group.percent}
        invoices = {index: self._adv_create_deposit(group) for index, group in deposits.items()}
        normal = {index: group for index, group in enumerate(groups) if index not in deposits}
        if normal:
            plan = BillingPlan(
                {line: quantity for group in normal.values() for line, quantity in group.quantities.items()},
                "order",
                self.date,
                {order_id: index for index, group in normal.items() for order_id in group.order_ids},
            )
            orders = self.env["sale.order"].browse(plan.groups).with_context(adv_billing_plan=plan)
            made = orders._create_invoices(final=True)
            made.filtered(lambda move: move.move_type == "out_refund")._adv_give_settlement_reason()
            invoices |= {index: invoice.with_env(self.env) for index, invoice in plan.invoices.items()}
        self._adv_mark_instalments(groups, invoices)
        return invoices

    def _adv_post(self, invoices):
        """Post what the checks let through; return {id of an invoice left as a draft: why}."""
        if not invoices:
            return {}
        held = invoices._adv_blocking_messages() | invoices._adv_unreasoned_messages()
        sound = invoices.filtered(lambda invoice: invoice.id not in held)
        with sound._adv_checked():
            sound.action_post()
        return held

    def _adv_send(self, groups, invoices):
        to_send = self.env["account.move"].union(
            *(invoices[index] for index, group in enumerate(groups) if group.auto_send and index in invoices)
        )
        if posted := to_send.filtered(lambda invoice: invoice.state == "posted"):
            posted._adv_send_in_background()

    # === BUSINESS METHODS: results ===#

    def _adv_record(self, results):
        """Write the results; an earlier failure of the same orders in this run is replaced."""
        order_ids = [order_id for vals in results for order_id in vals["order_ids"]]
        if not order_ids:
            return
        # results have no create and unlink rights for anybody: the run alone writes them
        lines = self.env["adv.billing.run.line"].sudo()
        lines.search(
            [("run_id", "=", self.id), ("state", "!=", "done"), ("order_ids", "in", order_ids)]
        ).unlink()
        lines.create(results)

    def _adv_failure(self, group, orders, message):
        group = group.only(orders.ids)
        try:
            with self.env.cr.savepoint():
                self._adv_set_amounts([group])
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the whole transaction is taken again
        except Exception:
            _logger.info("amount of orders that cannot be billed: %s", group, exc_info=True)
            group.amount = 0.0
        return {
            **self._prepare_line_vals(group, self.env["account.move"], message),
            "amount": group.amount,
            "state": "failed",
        }

    def _prepare_line_vals(self, group, invoice, message):
        return {
            "run_id": self.id,
            "partner_id": group.partner_id,
            "order_ids": list(group.order_ids),
            "move_id": invoice.id,
            "mode": group.mode,
            "grouping": group.grouping,
            "currency_id": group.currency_id,
            "amount": -invoice.direction_sign * invoice.amount_untaxed if invoice else 0.0,
            "state": "done" if invoice else "nothing",
            "message": message,
        }
