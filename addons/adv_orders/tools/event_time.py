from datetime import datetime

from odoo import fields


class EventTime(datetime):
    """The moment at which a document's event really happened, told by trusted server code.

    Loaders and demo data pass it as ``with_context(adv_at=EventTime(2013, 6, 1, 9))``. A remote client
    cannot: what arrives through RPC is never an instance of this class, so it is ignored.
    Naive, in UTC, like every datetime that Odoo stores.
    """

    @classmethod
    def of(cls, value):
        """Return ``value`` (date or datetime) as an event time; a date counts from midnight UTC."""
        hour = getattr(value, "hour", 0)
        minute, second = getattr(value, "minute", 0), getattr(value, "second", 0)
        return cls(value.year, value.month, value.day, hour, minute, second)

    def plain(self):
        """Return the same moment as an ordinary ``datetime``."""
        return datetime(self.year, self.month, self.day, self.hour, self.minute, self.second)


def event_now(env):
    """Return the event's own time if trusted code gave one, else now (naive UTC datetime)."""
    at = env.context.get("adv_at")
    return at.plain() if isinstance(at, EventTime) else fields.Datetime.now()
