import logging
from functools import partial

from odoo import api, models
from odoo.tools import SQL

from ..tools import commit_step

_logger = logging.getLogger(__name__)

BATCH = 1000
# a batch takes every so many-th order of the latest ones
STRIDE = 8


class AdvHistoryJob(models.AbstractModel):
    """A job that fills, once, what an addon knows of the documents that were there before it.

    The installation marks the orders (``_adv_mark``); the job works them off in committed, set-based batches.
    Killed at any moment it goes on where it stopped, and two of them share the work: a batch is locked,
    filled and unmarked in one transaction, and taken again when a person changed one of its orders meanwhile.
    """

    _name = "adv.history.job"
    _description = "Job on earlier documents"

    # column of sale_order that says that the job has not reached the order yet; the job's scheduled action
    _adv_mark = None
    _adv_cron = None

    @api.model
    def _adv_cron_run(self, batch=BATCH):
        """Fill batch after batch; when nothing is left, finish and switch the job off."""
        self.env["ir.cron"]._commit_progress(remaining=self._adv_remaining())
        while True:
            done, left = commit_step(self.env, partial(self._adv_fill_batch, batch))
            if not done:
                break
            if not left:
                return
        if self._adv_remaining():
            return  # another job holds the last ones and will finish, or what they need is not filled yet
        commit_step(self.env, partial(self._adv_finish, batch))
        commit_step(self.env, self._adv_switch_off)
        _logger.info("%s: done", self._description)

    @api.model
    def _adv_remaining(self):
        return self.env.execute_query(
            SQL("SELECT count(*) FROM sale_order WHERE %s", SQL.identifier(self._adv_mark))
        )[0][0]

    @api.model
    def _adv_all_remaining(self):
        """Return {title of a job: documents still to be filled}, of every addon's job."""
        jobs = sorted(self.env.registry["adv.history.job"]._inherit_children)
        return {self.env["ir.model"]._get(name).name: self.env[name]._adv_remaining() for name in jobs}

    @api.model
    def _adv_is_left(self):
        """Return whether orders are still to be filled; the index gives the latest one at once."""
        return bool(
            self.env.execute_query(
                SQL(
                    "SELECT id FROM sale_order WHERE %s ORDER BY id DESC LIMIT 1",
                    SQL.identifier(self._adv_mark),
                )
            )
        )

    @api.model
    def _adv_ready(self):
        """Return the condition that an order can be filled: what its facts are made of is there."""
        return SQL("TRUE")

    @api.model
    def _adv_fill_batch(self, batch):
        """Fill the facts of up to ``batch`` orders; return how many.

        The latest orders come first: they are those that people look at. Of so many batches' worth of them
        each batch takes every ``STRIDE``-th: rows that stand in one page of a table are not all written in
        one transaction then, and those of later batches find room on their page, where the old version of
        an earlier one was. Such a row needs no new entry in any of the indexes of its table.
        """
        self.env.flush_all()
        left = SQL("%s AND %s", SQL.identifier(self._adv_mark), self._adv_ready())
        [(first, last)] = self.env.execute_query(
            SQL(
                """SELECT min(id), max(id)
                     FROM (SELECT id FROM sale_order WHERE %s ORDER BY id DESC LIMIT %s) latest""",
                left,
                batch * STRIDE,
            )
        )
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM sale_order WHERE %s AND id BETWEEN %s AND %s
                    ORDER BY (%s - id) %% %s, id DESC LIMIT %s FOR UPDATE SKIP LOCKED""",
                left,
                first,
                last,
                last,
                STRIDE,
                batch,
            )
        )
        ids = tuple(row[0] for row in rows)
        if ids:
            self._adv_fill(ids)
            self.env["sale.order"].browse(ids).invalidate_recordset(flush=False)
        return len(ids)

    @api.model
    def _adv_fill(self, ids):
        """Fill the facts of these orders, which are locked, and unmark them."""
        raise NotImplementedError

    @api.model
    def _adv_finish(self, batch):
        """Do what needs all history filled, in committed batches; two may do it at once."""

    @api.model
    def _adv_switch_off(self):
        if self.env.context.get("ir_cron_progress_id"):  # a running job cannot write itself
            self.env["ir.cron"]._commit_progress(remaining=0, deactivate=True)
        else:
            self.env.ref(self._adv_cron).active = False
            self.env.flush_all()
