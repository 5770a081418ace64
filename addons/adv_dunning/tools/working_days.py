"""Working days with public holidays, without a database."""

from datetime import date, timedelta

DAY = timedelta(days=1)


def easter(year):
    """Return Easter Sunday of a year of the Gregorian calendar (Meeus, Astronomical Algorithms, ch. 8)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leaps, centuries = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - correction + 15) % 30
    fours, ones = divmod(rest, 4)
    weekday = (32 + 2 * centuries + 2 * fours - epact - ones) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


# Public holidays of the whole country: (month, day), or days from Easter Sunday.
# France: Code du travail L3133-1. Spain: Estatuto de los Trabajadores art. 37.2, RD 2001/1983 art. 45.
HOLIDAYS = {
    "FR": ((1, 1), 1, (5, 1), (5, 8), 39, 50, (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
    "ES": ((1, 1), (1, 6), -2, (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)),
}


def public_holidays(country, year):
    """Return the frozenset of the public holidays of a year.

    :param str country: 'FR' or 'ES'; any other has none here
    :param int year: the year
    """
    sunday = easter(year)
    return frozenset(
        date(year, *rule) if isinstance(rule, tuple) else sunday + rule * DAY
        for rule in HOLIDAYS.get(country, ())
    )


class WorkingCalendar:
    """Monday to Friday without public holidays.

    :param country: code of the country whose public holidays are kept, or None
    :param closed: more days without work (local holidays, closures)
    :param worked: public holidays on which work goes on
    """

    def __init__(self, country=None, closed=(), worked=()):
        self.country = country
        self.closed = frozenset(closed)
        self.worked = frozenset(worked)
        self._years = {}

    def is_working(self, day):
        return day.isoweekday() <= 5 and not self.is_holiday(day)

    def is_holiday(self, day):
        """Tell whether a day is a public holiday or a closure, whatever its weekday."""
        if day in self.closed:
            return True
        if day.year not in self._years:
            self._years[day.year] = public_holidays(self.country, day.year)
        return day in self._years[day.year] and day not in self.worked

    def _nth(self, day, number, step):
        """Return the number-th working day from a day on, the day itself included, in a direction."""
        while number:
            number -= self.is_working(day)
            if number:
                day += step
        return day

    def add(self, day, number):
        """Return the number-th working day after a day (the day itself when 0)."""
        return self._nth(day + DAY, number, DAY) if number else day

    def count(self, after, until):
        """Return the number of working days after a day, up to and including another."""
        return sum(self.is_working(after + number * DAY) for number in range(1, (until - after).days + 1))

    def first_within(self, day, number):
        """Return the earliest day from which at most `number` working days have passed at `day`.

        What began on that day or later is still within its `number` working days.
        """
        return self._nth(day, number + 1, -DAY)

    def latest_due(self, day, delay):
        """Return the latest due date that is `delay` working days past at `day` (negative: before due)."""
        if delay > 0:
            return self._nth(day, delay, -DAY) - DAY
        return self._nth(day + DAY, 1 - delay, DAY) - DAY
