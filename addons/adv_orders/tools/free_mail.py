from odoo.tools import email_domain_extract

# addresses that anybody may open: their domain says nothing about the customer
FREE_MAIL = frozenset(
    {
        "aol.com",
        "bbox.fr",
        "club-internet.fr",
        "free.fr",
        "gmail.com",
        "gmx.at",
        "gmx.ch",
        "gmx.com",
        "gmx.de",
        "gmx.es",
        "gmx.fr",
        "gmx.net",
        "googlemail.com",
        "hotmail.be",
        "hotmail.com",
        "hotmail.de",
        "hotmail.es",
        "hotmail.fr",
        "hotmail.it",
        "hotmail.co.uk",
        "icloud.com",
        "laposte.net",
        "libero.it",
        "live.be",
        "live.com",
        "live.fr",
        "mac.com",
        "mail.com",
        "mail.ru",
        "me.com",
        "msn.com",
        "neuf.fr",
        "numericable.fr",
        "orange.es",
        "orange.fr",
        "outlook.be",
        "outlook.com",
        "outlook.de",
        "outlook.es",
        "outlook.fr",
        "outlook.it",
        "proton.me",
        "protonmail.com",
        "qq.com",
        "sfr.fr",
        "skynet.be",
        "t-online.de",
        "telefonica.net",
        "telenet.be",
        "terra.es",
        "tutanota.com",
        "virgilio.it",
        "voila.fr",
        "wanadoo.es",
        "wanadoo.fr",
        "web.de",
        "yahoo.co.uk",
        "yahoo.com",
        "yahoo.de",
        "yahoo.es",
        "yahoo.fr",
        "yahoo.it",
        "yandex.com",
        "yandex.ru",
        "ymail.com",
        "zoho.com",
    }
)


def sender_domain(email, more=()):
    """Return the domain of ``email`` if it tells whose mail this is, else False.

    :param more: further domains that tell nothing (free-mail services, our own)
    """
    domain = (email_domain_extract(email or "") or "").lower()
    return domain if domain and domain not in FREE_MAIL and domain not in more else False
