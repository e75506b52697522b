"""The audit for people at a terminal: the numbers, then the worst, then what helps."""

from collections.abc import Iterator

from scangate.audit.audit import Audit
from scangate.audit.reports import lines
from scangate.audit.reports.lines import Section
from scangate.audit.summary import Package
from scangate.errors import ExitCode
from scangate.report import WORST_FIRST, Verdict
from scangate.reports.screen import NARROWEST, PLAIN_WIDTH, Cell, Screen
from scangate.reports.table import VERDICT_STYLES
from scangate.reports.text import clean_line, wrap

_MOST = 10
_LONGEST = 300


def render(audit: Audit) -> str:
    """Write the audit as plain text, 100 columns wide."""
    return render_terminal(audit, width=PLAIN_WIDTH, color=False)


def render_terminal(audit: Audit, *, width: int, color: bool) -> str:
    """Write the audit for a terminal of that width (at least 40 columns are used)."""
    screen = Screen(width=max(width, NARROWEST), color=color)
    blocks = (_head, _changes, _worst, _packages, _unjudged, _endings, _run)
    written = ["\n".join(block(screen, audit)) for block in blocks]
    return "\n\n".join(filter(None, written)) + "\n"


def last_line(audit: Audit, code: ExitCode) -> str:
    """Say in a line what the audit comes to; a pass that could not be told of is none."""
    report = audit.report
    verdict = report.verdict if code is report.exit_code else Verdict.ERROR
    told = f"{lines.extent(audit)} ({lines.tally(audit)}), exit code {code.value}"
    return f"{verdict.value.upper()}  {told}"


def _head(screen: Screen, audit: Audit) -> Iterator[str]:
    yield f"{clean_line(audit.target.text)}: {lines.extent(audit)}"
    verdicts = audit.summary.verdicts
    rows = [
        [
            Cell(text=verdict.value.upper(), style=VERDICT_STYLES[verdict]),
            Cell(text=str(verdicts[verdict])),
        ]
        for verdict in WORST_FIRST
        if verdicts.get(verdict)
    ]
    if rows:
        yield ""
        yield from screen.columns(rows, indent=2, numbers=(1,))


def _changes(screen: Screen, audit: Audit) -> Iterator[str]:
    if audit.changes is None:
        return
    yield from _wrapped(screen, lines.compared(audit.changes), indent=0)
    for note in audit.changes.notes:
        yield from _wrapped(screen, f"note: {note}")
    for section in lines.turned(audit.changes):
        yield from _section(screen, section)


def _worst(screen: Screen, audit: Audit) -> Iterator[str]:
    yield from _section(screen, lines.worst(audit))


def _packages(screen: Screen, audit: Audit) -> Iterator[str]:
    packages = audit.summary.packages
    if packages:
        header = _header("UPGRADE", "TO", "IMAGES", "ALONE", "FINDINGS")
        rows = [header, *map(_package_row, packages[:_MOST])]
        yield from screen.columns(rows, indent=2, numbers=(2, 3, 4))
        yield from _more(len(packages) - _MOST)
        yield f"  {lines.prospect(audit)}"


def _package_row(package: Package) -> list[Cell]:
    numbers = (package.images, package.alone, package.clears)
    return _cells(lines.package_of(package), package.to, *map(str, numbers))


def _unjudged(screen: Screen, audit: Audit) -> Iterator[str]:
    for section in lines.unjudged(audit):
        yield from _section(screen, section)


def _endings(screen: Screen, audit: Audit) -> Iterator[str]:
    endings = audit.summary.endings
    for ending in endings[:_MOST]:
        images = f"needed in {ending.images} images"
        yield from _wrapped(screen, f"{lines.ending_of(ending)}, {images}")
    yield from _more(len(endings) - _MOST)


def _run(screen: Screen, audit: Audit) -> Iterator[str]:
    policy = audit.report.policy
    yield from _wrapped(screen, f"policy: {policy.name} ({policy.source})")
    for feed in policy.feeds:
        yield from _wrapped(screen, f"feed: {feed}")
    for note in lines.notes(audit):
        yield from _wrapped(screen, f"note: {note}")
    verdict = audit.report.verdict
    painted = screen.paint(verdict.value.upper(), VERDICT_STYLES[verdict])
    told = last_line(audit, audit.report.exit_code)
    yield painted + told.removeprefix(verdict.value.upper())


def _section(screen: Screen, section: Section) -> Iterator[str]:
    """References are never cut, so that they can be copied."""
    if not section.entries:
        return
    yield f"  {screen.paint(f'{section.title} ({len(section.entries)})', 'bold')}"
    for name, told in section.entries[:_MOST]:
        yield f"    {clean_line(name)}"
        yield from _wrapped(screen, told, indent=6)
    yield from _more(len(section.entries) - _MOST, indent=4)


def _wrapped(screen: Screen, text: str, *, indent: int = 2) -> Iterator[str]:
    for line in wrap(clean_line(text, most=3 * _LONGEST), screen.width - indent):
        yield " " * indent + line


def _more(left_out: int, *, indent: int = 2) -> Iterator[str]:
    if left_out > 0:
        yield f"{' ' * indent}… and {left_out} more: -o json has all"


def _header(*texts: str) -> list[Cell]:
    return [Cell(text=text, style="dim") for text in texts]


def _cells(*texts: str) -> list[Cell]:
    return [Cell(text=clean_line(text, most=_LONGEST)) for text in texts]
