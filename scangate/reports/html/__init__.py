"""HTML: the whole report as one page for people, with nothing to load and nothing to set up.

Of a page that is kept and passed on nothing may run but its own script: a Content-Security-Policy
names that, and the style, by their digests. Without the script everything is shown.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from scangate.report import WORST_FIRST, ImageOutcome, Report, Verdict
from scangate.reports.html import assets, image
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
from scangate.reports.wording import BROKEN, caveats

_DOCTYPE = Markup("<!DOCTYPE html>\n")
_MEANINGS = {
    Verdict.PASS: "Every image is within the limits of the policy.",
    Verdict.WARN: "Passed, with warnings.",
    Verdict.FAIL: "The policy is violated.",
    Verdict.ERROR: "There is no verdict, which is not a pass.",
}


def render(report: Report) -> str:
    """Write the report as one self-contained page."""
    page = tag("html", NEWLINE, _head(report), NEWLINE, _body(report), NEWLINE, lang="en")
    return str(joined((_DOCTYPE, page, NEWLINE)))


def _head(report: Report) -> Markup:
    title = tag("title", f"{report.verdict.value.upper()}: vulnerability gate, scangate")
    generator = tag("meta", name="generator", content=f"scangate {report.version}")
    return tag("head", NEWLINE, joined((assets.head(), title, generator), by=NEWLINE), NEWLINE)


def _body(report: Report) -> Markup:
    places = [(f"image-{place}", each) for place, each in enumerate(report.images, start=1)]
    sections = joined((image.section(report, each, place) for place, each in places), by=NEWLINE)
    parts = (
        _banner(report),
        _contents(places),
        tag("main", NEWLINE, _overview(places), sections, NEWLINE),
        _run(report),
        assets.script(),
    )
    return tag("body", NEWLINE, joined(parts, by=NEWLINE), NEWLINE)


def _banner(report: Report) -> Markup:
    policy = f"Judged {report.judged_at} by the policy"
    return tag(
        "header",
        tag("h1", badge(report.verdict), SPACE, tag("span", _MEANINGS[report.verdict])),
        tag("p", _tally(report), SPACE, f"Exit code {report.exit_code.value}."),
        tag("p", policy, SPACE, short(report.policy.name)),
        listed(caveats(report), class_="caution"),
        class_=report.verdict.value,
    )


def _tally(report: Report) -> str:
    verdicts = Counter(outcome.verdict for outcome in report.images)
    parts = [f"{verdicts[each]} {each.value}" for each in WORST_FIRST if verdicts[each]]
    images = "1 image" if len(report.images) == 1 else f"{len(report.images)} images"
    return f"{images}: {', '.join(parts)}." if parts else f"{images}."


def _contents(places: Sequence[tuple[str, ImageOutcome]]) -> Markup:
    """Lead to the parts of the page."""
    links = [*_ways(places), jump("About this run", "run")]
    return tag("nav", listed(links, class_="parts"), aria_label="Parts of this page")


def _ways(places: Sequence[tuple[str, ImageOutcome]]) -> Iterator[Markup]:
    if len(places) > 1:
        yield jump("Images", "images")
    elif places:
        place, outcome = places[0]
        yield jump(image.name_of(outcome), place)
        yield jump("Findings", f"{place}-findings")


def _overview(places: Sequence[tuple[str, ImageOutcome]]) -> Markup:
    """Tell the verdicts of several images at a glance."""
    if len(places) < 2:
        return NOTHING
    rows = (_line(place, each) for place, each in places)
    columns = ("Image", "Verdict", "Exit code", "Rules broken")
    caption = "The images, in the order in which they were named"
    content = table("images", caption, columns=columns, rows=rows)
    return tag("section", tag("h2", "Images"), content, id="images", class_="sheet")


def _line(place: str, outcome: ImageOutcome) -> Sequence[str]:
    broken = sum(rule.verdict in BROKEN for rule in outcome.rules)
    code = outcome.exit_code.value
    return (jump(image.name_of(outcome), place), badge(outcome.verdict), str(code), str(broken))


def _run(report: Report) -> Markup:
    return tag("footer", tag("h2", "About this run"), facts(_facts(report)), id="run")


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    policy = report.policy
    yield "Verdict", badge(report.verdict)
    yield "Exit code", str(report.exit_code.value)
    yield "Judged at", str(report.judged_at)
    yield "Judged as if it were", "" if report.simulated_at is None else str(report.simulated_at)
    yield "Mode", report.mode
    yield "Evidence from", report.evidence
    yield "Endpoint", text(report.endpoint)
    yield "Endpoint of a known cloud", "yes" if report.endpoint_known else "no"
    yield "API", short(report.api)
    yield "Policy", short(policy.name)
    yield "Policy read from", text(policy.source)
    yield "SHA-256 of the policy", text(policy.sha256)
    yield "Feeds", listed(policy.feeds, class_="feeds")
    yield "Written by", text(f"scangate {report.version}")
