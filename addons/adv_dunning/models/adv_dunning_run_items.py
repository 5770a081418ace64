from odoo import fields, models
from odoo.tools import SQL

from ..tools.classify import Classification
from ..tools.storing import store


class AdvDunningRun(models.Model):
    """The outcomes of a computation, instalment by instalment, and the notices that they bring."""

    _inherit = "adv.dunning.run"

    def _store_outcomes(self, scope):
        """Store the outcomes of a batch, and the notices with their lines, in one statement.

        :return: number of notices made, {outcome: number of instalments}
        """
        run = {
            "id": self.id,
            "company_id": self.company_id.id,
            "date": self.date,
            "pass_id": self.pass_id,
            "made": self.notice_count,
            "prefix": f"{fields.Date.to_string(self.date)}/{self.company_id.id}/",
            "rate": scope.rates[self.company_id.currency_id.id],
        }
        statement = store(Classification(scope), run, self.env.uid)
        with self._adv_planned():
            [result] = self.env.execute_query(statement)
        return result

    def _settle_items(self):
        """Instalments that this computation did not see are not open any more: they become inactive."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE adv_dunning_item item
                   SET active = FALSE, amount_open = 0, amount_disputed = 0, amount_promised = 0,
                       amount_credit = 0, amount_claim = 0, balance_open = 0,
                       date = %(date)s, date_checked = %(date)s,
                       history = COALESCE(item.history, '[]')
                                 || JSONB_BUILD_ARRAY(JSONB_BUILD_ARRAY(%(date)s::text, 'settled', NULL))
                 WHERE item.company_id = %(company)s AND item.active AND item.date_checked <= %(date)s
                   AND item.pass_id IS DISTINCT FROM %(pass)s
                """,
                **{"company": self.company_id.id, "date": self.date, "pass": self.pass_id},
            )
        )
