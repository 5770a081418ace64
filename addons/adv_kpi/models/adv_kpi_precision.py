from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine.direct import Direct
from ..engine.formulas import Ratio, Sum
from ..engine.precision import COHORTS, JUDGED_ONLY, interval, maturity, squares

# a mean of durations hides its tail: median and 90 % are shown before it
DURATIONS = ("days", "hours")
# orders whose customer asked for them later than so many of the orders delivered in a year took
USUAL = 0.9


class AdvKpi(models.Model):
    """How sure a card is: its interval, the maturity of its cohort, the spread behind its mean."""

    _inherit = "adv.kpi"

    # === PLAN === #

    def _want_precision(self, figures, period):
        """Plan what `_get_precision` reads: sums in the statements that are executed anyway."""
        for measure in self._get_precision_measures():
            figures.want(Sum(measure), [period])
        for measure in self._get_cohort():
            figures.want(Sum(measure), [self._get_cohort_period(period)])

    def _get_precision_measures(self):
        squared = squares(self._formula())
        return [squared] if squared else []

    def _get_cohort_period(self, period):
        """Return the period as its cohort is judged: what came of it since counts up to today."""
        if self.code in JUDGED_ONLY:
            return period
        return self._get_period(period.date_from, period.date_to, self.env.company._adv_today())

    def _get_cohort(self):
        """Return (measure counted, measure undecided), or nothing where all is decided."""
        cohort = COHORTS.get(self.code, ())
        return cohort if cohort and cohort[0].source is self._formula().measures[0].source else ()

    # === RESULT === #

    def _get_precision(self, figures, period):
        """Return {'interval', 'maturity'} of a card, each None where there is nothing to say.

        :return: interval: {'n', 'low', 'high'} with few cases; maturity: {'percent', 'waiting': a part}
            where some of the cohort is undecided
        """
        formula = self._formula()
        squared = squares(formula)
        return {
            "interval": interval(
                formula,
                self.unit == "percent",
                formula.evaluate(figures, period),
                figures.get(squared, period) if squared else None,
            ),
            "maturity": self._get_maturity(figures, period),
        }

    def _get_maturity(self, figures, period):
        cohort = self._get_cohort()
        if not cohort:
            return None
        period = self._get_cohort_period(period)
        counted, waiting = (figures.get(measure, period) for measure in cohort)
        percent = maturity(self.code, counted, waiting)
        if percent is None or not waiting:
            return None
        return {
            "percent": percent,
            "waiting": self._get_part(figures.scope, cohort[1], waiting, period),
        }

    # === SPREAD === #

    def _get_spread(self, scope, period):
        """Return {'median', 'p90'} of a mean duration, read from its records; None for other figures."""
        formula = self._formula()
        if (
            self.unit not in DURATIONS
            or type(formula) is not Ratio
            or isinstance(formula.denominator, Direct)
        ):
            return None
        measure = formula.numerator
        if formula.factor != 1.0 or measure.money or formula.denominator.aggregate != "count":
            return None
        found = self._get_percentiles(measure, scope.domain(formula.denominator, period), (0.5, 0.9))
        return None if found is None else {"median": found[0], "p90": found[1]}

    @api.model
    def _get_percentiles(self, measure, domain, shares):
        """Return the percentiles of the column that a measure sums, over a domain; None without records."""
        model = self.env[measure.source.model]
        query = model._search(Domain(domain))
        if query.is_empty():
            return None
        column = model._field_to_sql(model._table, measure.column, query)
        terms = [
            SQL("PERCENTILE_CONT(%s) WITHIN GROUP (ORDER BY %s::double precision)", share, column)
            for share in shares
        ]
        found = self.env.execute_query(query.select(*terms))[0]
        return None if found[0] is None else found
