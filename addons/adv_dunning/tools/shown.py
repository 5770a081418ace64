"""How figures are shown to whoever reads them."""

from odoo.tools.misc import formatLang


def shown_rate(env, rate):
    """Return a percentage in the reader's number format, without idle zeros."""
    decimals = f"{rate:.3f}".rstrip("0").partition(".")[2]
    return formatLang(env, rate, digits=len(decimals))
