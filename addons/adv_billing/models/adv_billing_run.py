import logging
from datetime import timedelta

from odoo import api, fields, models, modules
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.misc import format_date

from odoo.addons.adv_orders.tools import check_facts, only_one

_logger = logging.getLogger(__name__)


class AdvBillingRun(models.Model):
    _name = "adv.billing.run"
    _description = "Billing Run"
    _order = "date desc, id desc"

    # orders that a person waits for; more are billed in the background
    _FOREGROUND = 200
    # how long the job leaves a run to the person who bills it, since this one last got on
    _ATTENDED = timedelta(minutes=10)

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
    attended_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="When the person who bills it last got on; empty when nobody does or the job bills it.",
    )
    order_count = fields.Integer(string="Orders to Look At", readonly=True, copy=False)
    seen_count = fields.Integer(string="Orders Looked At", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    line_ids = fields.One2many("adv.billing.run.line", "run_id", string="Results", readonly=True)
    done_count = fields.Integer(string="Billed", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")

    # === COMPUTE METHODS ===#

    @api.depends("company_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = f"{run.company_id.name or ''}, {format_date(self.env, run.date)}"

    @api.depends("order_count", "seen_count", "state")
    def _compute_progress(self):
        for run in self:
            part = run.seen_count / run.order_count if run.order_count else float(run.state == "done")
            run.progress = 100.0 * min(part, 1.0)

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
        return frozenset({"state", "attended_at", "line_ids", "order_count", "seen_count"})

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
        only_one(self)
        self.check_access("read")
        return [group.as_result() for group in self._adv_preview_groups()]

    def action_preview(self):
        """Open the list of what the run would bill."""
        only_one(self)
        lines = self.env["adv.billing.preview"].create(
            [
                {**group.as_result(), "run_id": self.id, "currency_id": group.currency_id}
                for group in self._adv_preview_groups()
            ]
        )
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_billing_preview")
        return {**action, "domain": [("id", "in", lines.ids)]}

    def action_bill(self):
        """Bill now, or in the background when there is a lot to do; the form shows how far it is."""
        self.check_access("write")
        for run in self:
            if len(run._adv_candidates()) <= self._FOREGROUND:
                run.action_run()
            else:
                run._adv_check_day()
                run._adv_set_facts(
                    {"state": "running", "attended_at": False, "seen_count": 0, "order_count": 0}
                )
                # sudo: whoever may bill may have it done by the job
                self.env.ref("adv_billing.ir_cron_adv_billing").sudo()._trigger()
        return True

    def action_refresh(self):
        """Show how far the run is."""
        only_one(self)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_run(self):
        """Bill what is due; may be called again at any time, what is billed is not billed twice."""
        for run in self:
            run.check_access("write")
            run._adv_run(attended=True)
        return True

    def action_view_lines(self):
        only_one(self)
        action = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_adv_billing_run_line")
        return {**action, "domain": [("run_id", "=", self.id)]}

    # === BUSINESS METHODS: nightly ===#

    @api.model
    def _cron_bill(self):
        """Finish the runs under way, then start the day's run of each company that bills by night.

        The job also runs when somebody hands it a large run by day: the day's own run is made by night only.
        A run that fails stays under way and is taken again by the next call; the others go on.
        """
        runs = self._adv_runs_to_bill()
        self._adv_commit(0)  # what fails takes none of them away
        for run in runs:
            try:
                run._adv_run()
            except Exception as error:
                if modules.module.current_test:
                    raise
                self.env.cr.rollback()
                if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                    _logger.info("billing run %s was being written by somebody else", run.id)
                else:
                    _logger.exception("billing run %s failed", run.id)
                self._adv_commit(0, remaining=0)
                continue
            if run.state == "running":
                return  # the time is over; the next call goes on

    @api.model
    def _adv_runs_to_bill(self):
        """Runs under way, then one of the day for each company that bills by night and has not billed today.

        Runs that somebody prepares, or bills right now, are left to them; the latter are looked at again.
        """
        running = self.search([("state", "=", "running")], order="date, id")
        since = fields.Datetime.now() - self._ATTENDED
        attended = running.filtered(lambda run: run.attended_at and run.attended_at > since)
        if attended:
            again = max(attended.mapped("attended_at")) + self._ATTENDED
            self.env.ref("adv_billing.ir_cron_adv_billing")._trigger(at=again)
        runs = running - attended
        companies = self.env["res.company"].search([("adv_billing_nightly", "=", True)])
        for company in companies:
            today = company._adv_today()
            begun = Domain("company_id", "=", company.id) & Domain("date", "=", today)
            if not self.search_count(begun & Domain("state", "!=", "draft"), limit=1):
                run = self.create({"company_id": company.id, "date": today})
                run._adv_set_facts({"state": "running"})
                runs += run
        return runs
