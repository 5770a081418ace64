"""The SQL builder: compiles a planned statement for a user, and the domain behind a number."""

from odoo import fields
from odoo.fields import Domain
from odoo.tools import SQL

from .direct import Direct

CENTS = 6  # decimals beyond those of any currency
MEMORY = "64MB"  # for one sort or hash of a statement; on ten million rows they spill to the disk below it


def carried(now, since, at):
    """Return the cells of all that was before: those of now less those since, whatever their own day.

    :param now: rows (company id, key, buckets, values)
    :param since: the same
    :param at: index of the bucket of the day, 0 in the result
    """
    totals = {}
    for sign, rows in ((1, now), (-1, since)):
        for company, key, buckets, values in rows:
            cell = (company, key, (*buckets[:at], 0, *buckets[at + 1 :]))
            known = totals.setdefault(cell, [0.0] * len(values))
            for rank, value in enumerate(values):
                known[rank] += sign * (value or 0.0)
    return [(*cell, [round(value, CENTS) for value in values]) for cell, values in totals.items()]


class Scope:
    """For whom and over what: the user's environment, companies and filters.

    :param companies: the companies counted (all of them allowed to the user)
    :param filters: {noun: ids} beside the companies
    """

    def __init__(self, env, companies, filters=None):
        self.env = env
        self.companies = companies
        self.filters = filters or {}
        self._crew = None
        self._hours = {}
        self._minutes = None
        self._group = None

    @property
    def currency(self):
        """Return the currency of the amounts: the companies' own when it is one, else the current one."""
        own = self.companies.currency_id
        return own if len(own) == 1 else self.env.company.currency_id

    @property
    def today(self):
        """Return the day of the user's company."""
        return self.env.company._adv_today()

    def convert(self, company_id, amount, period):
        """Return an amount of a company in the scope's currency, at the rate of the period's as_of."""
        company = self.env["res.company"].browse(company_id)
        if company.currency_id == self.currency:
            return amount
        return company.currency_id._convert(amount, self.currency, company, period.as_of, round=False)

    def is_applicable(self, source):
        """Tell whether the records of the source can be cut by all the filters asked."""
        return all(noun in source.filters and self.may_cut(noun) for noun in self.filters)

    def may_cut(self, noun):
        """Tell whether figures may be cut so: by single assistants only where their companies show these."""
        return noun != "assistant" or self.env.companies._adv_shows_individuals()

    def may_read(self, measure):
        """Tell whether the user may read what the measure counts."""
        names = (measure.source.model, *measure.models)
        return all(self.env[name].has_access("read") for name in names)

    # === STAFFING === #

    def hours(self, date_from, date_to):
        """Return {company id: what `Presence` counts} of the days from one to another, both included."""
        if self._crew is None:
            self._crew = self.env["adv.assistant"]._adv_crew(self.companies)
        known = self._hours.get((date_from, date_to))
        if known is None:
            known = self._hours[date_from, date_to] = self._crew.hours(date_from, date_to)
        return known

    def standard_minutes(self):
        """Return {company id: {kind of document: minutes}}."""
        if self._minutes is None:
            self._minutes = self.env["adv.assistant"]._adv_standard_minutes(self.companies)
        return self._minutes

    # === DOMAINS === #

    def base_domain(self, source):
        """Return the domain of the source's records inside the scope, whatever the day."""
        domain = Domain(list(source.domain)) & Domain("company_id", "in", self.companies.ids)
        for noun, ids in self.filters.items():
            domain &= Domain(source.filters[noun], "in", ids)
        return domain & self._outside_the_group(source)

    def _outside_the_group(self, source):
        """Return the condition that leaves out what companies sell to one another, where they want so."""
        careful = self.companies.filtered("adv_without_group") if source.is_trade else self.companies.browse()
        if not careful:
            return Domain.TRUE
        outside = Domain(source.filters["partner"], "not in", self._group_partners())
        others = self.companies - careful
        return outside | Domain("company_id", "in", others.ids) if others else outside

    def _group_partners(self):
        """Return the ids of the customers that are companies of the database themselves."""
        if self._group is None:
            # sudo: which customers are sister companies is no secret
            companies = self.env["res.company"].sudo().with_context(active_test=False).search([])
            self._group = companies.partner_id.commercial_partner_id.ids
        return self._group

    def domain(self, measure, period):
        """Return the domain (a list) of the records counted in the measure of the period."""
        if isinstance(measure, Direct):
            return measure.domain(self, period)
        domain = self.base_domain(measure.source) & Domain(list(measure.domain))
        return list(domain & Domain.OR(self._day_domains(measure, period)))

    def _day_domains(self, measure, period):
        """Yield the conditions on days, per group of companies that share the edges of days."""
        for companies in self._same_clock(measure):
            days = Domain(measure.day_domain(period, self._moments(measure.source, companies[0])))
            if companies != self.companies:
                days &= Domain("company_id", "in", companies.ids)
            yield days

    def _moments(self, source, company):
        """Return a function that gives the first moment of a day as a column of the source stores it."""
        model = self.env[source.model]

        def moment(column, day):
            if model._fields[column].type == "date":
                return fields.Date.to_string(day)
            return fields.Datetime.to_string(company._adv_day_bounds(day, day)[0])

        return moment

    def _same_clock(self, measure):
        """Return the companies grouped by what their days begin with."""
        model = self.env[measure.source.model]
        if all(model._fields[column].type == "date" for column in measure.date_columns):
            return [self.companies]
        return list(self.companies.grouped("adv_tz").values())

    # === SQL === #

    def prepare(self):
        """Let the statements sort and hash in memory, as far as this transaction goes."""
        self.env.cr.execute(
            SQL(
                """SELECT SET_CONFIG('work_mem', %(wanted)s, TRUE)
                    WHERE PG_SIZE_BYTES(CURRENT_SETTING('work_mem')) < PG_SIZE_BYTES(%(wanted)s)""",
                wanted=MEMORY,
            )
        )

    def rows(self, statement, key=None):
        """Execute the statement and return its rows as `Cells` takes them.

        The query is the model's own search, so the user's access rights and record rules hold.

        :param key: many2one path to break down by, if any
        """
        source = statement.source
        model = self.env[source.model]
        if source.carried and statement.are_balances(source.carried):
            carrying = model._adv_carried()
            if carrying is not None:
                return self._carried_rows(carrying, statement, key)
        if source.condensed and statement.are_balances(source.condensed):
            model = model._adv_condensed(self._all_edges(statement, source.condensed))
        return self._grouped_rows(model, statement, key, self._limits(statement))

    def _grouped_rows(self, model, statement, key, limits):
        query = model._search(self.base_domain(statement.source) & limits)
        if query.is_empty():
            return []
        alias = model._table
        company = model._field_to_sql(alias, "company_id", query)
        buckets = [self._bucket(statement, column, query) for column in statement.columns]
        terms = [company, *buckets]
        if key:
            terms.append(model._read_group_groupby(alias, key, query))
        values = [self._aggregate(statement, measure, query) for measure in statement.measures]
        query.groupby = SQL(", ").join(range(1, len(terms) + 1))
        split = len(buckets) + 1
        return [
            (row[0], row[split] if key else None, row[1:split], row[len(terms) :])
            for row in self.env.execute_query(query.select(*terms, *values))
        ]

    def _carried_rows(self, model, statement, key):
        """Return the rows of balances: what is open now is taken back by what happened since.

        What happened before the first day asked is not read: its balance is what is open now less all that
        came from that day on, whatever has been matched, unmatched or edited meanwhile. Both are read in one
        transaction, so of the same moment.
        """
        column = statement.source.carried
        moment = self._moments(statement.source, self.companies[0])
        first = Domain(column, ">=", moment(column, statement.edges[column][0]))
        since = self._grouped_rows(model, statement, key, self._limits(statement, without=column) & first)
        now = self._grouped_rows(
            model._adv_open_now(), statement, key, self._limits(statement, without=column)
        )
        return since + carried(now, since, statement.columns.index(column))

    def _limits(self, statement, without=None):
        """Return the domain of the days outside of which no record can count (so indexes serve).

        :param without: a column of which all days are read
        """
        domain = Domain.TRUE
        for operator, limits, pick in (
            (">=", statement.lower, min),
            ("<", statement.upper, max),
            (">=", statement.later, min),
        ):
            for column, day in limits.items():
                if column == without:
                    continue
                moments = [
                    self._moments(statement.source, company)(column, day) for company in self.companies
                ]
                limit = Domain(column, operator, pick(moments))
                domain &= limit | Domain(column, "=", False) if limits is statement.later else limit
        return domain

    def _all_edges(self, statement, column):
        """Return the sorted moments at which the days of a column begin, in all companies' time zones."""
        return sorted(
            {
                self._moments(statement.source, companies[0])(column, day)
                for companies in self.companies.grouped("adv_tz").values()
                for day in statement.edges[column]
            }
        )

    def _bucket(self, statement, column, query):
        """Return the number of edges that a date column has reached, by company where days differ."""
        model = self.env[statement.source.model]
        value = model._field_to_sql(model._table, column, query)
        kind = SQL("date[]") if model._fields[column].type == "date" else SQL("timestamp[]")

        def reached(companies):
            moment = self._moments(statement.source, companies[0])
            edges = [moment(column, day) for day in statement.edges[column]]
            return SQL("width_bucket(%s, %s::%s)", value, edges, kind)

        groups = [self.companies]
        if model._fields[column].type != "date":
            groups = list(self.companies.grouped("adv_tz").values())
        if len(groups) == 1:
            return reached(self.companies)
        company = model._field_to_sql(model._table, "company_id", query)
        cases = [SQL("WHEN %s IN %s THEN %s", company, tuple(group.ids), reached(group)) for group in groups]
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _aggregate(self, statement, measure, query):
        """Return the aggregate of a measure over the records of its own domain.

        What is dear to tell of a record (whether it has others) is told of the days that count only.
        """
        model = self.env[measure.source.model]
        if measure.column:
            column = model._field_to_sql(model._table, measure.column, query)
            value = SQL("SUM(%s)", self._squared(column) if measure.is_squared else column)
        else:
            value = SQL("COUNT(*)")
        condition = Domain(list(measure.domain)).optimize_full(model)
        if condition.is_true():
            return value
        terms = []
        if any("any" in part.operator for part in condition.iter_conditions()):
            terms = list(self._inside(statement, measure, query))
        terms.append(condition._to_sql(model, model._table, query))
        return SQL("%s FILTER (WHERE %s)", value, SQL(" AND ").join(SQL("(%s)", term) for term in terms))

    def _inside(self, statement, measure, query):
        """Yield the conditions on the days of a measure that counts in a part of its statement's days."""
        model = self.env[measure.source.model]
        for column, days in statement.narrower(measure).items():
            value = model._field_to_sql(model._table, column, query)
            starts, ends = (
                [self._moments(measure.source, company)(column, day) for company in self.companies]
                for day in days
            )
            yield SQL("%s >= %s AND %s < %s", value, min(starts), value, max(ends))

    @staticmethod
    def _squared(column):
        """Return the square of a column: of days since a mistyped year it is too large for an integer."""
        return SQL("%s::double precision * %s", column, column)

    def first_day(self, measure):
        """Return the first day on which the measure has a record, or None."""
        model = self.env[measure.source.model]
        domain = self.base_domain(measure.source) & Domain(list(measure.domain))
        query = model._search(domain)
        if query.is_empty():
            return None
        column = model._field_to_sql(model._table, measure.date_columns[0], query)
        # the first of an index rather than the least of all
        query.add_where(SQL("%s IS NOT NULL", column))
        query.order, query.limit = column, 1
        rows = self.env.execute_query(query.select(column))
        return rows[0][0] if rows else None
