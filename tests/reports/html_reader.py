"""What the reading of a page must agree with: the report, row by row, and no row more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

import yaml

from scangate.fixes import render_draft
from scangate.model import Severity
from scangate.report import (
    WORST_FIRST,
    Bucket,
    Finding,
    FixPlan,
    IgnoreDraft,
    ImageOutcome,
    Report,
)
from scangate.reports.text import clean, clean_lines
from scangate.reports.wording import BROKEN, caveats, caveats_of, counts_of, failure_of

from .html_page import Page, blocks, cells, element, facts, items, rows, spaced, table, words
from .html_words import (
    BUCKETS,
    LONG,
    brief,
    finding_row,
    ignore_row,
    image_words,
    last_day,
    linked,
    remarks,
    removal_words,
    rule_row,
    shown,
    upgrade_row,
)


def check_html(report: Report, text: str) -> None:
    """Hold a page against the report that it tells of."""
    page = Page(text)
    (header,), (main,), (footer,) = map(page.all, ("header", "main", "footer"))
    word = report.verdict.value.upper()
    assert words(page.all("title")[0]).startswith(f"{word}: ")
    assert words(page.all("h1")[0]).split()[0] == word
    _check_header(report, header)
    _check_run(report, facts(footer), footer)
    found = [each for each in main if (each.get("id") or "").startswith("image-")]
    numbers = range(1, len(report.images) + 1)
    assert [each.get("id") for each in found] == [f"image-{number}" for number in numbers]
    assert len(main) == len(found) + (len(found) > 1)
    _check_overview(report, table(main, "images"))
    for outcome, section in zip(report.images, found, strict=True):
        _check_image(report, outcome, section)


def _check_header(report: Report, header: Element) -> None:
    verdicts = Counter(outcome.verdict for outcome in report.images)
    tally = ", ".join(f"{verdicts[each]} {each.value}" for each in WORST_FIRST if verdicts[each])
    images = f"{len(report.images)} image{'s' if len(report.images) != 1 else ''}"
    code = f"Exit code {report.exit_code.value}."
    assert words(header[1]) == f"{images}{': ' if tally else ''}{tally}. {code}"
    policy = brief(report.policy.name)
    assert words(header[2]) == spaced(f"Judged {report.judged_at} by the policy {policy}")
    assert items(header, "caution") == list(map(shown, caveats(report)))


def _check_run(report: Report, told: dict[str, str], footer: Element) -> None:
    policy = report.policy
    expected = {
        "Verdict": report.verdict.value.upper(),
        "Exit code": str(report.exit_code.value),
        "Judged at": str(report.judged_at),
        "Judged as if it were": str(report.simulated_at or ""),
        "Mode": report.mode,
        "Evidence from": report.evidence,
        "Endpoint": shown(report.endpoint),
        "Endpoint of a known cloud": "yes" if report.endpoint_known else "no",
        "API": brief(report.api),
        "Policy": brief(policy.name),
        "Policy read from": shown(policy.source),
        "SHA-256 of the policy": shown(policy.sha256),
        "Written by": shown(f"scangate {report.version}"),
    }
    assert items(footer, "feeds") == list(map(shown, policy.feeds))
    assert (told.pop("Feeds", None) is not None) == bool(policy.feeds)
    assert told == {name: value for name, value in expected.items() if value}


def _check_overview(report: Report, told: list[list[str]] | None) -> None:
    if len(report.images) < 2:
        assert told is None
        return
    assert told == [
        [
            image_words(outcome),
            outcome.verdict.value.upper(),
            str(outcome.exit_code.value),
            str(sum(rule.verdict in BROKEN for rule in outcome.rules)),
        ]
        for outcome in report.images
    ]


def _check_image(report: Report, outcome: ImageOutcome, section: Element) -> None:
    parts = dict(blocks(section))
    failure = failure_of(outcome)
    assert words(section[0]) == spaced(f"{outcome.verdict.value.upper()} {image_words(outcome)}")
    gap = [f"the evidence is not complete: {outcome.gap}"] if outcome.gap else []
    assert items(section, "caution") == [*map(shown, caveats_of(report, outcome)), *map(shown, gap)]
    assert ("No verdict" in parts) == (failure is not None)
    if failure is not None:
        first, *rest = parts["No verdict"].findall("p")
        assert words(first) == spaced(f"{shown(failure.message)} {failure.kind}")
        assert list(map(words, rest)) == list(map(shown, clean_lines(failure.hint)))
    assert table(section, "rules") == (list(map(rule_row, outcome.rules)) or None)
    assert items(section, "notices") == list(map(shown, outcome.notices))
    _check_counts(outcome, section)
    _check_plan(outcome.fix_plan if failure is None else None, parts.get("Fix plan"), section)
    _check_exceptions(outcome, section)
    _check_evidence(outcome, facts(parts["Evidence"]))
    _check_findings(outcome.findings, section)
    known = ("rules", "upgrades", "counts", "ignores", "statements", "findings")
    tables = [name for name in known if element(section, "table", name) is not None]
    assert [(each.get("class") or "").split()[0] for each in section.iter("table")] == tables


def _check_counts(outcome: ImageOutcome, section: Element) -> None:
    counts, told = counts_of(outcome), table(section, "counts")
    if counts is None:
        assert told is None
        return
    found = outcome.findings
    numbers = Counter((each.vulnerability.severity, each.bucket) for each in found or ())
    buckets = () if found is None else tuple(BUCKETS)
    assert told == [
        [each.value, str(counts.of(each)), "", *(str(numbers[each, it]) for it in buckets)]
        for each in Severity
    ]
    chart = element(section, "table", "counts")
    assert chart is not None
    totals = Counter(each.bucket for each in found or ())
    foot = ["total", str(counts.total), "", *(str(totals[bucket]) for bucket in buckets)]
    assert cells(chart.findall("tfoot/tr")[0]) == foot
    heads = list(map(words, chart.findall("thead/tr/th")))
    assert heads[3:] == [BUCKETS[bucket] for bucket in buckets]


def _check_plan(plan: FixPlan | None, part: Element | None, section: Element) -> None:
    plan = plan or FixPlan()
    assert (part is not None) == any((plan.upgrades, plan.remains, plan.drafts, plan.removable))
    assert table(section, "upgrades") == (list(map(upgrade_row, plan.upgrades)) or None)
    passes = bool(plan.upgrades) and not plan.remains
    promise = "With these upgrades the verdict would pass."
    assert [words(p) for p in section.iter("p") if p.get("class")] == [promise] * passes
    then = "With these upgrades" if plan.upgrades else "No upgrade helps:"
    assert items(section, "remains") == [
        spaced(f"{then} {brief(it.rule)} would still be at {it.count}, {it.max} allowed.")
        for it in plan.remains
    ]
    assert items(section, "removable") == list(map(removal_words, plan.removable))
    _check_drafts(plan.drafts, section)


def _check_drafts(drafts: Sequence[IgnoreDraft], section: Element) -> None:
    """An entry is shown as it is, or not at all."""
    entries = [entry for entry in map(render_draft, drafts) if clean(entry) == entry]
    entries = [entry for entry in entries if len(entry) <= LONG]
    told = "".join("".join(each.itertext()) for each in section.iter("pre"))
    assert told == "".join(entries)
    assert len(yaml.safe_load(told) or []) == len(entries)
    more = [words(p) for p in section.iter("p") if " more cannot be shown here" in words(p)]
    assert [each.split()[0] for each in more] == [str(len(drafts) - len(entries))] * len(more)
    assert bool(more) == (len(drafts) > len(entries))


def _check_exceptions(outcome: ImageOutcome, section: Element) -> None:
    assert table(section, "ignores") == (list(map(ignore_row, outcome.ignores)) or None)
    whys = [each.suppression for each in outcome.findings or ()]
    vex = Counter(why for why in whys if why and why.bucket is Bucket.VEX)
    assert table(section, "statements") == (
        [
            [brief(why.by), str(count), shown(why.reason), last_day(why)]
            for why, count in vex.items()
        ]
        or None
    )


def _check_evidence(outcome: ImageOutcome, told: dict[str, str]) -> None:
    image, scan = outcome.image, outcome.scan
    assert told["Exit code of this image"] == str(outcome.exit_code.value)
    expected = {"Reference": shown(outcome.reference), "Registry API": brief(outcome.api)}
    if image is not None:
        expected |= {"Image ID": brief(image.id), "Digest": shown(image.digest)}
        expected |= {"Reference by digest": shown(image.pinned), "Platform": brief(image.platform)}
        expected |= {"Digest of the index": shown(image.index_digest)}
    if scan is not None:
        expected |= {"Scan ID": brief(scan.id)}
        expected |= {"Scan status": brief(scan.status_word) or scan.status.value}
        expected |= {"Waited for the scan": f"{outcome.waited_seconds:.1f} s"}
        expected |= {"Unknown severities": shown(", ".join(scan.unknown_severities))}
    assert {name: told.get(name, "") for name in expected} == expected
    scanned_at = scan.scanned_at if scan is not None else None
    assert told.get("Scanned at", "").partition(" ")[0] == str(scanned_at or "")


def _check_findings(findings: Sequence[Finding] | None, section: Element) -> None:
    found = element(section, "table", "findings")
    form = element(section, "form", "filter")
    assert (found is not None) == (form is not None) == bool(findings)
    if found is None or form is None or not findings:
        return
    assert form.get("hidden") is not None
    remarked = any(map(remarks, findings))
    told = rows(found)
    assert [row.get("class") for row in told] == [
        f"{each.vulnerability.severity.value} {each.bucket.value}" for each in findings
    ]
    width = 7 if remarked else 6
    assert [cells(row) for row in told] == [finding_row(each)[:width] for each in findings]
    assert {len(row) for row in told} == {width}
    links = [row[0].find("a") is not None for row in told]
    assert links == [linked(each.vulnerability.link) for each in findings]
    first, second = form.iter("select")
    _check_choice(first, Counter(each.vulnerability.severity.value for each in findings))
    _check_choice(second, Counter(each.bucket.value for each in findings))


def _check_choice(select: Element, numbers: Mapping[str, int]) -> None:
    assert (words(select[0]), select[0].get("value")) == ("any", "")
    told = {option.get("value"): words(option) for option in select[1:]}
    names = {bucket.value: name for bucket, name in BUCKETS.items()}
    assert told == {value: f"{names.get(value, value)} ({numbers[value]})" for value in numbers}
