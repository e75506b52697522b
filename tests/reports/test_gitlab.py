"""GitLab's container scanning report: every finding once, known again, and nothing active."""

import json
import uuid
from typing import Any

import pytest

from scangate.errors import ScanMissing
from scangate.instant import Instant
from scangate.model import Counts, Severity
from scangate.report import ImageOutcome, Report, Verdict
from scangate.reports import gitlab

from .gitlab_reader import check_gitlab, check_markdown, check_title, read_as_gitlab
from .samples import (
    DIGEST,
    HOSTILE,
    broken,
    by_entry,
    by_vex,
    finding,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
    undescribed,
)
from .situations import SITUATIONS


def read(written: Report) -> Any:  # what JSON holds
    return json.loads(gitlab.render(written))


def entries(*images: ImageOutcome) -> list[Any]:
    return list(read(report(*images))["vulnerabilities"])


def entry(**changes: object) -> Any:
    """The entry of one finding with these changes."""
    (only,) = entries(found(finding(1, **changes)))
    return only


def found(*findings: object, **changes: object) -> ImageOutcome:
    return outcome(rule(), findings=findings, **changes)


def status(*images: ImageOutcome) -> object:
    return read(report(*images))["scan"]["status"]


def said(written: Report, level: str) -> list[str]:
    messages = read(written)["scan"]["messages"]
    return [each["value"] for each in messages if each["level"] == level]


@pytest.mark.parametrize(
    ("severity", "word"),
    [
        pytest.param(Severity.CRITICAL, "Critical", id="critical"),
        pytest.param(Severity.HIGH, "High", id="high"),
        pytest.param(Severity.MEDIUM, "Medium", id="medium"),
        pytest.param(Severity.LOW, "Low", id="low"),
        pytest.param(Severity.NEGLIGIBLE, "Info", id="negligible-is-below-low"),
        pytest.param(Severity.UNDEFINED, "Unknown", id="undefined-may-be-anything"),
    ],
)
def test_severities_are_gitlabs_words(severity: Severity, word: str) -> None:
    assert entry(severity=severity)["severity"] == word


def test_a_word_that_nobody_knows_is_told() -> None:
    told = entry(severity_word="BLOCKER")
    assert told["severity"] == "Critical"
    assert told["description"] == "The scan rates it `BLOCKER`, a word that scangate does not know."
    assert "description" not in entry()
    assert "description" not in entry(severity_word="\x00 ")


def test_all_that_was_found_is_listed_whoever_counts_it() -> None:
    listed = entries(found(finding(1, rules=("max-critical", "max-high")), finding(2, rules=())))
    assert [each["details"]["gate"] for each in listed] == [
        {"name": "Counted by", "type": "text", "value": "max-critical, max-high"},
        {"name": "Counted by", "type": "text", "value": "no rule"},
    ]


def test_what_is_taken_out_of_the_count_is_no_open_finding_but_told() -> None:
    written = report(
        found(
            finding(1),
            ignored(2, why=by_entry(12, reason="x")),
            ignored(3, why=by_vex(reason="y"), package="curl"),
        )
    )
    assert [each.name for each in read_as_gitlab(gitlab.render(written))] == ["CVE-2026-0001"]
    reference = "cr.yandex/crp0/app:1.4"
    assert said(written, "info")[2:] == [
        f"{reference}: 1 counted, 1 ignored, 1 by VEX",
        f"{reference}: left out: CVE-2026-0002 in openssl, scangate.yaml:12, until 2026-12-31: x",
        f"{reference}: left out: CVE-2026-0003 in curl, VEX vex/app.json, until never: y",
    ]


@pytest.mark.parametrize(
    ("number", "rest"),
    [pytest.param(50, None, id="at-the-limit"), pytest.param(51, "left out: 1 more", id="over")],
)
def test_long_lists_of_exceptions_are_cut(number: int, rest: str | None) -> None:
    exempt = [ignored(each, why=by_entry()) for each in range(number)]
    told = [text for text in said(report(found(*exempt)), "info") if ": left out: CVE" in text]
    assert len(told) == 50
    assert (rest is not None) == any(
        text.endswith(": left out: 1 more") for text in said(report(found(*exempt)), "info")
    )


