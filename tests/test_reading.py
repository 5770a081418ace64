"""Installing breaks no reading: what we add to a native record can be read by whoever reads the record."""

from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.adv_billing.tests.common import AdvBillingCommon

RECORDS = 3  # of each model, the last made


def is_ours(field):
    return any(module.startswith("adv_") for module in field._modules)


@tagged("post_install", "-at_install", "security")
class TestReading(AdvBillingCommon):
    """An order that went through everything; fields that a role may not read are not shown to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.adv_billing_mode = "enforce"
        parts = [{"name": "A", "percent": 30}, {"name": "B", "percent": 70, "trigger": "first_delivery"}]
        milestones = [Command.create(part) for part in parts]
        cls._rule("milestone", partner=cls.acme, auto_post=True, milestone_ids=milestones)

    def _went_through_everything(self):
        order = self._order([(self.chair, 10), (self.hour, 2)])
        picking = self._deliver(order)
        self._run()
        invoice = order.invoice_ids.sorted("id")[:1]
        reason = self.env["adv.dispute.reason"].create({"name": "Price", "code": "test_price"})
        dispute = {"move_id": invoice.id, "amount": 40, "reason_id": reason.id, "adv_picking_id": picking.id}
        self.env["adv.dispute"].create(dispute)
        picking.adv_proof_ids = [Command.create({"name": "proof.txt", "raw": b"here"})]
        self._credit(invoice, "price", price=4)
        self._pay(invoice)
        self.assertTrue(order.adv_instalment_ids)
        self.assertTrue(order.adv_error_ids)
        self.assertTrue(order.adv_check_result_ids)
        self.assertTrue(invoice.adv_check_result_ids)

    def _extended(self):
        """Native models with fields of ours."""
        for name in sorted(self.env.registry):
            model = self.env[name]
            stored = not (model._abstract or model._transient or name.startswith("adv."))
            if stored and any(is_ours(field) for field in model._fields.values()):
                yield model

    def _readers(self):
        """{role: user} of each native group that may read something, of the portal and of the web site."""
        groups = self.env["ir.model.access"].search([("perm_read", "=", True)]).group_id
        names = {group_id: min(known, default="") for group_id, known in groups._get_external_ids().items()}
        outside = {"base.group_portal", "base.group_public"}
        native = groups.filtered(
            lambda group: names[group.id] not in outside and not names[group.id].startswith("adv_")
        )
        roles = {names[group.id]: self.env.ref("base.group_user") | group for group in native}
        roles |= {name: self.env.ref(name) for name in outside}
        company = {"company_id": self.company.id, "company_ids": [Command.set(self.company.ids)]}
        users = self.env["res.users"].create(
            [
                {"name": role, "login": role, "group_ids": [Command.set(some.ids)], **company}
                for role, some in roles.items()
            ]
        )
        return dict(zip(roles, users, strict=True))

    def test_whoever_reads_a_native_record_reads_what_we_add(self):
        self._went_through_everything()
        models, seen = list(self._extended()), set()
        for role, user in self._readers().items():
            for model in models:
                records = model.with_user(user)
                if not records.has_access("read"):
                    continue
                records = records.search([], order="id desc", limit=RECORDS)
                shown = records.fields_get(attributes=[])
                with self.subTest(model=model._name, role=role):
                    records.read([name for name in shown if is_ours(model._fields[name])])
                    seen |= {(role, model._name)} if records else set()
        for pair in (
            ("stock.group_stock_user", "sale.order"),
            ("stock.group_stock_user", "stock.picking"),
            ("account.group_account_invoice", "sale.order"),
            ("account.group_account_readonly", "account.move"),
            ("sales_team.group_sale_manager", "account.move"),
        ):
            self.assertIn(pair, seen)
