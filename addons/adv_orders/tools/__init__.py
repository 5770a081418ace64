from .event_time import EventTime, event_now
from .facts import check_facts
from .supply import Answer, Move, Supply, SupplyPlan, judge
