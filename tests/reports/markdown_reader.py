"""Markdown as markdown-it reads it, and what that reading must agree with.

The reader knows tables, raw HTML and links made of bare addresses, as GitHub and GitLab do. It
takes only what a page may be made of, and fails on anything else.
"""

import functools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scangate.fixes import render_draft
from scangate.model import Severity, Vulnerability
from scangate.report import WORST_FIRST, Finding, FixPlan, ImageOutcome, Report, RuleOutcome
from scangate.reports.markdown import MOST_BYTES
from scangate.reports.markdown.remedies import PROMISE
from scangate.reports.text import clean, clean_line
from scangate.reports.wording import caveats, caveats_of, counts_of, failure_of

MARKER = re.compile(r"<!-- scangate: [0-9a-f]{16} -->")
SIGNS = {"pass": "✅ PASS", "warn": "🟡 WARN", "fail": "❌ FAIL", "error": "⛔ ERROR"}
CUT = re.compile(r"… and \d+ more (?!to accept)|There (was|is) no room")
"""What is said when there is more to tell; entries that cannot be copied are always left out."""

_HTML = re.compile(
    r"<details>\n<summary>([A-Za-z0-9 ]+)</summary>|</details>|<!-- scangate: [0-9a-f]{16} -->"
)
# Of what people and programs act on (@, #, !1, ~, %, $, /, :x:) nothing stands outside of a span
_PLAIN = re.compile(r"[\w ✅🟡❌⛔.,;:!?()'|`…-]*")
_ACTIVE = re.compile(r":\w+:|![\w\[({]|\w\.\w|_|\b(?=\d*[a-f])(?!\d+d\b)[0-9a-f]{7,}\b")
_BLOCKS = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"),
    *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close", "html_block"),
    *("table_open", "table_close", "thead_open", "thead_close", "tbody_open", "tbody_close"),
    *("tr_open", "tr_close", "th_open", "th_close", "td_open", "td_close"),
}
_SPANS = {"text", "code_inline", "strong_open", "strong_close", "link_open", "link_close"}
_READER = MarkdownIt("gfm-like")


@dataclass
class Section:
    """What stands under a heading of the second or third rank, in order."""

    title: str
    titles: list[str] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    tables: dict[str, list[list[str]]] = field(default_factory=dict)
    fences: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)


def read(text: str) -> list[Section]:
    """Read a page. Raises AssertionError for anything that has no place in one."""
    tokens = _READER.parse(text)
    assert tokens[0].type == "html_block"
    sections = [Section("")]
    open_details = depth = 0
    for place, token in enumerate(tokens):
        assert token.type in _BLOCKS, token
        depth += token.nesting * (token.type.startswith("list_item"))
        before = tokens[place - 1] if place else token
        if token.type == "inline":
            if before.tag in ("h2", "h3"):
                sections.append(Section(_content(token)))
            _take(sections[-1], token, tokens[place - 2 : place], in_list=depth > 0)
        elif token.type == "fence":
            assert token.info == "yaml"
            sections[-1].fences.append(token.content)
        elif token.type == "html_block":
            found = _HTML.fullmatch(token.content.strip())
            assert found is not None, token.content
            assert place == 0 or not token.content.startswith("<!--")
            open_details += found[0].startswith("<d") - found[0].startswith("</")
            assert 0 <= open_details <= 1
            sections[-1].summaries.extend(filter(None, found.groups()))
    assert open_details == 0
    return sections[1:]


def _take(section: Section, token: Token, around: Sequence[Token], *, in_list: bool) -> None:
    outer, before = around
    content = _content(token)
    section.links.extend(_links(token))
    rows = list(section.tables.values())[-1] if section.tables else []
    if before.tag == "h4":
        section.titles.append(content)
    elif before.tag == "th":
        if outer.type == "tr_open":
            # The folded rest of a table has its columns again
            section.tables.setdefault(content, [])
    elif before.tag == "td":
        if outer.type == "tr_open":
            rows.append([])
        rows[-1].append(content)
    elif before.tag == "p":
        (section.items if in_list else section.paragraphs).append(content)


def _content(token: Token) -> str:
    """Return what is read, and see to it that nothing in it is more than a text."""
    children = token.children or []
    assert {each.type for each in children} <= _SPANS, children
    for each in children:
        if each.type == "text":
            assert _PLAIN.fullmatch(each.content), each.content
            assert not _ACTIVE.search(each.content), each.content
    return " ".join("".join(each.content for each in children).split())


def _links(token: Token) -> Iterator[tuple[str, str]]:
    children = token.children or []
    for place, each in enumerate(children):
        if each.type == "link_open":
            assert each.info != "auto"
            yield children[place + 1].content, str(each.attrs["href"])


@functools.lru_cache(maxsize=4096)
def seen(text: str, most: int = 200) -> str:
    """Return how a foreign text reads."""
    return " ".join(clean_line(text, most=most).split())


