from odoo import models
from odoo.tools import SQL


class AdvDunningRanked(models.AbstractModel):
    """Groups of a selection come in the order of its list (not due, 1 to 30 days), not of its codes."""

    _name = "adv.dunning.ranked"
    _description = "Groups in the Order of Their Selection"

    _adv_ranked_field = None  # the selection field's name

    def _read_group_orderby(self, order, groupby_terms, query):
        name = self._adv_ranked_field
        if name not in groupby_terms:
            return super()._read_group_orderby(order, groupby_terms, query)
        codes = self._fields[name].get_values(self.env)
        term = groupby_terms[name]
        ranked = {**groupby_terms, name: SQL("array_position(%s::text[], %s::text)", codes, term)}
        ordered = super()._read_group_orderby(order, ranked, query)
        groupby_terms.update({**ranked, name: term})  # sorting by a relation adds to the terms
        return ordered
