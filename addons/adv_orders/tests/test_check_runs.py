from contextlib import contextmanager
from functools import partial
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AdvOrdersCommon


@tagged("post_install", "-at_install")
class TestCheckRuns(AdvOrdersCommon):
    """When checks run: at submission, when what they read changes, and not again to confirm."""

    @contextmanager
    def assertRuns(self, *orders):
        """Say for which orders the rule about prices of zero is run inside."""
        seen = []
        rule = type(self.env["sale.order"])._adv_check_zero_price

        def counted(records):
            seen.extend(records.ids)
            return rule(records)

        with patch.object(type(self.env["sale.order"]), "_adv_check_zero_price", counted):
            yield
        self.assertEqual(seen, [order.id for order in orders])

    def test_confirming_a_submitted_order_runs_nothing_again(self):
        order = self.order(commitment_date="2100-01-01 10:00:00")
        with self.assertRuns(order):
            order._adv_submit()
        with self.assertRuns():
            order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_what_they_read_runs_them_again(self):
        order = self.order((self.chair, 1, {"discount": 30.0}))
        order._adv_submit()
        self.customer.invalidate_recordset()
        changes = (
            lambda: order.order_line.write({"price_unit": 90.0}),
            lambda: order.order_line.write({"product_uom_qty": 2}),
            lambda: order.write({"client_order_ref": "PO-1"}),
            lambda: order.write({"order_line": [Command.create({"product_id": self.table.id})]}),
            lambda: order.order_line[1].unlink(),
            lambda: self.customer.write({"zip": "69002"}),
            lambda: self.chair.write({"list_price": 101.0}),
            lambda: self.env.company.write({"adv_discount_limit": 25.0}),
            lambda: self.env.ref("adv_orders.check_low_margin").write({"active": False}),
            lambda: self.env["adv.check"].create({"name": "Big", "domain": "[('amount_total', '>', 1e6)]"}),
        )
        for number, change in enumerate(changes):
            change()
            with self.subTest(change=number), self.assertRuns(order):
                order._adv_submit()
            with self.subTest(unchanged=number), self.assertRuns():
                order._adv_submit()

    def test_results_of_another_day_are_looked_at_again(self):
        order = self.order(commitment_date="2100-01-01 10:00:00")
        order.with_context(adv_at=self.at(2026, 3, 2, 9))._adv_submit()
        with self.assertRuns():
            order.with_context(adv_at=self.at(2026, 3, 2, 15))._adv_submit()
        with self.assertRuns(order):
            order.with_context(adv_at=self.at(2026, 3, 3, 9))._adv_submit()

    def test_blocking_stock_is_looked_at_once_more(self):
        """Sold meanwhile to somebody else: a warning is not worth it, a block is."""
        check = self.env.ref("adv_orders.check_unavailable_stock")
        check.severity = "blocking"
        order = self.order((self.chair, 80))
        order._adv_submit()
        self.assertFalse(order.adv_blocked)
        self.stock(self.chair, -50)
        order.action_confirm()
        self.assertEqual(order.adv_state, "held")

    def test_a_change_of_a_waiting_order_is_checked_at_once(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        order.action_confirm()
        self.assertEqual(order.adv_state, "to_correct")
        order.with_user(self.assistant).write(
            {"order_line": [Command.update(order.order_line.id, {"price_unit": 100.0})]}
        )
        self.assertFalse(order.adv_blocked)
        self.assertEqual(self.result(order, "zero_price").state, "passed")

    def test_lines_added_and_removed_are_checked_at_once(self):
        order = self.order((self.chair, 1, {"price_unit": 0.0}), (self.table, 1))
        order.action_confirm()
        order.order_line[0].unlink()
        self.assertFalse(order.adv_blocked)
        blocked = self.order((self.chair, 2, {"price_unit": 0.0}))
        blocked.action_confirm()
        blocked.write({"client_order_ref": "PO-1"})
        self.env["sale.order.line"].create(
            {"order_id": blocked.id, "product_id": self.table.id, "price_unit": 0.0}
        )
        self.assertIn("lines: 2", self.result(blocked, "zero_price").message)

    # WAITING ORDERS

    def recheck(self):
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kwargs: 3600):
            self.env["sale.order"]._adv_cron_recheck(limit=2)

    def held(self, quantity, reference):
        order = self.order((self.chair, quantity), client_order_ref=reference)
        order.with_user(self.assistant).action_confirm()
        self.assertEqual(order.adv_state, "held")
        return order

    def test_held_orders_clear_by_themselves(self):
        """Three wait for chairs; 60 arrive, enough for each of two, not for the third."""
        self.env.ref("adv_orders.check_unavailable_stock").severity = "blocking"
        orders = self.held(150, "A") | self.held(155, "B") | self.held(500, "C")
        self.recheck()
        self.assertEqual(orders.mapped("adv_state"), ["held"] * 3)
        self.stock(self.chair, 60)
        self.recheck()
        self.assertEqual(orders.mapped("adv_ready"), [True, True, False])
        self.run_job()
        self.assertEqual(orders[0].state, "sale")

    def trigger_of(self, change):
        cron = self.env.ref("adv_orders.cron_recheck")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        change()
        return triggers.search_count([("cron_id", "=", cron.id)]) - before

    def receive(self, product, quantity):
        supplier = self.env.ref("stock.stock_location_suppliers")
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": supplier.id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        move._action_confirm()
        move.quantity = quantity
        move.picked = True
        move._action_done()

    def test_a_language_installed_later_is_told_at_the_next_look(self):
        """The job that looks at waiting orders again is started by the installation itself."""
        activate = partial(self.env["res.lang"]._activate_lang, "es_ES")
        self.assertEqual(self.trigger_of(activate), 0, "nothing waits")
        order = self.order((self.chair, 1, {"price_unit": 0.0}))
        order.action_confirm()
        activate = partial(self.env["res.lang"]._activate_lang, "fr_FR")
        self.assertEqual(self.trigger_of(activate), 1)
        self.env["ir.module.module"]._load_module_terms(["adv_orders"], ["fr_FR"], overwrite=True)
        self.recheck()
        self.assertIn("sans prix", self.result(order, "zero_price").with_context(lang="fr_FR").message)

    def test_an_arrival_wakes_the_orders_that_wait_for_it(self):
        self.env.ref("adv_orders.check_unavailable_stock").severity = "blocking"
        self.held(150, "A")
        self.assertEqual(self.trigger_of(lambda: self.receive(self.table, 10)), 0)
        self.assertEqual(self.trigger_of(lambda: self.receive(self.chair, 60)), 1)

    def test_a_new_limit_or_agreement_wakes_the_orders_of_the_customer(self):
        self.env.company.account_use_credit_limit = True
        self.customer.credit_limit = 400.0
        self.env.ref("adv_orders.check_credit_limit").severity = "blocking"
        self.held(5, "A")
        other = self.env["res.partner"].create({"name": "Other"})
        self.assertEqual(self.trigger_of(lambda: other.write({"credit_limit": 900.0})), 0)
        self.assertEqual(self.trigger_of(lambda: self.customer.write({"credit_limit": 900.0})), 1)
        agreement = self.env["adv.agreement"].create(
            {"name": "Frame", "partner_id": self.customer.id, "date_from": "2026-01-01"}
        )
        self.assertEqual(self.trigger_of(agreement.action_activate), 1)

    def test_a_check_that_is_changed_wakes_everybody(self):
        self.env.ref("adv_orders.check_unavailable_stock").severity = "blocking"
        self.held(150, "A")
        check = self.env.ref("adv_orders.check_unavailable_stock")
        self.assertEqual(self.trigger_of(lambda: check.write({"severity": "warning"})), 1)
        self.recheck()
        self.run_job()

    # FIVE HUNDRED

    def test_statements_of_500_orders_are_those_of_5(self):
        """Fifty customers with agreements, histories and debts, twenty products, all sorts of failures."""
        self.env.company.write(
            {
                "adv_check_mode": "observe",
                "adv_approval_mode": "observe",
                "account_use_credit_limit": True,
            }
        )
        customers = self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {n}",
                    "is_company": True,
                    "credit_limit": 100.0,
                    "email": f"{n}@example.com",
                }
                for n in range(50)
            ]
        )
        products = self.env["product.product"].create(
            [
                {"name": f"Part {n}", "is_storable": True, "list_price": 10.0 + n, "standard_price": 9.0}
                for n in range(20)
            ]
        )
        self.env["adv.agreement"].create(
            [
                {
                    "name": f"Frame {n}",
                    "partner_id": customer.id,
                    "date_from": "2026-01-01",
                    "line_ids": [
                        Command.create({"product_id": products[n % 20].id, "fixed_price": 5.0}),
                        Command.create({"kind": "discount", "discount": 7.0}),
                    ],
                }
                for n, customer in enumerate(customers[:25])
            ]
        ).action_activate()
        pricelist = self.env["product.pricelist"].create(
            {
                "name": "List",
                "item_ids": [Command.create({"compute_price": "percentage", "percent_price": 3})],
            }
        )
        values = [
            {
                "partner_id": customers[n % 50].id,
                "client_order_ref": f"PO-{n % 50}-{n // 100}",  # two and two of a customer
                "pricelist_id": pricelist.id,
                "commitment_date": "2020-01-01 10:00:00" if n % 3 else False,
                "order_line": [
                    Command.create(
                        {
                            "product_id": products[(n + k) % 20].id,
                            "product_uom_qty": 1 + n % 7,
                            "price_unit": n % 5 * 4.0,
                            "discount": n % 4 * 9.0,
                        }
                    )
                    for k in range(2)
                ],
            }
            for n in range(505)
        ]
        orders = self.env["sale.order"].with_context(tracking_disable=True).create(values)
        past = (
            self.env["sale.order"]
            .with_context(tracking_disable=True)
            .create([{**vals, "client_order_ref": f"OLD-{n}"} for n, vals in enumerate(values[:100])])
        )
        past.write({"state": "sale"})
        self.env["adv.check"]._run(orders[5:25])  # caches of settings, languages, checks and categories
        counts = []
        for batch in (orders[:5], orders[5:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["adv.check"]._run(batch)
            counts.append(self.env.cr.sql_log_count - before)
        few, many = counts  # the smaller batch may still warm caches that the larger one finds warm
        self.assertLessEqual(many, few)
        self.assertLess(many, 80)
        found = set(
            orders.adv_check_result_ids.filtered(lambda one: one.state == "failed").mapped("check_id.code")
        )
        self.assertGreaterEqual(
            found,
            {"zero_price", "price_deviation", "discount_above_limit", "low_margin", "unavailable_stock",
             "duplicate_order", "incomplete_customer", "credit_limit", "promise_too_early"},
        )  # fmt: skip


@tagged("post_install", "-at_install")
class TestOwnChecks(AdvOrdersCommon):
    """Checks that a manager adds by a condition, without code."""

    def check(self, domain="[('amount_total', '>', 400)]", **values):
        return (
            self.env["adv.check"]
            .with_user(self.manager)
            .create({"name": "Too big", "domain": domain, "severity": "blocking", **values})
        )

    def test_it_stops_an_order(self):
        check = self.check(description="Orders above 400 are looked at.")
        self.assertEqual(check.code, "own_too_big")
        order = self.order()
        order.action_confirm()
        self.assertEqual(order.adv_state, "held")
        self.assertEqual(order.adv_todo, "Too big: Orders above 400 are looked at.")
        small = self.order((self.chair, 1))
        small.action_confirm()
        self.assertEqual(small.state, "sale")

    def test_conditions_on_lines_and_customers(self):
        self.check("[('order_line.product_id', 'in', [%s])]" % self.table.id)
        self.check(
            "['&', ('partner_id.country_id.code', '=', 'FR'), ('order_line', 'any', [('discount', '>', 5)])]",
            name="Discount in France",
        )
        order = self.order((self.table, 1, {"discount": 6.0}))
        self.env["adv.check"]._run(order)
        for code in ("own_too_big", "own_discount_in_france"):
            self.assertEqual(self.result(order, code).state, "failed", code)

    def test_codes_are_free(self):
        codes = [self.check().code, self.check().code, self.check(name="Zero price").code]
        self.assertEqual(codes, ["own_too_big", "own_too_big_2", "own_zero_price"])
        both = self.env["adv.check"].create([{"name": "Twice"}, {"name": "Twice"}])
        self.assertEqual(both.mapped("code"), ["own_twice", "own_twice_2"])

    def test_a_condition_is_tried_before_it_is_kept(self):
        check = self.check()
        for domain in (
            "[('nothing', '=', 1)]",
            "[('amount_total', 'between', 1)]",
            "not a domain",
            "[('amount_total', '>', 'many')]",
            "[]",
            "__import__('os').system('true')",
        ):
            with self.subTest(domain=domain):
                with self.assertRaises(ValidationError) as refused:
                    check.domain = domain
                self.assertIn("Too big", str(refused.exception))
        self.assertEqual(check.domain, "[('amount_total', '>', 400)]")

    def test_a_condition_gives_no_rights(self):
        """What the manager may not read cannot be asked by a condition either."""
        with self.assertRaises(ValidationError):
            self.check("[('create_uid.totp_secret', '!=', False)]")

    def test_a_condition_that_broke_later_stops_nobody(self):
        check = self.check()
        self.env.cr.execute(
            "UPDATE adv_check SET domain = %s WHERE id = %s",
            ("[('field_of_a_module_gone', '=', 1)]", check.id),
        )
        self.env.invalidate_all()
        order = self.order()
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(self.result(order, "own_too_big").state, "not_applicable")

    def test_the_reader_reads_it_in_their_language(self):
        """What is said, and whether an override stays, does not depend on who submits."""
        self.env["res.lang"]._activate_lang("fr_FR")
        check = self.check(description="Look at it.")
        check.with_context(lang="fr_FR").description = "Regardez-la."
        order = self.order()
        self.env["adv.check"].with_context(lang="fr_FR")._run(order)
        result = self.result(order, "own_too_big")
        self.assertEqual(result.message, "Look at it.")
        self.assertEqual(result.with_context(lang="fr_FR").message, "Regardez-la.")
        result.action_override("fine")
        self.env["adv.check"].with_context(lang="en_US")._run(order)
        self.assertEqual(result.state, "overridden")
        self.env["adv.check"].with_context(lang="fr_FR")._run(order)
        self.assertEqual(result.state, "overridden")

    def test_plain_sentences_of_a_rule_are_english_for_the_fingerprint(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        rule = {"_adv_check_plain": lambda orders: dict.fromkeys(orders.ids, ("failed", orders.env.lang))}
        self.env["adv.check"].create({"name": "Plain", "code": "plain"})
        order = self.order()
        with patch.object(type(order), "_adv_check_plain", rule["_adv_check_plain"], create=True):
            self.env["adv.check"].with_context(lang="fr_FR")._run(order)
        self.assertEqual(self.result(order, "plain").fingerprint, "en_US")

    def test_what_a_check_found_is_kept(self):
        check = self.check()
        unused = self.check(name="Unused")
        self.env["adv.check"]._run(self.order())
        with self.assertRaises(UserError):
            check.unlink()
        check.active = False
        fresh = self.check(name="Fresh")
        fresh.unlink()
        self.assertTrue(unused.exists())

    def test_only_managers(self):
        with self.assertRaises(AccessError):
            self.env["adv.check"].with_user(self.assistant).create(
                {"name": "Mine", "domain": "[('id','>',0)]"}
            )

    def test_documents_that_run_no_checks(self):
        with self.assertRaises(ValidationError):
            self.check("[('login', '=', 'x')]", model="res.users")
