"""Longest terms of payment the law allows between businesses, without a database."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

PERISHABLE_DAYS = 30
LONGEST_PERIOD = 15  # days of deliveries on one Spanish invoice


@dataclass(frozen=True)
class Supply:
    """What an invoice is about: its date, and the deliveries it bills."""

    issued: date
    first: date
    last: date
    deliveries: int
    perishable: bool = False

    @property
    def period(self):
        return (self.last - self.first).days + 1


def latest_due(country, supply):
    """Return the last day on which payment may fall due, None where we know no limit.

    :param country: ISO code of the country whose law applies
    :param supply: the invoice's ``Supply``
    """
    rule = RULES.get(country)
    return rule(supply) if rule else None


def is_period_too_long(country, supply):
    """Tell whether the invoice covers more days of deliveries than one invoice may.

    Spain, Ley 3/2004 art. 4.2: invoices may be grouped over fifteen days at most.
    """
    return country == "ES" and supply.deliveries > 1 and supply.period > LONGEST_PERIOD


def is_month_too_long(country):
    """Tell whether an invoice for a month of deliveries covers more than the law of a country allows."""
    return country == "ES"


def _france(supply):
    """Code de commerce L441-10 I: sixty days from the invoice, or forty-five days end of month (counted
    either way); forty-five days for an invoice that sums up several deliveries. L441-11: thirty days
    from the delivery of perishable food.
    """
    if supply.perishable:
        return supply.last + timedelta(PERISHABLE_DAYS)
    if supply.deliveries > 1:
        return supply.issued + timedelta(45)
    return max(
        supply.issued + timedelta(60),
        _end_of_month(supply.issued + timedelta(45)),
        _end_of_month(supply.issued) + timedelta(45),
    )


def _spain(supply):
    """Ley 3/2004 art. 4: sixty days from the delivery, counted from the middle of the period when several
    are billed together. Ley 12/2013, first additional provision: thirty days for fresh and perishable food.
    """
    if supply.perishable:
        return supply.last + timedelta(PERISHABLE_DAYS)
    start = supply.first + timedelta((supply.last - supply.first).days // 2)
    return start + timedelta(60)


def _end_of_month(day):
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


RULES = {"FR": _france, "ES": _spain}
