import logging
import re
from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from .res_company import MODES

_logger = logging.getLogger(__name__)


class AdvCheck(models.Model):
    """Definition of an automatic check.

    The rule of check ``code`` is the method ``_adv_check_<code>`` of the checked model: set-based over the
    whole recordset, it returns ``{record id: (state, message)}`` with the states 'passed', 'failed' and
    'not_applicable'; a record it leaves out passed. The message is a function of an environment that
    returns a translated sentence (it is told in every installed language) or a plain string.
    A check without method and without domain is not applicable.
    """

    _name = "adv.check"
    _description = "Automatic check"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        copy=False,
        help="Name of the rule; a rule whose code is gone never applies. "
        "A check of your own gets one by itself.",
    )
    model = fields.Selection(
        selection="_adv_selection_model",
        string="Checked document",
        required=True,
        default="sale.order",
        index=True,
    )
    has_rule = fields.Boolean(
        string="Has a rule of its own", compute="_compute_has_rule", help="Else it needs a condition."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    severity = fields.Selection(
        [("information", "Information"), ("warning", "Warning"), ("blocking", "Blocking")],
        required=True,
        default="warning",
    )
    mode = fields.Selection(MODES, help="Empty: the mode of the company.")
    error_type_id = fields.Many2one(
        "adv.error.type",
        string="Error type",
        ondelete="restrict",
        help="When set, a document that fails this check was entered wrongly: the error is recorded.",
    )
    group_ids = fields.Many2many("res.groups", string="May override", help="Empty: ADV managers only.")
    domain = fields.Char(
        string="Condition", help="For checks of your own: documents that match this condition fail the check."
    )
    description = fields.Text(string="What it compares", translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another check has this code.")

    @api.model
    def _adv_selection_model(self):
        """Return the kinds of documents that run checks; an addon that checks others adds them."""
        return [("sale.order", self.env._("Order"))]

    # COMPUTE

    @api.depends("code", "model")
    def _compute_has_rule(self):
        for check in self:
            model = self.env.get(check.model)
            check.has_rule = model is not None and hasattr(model, f"_adv_check_{check.code}")

    # CONSTRAINTS

    @api.constrains("model")
    def _check_model(self):
        known = {model for model, _label in self._adv_selection_model()}
        for check in self:
            if check.model not in known:
                raise ValidationError(self.env._("%s: these documents run no checks.", check.name))

    @api.constrains("domain", "model")
    def _check_domain(self):
        for check in self.filtered("domain"):
            check._check_one_domain()

    def _check_one_domain(self):
        """Try the condition with the rights of who writes it, before it can stop anybody."""
        documents = self.env.get(self.model)
        if documents is None:
            return  # the documents of an addon that is gone
        try:
            domain = Domain(literal_eval(self.domain))
            with self.env.cr.savepoint(flush=False):
                documents.with_context(active_test=False).search(domain, limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._(
                    "%(check)s: this condition cannot be used: %(error)s", check=self.name, error=error
                )
            ) from error
        if domain.is_true():
            raise ValidationError(
                self.env._("%s: the condition matches every document and would stop them all.", self.name)
            )

    # CRUD

    @api.model_create_multi
    def create(self, vals_list):
        codes = set()
        for vals in vals_list:
            if not vals.get("code"):
                vals["code"] = self._adv_free_code(vals.get("name") or "", codes)
            codes.add(vals["code"])
        return super().create(vals_list)

    @api.model
    def _adv_free_code(self, name, taken):
        """Return a code for a check of the company's own; its prefix is that of no rule."""
        stem = "own_" + (re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "check")
        known = set(
            self.with_context(active_test=False).search([("code", "=like", stem + "%")]).mapped("code")
        )
        known |= taken
        return next(
            code for code in (stem, *(f"{stem}_{n}" for n in range(2, len(known) + 3))) if code not in known
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_without_outcomes(self):
        """What a check found and who overrode it is kept for ever."""
        used = self.browse()
        for kept in ("adv.check.result", "adv.check.override"):
            # sudo: outcomes of all companies count
            groups = self.env[kept].sudo()._read_group([("check_id", "in", self.ids)], ["check_id"])
            used |= self.browse([check.id for (check,) in groups])
        if used:
            raise UserError(
                self.env._(
                    "%s has been run: archive it instead, what it found is kept.",
                    ", ".join(used.mapped("name")),
                )
            )

    # BUSINESS

    def _adv_effective_mode(self, company):
        """Return the mode of the check in ``company``: its own, else the company's."""
        self.ensure_one()
        return self.mode or company.adv_check_mode

    def _adv_may_override(self):
        """Return whether the current user may override the check."""
        self.ensure_one()
        # sudo: an employee need not read groups to learn whether they are in one
        groups = self.sudo().group_ids or self.env.ref("adv_orders.group_adv_manager")
        return bool(groups & self.env.user.all_group_ids)

    @api.model
    def _run(self, records, checks=None):
        """Run the active checks of the records' model and keep the outcomes.

        :param records: documents of one model; the number of statements does not depend on how many.
        :param checks: these only
        :return: the current results of ``records`` (recordset of ``adv.check.result``, sudo)
        """
        # sudo: a check reads colleagues' orders, customers' balances and stock that its user may not see;
        # English: what a rule says at once does not depend on who submits
        records = records.sudo().with_context(lang="en_US")
        if checks is None:
            checks = self._adv_checks_of(records)
        outcomes = [
            (check, record, *outcome) for check in checks for record, outcome in check._adv_outcomes(records)
        ]
        self.env["adv.check.result"]._adv_store(records, outcomes)
        return self._adv_results_of(records)

    @api.model
    def _adv_checks_of(self, records):
        # sudo: the same checks run whoever submits
        return self.sudo().search([("model", "=", records._name)])

    @api.model
    def _adv_results_of(self, records):
        """Return the results (sudo) of the active checks on ``records``."""
        # sudo: the gate judges by all results, also those its user may not read
        results = self.env["adv.check.result"].sudo()
        return results.search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids), ("check_id.active", "=", True)]
        )

    def _adv_outcomes(self, records):
        """Return [(record, (state, message))] of this check for all ``records``."""
        self.ensure_one()
        rule = getattr(records, f"_adv_check_{self.code}", None)
        if rule:
            found = rule()
        elif self.domain:
            found = self._adv_domain_outcomes(records)
        else:
            found = dict.fromkeys(records.ids, ("not_applicable", ""))
        return [(record, found.get(record.id, ("passed", ""))) for record in records]

    def _adv_domain_outcomes(self, records):
        """Return the outcomes of a check without code; a condition that broke later stops nobody."""
        try:
            domain = Domain(literal_eval(self.domain)) & Domain("id", "in", records.ids)
            failed = records.with_context(active_test=False).search(domain)
        except (KeyError, ValueError) as error:  # a field of an addon that was uninstalled
            _logger.info("Check %s cannot be evaluated: %s", self.code, error)
            return dict.fromkeys(
                records.ids, ("not_applicable", lambda env: env._("The condition is broken."))
            )
        return dict.fromkeys(failed.ids, ("failed", self._adv_told))

    def _adv_told(self, env):
        """Return what a check without code says when it fails, in the language of ``env``."""
        check = self.with_env(env(su=True))
        return check.description or check.name
