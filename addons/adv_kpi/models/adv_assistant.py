from datetime import datetime, time, timedelta

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
    def _adv_hours(self, companies, date_from, date_to):
        """Return the working hours of companies and of their assistants between two days, both included.

        :return: {company id: {'hours': those of the assistants present, absences left out,
            'full_time_hours': those of one who works the company's hours times the target occupancy,
            'heads': assistants present, as full-time ones}}
        """
        # sudo: how many are present is no secret, who is absent is
        crew = self.sudo().search([("company_id", "in", companies.ids)])
        result = {}
        for company in companies:
            team = crew.filtered(lambda assistant, company=company: assistant.company_id == company)
            full = company._adv_calendar_hours(company.resource_calendar_id, date_from, date_to)
            hours = sum(assistant._adv_hours_present(date_from, date_to) for assistant in team)
            result[company.id] = {
                "hours": hours,
                "full_time_hours": full * (company.adv_target_occupancy or 100.0) / 100,
                "heads": hours / full if full else 0.0,
            }
        return result

    def _adv_hours_present(self, date_from, date_to):
        self.ensure_one()
        company = self.company_id
        calendar = self.calendar_id or company.resource_calendar_id
        hours = company._adv_calendar_hours(calendar, date_from, date_to)
        return hours - sum(
            company._adv_calendar_hours(calendar, start, end)
            for start, end in self._adv_absences(date_from, date_to)
        )

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


class ResCompany(models.Model):
    _inherit = "res.company"

    def _adv_calendar_hours(self, calendar, date_from, date_to):
        """Return the working hours of a calendar (none: 8 hours Monday to Friday) between two days."""
        if not calendar:
            days = [date_from + timedelta(days=rank) for rank in range((date_to - date_from).days + 1)]
            return 8.0 * sum(day.weekday() < 5 for day in days)
        zone = pytz.timezone(calendar.tz or self.adv_tz or "UTC")
        start = zone.localize(datetime.combine(date_from, time.min))
        end = zone.localize(datetime.combine(date_to + timedelta(days=1), time.min))
        # sudo: working hours are used to count only
        intervals = calendar.sudo()._work_intervals_batch(start, end)[False]
        return sum((stop - begin).total_seconds() for begin, stop, _meta in intervals) / 3600
