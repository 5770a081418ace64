"""Every method that a client can call, called by everybody with everything: refused in words, or harmless.

``ADV_HOSTILE_EXAMPLES`` sets how often each method is attacked by each role (2; try 50).
"""

import inspect
import traceback
import zlib

from hypothesis import given, seed
from hypothesis import strategies as st
from odoo.exceptions import RedirectWarning, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from .hostile_arguments import Arguments, attacks
from .hostile_guard import Guard
from .hostile_injections import Injections
from .hostile_routes import RouteAttacks
from .hostile_world import OUTSIDERS, HostileWorld, own_tables

ADDONS = "odoo.addons.adv_"
ADDONS_PATH = "/addons/adv_"
CLEAN = (UserError, RedirectWarning, IntegrityError)  # the last one is put in words by Odoo's RPC layer


def public_methods(env):
    """Yield (model name, method name) of all that our addons let clients call, overrides included."""
    for model_name in sorted(env.registry):
        model = env.registry[model_name]
        names = set()
        for parent in model.__mro__:
            if parent.__module__.startswith(ADDONS):
                names |= {name for name, value in vars(parent).items() if inspect.isfunction(value)}
        for name in sorted(names):
            method = getattr(model, name)
            private = any(getattr(vars(cls).get(name), "_api_private", False) for cls in model.__mro__)
            if not name.startswith("_") and not private and callable(method):
                yield model_name, name


