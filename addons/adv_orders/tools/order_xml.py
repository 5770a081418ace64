"""Reading a customer's XML order before anything is made of it: no database here."""

from datetime import date

from lxml import etree

MAX_BYTES = 5_000_000
MAX_LINES = 1_000


class UnreadableOrder(Exception):
    """The file is not read; ``code`` says why: 'huge', 'malformed', 'unsafe' or 'too_many_lines'."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class RefusedOrder(Exception):
    """An order is read, but must not become ours by itself.

    ``told`` says why: a function of an environment that returns the sentence in its language.
    """

    def __init__(self, told):
        super().__init__()
        self.told = told


def parse_order_xml(raw):
    """Return the root element of ``raw`` (bytes).

    A document type declaration is refused whatever it holds: an order needs none, and entities are how
    a small file becomes gigabytes or reads files of the server.

    :raise UnreadableOrder: when the file is too big, no XML, or declares a document type
    """
    if len(raw) > MAX_BYTES:
        raise UnreadableOrder("huge")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        unsafe = b"<!DOCTYPE" in raw or b"<!ENTITY" in raw
        raise UnreadableOrder("unsafe" if unsafe else "malformed") from error
    if root.getroottree().docinfo.doctype:
        raise UnreadableOrder("unsafe")
    if sum(1 for _line in root.iterfind("{*}OrderLine")) > MAX_LINES:
        raise UnreadableOrder("too_many_lines")
    return root


def requested_day(node):
    """Return the day that a delivery element asks for: begin of its period, else its end, else None."""
    for path in ("StartDate", "EndDate"):
        day = to_date(node.findtext(f"{{*}}Delivery/{{*}}RequestedDeliveryPeriod/{{*}}{path}"))
        if day:
            return day
    return None


def to_date(text):
    """Return the ISO date in ``text`` if it is a plausible one (1990 to 2100), else None."""
    try:
        day = date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None
    return day if 1990 <= day.year <= 2100 else None
