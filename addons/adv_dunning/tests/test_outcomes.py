from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import DunningCommon


@tagged("post_install", "-at_install")
class TestOutcomes(DunningCommon):
    """Each outcome by its own cause, and which of two causes wins."""

    def test_overdue_invoice_is_chased_at_the_first_level(self):
        invoice = self._invoice(100, date(2026, 2, 20))  # 10 days
        self.assertEqual(self._preview(), {(invoice, 1): ("chased", self.one, 100.0)})

    def test_preview_names_everything(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self.assertEqual(
            self.env["adv.dunning.run"].preview("2026-03-02", self.company.id),
            [
                {
                    "partner_id": self.partner.id,
                    "currency_id": self.eur.id,
                    "move_id": invoice.id,
                    "rank": 1,
                    "outcome": "chased",
                    "level": self.one.id,
                    "amount": 100.0,
                    "days_overdue": 10,
                }
            ],
        )

    def test_other_receivable_account_is_out_of_scope(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.bank_journal.id,
                "date": date(2026, 1, 1),
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": self.partner.id, "balance": balance}
                    )
                    for account, balance in ((self.other_receivable, 300), (self.income, -300))
                ],
            }
        )
        entry.action_post()
        self.assertEqual(self._code(entry), "out_of_scope")
        self.assertEqual(self._code(invoice), "chased")
        self.policy.account_ids = self.other_receivable
        self.assertEqual(self._code(entry), "chased")
        self.assertEqual(self._code(invoice), "out_of_scope")

    def test_special_accounts_of_the_country_are_not_followed(self):
        self.assertEqual(self.company._adv_dunning_accounts(), self.receivable)
        self.company.account_fiscal_country_id = self.env.ref("base.fr")
        doubtful = self.env["account.account"].create(
            {"name": "Doubtful", "code": "416100", "account_type": "asset_receivable", "reconcile": True}
        )
        self.partner.property_account_receivable_id = doubtful
        self.env.flush_all()
        self.assertEqual(self.company._adv_dunning_accounts(), self.receivable)

    def test_no_followup(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        invoice.no_followup = True
        self.assertEqual(self._code(invoice), "no_followup")

    def test_partner_excluded(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self.partner.adv_dunning_excluded = True
        self.assertEqual(self._code(invoice), "partner_excluded")

    def test_blocked(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        invoice.action_toggle_block_payment()
        self.assertEqual(self._code(invoice), "blocked")

    def test_disputed_and_part_disputed(self):
        whole = self._invoice(100, date(2026, 2, 20))
        part = self._invoice(200, date(2026, 2, 20))
        self._dispute(whole, 100)
        self._dispute(part, 80)
        self.assertEqual(self._preview()[whole, 1][0], "disputed")
        self.assertEqual(self._preview()[part, 1], ("chased", self.one, 120.0))

    def test_dispute_counts_on_its_days_only(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        dispute = self._dispute(invoice, 100, day=date(2026, 2, 28))
        self.assertEqual(self._code(invoice, date(2026, 2, 27)), "chased")
        self.assertEqual(self._code(invoice), "disputed")
        dispute.action_reject()
        self.assertEqual(self._code(invoice), "disputed", "at that day it was not closed yet")
        self.assertEqual(self._code(invoice, dispute.date_closed), "chased")

    def test_dispute_closed_on_a_day_of_the_past(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        dispute = self._dispute(invoice, 100, day=date(2026, 2, 10))
        with self.assertRaises(UserError):
            dispute._close("rejected", date(2026, 2, 9))
        dispute._close("rejected", date(2026, 2, 20))
        self.assertRecordValues(
            dispute, [{"state": "rejected", "date_closed": date(2026, 2, 20), "closed_by": self.env.uid}]
        )
        self.assertEqual(self._code(invoice, date(2026, 2, 19)), "disputed")
        self.assertEqual(self._code(invoice, date(2026, 2, 20)), "chased")
        dispute._close("accepted", date(2026, 2, 25))
        self.assertEqual((dispute.state, dispute.date_closed), ("rejected", date(2026, 2, 20)))

    def test_promised_and_part_promised(self):
        whole = self._invoice(100, date(2026, 2, 20))
        part = self._invoice(200, date(2026, 2, 20))
        self._promise(whole, 100, date(2026, 3, 10))
        self._promise(part, 150, date(2026, 3, 10))
        self.assertEqual(self._preview()[whole, 1][0], "promised")
        self.assertEqual(self._preview()[part, 1], ("chased", self.one, 50.0))

    def test_promise_protects_until_its_grace_is_over(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._promise(invoice, 100, date(2026, 3, 10))
        self.assertEqual(self._code(invoice, date(2026, 3, 13)), "promised")
        self.assertEqual(self._code(invoice, date(2026, 3, 14)), "chased")

    def test_covered_by_credit(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._receipt(100, date(2026, 3, 1))
        self.assertEqual(self._code(invoice), "covered_by_credit")

    def test_not_due_and_no_level(self):
        self.assertEqual(self._code(self._invoice(100, date(2026, 3, 2))), "not_due")
        self.assertEqual(self._code(self._invoice(100, date(2026, 3, 20))), "not_due")
        self.assertEqual(self._code(self._invoice(100, date(2026, 2, 28))), "no_level")

    def test_level_before_due_is_for_large_amounts(self):
        small = self._invoice(4999, date(2026, 3, 6))
        self.assertEqual(self._code(small), "below_minimum")
        large = self._invoice(5000, date(2026, 3, 6), partner=self._make_partner("Beta"))
        self.assertEqual(self._preview()[large, 1], ("chased", self.before, 5000.0))

    def test_level_before_due_expires_at_the_due_date_and_is_no_step(self):
        invoice = self._invoice(6000, date(2026, 3, 6))
        self._chase()
        self.assertEqual(self._code(invoice, date(2026, 3, 10)), "no_level")
        self.assertEqual(self._preview(date(2026, 3, 12))[invoice, 1][:2], ("chased", self.one))

    def test_too_soon_after_the_last_notice(self):
        self._invoice(100, date(2026, 2, 20))
        self._chase()
        later = self._invoice(100, date(2026, 2, 26))
        self.assertEqual(self._code(later, date(2026, 3, 8)), "too_soon")
        self.assertEqual(self._code(later, date(2026, 3, 9)), "chased")

    def test_below_minimum(self):
        invoice = self._invoice(49.99, date(2026, 2, 20))
        self.assertEqual(self._code(invoice), "below_minimum")
        second = self._invoice(0.01, date(2026, 2, 21))
        self.assertEqual(self._code(invoice), "chased", "49.99 and 0.01 make 50")
        self.assertEqual(self._code(second), "chased")

    def test_minimum_is_converted_to_the_notice_currency(self):
        self.env["res.currency.rate"].create(
            {"name": date(2026, 1, 1), "rate": 2.0, "currency_id": self.usd.id, "company_id": self.company.id}
        )
        invoice = self._invoice(99, date(2026, 2, 20), currency=self.usd)  # 49.50 EUR
        self.assertEqual(self._code(invoice), "below_minimum")
        larger = self._invoice(1, date(2026, 2, 20), currency=self.usd)
        self.assertEqual(self._code(larger), "chased")

    def test_no_address(self):
        invoice = self._invoice(100, date(2026, 2, 20), partner=self._make_partner("Gamma", email=False))
        self.assertEqual(self._code(invoice), "no_address")
        self.env["res.partner"].create(
            {
                "name": "Accounts",
                "parent_id": invoice.partner_id.id,
                "type": "invoice",
                "email": "x@example.com",
            }
        )
        self.assertEqual(self._code(invoice), "chased")

    def test_awaiting_release(self):
        self.policy.progression = "catch_up"
        invoice = self._invoice(100, date(2026, 1, 10))  # 51 days
        self.assertEqual(self._preview()[invoice, 1][:2], ("awaiting_release", self.formal))
        self._compute()
        self.assertEqual(self._code(invoice, date(2026, 3, 20)), "awaiting_release")

    def test_precedence(self):
        """Causes are added from the last to the first; each new one takes over."""
        invoice = self._invoice(30, date(2026, 2, 28))
        self.assertEqual(self._code(invoice), "no_level")
        self.partner.email = False
        self.assertEqual(self._code(invoice), "no_level")
        self._receipt(30, date(2026, 3, 1))
        self.assertEqual(self._code(invoice), "covered_by_credit")
        self._promise(invoice, 30, date(2026, 3, 10), made=date(2026, 3, 1))
        self.assertEqual(self._code(invoice), "promised")
        self._dispute(invoice, 30)
        self.assertEqual(self._code(invoice), "disputed")
        invoice.action_toggle_block_payment()
        self.assertEqual(self._code(invoice), "blocked")
        self.partner.adv_dunning_excluded = True
        self.assertEqual(self._code(invoice), "partner_excluded")
        invoice.no_followup = True
        self.assertEqual(self._code(invoice), "no_followup")
        self.policy.account_ids = self.other_receivable
        self.assertEqual(self._code(invoice), "out_of_scope")


@tagged("post_install", "-at_install")
class TestLevels(DunningCommon):
    def test_one_step_at_a_time(self):
        invoice = self._invoice(100, date(2026, 1, 5))  # 56 days: past every level
        self.assertEqual(self._level(invoice), self.one)
        self._chase()
        self.assertEqual(self._preview(date(2026, 3, 9))[invoice, 1][:2], ("chased", self.two))
        self._chase(date(2026, 3, 9))
        self.assertEqual(self._preview(date(2026, 3, 16))[invoice, 1][:2], ("awaiting_release", self.formal))

    def test_catch_up(self):
        self.policy.progression = "catch_up"
        invoice = self._invoice(100, date(2026, 2, 10))  # 20 days
        self.assertEqual(self._level(invoice), self.two)

    def test_next_level_waits_for_its_delay(self):
        invoice = self._invoice(100, date(2026, 2, 25))  # 5 days on 2 March
        self._chase()
        self.assertEqual(self._code(invoice, date(2026, 3, 11)), "no_level", "14 days")
        self.assertEqual(self._preview(date(2026, 3, 12))[invoice, 1][:2], ("chased", self.two))

    def test_tone_is_the_level_of_most_of_the_amount(self):
        old = self._invoice(100, date(2026, 2, 1))
        self._chase(date(2026, 2, 10))  # `old` at level one
        new = self._invoice(300, date(2026, 2, 20))
        run = self._compute()
        notice = run.notice_ids
        self.assertEqual(notice.level_id, self.one)
        self.assertEqual(
            {line.move_id: line.level_id for line in notice.line_ids}, {old: self.two, new: self.one}
        )
        self.assertEqual(notice.amount, 400.0)

    def test_tone_of_the_highest_level(self):
        self.policy.tone_rule = "highest"
        self._invoice(100, date(2026, 2, 1))
        self._chase(date(2026, 2, 10))
        self._invoice(300, date(2026, 2, 20))
        self.assertEqual(self._compute().notice_ids.level_id, self.two)

    def test_customer_policy_wins(self):
        own = self.policy.copy({"name": "Patient", "level_ids": [Command.clear()]})
        own.level_ids = [
            Command.create({"name": "Late", "delay": 30, "template_id": self._template("friendly").id})
        ]
        self.partner.adv_dunning_policy_id = own
        invoice = self._invoice(100, date(2026, 2, 20))
        self.assertEqual(self._code(invoice), "no_level")
        self.assertEqual(self._level(invoice, date(2026, 3, 22)), own.level_ids)


@tagged("post_install", "-at_install")
class TestAmounts(DunningCommon):
    def test_credits_go_to_the_oldest_first(self):
        first = self._invoice(100, date(2026, 2, 1))
        second = self._invoice(100, date(2026, 2, 10))
        third = self._invoice(100, date(2026, 2, 20))
        self._receipt(150, date(2026, 2, 25))
        self.assertEqual(
            self._preview(),
            {
                (first, 1): ("covered_by_credit", self.env["adv.dunning.level"], 0.0),
                (second, 1): ("chased", self.one, 50.0),
                (third, 1): ("chased", self.one, 100.0),
            },
        )

    def test_credit_note_counts_as_credit(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self._invoice(40, date(2026, 2, 1), kind="out_refund")
        self.assertEqual(self._amount(invoice), 60.0)

    def test_credit_of_another_customer_or_currency_does_not_count(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self._receipt(100, date(2026, 2, 1), self._make_partner("Delta"))
        self.assertEqual(self._amount(invoice), 100.0)

    def test_contacts_of_one_company_are_one_customer(self):
        contact = self.env["res.partner"].create({"name": "Shop", "parent_id": self.partner.id})
        invoice = self._invoice(100, date(2026, 2, 1), partner=contact)
        self._receipt(40, date(2026, 2, 1))
        self.assertEqual(self._amount(invoice), 60.0)
        self.assertEqual(self._compute().notice_ids.partner_id, self.partner)

    def test_partial_payment(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self._pay(invoice, 30, date(2026, 2, 10))
        self.assertEqual(self._amount(invoice), 70.0)

    def test_balance_at_a_past_day(self):
        invoice = self._invoice(100, date(2026, 1, 20), day=date(2026, 1, 1))
        self._pay(invoice, 30, date(2026, 2, 10))
        self._pay(invoice, 70, date(2026, 2, 20))
        self.assertEqual(self._amount(invoice, date(2026, 2, 9)), 100.0)
        self.assertEqual(self._amount(invoice, date(2026, 2, 10)), 70.0)
        self.assertEqual(self._amount(invoice, date(2026, 2, 19)), 70.0)
        self.assertNotIn((invoice, 1), self._preview(date(2026, 2, 20)))
        self.assertNotIn((invoice, 1), self._preview(date(2025, 12, 31)))

    def test_instalments_are_followed_apart(self):
        invoice = self._invoice(
            300, False, day=date(2026, 1, 1), instalments=[(date(2026, 2, 1), 100), (date(2026, 3, 1), 200)]
        )
        preview = self._preview()
        self.assertEqual(preview[invoice, 1], ("chased", self.one, 100.0))
        self.assertEqual(preview[invoice, 2][0], "no_level")
        self._pay(invoice, 100, date(2026, 2, 15))
        self.assertEqual(list(self._preview()), [(invoice, 2)], "the rank stays when the first is paid")

    def test_two_currencies_make_two_notices(self):
        self.env["res.currency.rate"].create(
            {"name": date(2026, 1, 1), "rate": 2.0, "currency_id": self.usd.id, "company_id": self.company.id}
        )
        self._invoice(100, date(2026, 2, 1))
        self._invoice(300, date(2026, 2, 1), currency=self.usd)
        notices = self._compute().notice_ids.sorted("amount")
        self.assertRecordValues(
            notices,
            [
                {"currency_id": self.eur.id, "amount": 100.0, "amount_company": 100.0},
                {"currency_id": self.usd.id, "amount": 300.0, "amount_company": 150.0},
            ],
        )
