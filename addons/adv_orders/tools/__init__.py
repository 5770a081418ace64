from .asked import asked_day, asked_ids, asked_number, asked_text, asked_values, only_one
from .commit_step import commit_step
from .customers import hidden_from_customers
from .event_time import EventTime, event_now
from .facts import check_facts
from .figure import Figure
from .free_mail import sender_domain
from .habit import MINIMUM_HISTORY, Habit
from .order_xml import RefusedOrder, UnreadableOrder, parse_order_xml, requested_day, to_date
from .states import BLOCKED, IN_DELIVERY
from .supply import Answer, Move, Supply, SupplyPlan, judge
from .turn import take_turn
