from datetime import date

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestGoLive(DunningCommon):
    """What the wizard shows of the data before the first reminder, and what it does."""

    def _bank_line(self, amount):
        self.bank_journal.suspense_account_id = self.env["account.account"].create(
            {"name": "To be matched", "code": "DUN471", "account_type": "asset_current"}
        )
        return self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank_journal.id,
                "partner_id": self.partner.id,
                "date": date(2026, 2, 26),
                "payment_ref": "Transfer",
                "amount": amount,
            }
        )

    def test_go_live_with_another_policy(self):
        """The policy chosen becomes the company's, and what its first run would do is shown."""
        self.company._adv_dunning_set_facts({"adv_dunning_live": False})
        self._invoice(100, date(2026, 2, 20))
        shipped = self.env.ref("adv_dunning.policy_standard")
        wizard = self.env["adv.dunning.go.live"].create({"company_id": self.company.id, "date": TODAY})
        self.assertFalse(wizard.is_other_policy)
        self.assertIn("One", wizard.summary)
        wizard.policy_id = shipped
        self.assertTrue(wizard.is_other_policy)
        collector = self._make_user("live_collector", "adv_dunning.group_collector")
        with self.assertRaises(AccessError):
            wizard.with_user(collector).action_use_policy()
        manager = self._make_user("live_manager", "adv_dunning.group_collection_manager")
        wizard = self.env["adv.dunning.go.live"].with_user(manager).create({"date": TODAY})
        wizard.policy_id = shipped
        wizard.action_use_policy()
        self.assertEqual(self.company.adv_dunning_policy_id, shipped)
        self.assertIn("Friendly reminder", wizard._render_summary())
        self.assertFalse(self.company.adv_dunning_live)

    def test_go_live_wizard(self):
        self.company._adv_dunning_set_facts({"adv_dunning_live": False})
        silent = self._make_partner("Silent", email=False)
        self._invoice(100, date(2026, 2, 20), partner=silent)
        self._invoice(100, date(2026, 2, 20))
        self._receipt(10, date(2026, 2, 20))
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.misc_journal.id,
                "date": date(2026, 1, 1),
                "line_ids": [
                    Command.create(
                        {"account_id": account.id, "partner_id": self.partner.id, "balance": balance}
                    )
                    for account, balance in ((self.receivable, 300), (self.income, -300))
                ],
            }
        )
        entry.action_post()
        nearly = self._invoice(100, date(2026, 2, 20))
        self._pay(nearly, 97, date(2026, 2, 25))
        old = self._invoice(70, date(2025, 8, 20), day=date(2025, 8, 1))
        receipt = self._bank_line(44)
        wizard = self.env["adv.dunning.go.live"].create({"company_id": self.company.id, "date": TODAY})
        self.assertRecordValues(
            wizard,
            [
                {
                    "no_email_count": 1,
                    "no_terms_count": 2,
                    "receipt_count": 1,
                    "credit_count": 1,
                    "residue_count": 1,
                    "no_followup_count": 1,
                    "history_count": 1,
                    "rate_missing": False,
                    "policy_id": self.policy.id,
                }
            ],
        )
        self.assertIn("No address", wizard.summary)
        opened = {
            name: self.env[action["res_model"]].search(action["domain"])
            for name in ("no_email", "no_terms", "receipts", "credits", "residues", "no_followup", "history")
            for action in [getattr(wizard, f"action_open_{name}")()]
        }
        self.assertEqual(opened["no_email"], silent)
        self.assertEqual(opened["no_terms"], silent | self.partner)
        self.assertEqual(opened["receipts"], receipt)
        self.assertEqual(opened["credits"].balance, -10)
        self.assertEqual(opened["residues"].move_id, nearly)
        self.assertEqual(opened["no_followup"].move_id, entry)
        self.assertEqual(opened["history"].move_id, old)
        self.assertFalse(self.env["adv.dunning.run"].search([("company_id", "=", self.company.id)]))
        wizard.action_go_live()
        self.assertTrue(self.company.adv_dunning_live)
        self.assertTrue(self.company.adv_dunning_live_date)
        wizard.date = date(2026, 11, 22)
        self.assertTrue(wizard.rate_missing)
