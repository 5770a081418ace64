"""The demo history: a wholesaler's thirteen months up to today, made through Odoo's own flows."""

import logging
import time

from .base import World
from .goods import Goods
from .mishaps import Changes
from .money import Money
from .plan import Plan
from .setting import Setting
from .today import Today
from .trade import Trade
from .voices import Conditions, Voices

_logger = logging.getLogger(__name__)


def load(env, today):
    """Make the history in a company of its own.

    :param env: any environment; what is done is done as the superuser
    :param date today: the day on which the history ends
    :return: the company
    """
    world = World(env, Plan(today))
    for step in (
        lambda: Setting(world).load(),
        lambda: Goods(world).load(),
        lambda: Conditions(world).load(),
        lambda: Trade(world).order(),
        lambda: Changes(world).load(),
        lambda: Trade(world).deliver(),
        lambda: Money(world).load(),
        lambda: Voices(world).load(),
        lambda: Today(world).load(),
    ):
        began = time.monotonic()
        step()
        world.settle()
        _logger.debug("demo history: a step of %.1f s", time.monotonic() - began)
    return world.company
