import logging

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.adv_orders.tools import check_facts

from ..tools.billing_plan import BillingPlan

_logger = logging.getLogger(__name__)


class AdvBillingRun(models.Model):
    _name = "adv.billing.run"
    _description = "Billing Run"
    _order = "date desc, id desc"

    # groups billed between two commits
    _CHUNK = 20

    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    date = fields.Date(required=True, index=True, default=lambda self: self.env.company._adv_today())
    state = fields.Selection(
        [("draft", "To start"), ("running", "Under way"), ("done", "Finished")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    line_ids = fields.One2many("adv.billing.run.line", "run_id", string="Results", readonly=True)
    done_count = fields.Integer(string="Billed", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")

    # === COMPUTE METHODS ===#

    @api.depends("company_id", "date")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.company_id.name or ''}, {fields.Date.to_string(run.date) or ''}"

    @api.depends("line_ids.state")
    def _compute_counts(self):
        groups = self.env["adv.billing.run.line"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        )
        counts = {(run.id, state): count for run, state, count in groups}
        for run in self:
            run.done_count = counts.get((run.id, "done"), 0)
            run.failed_count = counts.get((run.id, "failed"), 0)

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset({"state", "line_ids"})

    @api.model_create_multi
    def create(self, vals_list):
        check_facts(self, vals_list, creating=True)
        return super().create(vals_list)

    def write(self, vals):
        check_facts(self, [vals])
        if {"company_id", "date"} & vals.keys() and any(run.state != "draft" for run in self):
            raise UserError(self.env._("A run that has started keeps its company and its date."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_billed(self):
        if any(line.state == "done" for line in self.line_ids):
            raise UserError(self.env._("A run that has billed something is kept."))

    def _adv_set_facts(self, vals):
        return super().write(vals)

    # === ACTIONS ===#

    @api.readonly
    def preview(self):
        """What ``action_run`` would bill now; writes nothing.

        :return: a list of ``{'order_ids', 'partner_id', 'amount', 'mode', 'grouping'}``; one entry for each
            invoice, the amount untaxed in the orders' currency, deposits taken off
        """
        self.ensure_one()
        self.check_access("read")
        return [group.as_result() for group in self._adv_groups(self._adv_candidates())]

    def action_preview(self):
        """Open the list of what the run would bill."""
        self.ensure_one()
        lines = self.env["adv.billing.preview"].create(
            [
                {**group.as_result(), "run_id": self.id, "currency_id": group.currency_id}
                for group in self._adv_groups(self._adv_candidates())
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_billing_preview")
        return {**action, "domain": [("id", "in", lines.ids)]}

    def action_run(self):
        """Bill what is due; may be called again at any time, what is billed is not billed twice."""
        for run in self:
            run.check_access("write")
            run._adv_run()
        return True

    def action_view_lines(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_billing_run_line")
        return {**action, "domain": [("run_id", "=", self.id)]}

    # === BUSINESS METHODS: billing ===#

    def _adv_run(self):
        self.ensure_one()
        if self.date > self.company_id._adv_today():
            raise UserError(self.env._("A run cannot bill for a day to come; its preview can be looked at."))
        self._adv_set_facts({"state": "running"})
        run = self.with_company(self.company_id)
        groups = run._adv_groups(run._adv_candidates())
        for chunk in split_every(self._CHUNK, groups, list):
            results = [result for group in chunk for result in run._adv_bill_group(group)]
            run._adv_record(results)
            if not run._adv_commit(len(chunk)):
                return
        self._adv_set_facts({"state": "done"})

    def _adv_commit(self, processed):
        """Commit what is billed so far; the time left, as in ``_commit_progress``."""
        if modules.module.current_test or not self.env.registry.ready:  # tests, demo data
            return True
        return self.env["ir.cron"]._commit_progress(processed)

    def _adv_bill_group(self, group):
        """Bill one group in a savepoint; when it fails, find the orders at fault and bill the rest.

        :return: values of the run's lines
        """
        orders = self.env["sale.order"].browse(group.order_ids)
        locked = orders.try_lock_for_update(allow_referencing=True)
        results = []
        if busy := orders - locked:
            message = self.env._("Somebody is working on this order; the next run bills it.")
            results.append(self._prepare_line_vals(group, busy, "failed", message))
        if not locked:
            return results
        locked.order_line.lock_for_update(allow_referencing=True)
        locked.order_line.invalidate_recordset(["qty_invoiced", "qty_to_invoice", "qty_delivered"])
        return results + self._adv_bill_locked(group, locked)

    def _adv_bill_locked(self, group, orders):
        replanned = self._adv_groups(orders)
        billed = self.env["sale.order"].browse(order_id for plan in replanned for order_id in plan.order_ids)
        results = []
        if idle := orders - billed:
            message = self.env._("Billed meanwhile.")
            results.append(self._prepare_line_vals(group, idle, "nothing", message))
        for plan in replanned:
            results += self._adv_bill_plan(plan)
        return results

    def _adv_bill_plan(self, group):
        orders = self.env["sale.order"].browse(group.order_ids)
        vals, error = self._adv_try(group, orders)
        if not error:
            return [vals]
        if len(orders) == 1:
            return [self._prepare_line_vals(group, orders, "failed", error)]
        errors = {order: self._adv_try(group, order, keep=False)[1] for order in orders}
        failed = [
            self._prepare_line_vals(group, order, "failed", message)
            for order, message in errors.items()
            if message
        ]
        sound = orders.filtered(lambda order: not errors[order])
        if not failed or not sound:
            return failed or [self._prepare_line_vals(group, orders, "failed", error)]
        vals, error = self._adv_try(group, sound)
        return [*failed, vals or self._prepare_line_vals(group, sound, "failed", error)]

    def _adv_try(self, group, orders, keep=True):
        """Bill ``orders`` in a savepoint.

        :param keep: False undoes what was done: only the error is of interest
        :return: values of the run's line or None, the error's text or None
        """
        savepoint = self.env.cr.savepoint()
        try:
            vals = self._adv_bill(group, orders)
            self.env.flush_all()
        except Exception as error:
            savepoint.close(rollback=True)
            if not isinstance(error, UserError):
                _logger.info("billing of orders %s failed", orders.ids, exc_info=True)
            return None, str(error) or type(error).__name__
        savepoint.close(rollback=not keep)
        return vals, None

    def _adv_bill(self, group, orders):
        plan = BillingPlan(group.quantities, group.grouping, self.date)
        orders = orders.with_context(adv_billing_plan=plan)
        invoices = orders._create_invoices(grouped=group.grouping == "order", final=True)
        invoices = invoices.with_context(adv_billing_plan=None)
        message = self._adv_post(invoices) if group.auto_post else ""
        if group.auto_send and all(invoice.state == "posted" for invoice in invoices):
            invoices._adv_send_in_background()
        return self._prepare_line_vals(group, orders, "done", message, invoices)

    def _adv_post(self, invoices):
        """Post what the checks let through; the rest stays a draft, and the result says why."""
        held = invoices._adv_blocking_messages()
        (invoices - self.env["account.move"].browse(held)).action_post()
        return " ".join([self.env._("Left as a draft:"), *held.values()]) if held else ""

    def _adv_record(self, results):
        """Write the results; an earlier failure of the same orders in this run is replaced."""
        order_ids = [order_id for vals in results for order_id in vals["order_ids"]]
        # results have no create and unlink rights for anybody: the run alone writes them
        lines = self.env["adv.billing.run.line"].sudo()
        lines.search(
            [("run_id", "=", self.id), ("state", "!=", "done"), ("order_ids", "in", order_ids)]
        ).unlink()
        lines.create(results)

    def _prepare_line_vals(self, group, orders, state, message, invoices=None):
        amount = sum(invoices.mapped("amount_untaxed_signed")) if invoices else 0.0
        if invoices and invoices.currency_id != invoices.company_id.currency_id:
            amount = sum(-invoice.direction_sign * invoice.amount_untaxed for invoice in invoices)
        return {
            "run_id": self.id,
            "partner_id": group.partner_id,
            "order_ids": orders.ids,
            "move_id": invoices[:1].id if invoices else False,
            "mode": group.mode,
            "grouping": group.grouping,
            "currency_id": group.currency_id,
            "amount": amount if state == "done" else group.amount,
            "state": state,
            "message": message,
        }

    # === BUSINESS METHODS: nightly ===#

    @api.model
    def _cron_bill(self):
        """Finish the runs under way, then start the day's run of each company that bills by night."""
        companies = self.env["res.company"].search([("adv_billing_nightly", "=", True)])
        days = {company: company._adv_today() for company in companies}
        runs = self.search(
            [
                ("company_id", "in", companies.ids),
                "|",
                ("state", "=", "running"),
                ("date", "in", list(set(days.values()))),
            ],
            order="date, id",
        ).grouped("company_id")
        for company, today in days.items():
            own = runs.get(company, self.browse())
            if today not in own.mapped("date"):
                own += self.create({"company_id": company.id, "date": today})
            for run in own:
                if run.state == "running" or (run.state == "draft" and run.date == today):
                    run._adv_run()
                if run.state == "running":
                    return  # the time is over; the next call goes on
