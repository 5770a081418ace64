from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import event_now

QUOTE_STATES = [
    ("waiting", "Waiting"),
    ("no_answer", "No answer"),
    ("expiring", "Expires soon"),
    ("expired", "Expired"),
]


class SaleOrder(models.Model):
    """Quotations that wait for the customer: when to ask again, and why they were lost."""

    _inherit = "sale.order"

    adv_followed_date = fields.Datetime(
        string="Last followed up",
        readonly=True,
        copy=False,
        help="When the customer was last asked about it.",
    )
    adv_quote_status = fields.Selection(
        QUOTE_STATES,
        string="Follow-up",
        compute="_compute_adv_quote_status",
        search="_search_adv_quote_status",
    )
    adv_lost_reason_id = fields.Many2one(
        "adv.lost.reason",
        string="Lost because",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    adv_lost_note = fields.Char(
        string="What the customer said", readonly=True, copy=False, groups="base.group_user"
    )
    adv_lost_date = fields.Datetime(string="Lost on", readonly=True, copy=False, index="btree_not_null")

    _adv_quotes_index = models.Index("(company_id, adv_quoted_date) WHERE adv_state = 'quoted'")

    def _adv_protected_fields(self):
        return super()._adv_protected_fields() | {
            "adv_followed_date",
            "adv_lost_reason_id",
            "adv_lost_note",
            "adv_lost_date",
        }

    # COMPUTE

    @api.depends("adv_state", "validity_date", "adv_quoted_date", "adv_followed_date")
    def _compute_adv_quote_status(self):
        for order in self:
            order.adv_quote_status = (
                order._adv_get_quote_status(order.company_id._adv_today())
                if order.adv_state == "quoted"
                else False
            )

    def _adv_get_quote_status(self, day):
        company = self.company_id
        if self.validity_date and self.validity_date < day:
            return "expired"
        if self.validity_date and self.validity_date <= day + timedelta(days=company.adv_quote_expiry_days):
            return "expiring"
        asked = self.adv_followed_date or self.adv_quoted_date or self.date_order
        silent = asked and company._adv_date(asked) <= day - timedelta(days=company.adv_quote_follow_days)
        return "no_answer" if silent else "waiting"

    def _search_adv_quote_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = Domain.FALSE
        for company in self.env.companies:
            parts = self._adv_quote_status_domains(company, company._adv_today())
            states = [parts[state] for state in value if state in parts]
            wanted |= Domain("company_id", "=", company.id) & Domain.OR(states) if states else Domain.FALSE
        return (Domain("adv_state", "=", "quoted") & wanted) | (
            Domain("adv_state", "!=", "quoted") if False in value else Domain.FALSE
        )

    # DOMAINS

    @api.model
    def _adv_quote_status_domains(self, company, day):
        """Return {status: domain} of the quotations sent, as of the company's ``day``; none overlap."""
        soon = day + timedelta(days=company.adv_quote_expiry_days)
        silent_since = company._adv_day_bounds(day, day - timedelta(days=company.adv_quote_follow_days))[1]
        expired = Domain("validity_date", "<", day)
        expiring = Domain("validity_date", ">=", day) & Domain("validity_date", "<=", soon)
        valid = Domain("validity_date", "=", False) | Domain("validity_date", ">", soon)
        silent = (
            Domain("adv_followed_date", "<", silent_since)
            | (Domain("adv_followed_date", "=", False) & Domain("adv_quoted_date", "<", silent_since))
            | (
                Domain("adv_followed_date", "=", False)
                & Domain("adv_quoted_date", "=", False)
                & Domain("date_order", "<", silent_since)
            )
        )
        return {
            "expired": expired,
            "expiring": expiring,
            "no_answer": valid & silent,
            "waiting": valid & ~silent,
        }

    @api.model
    def _adv_quotes_to_follow_up_domain(self, company, day):
        """Return the domain of the quotations whose customer should be asked again.

        Sent and silent for the company's number of days since the last contact, or expiring or expired
        and not followed up on or after ``day``.

        :param company: res.company record
        :param date day: today in the company's time zone
        """
        parts = self._adv_quote_status_domains(company, day)
        since = company._adv_day_bounds(day, day)[0]
        fresh = Domain("adv_followed_date", ">=", since)
        return (
            Domain("company_id", "=", company.id)
            & Domain("adv_state", "=", "quoted")
            & (parts["no_answer"] | ((parts["expiring"] | parts["expired"]) & ~fresh))
        )

    # ACTIONS

    def action_adv_followed(self):
        """Say that the customers were asked about these quotations (by phone, or outside of Odoo)."""
        self.check_access("write")
        self._adv_mark_followed()
        return True

    def action_open_quote_mail(self):
        """Open the dialog that asks the customers about these quotations, one mail a customer."""
        return self._adv_open_wizard("adv.quote.follow", self.env._("Ask the customers"))

    def action_open_lost(self):
        """Open the dialog that asks why the quotations were lost, and cancels them."""
        return self._adv_open_wizard("adv.quote.lost", self.env._("Lost"))

    def _adv_open_wizard(self, model, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_ids": [fields.Command.set(self.ids)]},
        }

    # BUSINESS

    def _adv_mark_followed(self):
        quotes = self.filtered(lambda order: order.adv_state == "quoted")
        if not quotes:
            raise UserError(self.env._("None of these waits for the customer's answer."))
        # sudo: facts have no other writer; rights are the caller's matter
        quotes.sudo()._adv_set_facts({"adv_followed_date": event_now(self.env)})

    def _adv_lose(self, reason, note):
        """Cancel the quotations and keep why the customer did not order.

        :raise UserError: when one of them is an order already
        """
        self.check_access("write")
        ordered = self.filtered(lambda order: order.state not in ("draft", "sent"))
        if ordered:
            raise UserError(self.env._("No quotation any more: %s", ", ".join(ordered.mapped("name"))))
        result = self.action_cancel()
        lost = self.filtered(lambda order: order.state == "cancel")
        # sudo: facts have no other writer; rights were checked above
        lost.sudo()._adv_set_facts(
            {
                "adv_lost_reason_id": reason.id,
                "adv_lost_note": note,
                "adv_lost_date": event_now(self.env),
            }
        )
        return result

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") in ("draft", "sent", "sale"):
            self.filtered("adv_lost_date")._adv_set_facts(
                {"adv_lost_reason_id": False, "adv_lost_note": False, "adv_lost_date": False}
            )
        return result
