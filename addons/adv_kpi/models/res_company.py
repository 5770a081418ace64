from bisect import bisect_left

import pytz
from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    adv_target_occupancy = fields.Float(
        string="Target occupancy",
        default=85.0,
        help="Part of the assistants' working hours, in %, that the documents may fill; the rest is for what"
        " no document stands for.",
    )

    adv_without_group = fields.Boolean(
        string="Leave out sales inside the group",
        help="Orders, quotations and invoices to customers that are companies of this database do not"
        " count in figures of sales and quality. Receivables always do: they equal the ledger.",
    )

    _adv_occupancy_positive = models.Constraint(
        "CHECK (adv_target_occupancy IS NULL OR adv_target_occupancy > 0)",
        "The target occupancy is a positive percentage.",
    )

    def _adv_working_hours(self, spans):
        """Return the company's working hours inside each span, its closing days left out.

        :param spans: pairs of naive UTC datetimes; an empty end, or one before the start, gives 0
        :return: list of hours; plain hours where the company has no working hours
        """
        known = [span for span in spans if span[0] and span[1] and span[0] < span[1]]
        if not known:
            return [0.0] * len(spans)
        calendar = self.resource_calendar_id
        if not calendar:
            return [
                (end - start).total_seconds() / 3600 if (start, end) in known else 0.0 for start, end in spans
            ]
        clock = _WorkingClock(
            # sudo: working hours are used to count only
            calendar.sudo()._work_intervals_batch(
                pytz.utc.localize(min(start for start, _end in known)),
                pytz.utc.localize(max(end for _start, end in known)),
            )[False]
        )
        return [
            clock.until(end) - clock.until(start) if start and end and start < end else 0.0
            for start, end in spans
        ]


class _WorkingClock:
    """Working hours passed since the first of some intervals."""

    def __init__(self, intervals):
        self._starts, self._ends, self._sums = [], [], [0.0]
        for start, end, _meta in intervals:
            self._starts.append(start.astimezone(pytz.utc).replace(tzinfo=None))
            self._ends.append(end.astimezone(pytz.utc).replace(tzinfo=None))
            self._sums.append(self._sums[-1] + (end - start).total_seconds() / 3600)

    def until(self, moment):
        rank = bisect_left(self._starts, moment)
        if not rank:
            return 0.0
        beyond = (self._ends[rank - 1] - moment).total_seconds() / 3600
        return self._sums[rank] - max(beyond, 0.0)
