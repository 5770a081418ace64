"""Real data: what the addons say against figures worked out of the files by independent code."""

import csv
import os
import shutil
import tempfile
import unittest
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

from odoo.tests import TransactionCase, tagged

from engine.sample import SampleError, main

from .sample_catalogue import codes, ledger_figures, trade_figures
from .sample_figures import Ledger, Trade, half_year

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("ADV_SAMPLE_DATA") or ROOT.parent / "shared" / "data")
DAYS = (date(2012, 6, 30), date(2012, 12, 31), date(2013, 6, 30))
# The last day of Classic Models' orders; and a day when all of them are long due.
LAST_ORDER = date(2005, 5, 31)
LATER = date(2005, 12, 31)


def needs_data():
    if not (DATA / "classicmodels").is_dir():
        raise unittest.SkipTest(
            f"the real data is not in {DATA}: nothing was compared (ADV_SAMPLE_DATA names another folder)"
        )


class SampleCase(TransactionCase):
    @classmethod
    def companies(cls):
        """The two companies of the loader, by their external ids."""
        return [cls.env.ref(f"adv_sample.{key}_company") for key in ("classicmodels", "receivables")]

    @classmethod
    def in_company(cls, company):
        return cls.env(context=dict(cls.env.context, allowed_company_ids=company.ids))

    @classmethod
    def counts(cls):
        """How many records of each kind the loader's companies have."""
        companies = [company.id for company in cls.companies()]
        models = (
            "sale.order",
            "sale.order.line",
            "stock.picking",
            "stock.move",
            "account.move",
            "account.payment",
            "account.partial.reconcile",
            "product.product",
            "adv.dispute",
        )
        counts = {model: cls.env[model].search_count([("company_id", "in", companies)]) for model in models}
        counts["res.partner"] = cls.env["res.partner"].search_count(
            [("company_id", "in", companies), ("parent_id", "=", False)]
        )
        counts["res.users"] = cls.env["res.users"].search_count([("company_id", "in", companies)])
        notes = [("model", "=", "sale.order"), ("message_type", "=", "comment")]
        counts["mail.message"] = cls.env["mail.message"].search_count(notes)
        return counts


