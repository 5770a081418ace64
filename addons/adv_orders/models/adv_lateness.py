from datetime import timedelta
from functools import partial

from odoo import api, models

from ..tools import Answer, commit_step, event_now, judge

BATCH = 500  # products


class AdvLateness(models.AbstractModel):
    """Compares open lines with stock and arrivals, set-based: a constant number of statements a batch.

    A batch is a set of products of one company. All open moves of these products count, of sales and of
    everything else; the walk goes from the customer's move up the chain to what brings the goods.
    """

    _name = "adv.lateness"
    _description = "Lateness of open lines"

    # JOBS

    @api.model
    def _adv_cron_nightly(self):
        """Look at every open line."""
        commit_step(self.env, self.env["adv.lateness.signal"]._adv_note_all)
        if self._adv_cron_run():
            notices = self.env["adv.shortage.notice"]
            notices._adv_close_settled()
            notices._adv_tell_automatically()

    @api.model
    def _adv_cron_run(self, batch=BATCH):
        """Look at the lines of the noted products, batch after batch, each committed.

        Killed at any moment, the next run goes on with the products that are still noted.

        :return: whether all were looked at
        """
        last = self.env["adv.lateness.signal"]._adv_last()
        while True:
            done, left = commit_step(self.env, partial(self._adv_run_batch, batch, last))
            if not done:
                return True
            if not left:
                return False

    @api.model
    def _adv_run_batch(self, batch, last):
        """Look at the lines of some noted products; return how many products."""
        signals = self.env["adv.lateness.signal"]
        company, products = signals._adv_next(batch, last)
        if products:
            products = self._adv_few(company, products)
            self._adv_compute(self.env["res.company"].browse(company), products)
            signals._adv_done(company, products, last)
        return len(products)

    # COMPUTATION

    @api.model
    def _adv_refresh(self, orders):
        """Look at the orders at once, for the person who has just changed something."""
        for company, mine in orders.sudo().grouped("company_id").items():  # sudo: facts of the orders
            products = mine.order_line.product_id | mine.order_line.move_ids.product_id
            self.sudo()._adv_compute(company, products.ids, mine.ids)

    @api.model
    def _adv_compute(self, company, product_ids, order_ids=None):
        """Compute and write the lateness of the open lines that need one of the products.

        :param list order_ids: only lines of these orders; None: of all
        :return: number of lines looked at
        """
        self.env.flush_all()
        lines = self._adv_read_lines(company, product_ids, order_ids)
        all_products = sorted({*product_ids, *(product for row in lines for product in row["products"])})
        plan, data = self._adv_plan(company, all_products)
        now = event_now(self.env)
        rows = [self._adv_judge_line(company, row, plan, data, now) for row in lines]
        self._adv_write(company, product_ids, lines, rows, order_ids)
        return len(rows)

    # JUDGEMENT

    @api.model
    def _adv_judge_line(self, company, row, plan, data, now):
        """Return the facts of one line, in the order of the columns that ``_adv_write`` sets."""
        ready, move, delay = self._adv_line_answer(row, plan, data)
        scheduled = max(
            (plan.moves[move_id].date for move_id in row["moves"] if move_id in plan.moves), default=None
        )
        arrival = ready.date and max(ready.date + timedelta(days=delay), now)
        known = [date for date in (arrival, row["promise"], row["told"], scheduled) if date]
        expected = max(known) if arrival else None
        promise = company._adv_date(row["promise"]) or None
        supplied = ready.supply and ready.supply.date and company._adv_date(ready.supply.date)
        state = judge(
            promise,
            company._adv_date(expected) or None,
            company._adv_date(now),
            ready.supply and ready.supply.kind,
            bool(promise and supplied) and (promise - supplied).days >= company.adv_risk_days,
        )
        cause = ready.supply.kind if ready.supply else self._adv_other_cause(company, row, scheduled, state)
        product = move.product_id if move else row["product_id"]
        demand = move.quantity if move else 0.0
        short = ready.short / demand * row["open_qty"] if demand else (row["open_qty"] if ready.supply else 0)
        name, supplier, buyer = self._adv_supply_names(ready.supply, product, data)
        return (
            row["id"],
            state,
            expected,
            row["open_qty"],
            min(short, row["open_qty"]),
            ready.short if ready.supply else 0.0,
            cause,
            product if ready.supply else None,
            ready.supply.move_id if ready.supply else None,
            name,
            supplier,
            buyer,
            ready.supply.date if ready.supply else scheduled if cause == "planned" else None,
        )

    @api.model
    def _adv_line_answer(self, row, plan, data):
        """Return (worst answer, its move, days of the steps that still follow) over the line's last moves."""
        moves = [plan.moves[move_id] for move_id in row["moves"] if move_id in plan.moves]
        last = [move for move in moves if not any(f in plan.moves for f in move.followers)]
        if not last:
            quotation = data["of_lines"].get(row["id"])
            supply = plan.quotation(quotation) if quotation else plan.nothing(row["product_id"])
            return Answer(supply.date, row["open_qty"], supply), None, 0
        answers = [
            (
                plan.answer(move.id),
                move,
                (0 if move.from_outside else move.delay) + self._adv_push_days(move, data),
            )
            for move in last
        ]
        return max(
            answers,
            key=lambda found: (
                found[0].date is None,
                (found[0].date or plan.now) + timedelta(days=found[2]),
                found[0].short,
            ),
        )

    @api.model
    def _adv_push_days(self, move, data):
        """Return the days of the steps after ``move`` that do not exist yet: the push rules to its end."""
        location, days, seen = move.location, 0, set()
        while location != move.final and location in data["delays"] and location not in seen:
            seen.add(location)
            delay, location = data["delays"][location]
            days += delay
        return days

    @api.model
    def _adv_other_cause(self, company, row, scheduled, state):
        """Say why a line whose goods are there is not on track."""
        if state != "late":
            return None
        promise = company._adv_date(row["promise"])
        if row["told"] and promise and company._adv_date(row["told"]) > promise:
            return "told"
        if scheduled and promise and company._adv_date(scheduled) > promise:
            return "planned"
        return "ready"

    @api.model
    def _adv_supply_names(self, supply, product, data):
        """Return (name of the supplier order, supplier id, buyer id) of what a line waits for."""
        if supply is None:
            return None, None, None
        names = (None, data["suppliers"].get(product), None)
        if supply.move_id:
            names = data["arrivals"].get(supply.move_id, names)
        elif supply.quotation_id:
            names = data["quotations"].get(supply.quotation_id, names)
        name, supplier, buyer = names
        return name, supplier, buyer or data["buyers"].get(product) or None
