from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import only_one


class AdvShortage(models.Model):
    """What the buyers have to bring: one row a missing product, from the lines that wait for it."""

    _name = "adv.shortage"
    _description = "Shortage"
    _auto = False
    _order = "needed_date, product_id"
    _rec_name = "product_id"
    _depends = {
        "sale.order.line": [
            "adv_cause_product_id",
            "adv_missing_qty",
            "adv_promise_date",
            "adv_supply_name",
            "adv_supply_date",
            "adv_supplier_id",
            "adv_buyer_id",
            "adv_cause",
            "company_id",
        ]
    }

    company_id = fields.Many2one("res.company", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    quantity = fields.Float(string="Short", readonly=True, digits="Product Unit")
    needed_date = fields.Datetime(string="Needed by", readonly=True)
    supply_date = fields.Datetime(string="Comes on", readonly=True)
    supply_name = fields.Char(string="Supplier orders", readonly=True)
    supplier_id = fields.Many2one("res.partner", string="Supplier", readonly=True)
    buyer_id = fields.Many2one("res.users", string="Buyer", readonly=True)
    line_count = fields.Integer(string="Lines waiting", readonly=True)
    order_count = fields.Integer(string="Orders waiting", readonly=True)
    notice_id = fields.Many2one("adv.shortage.notice", string="Buyer told", readonly=True)
    told_date = fields.Datetime(related="notice_id.date", string="Told on")
    state = fields.Selection(
        [
            ("nothing", "Not ordered"),
            ("overdue", "Overdue"),
            ("quotation", "Asked"),
            ("incoming", "On the way"),
        ],
        string="Supply",
        readonly=True,
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT min(line.id) AS id, line.company_id, line.adv_cause_product_id AS product_id,
                   sum(line.adv_missing_qty) AS quantity, min(line.adv_promise_date) AS needed_date,
                   max(line.adv_supply_date) AS supply_date,
                   string_agg(DISTINCT line.adv_supply_name, ', ') AS supply_name,
                   (array_agg(line.adv_supplier_id ORDER BY line.adv_promise_date, line.id)
                        FILTER (WHERE line.adv_supplier_id IS NOT NULL))[1] AS supplier_id,
                   (array_agg(line.adv_buyer_id ORDER BY line.adv_promise_date, line.id)
                        FILTER (WHERE line.adv_buyer_id IS NOT NULL))[1] AS buyer_id,
                   count(*) AS line_count, count(DISTINCT line.order_id) AS order_count,
                   max(notice.id) AS notice_id,
                   CASE WHEN bool_or(line.adv_cause = 'nothing') THEN 'nothing'
                        WHEN bool_or(line.adv_cause = 'overdue') THEN 'overdue'
                        WHEN bool_or(line.adv_cause = 'quotation') THEN 'quotation'
                        ELSE 'incoming' END AS state
              FROM sale_order_line line
              LEFT JOIN adv_shortage_notice notice
                ON notice.company_id = line.company_id AND notice.product_id = line.adv_cause_product_id
               AND notice.closed_date IS NULL
             WHERE line.adv_short_qty > 0 AND line.adv_cause_product_id IS NOT NULL
             GROUP BY line.company_id, line.adv_cause_product_id
            """
        )

    # ACTIONS

    def action_tell_buyers(self):
        """Give each buyer one activity a product; a shortage that was told already is not told again.

        :raise UserError: when nobody buys a product
        """
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise UserError(self.env._("Only ADV assistants tell the buyers."))
        nobody = self.filtered(lambda shortage: not shortage.buyer_id)
        if nobody:
            raise UserError(
                self.env._(
                    "Nobody buys %s: set a responsible on the product.",
                    ", ".join(nobody.mapped("product_id.display_name")),
                )
            )
        told = self._adv_tell_buyers()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if told else "info",
                "message": self.env._("%s shortages told to their buyers.", len(told))
                if told
                else self.env._("The buyers know already."),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_open_lines(self):
        """Open the order lines that wait for the product."""
        only_one(self)
        action = self.env["ir.actions.actions"]._for_xml_id("adv_orders.action_backorders")
        return {
            **action,
            "domain": [
                ("adv_short_qty", ">", 0),
                ("adv_cause_product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {},
        }

    # BUSINESS

    def _adv_tell_buyers(self):
        """Tell the buyers of the shortages that were not told yet; return the new notices."""
        new = self.filtered(lambda shortage: shortage.buyer_id and not shortage.notice_id)
        # sudo: the ledger has no create ACL, and the assistant need not write on products
        notices = new.env["adv.shortage.notice"].sudo()._adv_open(new)
        self.invalidate_recordset()
        return notices
