"""What a computation looks at."""

from dataclasses import dataclass, field

from odoo.tools import SQL


@dataclass
class Scope:
    """What a computation looks at.

    :param company_id: id of the company
    :param date: the day of the run
    :param account_ids: receivable accounts followed when a policy names none
    :param policy: SQL expression of the policy of `partner`
    :param excluded: SQL expression: is `partner` excluded from reminders
    :param grace: days after a promised date during which the promise still protects
    :param rates: {currency id: units of the currency for one unit of the reference} at the date
    """

    company_id: int
    date: object
    account_ids: list
    policy: SQL
    excluded: SQL
    grace: int = 0
    rates: dict = field(default_factory=dict)
    partner_ids: list = None


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
