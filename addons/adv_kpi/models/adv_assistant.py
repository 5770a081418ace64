from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import accumulate

import pytz
from odoo import api, models

KINDS = {
    "order": "minutes_order",
    "follow": "minutes_follow",
    "request": "minutes_request",
    "document": "minutes_document",
}


class AdvAssistant(models.Model):
    """Hours and standard minutes of the assistants, all together: nobody's own figures."""

    _inherit = "adv.assistant"

    @api.model
    def _adv_crew(self, companies):
        """Return the `Crew` of some companies: it answers for any number of periods."""
        # sudo: how many are present is no secret, who is absent is
        return Crew(companies, self.sudo().search([("company_id", "in", companies.ids)]))

    def _adv_absences(self, date_from, date_to):
        """Return the (first, last) days absent between two days, overlapping absences merged."""
        spans = []
        for absence in self.absence_ids.sorted("date_from"):
            start, end = max(absence.date_from, date_from), min(absence.date_to, date_to)
            if start > end:
                continue
            if spans and start <= spans[-1][1] + timedelta(days=1):
                spans[-1] = (spans[-1][0], max(spans[-1][1], end))
            else:
                spans.append((start, end))
        return spans

    @api.model
    def _adv_standard_minutes(self, companies):
        """Return {company id: {kind: mean minutes of its assistants}}; the defaults without assistants."""
        # sudo: the mean of the standards, nobody's own
        groups = self.sudo()._read_group(
            [("company_id", "in", companies.ids)],
            ["company_id"],
            [f"{name}:avg" for name in KINDS.values()],
        )
        found = {company.id: dict(zip(KINDS, means, strict=True)) for company, *means in groups}
        standard = {kind: self._fields[name].default(self) for kind, name in KINDS.items()}
        return {company_id: found.get(company_id, standard) for company_id in companies.ids}


class Crew:
    """The working hours of companies and of their assistants; each calendar is read a year at once.

    :param companies: the companies
    :param assistants: theirs, with the right to see their absences
    """

    def __init__(self, companies, assistants):
        self._teams = {
            company: assistants.filtered(lambda assistant, company=company: assistant.company_id == company)
            for company in companies
        }
        self._years = {}

    def hours(self, date_from, date_to):
        """Return the working hours between two days, both included.

        :return: {company id: {'hours': those of the assistants present, absences left out,
            'full_time_hours': those of one who works the company's hours times the target occupancy,
            'heads': assistants present, as full-time ones}}
        """
        result = {}
        for company, team in self._teams.items():
            full = self._calendar_hours(company, company.resource_calendar_id, date_from, date_to)
            hours = sum(self._hours_present(assistant, date_from, date_to) for assistant in team)
            result[company.id] = {
                "hours": hours,
                "full_time_hours": full * (company.adv_target_occupancy or 100.0) / 100,
                "heads": hours / full if full else 0.0,
            }
        return result

    def _hours_present(self, assistant, date_from, date_to):
        company = assistant.company_id
        calendar = assistant.calendar_id or company.resource_calendar_id
        spans = [(date_from, date_to), *assistant._adv_absences(date_from, date_to)]
        whole, *absent = (self._calendar_hours(company, calendar, *span) for span in spans)
        return whole - sum(absent)

    def _calendar_hours(self, company, calendar, date_from, date_to):
        """Return the working hours of a calendar between two days: sums reached by year, subtracted."""
        hours = 0.0
        for year in range(date_from.year, date_to.year + 1):
            sums = self._year(company, calendar, year)
            first = (date_from - date(year, 1, 1)).days if year == date_from.year else 0
            last = (date_to - date(year, 1, 1)).days if year == date_to.year else len(sums) - 2
            hours += sums[last + 1] - sums[first]
        return hours

    def _year(self, company, calendar, year):
        """Return the hours worked in a year before each of its days, and in all of it."""
        key = company, calendar, year
        if key not in self._years:
            by_day = company._adv_calendar_days(calendar, date(year, 1, 1), date(year, 12, 31))
            days = (date(year, 12, 31) - date(year, 1, 1)).days + 1
            each = (by_day.get(date(year, 1, 1) + timedelta(days=rank), 0.0) for rank in range(days))
            self._years[key] = list(accumulate(each, initial=0.0))
        return self._years[key]


class ResCompany(models.Model):
    _inherit = "res.company"

    def _adv_calendar_days(self, calendar, date_from, date_to):
        """Return {day: working hours} of a calendar (none: 8 hours Monday to Friday) between two days."""
        if not calendar:
            days = [date_from + timedelta(days=rank) for rank in range((date_to - date_from).days + 1)]
            return {day: 8.0 for day in days if day.weekday() < 5}
        zone = pytz.timezone(calendar.tz or self.adv_tz or "UTC")
        start = zone.localize(datetime.combine(date_from, time.min))
        end = zone.localize(datetime.combine(date_to + timedelta(days=1), time.min))
        hours = defaultdict(float)
        # sudo: working hours are used to count only
        for begin, stop, _meta in calendar.sudo()._work_intervals_batch(start, end)[False]:
            hours[begin.astimezone(zone).date()] += (stop - begin).total_seconds() / 3600
        return hours
