"""What clients ask with, any JSON there is: each function gives what was meant or refuses in words."""

from datetime import date

from odoo import fields
from odoo.exceptions import UserError

LARGEST_ID = 2**31 - 1
FIRST_YEAR, LAST_YEAR = 1900, 2999


def only_one(records):
    """Refuse what works on one record at a time when none or several are given."""
    if len(records) != 1:
        raise UserError(records.env._("Choose one record: this works on one at a time."))


def asked_text(env, value):
    """Return a text without blanks around it or characters that no database keeps; '' for nothing."""
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        raise UserError(env._("A text is expected here."))
    return value.replace("\0", "").encode("utf-8", "ignore").decode().strip()


def asked_day(env, value):
    """Return the day of a date or its text, None for nothing."""
    if value is None or value is False or value == "":
        return None
    try:
        day = fields.Date.to_date(value) if isinstance(value, (str, date)) else None
    except ValueError:
        day = None
    if not day or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UserError(env._("This is not a day: %s", str(value)[:40]))
    return day


def asked_ids(env, value):
    """Return a list of ids from one id, several, or nothing."""
    if value is None or value is False:
        return []
    ids = list(value) if isinstance(value, (list, tuple)) else [value]
    if not all(type(number) is int and 0 < number <= LARGEST_ID for number in ids):
        raise UserError(env._("Records are chosen by their numbers."))
    return ids
