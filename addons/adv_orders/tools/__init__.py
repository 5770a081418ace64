from .event_time import EventTime, event_now
from .facts import check_facts
from .figure import Figure
from .states import BLOCKED, IN_DELIVERY
