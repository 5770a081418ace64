from math import floor, log10

from dateutil.relativedelta import relativedelta
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

# profile: what it is made of; the key of a rule says which method prepares it
CONTENTS = {
    "one_desk": {"departments": [], "rules": {}},
    "team": {"departments": ["management"], "rules": {"discount": "management", "margin": "management"}},
    "departments": {
        "departments": ["sales", "finance", "logistics"],
        "rules": {"discount": "sales", "margin": "sales", "amount": "finance", "large": "finance"},
    },
}
DEFAULT_AMOUNT = 20000.0


class AdvDepartment(models.Model):
    _inherit = "adv.department"

    profile_key = fields.Char(
        string="Part of the profile", copy=False, readonly=True, help="Set by the Go-live page."
    )
    _profile_unique = models.UniqueIndex("(company_id, profile_key) WHERE profile_key IS NOT NULL")


class AdvApprovalRule(models.Model):
    _inherit = "adv.approval.rule"

    profile_key = fields.Char(
        string="Part of the profile", copy=False, readonly=True, help="Set by the Go-live page."
    )
    _profile_unique = models.UniqueIndex("(company_id, profile_key) WHERE profile_key IS NOT NULL")


class AdvSetup(models.Model):
    """Profiles: which departments and rules a size of flow needs. Applying one again changes nothing.

    What a person changed afterwards on a department or rule stays; amounts are proposals in the rules.
    """

    _inherit = "adv.setup"

    # WHAT IS THERE

    def _adv_profile_departments(self):
        """Return {key: department} of what profiles created in the company, archived ones too."""
        departments = self.env["adv.department"].with_context(active_test=False)
        found = departments.search([("company_id", "=", self.company_id.id), ("profile_key", "!=", False)])
        return {department.profile_key: department for department in found}

    def _adv_profile_rules(self):
        """Return {key: rule}; the same rule of another profile has another department, so another key."""
        rules = self.env["adv.approval.rule"].with_context(active_test=False)
        found = rules.search([("company_id", "=", self.company_id.id), ("profile_key", "!=", False)])
        return {rule.profile_key: rule for rule in found}

    def _adv_plan(self, profile):
        """Return what applying ``profile`` does: {"departments" | "rules": {"create", "bring_back",
        "archive", "keep"}} with keys for what is created and records for the rest."""
        wanted = CONTENTS[profile]
        keys = [f"{department}_{kind}" for kind, department in wanted["rules"].items()]
        rules = self._adv_split(keys, self._adv_profile_rules(), "adv.approval.rule")
        departments = self._adv_split(
            wanted["departments"], self._adv_profile_departments(), "adv.department"
        )
        # a department stays as long as a rule that a person wrote needs it
        used = self.env["adv.approval.rule"].search([("company_id", "=", self.company_id.id)])
        needed = (used - rules["archive"]).department_id
        departments["keep"] |= departments["archive"] & needed
        departments["archive"] -= needed
        return {"departments": departments, "rules": rules}

    def _adv_split(self, keys, found, model):
        none = self.env[model]
        here = none.union(*[found[key] for key in keys if key in found])
        others = none.union(*[record for key, record in found.items() if key not in keys])
        return {
            "create": [key for key in keys if key not in found],
            "bring_back": here.filtered(lambda record: not record.active),
            "keep": here.filtered("active"),
            "archive": others.filtered("active"),
        }

    # PREVIEW

    def _adv_preview(self, profile):
        """Return the sentences that say what applying ``profile`` would do."""
        self.ensure_one()
        plan = self._adv_plan(profile)
        departments, rules = plan["departments"], plan["rules"]
        names = self._adv_department_names()
        created = [names[key] for key in departments["create"]]
        sentences = []
        if created:
            sentences.append(
                self.env._(
                    "Will create departments (%(count)s): %(names)s",
                    count=len(created),
                    names=", ".join(created),
                )
            )
        if rules["create"]:
            texts = [self._adv_prepare_rule_vals(key)["name"] for key in rules["create"]]
            sentences.append(
                self.env._(
                    "Will create rules (%(count)s): %(names)s", count=len(texts), names=", ".join(texts)
                )
            )
        for part in (departments, rules):
            if part["bring_back"]:
                sentences.append(
                    self.env._("Will bring back: %s", ", ".join(part["bring_back"].mapped("name")))
                )
            if part["archive"]:
                sentences.append(self.env._("Will archive: %s", ", ".join(part["archive"].mapped("name"))))
            if part["keep"]:
                sentences.append(self.env._("Leaves as it is: %s", ", ".join(part["keep"].mapped("name"))))
        if not sentences:
            sentences.append(self.env._("Nothing to create: the assistants do everything, by the checks."))
        sentences.append(self.env._("No order is stopped by this: that is the switch below."))
        return sentences

    # APPLY

    def _adv_apply_profile(self):
        plan = self._adv_plan(self.profile)
        company = self.company_id
        starts = plan["rules"]["create"] or plan["rules"]["bring_back"]
        # sudo: a setting of the company
        if starts and company.sudo().adv_approval_mode == "enforce":
            raise UserError(
                self.env._(
                    "Approvals are enforced now: new rules would stop orders at once. Switch to Warn, apply "
                    "the profile, name the people, then go live again."
                )
            )
        self._adv_apply_departments(plan["departments"])
        self._adv_apply_rules(plan["rules"])
        self._adv_set_facts({"applied_profile": self.profile})

    def _adv_apply_departments(self, part):
        names = self._adv_department_names()
        self.env["adv.department"].create(
            [
                {
                    "name": names[key],
                    "company_id": self.company_id.id,
                    "profile_key": key,
                    "manager_id": self.env.uid if key == "management" else False,
                }
                for key in part["create"]
            ]
        )
        part["bring_back"].active = True
        part["archive"].active = False
        departments = self._adv_profile_departments()
        company = self.company_id.sudo()  # sudo: which department ships and which invoices
        logistics, finance = departments.get("logistics"), departments.get("finance")
        if self.profile == "departments":
            company.adv_shipping_department_id = company.adv_shipping_department_id or logistics
            company.adv_invoicing_department_id = company.adv_invoicing_department_id or finance
        else:
            archived = part["archive"]
            if company.adv_shipping_department_id in archived:
                company.adv_shipping_department_id = False
            if company.adv_invoicing_department_id in archived:
                company.adv_invoicing_department_id = False

    def _adv_apply_rules(self, part):
        departments = self._adv_profile_departments()
        self.env["adv.approval.rule"].create(
            [
                {
                    **self._adv_prepare_rule_vals(key),
                    "company_id": self.company_id.id,
                    "profile_key": key,
                    "department_id": departments[key.split("_")[0]].id,
                }
                for key in part["create"]
            ]
        )
        part["bring_back"].active = True
        part["archive"].active = False

    # VALUES

    def _adv_department_names(self):
        return {
            "management": self.env._("ADV management"),
            "sales": self.env._("Sales"),
            "finance": self.env._("Finance"),
            "logistics": self.env._("Logistics"),
        }

    def _adv_prepare_rule_vals(self, key):
        """Return the values of the rule ``key`` ("department_kind")."""
        department, kind = key.split("_")
        company = self.company_id.sudo()  # sudo: limits of the checks, settings of the company
        who = self._adv_department_names()[department]
        return getattr(self, f"_adv_prepare_{kind}_vals")(who, company)

    def _adv_prepare_discount_vals(self, who, company):
        limit = company.adv_discount_limit or 20.0
        name = self.env._(
            "%(who)s from %(limit)s %% discount", who=who, limit=formatLang(self.env, limit, digits=0)
        )
        return {"name": name, "discount_min": limit, "sequence": 10}

    def _adv_prepare_margin_vals(self, who, company):
        floor_ = company.adv_margin_floor or 10.0
        name = self.env._(
            "%(who)s below %(limit)s %% margin", who=who, limit=formatLang(self.env, floor_, digits=0)
        )
        return {"name": name, "use_margin": True, "margin_max": floor_, "sequence": 10}

    def _adv_prepare_amount_vals(self, who, company):
        return self._adv_amount_vals(who, self._adv_usual_amount(), 20, 8)

    def _adv_prepare_large_vals(self, who, company):
        return self._adv_amount_vals(who, self._adv_usual_amount() * 5, 30, 24)

    def _adv_amount_vals(self, who, amount, sequence, hours):
        name = self.env._(
            "%(who)s above %(amount)s", who=who, amount=self._adv_money(amount, self.currency_id)
        )
        return {"name": name, "amount_min": amount, "sequence": sequence, "deadline_hours": hours}

    def _adv_usual_amount(self):
        """Return the amount that one order in twenty exceeds over a year, rounded to one digit.

        In company currency; 20,000 without enough history (fewer than 20 orders).
        """
        order = self.env["sale.order"]
        order.flush_model(["adv_amount_company", "state", "company_id", "date_order"])
        [[count, amount]] = self.env.execute_query(
            SQL(
                """
                SELECT count(*), percentile_cont(0.95) WITHIN GROUP (ORDER BY adv_amount_company)
                  FROM sale_order
                 WHERE company_id = %s AND state = 'sale' AND date_order >= %s
                """,
                self.company_id.id,
                fields.Datetime.now() - relativedelta(years=1),
            )
        )
        if count < 20 or not amount or amount < 1:
            return DEFAULT_AMOUNT
        step = 10 ** floor(log10(amount))
        return round(amount / step) * step