@tagged("post_install", "-at_install", "security")
class TestHostile(HostileWorld, RouteAttacks, Injections, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        gone = cls.env["res.partner"].create({"name": "Gone"})
        cls.deleted_id = gone.id
        gone.unlink()
        cls._ids = {}
        cls.guard = Guard(cls)
        cls.arguments = Arguments(cls)

    @classmethod
    def ids_of(cls, model, owner):
        """A few ids of a model that belong to 'own' company and customer, to a 'customer', a 'company'."""
        if model._name not in cls._ids:
            planted = {"own": [], "customer": [], "company": []}
            if model._auto and not model._abstract and not model._transient:
                cls.env.cr.execute(
                    "SELECT id, owner FROM hostile_planted WHERE relation = %s ORDER BY id", [model._table]
                )
                for number, whose in cls.env.cr.fetchall():
                    planted[whose].append(number)
                everybody = planted["customer"] + planted["company"]
                own = (
                    model.sudo()
                    .with_context(active_test=False)
                    .search([("id", "not in", everybody)], limit=3)
                )
                planted["own"] = own.ids
            cls._ids[model._name] = {who: ids[:3] for who, ids in planted.items()}
        return cls._ids[model._name][owner]

    def test_no_table_is_left_out(self):
        self.assertEqual(self.unfilled, [])

    def test_the_guard_notices(self):
        """What the other tests hope not to find would be found."""
        for owner, stranger in (("company", "manager"), ("customer", "customer")):
            order = self.env["sale.order"].browse(self.ids_of(self.env["sale.order"], owner)[:1]).sudo()
            self.assertTrue(self.guard.seen(stranger, order.read(["client_order_ref"])))
            self.assertTrue(self.guard.seen(stranger, order.read(["amount_untaxed"])))
            savepoint = self.env.cr.savepoint()
            order.client_order_ref = "Changed"
            order.message_post(body="Said")
            self.env.flush_all()
            changed = " ".join(self.guard.changed(stranger))
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.assertIn(f"UPDATE of {owner}'s sale_order", changed)
            self.assertIn(f"INSERT of {owner}'s mail_message", changed)
            self.assertEqual(self.guard.changed(stranger), [])

    def test_odoos_own_methods_on_our_tables(self):
        """Rows of others are not found, read, changed or deleted by the methods that every model has."""
        for model in own_tables(self.env):
            company, customer = (self.ids_of(model, owner) for owner in ("company", "customer"))
            for role, user in self.roles.items():
                records = model.with_user(user)
                strange = records.browse(company + customer * (role in OUTSIDERS))
                with self.subTest(model=model._name, role=role):
                    for operation in ("read", "write", "unlink"):
                        self.assertFalse(strange._filtered_access(operation), operation)
                    if records.has_access("read"):
                        # what Odoo works out of activities is not for customers, and refused to them
                        names = [name for name in records.fields_get() if not name.startswith("activity_")]
                        rows = records.search_read([], names, limit=80)
                        self.assertEqual(self.guard.seen(role, rows), [])

    def test_every_public_method(self):
        methods = list(public_methods(self.env))
        self.assertGreater(len(methods), 250)
        for model_name, name in methods:
            with self.subTest(f"{model_name}.{name}"):
                self._attack_method(model_name, name)

    def _attack_method(self, model_name, name):
        @seed(zlib.crc32(f"{model_name}.{name}".encode()))
        @attacks()
        @given(self._calls(self.env[model_name], getattr(self.env.registry[model_name], name)))
        def attack(calls):
            for role, (ids, arguments, context, values) in calls.items():
                self._attack(role, model_name, name, ids, arguments, context, values)

        attack()

    def _calls(self, model, method):
        call = st.tuples(
            self.arguments.ids(model),
            self.arguments.arguments(model, method),
            self.arguments.context,
            self.arguments.values(model) if model._transient else st.none(),
        )
        return st.fixed_dictionaries(dict.fromkeys(self.roles, call))

    def _attack(self, role, model_name, name, ids, arguments, context, values):
        """Call a method as a client does; fail when what came of it is wrong. Nothing of it stays."""
        model = self.env(user=self.roles[role], context={})[model_name]
        with mute_logger("odoo.sql_db", "odoo.addons.base.models.ir_rule", "odoo.models.unlink"):
            savepoint = self.env.cr.savepoint(flush=False)
            try:
                told = self._call(role, model, name, ids, arguments, context, values)
            except CLEAN as error:
                told = self.guard.seen(role, str(error))
            except Exception as error:
                self.env.transaction.clear()
                savepoint.rollback()
                told = None if self._is_odoos(model, error, ids, context) else self._tell(error)
            finally:
                self.env.transaction.clear()
                savepoint.close(rollback=True)
        if told:
            call = f"{role} calls {model_name}.{name}{ids, arguments, context, values}"
            self.fail(f"{call[:900]}\n{str(told)[:3000]}")

    def _call(self, role, model, name, ids, arguments, context, values):
        """Call a method; return what was seen or changed that is not the role's."""
        seen = []
        if values is not None:
            wizard = model.with_context(context).create([values])
            ids = wizard.ids
            self.env.flush_all()
            seen += self._look(role, wizard)
        first = () if getattr(getattr(type(model), name), "_api_model", False) else (ids,)
        result = call_kw(model, name, [*first, *arguments], {"context": context})
        self.env.flush_all()
        self.env.cr.precommit.run()
        seen += self.guard.seen(role, result)
        changed = self.guard.changed(role)
        return seen + changed + self._look_behind(role, model, result)

    @staticmethod
    def _tell(error):
        own = [line for line in traceback.format_exception(error) if ADDONS_PATH in line]
        return "".join([*own[-3:], repr(error)])

    def _look(self, role, records):
        """Read all fields of records as a client would; what one may not read is no finding."""
        try:
            return self.guard.seen(role, records.read())
        except CLEAN:
            return []

    def _look_behind(self, role, model, result):
        """Open what an action opens."""
        if not isinstance(result, dict) or result.get("type") != "ir.actions.act_window":
            return []
        try:
            opened = model.env[result["res_model"]].with_context(result.get("context") or {})
            if result.get("res_id"):
                return self._look(role, opened.browse(result["res_id"]))
            return self._look(role, opened.search(result.get("domain") or [], limit=3))
        except CLEAN:
            return []

    def _is_odoos(self, model, error, ids, context):
        """Whether Odoo itself stumbles so: over ids or a context that it cannot read, or over values that an
        override handed on as they came."""
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if ADDONS_PATH in frame.filename]
        if not own or "super()" in (own[-1].line or ""):
            return True
        if not all(model.browse(ids)._ids):
            return True  # records that are not saved yet: no client has any
        self.env.transaction.clear()
        probe = self.env["res.partner"].with_user(model.env.user)
        try:
            with self.env.cr.savepoint(flush=False):
                model.sudo().browse(ids).exists()
                probe = probe.with_context(context)
                (probe.env.company, probe.env.companies, probe.env.tz, probe.env._("Yes"))
                probe.search([], limit=1).read(["name", "country_id"])
        except CLEAN:
            return False
        except Exception:
            return True
        return False