@pytest.mark.parametrize(
    ("advisory", "kind", "url"),
    [
        pytest.param(
            "CVE-2026-0001", "cve", "https://www.cve.org/CVERecord?id=CVE-2026-0001", id="cve"
        ),
        pytest.param(
            "GHSA-2qrg-x229-3v8q",
            "ghsa",
            "https://github.com/advisories/GHSA-2qrg-x229-3v8q",
            id="ghsa",
        ),
        pytest.param(
            "RHSA-2024:0001", "rhsa", "https://access.redhat.com/errata/RHSA-2024:0001", id="rhsa"
        ),
        pytest.param("TEMP-0841856-B18BAF", "advisory", "https://example.com/a", id="other"),
        pytest.param("CVE-", "advisory", "https://example.com/a", id="no-number"),
        pytest.param("xCVE-2026-0001", "advisory", "https://example.com/a", id="not-at-the-start"),
        pytest.param("CVE-2026-0001?x", "advisory", "https://example.com/a", id="more-at-the-end"),
        pytest.param("CVE-" + "1" * 41, "advisory", "https://example.com/a", id="endless"),
    ],
)
def test_an_advisory_has_a_type_and_a_page(advisory: str, kind: str, url: str) -> None:
    assert entry(id=advisory, link="https://example.com/a")["identifiers"] == [
        {"type": kind, "name": advisory, "value": advisory, "url": url}
    ]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("https://avd.example/CVE-2026-0001", id="https"),
        pytest.param("http://avd.example/?q=a%20b&c=(d);e#f", id="http"),
        pytest.param("https://e.example/" + "x" * 1991, id="at-the-limit"),
    ],
)
def test_web_links_are_links(link: str) -> None:
    assert entry(link=link, id="TEMP-1")["links"] == [{"url": link}]


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("", id="none"),
        pytest.param("javascript:alert(1)", id="javascript"),
        pytest.param("javascript:'https://e.example'", id="javascript-with-one"),
        pytest.param("data:text/html,x", id="data"),
        pytest.param("ftp://e.example/x", id="ftp"),
        pytest.param("//e.example/x", id="no-scheme"),
        pytest.param("https://", id="no-host"),
        pytest.param("https:// e.example", id="blank"),
        pytest.param("https://e.example/\njavascript:x", id="line-break"),
        pytest.param("https://e.example/\n", id="line-break-at-the-end"),
        pytest.param('https://e.example/"onclick="x', id="quote"),
        pytest.param("https://e.example/<b>", id="html"),
        pytest.param("https://e.example/##x", id="command"),
        pytest.param("https://e.example/\u202egpj", id="bidi"),
        pytest.param("https://e.example/" + "x" * 2000, id="too-long"),
        pytest.param(HOSTILE, id="hostile"),
    ],
)
def test_everything_else_is_no_link(link: str) -> None:
    told = entry(link=link, id="TEMP-1")
    assert "links" not in told
    assert told["identifiers"] == [{"type": "advisory", "name": "TEMP-1", "value": "TEMP-1"}]


@pytest.mark.parametrize(
    ("changes", "solution"),
    [
        pytest.param({}, "Upgrade `openssl` from `3.0.11-1` to `3.0.13-1`.", id="full"),
        pytest.param({"version": ""}, "Upgrade `openssl` to `3.0.13-1`.", id="no-version"),
        pytest.param({"package": ""}, "Upgrade from `3.0.11-1` to `3.0.13-1`.", id="no-package"),
        pytest.param({"fixed_version": ""}, None, id="no-fix"),
        pytest.param(
            {"package": "@babel/core` #1"},
            "Upgrade `@babel/core' #1` from `3.0.11-1` to `3.0.13-1`.",
            id="mention",
        ),
    ],
)
def test_the_solution_is_the_upgrade(changes: dict[str, object], solution: str | None) -> None:
    assert entry(**changes).get("solution") == solution


