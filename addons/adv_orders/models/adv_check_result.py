from odoo import fields, models


class AdvCheckResult(models.Model):
    """Latest outcome of one check on one document: written by the checks only, never by a person."""

    _name = "adv.check.result"
    _description = "Outcome of a check"
    _order = "state_rank, check_id, id"

    check_id = fields.Many2one("adv.check", required=True, readonly=True, index=True, ondelete="cascade")
    res_model = fields.Char(string="Document type", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    state = fields.Selection(
        [
            ("passed", "Passed"),
            ("failed", "Failed"),
            ("overridden", "Overridden"),
            ("not_applicable", "Not applicable"),
        ],
        required=True,
        readonly=True,
    )
    state_rank = fields.Integer(readonly=True)
    severity = fields.Selection(related="check_id.severity")
    message = fields.Char(string="What was compared", readonly=True, translate=True)
    fingerprint = fields.Char(readonly=True)
    date = fields.Datetime(string="Checked on", readonly=True)
    overridden_by = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    overridden_date = fields.Datetime(string="Overridden on", readonly=True)
    override_reason = fields.Char(readonly=True)

    _check_document_unique = models.UniqueIndex("(check_id, res_model, res_id)")
    _document_index = models.Index("(res_model, res_id)")
