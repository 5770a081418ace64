from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import periods
from ..engine.figures import compare
from ..engine.lines import line_revenue
from ..engine.measures import Source

YEARS = 3
PRODUCTS = 15
# a customer who ordered in so many days ordered lately
LATELY_DAYS = 90
SEGMENTED = Source(
    "adv.partner.stats",
    (("last_order_date", "!=", False), ("order_count", ">", 0)),
    {"company": "company_id", "partner": "partner_id", "user": "user_id"},
    is_trade=True,
)


class AdvKpi(models.Model):
    """Trends and preferences: seasons, products, segments of customers."""

    _inherit = "adv.kpi"

    @api.model
    @api.readonly
    def get_trends(self, date_from, date_to, filters=None):
        """Return what sells, when in the year, and to whom.

        :return: {'currency_id', 'seasons': [{'year', 'values': 12 amounts of order intake, None where the
            month is still to come}], the last year first, 'products': [{'key', 'label', 'value', 'change',
            'margin_rate', 'model', 'domain'}], 'segments': [{'key', 'value', 'amount', 'model', 'domain'}]};
            lists are empty for people who may not read their records
        """
        _kpis, scope, period = self._prepare([], date_from, date_to, filters)
        return {
            "currency_id": scope.currency.id,
            "seasons": self._get_seasons(period, filters),
            "products": self._get_products(scope, period, filters),
            "segments": self._get_segments(scope, period),
        }

    @api.model
    def _get_seasons(self, period, filters):
        last = period.date_to.year
        months = self.get_series(
            ["order_intake"], f"{last - YEARS + 1}-01-01", f"{last}-12-31", "month", filters
        )["order_intake"]
        to_come = fields.Date.to_string(period.as_of)
        years = {}
        for month in months:
            value = None if month["date_from"] > to_come else month["value"]
            years.setdefault(int(month["date_from"][:4]), []).append(value)
        # years before the first order say nothing, nor does one whose first order is still to come
        known = [year for year in years if any(years[year])]
        if known:
            self._blank_before_first(years[known[0]])
        return [
            {"year": year, "values": years[year]}
            for year in sorted(years, reverse=True)
            if known and known[0] <= year <= known[-1]
        ]

    @api.model
    def _blank_before_first(self, values):
        """Take the months before the first order off the first year: nothing was sold nor missed then."""
        first = next(index for index, value in enumerate(values) if value)
        values[:first] = [None] * first

    # === PRODUCTS === #

    @api.model
    def _get_products(self, scope, period, filters):
        """Return the products that brought most in the period, with their margin and their year before."""
        codes = ["revenue", "gross_margin_rate"]
        rows = self.get_breakdown(codes, period.date_from, period.date_to, "product", filters)
        elapsed = period.elapsed()
        before = self.get_breakdown(
            codes[:1], *periods.previous_year(elapsed.date_from, elapsed.date_to), "product", filters
        )["revenue"]
        bases = {row["key"]: row["value"] for row in before}
        margins = {row["key"]: row["value"] for row in rows["gross_margin_rate"]}
        sold = [row for row in rows["revenue"] if row["key"]][:PRODUCTS]
        domain = Domain(scope.domain(line_revenue, period)) if sold else Domain.TRUE
        return [
            {
                "key": row["key"],
                "label": row["label"],
                "value": row["value"],
                "change": compare(row["value"], bases.get(row["key"]), "currency", "up"),
                "margin_rate": margins.get(row["key"]),
                "model": line_revenue.source.model,
                "domain": list(domain & Domain("product_id", "=", row["key"])),
            }
            for row in sold
        ]

    # === SEGMENTS === #

    @api.model
    def _get_segments(self, scope, period):
        """Return the customers by recency, frequency and amount.

        After A. M. Hughes, Strategic Database Marketing, 1994 (RFM), in two steps each instead of five:
        lately is in 90 days, often the better half by number of orders in twelve months, much the first fifth
        by amount. The habits that each customer's statistics hold are those of today.
        """
        if not self.env[SEGMENTED.model].has_access("read") or not scope.is_applicable(SEGMENTED):
            return []
        base = scope.base_domain(SEGMENTED)
        return [
            self._get_segment(key, domain, scope, period)
            for key, domain in self._split_segments(base, period.as_of).items()
        ]

    @api.model
    def _get_segment(self, key, domain, scope, period):
        groups = self.env["adv.partner.stats"]._read_group(domain, ["company_id"], ["__count", "amount:sum"])
        return {
            "key": key,
            "value": sum(count for _company, count, _amount in groups),
            "amount": sum(scope.convert(company.id, amount, period) for company, _count, amount in groups),
            "model": "adv.partner.stats",
            "domain": list(domain),
        }

    @api.model
    def _split_segments(self, base, day):
        """Return {segment: domain}; each customer is in one of them. Nothing without customers."""
        model = self.env["adv.partner.stats"]
        query = model._search(base)
        if query.is_empty():
            return {}
        terms = [
            SQL(
                "PERCENTILE_DISC(%s) WITHIN GROUP (ORDER BY %s)",
                share,
                model._field_to_sql(model._table, name, query),
            )
            for name, share in (("order_count", 0.5), ("amount", 0.8))
        ]
        often, much = self.env.execute_query(query.select(*terms))[0]
        if often is None:
            return {}
        limit = fields.Datetime.to_string(fields.Date.subtract(day, days=LATELY_DAYS))
        lately = Domain("last_order_date", ">=", limit)
        is_new = Domain("first_order_date", ">=", limit)
        is_often = Domain("order_count", ">=", max(often, 2))
        is_much = Domain("amount", ">=", much)
        best = is_often & is_much & ~is_new
        loyal = is_often & ~is_much & ~is_new
        return {
            "best": base & lately & best,
            "loyal": base & lately & loyal,
            "new": base & lately & is_new,
            "other": base & lately & ~is_new & ~is_often,
            "at_risk": base & ~lately & (is_often | is_much),
            "sleeping": base & ~lately & ~is_often & ~is_much,
        }
