"""Who may do what, over all four addons: facts nobody types, ledgers nobody edits, companies kept apart."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import HttpCase, JsonRpcException, TransactionCase, new_test_user, tagged
from odoo.tools import mute_logger

ROLES = {
    "assistant": "adv_orders.group_adv_assistant",
    "manager": "adv_orders.group_adv_manager",
    "collector": "adv_dunning.group_collector",
    "collection manager": "adv_dunning.group_collection_manager",
    "accountant": "account.group_account_invoice",
    "figures": "adv_kpi.group_kpi_manager",
    "salesperson": "sales_team.group_sale_salesman",
    "nobody": "base.group_user",
    "portal customer": "base.group_portal",
    "public": "base.group_public",
}
# What was decided, sent or measured: written by the system only.
LEDGERS = (
    "adv.check.result",
    "adv.approval",
    "adv.order.error",
    "adv.order.amendment",
    "adv.promise.change",
    "adv.dunning.item",
    "adv.dunning.notice",
    "adv.dunning.notice.line",
    "adv.late.charge",
    "adv.billing.run.line",
)
OUTSIDERS = ("portal customer", "public")


def adv_models(env):
    """The addons' own stored models."""
    return [
        env[name]
        for name in env.registry
        if name.startswith("adv.") and not env[name]._abstract and not env[name]._transient
    ]


@tagged("post_install", "-at_install", "security")
class TestRoles(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(cls.env, login=f"role_{role.replace(' ', '_')}", groups=group)
            for role, group in ROLES.items()
        }

    def _guarded_models(self):
        """Models with facts: (model, names of the facts)."""
        for name in self.env.registry:
            model = self.env[name]
            for guard in ("_adv_protected_fields", "_adv_dunning_protected_fields"):
                facts = getattr(model, guard, frozenset)()
                if facts and not model._abstract:
                    yield model, facts

    def test_facts_are_refused_to_everybody_even_the_superuser(self):
        seen = 0
        for model, facts in self._guarded_models():
            for fact in facts:
                with self.subTest(model=model._name, fact=fact):
                    with self.assertRaises(AccessError):
                        model.sudo().browse().write({fact: False})
                    with self.assertRaises(AccessError):
                        model.sudo().create([{fact: False}])
                    with self.assertRaises(AccessError):
                        model.sudo().with_context(**{f"default_{fact}": 1}).create([{}])
                    seen += 1
        self.assertGreater(seen, 40)

    def test_what_is_named_by_another_record_is_not_created_from_a_name(self):
        """What a client may ask for where a record is chosen is refused in words."""
        admin = self.env.ref("base.user_admin")
        seen = 0
        for name in sorted(self.env.registry):
            field = name.startswith("adv.") and self.env[name]._fields.get(self.env[name]._rec_name or "")
            if not field or field.type == "char":
                continue
            with self.subTest(model=name), self.assertRaises(UserError):
                self.env[name].with_user(admin).name_create("x")
            seen += 1
        self.assertGreater(seen, 15)

    def test_facts_are_not_copied(self):
        for model, facts in self._guarded_models():
            copied = [fact for fact in facts if model._fields[fact].copy and model._fields[fact].store]
            with self.subTest(model=model._name):
                self.assertEqual(copied, [])

    def test_ledgers_have_no_right_to_create_change_or_delete(self):
        for name in LEDGERS:
            for role, user in self.users.items():
                for operation in ("create", "write", "unlink"):
                    with self.subTest(model=name, role=role, operation=operation):
                        self.assertFalse(self.env[name].with_user(user).has_access(operation))

    def test_outsiders_reach_no_model_of_ours_beyond_reading_their_own(self):
        for model in adv_models(self.env):
            for role in OUTSIDERS:
                for operation in ("create", "write", "unlink"):
                    with self.subTest(model=model._name, role=role, operation=operation):
                        self.assertFalse(model.with_user(self.users[role]).has_access(operation))

    def test_a_plain_employee_changes_nothing_of_ours(self):
        for model in adv_models(self.env):
            for operation in ("create", "write", "unlink"):
                with self.subTest(model=model._name, operation=operation):
                    self.assertFalse(model.with_user(self.users["nobody"]).has_access(operation))

    def test_every_model_with_a_company_has_a_company_rule(self):
        for model in adv_models(self.env):
            if "company_id" not in model._fields or not model._fields["company_id"].store:
                continue
            for role, user in self.users.items():
                if not model.with_user(user).has_access("read"):
                    continue
                domain = self.env["ir.rule"].with_user(user)._compute_domain(model._name, "read")
                with self.subTest(model=model._name, role=role):
                    self.assertIn("company_id", str(domain))

    def test_every_stored_model_has_access_rows_or_is_closed(self):
        """No row of access without a group: that would open a model to everybody."""
        open_rows = self.env["ir.model.access"].search(
            [("model_id.model", "=like", "adv.%"), ("group_id", "=", False)]
        )
        self.assertFalse(open_rows.mapped("name"))


@tagged("post_install", "-at_install", "security")
class TestRpc(HttpCase):
    """What a plain salesperson can send over RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.adv_check_mode = "enforce"
        cls.env.company.adv_approval_mode = "enforce"
        cls.salesperson = new_test_user(
            cls.env, login="rpc_sales", password="rpc_sales", groups=ROLES["salesperson"]
        )
        cls.customer = cls.env["res.partner"].create({"name": "RPC customer"})
        cls.product = cls.env["product.product"].create({"name": "Bolt", "list_price": 10.0})
        cls.order = (
            cls.env["sale.order"]
            .with_user(cls.salesperson)
            .create(
                {
                    "partner_id": cls.customer.id,
                    "order_line": [Command.create({"product_id": cls.product.id, "product_uom_qty": 3})],
                }
            )
        )

    def _call(self, model, method, *arguments, **keywords):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(arguments), "kwargs": keywords},
        )

    def _refused(self, model, method, *arguments, **keywords):
        with mute_logger("odoo.http"), self.assertRaises(JsonRpcException) as refusal:
            self._call(model, method, *arguments, **keywords)
        self.assertRegex(str(refusal.exception), "AccessError|UserError|ValidationError")

    def setUp(self):
        super().setUp()
        self.authenticate("rpc_sales", "rpc_sales")

    def test_state_sale_cannot_be_written(self):
        self._refused("sale.order", "write", [self.order.id], {"state": "sale"})
        self._refused("sale.order", "write", [self.order.id], {"state": "sale"}, context={"adv_at": "x"})
        self.order.invalidate_recordset()
        self.assertEqual(self.order.state, "draft")

    def test_an_order_cannot_be_created_confirmed(self):
        values = {"partner_id": self.customer.id, "state": "sale"}
        self._refused("sale.order", "create", [values])
        context = {"default_state": "sale"}
        self._refused("sale.order", "create", [{"partner_id": self.customer.id}], context=context)
        self.assertFalse(self.env["sale.order"].search([("partner_id", "=", self.customer.id)]) - self.order)

    def test_no_fact_can_be_written(self):
        for fact in sorted(self.order._adv_protected_fields()):
            with self.subTest(fact=fact):
                self._refused("sale.order", "write", [self.order.id], {fact: False})

    def test_private_writers_cannot_be_called(self):
        for method in ("_adv_set_facts", "_adv_create"):
            with (
                self.subTest(method=method),
                mute_logger("odoo.http"),
                self.assertRaises(JsonRpcException),
            ):
                self._call("sale.order", method, [self.order.id], {"adv_clean_date": False})
