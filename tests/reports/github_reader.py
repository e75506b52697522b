"""Workflow commands as GitHub's runner reads them (actions/runner, ActionCommand.cs).

A command begins with `::` after blanks, its name ends at a blank or at the next `::`, properties
are separated by commas, and what is escaped is turned back, the percent sign last.
"""

from scangate.model import Value
from scangate.report import Report, Verdict
from scangate.reports.wording import failure_of


class Command(Value, frozen=True):
    name: str
    properties: dict[str, str]
    message: str


def read(text: str) -> list[Command]:
    """Read every line; one that is no command is a mistake here. Raises ValueError."""
    return [_read_line(line) for line in text.split("\n")[:-1]]


def _read_line(line: str) -> Command:
    if not line.startswith("::"):
        raise ValueError(f"no command: {line!r}")
    head, separator, message = line[2:].partition("::")
    if not separator:
        raise ValueError(f"an open command: {line!r}")
    name, _, rest = head.partition(" ")
    pairs = [part.partition("=") for part in rest.split(",") if part]
    return Command(
        name=name,
        properties={key.strip(): _back(value, ":,") for key, _, value in pairs},
        message=_back(message, ""),
    )


def _back(text: str, more: str) -> str:
    marks = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}
    for mark, character in marks.items():
        if character in "\r\n" + more:
            text = text.replace(mark, character)
    return text.replace("%25", "%")


def check_github(report: Report, text: str) -> None:
    """Hold annotations against the report that they tell of."""
    commands = read(text)
    rules = [rule for each in report.images for rule in each.rules]
    notices = [notice for each in report.images for notice in each.notices]
    failed = sum(rule.verdict is Verdict.FAIL for rule in rules)
    without = sum(failure_of(each) is not None for each in report.images)
    warned = sum(rule.verdict is Verdict.WARN for rule in rules)
    loud = sum(notice.startswith("EXPIRED") for notice in notices)
    wanted = {
        "error": failed + without + (not report.images),
        "warning": warned + loud,
        "notice": 1 + len(notices) - loud,
    }
    for level, number in wanted.items():
        assert sum(each.name == level for each in commands) == min(10, number)
    assert {each.name for each in commands} <= set(wanted)
    assert all(each.message and each.properties["title"] for each in commands)
    assert any(each.message.startswith(f"{report.verdict.value}: ") for each in commands)
