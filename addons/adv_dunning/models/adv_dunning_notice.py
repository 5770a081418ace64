import base64
import logging

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.image import image_data_uri
from psycopg2 import OperationalError

from ..tools.letter import html_to_pdf

_logger = logging.getLogger(__name__)


class AdvDunningNotice(models.Model):
    _name = "adv.dunning.notice"
    _description = "Reminder Notice"
    _inherit = ["adv.dunning.facts", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, amount_company desc, id desc"
    _check_company_auto = True

    name = fields.Char("Number", readonly=True, copy=False, index=True)
    run_id = fields.Many2one(
        "adv.dunning.run", "Run", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner", "Customer", readonly=True, copy=False, required=True, index=True, ondelete="restrict"
    )
    contact_id = fields.Many2one("res.partner", "Sent To", readonly=True, copy=False, ondelete="set null")
    company_id = fields.Many2one(
        "res.company", "Company", readonly=True, copy=False, required=True, index=True
    )
    currency_id = fields.Many2one("res.currency", "Currency", readonly=True, copy=False, required=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id", string="Company Currency")
    level_id = fields.Many2one(
        "adv.dunning.level", "Level", readonly=True, copy=False, index=True, ondelete="restrict"
    )
    channel = fields.Selection(related="level_id.channel")
    date = fields.Date(readonly=True, copy=False, index=True)
    amount = fields.Monetary("Claimed", readonly=True, copy=False)
    amount_company = fields.Monetary(
        "Claimed (Company Currency)", readonly=True, copy=False, currency_field="company_currency_id"
    )
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("waiting", "To release"),
            ("ready", "Ready"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("cancelled", "Cancelled"),
        ],
        readonly=True,
        copy=False,
        default="draft",
        index=True,
    )
    sent_at = fields.Datetime("Sent On", readonly=True, copy=False)
    released_by = fields.Many2one("res.users", "Released By", readonly=True, copy=False)
    is_holding = fields.Boolean("Holds the Customer", readonly=True, copy=False)
    error = fields.Text("Problem", readonly=True, copy=False)
    line_ids = fields.One2many(
        "adv.dunning.notice.line", "notice_id", "Instalments", readonly=True, copy=False
    )
    mail_ids = fields.Many2many("mail.mail", string="E-mails", readonly=True, copy=False)
    email = fields.Char("E-mail Address", compute="_compute_email")
    body = fields.Html("Text", compute="_compute_body", sanitize=False)
    script = fields.Text(related="level_id.script", string="What to Say")

    _to_send_idx = models.Index("(company_id, run_id) WHERE state = 'ready'")
    _holding_idx = models.Index("(company_id, partner_id) WHERE is_holding")
    _last_notice_idx = models.Index("(company_id, partner_id, currency_id, date)")

    # === COMPUTE METHODS ===#

    @api.depends("contact_id.email_formatted", "partner_id.email_formatted")
    def _compute_email(self):
        for notice in self:
            contact = notice.contact_id if notice.contact_id.email else notice.partner_id
            notice.email = contact.email_formatted

    @api.depends("level_id.template_id.body_html", "line_ids", "state")
    def _compute_body(self):
        for notice in self:
            notice.body = notice._render_text() if notice.id else False

    # === CRUD METHODS ===#

    @api.model
    def _adv_protected_fields(self):
        return frozenset(
            {
                "name",
                "run_id",
                "partner_id",
                "contact_id",
                "company_id",
                "currency_id",
                "level_id",
                "date",
                "amount",
                "amount_company",
                "state",
                "sent_at",
                "released_by",
                "is_holding",
                "error",
                "line_ids",
                "mail_ids",
            }
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Notices are kept: they say what a customer was told, and when. Cancel them.")
        )

    # === ACTION METHODS ===#

    def action_release(self):
        """Release notices that wait for a person; the next sending takes them."""
        self._check_manager()
        waiting = self.filtered(lambda notice: notice.state == "waiting")
        waiting._adv_set_facts({"state": "ready", "released_by": self.env.uid})
        return True

    def action_cancel(self):
        """Withdraw notices that were not sent; their instalments may be reminded again."""
        self._check_collector()
        if any(notice.state == "sent" for notice in self):
            raise UserError(self.env._("A notice that was sent cannot be cancelled."))
        self._withdraw({"state": "cancelled"})
        return True

    def action_send(self):
        """Send these notices now, those that are ready."""
        self._check_collector()
        if any(notice.state == "waiting" for notice in self):
            raise UserError(
                self.env._("Formal notices are released by a collection manager before they are sent.")
            )
        for run in self.run_id:
            run._check_live()
        locked = self.try_lock_for_update(allow_referencing=True)
        locked.filtered(lambda notice: notice.state == "ready")._send_batch()
        for run in self.run_id:
            run._close_if_done()
        return True

    def action_print(self):
        return self.env.ref("adv_dunning.report_notice").report_action(self)

    def action_open_customer(self):
        self.ensure_one()
        return self.env["adv.receivable.stats"]._open_customer(self.partner_id, self.company_id)

    def _check_collector(self):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collector"):
            raise AccessError(self.env._("Only collectors handle notices."))
        self.check_access("read")

    def _check_manager(self):
        if not self.env.su and not self.env.user.has_group("adv_dunning.group_collection_manager"):
            raise AccessError(self.env._("Only a collection manager releases notices."))
        self.check_access("read")

    # === BUSINESS METHODS ===#

    def _withdraw(self, vals):
        self.line_ids._adv_set_facts({"is_live": False})
        self._adv_set_facts(vals)

    def _send_batch(self):
        """Send these notices and mark them sent in the same transaction as their e-mails.

        When one of them cannot be rendered, the others still go: the batch is then taken one by one.
        """
        notices = self - self._withdraw_paid()
        if not notices:
            return
        try:
            with self.env.cr.savepoint():
                notices._send_now()
        except OperationalError:  # the database, not the notice: tried again by the caller
            raise
        except Exception as error:  # a template may fail in any way
            notices.invalidate_recordset()
            if len(notices) > 1:
                for notice in notices:
                    notice._send_batch()
            else:
                notices._mark_failed(error)

    def _withdraw_paid(self):
        """Withdraw notices that claim more than is still open: a payment came in since they were computed.

        :return: the notices withdrawn
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT line.notice_id FROM adv_dunning_notice_line line
                  LEFT JOIN account_move_line item ON item.id = line.move_line_id
                 WHERE line.notice_id = ANY(%s)
                   AND (item.id IS NULL OR item.parent_state != 'posted'
                        OR item.amount_residual_currency < line.amount)
                """,
                self.ids,
            )
        )
        paid = self.browse(row[0] for row in rows)
        paid._withdraw(
            {"state": "cancelled", "error": self.env._("Something was paid since this was computed.")}
        )
        return paid

    def _send_now(self):
        for level, notices in self.grouped("level_id").items():
            if level.channel == "email":
                notices._send_mails(level)
            elif level.channel == "phone":
                notices._schedule_calls(level)
            elif level.channel == "letter":
                notices._attach_letters()
        self._adv_set_facts({"state": "sent", "sent_at": fields.Datetime.now(), "error": False})
        self._put_on_hold()

    def _send_mails(self, level):
        if not level.template_id:
            raise UserError(self.env._("The level %(level)s has no e-mail template.", level=level.name))
        for notice in self:
            if not notice.email:
                raise UserError(
                    self.env._("%(customer)s has no e-mail address.", customer=notice.partner_id.name)
                )
        # sudo: a collector sends by the shipped templates without rights on mails
        template = level.template_id.sudo()
        mails = template.send_mail_batch(self.ids, email_layout_xmlid="mail.mail_notification_light")
        for notice in self:
            notice._adv_set_facts(
                {"mail_ids": [fields.Command.link(mail.id) for mail in mails if mail.res_id == notice.id]}
            )

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the notice as a document to its e-mail (hook of mail.template)."""
        result = {}
        for notice in self:
            name, content = notice._render_document()
            result[notice.id] = {"attachments": [(name, base64.b64encode(content))]}
        return result

    def _schedule_calls(self, level):
        for notice in self:
            notice.activity_schedule(
                "mail.mail_activity_data_call",
                date_deadline=notice.company_id._adv_today(),
                summary=self.env._("Call about overdue invoices"),
                note=level.script or "",
                user_id=notice._collector().id,
            )

    def _attach_letters(self):
        for notice in self:
            notice.message_post(
                body=self.env._("Letter to print and post."),
                attachments=[notice._render_document()],
                message_type="notification",
            )

    def _collector(self):
        self.ensure_one()
        stats = self.env["adv.receivable.stats"].search(
            [("partner_id", "=", self.partner_id.id), ("company_id", "=", self.company_id.id)], limit=1
        )
        return stats.user_id or self.env.user

    def _mark_failed(self, error):
        self.ensure_one()
        _logger.info("Notice %s was not sent: %s", self.name, error)
        self._withdraw({"state": "failed", "error": str(error)})
        items = self.env["adv.dunning.item"].search(
            [("move_id", "in", self.line_ids.move_id.ids), ("currency_id", "=", self.currency_id.id)]
        )
        reminded = {(line.move_id.id, line.rank) for line in self.line_ids}
        failed = items.filtered(lambda item: (item.move_id.id, item.rank) in reminded)
        failed._adv_set_facts({"outcome": "error"})

    # --- Hold

    def _put_on_hold(self):
        """Put the customers on hold whose notice reached a level that says so."""
        holding = self.filtered(lambda notice: any(notice.line_ids.level_id.mapped("hold")))
        holding._adv_set_facts({"is_holding": True})
        for company, notices in holding.grouped("company_id").items():
            # sudo: collectors do not write customers; only the hold is written
            changed = notices.partner_id.sudo()._adv_set_on_hold(True, company)
            changed._adv_log_hold(
                self.env._("Put on hold by a reminder in %(company)s.", company=company.name)
            )

    def _release_holds_if_paid(self):
        """End the hold of the customers who paid what caused it."""
        notices = self.filtered("is_holding")
        if not notices:
            return
        unpaid = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT line.notice_id, COUNT(*) FROM adv_dunning_notice_line line
                      JOIN account_move_line item ON item.id = line.move_line_id
                     WHERE line.notice_id = ANY(%s) AND item.parent_state = 'posted'
                       AND item.reconciled IS NOT TRUE AND item.amount_residual_currency > 0
                     GROUP BY line.notice_id
                    """,
                    notices.ids,
                )
            )
        )
        paid = notices.filtered(lambda notice: not unpaid.get(notice.id))
        paid._adv_set_facts({"is_holding": False})
        for company, done in paid.grouped("company_id").items():
            still = self.sudo().search(
                [
                    ("company_id", "=", company.id),
                    ("is_holding", "=", True),
                    ("partner_id", "in", done.partner_id.ids),
                ]
            )
            freed = (done.partner_id - still.partner_id).sudo()._adv_set_on_hold(False, company)
            freed._adv_log_hold(self.env._("No longer on hold in %(company)s: paid.", company=company.name))

    # --- Content

    def _render_text(self):
        """Return the text of the notice in the customer's language, from the template of its level."""
        self.ensure_one()
        # sudo: reading a notice is enough to read its text
        template = self.level_id.template_id.sudo()
        if not template:
            return self._statement_html()
        return template._render_field("body_html", self.ids, compute_lang=True)[self.id]

    def _statement_html(self):
        """Return the table of the customer's open items, credits and promises, for texts and letters."""
        self.ensure_one()
        lang = self._lang()
        notice = self.with_context(lang=lang)
        return notice.env["ir.qweb"]._render("adv_dunning.statement_table", notice._statement_values())

    def _lang(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang or "en_US"

    def _statement_values(self):
        self.ensure_one()
        levels = {(line.move_id.id, line.move_line_id.id): line.level_id for line in self.line_ids}
        lines = self.env["adv.receivable.stats"]._statement_lines(
            self.company_id, self.partner_id, self.date, self.currency_id
        )
        return {
            "company": self.company_id,
            "currency": self.currency_id,
            "date": self.date,
            "lines": lines,
            "levels": levels,
            "total": sum(line["amount"] for line in lines),
            "overdue": sum(line["amount"] for line in lines if line["days"] > 0),
            "claimed": self.amount,
            "promises": self.env["adv.payment.promise"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("company_id", "=", self.company_id.id),
                    ("currency_id", "=", self.currency_id.id),
                    ("state", "=", "open"),
                ]
            ),
            "portal_url": self.company_id.get_base_url() + "/my/statement",
        }

    def _render_document(self):
        """Return the notice as a document: (file name, content).

        A PDF; where wkhtmltopdf is missing, an HTML page that says so.
        """
        self.ensure_one()
        name = self.env._("Reminder %(number)s", number=self.name or "").replace("/", "-")
        lang = self._lang()
        without_pdf = self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken")
        notice = self.with_context(lang=lang)
        page = notice.env["ir.qweb"]._render(
            "adv_dunning.letter_page",
            {"o": notice, "no_pdf": without_pdf, "image_data_uri": image_data_uri},
        )
        if without_pdf:
            return f"{name}.html", page.encode()
        return f"{name}.pdf", html_to_pdf(page)
