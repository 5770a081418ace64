from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import event_now

# which field of a moved record names its assistant; the portfolio is a relation of its own
ASSISTANT_FIELDS = {
    "sale.order": "adv_assistant_id",
    "adv.request": "assistant_id",
    "adv.document": "assistant_id",
}
PORTFOLIO = "res.partner"


class AdvReassignment(models.Model):
    """Work that was given from some assistants to others at once: who had what, so it can be taken back."""

    _name = "adv.reassignment"
    _description = "Reassignment of work"
    _order = "date desc, id desc"

    date = fields.Datetime(required=True, readonly=True, index=True)
    user_id = fields.Many2one("res.users", string="By", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    reason = fields.Char(readonly=True)
    until = fields.Date(
        readonly=True,
        index="btree_not_null",
        help="What is still open after this day goes back by itself.",
    )
    summary = fields.Char(readonly=True, translate=True)
    state = fields.Selection(
        [("done", "Done"), ("undone", "Given back")], required=True, readonly=True, default="done", index=True
    )
    line_ids = fields.One2many("adv.reassignment.line", "reassignment_id", readonly=True)

    # ACTIONS

    def action_undo(self):
        """Give back what its new assistant still has.

        :raise AccessError: for others than ADV managers
        """
        if not self.env.user.has_group("adv_orders.group_adv_manager"):
            raise AccessError(self.env._("Only an ADV manager gives work to others."))
        self.check_access("read")
        if any(move.state == "undone" for move in self):
            raise UserError(self.env._("This was given back already."))
        # sudo: the log has no write ACL; rights checked above
        self.sudo()._adv_undo()
        return True

    # BUSINESS

    @api.model
    def _adv_move(self, company, pieces, **values):
        """Give each piece of work to its new assistant and keep who had it; one statement a model.

        :param list pieces: (model name, record id, assistant id or None before, assistant id after)
        :param values: ``reason``, ``until`` and ``summary`` (function of an environment) of the log
        :return: the log (adv.reassignment), empty when nothing changes hands
        """
        pieces = [piece for piece in pieces if piece[2] != piece[3]]
        if not pieces:
            return self
        told = values.get("summary")
        # sudo: the log has no create ACL: server code only
        move = (
            self.sudo()
            .create(
                {
                    "date": event_now(self.env),
                    "user_id": self.env.uid,
                    "company_id": company.id,
                    **values,
                    "summary": self._adv_tell_in(told, "en_US"),
                }
            )
            .sudo(False)
        )
        move._adv_keep_told("summary", {move.id: told})
        move._adv_insert_lines(pieces)
        self._adv_apply(pieces)
        return move

    def _adv_insert_lines(self, pieces):
        models_, ids, before, after = (list(column) for column in zip(*pieces, strict=True))
        self.env.cr.execute(
            SQL(
                """INSERT INTO adv_reassignment_line (reassignment_id, res_model, res_id, from_id, to_id)
                   SELECT %s, piece.* FROM unnest(%s::varchar[], %s::int[], %s::int[], %s::int[]) AS piece""",
                self.id,
                models_,
                ids,
                before,
                after,
            )
        )
        self.invalidate_recordset(["line_ids"])

    @api.model
    def _adv_apply(self, pieces):
        for name, field in ASSISTANT_FIELDS.items():
            rows = [(record_id, after) for model, record_id, _before, after in pieces if model == name]
            if rows:
                self._adv_update(self.env[name], field, rows)
        portfolio = [piece[1:] for piece in pieces if piece[0] == PORTFOLIO]
        if portfolio:
            self._adv_update_portfolio(portfolio)

    def _adv_update(self, model, field, rows):
        model.flush_model([field])
        ids, after = (list(column) for column in zip(*rows, strict=True))
        self.env.cr.execute(
            SQL(
                """UPDATE %(table)s record
                      SET %(field)s = piece.assistant_id, write_uid = %(user)s, write_date = %(now)s
                     FROM unnest(%(ids)s::int[], %(after)s::int[]) AS piece (id, assistant_id)
                    WHERE record.id = piece.id""",
                table=SQL.identifier(model._table),
                field=SQL.identifier(field),
                user=self.env.uid,
                now=fields.Datetime.now(),
                ids=ids,
                after=after,
            )
        )
        model.browse(ids).invalidate_recordset([field, "write_uid", "write_date"])

    def _adv_update_portfolio(self, rows):
        self.env["adv.assistant"].flush_model(["partner_ids"])
        for partner_ids, assistant_ids, statement in (
            *self._adv_portfolio_columns(rows, 1, "DELETE"),
            *self._adv_portfolio_columns(rows, 2, "INSERT"),
        ):
            self.env.cr.execute(SQL(statement, partner_ids, assistant_ids))
        self.env["adv.assistant"].invalidate_model(["partner_ids", "partner_count"])
        self.env["res.partner"].invalidate_model(["adv_assistant_ids"])

    def _adv_portfolio_columns(self, rows, position, verb):
        pairs = [(row[0], row[position]) for row in rows if row[position]]
        if pairs:
            statement = {
                "DELETE": """DELETE FROM adv_assistant_res_partner_rel rel
                              USING unnest(%s::int[], %s::int[]) AS piece (partner_id, assistant_id)
                              WHERE rel.res_partner_id = piece.partner_id
                                AND rel.adv_assistant_id = piece.assistant_id""",
                "INSERT": """INSERT INTO adv_assistant_res_partner_rel (res_partner_id, adv_assistant_id)
                             SELECT * FROM unnest(%s::int[], %s::int[]) ON CONFLICT DO NOTHING""",
            }[verb]
            yield [pair[0] for pair in pairs], [pair[1] for pair in pairs], statement

    # GIVING BACK

    def _adv_undo(self):
        pieces = [
            (line.res_model, line.res_id, line.to_id.id, line.from_id.id or None)
            for line in self.line_ids
            if line._adv_is_still_there()
        ]
        self._adv_apply(pieces)
        self.write({"state": "undone"})

    @api.model
    def _adv_cron_give_back(self):
        """Give back what was taken over for an absence that has ended."""
        over = self.search(Domain("state", "=", "done") & Domain("until", "!=", False)).filtered(
            lambda move: move.until < move.company_id._adv_today()
        )
        for move in over:
            move._adv_undo()


class AdvReassignmentLine(models.Model):
    _name = "adv.reassignment.line"
    _description = "Piece of work given to another assistant"

    reassignment_id = fields.Many2one("adv.reassignment", required=True, index=True, ondelete="cascade")
    res_model = fields.Selection(
        [
            ("sale.order", "Order"),
            ("adv.request", "Request"),
            ("adv.document", "Document"),
            ("res.partner", "Customer"),
        ],
        string="What",
        readonly=True,
    )
    res_id = fields.Many2oneReference(string="Record", model_field="res_model", readonly=True)
    record_name = fields.Char(string="Name", compute="_compute_record_name")
    from_id = fields.Many2one("adv.assistant", string="From", readonly=True, ondelete="cascade")
    to_id = fields.Many2one("adv.assistant", string="To", readonly=True, ondelete="cascade")

    _record_index = models.Index("(res_model, res_id)")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        for name, lines in self.grouped("res_model").items():
            records = self.env[name].browse(lines.mapped("res_id")).exists()._filtered_access("read")
            names = {record.id: record.display_name for record in records}
            for line in lines:
                line.record_name = names.get(line.res_id, False)

    def _adv_is_still_there(self):
        """Return whether the new assistant still has the piece, and it is open."""
        record = self.env[self.res_model].browse(self.res_id).exists()
        if self.res_model == PORTFOLIO:
            return bool(record) and record in self.to_id.partner_ids
        return bool(record) and record[ASSISTANT_FIELDS[self.res_model]] == self.to_id
