"""What an attacker sends: strategies of odd arguments, by the name of the parameter that takes them."""

import inspect
import math
import os
import re
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

ROOT = Path(__file__).resolve().parents[1]
LARGEST = 2**31 - 1  # of an id in PostgreSQL
TEXTS = (
    "x",
    "",
    " ",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd",
    "'; DROP TABLE sale_order; --",
    "%(company)s %s %%",
    "{{ 7*7 }}${7*7}<t t-out='7*7'/>",
    "<script>alert(1)</script>",
    "NUL\x00inside",
    "lone \ud800 surrogate",
    "‮Ünïcødé 🦄 ﷽",
    "a" * 20_000,
    "__class__",
    "../../etc/passwd",
)
NUMBERS = (0, -1, LARGEST, 2**63, -(10**40), 1.5, 1e308, math.nan, math.inf, -math.inf)
NESTED = ([], {}, [[]], [[[1]]], {"a": {"b": [None]}}, [None], [{}], ["x", 1, None], {"": ""}, [[1, "x"], {}])
ODD = (None, True, False, *NUMBERS, *TEXTS, *NESTED)
DAYS = (
    "2026-01-01",
    "2026-12-31",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "2026-01-01 25:61:00",
    "01/02/2026",
    "tomorrow",
    20260101,
)
WORDS = {
    "interval": ("month", "day", "week", "year", "century"),
    "comparison": ("previous_year", "previous_period", "next_year"),
    "dimension": ("company", "team", "partner", "error_type", "month", "id"),
    "code": ("order_count", "entry_error_rate", "dso", "no_such_figure"),
    "qualification": ("customer", "error", "both"),
    "origin": ("customer", "us", "nobody"),
    "outcome": ("failed", "passed", "neither"),
    "key": ("late", "blocked", "orders", "errors", "requests", "__class__"),
    "fields": (["name"], ["line_ids"], ["no_such_field"], [0]),
}
FORGED = re.compile(r'context(?:\.get\(|\[)"(\w+)"|with_context\(([^)]*)\)')


def attacks():
    """How often a method or an address is attacked: twice, or as ``ADV_HOSTILE_EXAMPLES`` says."""
    return settings(
        max_examples=int(os.environ.get("ADV_HOSTILE_EXAMPLES") or 2),
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


def forged_keys():
    """The context keys that our code looks at or sets: an attacker reads it."""
    keys = {"adv_at", "active_test", "mail_notify_force_send"}
    for file in (ROOT / "addons").glob("*/*/*.py"):
        if file.parent.name == "tests":
            continue
        for read, written in FORGED.findall(file.read_text(encoding="utf-8")):
            keys.update([read] if read else re.findall(r"(\w+)=", written))
    return tuple(sorted(keys))


class Arguments:
    """Strategies over the records of a world: ``own`` and ``foreign`` give ids of a model."""

    def __init__(self, world):
        self.world = world
        self.companies = [world.other.id, world.company.id]
        self.odd = st.sampled_from(ODD)
        self.context = self._contexts()

    def ids(self, model):
        """Ids that a client may put before a method; the first one is the simplest attack."""
        own, other, foreign = (self.world.ids_of(model, who) for who in ("own", "customer", "company"))
        plain = [foreign[:1], foreign, own, other, own[:1], [*foreign[:1], *own[:1]], own[:1] * 2, []]
        absent = [[self.world.deleted_id], [LARGEST], [0], [-1], False, (own or [1])[0], [None]]
        wrong = [["x"], [2**40], [[1]], [{"id": 1}]]
        return st.sampled_from([*plain, *absent, *wrong])

    def arguments(self, model, method):
        """Positional arguments of a method, by what its parameters are called."""
        parameters = list(inspect.signature(method).parameters.values())[1:]
        positional = [
            one for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)
        ]
        return st.tuples(*[self._argument(model, one.name) for one in positional])

    def _argument(self, model, name):
        if name == "vals_list":
            return st.one_of(self.values(model), st.lists(self.values(model), max_size=2))
        if name in ("vals", "default"):
            return self.values(model)
        return st.one_of(self._plausible(name), self.odd)

    def _plausible(self, name):
        if name.startswith("date") or name in ("day", "as_of"):
            return st.sampled_from(DAYS)
        if name.startswith("company"):
            return st.sampled_from(self.companies)
        if name == "codes":
            return st.sampled_from([["order_count", "dso"], "order_count", ["no_such"], [None], [["dso"]]])
        if name == "filters":
            return self._filters()
        if name in ("moves", "line_ids", "attachment_ids"):
            models = {"moves": "account.move", "line_ids": "adv.dunning.item"}
            return self.ids(self.world.env[models.get(name, "ir.attachment")])
        return st.sampled_from(WORDS.get(name, TEXTS))

    def _filters(self):
        names = ("company_ids", "team_ids", "assistant_ids", "user_ids", "partner_ids", "categ_ids", "x")
        value = st.one_of(st.just([self.world.other.id]), st.just(self.companies), self.odd)
        return st.dictionaries(st.sampled_from(names), value, min_size=1, max_size=2)

    def values(self, model):
        """Values of a record: some of our fields, with what belongs to others or to nobody."""
        names = sorted(
            name
            for name, field in model._fields.items()
            if name.startswith(("adv_", "company", "partner", "state", "name"))
            or (model._name.startswith("adv.") and field.store)
        )
        pairs = st.sampled_from(names).flatmap(
            lambda name: st.tuples(st.just(name), self._value(model._fields[name]))
        )
        return st.lists(pairs, min_size=1, max_size=3).map(dict)

    def _value(self, field):
        if field.type in ("many2one", "many2one_reference") and field.comodel_name:
            found = self.world.ids_of(self.world.env[field.comodel_name], "company")
            return st.one_of(st.sampled_from(found[:1] or [LARGEST]), self.odd)
        if field.type in ("one2many", "many2many"):
            found = self.world.ids_of(self.world.env[field.comodel_name], "company")
            commands = [[[6, 0, found]], [[4, number, 0] for number in found], [[0, 0, {}]], [[5]], [[1, 2]]]
            return st.one_of(st.sampled_from(commands), self.odd)
        if field.type in ("date", "datetime"):
            return st.one_of(st.sampled_from(DAYS), self.odd)
        if field.type == "selection":
            return st.one_of(st.sampled_from([*field.get_values(self.world.env), "no_such"]), self.odd)
        return self.odd

    def _contexts(self):
        world = self.world
        foreign = world.ids_of(world.env["sale.order"], "company")
        fixed = [
            {},
            {"allowed_company_ids": [world.other.id]},
            {"allowed_company_ids": self.companies},
            {"lang": "xx_XX"},
            {"lang": "fr_FR", "tz": "Nowhere/Land"},
            {"default_company_id": world.other.id, "default_state": "sale", "default_adv_state": "settled"},
            {"active_model": "sale.order", "active_ids": foreign, "active_id": foreign[0]},
            {"active_model": "ir.cron", "active_ids": ["x"], "active_id": "x"},
            {"uid": 1, "su": True, "company_id": world.other.id},
            {"active_test": False, "bin_size": True, "tracking_disable": True, "install_mode": True},
        ]
        forged = st.dictionaries(
            st.sampled_from(forged_keys()),
            st.one_of(st.sampled_from([foreign, 1, "x"]), self.odd),
            max_size=2,
        )
        return st.one_of(st.sampled_from(fixed), forged)
