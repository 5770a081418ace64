from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import OrderedSet

ASSISTANT = "adv.assistant"
COLLECTIONS = (list, tuple, set, frozenset, OrderedSet)


def steps(model, path):
    """Yield the models that a path of field names leads to, one after the other."""
    for name in path.split("."):
        field = model._fields.get(name)
        if field is None or not field.relational:
            return
        model = model.env[field.comodel_name]
        yield model


def singles_out(model, conditions):
    """Tell whether a domain asks for certain assistants; with or without one may be asked."""
    for condition in Domain(conditions).iter_conditions():
        value, reached = condition.value, list(steps(model, condition.field_expr))
        values = list(value) if isinstance(value, COLLECTIONS) else [value]
        with_or_without = len(values) == 1 and values[0] is False
        if not with_or_without and any(target._name == ASSISTANT for target in reached):
            return True
        is_nested = "any" in condition.operator and isinstance(value, (list, tuple, Domain))
        if is_nested and reached and singles_out(reached[-1], value):
            return True
    return False


class AdvAssistantIndividual(models.AbstractModel):
    """Records that figures are made of, each of one assistant.

    Whose they are is read, searched and grouped by where the companies show figures of single assistants,
    and nowhere else: not along the order of the record either.
    """

    _name = "adv.assistant.individual"
    _description = "Records of single assistants"

    def _has_field_access(self, field, operation):
        if field.name == "assistant_id" and self._adv_hides_individuals():
            return False
        return super()._has_field_access(field, operation)

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self._adv_hides_individuals() and singles_out(self, domain):
            raise AccessError(self.env._("Figures of single assistants are not shown."))
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _read_group_groupby(self, alias, groupby_spec, query):
        path = groupby_spec.partition(":")[0]
        if self._adv_hides_individuals() and any(model._name == ASSISTANT for model in steps(self, path)):
            raise AccessError(self.env._("Figures of single assistants are not shown."))
        return super()._read_group_groupby(alias, groupby_spec, query)

    @api.model
    def _adv_hides_individuals(self):
        return not (self.env.su or self.env.companies._adv_shows_individuals())
