from odoo import models


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
