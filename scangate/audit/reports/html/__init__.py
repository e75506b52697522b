"""HTML of an audit: one page for people, with charts, nothing to load and nothing to run.

It is made of the parts of a report's page, and has its style. Every number of a chart stands
beside it as text.
"""

from collections.abc import Iterator
from importlib import resources

from scangate.audit.audit import Audit
from scangate.audit.reports import lines
from scangate.audit.reports.html import charts
from scangate.audit.reports.lines import Section
from scangate.report import Report
from scangate.reports.html import assets
from scangate.reports.html.markup import (
    NEWLINE,
    NOTHING,
    SPACE,
    Markup,
    joined,
    jump,
    short,
    tag,
    text,
)
from scangate.reports.html.parts import badge, facts, listed, table

_DOCTYPE = Markup("<!DOCTYPE html>\n")
_MOST = 500
"""How many images a list has; more can be read by a script, from the JSON."""


def render(audit: Audit) -> str:
    """Write the audit as one self-contained page."""
    page = tag("html", NEWLINE, _head(audit.report), NEWLINE, _body(audit), NEWLINE, lang="en")
    return str(joined((_DOCTYPE, page, NEWLINE)))


def _head(report: Report) -> Markup:
    style = resources.files(__package__).joinpath("style.css").read_text(encoding="utf-8")
    title = tag("title", f"{report.verdict.value.upper()}: audit of a registry, scangate")
    generator = tag("meta", name="generator", content=f"scangate {report.version}")
    first = assets.head(more_style=style, scripted=False)
    return tag("head", NEWLINE, joined((first, title, generator), by=NEWLINE), NEWLINE)


def _body(audit: Audit) -> Markup:
    sections = [(title, place, part) for title, place, part in _sections(audit) if part]
    links = [jump(title, place) for title, place, _ in sections]
    sheets = (_sheet(title, place, part) for title, place, part in sections)
    parts = (
        _banner(audit),
        tag(
            "nav", listed([*links, jump("About this run", "run")], class_="parts"), aria_label=_NAV
        ),
        tag("main", NEWLINE, joined(sheets, by=NEWLINE), NEWLINE),
        tag("footer", tag("h2", "About this run"), facts(_facts(audit)), id="run"),
    )
    return tag("body", NEWLINE, joined(parts, by=NEWLINE), NEWLINE)


_NAV = "Parts of this page"


def _banner(audit: Audit) -> Markup:
    report = audit.report
    target = short(audit.target.text)
    return tag(
        "header",
        tag("h1", badge(report.verdict), SPACE, tag("span", "Audit of ", target)),
        tag("p", f"{lines.extent(audit)}: {lines.tally(audit)}."),
        tag("p", f"Exit code {report.exit_code.value}. Judged {report.judged_at}."),
        listed(lines.notes(audit), class_="caution"),
        class_=report.verdict.value,
    )


def _sections(audit: Audit) -> Iterator[tuple[str, str, Markup]]:
    """Yield the parts of the page: a title, an id and, where there is anything, the content."""
    yield "Overview", "overview", charts.overview(audit)
    yield "Changes", "changes", _changes(audit)
    yield "Worst images", "worst", _images(lines.worst(audit), "Breaks")
    yield "Upgrades", "upgrades", charts.packages(audit)
    for number, section in enumerate(lines.unjudged(audit)):
        yield section.title, f"unjudged-{number}", _images(section, "Why")
    endings = [
        f"{lines.ending_of(each)}; images: {each.images}" for each in audit.summary.endings[:_MOST]
    ]
    yield "Exceptions that end", "endings", listed(endings, class_="endings")


def _sheet(title: str, place: str, content: Markup) -> Markup:
    return tag("section", tag("h2", title), content, id=place, class_="sheet")


def _changes(audit: Audit) -> Markup:
    changes = audit.changes
    if changes is None:
        return NOTHING
    parts = (
        joined((tag("h3", section.title), _images(section, "Change")))
        for section in lines.turned(changes)
        if section.entries
    )
    notes = listed(changes.notes, class_="caution")
    return joined((tag("p", lines.compared(changes)), notes, *parts))


def _images(section: Section, what: str) -> Markup:
    number = len(section.entries)
    if not number:
        return NOTHING
    shown = f"Images: the first {_MOST} of {number}" if number > _MOST else f"Images: {number}"
    rows = ((short(name), text(told)) for name, told in section.entries[:_MOST])
    return table("images", shown, columns=("Image", what), rows=rows)


def _facts(audit: Audit) -> Iterator[tuple[str, str]]:
    report, extent = audit.report, audit.extent
    policy = report.policy
    yield "Verdict", badge(report.verdict)
    yield "Exit code", str(report.exit_code.value)
    yield "Target", short(audit.target.text)
    yield "Limits", listed(audit.selection, class_="limits")
    yield "Repositories", str(extent.repositories)
    yield "Images listed", str(extent.listed)
    yield "Images to judge", str(extent.chosen)
    yield "Images passed by counts alone", str(audit.summary.believed)
    yield "Judged at", str(report.judged_at)
    yield "Judged as if it were", "" if report.simulated_at is None else str(report.simulated_at)
    yield "Mode", report.mode
    yield "Endpoint", text(report.endpoint)
    yield "API", short(report.api)
    yield "Policy", short(policy.name)
    yield "Policy read from", text(policy.source)
    yield "SHA-256 of the policy", text(policy.sha256)
    yield "Feeds", listed(policy.feeds, class_="feeds")
    yield "Written by", text(f"scangate {report.version}")
