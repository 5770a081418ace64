from odoo.exceptions import AccessError


def check_facts(model, vals_list, creating=False):
    """Refuse values, context defaults and user defaults that would set a protected fact.

    :raise AccessError: when a protected field of ``model`` is named; nobody is exempt.
    """
    protected = model._adv_protected_fields()
    named = {name for vals in vals_list for name in vals if name in protected}
    if creating:
        named |= {name for name in protected if f"default_{name}" in model.env.context}
        named |= protected.intersection(model.env["ir.default"]._get_model_defaults(model._name))
    if named:
        labels = [str(model._fields[name].get_description(model.env)["string"]) for name in sorted(named)]
        raise AccessError(
            model.env._(
                "%(fields)s: this is recorded by the system when it happens and cannot be set by hand.",
                fields=", ".join(labels),
            )
        )
