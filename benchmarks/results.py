"""What was measured, as text: tables in Markdown, and each goal with what came of it."""

from collections.abc import Sequence
from typing import NamedTuple


class Goal(NamedTuple):
    """A limit that was set beforehand. What is measured must not be above it."""

    what: str
    measured: float
    limit: float
    unit: str = "×"

    @property
    def met(self) -> bool:
        """Whether it was kept."""
        return self.measured <= self.limit


class Section(NamedTuple):
    """One benchmark. The first column of `rows` is a name, the others are figures.

    `printed` stands in for them where a table was made elsewhere.
    """

    title: str
    method: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    goals: Sequence[Goal] = ()
    printed: str = ""


_INTRODUCTION = """\
# What scangate costs

Written by `make bench`; do not edit. Each figure stands beside what a user would write instead,
or beside a floor: the least that any program would have to do. The contenders take turns in one
run and each figure is a median, so the ratios (×) hold where the seconds change with the machine.
"""


def render(sections: Sequence[Section], machine: Sequence[tuple[str, str]]) -> str:
    """Write the whole file."""
    parts = [
        _INTRODUCTION,
        _table(("measured on", ""), machine),
        "## Goals\n",
        _table(("goal", "limit", "measured", ""), _goals(sections)),
    ]
    return "\n".join([*parts, *map(text_of, sections)])


def told(goal: Goal) -> str:
    """Write one goal as a line for the terminal."""
    limit, measured = _figure(goal.limit, goal), _figure(goal.measured, goal)
    return f"{'met' if goal.met else 'MISSED'}: {goal.what}: {measured} (limit {limit})"


def text_of(section: Section) -> str:
    """Write one benchmark."""
    figures = f"```text\n{section.printed}```\n" if section.printed else ""
    table = _table(section.columns, section.rows) if section.rows else ""
    return "\n".join([f"## {section.title}\n", f"{section.method}\n", table or figures])


def _goals(sections: Sequence[Section]) -> list[tuple[str, ...]]:
    return [
        (goal.what, _figure(goal.limit, goal), _figure(goal.measured, goal), _verdict(goal))
        for section in sections
        for goal in section.goals
    ]


def _figure(number: float, goal: Goal) -> str:
    digits = f"{number:.2f}" if number < 10 else f"{number:.0f}"
    return f"{digits} {goal.unit}"


def _verdict(goal: Goal) -> str:
    return "met" if goal.met else "**missed**"


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(columns) - 1)]
    lines = [columns, ruler, *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
