import base64
import logging

from odoo import api, fields, models, modules
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL
from psycopg2 import OperationalError

from odoo.addons.adv_dunning.tools.letter import html_to_pdf

_logger = logging.getLogger(__name__)

BATCH = 50


class AdvReceipt(models.Model):
    """What a customer paid and which invoices it settled, told once for each payment.

    Rows are made by the job only, for money that came in: a payment matched with the bank (or booked on the
    bank itself), what was handed over with a maturity that passed, or a line of a bank statement. Each
    customer whose invoices a payment settled has a receipt of its own.
    """

    _name = "adv.receipt"
    _description = "Payment Receipt"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _rec_names_search = ["date", "partner_id"]

    name = fields.Char(string="Number", compute="_compute_name")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", required=True, readonly=True, index=True, ondelete="restrict"
    )
    payment_id = fields.Many2one("account.payment", readonly=True, ondelete="set null")
    statement_line_id = fields.Many2one("account.bank.statement.line", readonly=True, ondelete="set null")
    source_key = fields.Char(required=True, readonly=True)
    date = fields.Date(string="Money In On", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="Money that came in.")
    amount_on_account = fields.Monetary(
        string="Not Used Yet", compute="_compute_amount_on_account", help="Settles no invoice yet."
    )
    line_ids = fields.One2many("adv.receipt.line", "receipt_id", string="Invoices", readonly=True)
    email = fields.Char(compute="_compute_email")
    state = fields.Selection(
        [("to_send", "To send"), ("sent", "Sent"), ("failed", "Failed")],
        required=True,
        readonly=True,
        default="to_send",
        index=True,
    )
    sent_at = fields.Datetime(readonly=True)
    error = fields.Char(readonly=True)

    _source_unique = models.UniqueIndex("(source_key)", "This payment has its receipt already.")
    _to_send_index = models.Index("(company_id, id) WHERE state = 'to_send'")

    # === COMPUTE METHODS ===#

    def _compute_name(self):
        for receipt in self:
            receipt.name = f"{fields.Date.to_string(receipt.date)}/{receipt.id}"

    @api.depends("amount", "currency_id", "line_ids.amount", "line_ids.currency_id")
    def _compute_amount_on_account(self):
        for receipt in self:
            same = all(line.currency_id == receipt.currency_id for line in receipt.line_ids)
            left = receipt.amount - sum(receipt.line_ids.mapped("amount"))
            receipt.amount_on_account = max(left, 0.0) if same else 0.0

    @api.depends("partner_id.email", "partner_id.child_ids.email", "partner_id.child_ids.type")
    def _compute_email(self):
        for receipt in self:
            receipt.email = receipt._contact().email

    def _contact(self):
        """The address of invoices, else the customer."""
        addresses = self.partner_id.address_get(["invoice"])
        return self.env["res.partner"].browse(addresses["invoice"])

    def _lang(self):
        return self._contact().lang or self.partner_id.lang or self.env.lang or "en_US"

    # === ACTIONS ===#

    def action_send(self):
        """Send these receipts now: those to send, and those that failed once more.

        :raise AccessError: for people who neither bill nor keep accounts
        """
        self.check_access("read")
        if not self.env.user.has_groups("adv_billing.group_adv_billing"):
            raise AccessError(self.env._("Receipts are sent by billing."))
        if self.filtered(lambda receipt: receipt.state == "sent"):
            raise UserError(self.env._("A receipt is sent once; this one has gone."))
        # sudo: receipts have no write ACL, who may send was checked
        self.sudo()._adv_send()
        return True

    # === BUSINESS METHODS: finding ===#

    @api.model
    def _cron_receipts(self):
        """Make the receipts of the money that came in, then send them, committing each batch."""
        companies = self.env["res.company"].search([("adv_receipts", "!=", "off")])
        for company in companies:
            self._adv_make(company)
            self._adv_commit(0)
        domain = Domain("state", "=", "to_send") & Domain("company_id", "in", companies.ids)
        while receipts := self._adv_next(domain):
            receipts._adv_send()
            if not self._adv_commit(len(receipts)):
                return

    @api.model
    def _adv_commit(self, processed):
        if modules.module.current_test:
            return True
        return self.env["ir.cron"]._commit_progress(processed)

    @api.model
    def _adv_next(self, domain):
        return self.search(domain, limit=BATCH, order="id").try_lock_for_update()

    @api.model
    def _adv_make(self, company):
        """Make the missing receipts of ``company``: two statements, however many they are.

        The unique key lets one of two jobs at once make a receipt.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH settlement AS (%(settlements)s), made AS (
                    INSERT INTO adv_receipt (company_id, partner_id, payment_id, statement_line_id,
                        source_key, date, currency_id, amount, state, create_uid, write_uid,
                        create_date, write_date)
                    SELECT %(company)s, partner_id, payment_id, statement_line_id, source_key, MAX(date),
                           currency_id,
                           CASE WHEN (SELECT COUNT(DISTINCT other.partner_id) FROM settlement other
                                       WHERE other.payment_id = settlement.payment_id) = 1
                                THEN MAX(payment_amount) ELSE SUM(amount) END,
                           'to_send', %(user)s, %(user)s,
                           NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                      FROM settlement
                     GROUP BY partner_id, payment_id, statement_line_id, source_key, currency_id
                        ON CONFLICT (source_key) DO NOTHING
                    RETURNING id, source_key
                )
                INSERT INTO adv_receipt_line (receipt_id, move_id, currency_id, amount, amount_left,
                    create_uid, write_uid, create_date, write_date)
                SELECT made.id, settlement.move_id, settlement.invoice_currency_id,
                       SUM(settlement.invoice_amount), MAX(settlement.amount_left), %(user)s, %(user)s,
                       NOW() AT TIME ZONE 'UTC', NOW() AT TIME ZONE 'UTC'
                  FROM made JOIN settlement USING (source_key)
                 GROUP BY made.id, settlement.move_id, settlement.invoice_currency_id
                RETURNING receipt_id
                """,
                settlements=self._adv_settlements(company),
                company=company.id,
                user=self.env.uid,
            )
        )
        self.invalidate_model()
        return self.browse({receipt_id for (receipt_id,) in rows})

    @api.model
    def _adv_settlements(self, company):
        """SELECT of each invoice that money of ``company``'s customers settled and that has no receipt.

        A key for each payment (or line of a statement) and customer: nobody reads of another one's invoices.
        """
        key = SQL(
            "CONCAT(CASE WHEN payment.id IS NOT NULL THEN 'account.payment,' || payment.id"
            " ELSE 'account.bank.statement.line,' || statement_line.id END,"
            " ',', invoice.commercial_partner_id)"
        )
        matured = SQL(
            "(payment.id IS NOT NULL AND invoice.adv_collection_kind IS NOT NULL"
            " AND invoice.adv_collection_returned IS NULL AND invoice.adv_collection_maturity < %s)",
            company._adv_collected_from(),
        )
        day = SQL(
            "CASE WHEN %s AND payment.is_matched IS NOT TRUE THEN invoice.adv_collection_maturity"
            " ELSE GREATEST(entry.date, COALESCE(banked.date, entry.date)) END",
            matured,
        )
        return SQL(
            """
            SELECT invoice.commercial_partner_id AS partner_id, payment.id AS payment_id,
                   statement_line.id AS statement_line_id,
                   %(key)s AS source_key, %(day)s AS date, payment.amount AS payment_amount,
                   credit.currency_id, partial.credit_amount_currency AS amount,
                   invoice.id AS move_id, debit.currency_id AS invoice_currency_id,
                   partial.debit_amount_currency AS invoice_amount,
                   invoice.amount_residual AS amount_left
              FROM account_partial_reconcile partial
              JOIN account_move_line debit ON debit.id = partial.debit_move_id
              JOIN account_move invoice ON invoice.id = debit.move_id
                   AND invoice.move_type = 'out_invoice' AND invoice.state = 'posted'
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_move entry ON entry.id = credit.move_id AND entry.state = 'posted'
              LEFT JOIN account_payment payment ON payment.move_id = entry.id
              LEFT JOIN account_bank_statement_line statement_line ON statement_line.move_id = entry.id
              LEFT JOIN LATERAL (
                   SELECT MAX(other.max_date) AS date
                     FROM account_partial_reconcile other
                     JOIN account_move_line own ON own.id = other.debit_move_id
                    WHERE own.move_id = entry.id
              ) AS banked ON TRUE
              LEFT JOIN res_partner customer ON customer.id = invoice.commercial_partner_id
             WHERE partial.company_id = %(company)s
               AND (payment.is_matched OR statement_line.id IS NOT NULL OR %(matured)s)
               AND %(day)s >= %(since)s
               AND %(wanted)s
               AND NOT EXISTS (SELECT FROM adv_receipt known WHERE known.source_key = %(key)s)
            """,
            key=key,
            day=day,
            matured=matured,
            company=company.id,
            since=max(
                filter(
                    None,
                    (
                        company.adv_receipts_since or company._adv_today(),
                        company._adv_billing_kept_from(company._adv_today()),
                    ),
                )
            ),
            wanted=SQL("TRUE")
            if company.adv_receipts == "all"
            else SQL("COALESCE((customer.adv_receipt_wanted->>%s)::boolean, FALSE)", str(company.id)),
        )

    # === BUSINESS METHODS: sending ===#

    def _adv_send(self):
        """Send: each receipt is marked in the transaction that creates its e-mail.

        When one of them cannot be made, the others still go: they are then taken one by one.
        """
        without = self.filtered(lambda receipt: not receipt.email)
        without.write(
            {"state": "failed", "error": self.env._("The customer has no e-mail address for invoices.")}
        )
        receipts = self - without
        try:
            with self.env.cr.savepoint():
                receipts._adv_mail()
        except OperationalError:  # the database, not the receipt: tried again by the caller
            raise
        except Exception as error:  # a template may fail in any way
            receipts.invalidate_recordset()
            if len(receipts) > 1:
                for receipt in receipts:
                    receipt._adv_send()
                if isinstance(error, OSError) and all(receipt.state == "failed" for receipt in receipts):
                    raise  # the server's PDF program, not these receipts: tried again by the caller
            else:
                _logger.info("The receipt %s was not sent: %s", receipts.id, error)
                receipts.write({"state": "failed", "error": str(error)})

    def _adv_mail(self):
        if self:
            template = self.env.ref("adv_billing.mail_template_receipt")
            template.send_mail_batch(self.ids, email_layout_xmlid="mail.mail_notification_light")
            self.write({"state": "sent", "sent_at": fields.Datetime.now(), "error": False})

    def _process_attachments_for_template_post(self, mail_template):
        """Attach the receipt as a document to its e-mail (hook of mail.template)."""
        return {
            receipt.id: {"attachments": [(name, base64.b64encode(content))]}
            for receipt in self
            for name, content in [receipt._adv_document()]
        }

    def _adv_document(self):
        """Return the receipt as (file name, content): a PDF, or an HTML page where none can be made."""
        self.ensure_one()
        receipt = self.with_context(lang=self._lang())
        page = receipt.env["ir.qweb"]._render("adv_billing.receipt_page", {"o": receipt})
        name = receipt.env._("Receipt %s", self.name.replace("/", "-"))
        if self.env["ir.actions.report"].get_wkhtmltopdf_state() in ("install", "broken"):
            return f"{name}.html", page.encode()
        return f"{name}.pdf", html_to_pdf(page)
