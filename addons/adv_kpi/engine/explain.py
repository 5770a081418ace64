"""Writes docs/figures.md from the catalogue: what each figure is, of which records, how it can be cut."""

from lxml import etree

from .formulas import Ratio

CATEGORIES = ("productivity", "quality", "service", "commercial", "cash")
UNITS = {
    "count": "number",
    "currency": "company currency",
    "percent": "percent",
    "days": "days",
    "hours": "working hours",
    "ratio": "ratio",
    "score": "score",
}
WANTED = {"up": "higher is better", "down": "lower is better", "none": "neither"}


def read_records(path):
    """Return [{field: text}] of the figures' records in a data file, in their order on the screen."""
    records = [
        {field.get("name"): field.text or field.get("eval") for field in record}
        for record in etree.parse(path).getroot().iter("record")
        if record.get("model") == "adv.kpi"
    ]
    return sorted(records, key=lambda record: int(record["sequence"]))


def write(records, formulas):
    """Return the text of the document.

    :param records: as from `read_records`
    :param formulas: {code: formula}
    """
    parts = [
        "# The figures",
        "Made from the catalogue by `./adv figures`; do not edit. Figures marked with * stand on the"
        " first page.",
    ]
    for category in CATEGORIES:
        parts.append(f"## {category.capitalize()}")
        parts += [
            _section(record, formulas[record["code"]]) for record in records if record["category"] == category
        ]
    return "\n\n".join(parts) + "\n"


def _section(record, formula):
    star = " *" if record["first_page"] == "True" else ""
    lines = [
        f"### {record['name']}{star}",
        record["explanation"],
        f"`{record['code']}`, {UNITS[record['unit']]}, {WANTED[record['direction']]}.",
        *_calculation(formula),
    ]
    return "\n\n".join(lines)


def _calculation(formula):
    """Yield how the figure is calculated, and by what it can be filtered and broken down."""
    doc = (type(formula).__doc__ or "").strip().split("\n\n")[0]
    yield f"*How:* {' '.join(doc.split())}"
    rows = dict.fromkeys(f"- {name}: {_measure(measure)}" for name, measure in _parts(formula))
    if rows:
        yield "\n".join(rows)
    nouns = [set(measure.source.filters) for measure in formula.measures]
    cut = formula.measures[:1] if type(formula) is Ratio else formula.measures
    dimensions = set.intersection(*(set(measure.source.dimensions) for measure in cut)) | set(
        getattr(formula.numerator, "expansions", None) or {}
    )
    yield f"*Filters:* {', '.join(sorted(set.intersection(*nouns))) or 'none'}." + (
        f" *Also by:* {', '.join(sorted(dimensions))}." if dimensions else ""
    )


def _parts(formula):
    named = (("numerator", formula.numerator), ("denominator", formula.denominator))
    parts = [(name, measure) for name, measure in named if measure is not None]
    known = [measure for _name, measure in parts]
    others = [measure for measure in dict.fromkeys(formula.measures) if measure not in known]
    return parts + [("made of", measure) for measure in others]


def _measure(measure):
    if not getattr(measure, "has_records", True):
        return "from the assistants' calendars and absences (no list of records)"
    aggregate = measure.aggregate.replace("sum:", "sum of ")
    days = getattr(measure, "date_columns", ())
    return f"{aggregate} over `{measure.source.model}`" + (
        f", by {', '.join(f'`{column}`' for column in days)}" if days else ""
    )
