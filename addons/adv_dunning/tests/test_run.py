from datetime import date

from odoo import SUPERUSER_ID
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger
from psycopg2.errors import UniqueViolation

from ..models.adv_dunning_run_compute import LOCK_KEY
from .common import TODAY, DunningCommon


@tagged("post_install", "-at_install")
class TestRun(DunningCommon):
    def test_run_stores_outcomes_and_notices(self):
        chased = self._invoice(100, date(2026, 2, 20))
        waiting = self._invoice(80, date(2026, 3, 20))
        run = self._compute()
        self.assertRecordValues(run, [{"state": "computed", "item_count": 2, "notice_count": 1}])
        self.assertEqual(run.outcome_counts, {"chased": 1, "not_due": 1})
        self.assertRecordValues(
            run.notice_ids,
            [
                {
                    "partner_id": self.partner.id,
                    "level_id": self.one.id,
                    "amount": 100.0,
                    "amount_company": 100.0,
                    "state": "ready",
                    "date": TODAY,
                }
            ],
        )
        self.assertRecordValues(
            run.notice_ids.line_ids,
            [
                {
                    "move_id": chased.id,
                    "rank": 1,
                    "cycle": 1,
                    "amount": 100.0,
                    "days_overdue": 10,
                    "is_live": True,
                }
            ],
        )
        items = self.env["adv.dunning.item"].search(
            [("company_id", "=", self.company.id)], order="days_overdue"
        )
        self.assertRecordValues(
            items,
            [
                {
                    "move_id": waiting.id,
                    "outcome": "not_due",
                    "amount_open": 80.0,
                    "days_overdue": -18,
                    "date": TODAY,
                },
                {
                    "move_id": chased.id,
                    "outcome": "chased",
                    "amount_open": 100.0,
                    "days_overdue": 10,
                    "date": TODAY,
                },
            ],
        )

    def test_items_say_what_the_preview_said(self):
        for day in (1, 10, 20):
            self._invoice(100 + day, date(2026, 2, day))
        self._receipt(120, date(2026, 2, 25))
        said = self._preview()
        self._compute()
        items = self.env["adv.dunning.item"].search([("company_id", "=", self.company.id)])
        self.assertEqual(
            {(item.move_id, item.rank): (item.outcome, item.level_id, item.amount_claim) for item in items},
            said,
        )

    def test_same_day_again_changes_nothing(self):
        self._invoice(100, date(2026, 1, 5))  # past every level: the next one must not follow at once
        run = self._compute()
        before = self._state()
        run.action_compute()
        self.assertEqual(self._state(), before)
        self._invoice(100, date(2026, 2, 20))
        run.action_compute()
        self.assertEqual(len(run.notice_ids), 1, "a second notice on one day is too soon")

    def test_same_day_after_sending_changes_nothing(self):
        self._invoice(100, date(2026, 1, 5))
        run = self._chase()
        before = self._state()
        run.action_compute()
        self.assertEqual(self._state(), before)

    def test_unsent_notices_are_replaced_the_next_day(self):
        """Before Go live, or outside the send window, no level is climbed and no old amount is kept."""
        invoice = self._invoice(100, date(2026, 1, 5))
        first = self._compute()
        self._pay(invoice, 20, date(2026, 3, 2))
        second = self._compute(date(2026, 3, 3))
        self.assertFalse(first.notice_ids)
        self.assertEqual(first.state, "done")
        self.assertRecordValues(second.notice_ids, [{"level_id": self.one.id, "amount": 80.0}])

    def test_released_notice_is_not_replaced(self):
        self.policy.progression = "catch_up"
        invoice = self._invoice(100, date(2026, 1, 5))
        run = self._compute()
        run.notice_ids.action_release()
        later = self._compute(date(2026, 3, 3))
        self.assertFalse(later.notice_ids)
        self.assertEqual(run.notice_ids.line_ids.move_id, invoice)

    def test_payment_between_computing_and_sending(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        self._pay(invoice, 20, date(2026, 3, 2))
        run.action_send()
        self.assertEqual(run.notice_ids.state, "cancelled")
        self.assertFalse(run.notice_ids.mail_ids)
        run.action_compute()
        run.action_send()
        self.assertEqual(run.notice_ids.filtered("mail_ids").amount, 80.0)

    def test_what_was_settled_between_computing_and_sending(self):
        """Contested, promised, credited, excused: nobody is reminded of what is not claimed any more."""
        partners = [self._make_partner(name) for name in ("Bravo", "Charlie", "Delta", "Echo", "Foxtrot")]
        bravo, charlie, _delta, _echo, foxtrot = (
            self._invoice(300, date(2026, 2, 20), partner=partner) for partner in partners
        )
        kept = self._invoice(300, date(2026, 2, 20))
        run = self._compute()
        self.assertEqual(set(run.notice_ids.mapped("state")), {"ready"})
        self._dispute(bravo, 100, TODAY)
        self.env["adv.payment.promise"].create(
            {
                "partner_id": partners[1].id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "move_ids": [Command.set(charlie.ids)],
                "amount": 300,
                "date": date(2999, 1, 1),
                "date_made": TODAY,
            }
        )
        self._invoice(50, TODAY, partner=partners[2], kind="out_refund", day=TODAY)
        partners[3].adv_dunning_excluded = True
        foxtrot.line_ids.no_followup = True
        run.action_send()
        states = {notice.partner_id: notice.state for notice in run.notice_ids}
        self.assertEqual(states, dict.fromkeys(partners, "cancelled") | {self.partner: "sent"})
        self.assertEqual(run.notice_ids.line_ids.filtered("is_live").move_id, kept)

    def test_next_day_changes_nothing_but_days(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase()
        run = self._compute(date(2026, 3, 3))
        self.assertFalse(run.notice_ids)
        item = self.env["adv.dunning.item"].search([("move_id", "=", invoice.id)])
        self.assertRecordValues(item, [{"outcome": "no_level", "date": date(2026, 3, 3), "days_overdue": 11}])
        self.assertEqual(
            item.history, [["2026-03-02", "chased", self.one.id], ["2026-03-03", "no_level", self.one.id]]
        )
        self._compute(date(2026, 3, 4))
        self.assertEqual(len(item.history), 2, "a day without change leaves no trace")

    def test_run_of_an_earlier_day_leaves_items_alone(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._compute()
        self._compute(date(2026, 2, 10))
        item = self.env["adv.dunning.item"].search([("move_id", "=", invoice.id)])
        self.assertRecordValues(item, [{"outcome": "chased", "date": TODAY}])

    def test_settled_instalment_reopens_in_a_new_cycle(self):
        invoice = self._invoice(100, date(2026, 2, 20))
        self._chase()
        receipt = self._pay(invoice, 100, date(2026, 3, 4))
        self._compute(date(2026, 3, 5))
        item = (
            self.env["adv.dunning.item"]
            .with_context(active_test=False)
            .search([("move_id", "=", invoice.id)])
        )
        self.assertFalse(item.active)
        receipt.line_ids.remove_move_reconcile()
        receipt.button_draft()
        run = self._compute(date(2026, 3, 20))
        self.assertTrue(item.active)
        self.assertRecordValues(run.notice_ids.line_ids, [{"level_id": self.one.id, "cycle": 2}])

    def test_cancelled_notice_frees_its_instalments(self):
        self._invoice(100, date(2026, 2, 20))
        run = self._compute()
        run.notice_ids.action_cancel()
        run.action_compute()
        self.assertEqual(run.notice_ids.mapped("state"), ["ready", "cancelled"])

    def test_one_run_a_day(self):
        self._run()
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env["adv.dunning.run"].create({"company_id": self.company.id, "date": TODAY})

    def test_database_refuses_the_same_level_twice(self):
        self._invoice(100, date(2026, 2, 20))
        line = self._compute().notice_ids.line_ids
        columns = SQL("notice_id, move_id, rank, level_id, cycle, is_live")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"), self.cr.savepoint():
            self.env.cr.execute(
                SQL(
                    "INSERT INTO adv_dunning_notice_line (%(columns)s)"
                    " SELECT %(columns)s FROM adv_dunning_notice_line WHERE id = %(line)s",
                    columns=columns,
                    line=line.id,
                )
            )

    def test_second_computation_at_once_is_refused(self):
        run = self._run()
        with self.registry.cursor() as other:
            other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (LOCK_KEY, self.company.id))
            with self.assertRaisesRegex(UserError, "somebody else"):
                run.action_compute()
            other.rollback()
        run.action_compute()
        self.assertEqual(run.state, "computed")

    def test_preview_writes_nothing(self):
        self._invoice(100, date(2026, 2, 20))
        before = self._state(), self._row_counts()
        with self._forbid_writes():
            self._preview()
        self.assertEqual((self._state(), self._row_counts()), before)

    def test_preview_assigns_no_transaction(self):
        """In a transaction of its own: PostgreSQL gives a number to those that write only."""
        with self.registry.cursor() as cr:
            env = self.env(cr=cr, user=SUPERUSER_ID, context={})
            rows = env["adv.dunning.run"].preview(TODAY, env.ref("base.main_company").id)
            self.assertIsInstance(rows, list)
            preview = env["adv.dunning.preview"].new({"date": TODAY, "company_id": env.company.id})
            self.assertTrue(preview._render_summary())
            cr.execute("SELECT pg_current_xact_id_if_assigned()")
            self.assertEqual(cr.fetchone(), (None,))

    def test_preview_can_be_read_from_a_replica(self):
        self._invoice(100, date(2026, 2, 20))
        self.env.flush_all()
        self.assertTrue(getattr(self.env["adv.dunning.run"].preview, "_readonly", False))

    def test_statements_do_not_grow_with_instalments(self):
        self._invoice(100, date(2026, 2, 20))
        self._compute(date(2026, 2, 26))
        few = self._count_queries(date(2026, 2, 27))
        for number in range(15):
            self._invoice(100, date(2026, 2, 20), partner=self._make_partner(f"Many{number}"))
        many = self._count_queries(date(2026, 2, 28))
        self.assertEqual(many, few)
        self.assertLess(many, 80)

    def test_computed_run_is_kept(self):
        run = self._compute()
        with self.assertRaises(UserError):
            run.unlink()
        with self.assertRaises(UserError):
            run.date = date(2026, 1, 1)

    def test_statistics(self):
        paid = self._invoice(100, date(2026, 1, 10))
        self._pay(paid, 100, date(2026, 1, 30))  # 20 days late
        paid = self._invoice(100, date(2026, 1, 10))
        self._pay(paid, 100, date(2026, 1, 20))  # 10 days late
        self._invoice(300, date(2026, 2, 15))  # 15 days overdue
        self._invoice(100, date(2026, 3, 15))
        self._compute()
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        self.assertRecordValues(
            stats,
            [
                {
                    "partner_id": self.partner.id,
                    "amount_open": 400.0,
                    "amount_overdue": 300.0,
                    "oldest_days": 15,
                    "item_count": 2,
                    "mean_days_late": 15.0,
                    "median_days_late": 15.0,
                    "paid_count": 2,
                    "score": 450.0,  # 300 x (1 + 15 / 30)
                    "last_notice_date": TODAY,
                    "level_id": self.one.id,
                }
            ],
        )

    def test_overdue_is_net_of_credits_past_their_own_due_date(self):
        beta = self._make_partner("Beta")
        self._invoice(300, date(2026, 2, 15))
        self._invoice(100, date(2026, 3, 15))  # not due
        self._receipt(50, date(2026, 2, 10))
        self._invoice(
            40, date(2026, 3, 20), kind="out_refund"
        )  # taken off the claim, not off what is overdue
        self._invoice(100, date(2026, 2, 15), partner=beta)
        self._receipt(130, date(2026, 2, 20), partner=beta)
        self._compute()
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        alpha, covered = stats.sorted(lambda line: line.partner_id != self.partner)
        self.assertRecordValues(
            alpha,
            [
                {
                    "amount_open": 400.0,
                    "amount_overdue": 250.0,  # 300 - 50
                    "score": 315.0,  # (300 - 50 - 40) x (1 + 15 / 30)
                }
            ],
        )
        self.assertRecordValues(
            covered, [{"partner_id": beta.id, "amount_open": 100.0, "amount_overdue": 0.0, "score": 0.0}]
        )

    def test_nobody_calls_an_insolvent_customer_first(self):
        self._invoice(300, date(2026, 2, 15))
        self._invoice(9000, date(2025, 12, 1), partner=self._make_partner("Gone"))
        self.env["res.partner"].search([("name", "=", "Gone")]).adv_insolvency_date = date(2026, 2, 1)
        self._compute()
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        self.assertEqual(stats.mapped("partner_id.name"), ["Alpha", "Gone"])
        self.assertEqual(stats.mapped("score"), [450.0, 0.0])

    def test_overdue_follows_each_run(self):
        """A credit that is matched counts no more; one that is open does, from the day after."""
        invoice = self._invoice(300, date(2026, 2, 15))
        later = self._invoice(80, date(2026, 3, 15))
        self._pay(later, 80, date(2026, 2, 27))
        self._compute(date(2026, 2, 28))
        stats = self.env["adv.receivable.stats"].search([("company_id", "=", self.company.id)])
        self.assertEqual(stats.amount_overdue, 300.0)
        self._receipt(25, date(2026, 3, 1))
        self._compute()
        self.assertEqual(stats.amount_overdue, 275.0)
        self._pay(invoice, 300, TODAY)
        self._compute(date(2026, 3, 3))
        self.assertEqual(stats.amount_overdue, 0.0)

    def _count_queries(self, day):
        run = self._run(day)
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        run.action_compute()
        self.env.flush_all()
        return self.cr.sql_log_count - start

    def _row_counts(self):
        self.env.flush_all()
        self.env.cr.execute("SELECT relname FROM pg_class WHERE relname LIKE 'adv%' AND relkind = 'r'")
        tables = [name for (name,) in self.env.cr.fetchall()]
        self.assertGreater(len(tables), 10)
        return {
            table: self.env.execute_query(SQL("SELECT COUNT(*) FROM %s", SQL.identifier(table)))
            for table in [*tables, "mail_message", "mail_mail", "mail_activity"]
        }

    def _state(self):
        self.env.flush_all()
        return [
            self.env.execute_query(SQL("SELECT * FROM %s ORDER BY id", SQL.identifier(table)))
            for table in (
                "adv_dunning_notice",
                "adv_dunning_notice_line",
                "adv_payment_promise",
            )
        ] + [
            self.env.execute_query(
                SQL("SELECT move_id, outcome, date, amount_claim, history FROM adv_dunning_item ORDER BY id")
            )
        ]

    def _forbid_writes(self):
        self.env.flush_all()
        case = self

        class Guard:
            def __enter__(self):
                case.cr.execute("SAVEPOINT guard; SET TRANSACTION READ ONLY")

            def __exit__(self, *exc):
                case.cr.execute("ROLLBACK TO SAVEPOINT guard")

        return Guard()
