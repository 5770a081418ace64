from datetime import timedelta

from dateutil.relativedelta import relativedelta
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.constants import GC_UNLINK_LIMIT

from ..tools import event_now

KINDS = [("acknowledgement", "Acknowledgement"), ("dispatch", "Dispatch"), ("delay", "Delay")]
RETENTION = "adv_orders.message_retention_months"


class AdvCustomerMessage(models.Model):
    """What a customer is told about their orders: one row a message, each sent at most once."""

    _name = "adv.customer.message"
    _description = "Message to a customer"
    _order = "date desc, id desc"

    name = fields.Char(string="Subject", readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    state = fields.Selection(
        [("to_send", "To send"), ("sent", "Sent"), ("failed", "Not sent"), ("not_wanted", "Not wanted")],
        required=True,
        readonly=True,
        default="to_send",
    )
    source_key = fields.Char(string="Key", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    order_ids = fields.Many2many("sale.order", string="Orders", readonly=True)
    picking_id = fields.Many2one(
        "stock.picking", string="Delivery", readonly=True, index="btree_not_null", ondelete="set null"
    )
    promise_change_ids = fields.One2many(
        "adv.promise.change", "message_id", string="Changed promises", readonly=True
    )
    email = fields.Char(string="Sent to", readonly=True)
    mail_id = fields.Many2one("mail.mail", string="E-mail", readonly=True, ondelete="set null")
    error = fields.Char(string="Why not", readonly=True, translate=True)
    attempts = fields.Integer(readonly=True)
    date = fields.Datetime(string="Made on", required=True, readonly=True)
    sent_date = fields.Datetime(string="Sent on", readonly=True)

    _source_key_unique = models.Constraint("UNIQUE (source_key)", "This message exists already.")
    _to_send_index = models.Index("(id) WHERE state IN ('to_send', 'failed')")

    # CRUD

    @api.autovacuum
    def _gc_adv_messages(self):
        """Forget messages after the months of the parameter ``adv_orders.message_retention_months``."""
        # sudo: a parameter, read by a job
        months = int(self.env["ir.config_parameter"].sudo().get_param(RETENTION) or 36)
        limit = fields.Datetime.now() - relativedelta(months=months)
        old = self.search([("date", "<", limit), ("state", "!=", "to_send")], limit=GC_UNLINK_LIMIT)
        old.unlink()
        return len(old), len(old) == GC_UNLINK_LIMIT

    # ACTIONS

    def action_retry(self):
        """Send again what was not sent, at the next run of the job.

        :raise AccessError: for others than ADV assistants
        """
        failed = self._adv_checked().filtered(lambda message: message.state in ("failed", "not_wanted"))
        if not failed:
            raise UserError(self.env._("Only messages that were not sent are sent again."))
        # the mail of the failed attempt stays as its trace, and never leaves any more
        failed.mail_id.filtered(lambda mail: mail.state != "sent").write({"state": "cancel"})
        failed.write({"state": "to_send", "error": False, "mail_id": False})
        # sudo: anybody who may retry starts the job
        self.env.ref("adv_orders.cron_messages").sudo()._trigger()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_not_wanted(self):
        """Decide that the messages are not sent at all.

        :raise AccessError: for others than ADV assistants
        """
        messages = self._adv_checked().filtered(lambda message: message.state in ("to_send", "failed"))
        name = self.env.user.name
        messages._adv_end("not_wanted", lambda env: env._("Decided by %s", name))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _adv_checked(self):
        if not self.env.user.has_group("adv_orders.group_adv_assistant"):
            raise AccessError(self.env._("Only ADV assistants decide about messages to customers."))
        self.check_access("read")
        return self.sudo()  # sudo: messages have no write ACL; rights checked above

    # BUSINESS

    @api.model
    def _adv_add(self, vals_list):
        """Create messages that do not exist yet, those that nobody wants marked so; return the new ones.

        :param list vals_list: dicts with kind, source_key, partner_id, company_id, order_ids commands
        """
        if not vals_list:
            return self.browse()
        messages = self.with_user(api.SUPERUSER_ID)  # server code only: messages have no create ACL
        keys = [vals["source_key"] for vals in vals_list]
        partners = messages.env["res.partner"].browse([vals["partner_id"] for vals in vals_list])
        partners.mapped("commercial_partner_id.name")  # one read for all, used below one by one
        known = set(messages.search([("source_key", "in", keys)]).mapped("source_key"))
        created = messages.create(
            [self._adv_prepare_vals(vals) for vals in vals_list if vals["source_key"] not in known]
        )
        created._adv_refuse_unwanted()
        return created

    @api.model
    def _adv_prepare_vals(self, vals):
        return {"date": event_now(self.env), "state": "to_send", **vals}

    def _adv_refuse_unwanted(self):
        """Mark the messages that the company only observes, or that their customer does not want."""
        to_send = self.filtered(lambda message: message.state == "to_send")
        observed = to_send.filtered(
            lambda message: message.company_id._adv_message_mode(message.kind) != "send"
        )
        refused = (to_send - observed).filtered(lambda message: message.partner_id._adv_refuses(message.kind))
        observed._adv_end("not_wanted", lambda env: env._("Observed: the company does not send these yet"))
        refused._adv_end("not_wanted", lambda env: env._("The customer does not want these"))

    def _adv_end(self, state, why):
        """Write what became of the messages and why.

        :param why: a function of an environment, or a sentence of somebody else
        """
        if not self:
            return
        self.write({"state": state, "error": self._adv_tell_in(why, "en_US")})
        if callable(why):
            self._adv_keep_told("error", dict.fromkeys(self.ids, why))

    @api.model
    def _adv_collect(self, limit=500):
        """Make the messages about what was confirmed or shipped since the last run."""
        for company in self.env["res.company"].search([]):  # pylint: disable=no-search-all
            since = max(company.adv_messages_since, event_now(self.env) - timedelta(days=14))
            if company.adv_acknowledgement_mode != "off":
                self._adv_collect_acknowledgements(company, since, limit)
            if company.adv_dispatch_mode != "off":
                self._adv_collect_dispatches(company, since, limit)

    @api.model
    def _adv_collect_acknowledgements(self, company, since, limit):
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "sale"),
                ("adv_confirmed_date", ">=", since),
                ("adv_message_ids", "not any", [("kind", "=", "acknowledgement")]),
            ],
            order="id",
            limit=limit,
        )
        self._adv_add(
            [
                {
                    "kind": "acknowledgement",
                    "source_key": f"acknowledgement,{order.id}",
                    "name": order._adv_in_lang()._("Your order %s is confirmed", order._adv_label()),
                    "partner_id": order.partner_id.id,
                    "company_id": company.id,
                    "order_ids": [fields.Command.link(order.id)],
                }
                for order in orders
            ]
        )

    @api.model
    def _adv_collect_dispatches(self, company, since, limit):
        pickings = self.env["stock.picking"].search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "done"),
                ("date_done", ">=", since),
                ("sale_id", "!=", False),
                ("location_dest_id.usage", "=", "customer"),
                ("adv_message_ids", "=", False),
            ],
            order="id",
            limit=limit,
        )
        self._adv_add(
            [
                {
                    "kind": "dispatch",
                    "source_key": f"dispatch,{picking.id}",
                    "name": picking.sale_id._adv_in_lang()._(
                        "Your order %s is on its way", picking.sale_id._adv_label()
                    ),
                    "partner_id": picking.sale_id.partner_id.id,
                    "company_id": company.id,
                    "picking_id": picking.id,
                    "order_ids": [fields.Command.link(picking.sale_id.id)],
                }
                for picking in pickings
            ]
        )
