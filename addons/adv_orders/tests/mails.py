"""Raw mails as a mail server hands them over."""

from email.message import EmailMessage

from odoo.tools import file_open


def raw_mail(sender, to, subject, message_id, body="Hello,\nplease see below.\n", files=(), **headers):
    """Return the bytes of a mail; ``files`` are (name, content, main type, subtype)."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"] = "Mon, 02 Nov 2026 09:45:00 +0100"
    if message_id:
        mail["Message-Id"] = message_id
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    for name, content, main, sub in files:
        mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return mail.as_bytes()


def order_xml(*replacements):
    """Return the bytes of the complete Peppol BIS 3 order, with (old, new) texts replaced."""
    with file_open("adv_orders/tests/data/peppol_order.xml") as file:
        text = file.read()
    for old, new in replacements:
        assert old in text, f"{old} is not in the order"
        text = text.replace(old, new)
    return text.encode()