@pytest.mark.parametrize(
    ("origin", "kind", "system"),
    [
        pytest.param("os", "debian", "debian", id="os"),
        pytest.param("lang", "npm", "Unknown", id="language"),
        pytest.param("os", "", "Unknown", id="os-without-type"),
        pytest.param("", "debian", "Unknown", id="nothing-told"),
        pytest.param("os", "\x00", "Unknown", id="nothing-to-show"),
    ],
)
def test_the_operating_system_is_told_where_it_is_known(
    origin: str, kind: str, system: str
) -> None:
    told = entry(origin=origin, type=kind)
    assert told["location"]["operating_system"] == system


def test_what_the_policy_knows_is_in_the_details() -> None:
    told = entry(known_exploited=True, epss=0.25, new=False, type="debian", rules=())
    assert {key: each["value"] for key, each in told["details"].items()} == {
        "gate": "no rule",
        "package_type": "debian",
        "known_exploited": True,
        "epss": 0.25,
        "new": False,
    }
    assert list(entry(type="")["details"]) == ["gate"]


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        pytest.param({}, f"cr.yandex/crp0/app@{DIGEST}", id="by-digest"),
        pytest.param({"image": None}, "cr.yandex/crp0/app:1.4", id="not-known"),
        pytest.param({"image": image(digest="")}, "cr.yandex/crp0/app:1.4", id="no-digest"),
        pytest.param({"image": image("")}, "cr.yandex/crp0/app:1.4", id="no-repository"),
        pytest.param({"image": None, "reference": "\x00"}, "(no name)", id="nothing-to-show"),
    ],
)
def test_the_image_is_named_by_what_was_judged(changes: dict[str, object], name: str) -> None:
    (told,) = entries(found(finding(), **changes))
    assert told["location"]["image"] == name


def test_a_rebuild_changes_no_identity() -> None:
    before = report(found(finding(1), finding(2, fixed_version="", link="")))
    rebuilt = image(id="crpimage000000000002", digest="sha256:" + "f" * 64)
    after = report(
        found(
            finding(1, version="3.0.12-1", severity=Severity.HIGH, rules=()),
            finding(2, link="https://other.example"),
            image=rebuilt,
            reference="cr.yandex/crp0/app:2.0.0",
        ),
        judged_at=Instant.parse("2027-01-01T00:00:00Z"),
    )
    keys = [[each["id"] for each in entries(*written.images)] for written in (before, after)]
    stored = [read_as_gitlab(gitlab.render(written)) for written in (before, after)]
    assert keys[0] == keys[1]
    assert [each.identity for each in stored[0]] == [each.identity for each in stored[1]]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(found(finding(2)), id="advisory"),
        pytest.param(found(finding(1, package="curl")), id="package"),
        pytest.param(found(finding(1), image=image("crp0/web")), id="repository"),
        pytest.param(found(finding(1), image=image(platform="linux/arm64")), id="platform"),
    ],
)
def test_another_finding_has_another_identity(other: ImageOutcome) -> None:
    assert entries(found(finding(1)))[0]["id"] != entries(other)[0]["id"]


def test_keys_are_uuids_and_single_however_alike_the_findings() -> None:
    twice = (finding(1), finding(1), finding(1, version="2"), undescribed(), undescribed())
    keys = [each["id"] for each in entries(found(*twice), found(*twice))]
    assert len(set(keys)) == 10
    assert all(uuid.UUID(str(key)).version == 5 for key in keys)


def test_findings_that_the_scan_does_not_describe_stay_apart() -> None:
    stored = read_as_gitlab(gitlab.render(report(found(undescribed(), undescribed()))))
    assert len({each.identity for each in stored}) == 2
    assert {(each.name, each.package) for each in stored} == {
        ("Vulnerability without an ID", "(no package named)")
    }


