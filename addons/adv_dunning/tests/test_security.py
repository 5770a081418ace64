from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import TODAY, DunningCommon

MODELS = (
    "adv.dunning.policy",
    "adv.dunning.level",
    "adv.dunning.run",
    "adv.dunning.notice",
    "adv.dunning.notice.line",
    "adv.dunning.item",
    "adv.payment.promise",
    "adv.dispute",
    "adv.dispute.reason",
    "adv.interest.rate",
    "adv.late.charge",
    "adv.receivable.stats",
    "adv.cash.forecast",
    "adv.dunning.effect",
    "adv.bad.debt",
)
LEDGERS = (
    "adv.cash.forecast",
    "adv.dunning.effect",
    "adv.bad.debt",
    "adv.dunning.notice",
    "adv.dunning.notice.line",
    "adv.dunning.item",
    "adv.late.charge",
)


@tagged("post_install", "-at_install", "security")
class TestSecurity(DunningCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector = cls._make_user("dun_collector", "adv_dunning.group_collector")
        cls.manager = cls._make_user("dun_manager", "adv_dunning.group_collection_manager")
        cls.accountant = cls._make_user("dun_accountant", "account.group_account_user")
        cls.billing = cls._make_user("dun_billing", "account.group_account_invoice")
        cls.employee = cls._make_user("dun_employee", "base.group_user")
        cls.portal = cls._make_user("dun_portal", "base.group_portal")
        cls.invoice = cls._invoice(100, date(2026, 2, 20))
        run = cls.env["adv.dunning.run"]._get_or_create(cls.company, TODAY)
        run.action_compute()
        cls.run_today = run

    def test_reading(self):
        for user in (self.collector, self.manager, self.accountant, self.billing):
            for model in MODELS:
                self.env[model].with_user(user).check_access("read")
        for user in (self.employee, self.portal, self.env.ref("base.public_user")):
            for model in MODELS:
                with self.assertRaises(AccessError, msg=f"{user.login} {model}"):
                    self.env[model].with_user(user).check_access("read")

    def test_the_manager_sets_the_terms_of_collection_without_the_right_on_contacts(self):
        customer = self.partner.with_user(self.manager)
        self.assertFalse(customer.has_access("write"))
        opened = customer.action_adv_open_terms()
        with Form(
            self.env[opened["res_model"]].with_user(self.manager).with_context(**opened["context"])
        ) as form:
            self.assertFalse(form.adv_dunning_excluded)
            form.adv_dunning_excluded = True
            form.adv_contract_rate = 14.5
            form.reason = "Pays every Monday <b>"
        before = self.partner.message_ids
        form.record.action_apply()
        self.assertTrue(self.partner.adv_dunning_excluded)
        self.assertEqual(self.partner.adv_contract_rate, 14.5)
        note = self.partner.message_ids - before
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.assertIn("Pays every Monday &lt;b&gt;", note.body)
        self.assertIn("No Reminders: no → yes", note.body)
        # what the client does not send stays as it is
        self._terms({"adv_direct_debit": True}).action_apply()
        self.assertTrue(self.partner.adv_dunning_excluded)
        self.assertTrue(self.partner.adv_direct_debit)

    def _terms(self, vals, user=None):
        wizards = self.env["adv.collection.terms"].with_user(user or self.manager)
        return wizards.create({"partner_id": self.partner.id, "reason": "Because", **vals})

    def test_the_terms_of_collection_are_the_manager_s_alone(self):
        for user in (self.collector, self.accountant, self.billing, self.employee, self.portal):
            with self.assertRaises(AccessError, msg=user.login):
                self._terms({"adv_dunning_excluded": True}, user)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._terms({"adv_dunning_excluded": True, "reason": "  "}).action_apply()
        stranger = self._make_partner("Stranger")
        with self.assertRaisesRegex(UserError, "a contact of this customer"):
            self._terms({"adv_dunning_contact_id": stranger.id}).action_apply()
        foreign = self._make_company("Foreign")
        with self.assertRaises(AccessError):
            self._terms({"adv_dunning_excluded": True, "company_id": foreign.id}).action_apply()
        self.assertFalse(self.partner.with_company(foreign).adv_dunning_excluded)
        self.assertFalse(self.partner.adv_dunning_excluded)

    def test_terms_of_collection_changed_meanwhile_are_not_overwritten(self):
        opened = self.partner.with_user(self.manager).action_adv_open_terms()
        wizards = self.env[opened["res_model"]].with_context(**opened["context"])
        colleague = self._make_user("sec_colleague", "adv_dunning.group_collection_manager")
        forms = [Form(wizards.with_user(user)) for user in (self.manager, colleague)]
        for form in forms:
            form.adv_dunning_excluded = True
            form.reason = "Because"
        first, second = forms
        second.adv_contract_rate = 9
        first.save().action_apply()
        before = self.partner.message_ids
        with self.assertRaisesRegex(UserError, "open them again"):
            second.save().action_apply()
        self.assertEqual(self.partner.adv_contract_rate, 0)
        self.assertEqual(self.partner.message_ids, before)
        again = Form(wizards.with_user(colleague))
        self.assertTrue(again.adv_dunning_excluded)
        again.adv_contract_rate = 9
        again.reason = "Because"
        again.save().action_apply()
        self.assertEqual(self.partner.adv_contract_rate, 9)

    def test_what_a_client_says_to_have_been_shown_only_refuses(self):
        stranger = self._make_partner("Stranger")
        for known in (False, "x", 1, [], {}, {"adv_on_hold": "True"}, {"partner_id": stranger.id}):
            wizard = self._terms({"adv_dunning_excluded": True, "known": known})
            with self.assertRaisesRegex(UserError, "open them again"):
                wizard.action_apply()
        self.assertFalse(self.partner.adv_dunning_excluded)

    def test_the_note_on_changed_terms_is_in_the_language_of_its_author(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env["ir.module.module"]._load_module_terms(["adv_dunning"], ["fr_FR"])
        self.partner.with_company(self.company).adv_contract_rate = 9
        wizard = self._terms({"adv_contract_rate": 12.25, "adv_doubtful": True})
        before = self.partner.message_ids
        wizard.with_context(lang="fr_FR").action_apply()
        body = (self.partner.message_ids - before).body
        self.assertIn("<li>Taux des pénalités convenu (% par an)&nbsp;: 9 % → 12,25 %</li>", body)
        self.assertIn("<li>Douteux&nbsp;: non → oui</li>", body)

    def test_ledgers_are_written_by_nobody(self):
        for user in (self.collector, self.manager, self.accountant, self.billing, self.employee, self.portal):
            for model in LEDGERS:
                for operation in ("create", "write", "unlink"):
                    self.assertFalse(
                        self.env[model].with_user(user).has_access(operation), (user.login, model)
                    )

    def test_facts_are_set_by_nobody(self):
        notice = self.run_today.notice_ids
        item = self.env["adv.dunning.item"].search([("move_id", "=", self.invoice.id)])
        promise = self.env["adv.payment.promise"].create(
            {
                "partner_id": self.partner.id,
                "amount": 100,
                "date": date(2026, 3, 10),
                "date_made": TODAY,
                "currency_id": self.eur.id,
            }
        )
        dispute = self.env["adv.dispute"].create(
            {"move_id": self.invoice.id, "reason_id": self.env.ref("adv_dunning.dispute_reason_price").id}
        )
        for user in (self.collector, self.manager, self.env.ref("base.user_root")):
            for record, vals in (
                (notice, {"state": "sent"}),
                (notice.line_ids, {"is_live": False}),
                (item, {"outcome": "chased"}),
                (promise, {"state": "kept"}),
                (dispute, {"state": "accepted"}),
                (self.run_today, {"state": "done"}),
                (self.partner, {"adv_on_hold": True}),
                (self.company, {"adv_dunning_live": True}),
                (self.env["adv.receivable.stats"].search([], limit=1), {"score": 1}),
            ):
                for env_record in (record.with_user(user), record.with_user(user).sudo()):
                    with self.assertRaises(AccessError, msg=f"{user.login} {record} {vals}"):
                        env_record.write(vals)

    def test_facts_cannot_be_created(self):
        with self.assertRaises(AccessError):
            self.env["res.partner"].create({"name": "Held", "adv_on_hold": True})
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_context(default_adv_on_hold=True).create({"name": "Held"})
        with self.assertRaises(AccessError):
            self.env["res.company"].create({"name": "Live", "adv_dunning_live": True})
        with self.assertRaises(AccessError):
            self.env["adv.dunning.run"].create(
                {"company_id": self.company.id, "date": TODAY, "state": "done"}
            )
        with self.assertRaises(AccessError):
            self.env["adv.payment.promise"].with_context(default_state="kept").create(
                {"partner_id": self.partner.id, "amount": 1, "date": date(2026, 3, 10), "date_made": TODAY}
            )
        with self.assertRaises(AccessError):
            self.env["adv.late.charge"].sudo().create(
                {"move_id": self.invoice.id, "kind": "compensation", "date_from": TODAY, "date_to": TODAY}
            )

    def test_facts_cannot_be_imported(self):
        result = self.env["res.partner"].load(["name", "adv_on_hold"], [["Held", "1"]])
        self.assertFalse(result["ids"])

    def test_collector_works(self):
        run = self.run_today.with_user(self.collector)
        run.action_compute()
        self.assertTrue(self.env["adv.dunning.run"].with_user(self.collector).preview(TODAY, self.company.id))
        run.action_send()
        self.assertEqual(run.notice_ids.state, "sent")
        stats = self.env["adv.receivable.stats"].with_user(self.collector).search([])
        self.assertEqual(stats.partner_id, self.partner)
        self.assertEqual(stats.notice_ids, run.notice_ids)
        promise = (
            self.env["adv.payment.promise"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.partner.id,
                    "amount": 100,
                    "date": date(2026, 3, 10),
                    "date_made": TODAY,
                    "currency_id": self.eur.id,
                }
            )
        )
        self.assertEqual(promise.move_ids, self.invoice)
        dispute = (
            self.env["adv.dispute"]
            .with_user(self.collector)
            .create(
                {"move_id": self.invoice.id, "reason_id": self.env.ref("adv_dunning.dispute_reason_price").id}
            )
        )
        dispute.action_accept()
        charges = self.env["adv.late.charge"].with_user(self.collector).accrue(self.invoice, TODAY)
        self.assertTrue(charges)
        with self.assertRaises(AccessError):
            charges.action_waive("Goodwill")

    def test_only_managers_release_hold_and_go_live(self):
        self.policy.progression = "catch_up"
        old = self._invoice(100, date(2026, 1, 1), partner=self._make_partner("Old"))
        self.run_today.action_compute()
        notice = self.run_today.notice_ids.filtered(lambda record: record.state == "waiting")
        self.assertEqual(notice.line_ids.move_id, old)
        for user in (self.collector, self.accountant, self.employee):
            with self.assertRaises(AccessError):
                notice.with_user(user).action_release()
            with self.assertRaises(AccessError):
                self.partner.with_user(user).action_adv_put_on_hold()
            with self.assertRaises(AccessError):
                self.company.with_user(user)._adv_dunning_go_live()
        notice.with_user(self.manager).action_release()
        self.assertEqual(notice.state, "ready")
        self.partner.with_user(self.manager).action_adv_put_on_hold()
        self.assertTrue(self.partner.adv_on_hold)
        self.company.with_user(self.manager)._adv_dunning_go_live()

    def test_others_do_not_act(self):
        run = self.run_today
        for user in (self.accountant, self.billing, self.employee, self.portal):
            with self.assertRaises(AccessError):
                run.with_user(user).action_compute()
            with self.assertRaises(AccessError):
                run.with_user(user).action_send()
            with self.assertRaises(AccessError):
                run.notice_ids.with_user(user).action_send()
            with self.assertRaises(AccessError):
                run.notice_ids.with_user(user).action_cancel()
            with self.assertRaises(AccessError):
                self.env["adv.late.charge"].with_user(user).accrue(self.invoice, TODAY)
        with self.assertRaises(AccessError):
            self.env["adv.dunning.run"].with_user(self.employee).preview(TODAY, self.company.id)

    def test_private_methods_are_out_of_reach(self):
        from odoo.service.model import get_public_method

        for model, name in (
            ("adv.dunning.notice", "_adv_set_facts"),
            ("adv.dunning.item", "_adv_create"),
            ("res.partner", "_adv_set_on_hold"),
            ("res.company", "_adv_dunning_go_live"),
            ("res.company", "_adv_dunning_set_facts"),
            ("adv.dunning.run", "_classification"),
            ("adv.late.charge", "_make_bill"),
            ("adv.receivable.stats", "_take_turn"),
            ("adv.receivable.stats", "_handover_files"),
            ("adv.write.off", "_prepare_entry"),
        ):
            with self.assertRaises(AccessError):
                get_public_method(self.env[model], name)

    def test_other_company_sees_nothing(self):
        other = self._make_company("Elsewhere")
        stranger = new_test_user(
            self.env,
            "dun_stranger",
            groups="adv_dunning.group_collection_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.env = self.env(context={"allowed_company_ids": other.ids})
        for model in ("adv.dunning.run", "adv.dunning.notice", "adv.dunning.item", "adv.dunning.notice.line"):
            self.assertFalse(
                self.env[model]
                .with_user(stranger)
                .search([])
                .filtered(lambda record: record.company_id == self.company),
                model,
            )
        for model in (
            "adv.receivable.stats",
            "adv.payment.promise",
            "adv.dispute",
            "adv.late.charge",
            "adv.cash.forecast",
            "adv.dunning.effect",
            "adv.bad.debt",
        ):
            self.assertFalse(
                self.env[model].with_user(stranger).search([("company_id", "=", self.company.id)])
            )
        with self.assertRaises(AccessError):
            self.env["adv.dunning.run"].with_user(stranger).preview(TODAY, self.company.id)
        with self.assertRaises(AccessError):
            self.run_today.notice_ids.with_env(self.env).with_user(stranger).action_cancel()
        with self.assertRaises(AccessError):
            self.env["adv.dunning.run"].with_user(stranger).create(
                {"company_id": self.company.id, "date": date(2026, 3, 3)}
            )

    def test_other_company_s_customers_are_not_held(self):
        self.partner.company_id = self.company
        other = self._make_company("Elsewhere")
        stranger = new_test_user(
            self.env,
            "dun_stranger",
            groups="adv_dunning.group_collection_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        theirs = self.env(user=stranger, context={"allowed_company_ids": other.ids})["res.partner"]
        for method in ("action_adv_put_on_hold", "action_adv_release_hold"):
            with self.assertRaises(AccessError):
                getattr(theirs.browse(self.partner.id), method)()
        self.assertFalse(self.partner.with_company(other).adv_on_hold)

    def test_late_charges_take_the_ids_that_a_client_sends(self):
        charges = self.env["adv.late.charge"].with_user(self.collector)
        self.assertFalse(charges.accrue(self.invoice.ids, self.invoice.invoice_date_due))
        with self.assertRaises(AccessError):
            self.env["adv.late.charge"].with_user(self.employee).accrue(self.invoice.ids, TODAY)