def check_markdown(report: Report, text: str) -> None:
    """Hold a page against the report that it tells of."""
    assert len(text.encode()) <= MOST_BYTES
    lines = text.splitlines()
    assert MARKER.fullmatch(lines[0])
    assert not [line for line in lines if re.match(r"\s*(::|/|##\[|---)", line)]
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff]", text)
    assert "##[" not in text
    head, *told, foot = read(text)
    images = sorted(report.images, key=lambda outcome: WORST_FIRST.index(outcome.verdict))
    _check_head(report, head, images)
    _check_foot(report, foot)
    titles = [f"{SIGNS[each.verdict.value]} {_name(each)}" for each in images]
    if CUT.search(text):
        assert {section.title for section in told} <= set(titles)
        return
    assert [section.title for section in told] == titles
    for outcome, section in zip(images, told, strict=True):
        _check_image(report, outcome, section)


def _name(outcome: ImageOutcome) -> str:
    platform = outcome.image.platform if outcome.image else ""
    return f"{seen(outcome.reference) or '(no name)'} {seen(platform)}".strip()


def _check_head(report: Report, head: Section, images: Sequence[ImageOutcome]) -> None:
    number = "1 image" if len(images) == 1 else f"{len(images)} images"
    assert head.title.startswith(f"{SIGNS[report.verdict.value]}: {number}")
    assert head.title.endswith(f", exit code {report.exit_code.value}")
    assert head.items == [f"Note: {seen(each, 500)}" for each in caveats(report)]
    overview = head.tables.get("Verdict", [])
    assert len(overview) == (len(images) if len(images) > 1 else 0)
    for outcome, (verdict, _, critical, high, code) in zip(images, overview, strict=False):
        counts = counts_of(outcome)
        assert verdict == SIGNS[outcome.verdict.value]
        assert critical == ("-" if counts is None else str(counts.critical))
        assert high == ("-" if counts is None else str(counts.high))
        assert code == str(outcome.exit_code.value)


def _check_foot(report: Report, foot: Section) -> None:
    source = f" ({seen(report.policy.source)})" if seen(report.policy.source) else ""
    digest = seen(report.policy.sha256)
    assert foot.title == "Judged by"
    assert foot.items == [
        f"policy: {seen(report.policy.name) or '(no name)'}{source}",
        *([f"policy sha256: {digest}"] if digest else []),
        *(f"feed: {seen(feed, 500)}".rstrip() for feed in report.policy.feeds),
    ]
    version = seen(report.version) or "(no name)"
    assert foot.paragraphs == [f"scangate {version}, judged at {report.judged_at}"]
    assert not foot.tables


def _check_image(report: Report, outcome: ImageOutcome, section: Section) -> None:
    plan = FixPlan()
    if failure_of(outcome) is None and outcome.fix_plan is not None:
        plan = outcome.fix_plan
    items = [_SCAN.sub(r"\1", item) for item in section.items]
    notices = [seen(each, 500) for each in outcome.notices]
    told = [*_facts(report, outcome), *_steps(plan), *notices]
    assert items == [item for item in told if item]
    _check_rules(outcome.rules, section.tables.pop("Rule", []))
    _check_findings(outcome.rules, section)
    _check_upgrades(plan, section.tables.pop("Upgrade", []))
    _check_exempt(outcome, section.tables.pop("Not counted", []))
    _check_drafts(plan, section)
    assert not section.tables
    titles = {title for title in section.titles if title not in _TITLES}
    assert not titles


_SCAN = re.compile(r"^(scan: .*?)(?: at \S+Z \([^()]*\))?(?: after \d+ s of waiting)?$")
_TITLES = {"What to do", "Findings of broken rules", "Exceptions", "Notices"}
_BUCKETS = {"counted": "counted", "ignored": "ignored", "vex": "by VEX", "unselected": "by no rule"}


def _facts(report: Report, outcome: ImageOutcome) -> Iterator[str]:
    failure, counts = failure_of(outcome), counts_of(outcome)
    if failure is not None:
        yield _words("No verdict:", seen(failure.message, 500), f"({failure.kind})")
        hint = [seen(line, 500) for line in clean(failure.hint).split("\n")]
        yield from (f"Next: {line}" for line in list(filter(None, hint))[:10])
    yield from (f"Note: {each}" for each in caveats_of(report, outcome))
    if outcome.gap:
        yield f"Note: the evidence is not complete: {seen(outcome.gap, 500)}"
    if outcome.image is not None and outcome.image.digest:
        yield f"digest: {seen(outcome.image.digest)}"
    if outcome.scan is not None:
        status = seen(outcome.scan.status_word.lower(), 500) or outcome.scan.status.value.lower()
        yield _words("scan:", seen(outcome.scan.id), status)
    if counts is not None:
        yield "counts: " + ", ".join(f"{counts.of(each)} {each.value}" for each in Severity)
    buckets = Counter(finding.bucket.value for finding in outcome.findings or ())
    if set(buckets) - {"counted"}:
        told = [f"{buckets[key]} {word}" for key, word in _BUCKETS.items()]
        yield "buckets: " + ", ".join(each for each in told if not re.match("0 (?!counted)", each))


