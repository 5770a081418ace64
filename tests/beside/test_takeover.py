"""The take-over from OCA's account_credit_control, with the real one: its runs, its levels, its lines."""

from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.adv_dunning.models.adv_dunning_run_compute import LOCK_KEY
from odoo.addons.adv_dunning.tests.common import TODAY, DunningCommon

LEVELS = (
    ("First reminder", "net_days", 10, "email"),
    ("Second reminder", "previous_date", 30, "email"),
    ("Last reminder", "previous_date", 10, "letter"),
)


class CreditControlCommon(DunningCommon):
    """A company that reminds with credit control: 10 days after due, 30 days later, 10 days later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.source = cls._make_source("House policy")
        cls.idle = cls._make_source("Nothing", do_nothing=True)
        cls.company.credit_policy_id = cls.source
        cls.alpha, cls.gamma = cls.partner, cls._make_partner("Gamma")
        cls.beta = cls._make_partner("Beta", street="1 Road", city="Town")  # where a letter reaches it
        cls.manager = cls._make_user("takeover", "adv_dunning.group_collection_manager")

    @classmethod
    def _make_source(cls, name, company=None, account=None, **vals):
        template = cls.env.ref("account_credit_control.email_template_credit_control_base")
        return cls.env["credit.control.policy"].create(
            {
                "name": name,
                "company_id": (company or cls.company).id,
                "account_ids": [Command.set((account or cls.receivable).ids)],
                "level_ids": [
                    Command.create(
                        {
                            "name": level,
                            "level": rank,
                            "computation_mode": mode,
                            "delay_days": delay,
                            "channel": channel,
                            "email_template_id": template.id,
                            "custom_text": "Letter",
                            "custom_mail_text": f"<p>Dear customer,</p><p>words of the {level.lower()}</p>",
                            "custom_text_after_details": "Yours faithfully",
                        }
                    )
                    for rank, (level, mode, delay, channel) in enumerate(LEVELS, start=1)
                ],
                **vals,
            }
        )

    @classmethod
    def _remind(cls, day, sent=True):
        """Have credit control compute a day, and send what it found."""
        cls.env.flush_all()  # it asks the database
        run = cls.env["credit.control.run"].create(
            {"date": day, "company_id": cls.company.id, "policy_ids": [Command.set(cls.source.ids)]}
        )
        run.generate_credit_lines()
        run.line_ids.write({"state": "sent", "date_sent": day} if sent else {"state": "to_be_sent"})
        return run.line_ids

    def _take_over(self):
        wizard = self.env["adv.dunning.takeover"].with_user(self.manager)
        wizard = wizard.create({"company_id": self.company.id})
        wizard.action_take_over()
        wizard.invalidate_recordset()
        return wizard

    def _taken(self):
        taken = [("company_id", "=", self.company.id), ("is_taken_over", "=", True)]
        return self.env["adv.dunning.notice"].search(taken, order="date, amount desc, id")


@tagged("post_install", "-at_install")
class TestTakeover(CreditControlCommon):
    def _story(self):
        """Beta was told twice, Alpha once, Gamma never."""
        beta = self._invoice(200, date(2026, 1, 1), partner=self.beta)
        self._remind(date(2026, 1, 12))
        alpha = self._invoice(100, date(2026, 2, 1))
        self._remind(date(2026, 2, 12))
        gamma = self._invoice(300, date(2026, 2, 20), partner=self.gamma)
        return alpha, beta, gamma

    def test_nobody_is_reminded_twice(self):
        alpha, beta, gamma = self._story()
        self._take_over()
        policy = self.company.adv_dunning_policy_id
        first, second, last = policy.level_ids.sorted("delay")
        self.assertRecordValues(
            policy.level_ids.sorted("delay"),
            [
                {"name": "First reminder", "delay": 10, "channel": "email", "tone": "friendly"},
                {"name": "Second reminder", "delay": 40, "channel": "email", "tone": "firm"},
                {"name": "Last reminder", "delay": 50, "channel": "letter", "tone": "formal"},
            ],
        )
        self.assertEqual((policy.name, policy.company_id), ("House policy", self.company))
        self.assertEqual(policy.account_ids, self.receivable)
        self.assertRecordValues(
            self._taken(),
            [
                {"partner_id": self.beta.id, "date": date(2026, 1, 12), "level_id": first.id, "amount": 200},
                {"partner_id": self.beta.id, "date": date(2026, 2, 12), "level_id": second.id, "amount": 200},
                {"partner_id": self.alpha.id, "date": date(2026, 2, 12), "level_id": first.id, "amount": 100},
            ],
        )
        self.assertEqual(set(self._taken().mapped("state")), {"sent"})
        # 29 days late: not at the second level (40); 60: at the last one (50); 10: at the first
        found = self._preview()
        self.assertEqual(found[alpha, 1], ("no_level", first, 100))
        self.assertEqual(found[beta, 1][:2], ("awaiting_release", last))
        self.assertEqual(found[gamma, 1][:2], ("chased", first))
        # on its 40th day Alpha gets the second one
        self.assertEqual(self._preview(date(2026, 3, 13))[alpha, 1][:2], ("chased", second))

    def test_it_may_be_applied_again(self):
        self._story()
        wizard = self._take_over()
        self.assertTrue(wizard.is_empty)
        policy, notices = self.company.adv_dunning_policy_id, self._taken()
        policy.level_ids.sorted("delay")[0].write({"delay": 12, "name": "Ours now"})
        self._take_over()
        self.assertEqual(self._taken(), notices)
        self.assertEqual(policy.level_ids.sorted("delay")[0].name, "Ours now")
        self.assertEqual(len(policy.search([("name", "=", "House policy")])), 1)
        # what credit control sends in between is added
        delta = self._make_partner("Delta")
        self._invoice(50, date(2026, 2, 1), partner=delta)
        self._remind(date(2026, 2, 20))
        self._take_over()
        self.assertRecordValues(self._taken() - notices, [{"partner_id": delta.id, "amount": 50}])

    def test_a_policy_chosen_since_stays(self):
        self._take_over()
        self.company.adv_dunning_policy_id = self.policy
        self._take_over()
        self.assertEqual(self.company.adv_dunning_policy_id, self.policy)

    def test_what_we_made_and_nobody_sent_is_withdrawn(self):
        alpha, _beta, gamma = self._story()
        run = self._compute()
        self.assertEqual(self._code(alpha), "chased")
        other = run.notice_ids.filtered(lambda notice: notice.partner_id == self.gamma)
        self._take_over()
        state = {notice.partner_id: notice.state for notice in run.notice_ids}
        self.assertEqual(state, {self.alpha: "cancelled", self.beta: "cancelled", self.gamma: "ready"})
        self.assertEqual(other.line_ids.move_id, gamma)
        self.assertEqual(self._code(alpha), "no_level")

    def test_each_instalment_goes_on_by_itself(self):
        invoice = self._invoice(100, False, instalments=[(date(2026, 1, 20), 40), (date(2026, 2, 25), 60)])
        self._remind(date(2026, 2, 2))
        self._take_over()
        self.assertRecordValues(
            self._taken().line_ids,
            [{"move_id": invoice.id, "rank": 1, "cycle": 1, "amount": 40, "days_overdue": 13}],
        )

    def test_lines_that_were_not_sent_or_are_paid_do_not_count(self):
        self._invoice(100, date(2026, 2, 1))
        self._remind(date(2026, 2, 12), sent=False)
        paid = self._invoice(70, date(2026, 2, 1), partner=self.beta)
        self._remind(date(2026, 2, 13))
        self._pay(paid, 70, date(2026, 2, 15))
        lines = self.env["credit.control.line"].search([("partner_id", "=", self.alpha.id)])
        lines.filtered(lambda line: line.state == "sent").write({"state": "error"})
        wizard = self._take_over()
        self.assertFalse(self._taken())
        self.assertIn("Lines of credit control that are not sent yet", wizard.summary)

    def test_archived_policies_count_for_what_they_told(self):
        invoice = self._invoice(100, date(2026, 2, 1))
        self._remind(date(2026, 2, 12))
        self.source.active = False
        new = self._make_source("New policy")
        self.company.credit_policy_id = new
        self._take_over()
        self.assertEqual(self.company.adv_dunning_policy_id.name, "New policy")
        old = self._taken().level_id.policy_id
        self.assertRecordValues(old, [{"name": "House policy", "active": False}])
        self.assertEqual(self._code(invoice), "no_level")

    def test_customers_and_invoices_that_nobody_reminds(self):
        softer = self._make_source("Softer")
        self.beta.credit_policy_id = softer
        self.gamma.credit_policy_id = self.idle
        invoice = self._invoice(100, date(2026, 2, 1))
        invoice.sudo().credit_policy_id = self.idle
        self._take_over()
        beta = self.beta.with_company(self.company)
        self.assertEqual(beta.adv_dunning_policy_id.name, "Softer")
        self.assertTrue(self.gamma.with_company(self.company).adv_dunning_excluded)
        self.assertFalse(self.alpha.with_company(self.company).adv_dunning_policy_id)
        self.assertEqual(self._code(invoice), "no_followup")
        names = self.env["adv.dunning.policy"].search([("company_id", "=", self.company.id)]).mapped("name")
        self.assertNotIn("Nothing", names)
        self.assertNotIn("3 time policy", names, "it is for every company, and this one does not use it")

    def test_the_words_are_kept_as_words(self):
        level = self.source.level_ids[0]
        level.custom_mail_text = "<p>Pay <b>now</b></p><p>&lt;t t-out='object.env.cr'/&gt; {{ 7 * 7 }}</p>"
        invoice = self._invoice(100, date(2026, 2, 1))
        self._take_over()
        run = self._compute()
        text = run.notice_ids.body
        self.assertIn("Pay *now*", text)
        self.assertIn("&lt;t t-out=", text)
        self.assertIn("{{ 7 * 7 }}", text)
        self.assertIn(invoice.name, text)
        self.assertIn("Yours faithfully", text)

    def test_notices_taken_over_show_their_statement(self):
        self._story()
        self._take_over()
        self.assertIn("o_adv_statement", self._taken()[0].body or "", self._taken()[0].body)
        with self.assertRaises(AccessError):
            self._taken()[0].write({"is_taken_over": False})

    def test_the_preview_changes_nothing(self):
        self._story()
        wizard = self.env["adv.dunning.takeover"].with_user(self.manager).create({})
        self.assertFalse(wizard.is_empty)
        self.assertIn("House policy", wizard.summary)
        self.assertIn("their last level: <strong>2</strong>", wizard.summary)
        self.assertFalse(self._taken())
        self.assertEqual(self.company.adv_dunning_policy_id, self.policy)


@tagged("post_install", "-at_install", "security")
class TestTakeoverRights(CreditControlCommon):
    def test_by_company(self):
        """Another company's policies and lines stay where they are, even with the same customer."""
        self._invoice(100, date(2026, 2, 1))
        self._remind(date(2026, 2, 12))
        other = self._make_company("Another company")
        self.env.user.company_ids |= other
        wizard = self.env["adv.dunning.takeover"].create({"company_id": other.id})
        wizard.action_take_over()
        self.assertFalse(self.env["adv.dunning.notice"].search([("is_taken_over", "=", True)]))
        policies = self.env["adv.dunning.policy"].search([("company_id", "=", other.id)])
        self.assertFalse(policies, "nothing of credit control is in use there")
        with self.assertRaises(AccessError):
            wizard.with_user(self.manager).action_take_over()
        reader = self.env["adv.dunning.takeover"].with_user(self.manager).create({"company_id": other.id})
        with self.assertRaises(AccessError):
            reader.read(["summary"])

    def test_by_managers_of_collections_only(self):
        collector = self._make_user("takeover_collector", "adv_dunning.group_collector")
        wizard = self.env["adv.dunning.takeover"].create({"company_id": self.company.id})
        for attempt in (
            lambda: wizard.with_user(collector).action_take_over(),
            lambda: self.env["adv.dunning.takeover"].with_user(collector).create({}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_alone_with_the_reminders_of_the_company(self):
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_KEY, self.company.id])
            wizard = self.env["adv.dunning.takeover"].create({"company_id": self.company.id})
            with self.assertRaises(UserError):
                wizard.action_take_over()

    def test_statements_do_not_grow_with_the_lines(self):
        """A take-over of 4 or of 24 open instalments: what one more costs is its rows, not its questions."""

        def told(count):
            for _number in range(count):
                self._invoice(100, date(2026, 2, 1))
            self._remind(date(2026, 2, 12))
            wizard = self.env["adv.dunning.takeover"].create({"company_id": self.company.id})
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            wizard.action_take_over()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        told(1)  # the policies
        self.assertEqual(told(4), told(24))


@tagged("post_install", "-at_install")
class TestTakeoverTour(HttpCase, CreditControlCommon):
    def test_tour(self):
        self._invoice(100, date(2026, 2, 1))
        self._remind(date(2026, 2, 12))
        self.manager.password = "takeover"
        self.start_tour("/odoo", "adv_dunning_takeover", login="takeover")
        self.assertRecordValues(self._taken(), [{"partner_id": self.alpha.id, "date": date(2026, 2, 12)}])
        self.assertLess(self._taken().date, TODAY)
