from odoo import api, models
from odoo.exceptions import AccessError


class AdvAssistantIndividual(models.AbstractModel):
    """Records that figures are made of, each of one assistant.

    Whose they are is read, searched and grouped by where the companies show figures of single assistants.
    """

    _name = "adv.assistant.individual"
    _description = "Records of single assistants"

    def _has_field_access(self, field, operation):
        is_hidden = field.name == "assistant_id" and not self.env.su
        if is_hidden and not self.env.companies._adv_shows_individuals():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        """The assistant of an entry's order tells as much as the entry's own."""
        path = groupby_spec.partition(":")[0].split(".")
        if "adv_assistant_id" in path and not (self.env.su or self.env.companies._adv_shows_individuals()):
            raise AccessError(self.env._("Figures of single assistants are not shown."))
        return super()._read_group_groupby(alias, groupby_spec, query)