def _steps(plan: FixPlan) -> Iterator[str]:
    then = "With these upgrades" if plan.upgrades else "No upgrade helps:"
    for each in plan.remains:
        yield _words(then, seen(each.rule), f"would still be at {each.count}, {each.max} allowed.")
    for entry in plan.removable:
        where = f"({seen(entry.written)})" if seen(entry.written) else ""
        package = f"in {seen(entry.package)}" if seen(entry.package) else ""
        until = f" on {entry.expires}" if entry.expires else ""
        expired = f"{'' if until else 'has '}expired{until}"
        why = expired if entry.state.value == "expired" else "takes nothing out of the count"
        yield _words(seen(entry.id), package, where, why)


def _words(*parts: str) -> str:
    return " ".join(filter(None, parts)).strip()


def _check_rules(rules: Sequence[RuleOutcome], rows: Sequence[Sequence[str]]) -> None:
    if not [rule for rule in rules if rule.verdict]:
        assert not rows
        return
    assert len(rows) == len(rules)
    for rule, (name, verdict, found, allowed, place, *message) in zip(rules, rows, strict=True):
        title = seen(rule.title, 500)
        assert name == (seen(rule.name) or "(no name)") + (
            f": {title}".rstrip() if rule.title else ""
        )
        assert verdict == (SIGNS[rule.verdict.value] if rule.verdict else "not judged")
        assert (found, allowed) == ("-" if rule.count is None else str(rule.count), str(rule.max))
        assert place == ("" if rule.place is None else seen(f"{rule.place.file}:{rule.place.line}"))
        broken = rule.verdict is not None and rule.verdict.value in ("fail", "warn")
        assert "".join(message) == (seen(rule.message, 500) if broken else "")


def _check_findings(rules: Sequence[RuleOutcome], section: Section) -> None:
    """An advisory is one row, whatever number of packages it hits; every one has a row."""
    broken = [rule for rule in rules if rule.verdict and rule.verdict.value in ("fail", "warn")]
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for it in (it for rule in broken for it in rule.findings or ()):
        groups.setdefault(_advisory(it.vulnerability), []).append(it)
    rows = section.tables.pop("Package", [])
    told = Counter((severity, name, "".join(notes)) for _, _, _, severity, name, *notes in rows)
    assert told == Counter(
        (severity, seen(name) or "(no ID)", _notes(group))
        for (severity, name, _), group in groups.items()
    )
    links = {
        (seen(it.vulnerability.id) or "(no ID)", it.vulnerability.link)
        for rule in broken
        for it in rule.findings or ()
    }
    for words, href in section.links:
        assert href.startswith(("https://", "http://"))
        assert (words, href) in links


def _notes(group: Sequence[Finding]) -> str:
    words = ["KEV"] * any(it.known_exploited for it in group) + ["new"] * any(
        it.new for it in group
    )
    scores = [it.epss for it in group if it.epss is not None]
    return ", ".join([*words, *(f"EPSS {score:.2g}" for score in sorted(scores)[-1:])])


def _advisory(row: Vulnerability) -> tuple[str, str, str]:
    return (row.severity.value, row.id, "" if row.id else row.package)


def _check_upgrades(plan: FixPlan, rows: Sequence[Sequence[str]]) -> None:
    assert len(rows) == len(plan.upgrades)
    for upgrade, (name, installed, to, clears, ids) in zip(plan.upgrades, rows, strict=True):
        assert name.startswith(seen(upgrade.package))
        assert installed == seen(", ".join(filter(None, upgrade.versions)))
        assert (to, clears) == (seen(upgrade.to), str(len(upgrade.findings)))
        first = next((it.vulnerability.id for it in upgrade.findings if it.vulnerability.id), "")
        assert ids.startswith(seen(first))


def _check_drafts(plan: FixPlan, section: Section) -> None:
    written = [(draft, render_draft(draft)) for draft in plan.drafts]
    whole = [draft for draft, text in written if clean(text) == text and len(text) <= 500]
    entries = [entry for fence in section.fences for entry in yaml.safe_load(fence)]
    assert [(it["id"], it["package"], it["expires"]) for it in entries] == [
        (draft.id, draft.package, draft.expires) for draft in whole
    ]
    left_out = len(plan.drafts) - len(whole)
    told = f"… and {left_out} more to accept, see the full report"
    assert (told in section.paragraphs) == (left_out > 0)
    passes = bool(plan.upgrades) and not plan.remains
    assert (PROMISE in section.paragraphs) == passes


def _check_exempt(outcome: ImageOutcome, rows: Sequence[Sequence[str]]) -> None:
    """Whatever somebody takes out of the count is there, with its end."""
    hidden = {
        (*_advisory(it.vulnerability), it.suppression)
        for it in outcome.findings or ()
        if it.suppression is not None
    }
    told = Counter((severity, expires, reason) for _, severity, _, expires, _, reason in rows)
    assert told == Counter(
        (severity, str(why.expires or "never"), seen(why.reason, 300))
        for severity, _, _, why in hidden
    )
