import uuid
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import event_now, take_turn
from .adv_promise_change import ORIGINS

FURTHEST = timedelta(days=36525)
LINE_DATES = ("adv_promise_date", "adv_told_date", "adv_expected_date")


class SaleOrder(models.Model):
    """Promises: what a line promises, and how a promise changes after confirmation.

    The rule between an order and its lines: the order's promise is the latest promise among its goods
    lines, and its native delivery date is the latest date told for the lines that are still open.
    """

    _inherit = "sale.order"

    @api.ondelete(at_uninstall=False)
    def _adv_let_ledgers_go(self):
        """Changes outlive their order: they lose it and its line at once, not key after key."""
        for model in ("adv.order.amendment", "adv.promise.change"):
            # sudo: ledgers have no ACL for writing
            rows = self.env[model].sudo().search([("order_id", "in", self.ids)])
            rows.write({"order_id": False, "line_id": False})

    # ACTIONS

    def action_open_promise_change(self):
        """Open the wizard that changes the promised dates of the orders' open lines."""
        return self.order_line._adv_open_promise_change()

    # BUSINESS

    def _adv_change_promise(self, new_date, origin, reason):
        """Promise ``new_date`` (naive UTC) for all open lines.

        :return: the rows of the ledger
        :raise UserError: without a reason, for an absurd date or when the order is not confirmed
        """
        self.ensure_one()
        lines = self._adv_goods_lines().filtered(lambda line: not line._adv_is_delivery_closed())
        if lines:
            return lines._adv_change_promises(dict.fromkeys(lines, new_date), origin, reason)
        lines._adv_check_change(self, [new_date], origin, reason)
        order = self.sudo()  # sudo: the ledger and facts have no write ACL; rights checked just above
        moves_base = origin == "customer"
        change = order.env["adv.promise.change"].create(
            {
                "order_id": order.id,
                "company_id": order.company_id.id,
                "old_date": order.commitment_date or order.adv_promise_date,
                "new_date": new_date,
                "origin": origin,
                "reason": reason.strip(),
                "moves_base": moves_base,
                "change_key": uuid.uuid4().hex,
                "user_id": self.env.uid,
                "date": event_now(self.env),
            }
        )
        order._adv_write_told({order: new_date})
        if moves_base:
            order._adv_set_facts({"adv_promise_date": new_date})
        return change

    def _adv_promise_at_confirmation(self):
        """Return what the order promises: the delivery date, else the latest by the lines' lead times."""
        dates = [line._expected_date() for line in self._adv_goods_lines() if line._adv_is_goods()]
        return self.commitment_date or max(dates, default=False) or self.expected_date

    def _adv_promise_from_lines(self):
        """Let the orders' promise follow their lines; orders without promised lines keep theirs.

        Where everything was given up before it left, nothing is promised any more.
        """
        with self.env.protecting([self._fields["adv_promise_date"]], self):
            changed = self.browse()
            for order in self:
                lines = order._adv_goods_lines().filtered("adv_promise_date")
                goods = lines.filtered(lambda line: line._adv_is_goods()) or lines
                dates = goods.filtered(lambda line: line._adv_is_wanted()).mapped("adv_promise_date")
                latest = max(dates, default=False) if lines else order.adv_promise_date
                if latest != order.adv_promise_date:
                    order.adv_promise_date = latest
                    changed |= order
        changed.modified(["adv_promise_date"])

    def _adv_told_from_lines(self):
        """Write the native delivery date and the deadlines of the moves from what was told by line."""
        moves = self.order_line.move_ids
        # read at once what Odoo reads move by move when it passes deadlines on
        moves.mapped("move_dest_ids")
        moves.mapped("move_orig_ids")
        told = {}
        for order in self:
            dates = [
                line.adv_told_date or line.adv_promise_date
                for line in order._adv_goods_lines()
                if not line._adv_is_delivery_closed()
            ]
            latest = max((date for date in dates if date), default=False)
            if latest and latest != order.commitment_date:
                told[order] = latest
        self._adv_write_told(told)
        self._adv_goods_lines()._adv_write_deadlines()

    def _adv_write_told(self, told):
        """Write native delivery dates ({order: date}) that are told elsewhere: no amendment besides."""
        allowed = self._adv_allowed_ids()
        mine = {order.id for order in told} - allowed
        allowed |= mine
        try:
            for date in set(told.values()):
                orders = self.browse([order.id for order, value in told.items() if value == date])
                orders.write({"commitment_date": date})
        finally:
            allowed -= mine


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    adv_promise_initial = fields.Datetime(
        string="Promised at confirmation",
        readonly=True,
        copy=False,
        help="Frozen when the order was confirmed.",
    )
    adv_told_date = fields.Datetime(
        string="Date told",
        readonly=True,
        copy=False,
        help="The date that the customer was given last, when it changed after the confirmation.",
    )

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {"adv_promise_initial", "adv_told_date"}

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        # sudo: facts, whoever adds the line
        lines._adv_amendable().order_id.sudo()._adv_promise_from_lines()
        return lines

    # ACTIONS

    def action_open_promise_change(self):
        """Open the wizard that changes the promised dates of the chosen lines."""
        return self._adv_open_promise_change()

    def _adv_open_promise_change(self):
        lines = self._adv_promised_lines()
        if self and not lines and all(order.adv_delivered_date for order in self.order_id):
            raise UserError(self.env._("Everything has left already: there is nothing more to promise."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change the promise"),
            "res_model": "adv.promise.change.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_order_id": self.order_id.id if len(self.order_id) == 1 else False,
                "adv_line_ids": lines.ids,
            },
        }

    # BUSINESS

    def _adv_is_wanted(self):
        """Return whether the line was not given up before anything of it left."""
        return self.product_uom_qty > 0 or any(move._adv_has_left() for move in self.move_ids)

    def _adv_promised_lines(self):
        """Return the lines whose promise may change: goods of confirmed orders that have not all left."""
        return self.filtered(
            lambda line: (
                line.state == "sale"
                and line.product_id
                and line._adv_is_goods()
                and line.product_uom_qty > 0
                and not line._adv_is_delivery_closed()
            )
        )

    def _adv_change_promises(self, dates, origin, reason):
        """Change the promise of lines of any number of orders at once.

        :param dict dates: {line: new date, naive UTC}
        :param str origin: who wanted it; the customer's wish moves the promise, ours only what is expected
        :param str reason: kept in the ledger
        :return: the rows of the ledger, one a line
        :raise UserError: without a reason, for an absurd date, for lines not confirmed or already shipped
        """
        self._adv_check_change(self.order_id, dates.values(), origin, reason)
        lines = self.sudo()  # sudo: the ledger and facts have no write ACL; rights checked just above
        orders = lines.order_id
        take_turn(orders)
        changes = lines._adv_log_promises(dates, origin, reason.strip())
        lines._adv_write_dates({line.id: date for line, date in dates.items()}, origin == "customer")
        if origin == "customer":
            orders._adv_promise_from_lines()
        orders._adv_told_from_lines()
        return changes

    def _adv_check_change(self, orders, dates, origin, reason):
        """Refuse what cannot be promised.

        :raise UserError: with what is wrong
        """
        unconfirmed = orders.filtered(lambda order: order.state != "sale")
        if unconfirmed:
            raise UserError(
                self.env._(
                    "%s is not confirmed: change its delivery date instead.", unconfirmed[0].display_name
                )
            )
        closed = self - self._adv_promised_lines()
        if closed:
            raise UserError(
                self.env._("%s has left already: there is nothing more to promise.", closed[0].display_name)
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the promise changes: the reason is kept."))
        if origin not in dict(ORIGINS):
            raise UserError(self.env._("Say who wanted it: the customer, us, a supplier or the carrier."))
        now = event_now(self.env)
        today = {company: company._adv_date(now) for company in orders.company_id}
        earliest = max(today.values(), default=now.date())
        for date in dates:
            if not date or not earliest <= fields.Datetime.to_datetime(date).date() <= earliest + FURTHEST:
                raise UserError(
                    self.env._("A promise is for today or later, and not for a hundred years from now.")
                )
        orders.check_access("write")

    def _adv_log_promises(self, dates, origin, reason, **values):
        """Write one row a line in the ledger (called as superuser)."""
        now, key = event_now(self.env), uuid.uuid4().hex
        return self.env["adv.promise.change"].create(
            [
                {
                    "order_id": line.order_id.id,
                    "line_id": line.id,
                    "product_id": line.product_id.id,
                    "company_id": line.company_id.id,
                    "old_date": line.adv_told_date or line.adv_promise_date or line.order_id.adv_promise_date,
                    "new_date": date,
                    "origin": origin,
                    "reason": reason,
                    "moves_base": origin == "customer",
                    "change_key": key,
                    "user_id": self.env.uid,
                    "date": now,
                    **values,
                }
                for line, date in dates.items()
            ]
        )

    def _adv_write_dates(self, dates, moves_base):
        """Write what was told by line ({line id: date}), without a native write per line."""
        names = LINE_DATES if moves_base else LINE_DATES[1:]
        with self.env.protecting([self._fields[name] for name in names], self):
            for line in self:
                for name in names:
                    line[name] = dates[line.id]
        self.modified(names)
        pairs = {(line.company_id.id, line.product_id.id) for line in self}
        self.env["adv.lateness.signal"]._adv_note(pairs)

    def _adv_write_deadlines(self):
        """Give the open moves of the lines the deadline that was told for their line."""
        for line in self.filtered("adv_told_date"):
            moves = line.move_ids.filtered(
                lambda move, line=line: (
                    move.state not in ("done", "cancel")
                    and not move._adv_is_return()
                    and move.date_deadline != line.adv_told_date
                )
            )
            if moves:
                moves.date_deadline = line.adv_told_date

    def _adv_promise_from_ledger(self):
        """Promise what the ledger says: the customer's last wish, else what was promised at first."""
        bases = self.env["adv.promise.change"]._adv_bases(self)
        names = ["adv_promise_date"]
        with self.env.protecting([self._fields[name] for name in names], self):
            for line in self:
                moved, first = bases.get(line.id, (False, False))
                line.adv_promise_date = moved or line.adv_promise_initial or first or line.adv_promise_date
        self.modified(names)


class AdvOrderAmendment(models.Model):
    _inherit = "adv.order.amendment"

    promise_change_ids = fields.One2many("adv.promise.change", "amendment_id", string="Promise changes")

    def _adv_note_promise(self):
        """A delivery date changed by hand: nobody said who wanted it, so the promise does not move yet."""
        for amendment in self:
            order = amendment.order_id
            lines = order._adv_goods_lines()._adv_promised_lines()
            if lines and order.commitment_date:
                dates = dict.fromkeys(lines, order.commitment_date)
                lines._adv_log_promises(dates, "unknown", False, amendment_id=amendment.id)
                lines._adv_write_dates({line.id: date for line, date in dates.items()}, False)
            else:
                self.env["adv.promise.change"].create(
                    {
                        "order_id": order.id,
                        "company_id": amendment.company_id.id,
                        "old_date": order.adv_promise_date,
                        "new_date": order.commitment_date,
                        "amendment_id": amendment.id,
                        "user_id": amendment.user_id.id,
                        "date": amendment.date,
                    }
                )

    def _adv_qualify(self, qualification, error_type):
        """Who wanted a date that was changed by hand is said with its amendment."""
        result = super()._adv_qualify(qualification, error_type)
        changes = self.promise_change_ids
        if changes:
            changes._adv_qualify("customer" if qualification == "customer" else "us")
        return result
