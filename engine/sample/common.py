"""What the two loaders share: reading and checking the files, external ids, chunks, progress, event time."""

import csv
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from itertools import groupby
from zoneinfo import ZoneInfo

from odoo.tools import SQL

MODULE = "adv_sample"
GROWING = (
    "res_partner",
    "sale_order",
    "sale_order_line",
    "stock_move",
    "stock_move_line",
    "stock_picking",
    "stock_quant",
    "account_move",
    "account_move_line",
    "account_partial_reconcile",
    "account_payment",
)
# Customers and colleagues of a sample must never be written to: RFC 2606 keeps this domain unused for ever.
MAIL_DOMAIN = "example.com"


class SampleError(Exception):
    """The files cannot be loaded; the message says what to mend, and nothing was changed."""


# === FILES === #


def text(value):
    return value.strip()


def integer(value):
    return int(value)


def amount(value):
    number = Decimal(value)
    if not number.is_finite():
        raise InvalidOperation
    return number


def day(value):
    return date.fromisoformat(value)


def us_day(value):
    return datetime.strptime(value, "%m/%d/%Y").date()


def optional(parser):
    """The parser of a column that may be empty (read as None)."""

    def parse(value):
        return parser(value) if value.strip() else None

    parse.__name__ = parser.__name__
    return parse


EXPECTED = {
    "integer": "a whole number",
    "amount": "a number",
    "day": "a day (2003-12-31)",
    "us_day": "a day (12/31/2013)",
}


def read_rows(path, columns):
    """Return the rows of a CSV file as dicts of parsed values.

    :param path: ``pathlib.Path`` of the file
    :param columns: ``{column: parser}``; other columns of the file are left out
    :raise SampleError: the file or a column is missing, or a value cannot be read
    """
    if not path.is_file():
        raise SampleError(f"{path}: this file is missing")
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [column for column in columns if column not in (reader.fieldnames or [])]
            if missing:
                raise SampleError(f"{path.name}: column missing: {', '.join(missing)}")
            return [_parse_row(path, reader.line_num, row, columns) for row in reader]
    except UnicodeDecodeError as error:
        raise SampleError(f"{path.name}: not a UTF-8 text ({error})") from error


def _parse_row(path, line, row, columns):
    values = {}
    for column, parser in columns.items():
        raw = row[column] or ""
        try:
            values[column] = parser(raw)
        except (ValueError, InvalidOperation) as error:
            expected = EXPECTED.get(parser.__name__, parser.__name__)
            raise SampleError(f"{path.name}, line {line}, {column}: {raw!r} is not {expected}") from error
    return values


def check_unique(name, rows, *columns):
    seen = set()
    for row in rows:
        key = tuple(row[column] for column in columns)
        if key in seen:
            raise SampleError(f"{name}: {' / '.join(map(str, key))} stands there twice")
        seen.add(key)


def check_reference(name, rows, column, known):
    for row in rows:
        if row[column] is not None and row[column] not in known:
            raise SampleError(f"{name}: {column} {row[column]} is unknown")


# === TIME === #


def _event_time_class(env):
    """The class by which our own addons take a document's time from the context (none when not installed)."""
    if "adv_received_date" not in env["sale.order"]._fields:
        return None
    from odoo.addons.adv_orders.tools.event_time import EventTime

    return EventTime


# === LOADER === #


