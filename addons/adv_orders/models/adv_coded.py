import re
from itertools import count

from odoo import api, fields, models
from odoo.tools import remove_accents


class AdvCoded(models.AbstractModel):
    """A list that a company may add to: its people write names, figures and exports read codes."""

    _name = "adv.coded"
    _description = "Name with a code"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        compute="_compute_code",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="Stable code for exports and figures; made from the name unless it is given.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.depends("name")
    def _compute_code(self):
        """A code stays as it is when the name changes."""
        named = self.with_context(active_test=False).search([("name", "!=", False)])
        known = set(named.mapped("code"))
        for record in self:
            record.code = record.code or (record.name and self._adv_free_code(record.name, known))
            known.add(record.code)

    @api.model
    def _adv_free_code(self, name, known):
        """Return a code for ``name`` that is not among ``known``; its prefix is that of no shipped row."""
        stem = "own_" + (re.sub(r"[^a-z0-9]+", "_", remove_accents(name).lower()).strip("_") or "row")
        codes = (stem if number == 1 else f"{stem}_{number}" for number in count(1))
        return next(code for code in codes if code not in known)