@tagged("post_install", "-at_install", "adv_sample")
class TestSample(SampleCase):
    @classmethod
    def setUpClass(cls):
        needs_data()
        super().setUpClass()
        cls.progress = []
        main(cls.env, DATA, lambda *step: cls.progress.append(step), commit=cls.settle)
        cls.trade = Trade(DATA / "classicmodels")
        cls.ledger = Ledger(DATA / "receivables")
        cls.trade_company, cls.ledger_company = cls.companies()
        cls.trade_env = cls.in_company(cls.trade_company)
        cls.ledger_env = cls.in_company(cls.ledger_company)

    @classmethod
    def settle(cls):
        """What a commit does besides: the hooks that wait for it hold thousands of records and environments.

        The planner knows nothing of what one transaction has inserted unless it is told.
        """
        cls.cr.flush()
        cls.cr.clear()
        cls.cr.postcommit.clear()
        if len(cls.progress) % 8 == 0:
            cls.cr.execute("ANALYZE")

    def value(self, env, code, first, last, as_of=None):
        """The value of a figure, after making sure that the records behind it give the same."""
        figure = env["adv.kpi"].get_values(
            [code], first, last, {"company_ids": env.company.ids}, as_of=as_of
        )[code]
        self.assertFalse(figure["not_applicable"], code)
        for part in (figure["numerator"], figure["denominator"]):
            if part:
                self.assertAlmostEqual(self.aggregate(env, part), part["value"], 2, code)
        return figure["value"]

    def aggregate(self, env, part):
        kind, _colon, field = part["aggregate"].partition(":")
        aggregate = f"{field}:sum" if kind == "sum" else "__count"
        return env[part["model"]]._read_group(part["domain"], [], [aggregate])[0][0] or 0.0

    def orders(self, *domain):
        return self.env["sale.order"].search([("company_id", "=", self.trade_company.id), *domain])

    # === LOADING === #

    def test_progress_reaches_its_end(self):
        done = [step[0] for step in self.progress]
        self.assertEqual(done, sorted(done))
        self.assertEqual(len({step[1] for step in self.progress}), 1)
        self.assertEqual(self.progress[-1][:2], (self.progress[-1][1], self.progress[-1][1]))

    def test_second_run_adds_nothing(self):
        before = self.counts()
        main(self.env, DATA, commit=False)
        self.assertEqual(self.counts(), before)

    def test_nothing_is_mailed(self):
        companies = [company.id for company in self.companies()]
        self.assertFalse(self.env["mail.mail"].search([("record_company_id", "in", companies)]))
        users = self.env["res.users"].search([("company_id", "in", companies)])
        self.assertEqual({user.email.partition("@")[2] for user in users}, {"example.com"})
        self.assertFalse(self.env["mail.mail"].search([("recipient_ids", "in", users.partner_id.ids)]))

    # === MASTER DATA === #

    def test_customers(self):
        loaded = self.trade_env["res.partner"].search(
            [("company_id", "=", self.trade_company.id), ("customer_rank", ">", 0)]
        )
        self.assertEqual(
            {partner.ref: (partner.name, partner.credit_limit) for partner in loaded},
            {
                row["customerNumber"]: (row["customerName"], float(row["creditLimit"]))
                for row in self.trade.customers
            },
        )
        limited = {row["customerNumber"] for row in self.trade.customers if Decimal(row["creditLimit"])}
        self.assertEqual({partner.ref for partner in loaded if partner.use_partner_credit_limit}, limited)
        self.assertEqual(loaded.property_payment_term_id.mapped("line_ids.nb_days"), [30])
        names = {
            row["employeeNumber"]: f"{row['firstName']} {row['lastName']}" for row in self.trade.employees
        }
        self.assertEqual(
            {partner.ref: partner.user_id.name for partner in loaded},
            {
                row["customerNumber"]: names.get(row["salesRepEmployeeNumber"], False)
                for row in self.trade.customers
            },
        )

    def test_products_and_stock(self):
        products = self.trade_env["product.product"].search([("company_id", "=", self.trade_company.id)])
        self.assertEqual(
            {
                product.default_code: (product.standard_price, product.list_price, product.qty_available)
                for product in products
            },
            {
                row["productCode"]: (float(row["buyPrice"]), float(row["MSRP"]), int(row["quantityInStock"]))
                for row in self.trade.products
            },
        )

    # === ORDERS === #

    def test_orders_by_state(self):
        statuses = self.trade.statuses()
        self.assertEqual(len(self.orders()), len(self.trade.orders))
        self.assertEqual(
            Counter((order.state, bool(order.picking_ids.filtered("date_done"))) for order in self.orders()),
            {
                ("sale", True): sum(statuses[status, True] for status in ("Shipped", "Resolved", "Disputed")),
                ("sale", False): statuses["In Process", False] + statuses["On Hold", False],
                ("cancel", True): statuses["Cancelled", True],
                ("cancel", False): statuses["Cancelled", False],
            },
        )

    def test_orders_hold_their_own_dates(self):
        local = self.trade_company._adv_date
        self.assertEqual(
            {
                order.name: (
                    local(order.adv_received_date),
                    local(order.adv_confirmed_date),
                    local(order.date_order),
                    local(order.adv_requested_date),
                    local(order.adv_promise_initial),
                    local(order.adv_promise_date),
                    local(order.adv_delivered_date) or None,
                )
                for order in self.orders(("state", "=", "sale"))
            },
            {
                row["orderNumber"]: (*[row["orderDate"]] * 3, *[row["requiredDate"]] * 3, row["shippedDate"])
                for row in self.trade.confirmed
            },
        )

    def test_shipments(self):
        """312 were shipped, two of them cancelled afterwards; one left after its required day."""
        local = self.trade_company._adv_date
        pickings = self.orders().picking_ids.filtered(lambda picking: picking.state == "done")
        shipped = {picking.sale_id.name: local(picking.date_done) for picking in pickings}
        self.assertEqual(shipped, {row["orderNumber"]: row["shippedDate"] for row in self.trade.shipped})
        self.assertEqual(len(shipped), 312)
        days = [(shipped[order.name] - local(order.date_order)).days for order in pickings.sale_id]
        self.assertAlmostEqual(sum(days) / len(days), self.trade.mean_days(self.trade.shipped), 9)
        self.assertAlmostEqual(sum(days) / len(days), 3.756, 3)
        late = [row["orderNumber"] for row in self.trade.shipped if row["shippedDate"] > row["requiredDate"]]
        self.assertEqual(late, ["10165"])
        delivered = self.orders(("adv_delivered_date", "!=", False))
        self.assertEqual(delivered.filtered(lambda order: not order.adv_is_on_time).mapped("name"), late)
        self.assertTrue(all(delivered.mapped("adv_is_in_full")))

    def test_order_figures(self):
        first, last = date(2003, 1, 1), LATER
        env, trade = self.trade_env, self.trade
        self.assertEqual(self.value(env, "order_count", first, last), len(trade.confirmed))
        self.assertEqual(self.value(env, "order_line_count", first, last), trade.order_lines())
        intake = self.value(env, "order_intake", first, last)
        self.assertAlmostEqual(intake, float(trade.intake()), 2)
        cancelled = sum(self.orders(("state", "=", "cancel")).mapped("amount_untaxed"))
        self.assertAlmostEqual(intake + cancelled, 9604190.61, 2)
        self.assertEqual(
            self.value(env, "order_count", date(2004, 1, 1), date(2004, 12, 31)),
            sum(order["orderDate"].year == 2004 for order in trade.confirmed),
        )

    def test_delivery_figures(self):
        env, trade = self.trade_env, self.trade
        first = date(2003, 1, 1)
        for day in (LAST_ORDER, LATER):
            self.assertAlmostEqual(
                self.value(env, "on_time_rate", first, day), trade.on_time_rate(day), 6, str(day)
            )
        self.assertAlmostEqual(
            self.value(env, "processing_time", first, LATER), trade.mean_days(trade.delivered), 6
        )

    def test_checks_judge_each_order_on_its_own_day(self):
        """The real orders' entry errors: customers without a postal code, prices typed over the listed one.

        323 of the 326 orders have a price other than the listed one (the retail price of the file), which
        has neither discounts nor agreements that would explain it.
        """
        expected = {
            "incomplete_customer": self.trade.without_place(),
            "price_deviation": self.trade.typed_over(),
        }
        orders = self.orders()
        failed = orders.adv_check_result_ids.filtered(
            lambda result: result.state == "failed" and result.check_id.error_type_id
        )
        self.assertEqual(
            {(result.order_id.name, result.check_id.code) for result in failed},
            {(number, code) for code, numbers in expected.items() for number in numbers},
        )
        local = self.trade_company._adv_date
        day = {row["orderNumber"]: row["orderDate"] for row in self.trade.orders}
        kinds = {check.code: check.error_type_id.code for check in failed.check_id}
        self.assertEqual(
            Counter(
                (error.order_id.name, error.type_id.code, local(error.date)) for error in orders.adv_error_ids
            ),
            Counter(
                (number, kinds[code], day[number]) for code, numbers in expected.items() for number in numbers
            ),
        )
        rates = ("entry_error_rate", "entry_error_caught_rate")
        escaped, caught = (self.value(self.trade_env, code, date(2003, 1, 1), LATER) for code in rates)
        self.assertEqual(escaped, 0)
        self.assertAlmostEqual(caught, 100 * len(set.union(*expected.values())) / len(self.trade.orders), 6)
        self.assertEqual(len(expected["price_deviation"]), 323)

    def test_revenue(self):
        env, trade = self.trade_env, self.trade
        for first, last in ((date(2003, 1, 1), LATER), (date(2004, 1, 1), date(2004, 12, 31))):
            revenue = self.value(env, "revenue", first, last)
            self.assertAlmostEqual(revenue, float(trade.revenue(first, last)), 2)
        invoices = self.orders().invoice_ids
        self.assertEqual(len(invoices), len(trade.delivered))
        self.assertEqual(
            {invoice.invoice_origin: invoice.invoice_date for invoice in invoices},
            {row["orderNumber"]: row["shippedDate"] for row in trade.delivered},
        )

    def test_comments_are_notes(self):
        notes = self.env["mail.message"].search(
            [
                ("model", "=", "sale.order"),
                ("res_id", "in", self.orders().ids),
                ("subtype_id", "=", self.env.ref("mail.mt_note").id),
                ("message_type", "=", "comment"),
            ]
        )
        self.assertEqual(len(notes), sum(bool(row["comments"]) for row in self.trade.orders))

    # === MONEY === #

    def test_payments_are_matched(self):
        exact, still_open, credit = self.trade.allocate()
        self.assertEqual(exact, 250)
        invoices = self.orders().invoice_ids
        self.assertEqual(
            {
                invoice.invoice_origin: round(invoice.amount_residual, 2)
                for invoice in invoices
                if invoice.amount_residual
            },
            {number: float(rest) for number, rest in still_open.items()},
        )
        payments = self.env["account.payment"].search([("company_id", "=", self.trade_company.id)])
        self.assertEqual(len(payments), 273)
        self.assertAlmostEqual(sum(payments.mapped("amount")), 8853839.23, 2)
        lines = payments.move_id.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        open_credit = {line.move_id.ref: -line.amount_residual for line in lines if line.amount_residual}
        self.assertEqual(open_credit, {number: float(rest) for number, rest in credit.items()})
        one_to_one = [
            line
            for line in lines
            if len(line.matched_debit_ids) == 1
            and line.matched_debit_ids.debit_move_id.move_id.amount_total == -line.balance
        ]
        self.assertEqual(len(one_to_one), exact)

    def test_trade_balance(self):
        for day in (date(2003, 12, 31), date(2004, 12, 31), LATER):
            balance = self.value(self.trade_env, "receivable_balance", half_year(day), day)
            self.assertAlmostEqual(balance, float(self.trade.balance(day)), 2, str(day))

    def test_trade_disputes(self):
        disputes = self.env["adv.dispute"].search([("company_id", "=", self.trade_company.id)])
        self.assertEqual(
            sorted(disputes.mapped("move_id.invoice_origin")),
            sorted(row["orderNumber"] for row in self.trade.orders if row["status"] == "Disputed"),
        )
        self.assertEqual(set(disputes.mapped("state")), {"open"})

    # === RECEIVABLES === #

    def test_ledger_is_loaded(self):
        invoices = self.env["account.move"].search(
            [("company_id", "=", self.ledger_company.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual(
            {
                invoice.ref: (invoice.invoice_date, invoice.invoice_date_due, invoice.amount_total)
                for invoice in invoices
            },
            {
                row["invoiceNumber"]: (row["InvoiceDate"], row["DueDate"], float(row["InvoiceAmount"]))
                for row in self.ledger.rows
            },
        )
        self.assertEqual(set(invoices.mapped("payment_state")), {"paid"})
        self.assertEqual(len(invoices.commercial_partner_id), 100)
        disputes = self.env["adv.dispute"].search([("company_id", "=", self.ledger_company.id)])
        self.assertEqual(
            {dispute.move_id.ref: dispute.date_closed for dispute in disputes},
            {
                row["invoiceNumber"]: row["SettledDate"]
                for row in self.ledger.rows
                if row["Disputed"] == "Yes"
            },
        )

    def test_receivable_figures(self):
        env, ledger = self.ledger_env, self.ledger
        expected = ((98, 5504.09, 15), (99, 5725.06, 13), (84, 5119.85, 12))
        for day, (count, balance, overdue) in zip(DAYS, expected, strict=True):
            with self.subTest(day=day):
                first = half_year(day)
                self.assertEqual(len(ledger.open(day)), count)
                self.assertEqual(len(ledger.overdue(day)), overdue)
                self.assertAlmostEqual(float(ledger.amount(ledger.open(day))), balance, 2)
                self.assertAlmostEqual(self.value(env, "receivable_balance", first, day), balance, 2)
                self.assertAlmostEqual(
                    self.value(env, "overdue_balance", first, day),
                    float(ledger.amount(ledger.overdue(day))),
                    2,
                )
                self.assertAlmostEqual(self.value(env, "dso", first, day), ledger.dso(day), 6)
                self.assertAlmostEqual(
                    self.value(env, "dso_ratio", first, day), ledger.dso_ratio(first, day), 6
                )

    # === CATALOGUE === #

    def assertCatalogue(self, env, expected, first, last):
        """Check figures, and that the records behind them add up to them."""
        figures = env["adv.kpi"].get_values(list(expected), first, last, {"company_ids": env.company.ids})
        for code, value in expected.items():
            with self.subTest(code=code, days=(str(first), str(last))):
                found = figures[code]
                for part in filter(None, (found["numerator"], found["denominator"])):
                    self.assertAlmostEqual(self.aggregate(env, part), part["value"], 2)
                if value is None:
                    self.assertIsNone(found["value"])
                else:
                    self.assertAlmostEqual(found["value"], float(value), 4)

    def test_catalogue(self):
        """Every figure that the files determine, on both companies, is the one worked out of the files."""
        seen = []
        for first, last in (
            (date(2004, 1, 1), date(2004, 12, 31)),
            (date(2005, 5, 1), LAST_ORDER),
            (date(2003, 1, 1), LATER),
        ):
            seen.append(trade_figures(self.trade, first, last))
            self.assertCatalogue(self.trade_env, seen[-1], first, last)
        for day in DAYS:
            seen.append(ledger_figures(self.ledger, half_year(day), day))
            self.assertCatalogue(self.ledger_env, seen[-1], half_year(day), day)
        self.assertGreaterEqual(len(codes(*seen)), 30)

    def open_moves(self, code, day):
        """The documents behind a balance that is not zero: {number: amount}."""
        figure = self.ledger_env["adv.kpi"].get_values([code], half_year(day), day)[code]["numerator"]
        groups = self.ledger_env[figure["model"]]._read_group(figure["domain"], ["move_id"], ["amount:sum"])
        return {move.ref: round(amount, 2) for move, amount in groups if round(amount, 2)}

    def test_documents_behind_the_balances(self):
        for day in DAYS:
            with self.subTest(day=day):
                for code, rows in (
                    ("receivable_balance", self.ledger.open(day)),
                    ("overdue_balance", self.ledger.overdue(day)),
                ):
                    self.assertEqual(
                        self.open_moves(code, day),
                        {row["invoiceNumber"]: float(row["InvoiceAmount"]) for row in rows},
                        code,
                    )

    # === DUNNING === #

    def preview(self, day):
        return self.ledger_env["adv.dunning.run"].preview(day, self.ledger_company.id)

    def number(self, item):
        return self.env["account.move"].browse(item["move_id"]).ref

    def chased(self, items):
        return {self.number(item): round(item["amount"], 2) for item in items if item["outcome"] == "chased"}

    def test_preview_chases_the_right_invoices(self):
        """The first level of the shipped policy asks from the fifth day on, for 50 or more, undisputed."""
        for day in DAYS:
            with self.subTest(day=day):
                items = self.preview(day)
                self.assertEqual(
                    sorted(map(self.number, items)),
                    sorted(row["invoiceNumber"] for row in self.ledger.open(day)),
                )
                self.assertEqual(
                    {self.number(item) for item in items if item["outcome"] == "disputed"},
                    {row["invoiceNumber"] for row in self.ledger.open(day) if row["Disputed"] == "Yes"},
                )
                self.assertEqual(
                    self.chased(items),
                    {number: float(amount) for number, amount in self.ledger.chased(day).items()},
                )
        self.assertTrue(any(self.ledger.chased(day) for day in DAYS))

    def test_run_makes_the_notices_of_its_preview(self):
        day = DAYS[0]
        run = self.ledger_env["adv.dunning.run"].create({"company_id": self.ledger_company.id, "date": day})
        run.action_compute()
        claimed = run.notice_ids.line_ids
        self.assertEqual(
            {line.move_id.ref: round(line.amount, 2) for line in claimed},
            {number: float(amount) for number, amount in self.ledger.chased(day).items()},
        )

    def test_without_a_smallest_claim_more_are_chased(self):
        policies = self.env["adv.dunning.policy"].search([])
        policies.minimum_amount = 0
        policies.level_ids.filtered(lambda level: level.delay >= 0).minimum_amount = 0
        for day in DAYS:
            with self.subTest(day=day):
                expected = self.ledger.chased(day, smallest=0)
                self.assertTrue(expected)
                self.assertEqual(
                    self.chased(self.preview(day)),
                    {number: float(amount) for number, amount in expected.items()},
                )


class Interrupted(Exception):
    pass


def extract(folder, customers, invoices):
    """Write a small part of the real data: some customers with all they did, and the first invoices."""
    numbers = {"customerNumber": customers}
    source = DATA / "classicmodels"
    orders = copy_rows(source / "orders.csv", folder / "classicmodels", numbers)
    copy_rows(source / "customers.csv", folder / "classicmodels", numbers)
    copy_rows(source / "payments.csv", folder / "classicmodels", numbers)
    lines = copy_rows(
        source / "orderdetails.csv",
        folder / "classicmodels",
        {"orderNumber": {order["orderNumber"] for order in orders}},
    )
    codes = {line["productCode"] for line in lines}
    copy_rows(source / "products.csv", folder / "classicmodels", {"productCode": codes})
    for name in ("employees.csv", "productlines.csv"):
        copy_rows(source / name, folder / "classicmodels", {})
    ledger = DATA / "receivables" / "accounts_receivable.csv"
    copy_rows(ledger, folder / "receivables", {}, limit=invoices)


def copy_rows(source, folder, wanted, limit=None):
    """Copy the rows whose columns have one of the wanted values; return them."""
    folder.mkdir(exist_ok=True)
    with source.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        rows = [row for row in reader if all(row[name] in values for name, values in wanted.items())][:limit]
        names = reader.fieldnames
    with (folder / source.name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return rows


@tagged("post_install", "-at_install", "adv_sample")
class TestSampleInterrupted(SampleCase):
    """A load that is broken off between any two commits, or within a chunk, is completed by the next."""

    @classmethod
    def setUpClass(cls):
        needs_data()
        super().setUpClass()
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.folder = Path(folder)
        # On hold with a payment of two orders, shipped late, cancelled before and after shipment, disputed
        extract(cls.folder, {"144", "148", "496", "131", "471"}, invoices=60)

    def load(self, stop_after=None):
        """Load until the progress was told so many times; what was not committed by then is lost."""
        savepoint = self.env.cr.savepoint()
        told = 0

        def commit():
            nonlocal savepoint
            savepoint.close(rollback=False)
            savepoint = self.env.cr.savepoint()

        def progress(_done, _total, _what):
            nonlocal told
            told += 1
            if told == stop_after:
                raise Interrupted

        try:
            main(self.env, self.folder, progress, commit=commit)
        except Interrupted:
            savepoint.close(rollback=True)
            return False
        savepoint.close(rollback=False)
        return True

    def test_interrupted_anywhere_and_completed(self):
        trade, ledger = Trade(self.folder / "classicmodels"), Ledger(self.folder / "receivables")
        attempts = 1
        while not self.load(stop_after=attempts):
            attempts += 1
        self.assertGreater(attempts, 15)
        counts = self.counts()
        self.assertTrue(self.load())
        self.assertEqual(self.counts(), counts)

        company, ledger_company = self.companies()
        self.assertEqual(counts["sale.order"], len(trade.orders))
        self.assertEqual(counts["sale.order.line"], len(trade.lines))
        self.assertEqual(counts["account.payment"], len(trade.payments) + len(ledger.rows))
        self.assertEqual(counts["stock.picking"], len(trade.orders))
        self.assertEqual(counts["mail.message"], sum(bool(row["comments"]) for row in trade.orders))
        moves = len(trade.delivered) + len(trade.payments) + 2 * len(ledger.rows)
        self.assertEqual(counts["account.move"], moves)
        self.assertEqual(
            counts["adv.dispute"],
            sum(row["status"] == "Disputed" for row in trade.orders)
            + sum(row["Disputed"] == "Yes" for row in ledger.rows),
        )
        orders = self.env["sale.order"].search([("company_id", "=", company.id), ("state", "=", "sale")])
        self.assertEqual(
            {order.name: company._adv_date(order.adv_delivered_date) or None for order in orders},
            {row["orderNumber"]: row["shippedDate"] for row in trade.confirmed},
        )
        self.assertEqual(
            {
                invoice.invoice_origin: round(invoice.amount_residual, 2)
                for invoice in orders.invoice_ids
                if invoice.amount_residual
            },
            {number: float(rest) for number, rest in trade.allocate()[1].items()},
        )
        settled = self.env["account.move"].search(
            [("company_id", "=", ledger_company.id), ("move_type", "=", "out_invoice")]
        )
        self.assertEqual(set(settled.mapped("payment_state")), {"paid"})


@tagged("post_install", "-at_install", "adv_sample")
class TestSampleBadInput(SampleCase):
    """A wrong file is told in one line that names it, and nothing is made."""

    @classmethod
    def setUpClass(cls):
        needs_data()
        super().setUpClass()
        folder = tempfile.mkdtemp()
        cls.addClassCleanup(shutil.rmtree, folder)
        cls.original = Path(folder)
        extract(cls.original, {"471"}, invoices=5)

    def setUp(self):
        super().setUp()
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        self.folder = Path(folder) / "data"
        shutil.copytree(self.original, self.folder)

    def refused(self, message, folder=None):
        companies = self.env["res.company"].search_count([])
        with self.assertRaisesRegex(SampleError, message) as caught:
            main(self.env, folder or self.folder, commit=False)
        self.assertNotIn("\n", str(caught.exception))
        self.assertEqual(self.env["res.company"].search_count([]), companies)
        self.assertFalse(self.env["ir.model.data"].search([("module", "=", "adv_sample")]))

    def edit(self, name, old, new):
        path = self.folder / name
        content = path.read_text(encoding="utf-8")
        self.assertIn(old, content)
        path.write_text(content.replace(old, new, 1), encoding="utf-8")

    def test_missing_folder(self):
        self.refused("no such folder", self.folder / "nowhere")

    def test_missing_part(self):
        shutil.rmtree(self.folder / "receivables")
        self.refused(r"accounts_receivable\.csv: this file is missing")

    def test_missing_column(self):
        self.edit("classicmodels/orders.csv", "shippedDate", "sentOn")
        self.refused(r"orders\.csv: column missing: shippedDate")

    def test_not_a_number(self):
        self.edit("receivables/accounts_receivable.csv", "55.94", "many")
        self.refused(r"accounts_receivable\.csv, line 2, InvoiceAmount: 'many' is not a number")

    def test_not_a_day(self):
        self.edit("classicmodels/payments.csv", "200", "20x")
        self.refused(r"payments\.csv, line 2, paymentDate: '20x\S+' is not a day")

    def test_unknown_customer(self):
        self.edit("classicmodels/customers.csv", "471,", "999,")
        self.refused(r"orders\.csv: customerNumber 471 is unknown")

    def test_row_cut_short(self):
        path = self.folder / "classicmodels" / "payments.csv"
        path.write_text(path.read_text(encoding="utf-8") + "471\n", encoding="utf-8")
        self.refused(r"payments\.csv, line \d+, paymentDate: '' is not a day")

    def test_company_of_that_name(self):
        self.env["res.company"].create({"name": "Classic Models"})
        self.refused("another company is called Classic Models")

    def test_twice_the_same_order(self):
        path = self.folder / "classicmodels" / "orders.csv"
        content = path.read_text(encoding="utf-8")
        path.write_text(content + content.splitlines()[1] + "\n", encoding="utf-8")
        self.refused(r"orders\.csv: \d+ stands there twice")
