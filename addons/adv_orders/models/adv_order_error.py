from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import asked_text, event_now

STEPS = [
    ("reception", "Reception"),
    ("entry", "Entry"),
    ("approval", "Approval"),
    ("preparation", "Preparation"),
    ("delivery", "Delivery"),
    ("billing", "Billing"),
]
FOUND_BY = [
    ("check", "Automatic check"),
    ("amendment", "Amendment"),
    ("credit_note", "Credit note"),
    ("return", "Return"),
    ("customer", "Customer"),
    ("manual", "Our own people"),
]


class AdvOrderError(models.Model):
    """The error ledger: one row an error, written by server code only, dismissed but never deleted."""

    _name = "adv.order.error"
    _description = "Order error"
    _order = "date desc, id desc"

    name = fields.Char(string="Description", readonly=True, translate=True)
    type_id = fields.Many2one(
        "adv.error.type", string="Type", required=True, readonly=True, index=True, ondelete="restrict"
    )
    state = fields.Selection(
        [("open", "Open"), ("dismissed", "Dismissed")],
        required=True,
        readonly=True,
        default="open",
        index=True,
    )
    dismiss_reason = fields.Char(string="Reason of dismissal", readonly=True, translate=True)
    dismissed_by = fields.Many2one("res.users", string="Dismissed by", readonly=True, ondelete="set null")
    dismissed_date = fields.Datetime(string="Dismissed on", readonly=True)
    step = fields.Selection(
        STEPS, string="Made in", required=True, readonly=True, default="entry", index=True
    )
    found_step = fields.Selection(STEPS, string="Found in", readonly=True)
    found_by = fields.Selection(FOUND_BY, string="Found by", required=True, readonly=True, default="manual")
    escaped = fields.Boolean(readonly=True, help="The customer saw it; otherwise it was caught before.")
    outcome = fields.Selection(
        [("caught", "Caught"), ("escaped", "Escaped")],
        compute="_compute_outcome",
        store=True,
        precompute=True,  # computed later, it would tell who wrote the row
        help="Caught before the customer saw it, or escaped to the customer.",
    )
    date = fields.Datetime(string="Found on", required=True, readonly=True, index=True)
    order_id = fields.Many2one("sale.order", readonly=True, index="btree_not_null", ondelete="set null")
    order_name = fields.Char(string="Order name", readonly=True)
    line_id = fields.Many2one(
        "sale.order.line", string="Order line", readonly=True, index="btree_not_null", ondelete="set null"
    )
    product_id = fields.Many2one(
        "product.product", readonly=True, index="btree_not_null", ondelete="set null"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index="btree_not_null", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    cost = fields.Monetary(readonly=True)
    minutes = fields.Integer(string="Minutes of rework", readonly=True)
    corrective_action = fields.Char(string="Corrective action", readonly=True)
    author_id = fields.Many2one(
        "res.users",
        string="Made by",
        readonly=True,
        ondelete="set null",
        groups="adv_orders.group_adv_manager",
    )
    res_model = fields.Char(string="Source type", readonly=True)
    res_id = fields.Many2oneReference(string="Source", model_field="res_model", readonly=True)
    source_key = fields.Char(string="Key of the source", readonly=True, copy=False)

    _source_key_unique = models.UniqueIndex("(source_key) WHERE source_key IS NOT NULL")
    _order_step_index = models.Index("(order_id, step) WHERE order_id IS NOT NULL")
    _source_index = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    # COMPUTE

    @api.depends("escaped")
    def _compute_outcome(self):
        for error in self:
            error.outcome = "escaped" if error.escaped else "caught"

    # CRUD

    def _write_multi(self, vals_list):
        """Write values computed later as the system too: they would tell who wrote the row."""
        return super(AdvOrderError, self._adv_ledger())._write_multi(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("An error stays in the ledger: dismiss it with a reason instead."))

    # ACTIONS

    def action_dismiss(self, reason):
        """Keep the rows but stop counting them, for ``reason``.

        :raise AccessError: for others than ADV managers
        """
        if not self.env.user.has_group("adv_orders.group_adv_manager"):
            raise AccessError(self.env._("Only an ADV manager dismisses an error."))
        reason = asked_text(self.env, reason)
        if not reason:
            raise UserError(self.env._("Say why this is no error: the reason is kept."))
        self.check_access("read")
        self._adv_dismiss(reason)
        return True

    def action_open_dismiss(self):
        """Open the wizard that asks for the reason."""
        return self.env["adv.reason"]._adv_open(self, "action_dismiss", self.env._("Dismiss"))

    def action_open_adjust(self):
        """Open the wizard that corrects minutes and cost, and says what was done against it."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Minutes, cost and corrective action"),
            "res_model": "adv.error.adjust",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_error_ids": self.ids},
        }

    # BUSINESS

    def _adv_ledger(self):
        """Return the rows as the system itself: there is no write ACL, nor a trace of who wrote."""
        return self.with_user(api.SUPERUSER_ID)

    def _adv_write(self, vals):
        """Write at once: a flush in somebody's name later would tell who wrote."""
        rows = self._adv_ledger()
        rows.write(vals)
        rows.flush_recordset()

    def _adv_dismiss(self, reason):
        """Stop counting the open rows; rights are the caller's matter.

        :param reason: what a person wrote, or a function of an environment that returns the sentence
        """
        rows = self._adv_ledger().filtered(lambda error: error.state == "open")
        rows._adv_write(
            {
                "state": "dismissed",
                "dismiss_reason": self._adv_tell_in(reason, "en_US"),
                "dismissed_by": self.env.uid,
                "dismissed_date": event_now(self.env),
            }
        )
        if callable(reason):
            rows._adv_keep_told("dismiss_reason", dict.fromkeys(rows.ids, reason))

    def _adv_reopen(self):
        """Count dismissed rows again."""
        dismissal = ("dismiss_reason", "dismissed_by", "dismissed_date")
        rows = self._adv_ledger().filtered(lambda error: error.state == "dismissed")
        rows._adv_write({"state": "open", **dict.fromkeys(dismissal, False)})

    def _adv_adjust(self, vals):
        """Correct ``minutes``, ``cost`` (company currency) or ``corrective_action`` of the rows."""
        allowed = {"minutes", "cost", "corrective_action"}
        self._adv_write({name: value for name, value in vals.items() if name in allowed})

    @api.model
    def _adv_replace(self, sources, vals_by_id, reason):
        """Make one error, or none, the only open one that is known from each source document.

        For documents on which a person says what it was, and may think again: amendments, returns,
        complaints. An error of the same type known before is counted again, others are dismissed.

        :param sources: documents of one model
        :param dict vals_by_id: {id of the document: values as for ``_adv_log``, without the source}; a
            document that is left out was no error of ours
        :param reason: why earlier rows are dismissed, as for ``_adv_dismiss``
        :return: {id of the document: its row}
        """
        types = self._adv_types()
        wanted = {}
        for source_id, vals in vals_by_id.items():
            wanted[source_id] = self._adv_type_of(vals.get("type") or vals.get("type_id"), types)
        known = self._adv_ledger().search([("res_model", "=", sources._name), ("res_id", "in", sources.ids)])
        same = known.filtered(lambda error: error.type_id == wanted.get(error.res_id))
        (known - same).with_env(self.env)._adv_dismiss(reason)
        same._adv_reopen()
        rows = self._adv_log(
            [
                {**vals, "res_model": sources._name, "res_id": source_id}
                for source_id, vals in vals_by_id.items()
            ]
        )
        return {row.res_id: row for row in rows}

    @api.model
    def _adv_log(self, vals_list):
        """Record errors once each and return the rows, those that existed before included.

        :param list vals_list: dicts with ``type`` (code, id or record; or ``type_id``), ``order_id`` or
            ``company_id``, and optionally ``line_id``, ``step``, ``found_step``, ``found_by``, ``escaped``,
            ``cost`` (company currency), ``minutes``, ``name`` (a string, or a function of an environment
            that returns the sentence), ``date``, ``author_id``, ``res_model`` and ``res_id`` of the source
            document, ``source_key``. Without ``source_key`` the source document and
            the type identify the error; without both every call records a new one.
        """
        types = self._adv_types()
        prepared = [self._adv_prepare_log_vals(dict(vals), types) for vals in vals_list]
        keys = [vals["source_key"] for vals in prepared if vals.get("source_key")]
        ledger = self._adv_ledger()
        known = (
            {error.source_key: error for error in ledger.search([("source_key", "in", keys)])} if keys else {}
        )
        missing = {}
        for position, vals in enumerate(prepared):
            key = vals.get("source_key")
            if key not in known:
                missing.setdefault(key or position, vals)
        created = dict(zip(missing, ledger._adv_create(list(missing.values())), strict=True))
        found = ledger.browse()
        for position, vals in enumerate(prepared):
            key = vals.get("source_key")
            found |= known.get(key) or created[key or position]
        return found.with_env(self.env)

    @api.model
    def _adv_types(self):
        # sudo: archived types too, and who makes an error known need not read their settings
        kinds = self.env["adv.error.type"].sudo().with_context(active_test=False)
        types = kinds.search([])  # pylint: disable=no-search-all
        return {key: error_type for error_type in types for key in (error_type.code, error_type.id)}

    @api.model
    def _adv_type_of(self, kind, types):
        """Return the error type that a code, id or record names.

        :raise UserError: when there is none
        """
        error_type = types.get(getattr(kind, "id", kind))
        if error_type is None:
            raise UserError(self.env._("%s is no type of error.", kind or self.env._("Nothing")))
        return error_type

    @api.model
    def _adv_prepare_log_vals(self, vals, types):
        """Complete the values of one error from its order, its type and its source document."""
        error_type = self._adv_type_of(vals.pop("type", None) or vals.get("type_id"), types)
        # sudo: names and company of what the error is about, for a row that only the system writes
        order = self.env["sale.order"].sudo().browse(vals.get("order_id") or [])
        # sudo: as above
        line = self.env["sale.order.line"].sudo().browse(vals.get("line_id") or [])
        order = order or line.order_id
        company = order.company_id or self.env["res.company"].browse(
            vals.get("company_id") or self.env.company.id
        )
        vals.update(
            type_id=error_type.id,
            order_id=order.id,
            order_name=order.name,
            company_id=company.id,
            partner_id=vals.get("partner_id") or order.adv_commercial_partner_id.id,
            product_id=vals.get("product_id") or line.product_id.id,
        )
        vals.setdefault("date", event_now(self.env))
        vals.setdefault("minutes", error_type.standard_minutes)
        # sudo: a setting, read whoever makes the error known
        if not company.sudo().adv_error_authors:
            vals["author_id"] = False
        if not vals.get("source_key") and vals.get("res_model") and vals.get("res_id"):
            vals["source_key"] = f"{vals['res_model']},{vals['res_id']},{error_type.code}"
        return vals

    @api.model
    def _adv_create(self, vals_list):
        """Create rows; a description that is a function is kept in every installed language."""
        told = [vals.get("name") for vals in vals_list]
        rows = super().create(
            [{**vals, "name": self._adv_tell_in(vals.get("name"), "en_US") or False} for vals in vals_list]
        )
        sentences = {row.id: text for row, text in zip(rows, told, strict=True) if callable(text)}
        rows._adv_keep_told("name", sentences)
        return rows
