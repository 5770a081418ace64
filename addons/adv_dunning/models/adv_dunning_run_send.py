from odoo import api, models, modules
from odoo.exceptions import UserError
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

SEND_BATCH = 20
MAX_COLLISIONS = 50


class AdvDunningRun(models.Model):
    """The sending: ready notices in batches, each committed."""

    _inherit = "adv.dunning.run"

    def _check_live(self):
        self.ensure_one()
        if not self.company_id.adv_dunning_live:
            raise UserError(
                self.env._(
                    "Reminders of %(company)s are not live yet: nothing is sent. "
                    "Go through Collections > Configuration > Go Live first.",
                    company=self.company_id.name,
                )
            )

    @api.model
    def _adv_commits(self):
        return self.env.registry.ready and not modules.module.current_test

    @api.model
    def _adv_commit(self, processed):
        """Commit a batch; within a test, and while addons are installed, the transaction stays open."""
        if self._adv_commits():
            self.env["ir.cron"]._commit_progress(processed)

    def _send_ready(self):
        """Send what is ready, batch by batch; a batch another worker was faster with is left to it."""
        collisions = 0
        while (sent := self._send_next_batch()) != 0:
            collisions += sent is None
            if collisions > MAX_COLLISIONS:
                return

    def _send_next_batch(self):
        """Send and commit one batch.

        :return: the number of notices handled, 0 when nothing is left, None when another worker came between
        """
        try:
            notices = self._next_notices()
            notices._send_batch()
            self._adv_commit(len(notices))
            return len(notices)
        except SerializationFailure:
            if not self._adv_commits():
                raise
            self.env.cr.rollback()
            self.env.invalidate_all()
            return None

    def _next_notices(self):
        """Lock and return the next notices to send; those another worker holds are left to it.

        A customer who replied and waits for an answer gets nothing.
        """
        company = self.company_id
        replied_from = company._adv_calendar().first_within(
            company._adv_today(), company._adv_dunning_policy().answer_days
        )
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM adv_dunning_notice notice
                 WHERE run_id = %(run)s AND state = 'ready'
                   AND NOT EXISTS (SELECT FROM adv_dunning_notice replied
                                    WHERE replied.partner_id = notice.partner_id
                                      AND replied.company_id = notice.company_id
                                      AND replied.replied_on >= %(replied_from)s
                                      AND replied.answered_on IS NULL)
                 ORDER BY id LIMIT %(size)s FOR NO KEY UPDATE SKIP LOCKED
                """,
                run=self.id,
                replied_from=replied_from,
                size=SEND_BATCH,
            )
        )
        return self.env["adv.dunning.notice"].browse(row[0] for row in rows)

    def _set_state_if_free(self, state):
        if self.state not in (state, "computing") and self.try_lock_for_update(allow_referencing=True):
            self._adv_set_facts({"state": state})

    def _close_if_done(self):
        open_states = {
            state
            for [state] in self.env["adv.dunning.notice"]._read_group(
                [("run_id", "=", self.id), ("state", "in", ("ready", "waiting"))], ["state"]
            )
        }
        state = "sending" if "ready" in open_states else "computed" if open_states else "done"
        self._set_state_if_free(state)
