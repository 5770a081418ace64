from odoo import api, models
from odoo.tools import SQL, format_date

from ..tools import commit_step


class AdvAgreement(models.Model):
    """What happens to agreements by itself each night: they expire, and their renewal is asked for."""

    _inherit = "adv.agreement"

    @api.model
    def _adv_cron_update(self):
        """Let agreements expire, then ask for the renewal of those that end soon."""
        commit_step(self.env, self._adv_expire)
        self._adv_ask_renewals()

    @api.model
    def _adv_expire(self):
        """Expire what is over: one statement a company, for the days differ between time zones."""
        self.flush_model(["state", "date_to", "company_id"])
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            self.env.execute_query(
                SQL(
                    """UPDATE adv_agreement SET state = 'expired'
                        WHERE state = 'active' AND company_id = %s AND date_to < %s RETURNING id""",
                    company.id,
                    company._adv_today(),
                )
            )
        self.invalidate_model(["state"])

    @api.model
    def _adv_ask_renewals(self, limit=100):
        """Give each responsible an activity before the end, once: marked in the same commit."""
        cron = self.env["ir.cron"]
        ids = self._adv_to_renew(limit)
        cron._commit_progress(remaining=len(ids))
        for agreement_id in ids:
            renewal = self.browse(agreement_id)
            _done, left = commit_step(self.env, lambda renewal=renewal: renewal._adv_ask_renewal() or 1)
            if not left:
                break
        if len(ids) == limit:
            self.env.ref("adv_orders.cron_agreement")._trigger()

    @api.model
    def _adv_to_renew(self, limit):
        """Return the ids of the active agreements whose renewal is to be asked, the first to end first.

        Each company counts the days by its own clock.
        """
        self.flush_model(["state", "company_id", "date_to", "renewal_days", "renewal_asked_date"])
        companies = self.env["res.company"].search([])  # pylint: disable=no-search-all
        rows = self.env.execute_query(
            SQL(
                """SELECT agreement.id
                     FROM adv_agreement agreement
                     JOIN (VALUES %s) AS today (company_id, day) ON today.company_id = agreement.company_id
                    WHERE agreement.state = 'active' AND agreement.renewal_asked_date IS NULL
                      AND agreement.renewal_days > 0
                      AND agreement.date_to - agreement.renewal_days <= today.day
                    ORDER BY agreement.date_to, agreement.id LIMIT %s""",
                SQL(", ").join(
                    SQL("(%s, %s::date)", company.id, company._adv_today()) for company in companies
                ),
                limit,
            )
        )
        return [row[0] for row in rows]

    def _adv_ask_renewal(self):
        agreement = self.try_lock_for_update(allow_referencing=True)
        agreement.invalidate_recordset(["state", "renewal_asked_date"])
        if not agreement or agreement.state != "active" or agreement.renewal_asked_date:
            return
        agreement._adv_set_facts({"renewal_asked_date": agreement.company_id._adv_today()})
        user = agreement.user_id if agreement.user_id.active else self.env.ref("base.user_admin")
        agreement.activity_schedule(
            "adv_orders.activity_type_renewal",
            date_deadline=agreement.date_to,
            summary=self._adv_tell_in(lambda env: env._("Renew %s", agreement.name), user.lang),
            note=self._adv_tell_in(agreement._adv_tell_end, user.lang),
            user_id=user.id,
        )

    def _adv_tell_end(self, env):
        return env._(
            "It ends on %s: agree on what follows, then press Renew.", format_date(env, self.date_to)
        )
