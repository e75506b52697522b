"""Every finding in a row of a table, and the form that filters them."""

import functools
from collections import Counter
from collections.abc import Iterable, Sequence

from scangate.model import Severity, Vulnerability
from scangate.report import Bucket, Finding, ImageOutcome, Suppression
from scangate.reports.html.markup import (
    COMMA,
    HOLE,
    SPACE,
    Markup,
    filled,
    joined,
    link,
    short,
    tag,
    text,
)
from scangate.reports.html.parts import BUCKETS, grid

_COLUMNS = ("Vulnerability", "Severity", "Package", "Installed", "Fixed in", "What became of it")
_REMARKS = "Remarks"
_LONGEST_REASON = 500


def findings(outcome: ImageOutcome, place: str) -> Markup:
    """Show all findings. `place` is the id of the image's section.

    The form is hidden until the script takes it into service: without it everything is shown.
    """
    found = outcome.findings
    if found is None:
        return tag("p", "The findings were not listed one by one.")
    if not found:
        return tag("p", "There are no findings.")
    remarked = any(map(_remarks, found))
    columns = (*_COLUMNS, _REMARKS) if remarked else _COLUMNS
    rows = (_row(finding, remarked=remarked) for finding in found)
    name = "findings remarked" if remarked else "findings"
    return joined((_form(found, place), grid(name, _caption(found), columns=columns, rows=rows)))


def _caption(found: Sequence[Finding]) -> str:
    return "1 finding" if len(found) == 1 else f"{len(found)} findings, the worst first"


def _pattern(*, cells: int) -> Markup:
    head = tag("th", HOLE, scope="row")
    return tag("tr", head, *(tag("td", HOLE) for _ in range(cells)), class_=HOLE)


_ROW = _pattern(cells=5)
_REMARKED_ROW = _pattern(cells=6)
_KINDS = {(it, bucket): text(f"{it.value} {bucket.value}") for it in Severity for bucket in Bucket}


def _row(finding: Finding, *, remarked: bool) -> Markup:
    row = finding.vulnerability
    cells = (
        _KINDS[row.severity, finding.bucket],
        link(short(row.id) or "(no ID)", row.link),
        _severity(row.severity, row.severity_word),
        _package(row.package, row.type, row.origin),
        _version(row.version),
        _fix(row),
        _story(finding),
    )
    return filled(_REMARKED_ROW, *cells, _remarks(finding)) if remarked else filled(_ROW, *cells)


@functools.lru_cache(maxsize=256)
def _severity(severity: Severity, word: str) -> Markup:
    """Show the service's own word where this version does not know it."""
    return short(f"{severity.value} ({word})" if word else severity.value)


@functools.lru_cache(maxsize=1024)
def _package(package: str, kind: str, origin: str) -> Markup:
    name = short(package) or text("(no package named)")
    where = joined(filter(None, (short(kind), short(origin))), by=COMMA)
    return joined((name, tag("small", where)), by=SPACE) if where else name


_version = functools.lru_cache(maxsize=1024)(short)


def _fix(row: Vulnerability) -> Markup:
    if row.fixable is None:
        return text("not told")
    return _version(row.fixed_version) or text("no fix yet")


def _story(finding: Finding) -> Markup:
    word = BUCKETS[finding.bucket]
    if finding.suppression is not None:
        return _exemption(word, finding.suppression)
    return _counted(word, finding.rules)


@functools.lru_cache(maxsize=256)
def _counted(word: str, rules: tuple[str, ...]) -> Markup:
    return joined((tag("b", word), joined(map(short, rules), by=COMMA)), by=SPACE)


@functools.lru_cache(maxsize=256)
def _exemption(word: str, why: Suppression) -> Markup:
    until = "for ever" if why.expires is None else f"until {why.expires.isoformat()}"
    reason = text(why.reason, most=_LONGEST_REASON)
    return joined((tag("b", word), until, reason, tag("small", short(why.by))), by=SPACE)


def _remarks(finding: Finding) -> Markup:
    """Tell what the feeds and the baseline say of it, where they say something."""
    new = "new" if finding.new else ""
    exploited = "known exploited" if finding.known_exploited else ""
    epss = "" if finding.epss is None else f"EPSS {finding.epss:.4g}"
    return joined(filter(None, (new, exploited, epss)), by=COMMA)


def _form(found: Sequence[Finding], place: str) -> Markup:
    severities = Counter(finding.vulnerability.severity for finding in found)
    buckets = Counter(finding.bucket for finding in found)
    return tag(
        "form",
        _field("Text", tag("input", type="search", spellcheck="false")),
        _field("Severity", _choice((it.value, it.value, severities[it]) for it in Severity)),
        _field("What became of it", _choice((it.value, BUCKETS[it], buckets[it]) for it in Bucket)),
        tag("button", "Show all", type="reset"),
        tag("output"),
        class_="filter",
        role="search",
        aria_label=f"Filter the findings of {place}",
        autocomplete="off",
        hidden=True,
    )


def _field(name: str, control: Markup) -> Markup:
    return tag("label", name, SPACE, control)


def _choice(options: Iterable[tuple[str, str, int]]) -> Markup:
    every = tag("option", "any", value="")
    some = (
        tag("option", f"{words} ({number})", value=value)
        for value, words, number in options
        if number
    )
    return tag("select", every, *some)
