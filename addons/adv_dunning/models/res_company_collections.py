from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# First digits of the account that takes late interest, by country of the chart (PCG 763, PGC 769)
INTEREST_ACCOUNTS = {"FR": ("7631", "763"), "ES": ("769",)}


class ResCompany(models.Model):
    """What a company settles about late charges, holds, write-offs and doubtful debts."""

    _inherit = "res.company"

    adv_late_charge_account_id = fields.Many2one(
        "account.account",
        "Account of Late Charges",
        check_company=True,
        domain="[('account_type', '=', 'income_other')]",
        help="Empty: other income by the chart of accounts (763 in France, 769 in Spain).",
    )
    adv_late_charge_asked = fields.Date(
        "Rate Asked For",
        readonly=True,
        copy=False,
        default="2000-01-01",
        help="Begin of the last half-year whose missing late-interest rate somebody was asked for.",
    )
    adv_release_rule = fields.Selection(
        [("cashed", "The money is in"), ("registered", "A payment is registered")],
        "A Hold Ends When",
        required=True,
        default="cashed",
        help="The money is in: a bank statement was reconciled with the payment. Choose the second where "
        "bank statements are not reconciled in Odoo.",
    )
    adv_write_off_account_id = fields.Many2one(
        "account.account",
        "Account of Write-offs",
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other'))]",
    )
    adv_write_off_amount = fields.Monetary("Small Items Up To", default=5.0, groups="base.group_user")
    adv_write_off_days = fields.Integer("Old Items From (Days Late)", default=720, groups="base.group_user")
    adv_allowance_91 = fields.Float("Allowance from 91 Days (%)", default=25.0)
    adv_allowance_181 = fields.Float("Allowance from 181 Days (%)", default=50.0)
    adv_allowance_361 = fields.Float("Allowance from 361 Days (%)", default=100.0)

    _allowance_percent = models.Constraint(
        "CHECK(adv_allowance_91 BETWEEN 0 AND 100 AND adv_allowance_181 BETWEEN 0 AND 100"
        " AND adv_allowance_361 BETWEEN 0 AND 100)",
        "An allowance is between 0 and 100 percent.",
    )

    @api.model
    def _adv_dunning_protected_fields(self):
        return super()._adv_dunning_protected_fields() | {"adv_late_charge_asked"}

    # === BUSINESS METHODS ===#

    def _adv_collection_manager(self):
        """Return the user who is told about what a collection manager has to do."""
        self.ensure_one()
        group = self.env.ref("adv_dunning.group_collection_manager")
        # sudo: who manages collections is told to whoever has something for them
        users = group.sudo().all_user_ids.filtered(
            lambda user: self in user.company_ids and user.active and not user.share
        )
        return users.filtered(lambda user: user.id > 2)[:1] or users[:1] or self.env.user

    def _adv_collector(self, partner, user=None):
        """Return who is told about what a customer owes: its collector, the one at work, else the manager.

        What nobody would read is told to nobody: the job's own user, or people who have left.

        :param partner: commercial partner
        :param user: who has it already, before the customer's collector
        """
        self.ensure_one()
        # sudo: who collects is told to whoever has something for them
        stats = self.env["adv.receivable.stats"].sudo()
        stats = stats.search([("partner_id", "=", partner.id), ("company_id", "=", self.id)], limit=1)
        people = (user or self.env["res.users"]) + stats.user_id
        if found := people.filtered("active")[:1]:
            return found
        me = self.env.user
        is_at_work = not me._is_superuser() and me.has_group("adv_dunning.group_collector")
        return me if is_at_work else self._adv_collection_manager()

    def _adv_late_charges_in(self):
        """Return the journal and the account late charges are billed in, made the first time.

        :raise UserError: the chart of accounts has no account of other income
        """
        self.ensure_one()
        company = self.sudo()  # sudo: the manager who bills has no right on journals
        journals = company.env["account.journal"].with_company(company)
        journal = journals.search(
            [("company_id", "=", company.id), ("type", "=", "sale"), ("adv_late_charges", "=", True)], limit=1
        )
        account = company.adv_late_charge_account_id or company._adv_other_income_account()
        if not account:
            raise UserError(
                self.env._("Choose the account of late charges in Settings > Collections > Late charges.")
            )
        return journal or journals.create(company._prepare_late_charge_journal(account)), account

    def _prepare_late_charge_journal(self, account):
        return {
            "name": self.env._("Late Charges"),
            "code": "LATE",
            "type": "sale",
            "adv_late_charges": True,
            "company_id": self.id,
            "default_account_id": account.id,
            "show_on_dashboard": False,
        }

    def _adv_other_income_account(self):
        accounts = self.env["account.account"].with_company(self)
        # a branch has the chart of accounts of the company it belongs to
        domain = Domain(accounts._check_company_domain(self)) & Domain("account_type", "=", "income_other")
        prefixes = INTEREST_ACCOUNTS.get(self.account_fiscal_country_id.code or self.country_id.code, ())
        for prefix in prefixes:
            if found := accounts.search(domain & Domain("code", "=like", f"{prefix}%"), limit=1):
                return found
        return accounts.search(domain, limit=1)