def test_each_image_has_its_own_findings() -> None:
    web = found(finding(1), image=image("crp0/web"), reference="cr.yandex/crp0/web:7")
    stored = read_as_gitlab(gitlab.render(report(found(finding(1)), web)))
    assert [each.image for each in stored] == [
        f"cr.yandex/crp0/app@{DIGEST}",
        f"cr.yandex/crp0/web@{DIGEST}",
    ]
    assert len({each.identity for each in stored}) == 2


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        pytest.param((found(),), "success", id="nothing-found"),
        pytest.param((found(finding()),), "success", id="something-found"),
        pytest.param((outcome(broken(finding()), verdict=Verdict.FAIL),), "success", id="violated"),
        pytest.param((found(), no_verdict(ScanMissing("none"))), "failure", id="one-without"),
        pytest.param((outcome(rule(), findings=None),), "failure", id="not-listed"),
        pytest.param((outcome(verdict=Verdict.ERROR),), "failure", id="nobody-says-why"),
        pytest.param((), "failure", id="no-image"),
    ],
)
def test_only_a_whole_list_is_a_success(images: tuple[ImageOutcome, ...], expected: str) -> None:
    assert status(*images) == expected


def test_an_image_without_a_verdict_is_fatal_and_says_what_to_do() -> None:
    written = report(no_verdict(ScanMissing("no scan appeared", hint="start one")))
    assert said(written, "fatal") == [
        "cr.yandex/crp0/app:1.4: no verdict: no scan appeared; next: start one"
    ]


def test_counts_alone_are_told() -> None:
    counted = outcome(rule(), findings=None, scan=scan(counts=Counts(high=4, low=3)))
    assert entries(counted) == []
    assert said(report(counted), "warn") == [
        "cr.yandex/crp0/app:1.4: its findings (7) were not listed, so they are not in this report"
    ]


def test_a_gap_is_told() -> None:
    short = outcome(rule(), findings=None, scan=None, gap="page 2 was lost", verdict=Verdict.FAIL)
    (told,) = said(report(short), "warn")
    assert told.endswith(
        ": its findings were not listed, so they are not in this report: page 2 was lost"
    )


def test_broken_rules_and_notices_are_told() -> None:
    late = outcome(
        broken(finding()),
        rule("max-high", verdict=Verdict.WARN, count=2),
        rule("max-low"),
        verdict=Verdict.FAIL,
        notices=("the tag is mutable",),
    )
    assert said(report(late), "info") == [
        "verdict: fail, exit code 1",
        "cr.yandex/crp0/app:1.4: fail",
        "cr.yandex/crp0/app:1.4: fail: max-critical: 1 found, 0 allowed (scangate.yaml:4)",
        "cr.yandex/crp0/app:1.4: warn: max-high: 2 found, 0 allowed (scangate.yaml:4)",
        "cr.yandex/crp0/app:1.4: the tag is mutable",
    ]


def test_caveats_are_warnings() -> None:
    warned = said(SITUATIONS["warn"], "warn")
    assert [text.split(":")[0] for text in warned] == [
        "--warn-only is given",
        "judged as if it were 2026-11-22T12",
        "the endpoint http",
    ]
    (softened,) = said(report(found(enforced=False)), "warn")
    assert softened.startswith("cr.yandex/crp0/app:1.4: the policy only warns of this image")


@pytest.mark.parametrize(
    ("scanned", "start"),
    [
        pytest.param(["2026-11-22T10:00:00.9Z"], "2026-11-22T10:00:00", id="one"),
        pytest.param(
            ["2026-11-22T11:00:00Z", "2026-11-22T10:00:00Z"], "2026-11-22T10:00:00", id="the-first"
        ),
        pytest.param([None, "2026-11-22T10:00:00Z"], "2026-11-22T10:00:00", id="one-not-told"),
        pytest.param(["2026-11-22T12:05:01Z"], "2026-11-22T12:05:00", id="clocks-differ"),
        pytest.param([None], "2026-11-22T12:05:00", id="none-told"),
        pytest.param([], "2026-11-22T12:05:00", id="no-image"),
    ],
)
def test_times_are_of_the_first_scan_and_the_judgement(
    scanned: list[str | None], start: str
) -> None:
    times = [None if text is None else Instant.parse(text) for text in scanned]
    told = read(report(*(found(scan=scan(scanned_at=time)) for time in times)))["scan"]
    assert (told["start_time"], told["end_time"]) == (start, "2026-11-22T12:05:00")


