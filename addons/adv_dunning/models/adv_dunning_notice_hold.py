from odoo import api, models
from odoo.tools import SQL


class AdvDunningNotice(models.Model):
    """The hold: put by a level, ended by the money or by a kept promise."""

    _inherit = "adv.dunning.notice"

    def _put_on_hold(self):
        """Put the customers on hold whose notice reached a level that says so."""
        holding = self.filtered(lambda notice: any(notice.line_ids.level_id.mapped("hold")))
        holding._adv_set_facts({"is_holding": True})
        for company, notices in holding.grouped("company_id").items():
            # sudo: collectors do not write customers; only the hold is written
            changed = notices.partner_id.sudo()._adv_set_on_hold(True, company)
            changed._adv_log_hold(
                self.env._("Put on hold by a reminder in %(company)s.", company=company.name)
            )

    def _release_holds_if_paid(self):
        """End the hold of the customers whose money is in, or who keep the promise made about it."""
        notices = self.filtered("is_holding")
        if not notices:
            return
        self.env.flush_all()
        unpaid = {notice_id for (notice_id,) in self.env.execute_query(notices._unpaid_query())}
        paid = notices.filtered(lambda notice: notice.id not in unpaid)
        paid._adv_set_facts({"is_holding": False})
        for company, done in paid.grouped("company_id").items():
            # sudo: whoever registers a payment; other notices may still hold the customer, in any state
            still = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("is_holding", "=", True),
                    ("partner_id", "in", done.partner_id.ids),
                ]
            )
            # sudo: only the hold is written, by people who need not have the right to write customers
            freed = (done.partner_id - still.partner_id).sudo()._adv_set_on_hold(False, company)
            freed._adv_tell_free(company)

    def _unpaid_query(self):
        """Return the SELECT of these notices whose customer is still to stay on hold.

        An instalment holds while it is open and no promise about it is being kept; and, where the company
        waits for the money, while a payment registered for it was not found on the bank.
        """
        return SQL(
            """
            SELECT DISTINCT line.notice_id
              FROM adv_dunning_notice_line line
              JOIN account_move_line item ON item.id = line.move_line_id
              JOIN res_company company ON company.id = item.company_id
             WHERE line.notice_id = ANY(%(notices)s) AND item.parent_state = 'posted'
               AND (
                    (item.reconciled IS NOT TRUE AND item.amount_residual_currency > 0
                     AND NOT (%(promise_kept)s) AND NOT (company.adv_release_rule = 'registered'
                                                         AND %(registered)s))
                    OR (company.adv_release_rule = 'cashed' AND %(not_cashed)s)
               )
            """,
            notices=self.ids,
            promise_kept=self._promise_kept(),
            registered=self._registered(),
            not_cashed=self._not_cashed(),
        )

    @api.model
    def _promise_kept(self):
        """Is the `item` left open by a plan whose last judged part was kept and whose rest is promised?"""
        return SQL(
            """
            EXISTS (SELECT FROM account_move_adv_payment_promise_rel rel
                      JOIN adv_payment_promise kept ON kept.id = rel.adv_payment_promise_id
                           AND kept.state = 'kept'
                      JOIN account_move_adv_payment_promise_rel other
                           ON other.account_move_id = rel.account_move_id
                      JOIN adv_payment_promise rest ON rest.id = other.adv_payment_promise_id
                           AND rest.state = 'open'
                     WHERE rel.account_move_id = item.move_id
                       AND NOT EXISTS (
                           SELECT FROM account_move_adv_payment_promise_rel again
                             JOIN adv_payment_promise broken ON broken.id = again.adv_payment_promise_id
                            WHERE again.account_move_id = item.move_id
                              AND broken.state IN ('broken', 'partly_kept')
                              AND broken.date >= kept.date))
            """
        )

    @api.model
    def _registered(self):
        """Is a payment registered for the entry of `item` that has no entry of its own yet?"""
        return SQL(
            """
            EXISTS (SELECT FROM account_move invoice
                     WHERE invoice.id = item.move_id AND invoice.payment_state IN ('in_payment', 'paid'))
            """
        )

    @api.model
    def _not_cashed(self):
        """Was the `item` matched with a registered payment that no bank statement has confirmed?"""
        return SQL(
            """
            EXISTS (SELECT FROM account_partial_reconcile part
                      JOIN account_move_line credit ON credit.id = part.credit_move_id
                      JOIN account_payment payment ON payment.move_id = credit.move_id
                     WHERE part.debit_move_id = item.id AND payment.is_matched IS NOT TRUE)
            """
        )
