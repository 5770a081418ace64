from typing import Any, NamedTuple


class Figure(NamedTuple):
    """One number of a page and the records that it counts: the list it opens has the same definition."""

    key: str
    label: str
    model: str
    domain: Any
    context: dict = {}
    title: str = ""

    @property
    def name(self):
        """Return the title of the list."""
        return self.title or self.label
