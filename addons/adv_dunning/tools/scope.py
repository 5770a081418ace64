"""What a computation looks at."""

from dataclasses import dataclass, field
from datetime import date

from odoo.tools import SQL

LONG_AGO = date(1900, 1, 1)


@dataclass
class Scope:
    """What a computation looks at.

    :param company_id: id of the company
    :param date: the day of the run
    :param account_ids: receivable accounts followed when a policy names none
    :param policy: SQL expression of the policy of `partner`
    :param excluded: SQL expression: is `partner` excluded from reminders
    :param direct_debit: SQL expression: do we collect from `partner` by direct debit
    :param contact: SQL expression: the contact of `partner` who gets reminders
    :param grace: days after a promised date during which the promise still protects
    :param rates: {currency id: units of the currency for one unit of the reference} at the date
    :param limits: [(level id, latest due date that has reached the level)] of all levels
    :param collected_from: a claim handed to the bank that matures on this day or later is in collection
    :param replied_from: a reply of this day or later still waits for its answer
    :param last_bank: day of the last entry in a bank or cash journal, or None
    :param history: what fell due before is history: reminded by hand only
    :param has_sms: text messages can be sent
    :param is_paused: no reminders of this company at the date
    :param partner_ids: commercial partners to look at, or None for all
    :param partner_range: (first, last) id of the commercial partners to look at, or None for all
    :param without_partner: look at the entries without a partner only
    """

    company_id: int
    date: object
    account_ids: list
    policy: SQL
    excluded: SQL
    direct_debit: SQL = field(default_factory=lambda: SQL("FALSE"))
    contact: SQL = field(default_factory=lambda: SQL("NULL"))
    grace: int = 0
    rates: dict = field(default_factory=dict)
    limits: list = field(default_factory=list)
    collected_from: object = LONG_AGO
    replied_from: object = LONG_AGO
    last_bank: object = None
    history: object = LONG_AGO
    has_sms: bool = False
    is_paused: bool = False
    partner_ids: list = None
    partner_range: tuple = None
    without_partner: bool = False


def in_scope(scope):
    """Return the condition on `item` and its customer's `policy`: is its account followed?"""
    return SQL(
        """CASE WHEN EXISTS (SELECT FROM account_account_adv_dunning_policy_rel named
                              WHERE named.adv_dunning_policy_id = policy.id)
                THEN EXISTS (SELECT FROM account_account_adv_dunning_policy_rel named
                              WHERE named.adv_dunning_policy_id = policy.id
                                AND named.account_account_id = item.account_id)
                ELSE item.account_id = ANY(%s) END""",
        scope.account_ids,
    )
