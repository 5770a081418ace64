from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

# days back from the last one asked that are tried before all of them are sorted
WINDOWS = (7, 60)
# rows up to which that is worth it: a page of a list
PAGE = 1000


class AdvDatedEntry(models.AbstractModel):
    """Entries of a query that is no table: their latest ones are found without sorting them all."""

    _name = "adv.dated.entry"
    _description = "Dated entry of figures"

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **kwargs):
        wanted = limit + (offset or 0) if isinstance(limit, int) else 0
        if 0 < wanted <= PAGE and order == self._order:
            domain = self._adv_latest(Domain(domain), wanted, kwargs)
        return super()._search(domain, offset, limit, order, **kwargs)

    @api.model
    def _adv_latest(self, domain, count, kwargs):
        """Return the domain cut to the last days that hold as many entries: a page shows the latest first."""
        last = self._adv_last_day(domain)
        for days in WINDOWS:
            window = domain & Domain("date", ">=", last - timedelta(days=days))
            if len(super()._search(window, 0, count, **kwargs)) == count:
                return window
        return domain

    @api.model
    def _adv_last_day(self, domain):
        """Return the last day that the domain leaves, or today."""
        field = self._fields["date"]
        days = [self.env.company._adv_today()]
        days += [
            day
            for condition in domain.iter_conditions()
            if condition.field_expr == "date" and condition.operator in ("<", "<=")
            if (day := self._adv_day(condition.value))
        ]
        return min(days) if field.type == "date" else fields.Datetime.to_datetime(min(days))

    @api.model
    def _adv_day(self, value):
        """Return the day of a value in a domain; None where it is worked out later ('today')."""
        try:
            day = fields.Date.to_date(value)
            return day if day and day.year > 1 else None
        except (TypeError, ValueError):
            return None
