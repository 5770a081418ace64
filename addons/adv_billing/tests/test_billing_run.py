from ast import literal_eval
from datetime import timedelta
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_billing.tools.billing_plan import BillingPlan

from .common import AdvBillingCommon, date


@tagged("post_install", "-at_install")
class TestBillingRun(AdvBillingCommon):
    """Runs: shown before, never twice, one failure alone, resumable."""

    def test_preview_writes_nothing_and_says_what_comes(self):
        self._rule("order", "customer", self.acme)
        orders = self._order() | self._order([(self.lamp, 5)])
        theirs = self._order([(self.chair, 1)], partner=self.globex)
        self._deliver(theirs)
        run = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": date(2026, 11, 20)})
        run.date = self.company._adv_today()
        expected = [
            {
                "order_ids": orders.ids,
                "partner_id": self.acme.id,
                "amount": 1200.0,
                "mode": "order",
                "grouping": "customer",
            },
            {
                "order_ids": theirs.ids,
                "partner_id": self.globex.id,
                "amount": 100.0,
                "mode": "delivery",
                "grouping": "order",
            },
        ]
        self.assertEqual(run.preview(), expected)
        self.assertEqual(run.preview(), expected)
        self.assertFalse((orders | theirs).invoice_ids)
        run.action_run()
        self.assertEqual(sorted(run.line_ids.mapped("amount")), [100.0, 1200.0])
        self.assertEqual(run.preview(), [])

    def test_preview_is_a_list_to_look_at(self):
        self._rule("order")
        order = self._order()
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        action = run.action_preview()
        shown = self.env["adv.billing.preview"].search(action["domain"])
        self.assertEqual(action["res_model"], "adv.billing.preview")
        self.assertEqual((shown.run_id, shown.order_ids, shown.amount), (run, order, 1000.0))
        self.assertEqual((shown.partner_id, shown.mode, shown.grouping), (self.acme, "order", "order"))
        self.assertFalse(order.invoice_ids)

    def test_run_twice_bills_nothing_twice(self):
        self._rule("order")
        order = self._order()
        run = self._run()
        run.action_run()
        self._run()
        self.assertEqual(len(order.invoice_ids), 1)
        self.assertEqual(run.line_ids.mapped("state"), ["done"])
        self.assertEqual(run.state, "done")

    def test_one_failing_order_is_rolled_back_alone(self):
        # three orders on one invoice; the second one cannot be billed
        self._rule("order", "customer", self.acme)
        orders = [self._order([(self.lamp, count)]) for count in (1, 2, 3)]
        native = type(self.env["sale.order"])._prepare_invoice

        def failing(order):
            if order.id == orders[1].id and order.env.context.get("adv_billing_plan").quantities:
                raise UserError("no journal for this order")
            return native(order)

        with patch.object(type(self.env["sale.order"]), "_prepare_invoice", failing):
            run = self._run()
        failed = run.line_ids.filtered(lambda line: line.state == "failed")
        done = run.line_ids - failed
        self.assertEqual(failed.order_ids, orders[1])
        self.assertEqual(failed.message, "no journal for this order")
        self.assertEqual(done.order_ids, orders[0] | orders[2])
        self.assertEqual(done.move_id.amount_untaxed, 160.0)
        self.assertFalse(orders[1].invoice_ids)
        # the cause is gone: the same run started again bills what was left, and only that
        run.action_run()
        self.assertEqual(run.line_ids.mapped("state"), ["done", "done"])
        self.assertEqual(orders[1].invoice_ids.amount_untaxed, 80.0)

    def test_an_order_taken_by_somebody_else_waits(self):
        self._rule("order")
        order = self._order()
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        with patch.object(
            type(self.env["sale.order"]), "try_lock_for_update", lambda orders, **kw: orders.browse()
        ):
            run.action_run()
        self.assertEqual(run.line_ids.mapped("state"), ["failed"])
        self.assertFalse(order.invoice_ids)

    def test_an_order_that_is_free_again_at_the_end_is_billed(self):
        self._rule("order")
        order = self._order()
        orders, calls = type(self.env["sale.order"]), []
        native = orders.try_lock_for_update

        def busy_once(records, **options):
            calls.append(records)
            return records.browse() if len(calls) == 1 else native(records, **options)

        with patch.object(orders, "try_lock_for_update", busy_once):
            run = self._run()
        self.assertEqual(run.line_ids.mapped("state"), ["done"])
        self.assertEqual(order.invoice_ids.amount_untaxed, 1000.0)

    def test_progress(self):
        self._rule("order")
        orders = [self._order([(self.lamp, 1)]) for _number in range(3)]
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        seen = []

        def commit(run, processed, remaining=None):
            seen.append((processed, remaining, run.state, round(run.progress)))
            return True

        with patch.object(type(run), "_adv_commit", commit), patch.object(type(run), "_CHUNK", 2):
            run.action_run()
        self.assertEqual(seen, [(0, 3, "running", 0), (2, None, "running", 67), (1, None, "running", 100)])
        self.assertEqual((run.state, run.order_count, run.progress), ("done", len(orders), 100.0))

    def test_a_lot_is_billed_in_the_background(self):
        self._rule("order")
        order = self._order([(self.lamp, 1)])
        self._order([(self.lamp, 2)])
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        with patch.object(type(run), "_FOREGROUND", 1):
            run.action_bill()
        self.assertEqual((run.state, len(order.invoice_ids)), ("running", 0))
        self.env["adv.billing.run"]._cron_bill()
        self.assertEqual((run.state, run.done_count), ("done", 2))

    def _statements(self, number):
        """Statements of a run that bills ``number`` orders."""
        for _order in range(number):
            self._order([(self.lamp, 1)])
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        run.action_run()
        self.env.flush_all()
        self.assertEqual(run.done_count, number)
        return self.cr.sql_log_count - before

    def test_statements_do_not_grow_with_orders(self):
        # the same statements an invoice, whether 4 or 24 are billed, as drafts and posted with their checks
        rule = self._rule("order")
        for post, most in ((False, 14), (True, 15)):
            rule.auto_post = post
            self._statements(2)  # fills the caches
            few, many = self._statements(4), self._statements(24)
            with self.subTest(post=post):
                self.assertLess((many - few) / 20, most, (few, many))

    def test_a_day_to_come_is_only_previewed(self):
        self._rule("order")
        self._order()
        tomorrow = self.company._adv_today() + timedelta(days=1)
        run = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": tomorrow})
        self.assertEqual(len(run.preview()), 1)
        with self.assertRaises(UserError):
            run.action_run()

    def test_posting_and_what_the_checks_hold_back(self):
        self.company.adv_billing_mode = "enforce"
        self._rule("order", auto_post=True)
        sound = self._order()
        wanting = self._order(partner=self.globex)
        self.globex.adv_reference_required = True
        run = self._run()
        self.assertEqual(sound.invoice_ids.state, "posted")
        self.assertEqual(wanting.invoice_ids.state, "draft")
        line = run.line_ids.filtered(lambda line: line.order_ids == wanting)
        self.assertIn("Globex", line.message)

    def test_only_orders_of_the_company(self):
        other = self.company_data_2["company"] if hasattr(self, "company_data_2") else None
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        order = self._order()
        self._rule("order")
        self.assertEqual(run._adv_candidates(), order)
        if other:
            self.assertFalse(run.with_company(other).new({"company_id": other.id})._adv_candidates())

    def test_returns_are_left_for_a_credit_note(self):
        # 10 delivered and billed, 2 come back: nothing is billed, the line is to be credited
        order = self._order()
        picking = self._deliver(order)
        self._run()
        self._return(picking, 2)
        self.assertEqual(order.order_line.qty_to_invoice, -2)
        self.assertFalse(self._run().line_ids)
        to_issue = self.env["ir.actions.act_window"]._for_xml_id("adv_billing.action_credit_notes_to_issue")
        self.assertEqual(
            self.env["sale.order.line"].search(
                [*literal_eval(to_issue["domain"]), ("order_id", "=", order.id)]
            ),
            order.order_line,
        )

    # FACTS

    def test_state_and_results_cannot_be_set(self):
        run = self.env["adv.billing.run"].create({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            run.write({"state": "done"})
        with self.assertRaises(AccessError):
            run.sudo().write({"line_ids": [Command.create({"state": "done"})]})
        with self.assertRaises(AccessError):
            self.env["adv.billing.run"].with_context(default_state="done").create({})

    def test_a_plan_in_the_context_must_be_an_object(self):
        order = self._order()
        self.assertFalse(order.with_context(adv_billing_plan={"quantities": {}})._adv_billing_plan())
        plan = BillingPlan({}, "order", date(2026, 11, 20))
        self.assertEqual(order.with_context(adv_billing_plan=plan)._adv_billing_plan(), plan)

    def test_nightly_only_for_companies_that_want_it(self):
        self._rule("order")
        order = self._order()
        self.env["adv.billing.run"]._cron_bill()
        self.assertFalse(order.invoice_ids)
        self.company.adv_billing_nightly = True
        self.env["adv.billing.run"]._cron_bill()
        self.env["adv.billing.run"]._cron_bill()
        self.assertEqual(len(order.invoice_ids), 1)

    def test_nightly_finishes_what_is_under_way_and_then_does_the_day(self):
        self._rule("order")
        self.company.adv_billing_nightly = True
        yesterday = self.company._adv_today() - timedelta(days=1)
        stopped = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": yesterday})
        stopped._adv_set_facts({"state": "running"})
        unused = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": yesterday})
        order = self._order()
        self.env["adv.billing.run"]._cron_bill()
        self.assertEqual((stopped.state, unused.state), ("done", "draft"))
        self.assertFalse(stopped.line_ids, "confirmed after its day")
        today = self.env["adv.billing.run"].search([("company_id", "=", self.company.id)]) - stopped - unused
        self.assertEqual((today.date, today.state), (self.company._adv_today(), "done"))
        self.assertEqual(today.line_ids.order_ids, order)

    def test_nightly_leaves_a_run_to_the_person_who_bills_it(self):
        """While its chunks go on; ten minutes after the last one it is taken over, and looked at by then."""
        self._rule("order")
        self._order()
        runs, cron = self.env["adv.billing.run"], self.env.ref("adv_billing.ir_cron_adv_billing")
        run = runs.create({"company_id": self.company.id})
        taken = []

        def commit(run, processed, remaining=None):
            taken.append((run.state, bool(run.attended_at), run in runs._adv_runs_to_bill()))
            return True

        with patch.object(type(run), "_adv_commit", commit):
            run.action_run()
        self.assertEqual(taken, [("running", True, False)] * 2)
        self.assertEqual((run.state, run.attended_at), ("done", False))
        now = fields.Datetime.now()
        for minutes, left in ((9, False), (11, True)):  # the person's process died
            run._adv_set_facts({"state": "running", "attended_at": now - timedelta(minutes=minutes)})
            self.assertEqual(run in runs._adv_runs_to_bill(), left)
        calls = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]).mapped("call_at")
        self.assertTrue(any(abs(call - now - timedelta(minutes=1)) < timedelta(seconds=5) for call in calls))
        with patch.object(type(run), "_FOREGROUND", 0):
            self._order()
            run.action_bill()
        self.assertEqual((run.state, run.attended_at), ("running", False), "handed over to the job")
        self.assertIn(run, runs._adv_runs_to_bill())

    def test_a_run_of_a_past_day_bills_what_was_confirmed_by_then(self):
        self._rule("order")
        order = self._order(at=(2026, 10, 6, 0, 30))  # in Paris
        self.assertFalse(self._run(date(2026, 10, 5)).line_ids)
        self.assertEqual(self._run(date(2026, 10, 6)).line_ids.order_ids, order)

    def test_nightly_run_that_fails_stops_no_other(self):
        self._rule("order")
        self.company.adv_billing_nightly = True
        yesterday = self.company._adv_today() - timedelta(days=1)
        broken = self.env["adv.billing.run"].create({"company_id": self.company.id, "date": yesterday})
        broken._adv_set_facts({"state": "running"})
        order = self._order()
        native = type(broken)._adv_candidates

        def failing(run):
            if run == broken:
                raise ValueError("cannot be planned")
            return native(run)

        module = "odoo.addons.adv_billing.models.adv_billing_run"
        outside_tests = SimpleNamespace(module=SimpleNamespace(current_test=None))
        with (
            patch.object(type(broken), "_adv_candidates", failing),
            patch(f"{module}.modules", outside_tests),
            patch.object(self.env.cr, "rollback"),
            self.assertLogs(module, "ERROR"),
        ):
            self.env["adv.billing.run"]._cron_bill()
        self.assertEqual(broken.state, "running")
        self.assertEqual(len(order.invoice_ids), 1)

    def test_a_failure_without_an_amount_is_written_down_too(self):
        self._rule("order")
        order = self._order()
        runs = type(self.env["adv.billing.run"])

        def failing(run, groups):
            raise UserError("no account")

        with (
            patch.object(runs, "_adv_create_invoices", failing),
            patch.object(runs, "_adv_set_amounts", failing),
        ):
            run = self._run()
        self.assertRecordValues(run.line_ids, [{"state": "failed", "amount": 0.0, "message": "no account"}])
        self.assertEqual(run.line_ids.order_ids, order)

    def test_nightly_goes_on_later_when_the_time_is_over(self):
        self._rule("order")
        self.company.adv_billing_nightly = True
        order = self._order()
        runs = self.env["adv.billing.run"]
        with patch.object(type(runs), "_adv_commit", lambda run, processed, remaining=None: processed == 0):
            runs._cron_bill()
        run = runs.search([("company_id", "=", self.company.id)])
        self.assertEqual((run.state, len(order.invoice_ids)), ("running", 1))
        runs._cron_bill()
        self.assertEqual((run.state, len(order.invoice_ids)), ("done", 1))
