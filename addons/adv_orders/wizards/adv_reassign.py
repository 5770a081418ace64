from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.adv_assistant import ENTRY_STATES, FOLLOW_STATES, AssistantTeam
from ..tools import only_one


class AdvReassign(models.TransientModel):
    """Give work of absent or busy assistants, or chosen orders and customers, to one or several others."""

    _name = "adv.reassign"
    _description = "Reassign"

    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company)
    from_ids = fields.Many2many(
        "adv.assistant",
        "adv_reassign_from_rel",
        string="Work of",
        domain="[('company_id', '=', company_id)]",
    )
    order_ids = fields.Many2many("sale.order", string="These orders")
    partner_ids = fields.Many2many("res.partner", string="These customers")
    to_ids = fields.Many2many(
        "adv.assistant",
        "adv_reassign_to_rel",
        string="Give it to",
        domain="[('company_id', '=', company_id), ('id', 'not in', from_ids)]",
        help="One assistant, or several who share it by their load. Empty: all who are here today.",
    )
    move_customers = fields.Boolean(
        string="Customers",
        compute="_compute_move_customers",
        store=True,
        readonly=False,
        help="The customers' portfolio changes hands for good.",
    )
    move_orders = fields.Boolean(string="Open orders", default=True)
    move_requests = fields.Boolean(string="Open requests", default=True)
    move_documents = fields.Boolean(string="Documents to file", default=True)
    until = fields.Date(string="Until", help="What is still open goes back on the day after.")
    reason = fields.Char()
    preview = fields.Text(compute="_compute_preview")

    # COMPUTE

    @api.depends("partner_ids", "until")
    def _compute_move_customers(self):
        for wizard in self:
            wizard.move_customers = bool(wizard.partner_ids) and not wizard.until

    @api.depends(
        "company_id",
        "from_ids",
        "order_ids",
        "partner_ids",
        "to_ids",
        "move_customers",
        "move_orders",
        "move_requests",
        "move_documents",
        "until",
    )
    def _compute_preview(self):
        for wizard in self:
            targets = wizard._adv_targets()
            pieces = wizard._adv_pieces(targets) if targets else []
            if not targets:
                wizard.preview = self.env._("Nobody is here to take it: choose who.")
            elif not pieces:
                wizard.preview = self.env._("Nothing to give.")
            else:
                wizard.preview = wizard._adv_summary(pieces, "\n")

    # ACTIONS

    def action_reassign(self):
        """Give the work and keep who had it.

        :raise AccessError: for others than ADV managers, or orders they may not write
        :raise UserError: when nobody can take it or there is nothing to give
        """
        only_one(self)
        if not self.env.user.has_group("adv_orders.group_adv_manager"):
            raise AccessError(self.env._("Only an ADV manager gives work to others."))
        targets = self._adv_targets()
        if not targets:
            raise UserError(self.env._("Nobody is here to take it: choose who."))
        pieces = self._adv_pieces(targets)
        if not pieces:
            raise UserError(self.env._("Nothing to give."))
        self._adv_check_access(pieces)
        self.env["adv.reassignment"]._adv_move(
            self.company_id,
            pieces,
            reason=self.reason,
            until=self.until,
            summary=lambda env: self.with_env(env)._adv_summary(pieces, ", "),
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # BUSINESS

    def _adv_check_access(self, pieces):
        ids = defaultdict(list)
        for model, record_id, _before, _after in pieces:
            ids[model].append(record_id)
        for model, record_ids in ids.items():
            self.env[model].browse(record_ids).check_access("read" if model == "res.partner" else "write")

    def _adv_targets(self):
        givers = self.from_ids._origin
        if self.to_ids:
            return self.to_ids._origin - givers
        crew = self.env["adv.assistant"].search([("company_id", "=", self.company_id.id)])
        return (crew - givers)._adv_present()

    def _adv_pieces(self, targets):
        """Return [(model, id, assistant id before or None, assistant id after)].

        What belongs to one customer goes to one assistant; the heaviest customers first, each to the
        assistant with the least work.
        """
        works = self._adv_works()
        minutes = defaultdict(int)
        for customer, _model, _id, _before, weight in works:
            minutes[customer] += weight
        team = AssistantTeam(targets, targets._adv_loads())
        hours = {assistant.id: assistant._adv_day_hours() for assistant in targets}
        mean = sum(hours.values()) / len(hours)
        after = {
            customer: team.least_loaded(minutes[customer] / mean)
            for customer in sorted(minutes, key=lambda customer: (-minutes[customer], str(customer)))
        }
        return [
            (model, record_id, before, after[customer])
            for customer, model, record_id, before, _weight in works
            if before != after[customer]
        ]

    def _adv_works(self):
        """Return [(customer key, model, id, assistant id before or None, minutes)] of what changes hands."""
        works = []
        if self.order_ids or self.move_orders:
            works += self._adv_order_works()
        if not self.order_ids:
            for model, state, wanted, minutes in (
                ("adv.request", "open", self.move_requests, "minutes_request"),
                ("adv.document", "to_file", self.move_documents, "minutes_document"),
            ):
                if wanted:
                    works += self._adv_other_works(model, state, minutes)
            if self.move_customers:
                works += self._adv_portfolio_works()
        return works

    def _adv_order_works(self):
        if self.order_ids:
            domain = Domain("id", "in", self.order_ids.ids)
        else:
            domain = self._adv_scope("adv_assistant_id", "adv_commercial_partner_id") & Domain(
                "adv_state", "in", ENTRY_STATES + FOLLOW_STATES
            )
        orders = self.env["sale.order"].search_fetch(
            domain & Domain("company_id", "=", self.company_id.id),
            ["adv_commercial_partner_id", "adv_assistant_id", "adv_state"],
        )
        return [
            (
                order.adv_commercial_partner_id.id,
                "sale.order",
                order.id,
                order.adv_assistant_id.id or None,
                self._adv_minutes(
                    order.adv_assistant_id,
                    "minutes_order" if order.adv_state in ENTRY_STATES else "minutes_follow",
                ),
            )
            for order in orders
        ]

    def _adv_other_works(self, model, state, minutes):
        records = self.env[model].search_fetch(
            self._adv_scope("assistant_id", "partner_id.commercial_partner_id")
            & Domain("state", "=", state)
            & Domain("company_id", "=", self.company_id.id),
            ["partner_id", "assistant_id"],
        )
        return [
            (
                record.partner_id.commercial_partner_id.id or (model, record.id),
                model,
                record.id,
                record.assistant_id.id or None,
                self._adv_minutes(record.assistant_id, minutes),
            )
            for record in records
        ]

    def _adv_portfolio_works(self):
        if self.partner_ids:
            partners = self.partner_ids.commercial_partner_id._origin
            crew = self.env["adv.assistant"].with_context(active_test=False)
            own = crew.search([("company_id", "=", self.company_id.id)])
            return [
                (partner.id, "res.partner", partner.id, (partner.adv_assistant_ids & own)[:1].id or None, 0)
                for partner in partners
            ]
        return [
            (partner.commercial_partner_id.id, "res.partner", partner.id, assistant.id, 0)
            for assistant in self.from_ids._origin
            for partner in assistant.partner_ids
        ]

    def _adv_scope(self, assistant_field, customer_field):
        if self.partner_ids:
            return Domain(customer_field, "in", self.partner_ids.commercial_partner_id.ids)
        return Domain(assistant_field, "in", self.from_ids.ids)

    @staticmethod
    def _adv_minutes(assistant, field):
        return assistant[field] if assistant else 10

    def _adv_summary(self, pieces, separator):
        """Return what each assistant gets, in words."""
        labels = {
            "sale.order": lambda count: self.env._("%s orders", count),
            "adv.request": lambda count: self.env._("%s requests", count),
            "adv.document": lambda count: self.env._("%s documents", count),
            "res.partner": lambda count: self.env._("%s customers", count),
        }
        counts = defaultdict(lambda: defaultdict(int))
        for model, _id, _before, after in pieces:
            counts[after][model] += 1
        names = {assistant.id: assistant.name for assistant in self.env["adv.assistant"].browse(list(counts))}
        shares = {
            names[assistant_id]: [label(mine[model]) for model, label in labels.items() if mine[model]]
            for assistant_id, mine in counts.items()
        }
        return separator.join(
            self._adv_titled(name, ", ".join(share)) for name, share in sorted(shares.items())
        )


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_open_reassign(self):
        """Open the wizard that gives these orders to others."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "adv.reassign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_ids": [fields.Command.set(self.ids)]},
        }


class ResPartner(models.Model):
    _inherit = "res.partner"

    def action_open_adv_reassign(self):
        """Open the wizard that gives these customers, and their open work, to others."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reassign"),
            "res_model": "adv.reassign",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_ids": [fields.Command.set(self.ids)]},
        }
