"""How sure a figure is: the interval of a rate or a mean of few, and how much of a cohort is decided."""

from dataclasses import replace

from .basics import promised, quotes, requested
from .catalogue_cash import claimed
from .catalogue_service import quoted_value
from .direct import Direct
from .formulas import Ratio
from .measures import Bound, Measure, after, during, from_day, not_until
from .sources import CONFIRMED
from .statistics import interval_of_sums, poisson_interval, wilson

# with as many cases or more the value speaks for itself
FEW = 100
COUNTED = ("adv_line_count", "adv_lines_shipped", "adv_lines_filled")

# === INTERVALS === #


def is_counted(formula):
    """Tell whether a formula is a ratio of numbers of cases: what intervals and control charts are about."""
    return type(formula) is Ratio and all(
        not isinstance(measure, Direct) and (measure.aggregate == "count" or measure.column in COUNTED)
        for measure in (formula.numerator, formula.denominator)
    )


def squares(formula):
    """Return the measure of the squares behind a mean, or None for what is no mean of a column."""
    if type(formula) is not Ratio or isinstance(formula.denominator, Direct):
        return None
    numerator = formula.numerator
    if numerator.money or not numerator.column or formula.denominator.aggregate != "count":
        return None
    if numerator.column in COUNTED:
        return None
    return replace(numerator, aggregate=f"squares:{numerator.column}")


def interval(formula, is_share, result, squared):
    """Return how sure a value is that stands on few cases.

    :param is_share: the numerator is a part of the denominator
    :param result: the `Result` of the formula
    :param squared: the value of `squares(formula)`, or None
    :return: {'n': number of cases, 'low', 'high': ends of the 95 % interval, None for a mean of one}; None
        with many cases, without any, and for what is no rate or mean
    """
    count = result.denominator or 0
    if result.value is None or not 0 < count < FEW:
        return None
    if squared is not None:
        return {"n": count, **_ends_of_mean(formula.factor, result, squared)}
    if not is_counted(formula) or result.numerator < 0:
        return None
    if is_share:
        if result.numerator > count:
            return None
        ends = wilson(result.numerator, count)
    else:
        ends = [end / count for end in poisson_interval(result.numerator)]
    return {"n": count, "low": ends[0] * formula.factor, "high": ends[1] * formula.factor}


def _ends_of_mean(factor, result, squared):
    _mean, low, high = interval_of_sums(result.denominator, result.numerator, squared)
    if low is None:
        return {"low": None, "high": None}
    if factor != 1.0:  # points of -1 to 1, in percent
        return {"low": max(low, -1.0) * factor, "high": min(high, 1.0) * factor}
    # a mean above nothing is one of durations or scores; below nothing, a figure of the company's own
    return {"low": low if result.numerator < 0 else max(low, 0.0), "high": high}


# === COHORTS === #


def undecided(column):
    """Return the measure of the orders due in the period that cannot be judged yet."""
    return Measure(
        CONFIRMED, "count", (*during(column), after(column, "due"), not_until("adv_delivered_date"))
    )


def open_quotes(measure):
    """Return the measure of the quotations that may still be won: neither refused nor past their validity."""
    valid = Bound("validity_date", "as_of", before=False, or_unset=True)
    return replace(measure, domain=(("state", "in", ("draft", "sent")),), bounds=(*measure.bounds, valid))


# {code: (measure of what the figure counts, measure of what is undecided)}
COHORTS = {
    "on_time_rate": (promised, undecided("adv_promise_date")),
    "otif_rate": (promised, undecided("adv_promise_date")),
    "perfect_order_rate": (promised, undecided("adv_promise_date")),
    "on_time_requested_rate": (requested, undecided("adv_requested_date")),
    "quote_conversion_rate": (quotes, open_quotes(quotes)),
    "quote_conversion_value_rate": (quoted_value, open_quotes(quoted_value)),
    "dunning_recovery_rate": (
        claimed,
        replace(claimed, bounds=(*claimed.bounds, from_day("date", days=14))),
    ),
}
# these figures count the decided only: the cohort is larger than what they count
JUDGED_ONLY = {"on_time_rate", "otif_rate", "perfect_order_rate", "on_time_requested_rate"}


def maturity(code, counted, waiting):
    """Return how much of a cohort is decided, in percent; None without a cohort.

    :param counted: value of the first measure of `COHORTS`
    :param waiting: value of the second one
    """
    whole = counted + waiting if code in JUDGED_ONLY else counted
    return (whole - waiting) / whole * 100 if whole else None
