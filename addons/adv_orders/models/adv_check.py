from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from .res_company import MODES


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
    code = fields.Char(required=True, help="Name of the rule; a rule whose code is gone never applies.")
    model = fields.Char(string="Checked document", required=True, default="sale.order", index=True)
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
    domain = fields.Char(help="For checks without code: documents that match this domain fail the check.")
    description = fields.Text(string="What it compares", translate=True)

    _code_unique = models.Constraint("UNIQUE (code)", "Another check has this code.")

    # CONSTRAINTS

    @api.constrains("domain", "model")
    def _check_domain(self):
        for check in self.filtered("domain"):
            check._check_one_domain()

    def _check_one_domain(self):
        try:
            self.env[self.model]._search(Domain(literal_eval(self.domain)), limit=1)
        except Exception as error:
            raise ValidationError(
                self.env._("%(check)s: this domain cannot be used: %(error)s", check=self.name, error=error)
            ) from error

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
    def _run(self, records):
        """Run every active check of the records' model and keep the outcomes.

        :param records: documents of one model; the number of statements does not depend on how many.
        :return: the current results of ``records`` (recordset of ``adv.check.result``, sudo)
        """
        # sudo: a check reads colleagues' orders, customers' balances and stock that its user may not see
        records = records.sudo()
        # sudo: the same checks run whoever submits
        checks = self.sudo().search([("model", "=", records._name)])
        outcomes = [
            (check, record, *outcome) for check in checks for record, outcome in check._adv_outcomes(records)
        ]
        self.env["adv.check.result"]._adv_store(records, outcomes)
        # sudo: the gate judges by all results, also those its user may not read
        results = self.env["adv.check.result"].sudo()
        return results.search(
            [("res_model", "=", records._name), ("res_id", "in", records.ids), ("check_id", "in", checks.ids)]
        )

    def _adv_outcomes(self, records):
        """Return [(record, (state, message))] of this check for all ``records``."""
        self.ensure_one()
        rule = getattr(records, f"_adv_check_{self.code}", None)
        if rule:
            found = rule()
        elif self.domain:
            failed = records.filtered_domain(literal_eval(self.domain))
            found = dict.fromkeys(failed.ids, ("failed", self.description or self.name))
        else:
            found = dict.fromkeys(records.ids, ("not_applicable", ""))
        return [(record, found.get(record.id, ("passed", ""))) for record in records]
