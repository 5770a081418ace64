"""The version of a definition: a short text that changes when the calculation changes."""

import hashlib
from dataclasses import fields, is_dataclass


def version(formula):
    """Return 12 characters that stand for a formula with its measures and their records."""
    return hashlib.sha256(_text(formula).encode()).hexdigest()[:12]


def _text(value):
    if is_dataclass(value) and not isinstance(value, type):
        parts = ", ".join(
            f"{field.name}={_text(getattr(value, field.name))}"
            for field in fields(value)
            if field.name not in ("expansions", "filters", "dimensions")
        )
        return f"{type(value).__name__}({parts})"
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_text, value))})"
    if callable(value):
        return value.__name__
    return repr(value)
