from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from psycopg2.extras import Json

from ..tools import asked_text, event_now, only_one

STATE_RANK = {"failed": 0, "overridden": 1, "passed": 2, "not_applicable": 3}


class AdvCheckResult(models.Model):
    """Latest outcome of one check on one document: written by the checks only, never by a person."""

    _name = "adv.check.result"
    _description = "Outcome of a check"
    _order = "state_rank, check_id, id"
    _rec_name = "check_id"

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
    state_rank = fields.Integer(string="Rank of state", readonly=True)
    severity = fields.Selection(related="check_id.severity")
    check_description = fields.Text(related="check_id.description", string="Rule")
    message = fields.Char(string="What was compared", readonly=True, translate=True)
    fingerprint = fields.Char(readonly=True)
    inputs = fields.Char(
        string="What was read", readonly=True, help="Fingerprint of the document and its surroundings."
    )
    date = fields.Datetime(string="Checked on", readonly=True)
    failed_date = fields.Datetime(
        string="First failed on", readonly=True, help="Stays when the document was corrected."
    )
    amount = fields.Monetary(
        related="order_id.adv_amount_company", string="Amount", currency_field="currency_id"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    submitted_date = fields.Datetime(related="order_id.adv_submitted_date", string="Submitted on")
    override_ids = fields.One2many("adv.check.override", "result_id", string="Overrides", readonly=True)
    overridden_by = fields.Many2one("res.users", string="Overridden by", readonly=True, ondelete="restrict")
    overridden_date = fields.Datetime(string="Overridden on", readonly=True)
    override_reason = fields.Char(string="Reason of override", readonly=True)

    _check_document_unique = models.UniqueIndex("(check_id, res_model, res_id)")
    _document_index = models.Index("(res_model, res_id)")
    _failed_index = models.Index("(check_id, failed_date) WHERE failed_date IS NOT NULL")

    # ACTIONS

    def action_override(self, reason=None):
        """Let the documents pass these failed checks, for ``reason``; kept for ever.

        :raise UserError: without a reason, or when a check has not failed
        :raise AccessError: when the user is not among those who may override the check
        """
        self.check_access("read")
        reason = asked_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why this check is overridden: the reason is kept."))
        for result in self:
            if result.state != "failed":
                raise UserError(
                    self.env._("%s has not failed: there is nothing to override.", result.check_id.name)
                )
            if not result.check_id._adv_may_override():
                raise AccessError(
                    self.env._(
                        "%s may only be overridden by the people named on the check.", result.check_id.name
                    )
                )
        self._adv_override(reason)
        return True

    def action_open_order(self):
        """Open what was checked; its own rights apply."""
        only_one(self)
        document = self.env[self.res_model].browse(self.res_id)
        return document._adv_open_records(document.display_name)

    def action_open_override(self):
        """Open the wizard that asks for the reason."""
        return self.env["adv.reason"]._adv_open(self, "action_override", self.env._("Override"))

    # BUSINESS

    def _adv_document(self):
        """Return the document that was checked, or no record when it or its addon is gone."""
        model = self.env.get(self.res_model)
        return self.browse() if model is None else model.browse(self.res_id).exists()

    def _adv_override(self, reason):
        now = event_now(self.env)
        # sudo: results and overrides have no write ACL; rights were checked by the caller
        results = self.sudo()
        results.write(
            {
                "state": "overridden",
                "state_rank": 1,
                "overridden_by": self.env.uid,
                "overridden_date": now,
                "override_reason": reason,
            }
        )
        results.env["adv.check.override"].create(
            [
                {
                    "result_id": result.id,
                    "check_id": result.check_id.id,
                    "company_id": result.company_id.id,
                    "document_name": result._adv_document().display_name,
                    "user_id": self.env.uid,
                    "date": now,
                    "reason": reason,
                    "message": result.message,
                }
                for result in results
            ]
        )
        for model_name, model_results in results.grouped("res_model").items():
            model = self.env.get(model_name)
            if model is not None and hasattr(model, "_adv_on_override"):
                model.browse(model_results.mapped("res_id"))._adv_on_override(model_results, reason)

    @api.model
    def _adv_store(self, records, outcomes):
        """Insert or update the results in one statement; an override stays while the figures are the same."""
        if not outcomes:
            return
        now = event_now(self.env)
        inputs = records._adv_check_keys() if hasattr(records, "_adv_check_keys") else {}
        rows = [
            self._adv_result_row(check, record, state, message, now, inputs.get(record.id))
            for check, record, state, message in outcomes
        ]
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO adv_check_result (
                    check_id, res_model, res_id, order_id, company_id, state, state_rank, message,
                    fingerprint, inputs, date, failed_date, create_uid, write_uid, create_date, write_date
                )
                VALUES %(rows)s
                ON CONFLICT (check_id, res_model, res_id) DO UPDATE SET
                    state = CASE WHEN %(kept)s THEN adv_check_result.state ELSE excluded.state END,
                    state_rank = CASE WHEN %(kept)s THEN adv_check_result.state_rank
                        ELSE excluded.state_rank END,
                    overridden_by = CASE WHEN %(kept)s THEN adv_check_result.overridden_by END,
                    overridden_date = CASE WHEN %(kept)s THEN adv_check_result.overridden_date END,
                    override_reason = CASE WHEN %(kept)s THEN adv_check_result.override_reason END,
                    message = excluded.message,
                    fingerprint = excluded.fingerprint,
                    inputs = excluded.inputs,
                    date = excluded.date,
                    failed_date = COALESCE(adv_check_result.failed_date, excluded.failed_date),
                    write_uid = excluded.write_uid,
                    write_date = excluded.write_date
                RETURNING id
                """,
                rows=SQL(", ").join(rows),
                kept=self._adv_sql_still_overridden(),
            )
        )
        self.invalidate_model()
        if "adv_check_result_ids" in records._fields:
            records.invalidate_recordset(["adv_check_result_ids"], flush=False)

    @api.model
    def _adv_sql_still_overridden(self):
        return SQL(
            "adv_check_result.state = 'overridden' AND excluded.state = 'failed' "
            "AND adv_check_result.fingerprint IS NOT DISTINCT FROM excluded.fingerprint"
        )

    @api.model
    def _adv_result_row(self, check, record, state, message, now, inputs):
        texts = self._adv_tell_everywhere(message)
        return SQL(
            "(%s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s::timestamp, %s, %s, "
            "now() at time zone 'UTC', now() at time zone 'UTC')",
            check.id,
            record._name,
            record.id,
            record.id if record._name == "sale.order" else None,
            record.company_id.id or None,
            state,
            STATE_RANK[state],
            Json(texts),
            texts["en_US"],
            inputs,
            now,
            now if state == "failed" else None,
            self.env.uid,
            self.env.uid,
        )

    # ERRORS

    def _adv_error_key(self):
        self.ensure_one()
        return f"check,{self.check_id.code},{self.res_model},{self.res_id}"

    def _adv_prepare_error_vals(self):
        """Return the ledger values of a failed check: made at entry, caught before the customer saw it."""
        return {
            "type": self.check_id.error_type_id.id,
            "name": lambda env: self.with_env(env(su=True)).message,
            "order_id": self.order_id.id,
            "company_id": self.company_id.id,
            "step": "entry",
            "found_step": "approval",
            "found_by": "check",
            "escaped": False,
            "author_id": self.order_id.create_uid.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "source_key": self._adv_error_key(),
        }

    def _adv_dismiss_errors(self, reason):
        """An overridden check was no error: its row stays, dismissed."""
        keys = [result._adv_error_key() for result in self]
        # sudo: the ledger has no write ACL; who overrides a check dismisses the error it recorded
        self.env["adv.order.error"].sudo().search([("source_key", "in", keys)])._adv_dismiss(reason)


class AdvCheckOverride(models.Model):
    """Who let a document pass a failed check, and why: rows are only ever added."""

    _name = "adv.check.override"
    _description = "Override of a check"
    _order = "date desc, id desc"

    result_id = fields.Many2one(
        "adv.check.result", readonly=True, index=True, ondelete="set null", help="Goes with its document."
    )
    check_id = fields.Many2one("adv.check", required=True, readonly=True, index=True, ondelete="cascade")
    document_name = fields.Char(string="Document", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="restrict")
    date = fields.Datetime(required=True, readonly=True)
    reason = fields.Char(required=True, readonly=True)
    message = fields.Char(string="What was compared", readonly=True)
