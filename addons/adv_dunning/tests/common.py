from datetime import date

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tests.common import TransactionCase

TODAY = date(2026, 3, 2)  # a Monday


class DunningCommon(TransactionCase):
    """A company with euro accounts of its own, a policy by hand, and invoices posted at chosen days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(
            context=dict(
                cls.env.context,
                tracking_disable=True,
                mail_create_nolog=True,
                mail_notrack=True,
                mail_create_nosubscribe=True,
            )
        )
        cls.eur = cls.env.ref("base.EUR")
        cls.usd = cls.env.ref("base.USD")
        (cls.eur | cls.usd).active = True
        cls.company = cls._make_company("Dunning test company")
        cls.env.user.write({"company_ids": [Command.link(cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(context=dict(cls.env.context, allowed_company_ids=[cls.company.id]))
        cls.company = cls.company.with_env(cls.env)
        cls._make_accounts()
        cls.policy = cls.env["adv.dunning.policy"].create(
            {
                "name": "Test policy",
                "company_id": cls.company.id,
                "currency_id": cls.eur.id,
                "gap_days": 7,
                "minimum_amount": 50,
                "level_ids": [
                    Command.create(
                        {"name": name, "delay": delay, "template_id": cls._template(key).id, **vals}
                    )
                    for name, delay, key, vals in (
                        ("Before due", -5, "information", {"minimum_amount": 5000}),
                        ("One", 5, "friendly", {}),
                        ("Two", 15, "firm", {}),
                        ("Formal", 45, "formal", {"release_by_hand": True, "hold": True, "tone": "formal"}),
                    )
                ],
            }
        )
        cls.before, cls.one, cls.two, cls.formal = cls.policy.level_ids.sorted("delay")
        cls.company.adv_dunning_policy_id = cls.policy
        cls.company._adv_dunning_set_facts({"adv_dunning_live": True})
        cls.partner = cls._make_partner("Alpha")

    @classmethod
    def _template(cls, key):
        return cls.env.ref(f"adv_dunning.template_{key}")

    @classmethod
    def _make_company(cls, name):
        return cls.env["res.company"].create(
            {
                "name": name,
                "currency_id": cls.eur.id,
                "email": "accounts@example.com",
                "adv_tz": "Europe/Paris",
            }
        )

    @classmethod
    def _make_accounts(cls):
        account = cls.env["account.account"].with_company(cls.company)
        cls.receivable, cls.other_receivable, cls.income, cls.bank_account = account.create(
            [
                {"name": name, "code": code, "account_type": kind, "reconcile": kind == "asset_receivable"}
                for name, code, kind in (
                    ("Customers", "DUN411", "asset_receivable"),
                    ("Bills of exchange", "DUN413", "asset_receivable"),
                    ("Sales", "DUN707", "income"),
                    ("Bank", "DUN512", "asset_cash"),
                )
            ]
        )
        cls.env["ir.default"].set(
            "res.partner", "property_account_receivable_id", cls.receivable.id, company_id=cls.company.id
        )
        cls.sale_journal, cls.bank_journal, cls.misc_journal = cls.env["account.journal"].create(
            [
                {
                    "name": name,
                    "code": code,
                    "type": kind,
                    "company_id": cls.company.id,
                    "default_account_id": account_id,
                }
                for name, code, kind, account_id in (
                    ("Sales", "DSAL", "sale", cls.income.id),
                    ("Bank", "DBNK", "bank", cls.bank_account.id),
                    ("Miscellaneous", "DMIS", "general", False),
                )
            ]
        )

    @classmethod
    def _make_partner(cls, name, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "email": f"{name.lower()}@example.com", "is_company": True, **vals}
        )

    @classmethod
    def _invoice(
        cls, amount, due, day=None, partner=None, currency=None, instalments=None, kind="out_invoice"
    ):
        """Post an invoice of one amount, due at one day or in instalments [(day, amount)]."""
        day = day or date(2026, 1, 1)
        move = cls.env["account.move"].create(
            {
                "move_type": kind,
                "company_id": cls.company.id,
                "journal_id": cls.sale_journal.id,
                "partner_id": (partner or cls.partner).id,
                "invoice_date": day,
                "invoice_date_due": due,
                "invoice_payment_term_id": cls._terms(day, instalments, amount).id if instalments else False,
                "currency_id": (currency or cls.eur).id,
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Goods",
                            "quantity": 1,
                            "price_unit": amount,
                            "tax_ids": [],
                            "account_id": cls.income.id,
                        }
                    )
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _terms(cls, day, instalments, amount):
        return cls.env["account.payment.term"].create(
            {
                "name": "Instalments",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": 100.0 * part / amount,
                            "nb_days": (due - day).days,
                        }
                    )
                    for due, part in instalments
                ],
            }
        )

    @classmethod
    def _receipt(cls, amount, day, partner=None):
        """Post a receipt of a customer; not matched yet."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": cls.bank_journal.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": (partner or cls.partner).id,
                            "balance": balance,
                            "name": "Receipt",
                        }
                    )
                    for account, balance in ((cls.bank_account, amount), (cls.receivable, -amount))
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, invoice, amount, day):
        """Post a receipt and match it with the invoice's oldest open instalment."""
        receipt = cls._receipt(amount, day, invoice.partner_id)
        credit = receipt.line_ids.filtered(lambda line: line.account_id == cls.receivable)
        debit = invoice.line_ids.filtered(
            lambda line: line.account_id == cls.receivable and not line.reconciled
        ).sorted("date_maturity")[:1]
        (credit | debit).reconcile()
        return receipt

    def _run(self, day=TODAY):
        return self.env["adv.dunning.run"]._get_or_create(self.company, day)

    def _compute(self, day=TODAY):
        run = self._run(day)
        run.action_compute()
        return run

    def _chase(self, day=TODAY):
        run = self._compute(day)
        run.action_send()
        return run

    def _preview(self, day=TODAY):
        """Return {(entry, rank): (outcome, level, amount)}."""
        rows = self.env["adv.dunning.run"].preview(day, self.company.id)
        move, level = self.env["account.move"], self.env["adv.dunning.level"]
        return {
            (move.browse(row["move_id"]), row["rank"]): (
                row["outcome"],
                level.browse(row["level"] or []),
                row["amount"],
            )
            for row in rows
        }

    def _code(self, move, day=TODAY, rank=1):
        return self._preview(day)[move, rank][0]

    def _level(self, move, day=TODAY, rank=1):
        return self._preview(day)[move, rank][1]

    def _amount(self, move, day=TODAY, rank=1):
        return self._preview(day)[move, rank][2]

    @classmethod
    def _make_user(cls, login, groups):
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _dispute(self, invoice, amount, day=date(2026, 2, 25)):
        return self.env["adv.dispute"].create(
            {
                "move_id": invoice.id,
                "amount": amount,
                "date": day,
                "reason_id": self.env.ref("adv_dunning.dispute_reason_price").id,
            }
        )

    def _promise(self, invoice, amount, day, made=date(2026, 2, 25)):
        return self.env["adv.payment.promise"].create(
            {
                "partner_id": self.partner.id,
                "company_id": self.company.id,
                "currency_id": self.eur.id,
                "move_ids": [Command.set(invoice.ids)],
                "amount": amount,
                "date": day,
                "date_made": made,
            }
        )
