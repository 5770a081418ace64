from .event_time import EventTime, event_now
from .facts import check_facts
from .habit import MINIMUM_HISTORY, Habit
