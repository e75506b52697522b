"""Parts that every section is made of: verdicts, and lists of which only the first are in sight."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from scangate.report import Verdict
from scangate.reports.markdown.markup import NOTHING, Markup, details, paragraphs

IN_SIGHT = 15
"""How many rows of a table are seen without unfolding it."""

NO_NAME = Markup("(no name)")

_SIGNS = {
    Verdict.PASS: "\N{WHITE HEAVY CHECK MARK}",
    Verdict.WARN: "\N{LARGE YELLOW CIRCLE}",
    Verdict.FAIL: "\N{CROSS MARK}",
    Verdict.ERROR: "\N{NO ENTRY}",
}

Row = TypeVar("Row")


def badge(verdict: Verdict | None) -> Markup:
    """Show a verdict by its word; the sign only repeats it."""
    if verdict is None:
        return Markup("not judged")
    return Markup(f"{_SIGNS[verdict]} {verdict.value.upper()}")


def number(value: int | None) -> Markup:
    """Write a number, or its absence."""
    return Markup("-" if value is None else value)


def folded(rows: Sequence[Row], what: str, write: Callable[[Sequence[Row]], Markup]) -> Markup:
    """Write the first rows as one table, and fold away a second one of all others."""
    if len(rows) <= IN_SIGHT:
        return write(rows)
    rest = rows[IN_SIGHT:]
    return paragraphs((write(rows[:IN_SIGHT]), details(f"{len(rest)} more {what}", write(rest))))


def more(left_out: int, what: str) -> Markup:
    """Say what is not shown; empty where all is."""
    told = f"… and {left_out} more {what}, see the full report"
    return Markup(told) if left_out > 0 else NOTHING
