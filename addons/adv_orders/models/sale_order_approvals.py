from collections import defaultdict

from odoo import api, fields, models

from ..tools import event_now


class SaleOrder(models.Model):
    """Approvals: which departments are asked. When a change asks them again: ``sale_order_inputs.py``."""

    _inherit = "sale.order"

    adv_frozen_costs = fields.Json(
        string="Costs first seen",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="Cost of each line when a department was asked first: what a cost does later asks nobody again.",
    )
    adv_agreed = fields.Json(
        string="What was agreed",
        groups="base.group_user",
        readonly=True,
        copy=False,
        help="Amount, discount, margin, terms, date and address last sent to the customer or confirmed.",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_frozen_costs", "adv_agreed"}

    # FINGERPRINT

    def _adv_fingerprint(self):
        """Return what a department looks at, in the order's currency: only what a person wrote moves it."""
        self.ensure_one()
        lines = self._adv_goods_lines()
        costs = self.adv_frozen_costs or {}
        sold = sum(lines.mapped("price_subtotal"))
        cost = sum(line._adv_frozen_cost(costs) * line.product_uom_qty for line in lines)
        return {
            "amount": self.amount_untaxed,
            "currency": self.currency_id.id,
            "discount": max(lines.mapped("discount"), default=0.0),
            "margin": round((sold - cost) / sold * 100, 4) if sold else 0.0,
            "terms": self.payment_term_id.id,
            "shipping": self.partner_shipping_id.id,
            "promise": self.commitment_date and fields.Datetime.to_string(self.commitment_date),
        }

    def _adv_freeze_costs(self):
        """Keep the cost of each line that was not seen before."""
        for order in self:
            known = order.adv_frozen_costs or {}
            costs = {
                str(line.id): [line.product_id.id, line.product_uom_id.id, line._adv_frozen_cost(known)]
                for line in order._adv_goods_lines()
            }
            if costs != known:
                order._adv_set_facts({"adv_frozen_costs": costs})

    # QUESTIONS

    def _adv_ask_approvals(self, stage=None):
        """Ask the departments whose rules apply and that have not answered for what the order is now.

        :param str stage: 'sending' asks only what comes before a quotation is sent; None asks everything.
        """
        rules = self.env["adv.approval.rule"]._adv_for(self.company_id, stage)
        if not rules:
            return
        if any(rules.mapped("use_margin")):
            self._adv_freeze_costs()
        asked, outdated = [], self.env["adv.approval"]
        for order, (kept, missing) in self._adv_plan_approvals(rules).items():
            current = order._adv_current_approvals(stage)
            replaced = current.filtered(
                lambda approval, kept=kept, missing=missing: (
                    approval not in kept and (approval.decision != "approved" or approval.rule_id in missing)
                )
            )
            outdated |= replaced
            asked += [order._adv_prepare_approval_vals(rule, replaced) for rule in missing]
        outdated._adv_obsolete()
        # sudo by the caller: approvals have no create ACL
        created = self.env["adv.approval"]._adv_create(asked)
        if outdated or created:
            self._adv_open_next_approvals()
        self.filtered(
            lambda order: order.state == "sale" and order.company_id.adv_approval_mode == "observe"
        )._adv_agree()  # noted, and done: nobody is asked about it when the company enforces one day

    def _adv_plan_approvals(self, rules):
        """Return {order: (approvals that still count, rules of departments to ask)}; set-based."""
        facts = {order: order._adv_fingerprint() for order in self}
        needed = defaultdict(rules.browse)
        for rule in rules:
            for order in rule._adv_concerned(self, facts):
                needed[order] |= rule
        plan = {}
        for order in self:
            holding = order._adv_current_approvals().filtered(
                lambda approval, order=order: approval._adv_still_holds(facts[order])
            )
            wanted = needed[order].filtered(
                lambda rule, order=order, holding=holding: (
                    rule in holding.rule_id or not order._adv_is_agreed(rule, facts[order])
                )
            )
            kept = holding.filtered(lambda approval, wanted=wanted: approval.rule_id in wanted)
            plan[order] = kept, wanted - kept.rule_id
        return plan

    def _adv_current_approvals(self, stage=None):
        """Return the rows that count: while a company only observes, those it wrote as an observer."""
        observing = self.company_id.adv_approval_mode == "observe"
        return self.adv_approval_ids.filtered(
            lambda approval: (
                (approval.mode == "observe" if observing else approval.state != "obsolete")
                and (not stage or approval.rule_id.stage == stage)
            )
        )

    def _adv_is_agreed(self, rule, facts):
        """Return whether the customer has it already as it is: sent (rules of that stage) or confirmed."""
        if self.state != "sale":
            sent = rule.stage == "sending" and self.adv_agreed
            return bool(sent) and rule._adv_within_tolerance(sent, facts)
        # a confirmed order without a record of what was agreed is older than the approvals
        return not self.adv_agreed or rule._adv_within_tolerance(self.adv_agreed, facts)

    def _adv_agree(self):
        """Keep what the customer has now, to know later what a person changed."""
        for order in self:
            facts = order._adv_fingerprint()
            if facts != order.adv_agreed:
                order._adv_set_facts({"adv_agreed": facts})

    def _adv_prepare_approval_vals(self, rule, replaced):
        """Return the values of a question.

        :param replaced: rows it takes the place of; who asked or wrote them may not decide this one either
        """
        mode = self.company_id.adv_approval_mode
        authors = self.env.user | replaced.author_ids | replaced.requested_by
        return {
            "order_id": self.id,
            "order_name": self.name,
            "partner_id": self.partner_id.id,
            "rule_id": rule.id,
            "stage": rule.stage,
            "mode": mode,
            "department_id": rule.department_id.id,
            "company_id": self.company_id.id,
            "sequence": rule.sequence,
            "amount": self.adv_amount_company,
            "after_confirmation": self.state == "sale",
            "state": "obsolete" if mode == "observe" else "waiting",
            "requested_by": self.env.uid,
            "requested_date": event_now(self.env),
            "author_ids": [fields.Command.set(authors.ids)],
            "fingerprint": self._adv_fingerprint(),
        }

    def _adv_refusals(self):
        """Return the refusals that still stand."""
        return self.adv_approval_ids.filtered(lambda approval: approval.state == "refused")

    def _adv_open_approvals(self):
        """Return the questions without an answer."""
        return self.adv_approval_ids.filtered(lambda approval: approval.state in ("pending", "waiting"))

    def _adv_approval_items(self):
        """Return the sentences of what departments have to say about the order."""
        if self.company_id.adv_approval_mode == "observe":
            return []
        shown = self.adv_approval_ids.filtered(
            lambda approval: (
                approval.state in ("pending", "refused")
                and (self.state != "sale" or approval.requested_date >= self.adv_confirmed_date)
            )
        )
        return [
            approval._adv_tell_answer() if approval.decision else approval._adv_tell_question()
            for approval in shown.sorted(lambda approval: (approval.state, approval.sequence, approval.id))
        ]

    def _adv_open_next_approvals(self):
        """Turn to the departments whose turn it is: the lowest number among the open questions."""
        self.invalidate_recordset(["adv_approval_ids"])
        opened = self.env["adv.approval"]
        for order in self:
            unsettled = order._adv_open_approvals() | order._adv_refusals()
            turn = min(unsettled.mapped("sequence"), default=0)
            opened |= unsettled.filtered(
                lambda approval, turn=turn: approval.state == "waiting" and approval.sequence == turn
            )
        if opened:
            opened._adv_open()

    @api.ondelete(at_uninstall=False)
    def _adv_withdraw_questions(self):
        """Questions about an order that is deleted are withdrawn; answers stay, with the order's name."""
        self.sudo()._adv_open_approvals()._adv_obsolete()  # sudo: questions have no write ACL


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _adv_frozen_cost(self, costs):
        """Return the unit cost first seen, as long as the line sells the same product in the same unit."""
        product, unit, cost = costs.get(str(self.id)) or (0, 0, 0.0)
        same = (product, unit) == (self.product_id.id, self.product_uom_id.id)
        return cost if same else self.purchase_price