class Loader:
    """Loads one folder into one company of its own.

    Records are created in chunks. Each gets an external id of the module ``adv_sample``, written in the
    same transaction, so that a second run finds what is there and goes on where the first one stopped.
    Subclasses declare ``name``, ``company_name``, ``company_key``, ``tz`` and ``_stages``.
    """

    name = None
    company_name = None
    company_key = None
    tz = None

    def __init__(self, env):
        self.base_env = env(
            user=1,
            su=True,
            context={
                "lang": "en_US",
                "tz": self.tz,
                "tracking_disable": True,
                "mail_create_nolog": True,
                "mail_create_nosubscribe": True,
                "mail_auto_subscribe_no_notify": True,
                "mail_notify_author": False,
                "no_reset_password": True,
            },
        )
        self.env = self.base_env
        self.event_time = _event_time_class(env)
        self.zone = ZoneInfo(self.tz)

    def _stages(self):
        """Return ``[(label, number of records, method)]``, in the order of loading."""
        raise NotImplementedError

    def run(self, tick):
        """Load all stages.

        :param tick: called as ``tick(number of records, label)`` after each chunk: shows progress and commits
        """
        self.tick = tick
        for label, number, method in self._stages():
            self.label = f"{self.name}: {label}"
            self.number, self.counted = number, 0
            method()
            if self.counted < number:
                self.tick(number - self.counted, self.label)
            self._analyze()

    @property
    def total(self):
        return sum(number for _label, number, _method in self._stages())

    def chunks(self, rows, size):
        """Yield the rows by lists of ``size``; after each, what was done is committed."""
        for start in range(0, len(rows), size):
            chunk = rows[start : start + size]
            yield chunk
            if start == 0:
                self._analyze()
            number = min(len(chunk), self.number - self.counted)
            self.counted += number
            self.tick(number, self.label)

    def _analyze(self):
        """Tell PostgreSQL what came into the tables: autovacuum does not see an open transaction.

        Plans made for empty tables can take minutes.
        """
        self.base_env.flush_all()
        tables = SQL(", ").join(SQL.identifier(table) for table in GROWING)
        self.base_env.cr.execute(SQL("ANALYZE %s", tables))

    # --- time ---

    def noon(self, on_day):
        """Noon of a day in the company's timezone, as the naive UTC datetime that Odoo stores."""
        local = datetime.combine(on_day, time(12), self.zone)
        return local.astimezone(timezone.utc).replace(tzinfo=None)

    def at(self, records, on_day):
        """The records with a context in which our addons take that day as the time of the event."""
        if self.event_time is None:
            return records
        moment = self.noon(on_day)
        return records.with_context(adv_at=self.event_time.fromisoformat(moment.isoformat()))

    # --- external ids ---

    def key(self, kind, *parts):
        return "_".join([self.company_key, kind, *map(str, parts)])

    def find(self, model, names):
        """Return ``{external id: record}`` of those that exist."""
        data = self.base_env["ir.model.data"].search_read(
            [("module", "=", MODULE), ("model", "=", model), ("name", "in", list(names))],
            ["name", "res_id"],
        )
        records = self.env[model].browse([row["res_id"] for row in data])
        return {row["name"]: record for row, record in zip(data, records, strict=True)}

    def name_records(self, names, records):
        self.base_env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"{MODULE}.{name}", "record": record, "noupdate": True}
                for name, record in zip(names, records, strict=True)
            ]
        )

    def load(self, model, rows, key, values, size=100, after=None, create=None):
        """Create what is not there yet and return ``{external id: record}`` of all rows.

        :param key: function of a row: its external id
        :param values: function of a row: the values of its record
        :param after: called with (rows, records) just created, within the same chunk
        :param create: function that makes the records from a list of values; default the model's ``create``
        """
        create = create or self.env[model].create
        found = self.find(model, map(key, rows))
        for chunk in self.chunks(rows, size):
            missing = [row for row in chunk if key(row) not in found]
            if not missing:
                continue
            records = create([values(row) for row in missing])
            names = [key(row) for row in missing]
            self.name_records(names, records)
            if after:
                after(missing, records)
            found.update(zip(names, records, strict=True))
        return found

    # --- company, journal, payments ---

    def check_company(self):
        """Refuse to load beside somebody else's company of the same name (Odoo wants each name once)."""
        name = self.key("company")
        same = self.base_env["res.company"].search_count([("name", "=", self.company_name)])
        if same and not self.find("res.company", [name]):
            raise SampleError(f"another company is called {self.company_name}: rename it first")

    def load_company(self, values):
        """Create the company with its chart of accounts and warehouse, or find it, and work in it."""
        name = self.key("company")
        company = self.find("res.company", [name]).get(name)
        if not company:
            company = self._create_company(values)
            self.name_records([name], company)
        self.company = company
        self.env = self.base_env(context=dict(self.base_env.context, allowed_company_ids=company.ids))
        self.company = company.with_env(self.env)

    def _create_company(self, values):
        env = self.base_env
        company = env["res.company"].create(
            {
                "currency_id": env.ref("base.USD").id,
                "country_id": env.ref("base.us").id,
                **values,
            }
        )
        company.partner_id.tz = self.tz
        if "adv_tz" in company._fields:
            company.adv_tz = self.tz
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        env.ref("base.user_admin").write({"company_ids": [(4, company.id)]})
        return company

    def bank_journal(self):
        """The company's bank; its receipts go straight to the bank account (the money is in)."""
        journal = self.env["account.journal"].search(
            [("company_id", "=", self.company.id), ("type", "=", "bank")], limit=1
        )
        methods = journal.inbound_payment_method_line_ids
        methods.filtered(lambda method: not method.payment_account_id).write(
            {"payment_account_id": journal.default_account_id.id}
        )
        return journal

    def payment_values(self, journal, partner, on_day, value, memo):
        return {
            "payment_type": "inbound",
            "partner_type": "customer",
            "partner_id": partner.id,
            "journal_id": journal.id,
            "payment_method_line_id": journal.inbound_payment_method_line_ids[:1].id,
            "currency_id": self.company.currency_id.id,
            "date": on_day,
            "amount": float(value),
            "memo": memo,
        }

    def receivable_lines(self, moves):
        """The open receivable lines of moves, as one recordset."""
        return moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable" and not line.reconciled
        )

    def reconcile(self, groups):
        """Reconcile each group of moves (invoices with payments), oldest first."""
        plan = [self.receivable_lines(moves) for moves in groups]
        self.env["account.move.line"]._reconcile_plan([lines for lines in plan if len(lines) > 1])

    # --- disputes ---

    def load_disputes(self, rows, values):
        """Make the disputes of adv_dunning with their past dates (none where that addon is not installed).

        Their state and closing day are facts that only server code may tell, hence ``_adv_create``.
        """
        if "adv.dispute" not in self.env:
            return
        disputes = self.env["adv.dispute"]
        reasons = self.env["adv.dispute.reason"].search([])
        other = reasons.filtered(lambda reason: reason.code == "other")[:1] or reasons[:1]
        self.load(
            "adv.dispute",
            rows,
            key=lambda row: self._invoice_key(row).replace("_invoice_", "_dispute_"),
            values=lambda row: {"reason_id": other.id, "origin": "other", "user_id": False, **values(row)},
            size=300,
            create=disputes._adv_create,
        )

    def _invoice_key(self, row):
        """The external id of the invoice of a row."""
        raise NotImplementedError


def by_day(rows, column):
    """``(day, rows)`` in the order of days."""
    ordered = sorted(rows, key=lambda row: row[column])
    return [(on_day, list(group)) for on_day, group in groupby(ordered, key=lambda row: row[column])]


def before(on_day):
    return on_day - timedelta(days=1)
