"""What a customer who may read a document does not read of it: how we work."""


def hidden_from_customers(model, field, names):
    """Return whether a field is one of those and whoever asks is no colleague, for `_has_field_access`.

    A group on each field would do but for the colours of our lists, which Odoo wants readable by whoever
    reads the model.

    :param names: names of the fields that are for colleagues
    """
    return field.name in names and not (model.env.su or model.env.user._is_internal())
