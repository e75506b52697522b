"""What the sections of the page are made of: badges, tables, lists of facts."""

import itertools
from collections.abc import Iterable, Iterator, Sequence

from scangate.report import Bucket, Verdict
from scangate.reports.html.markup import NEWLINE, NOTHING, Markup, joined, tag

BUCKETS = {
    Bucket.COUNTED: "counted",
    Bucket.IGNORED: "ignored",
    Bucket.VEX: "by VEX",
    Bucket.UNSELECTED: "by no rule",
}
"""What became of a finding: a rule counts it, or why none does."""

_GROUP = 50


def badge(verdict: Verdict | None) -> Markup:
    """Show a verdict by its word; the colour only repeats it."""
    if verdict is None:
        return tag("strong", "not judged", class_="verdict")
    return tag("strong", verdict.value.upper(), class_=f"verdict {verdict.value}")


def number(value: int | None) -> str:
    """Write a number, or its absence."""
    return "-" if value is None else str(value)


def table(
    name: str,
    caption: str,
    *,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    foot: Sequence[str] = (),
) -> Markup:
    """Lay out rows, whose first part is their head. Each cell knows its column.

    A phone has no room for columns, and shows their names beside the cells.
    """
    last = tag("tfoot", _row(columns, foot)) if foot else NOTHING
    made = (_row(columns, row) for row in rows)
    return grid(name, caption, columns=columns, rows=made, foot=last)


def grid(
    name: str, caption: str, *, columns: Iterable[str], rows: Iterable[Markup], foot: str = NOTHING
) -> Markup:
    """Put rows that are made already under the heads of their columns.

    They come in groups, of which a browser need lay out only those that are in sight.
    """
    heads = (tag("th", column, scope="col") for column in columns)
    groups = (tag("tbody", NEWLINE, joined(group, by=NEWLINE)) for group in _groups(rows))
    head = tag("thead", tag("tr", *heads))
    return tag("table", tag("caption", caption), head, *groups, foot, class_=name)


def _row(columns: Sequence[str], parts: Sequence[str]) -> Markup:
    cells = zip(columns[1:], parts[1:], strict=True)
    head = tag("th", parts[0], scope="row")
    return tag("tr", head, *(tag("td", part, data_label=column) for column, part in cells))


def _groups(rows: Iterable[Markup]) -> Iterator[Sequence[Markup]]:
    left = iter(rows)
    while group := tuple(itertools.islice(left, _GROUP)):
        yield group


def listed(items: Iterable[str], *, class_: str) -> Markup:
    """List texts; nothing if there are none."""
    points = [tag("li", item) for item in items]
    return tag("ul", *points, class_=class_) if points else NOTHING


def facts(pairs: Iterable[tuple[str, str]]) -> Markup:
    """List what is known, each by its name. What is empty is not known, and is left out."""
    entries = (tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs if value)
    return tag("dl", joined(entries, by=NEWLINE))


def block(title: str, *content: str, place: str = "") -> Markup:
    """Put content under a heading of the third rank; nothing if there is no content."""
    kept = [part for part in content if part]
    return tag("section", tag("h3", title), *kept, id=place or False) if kept else NOTHING
