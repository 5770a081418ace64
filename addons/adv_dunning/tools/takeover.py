"""From the reminder levels of OCA's account_credit_control to ours: plain computations, no database."""

from typing import NamedTuple

TOLD_STATES = ("sent", "queued")  # the customer got it, or the mail server has it
WAITING_STATES = ("to_be_sent", "error", "email_error")
LONGEST_REST_OF_MONTH = 30


class SourceLevel(NamedTuple):
    """A level of credit control: `rank` is its number, `mode` how its `delay` in days is counted."""

    key: int
    rank: int
    mode: str
    delay: int
    channel: str


class Told(NamedTuple):
    """What credit control told a customer about one journal item: a row of its lines."""

    key: int
    item: int
    level: int
    date: object
    amount: float
    channel: str
    letter: int  # what goes out together has the same one; 0: alone


def delays(levels):
    """Return {level: days after due} of the levels of one policy.

    Days from the previous reminder are added to the delay of the level before. The end of a month is at most
    30 days away: the level comes then at the latest, never sooner than it came before. Each level comes after
    the one before, as its number says.

    :param levels: iterable of SourceLevel
    """
    found, before = {}, -1
    for level in sorted(levels, key=lambda level: level.rank):
        days = max(0, level.delay)
        if level.mode == "previous_date":
            days += max(0, before)
        elif level.mode == "end_of_month":
            days += LONGEST_REST_OF_MONTH
        before = found[level.key] = max(days, before + 1)
    return found


def tones(levels):
    """Return {level: tone}: the first is friendly, the last of three or more is the formal notice.

    :param levels: iterable of SourceLevel
    """
    ordered = sorted(levels, key=lambda level: level.rank)
    found = {}
    for position, level in enumerate(ordered):
        if level.channel == "phone":
            found[level.key] = "call"
        elif position == 0:
            found[level.key] = "friendly"
        else:
            is_last = position == len(ordered) - 1
            found[level.key] = "formal" if is_last and position >= 2 else "firm"
    return found


def latest(told):
    """Return the last thing told about each journal item at each level, in the order of their dates.

    :param told: iterable of Told
    """
    found = {}
    for line in sorted(told, key=lambda line: (line.date, line.key)):
        found[line.item, line.level] = line
    return sorted(found.values(), key=lambda line: (line.date, line.key))


def last_levels(told, delay):
    """Return {journal item: its highest level}.

    :param told: iterable of Told
    :param delay: {level: days after due}
    """
    found = {}
    for line in told:
        known = found.get(line.item)
        if known is None or delay[line.level] > delay[known]:
            found[line.item] = line.level
    return found
