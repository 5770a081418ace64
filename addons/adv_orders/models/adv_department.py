from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AdvDepartment(models.Model):
    _name = "adv.department"
    _description = "Department that approves orders"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True, help="Empty: all companies.")
    member_ids = fields.Many2many("res.users", string="Members", domain=[("share", "=", False)])
    manager_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    deputy_id = fields.Many2one("res.users", domain=[("share", "=", False)])
    deputy_from = fields.Date(string="Deputy from")
    deputy_to = fields.Date(string="Deputy until")

    @api.constrains("deputy_from", "deputy_to")
    def _check_deputy_dates(self):
        for department in self:
            if (
                department.deputy_from
                and department.deputy_to
                and department.deputy_from > department.deputy_to
            ):
                raise ValidationError(
                    self.env._("The deputy of %s would stop before starting.", department.name)
                )

    def _adv_approvers(self, day):
        """Return the users who may decide for the department on ``day``."""
        self.ensure_one()
        return (self.member_ids | self.manager_id | self._adv_deputy(day)).filtered("active")

    def _adv_deputy(self, day):
        """Return the deputy of the department when there is one on ``day``."""
        self.ensure_one()
        starts = not self.deputy_from or self.deputy_from <= day
        ends = not self.deputy_to or self.deputy_to >= day
        return self.deputy_id if starts and ends else self.env["res.users"]