def test_the_options_say_by_what_was_judged() -> None:
    told = read(report(found()))["scan"]
    assert {each["name"]: each["value"] for each in told["options"]} == {
        "policy": "production",
        "policy_source": "scangate.yaml",
        "policy_sha256": "ab" * 32,
        "mode": "enforce",
        "endpoint": "https://container-registry.api.cloud.yandex.net",
        "api": "container-registry",
        "evidence": "registry",
    }


@pytest.mark.parametrize("field", ["id", "package", "version", "fixed_version", "type"])
def test_endless_texts_are_cut_and_look_it(field: str) -> None:
    text = gitlab.render(report(found(finding(1, **{field: "x" * 2**20}))))
    assert len(text) < 10_000
    assert "x…" in text
    check_gitlab(report(found(finding(1, **{field: "x" * 2**20}))), text)


@pytest.mark.parametrize(
    ("number", "kept"),
    [pytest.param(3, [1, 2, 3], id="at-the-limit"), pytest.param(4, [2, 3, 4], id="over")],
)
def test_a_full_report_keeps_the_worst(
    number: int, kept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gitlab, "_MOST_FINDINGS", 3)
    mild = finding(1, severity=Severity.LOW)
    written = report(found(mild, finding(2)), found(*map(finding, range(3, number + 1))))
    stored = read_as_gitlab(gitlab.render(written))
    assert sorted(each.name for each in stored) == [f"CVE-2026-{each:04}" for each in kept]
    told = "the report is full: 1 findings, the mildest, are left out"
    assert said(written, "warn") == ([told] if number == 4 else [])


def test_the_same_report_gives_the_same_bytes() -> None:
    assert gitlab.render(SITUATIONS["hostile"]) == gitlab.render(SITUATIONS["hostile"])
    assert gitlab.render(SITUATIONS["pass"]).endswith("}\n")


@pytest.mark.parametrize(
    ("told", "lie"),
    [
        pytest.param('"libssl3"', '"libssl4"', id="package"),
        pytest.param('"Critical"', '"CRITICAL"', id="severity-word"),
        pytest.param('"Critical"', '"High"', id="severity"),
        pytest.param('"15.0.7"', '"16.0.0"', id="version"),
        pytest.param("2026-11-22T12:05:00", "2026-11-22T12:05:00Z", id="time"),
        pytest.param('"success"', '"failure"', id="status"),
        pytest.param("CVE-2026-0003", "CVE-2026-0004", id="advisory"),
        pytest.param("Upgrade `", "Upgrade @`", id="mention"),
        pytest.param("exit code 1", "exit code 0", id="exit-code"),
        pytest.param("https://avd", "javascript://avd", id="script"),
        pytest.param("https://avd", "https://evil", id="another-link"),
        pytest.param("cr.yandex/crp0/app:1.4: ", "", id="silent-image"),
    ],
)
def test_control_a_report_that_lies_is_noticed(told: str, lie: str) -> None:
    text = gitlab.render(SITUATIONS["violation"])
    assert told in text
    with pytest.raises(AssertionError):
        check_gitlab(SITUATIONS["violation"], text.replace(told, lie))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("see @all", id="mention"),
        pytest.param("see #1", id="issue"),
        pytest.param("<img src=x>", id="html"),
        pytest.param("[x](https://e.example)", id="link"),
        pytest.param("# x", id="heading"),
        pytest.param("* x", id="list"),
        pytest.param("a\n\n    b", id="code-block"),
        pytest.param("~label", id="label"),
        pytest.param("`a` `` b` @all", id="broken-out-of-code"),
    ],
)
def test_control_active_markdown_is_noticed(text: str) -> None:
    with pytest.raises(AssertionError):
        check_markdown(text)
    with pytest.raises(AssertionError):
        check_title(text.replace("\n", "@"))


def test_control_a_key_that_is_given_twice_is_noticed() -> None:
    told = read(report(found(finding(1))))
    told["vulnerabilities"] *= 2
    with pytest.raises(AssertionError, match="one of a kind"):
        read_as_gitlab(json.dumps(told))
