from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.adv_orders.tools import take_turn


class AccountMove(models.Model):
    """Posting of customer invoices and credit notes: reasons, costs, and what goes back to the orders."""

    _inherit = "account.move"

    adv_credit_reason_id = fields.Many2one(
        "adv.credit.reason",
        string="Reason of the Credit Note",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        tracking=True,
    )
    adv_dispute_id = fields.Many2one(
        "adv.dispute",
        string="Dispute Settled",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        domain="[('move_id', '=', reversed_entry_id), ('state', '=', 'open')]",
        help="Posting the credit note settles this dispute.",
    )
    adv_to_qualify = fields.Boolean(
        string="Reason Missing",
        compute="_compute_adv_to_qualify",
        search="_search_adv_to_qualify",
        help="A posted credit note without a reason.",
    )

    # few of many entries or none: without it Odoo looks for them from the last entry back to the first
    _adv_to_qualify_index = models.Index(
        "(date) WHERE move_type = 'out_refund' AND state = 'posted' AND adv_credit_reason_id IS NULL"
    )

    # === COMPUTE METHODS ===#

    @api.depends("move_type", "state", "adv_credit_reason_id")
    def _compute_adv_to_qualify(self):
        for move in self:
            move.adv_to_qualify = (
                move.move_type == "out_refund" and move.state == "posted" and not move.adv_credit_reason_id
            )

    def _search_adv_to_qualify(self, operator, value):
        if operator != "in":
            return NotImplemented
        domain = [
            ("move_type", "=", "out_refund"),
            ("state", "=", "posted"),
            ("adv_credit_reason_id", "=", False),
        ]
        if True in value and False in value:
            return [(1, "=", 1)]
        return domain if True in value else ["!", "&", "&", *domain]

    # === CRUD METHODS ===#

    def write(self, vals):
        """A plain write of the state posts as well as the button: the same is asked of who writes it."""
        written, qualified = self._adv_posted_by_writing(vals), self._adv_qualified_by(vals)
        if written:
            written._adv_control_posting()
        result = super().write(vals)
        if qualified:
            qualified._adv_after_qualifying()
        if written:
            written._adv_after_posting()
        return result

    def _adv_posted_by_writing(self, vals):
        if vals.get("state") != "posted":
            return self.browse()
        posting = self.env.cr.cache.get("adv_billing.posting", ())
        return self.filtered(
            lambda move: (
                move.state != "posted"
                and move.id not in posting
                and move.is_sale_document(include_receipts=True)
            )
        )

    def _adv_qualified_by(self, vals):
        """Return the posted credit notes that get their reason; it is given once."""
        if "adv_credit_reason_id" not in vals:
            return self.browse()
        posted = self.filtered(lambda move: move.state == "posted" and move.move_type == "out_refund")
        changed = posted.filtered(
            lambda move: (
                move.adv_credit_reason_id and move.adv_credit_reason_id.id != vals["adv_credit_reason_id"]
            )
        )
        if changed:
            raise UserError(
                self.env._(
                    "%s: the reason of a posted credit note is counted and cannot be changed.",
                    ", ".join(changed.mapped("name")),
                )
            )
        return posted.filtered(lambda move: not move.adv_credit_reason_id)

    # === ACTIONS ===#

    def action_post(self):
        """What posting writes on the orders follows what others do to them."""
        take_turn(self._adv_orders())
        return super().action_post()

    def _post(self, soft=True):
        customer = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        customer._adv_control_posting()
        cache = self.env.cr.cache
        outer = cache.get("adv_billing.posting", frozenset())
        cache["adv_billing.posting"] = outer.union(customer.ids)
        try:
            posted = super()._post(soft)
        finally:
            cache["adv_billing.posting"] = outer
        posted.filtered(lambda move: move.is_sale_document(include_receipts=True))._adv_after_posting()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._adv_orders()._adv_update_billing_dates()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._adv_orders()._adv_update_billing_dates()
        cancelled = self.filtered(lambda move: move.move_type == "out_refund" and move.state == "cancel")
        cancelled._adv_credit_errors()._adv_dismiss(self.env._("The credit note was cancelled"))
        return result

    # === BUSINESS METHODS ===#

    def _adv_orders(self):
        """Orders billed or credited by these moves."""
        if not self:
            return self.env["sale.order"].sudo()  # sudo: none, of the same kind as below
        customer = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
        # facts are written on the orders, also by an accountant who may not read them
        return customer.sudo().invoice_line_ids.sale_line_ids.order_id

    def _adv_after_posting(self):
        moves = self.sudo()  # costs, ledger and orders are beyond the rights of who posts
        lines = moves.invoice_line_ids.filtered(lambda line: line.display_type == "product")
        lines._adv_store_costs()
        moves._adv_log_credit_errors()
        moves._adv_settle_disputes()
        moves._adv_orders()._adv_update_billing_dates()

    def _adv_after_qualifying(self):
        """A posted credit note just got its reason: its cost, its errors and its orders follow."""
        self._adv_after_posting()

    def _adv_give_settlement_reason(self):
        """Credit notes that a billing run makes give back deposits and trade-ins: nobody made a mistake."""
        reason = self.env.ref("adv_billing.credit_reason_settlement", raise_if_not_found=False)
        if reason and self:
            self.adv_credit_reason_id = reason

    def _adv_require_reason(self):
        """Refuse credit notes of a person that have no reason, or one that a manager has to give."""
        if messages := self._adv_reason_messages():
            raise UserError("\n".join(messages.values()))

    def _adv_reason_messages(self):
        """Why the current user cannot post these credit notes: ``{move id: message}``."""
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        manager = not self.env.su and self._adv_may_approve_credit()
        messages = {}
        for note in notes:
            if not note.adv_credit_reason_id:
                messages[note.id] = self.env._(
                    "Say why this credit note is made: choose its reason. (%s)", note.display_name
                )
            elif not manager and note._adv_is_above_approval():
                messages[note.id] = self.env._(
                    "%(note)s: a manager approves this amount with the reason %(reason)s. "
                    "Ask for the approval first.",
                    note=note.display_name,
                    reason=note.adv_credit_reason_id.name,
                )
        return messages

    def _adv_unreasoned_messages(self):
        """Credit notes that whoever runs the billing may not post: left as drafts, with the message."""
        if self.env.su:
            return {}
        return self.filtered(
            lambda move: move.company_id.adv_billing_mode == "enforce"
        )._adv_reason_messages()

    def _adv_log_credit_errors(self):
        """Count the mistakes behind credit notes on their orders, once for each note and order.

        A note posted again with another reason is another mistake: what was counted before is dismissed.
        """
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        types = {note.id: note.adv_credit_reason_id.error_type_id for note in notes}
        known = notes._adv_credit_errors()
        stale = known.filtered(lambda error: error.type_id != types[error.res_id])
        stale._adv_dismiss(self.env._("The credit note has another reason"))
        (known - stale)._adv_reopen()
        notes = notes.filtered(lambda note: types[note.id])
        errors = [note._prepare_adv_error_vals(order) for note in notes for order in note._adv_orders()]
        if errors:
            self.env["adv.order.error"]._adv_log(errors)

    def _adv_credit_errors(self):
        """Errors counted because of these credit notes."""
        # sudo: a ledger of the system, kept right by whoever posts and cancels
        errors = self.env["adv.order.error"].sudo()
        return errors.search([("res_model", "=", self._name), ("res_id", "in", self.ids)])

    def _prepare_adv_error_vals(self, order):
        reason = self.adv_credit_reason_id
        lines = self.invoice_line_ids.filtered(lambda line: order in line.sale_line_ids.order_id)
        return {
            "type": reason.error_type_id,
            "order_id": order.id,
            "line_id": lines.sale_line_ids[:1].id if len(lines) == 1 else False,
            "step": reason.step,
            "found_step": "billing",
            "found_by": "credit_note",
            "escaped": reason.escaped,
            "cost": sum(lines.mapped("balance")),
            "name": lambda env: self.with_env(env)._adv_titled(self.name, reason.with_env(env).name),
            "res_model": self._name,
            "res_id": self.id,
            "source_key": f"{self._name},{self.id},sale.order,{order.id},{reason.error_type_id.code}",
        }

    def _adv_settle_disputes(self):
        """A dispute is settled by the credit note that grants it."""
        disputes = self.filtered(lambda move: move.move_type == "out_refund").adv_dispute_id
        if granted := disputes.filtered(lambda dispute: dispute.state == "open"):
            granted.action_accept()

    def _adv_send_in_background(self):
        """Hand the invoices to the native sending in the background."""
        self.sending_data = {
            "author_user_id": self.env.user.id,
            "author_partner_id": self.env.user.partner_id.id,
        }
        self.env.ref("account.ir_cron_account_move_send").sudo()._trigger()  # anybody who bills may send

    def _adv_get_settled_day(self):
        """Day on which the last of these invoices was settled, False while something is open."""
        lines = self.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        if any(not line.currency_id.is_zero(line.amount_residual_currency) for line in lines):
            return False
        days = (lines.matched_credit_ids | lines.matched_debit_ids).mapped("max_date")
        return max([*days, *self.mapped("invoice_date")])
