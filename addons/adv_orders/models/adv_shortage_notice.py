from odoo import api, fields, models
from odoo.tools import SQL, format_date
from odoo.tools.misc import formatLang

from ..tools import event_now


class AdvShortageNotice(models.Model):
    """A buyer was told that a product is short: once, until the shortage is over."""

    _name = "adv.shortage.notice"
    _description = "Shortage told to a buyer"
    _order = "date desc, id desc"
    _rec_name = "product_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade")
    buyer_id = fields.Many2one("res.users", string="Buyer", readonly=True, ondelete="set null")
    quantity = fields.Float(string="Short", readonly=True, digits="Product Unit")
    needed_date = fields.Datetime(string="Needed by", readonly=True)
    order_count = fields.Integer(string="Orders waiting", readonly=True)
    date = fields.Datetime(string="Told on", required=True, readonly=True)
    closed_date = fields.Datetime(string="Over on", readonly=True)

    _open_unique = models.UniqueIndex("(company_id, product_id) WHERE closed_date IS NULL")

    @api.model
    def _adv_open(self, shortages):
        """Write the notices and give the buyers an activity on each product."""
        notices = self.create(
            [
                {
                    "company_id": shortage.company_id.id,
                    "product_id": shortage.product_id.id,
                    "buyer_id": shortage.buyer_id.id,
                    "quantity": shortage.quantity,
                    "needed_date": shortage.needed_date,
                    "order_count": shortage.order_count,
                    "date": event_now(self.env),
                }
                for shortage in shortages
            ]
        )
        self.env["mail.activity"].create([notice._adv_prepare_activity_vals() for notice in notices])
        return notices

    def _adv_prepare_activity_vals(self):
        self = self.with_context(lang=self.buyer_id.lang)  # what the buyer reads
        day = self.company_id._adv_date(self.needed_date)
        note = self.env._(
            "%(quantity)s %(unit)s short, %(orders)s orders wait; needed by %(day)s.",
            quantity=formatLang(self.env, self.quantity, digits=2),
            unit=self.product_id.uom_id.name,
            orders=self.order_count,
            day=format_date(self.env, day) if day else "-",
        )
        return {
            "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            "res_model_id": self.env["ir.model"]._get_id("product.product"),
            "res_id": self.product_id.id,
            "summary": self.env._("Shortage of %s", self.product_id.display_name),
            "note": note,
            "user_id": self.buyer_id.id,
            "date_deadline": self.company_id._adv_today(),
        }

    @api.model
    def _adv_close_settled(self):
        """Close the notices of products that no line waits for any more."""
        self.env.cr.execute(
            SQL(
                """UPDATE adv_shortage_notice notice SET closed_date = %s
                    WHERE closed_date IS NULL AND NOT EXISTS (
                          SELECT 1 FROM sale_order_line line
                           WHERE line.company_id = notice.company_id AND line.adv_short_qty > 0
                             AND line.adv_cause_product_id = notice.product_id)""",
                event_now(self.env),
            )
        )
        self.invalidate_model(["closed_date"])

    @api.model
    def _adv_tell_automatically(self):
        """Tell the buyers of companies that want it; called by the nightly job."""
        companies = self.env["res.company"].search([("adv_tell_buyers", "=", True)])
        for company in companies:
            shortages = self.env["adv.shortage"].search(
                [("company_id", "=", company.id), ("notice_id", "=", False), ("state", "!=", "incoming")]
            )
            shortages._adv_tell_buyers()
