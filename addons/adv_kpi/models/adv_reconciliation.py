import logging
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.adv_orders.tools import commit_step

from ..hooks import (
    fill_fulfilled_statement,
    fill_lines_statement,
    fill_statement,
    margin_statement,
    settlement_statement,
)
from .adv_dunning_notice import recovery_statement

_logger = logging.getLogger(__name__)

BATCH = 20000
HOURS_BATCH = 1000
# parameter that says where a run stopped
PLACE = "adv_kpi.reconciliation_place"
# field of working hours -> the fact that it ends with
HOURS = {
    "sale.order": {"adv_entry_hours": "adv_confirmed_date", "adv_blocked_hours": "adv_clean_date"},
    "adv.request": {"answer_hours": "date_first_answer"},
}


class AdvReconciliation(models.AbstractModel):
    """Compares what figures read with what it is derived from, every night, and repairs what differs.

    The columns are kept by those who write their sources; what differs here is a fault elsewhere (a script,
    an import by SQL), so it is logged. What was there before the addon is filled by adv.kpi.backfill, and
    once it has, invoices that were posted without Odoo's own posting.
    """

    _name = "adv.kpi.reconciliation"
    _description = "Reconciliation of figures"

    @api.model
    def _adv_cron_run(self):
        """Repair batch after batch, each committed; out of time or killed, the next run goes on there."""
        repaired, left = 0, self.env["adv.delivery.span"]._adv_make_all()
        for step in self._adv_steps():
            done, left = commit_step(self.env, step)
            repaired += done
            if not left:
                break
        if repaired:
            _logger.info("Figures: %s derived values differed from their sources and were repaired", repaired)
        done = True
        while done and left:
            done, left = commit_step(self.env, self._adv_fill_rest)
        if done:
            self.env["ir.cron"]._commit_progress(processed=1, remaining=1)
        else:
            self._adv_check_totals()
            commit_step(self.env, self._adv_forget_place)

    @api.model
    def _adv_check_totals(self):
        """Have the totals of months that are not the sums of their moves made anew."""
        wrong, _left = commit_step(self.env, self.env["adv.stock.total"]._adv_reconcile)
        if wrong:
            _logger.info("Figures: the stock moves of %s months were added up wrongly, and forgotten", wrong)

    @api.model
    def _adv_steps(self):
        """Yield the batches to repair, from the place where the run before stopped."""
        begun, first = self._adv_place()
        for number, (key, last, statement) in enumerate(self._adv_checks()):
            if number >= begun:
                for start in range(first if number == begun else 0, last + 1, BATCH):
                    yield partial(self._adv_repair_at, (number, start + BATCH), key, statement, start)

    @api.model
    def _adv_repair_at(self, following, key, statement, start):
        """Repair a batch, and keep with it the place of the following one."""
        repaired = self._adv_repair(key, statement, start, start + BATCH - 1)
        self._adv_keep_place(*following)
        return repaired

    @api.model
    def _adv_reconcile(self):
        """Repair everything at once; return how many records differed."""
        return sum(
            self._adv_repair(table, statement, 0, last) for table, last, statement in self._adv_checks()
        )

    @api.model
    def _adv_checks(self):
        """Yield (expression of the key, last id, function of a condition giving the statement)."""
        sold = self.env["adv.backfill"]._adv_sql_sold("line")
        first_orders = self.env["adv.backfill"]._adv_sql_mark_first_orders
        for table, key, statement in (
            ("sale_order", SQL("sale_order.id"), fill_statement),
            ("sale_order", SQL("sale_order.id"), partial(fill_lines_statement, sold=sold)),
            ("sale_order", SQL("sale_order.id"), partial(fill_fulfilled_statement, sold=sold)),
            ("account_move", SQL("line.move_id"), settlement_statement),
            ("account_move", SQL("line.move_id"), _margin_of_filled),
            ("adv_dunning_notice", SQL("notice.id"), recovery_statement),
            ("sale_order", SQL("sale_order.id"), partial(self._adv_sql_of_orders, "adv.delivery.span")),
            ("sale_order", SQL("sale_order.id"), partial(self._adv_sql_of_orders, "adv.delivery.step")),
            ("res_partner", SQL("sale_order.adv_commercial_partner_id"), first_orders),
        ):
            last = self.env.execute_query(SQL("SELECT MAX(id) FROM %s", SQL.identifier(table)))[0][0]
            yield key, last or 0, statement

    @api.model
    def _adv_sql_of_orders(self, name, condition):
        """Return the statement of a model kept by order; orders that are noted are left to its making."""
        return self.env[name]._adv_sql_make(self.env["adv.delivery.span"]._adv_get_unnoted(condition))

    @api.model
    def _adv_repair(self, key, statement, first, last):
        self.env.flush_all()
        self.env.cr.execute(statement(SQL("%s BETWEEN %s AND %s", key, first, last)))
        repaired = self.env.cr.rowcount
        if repaired:
            self.env.invalidate_all(flush=False)
        return repaired

    # === PLACE === #

    @api.model
    def _adv_place(self):
        """Return (number of the check, first id) where the run before stopped; (0, 0): it came to the end."""
        rows = self.env.execute_query(SQL("SELECT value FROM ir_config_parameter WHERE key = %s", PLACE))
        number, first = rows[0][0].split(",") if rows else (0, 0)
        return int(number), int(first)

    @api.model
    def _adv_keep_place(self, number, first):
        """Keep the place. By SQL: each writing of a parameter would empty the caches of all servers."""
        self.env.cr.execute(
            SQL(
                """INSERT INTO ir_config_parameter (key, value) VALUES (%s, %s)
                   ON CONFLICT (key) DO UPDATE SET value = EXCLUDED.value""",
                PLACE,
                f"{number},{first}",
            )
        )

    @api.model
    def _adv_forget_place(self):
        self.env.cr.execute(SQL("DELETE FROM ir_config_parameter WHERE key = %s", PLACE))

    # === WHAT IS MISSING === #

    @api.model
    def _adv_fill_rest(self):
        """Fill some of what no writing filled; return how many records."""
        return self._adv_fill_hours() + self.env["adv.kpi.backfill"]._adv_fill_left()

    @api.model
    def _adv_fill_hours(self):
        """Fill the working hours of some records that have none yet; return how many."""
        done = 0
        for name, columns in HOURS.items():
            # sudo: the job fills the records of all companies
            model = self.env[name].sudo()
            for column, end in columns.items():
                rows = self.env.execute_query(
                    SQL(
                        """SELECT id FROM %s WHERE %s IS NULL AND %s IS NOT NULL
                            ORDER BY id DESC LIMIT %s FOR UPDATE SKIP LOCKED""",
                        SQL.identifier(model._table),
                        SQL.identifier(column),
                        SQL.identifier(end),
                        HOURS_BATCH,
                    )
                )
                records = model.browse(row[0] for row in rows)
                self.env.add_to_compute(model._fields[column], records)
                records.flush_recordset([column])
                done += len(records)
        return done


def _margin_of_filled(condition):
    """History that the job has not reached yet is not repaired: its costs may not be there."""
    return margin_statement(SQL("%s AND invoice.adv_is_costed IS NOT NULL", condition))
