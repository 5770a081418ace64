from odoo import fields, models


class AdvReceiptLine(models.Model):
    _name = "adv.receipt.line"
    _description = "Invoice on a Receipt"

    receipt_id = fields.Many2one("adv.receipt", required=True, readonly=True, index=True, ondelete="cascade")
    move_id = fields.Many2one(
        "account.move", string="Invoice", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one(related="receipt_id.company_id")
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(string="Settled", readonly=True, help="A discount included.")
    amount_left = fields.Monetary(string="Still Open", readonly=True)
