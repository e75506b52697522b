"""markdown: a job summary, or a comment on a merge request, for GitHub and GitLab.

GitHub refuses a comment of more than 65,536 characters and drops a summary of more than 1 MiB
entirely (actions/runner, FileCommandManager.cs), so a page has at most `MOST_BYTES`: where there is
more to tell, the worst images are told first, and what is left out is counted. Only so many images
that their verdicts alone need more make it longer, up to `MOST_BYTES_EVER`.

The first line is a comment that nobody sees. It depends on the repositories alone, not on tags,
digests or times, so that a comment can be found again and replaced.
"""

import hashlib
from collections.abc import Iterator, Sequence

import msgspec

from scangate.report import WORST_FIRST, ImageOutcome, Report
from scangate.reports.markdown.fitting import fit
from scangate.reports.markdown.image import Section, name_of
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
from scangate.reports.names import repository_of
from scangate.reports.text import clean_line
from scangate.reports.wording import caveats, counts_of

MOST_BYTES = 60_000
MOST_BYTES_EVER = 900 * 1024

_MOST_IMAGES = 2000
_MOST_FEEDS = 8
_NAME_LENGTHS = (200, 80, 25)
"""How much of a reference is shown in the overview, where there are more and more images."""


def render(report: Report) -> str:
    """Write the page: the verdict, then the images, the worst first, then by which policy."""
    images = sorted(report.images, key=lambda outcome: WORST_FIRST.index(outcome.verdict))
    sections = [Section(report, outcome) for outcome in images]
    head = [_marker(report), *_head(report)]
    if len(images) > 1:
        head.append(_overview(images))
    foot = _foot(report)
    closing = NOTHING if len(images) == 1 else _untold(len(images))
    room = MOST_BYTES - size(paragraphs([*head, closing, foot]) + "\n")
    written = fit([section.write for section in sections], room=room)
    if len(images) == 1 and None in written:
        written = [sections[0].write(0)]
    told = [text for text in written if text is not None]
    return paragraphs([*head, *told, _untold(len(images) - len(told)), foot]) + "\n"


def _marker(report: Report) -> Markup:
    repositories = sorted(set(map(_repository, report.images)))
    name = hashlib.sha256("\n".join(repositories).encode()).hexdigest()[:16]
    return Markup(f"<!-- scangate: {name} -->")


def _repository(outcome: ImageOutcome) -> str:
    """A reference says the same in a build that does not find the image; an image ID says nothing.

    Platforms come and go in an index.
    """
    if "/" in outcome.reference or outcome.image is None:
        name = repository_of(msgspec.structs.replace(outcome, image=None))
    else:
        name = outcome.image.repository
    return clean_line(name)


def _head(report: Report) -> Iterator[Markup]:
    exit_code = report.exit_code.value
    tally = f"{_tally(report)}, exit code {exit_code}"
    yield heading(2, Markup(f"{badge(report.verdict)}: {tally}"))
    yield bullets(joined((strong("Note:"), caveat)) for caveat in caveats(report))


def _tally(report: Report) -> str:
    verdicts = [outcome.verdict for outcome in report.images]
    if len(verdicts) == 1:
        return "1 image"
    numbers = [(verdicts.count(verdict), verdict.value) for verdict in WORST_FIRST]
    parts = [f"{count} {word}" for count, word in numbers if count]
    return f"{len(verdicts)} images" + (f" ({', '.join(parts)})" if parts else "")


def _overview(images: Sequence[ImageOutcome]) -> Markup:
    """Give every image a row with its verdict, whatever else there is room for."""
    *longer, shortest = _NAME_LENGTHS
    for longest in longer:
        written = _overview_table(images, longest)
        if size(written) <= MOST_BYTES // 2:
            return written
    return _overview_table(images, shortest)


def _overview_table(images: Sequence[ImageOutcome], longest: int) -> Markup:
    columns = ("Verdict", "Image", "Critical", "High", "Exit code")
    rows = [_overview_row(outcome, longest) for outcome in images[:_MOST_IMAGES]]
    shown = table(columns, rows, numbers=columns[2:])
    return paragraphs((shown, more(len(images) - _MOST_IMAGES, "images")))


def _overview_row(outcome: ImageOutcome, longest: int) -> Sequence[Markup]:
    counts = counts_of(outcome)
    return (
        badge(outcome.verdict),
        name_of(outcome, most=longest),
        number(None if counts is None else counts.critical),
        number(None if counts is None else counts.high),
        number(outcome.exit_code.value),
    )


def _untold(number: int) -> Markup:
    told = f"There was no room for the details of {number} images, see the full report."
    return Markup(told) if number else NOTHING


def _foot(report: Report) -> Markup:
    """Say by what it was judged, by which version and when."""
    policy = report.policy
    source, digest = code(policy.source), code(policy.sha256)
    facts = (
        joined(("policy:", code(policy.name) or NO_NAME, Markup(f"({source})") if source else "")),
        joined((Markup("policy sha256:"), digest)) if digest else NOTHING,
        *(joined(("feed:", feed)) for feed in policy.feeds[:_MOST_FEEDS]),
        more(len(policy.feeds) - _MOST_FEEDS, "feeds"),
    )
    version = code(report.version) or NO_NAME
    return paragraphs(
        (
            heading(3, prose("Judged by")),
            bullets(facts),
            Markup(f"scangate {version}, judged at {code(str(report.judged_at))}"),
        )
    )
