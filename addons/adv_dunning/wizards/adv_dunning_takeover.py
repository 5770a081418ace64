from collections import defaultdict
from typing import NamedTuple

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tools import SQL, html2plaintext

from ..models.adv_dunning_run_compute import LOCK_KEY
from ..tools import takeover
from ..tools.asked import only_one


class Plan(NamedTuple):
    """What a take-over would do: `policies` are those of credit control, the others lists of rows."""

    policies: object
    excluded: object  # customers no reminder was for
    customers: list  # [(customer, policy of credit control)]
    stopped: object  # invoices no reminder was for
    told: list  # takeover.Told that are not known here yet
    instalments: dict  # {journal item: row of the open instalments}


class AdvDunningTakeover(models.TransientModel):
    """Takes over what OCA's account_credit_control knows: policies, customers, what was already said.

    May be applied again at any time: what was taken over stays as it is here, what is new there is added.
    """

    _name = "adv.dunning.takeover"
    _description = "Take Over from Credit Control"

    company_id = fields.Many2one(
        "res.company", "Company", required=True, default=lambda self: self.env.company
    )
    summary = fields.Html(compute="_compute_summary", sanitize=False)
    is_empty = fields.Boolean(compute="_compute_summary")

    @api.depends("company_id")
    def _compute_summary(self):
        for wizard in self:
            plan = wizard._plan()
            new = set(plan.policies.ids) - wizard._known()
            wizard.is_empty = not (new or plan.excluded or plan.customers or plan.stopped or plan.told)
            wizard.summary = self.env["ir.qweb"]._render(
                "adv_dunning.takeover_summary", wizard._summary_values(plan)
            )

    # === ACTION METHODS ===#

    def action_take_over(self):
        """Take over policies, customers and what was told; by a collection manager.

        :raise AccessError: for everybody else
        :raise UserError: reminders of the company are being computed at this moment
        """
        only_one(self)
        self._check_rights()
        self._lock()
        plan = self._plan()
        is_first = not self._known()
        policies, levels = self._take_policies(plan.policies)
        self._take_default(policies, is_first)
        self._take_customers(plan, policies)
        plan.stopped.no_followup = True
        self._take_told(plan, levels)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Taken Over"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    # === BUSINESS METHODS ===#

    @api.model
    def _is_possible(self):
        """Return whether credit control is installed."""
        return "credit.control.line" in self.env

    def _check_rights(self):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager takes over from credit control."))
        if not self._is_possible():
            raise UserError(self.env._("Credit control is not installed: there is nothing to take over."))
        self.env["adv.dunning.run"]._check_company_reach(self.company_id.id)

    def _lock(self):
        """Be alone with the reminders of the company until the transaction ends."""
        self.env.flush_all()
        [(locked,)] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK_KEY, self.company_id.id)
        )
        if not locked:
            raise UserError(self.env["adv.dunning.run"]._busy_message(self.company_id))

    def _source(self, model):
        """Return a model of credit control. The manager, checked before, need not have its rights."""
        self._check_rights()
        return self.env[model].sudo().with_company(self.company_id)  # sudo: see above

    def _plan(self):
        """Return what there is to take over, and changes nothing."""
        self.ensure_one()
        policies = self._source("credit.control.policy").search(
            [("company_id", "in", [self.company_id.id, False])], order="id"
        )
        told = self._told()
        instalments = self._instalments(told)
        told = [line for line in told if line.item in instalments]
        return Plan(
            self._active(policies) | self._source_level(told).policy_id.sorted("id"),
            self._excluded(policies),
            self._customers(policies),
            self._stopped(policies),
            self._unknown(told),
            instalments,
        )

    def _active(self, policies):
        """Return the policies that remind: the company's, and what it uses of those of every company."""
        used = self.company_id.sudo().credit_policy_id  # sudo: one link
        used |= self._partners(policies).credit_policy_id
        active = policies.filtered(lambda policy: not policy.do_nothing and policy.level_ids)
        return active.filtered(lambda policy: policy.company_id or policy in used)

    def _source_level(self, told):
        """Return the levels at which these lines were told; of archived policies as well."""
        return self._source("credit.control.policy.level").browse(sorted({line.level for line in told}))

    # --- Policies

    @api.model
    def _key(self, record):
        return f"{record._name},{record.id}"

    def _known(self):
        """Return the ids of the policies of credit control that were taken over before."""
        # sudo: archived ones count, and whether there are any is all that is told
        policies = self.env["adv.dunning.policy"].sudo().with_context(active_test=False)
        found = policies.search([("company_id", "=", self.company_id.id), ("source_key", "!=", False)])
        return {int(policy.source_key.partition(",")[2]) for policy in found}

    @api.model
    def _source_levels(self, policy):
        return [
            takeover.SourceLevel(
                level.id, level.level, level.computation_mode, level.delay_days, level.channel
            )
            for level in policy.level_ids
        ]

    def _taken(self, model, records):
        """Return {record of credit control: ours} of those that were taken over before."""
        # sudo: archived ones count
        ours = self.env[model].sudo().with_context(active_test=False)
        keys = [self._key(record) for record in records]
        found = ours.search([("company_id", "=", self.company_id.id), ("source_key", "in", keys)])
        by_key = {record.source_key: record for record in found}
        return {record.id: by_key[self._key(record)] for record in records if self._key(record) in by_key}

    def _take_policies(self, sources):
        """Create the policies and levels that are not here yet.

        :return: ({policy of credit control: ours}, {its level: ours}), by id
        """
        policies = self._taken("adv.dunning.policy", sources)
        missing = [policy for policy in sources if policy.id not in policies]
        made = self.env["adv.dunning.policy"].create([self._prepare_policy_vals(it) for it in missing])
        policies.update(zip((policy.id for policy in missing), made, strict=True))
        levels = self._taken("adv.dunning.level", sources.level_ids)
        vals_list, of = [], []
        for source in sources:
            days, tone = self._shape(source)
            taken = set(policies[source.id].level_ids.mapped("delay"))
            for level in source.level_ids.sorted("level"):
                if level.id in levels:
                    continue
                while days[level.id] in taken:
                    days[level.id] += 1
                taken.add(days[level.id])
                of.append(level.id)
                vals_list.append(
                    {
                        **self._prepare_level_vals(level, days[level.id], tone[level.id]),
                        "policy_id": policies[source.id].id,
                    }
                )
        levels.update(zip(of, self.env["adv.dunning.level"].create(vals_list), strict=True))
        return policies, levels

    def _shape(self, policy):
        """Return ({level: days after due}, {level: tone}) of a policy of credit control."""
        levels = self._source_levels(policy)
        return takeover.delays(levels), takeover.tones(levels)

    def _prepare_policy_vals(self, policy):
        accounts = policy.account_ids.filtered_domain(
            policy.account_ids._check_company_domain(self.company_id)
        )
        return {
            "name": policy.name,
            "active": policy.active and not policy.do_nothing,
            "company_id": self.company_id.id,
            "currency_id": self.company_id.currency_id.id,
            "account_ids": [Command.set(accounts.ids)],
            "minimum_amount": max(0.0, self.company_id.sudo().credit_control_tolerance),  # sudo: one figure
            "progression": "step",
            "tone_rule": "highest" if policy.apply_max_policy_level else "amount",
            "source_key": self._key(policy),
        }

    def _prepare_level_vals(self, level, days, tone):
        return {
            "name": level.name,
            "delay": days,
            "tone": tone,
            "channel": level.channel,
            "fallback_channel": "letter" if level.channel == "email" else False,
            "template_id": self._make_template(level, tone).id,
            "release_by_hand": tone == "formal",
            "source_key": self._key(level),
        }

    def _make_template(self, level, tone):
        """Return a template with the words of a level in each language, around our statement."""
        shipped = self.env.ref(f"adv_dunning.template_{tone}")
        # sudo: a collection manager need not have the right to write templates; the words are plain text
        template = shipped.sudo().copy({"name": f"{level.policy_id.name}: {level.name}"})
        for lang, _name in self.env["res.lang"].get_installed():
            template.with_context(lang=lang).body_html = self._words(level.with_context(lang=lang))
        return template

    @api.model
    def _words(self, level):
        """Return the body of an e-mail: the level's text in paragraphs, the open items, the text after."""
        return Markup('<div>%s<t t-out="object._statement_html()"/>%s</div>') % (
            self._paragraphs(level.custom_mail_text),
            self._paragraphs(level.custom_text_after_details),
        )

    @api.model
    def _paragraphs(self, text):
        """Return a text as paragraphs of a template, which writes its text as it is: no mark-up is left."""
        text = html2plaintext(text or "").replace("<", "&lt;").replace(">", "&gt;")
        lines = text.splitlines()
        return Markup("").join(Markup("<p>%s</p>") % line for line in lines if line.strip())

    # --- Customers

    def _take_default(self, policies, is_first):
        """Follow the company's default policy; later only where the company has none of its own."""
        # sudo: a collection manager, checked before, need not have the right to write companies
        company = self.company_id.sudo()
        policy = policies.get(company.credit_policy_id.id)
        if policy and (is_first or not company.adv_dunning_policy_id):
            company.adv_dunning_policy_id = policy

    def _partners(self, policies):
        """Return the customers of this company that have one of these policies: commercial partners."""
        partners = self._source("res.partner").search(
            [
                ("credit_policy_id", "in", policies.ids),
                ("company_id", "in", [self.company_id.id, False]),
            ]
        )
        return partners.filtered(lambda partner: partner == partner.commercial_partner_id)

    def _excluded(self, policies):
        partners = self._partners(policies.filtered("do_nothing"))
        return partners.filtered(lambda partner: not partner.adv_dunning_excluded)

    def _customers(self, policies):
        partners = self._partners(
            self._active(policies) - self.company_id.sudo().credit_policy_id
        )  # sudo: one link
        return [
            (partner, partner.credit_policy_id) for partner in partners if not partner.adv_dunning_policy_id
        ]

    def _take_customers(self, plan, policies):
        # these customers come with the rights of `_source`: a collection manager need not write customers
        plan.excluded.write({"adv_dunning_excluded": True})
        customers = defaultdict(list)
        for partner, policy in plan.customers:
            customers[policy.id].append(partner.id)
        for policy_id, partner_ids in customers.items():
            partners = plan.excluded.browse(partner_ids)
            partners.write({"adv_dunning_policy_id": policies[policy_id].id})

    def _stopped(self, policies):
        """Return the open journal items of invoices whose own policy does nothing."""
        idle = policies.filtered("do_nothing")
        return self._source("account.move.line").search(
            [
                ("move_id.credit_policy_id", "in", idle.ids),
                ("company_id", "=", self.company_id.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("no_followup", "=", False),
            ]
        )
