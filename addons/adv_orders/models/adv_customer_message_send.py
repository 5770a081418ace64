import logging

from odoo import api, models
from odoo.tools import format_date
from odoo.tools.misc import formatLang
from psycopg2 import OperationalError

from ..tools import commit_step, event_now

_logger = logging.getLogger(__name__)

TEMPLATES = {
    "acknowledgement": "adv_orders.mail_template_acknowledgement",
    "dispatch": "adv_orders.mail_template_dispatch",
    "delay": "adv_orders.mail_template_delay",
}


class AdvCustomerMessage(models.Model):
    """Sending: at most once, each message committed apart.

    The mail is committed before it leaves, held back from Odoo's own queue. A message that has a mail and
    was not marked when a run begins was interrupted: nobody knows whether it left, so a person decides.
    """

    _inherit = "adv.customer.message"

    # JOB

    @api.model
    def _adv_cron_run(self, limit=200):
        """Make the messages that are due and send what is to be sent."""
        self._adv_collect()
        messages = self.search([("state", "=", "to_send")], order="id", limit=limit)
        self.env["ir.cron"]._commit_progress(remaining=len(messages))
        for message_id in messages.ids:
            _done, left = commit_step(self.env, self.browse(message_id)._adv_send)
            if not left:
                return
        if len(messages) == limit:
            self.env.ref("adv_orders.cron_messages")._trigger()

    def _adv_send(self):
        """Send one message; whatever goes wrong is written on it. Return 1: it was looked at."""
        message = self.try_lock_for_update()
        message.invalidate_recordset(["state", "mail_id"])
        if not message or message.state != "to_send":
            return 1
        if message.mail_id:
            message._adv_fail(
                lambda env: env._("Interrupted while sending: ask the customer before sending it again.")
            )
            return 1
        if not message._adv_email():
            message._adv_fail(lambda env: env._("The customer has no e-mail address."))
            return 1
        try:
            with self.env.cr.savepoint():
                message._adv_make_mail()
        except OperationalError:
            raise  # a concurrent change: the next run takes it again
        except Exception as exception:
            _logger.info("Message %s could not be written: %s", message.source_key, exception)
            message._adv_fail(str(exception))
            return 1
        self.env["ir.cron"]._commit_progress()
        message._adv_deliver()
        return 1

    def _adv_make_mail(self):
        """Write the mail, held back: state 'exception' keeps Odoo's queue away from it."""
        template = self.env.ref(TEMPLATES[self.kind])
        order = self.order_ids if len(self.order_ids) == 1 else self.env["sale.order"]
        values = {
            "state": "exception",
            "auto_delete": False,
            "email_to": self._adv_email(),
            "recipient_ids": [],
            **({"model": "sale.order", "res_id": order.id} if order else {}),
        }
        mail_id = template.with_company(self.company_id).send_mail(self.id, email_values=values)
        self.write(
            {"mail_id": mail_id, "email": self._adv_email(), "attempts": self.attempts + 1, "error": False}
        )

    def _adv_deliver(self):
        """Let the mail leave and write what became of it."""
        mail = self.mail_id
        mail.write({"state": "outgoing"})
        mail.send(raise_exception=False)
        if mail.exists() and mail.state == "sent":
            self.write({"state": "sent", "sent_date": event_now(self.env)})
        else:
            self._adv_fail(mail.failure_reason or (lambda env: env._("The mail server did not take it.")))

    def _adv_fail(self, reason):
        self._adv_end("failed", reason)

    def _adv_email(self):
        return self.partner_id.email_formatted or self.partner_id.commercial_partner_id.email_formatted

    # CONTENTS

    def _adv_contents(self):
        """Return what the mail says, ready to print, in the language of the rendering.

        :return: dict with ``orders``: [{name, reference, lines, differences}], each line {product, quantity,
            date, old_date, price}; and for a dispatch ``tracking``, ``tracking_url``, ``carrier``, ``rest``
        """
        self.ensure_one()
        if self.kind == "acknowledgement":
            return {"orders": [self._adv_order_contents(order) for order in self.order_ids]}
        if self.kind == "dispatch":
            return self._adv_dispatch_contents()
        return {"orders": self._adv_delay_contents()}

    def _adv_order_contents(self, order):
        lines = order._adv_goods_lines()
        return {
            "name": order.name,
            "reference": order.client_order_ref or "",
            "lines": [
                {
                    "product": line.product_id.display_name,
                    "quantity": self._adv_quantity(line.product_uom_qty, line.product_uom_id),
                    "price": order.currency_id.format(line.price_unit),
                    "date": self._adv_day(line.adv_promise_date) if line._adv_is_goods() else "",
                }
                for line in lines
            ],
            "differences": order._adv_differences(),
        }

    def _adv_dispatch_contents(self):
        picking, order = self.picking_id, self.order_ids[:1]
        moves = picking.move_ids.filtered(lambda move: move.state == "done" and move.quantity)
        waiting = order._adv_goods_lines()._adv_promised_lines()
        has_carrier = "carrier_tracking_ref" in picking._fields
        return {
            "orders": [
                {
                    "name": order.name,
                    "reference": order.client_order_ref or "",
                    "lines": [
                        {
                            "product": move.product_id.display_name,
                            "quantity": self._adv_quantity(move.quantity, move.product_uom),
                        }
                        for move in moves
                    ],
                }
            ],
            "delivery": picking.name,
            "tracking": (has_carrier and picking.carrier_tracking_ref) or "",
            "tracking_url": (has_carrier and picking.carrier_tracking_url) or "",
            "carrier": (has_carrier and picking.carrier_id.name) or "",
            "rest": [
                {
                    "product": line.product_id.display_name,
                    "quantity": self._adv_quantity(
                        line.product_uom_qty - line.qty_delivered, line.product_uom_id
                    ),
                    "date": self._adv_day(line.adv_expected_date or line.adv_promise_date),
                }
                for line in waiting
            ],
        }

    def _adv_delay_contents(self):
        return [
            {
                "name": order.name,
                "reference": order.client_order_ref or "",
                "lines": [
                    {
                        "product": change.product_id.display_name or "",
                        "quantity": self._adv_quantity(
                            change.line_id.product_uom_qty - change.line_id.qty_delivered,
                            change.line_id.product_uom_id,
                        )
                        if change.line_id
                        else "",
                        "old_date": self._adv_day(change.old_date),
                        "date": self._adv_day(change.new_date),
                    }
                    for change in changes
                ],
            }
            for order, changes in self.promise_change_ids.sorted("id").grouped("order_id").items()
        ]

    def _adv_day(self, moment):
        return format_date(self.env, self.company_id._adv_date(moment)) if moment else ""

    def _adv_quantity(self, quantity, unit):
        digits = 0 if float(quantity).is_integer() else 2
        return f"{formatLang(self.env, quantity, digits=digits)} {unit.name}"
