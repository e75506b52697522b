"""The audit in Markdown: a job summary, or the body of a nightly message.

It has at most `MOST_BYTES`, as a page of `scangate check` has: GitHub refuses more in a comment.
Where there is more to tell, the lists are shorter.
"""

import hashlib
from collections.abc import Iterator, Sequence

from scangate.audit.audit import Audit
from scangate.audit.reports import lines
from scangate.audit.reports.lines import Section
from scangate.audit.summary import Package
from scangate.report import WORST_FIRST
from scangate.reports.markdown import MOST_BYTES
from scangate.reports.markdown.markup import (
    NOTHING,
    Markup,
    bullets,
    code,
    heading,
    joined,
    paragraphs,
    prose,
    size,
    strong,
    table,
)
from scangate.reports.markdown.parts import NO_NAME, badge, more, number

_LENGTHS = (15, 10, 5, 2, 1)
"""How many lines the lists have, from the longest that is tried."""

_LONGEST = 300


def render(audit: Audit) -> str:
    """Write the audit: the verdict, what changed, the worst, what helps, what is not known."""
    pages = (paragraphs(_page(audit, most)) + "\n" for most in _LENGTHS)
    page = next(pages)
    for shorter in pages:
        if size(page) <= MOST_BYTES:
            break
        page = shorter
    return page


def _page(audit: Audit, most: int) -> Iterator[Markup]:
    yield from _head(audit)
    yield from _changes(audit, most)
    yield _section(lines.worst(audit), most)
    yield _packages(audit, most)
    for section in lines.unjudged(audit):
        yield _section(section, most)
    yield _endings(audit, most)
    yield _foot(audit)


def _head(audit: Audit) -> Iterator[Markup]:
    report = audit.report
    # Nobody sees it; by it the message of the night before can be found and replaced
    yield Markup(f"<!-- scangate: {_identity(audit)} -->")
    words = f"{lines.extent(audit)}, exit code {report.exit_code.value}"
    yield heading(2, Markup(f"{badge(report.verdict)}: {words}"))
    yield joined((Markup("audit of"), code(audit.target.text)))
    yield bullets(joined((strong("Note:"), note)) for note in lines.notes(audit))
    verdicts = audit.summary.verdicts
    rows = [(badge(it), number(verdicts[it])) for it in WORST_FIRST if verdicts.get(it)]
    yield table(("Verdict", "Images"), rows, numbers=("Images",)) if rows else NOTHING


def _identity(audit: Audit) -> str:
    return hashlib.sha256(f"audit {audit.target.text}".encode()).hexdigest()[:16]


def _changes(audit: Audit, most: int) -> Iterator[Markup]:
    if audit.changes is None:
        return
    yield heading(3, prose("Changes"))
    yield prose(lines.compared(audit.changes))
    yield bullets(joined((strong("Note:"), note)) for note in audit.changes.notes)
    for section in lines.turned(audit.changes):
        yield _section(section, most)


def _section(section: Section, most: int) -> Markup:
    if not section.entries:
        return NOTHING
    shown = (
        joined((code(name) or NO_NAME, prose(told, most=_LONGEST)))
        for name, told in section.entries[:most]
    )
    title = heading(3, prose(f"{section.title}: {len(section.entries)}"))
    return paragraphs((title, bullets(shown), more(len(section.entries) - most, "of them")))


def _packages(audit: Audit, most: int) -> Markup:
    packages = audit.summary.packages
    if not packages:
        return NOTHING
    columns = ("Package", "Upgrade to", "Images", "Alone", "Findings")
    shown = table(columns, map(_package, packages[:most]), numbers=columns[2:])
    title = heading(3, prose("Upgrades that mend most images"))
    left = more(len(packages) - most, "packages")
    return paragraphs((title, shown, left, prose(lines.prospect(audit))))


def _package(package: Package) -> Sequence[Markup]:
    numbers = (package.images, package.alone, package.clears)
    return (code(lines.package_of(package)), code(package.to), *map(number, numbers))


def _endings(audit: Audit, most: int) -> Markup:
    endings = audit.summary.endings
    if not endings:
        return NOTHING
    told = (f"{lines.ending_of(each)}; images: {each.images}" for each in endings[:most])
    title = heading(3, prose("Exceptions that end"))
    return paragraphs((title, bullets(told), more(len(endings) - most, "exceptions")))


def _foot(audit: Audit) -> Markup:
    report = audit.report
    policy = joined((Markup("policy:"), code(report.policy.name) or NO_NAME))
    judged = joined((Markup("judged at"), code(str(report.judged_at))))
    return joined((policy, judged), by=Markup(", "))
