"""SARIF, as GitHub code scanning reads it."""

import json
import random
from typing import Any

import pytest
from markdown_it import MarkdownIt

from scangate import errors
from scangate.model import Place, Severity
from scangate.report import Finding, ImageOutcome, Report, RuleOutcome, Verdict
from scangate.reports import sarif
from scangate.reports.sarif.selection import results_of, worst_first
from scangate.reports.sarif.text import code, file_uri, image_uri, plain, web_link

from .samples import (
    DIGEST,
    broken,
    by_entry,
    by_vex,
    finding,
    ignore,
    ignored,
    image,
    no_verdict,
    outcome,
    report,
    rule,
    scan,
    undescribed,
    vulnerability,
)
from .sarif_reader import check_markdown, check_sarif, read_as_github
from .situations import SITUATIONS

FAIL = Verdict.FAIL


def runs(written: Report) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = read_as_github(sarif.render(written))["runs"]
    return told


def run_of(*rules: RuleOutcome, **changes: object) -> dict[str, Any]:
    verdict = FAIL if any(each.verdict is FAIL for each in rules) else Verdict.WARN
    (run,) = runs(report(outcome(*rules, **{"verdict": verdict, **changes})))
    return run


def failed(*findings: Finding, **changes: Any) -> dict[str, Any]:
    return run_of(broken(*findings, **changes), findings=findings)


def rules_of(run: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = run["tool"]["driver"]["rules"]
    return rules


def levels(run: dict[str, Any]) -> list[str]:
    return [result["level"] for result in run["results"]]


def fingerprints(run: dict[str, Any]) -> list[str]:
    return [it["partialFingerprints"]["primaryLocationLineHash"] for it in run["results"]]


def notifications(run: dict[str, Any]) -> list[tuple[str, str]]:
    (invocation,) = run["invocations"]
    told = invocation["toolExecutionNotifications"]
    return [(it["level"], it["message"]["text"]) for it in told]


def categories(written: Report) -> list[str]:
    return [run["automationDetails"]["id"] for run in runs(written)]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param([broken(finding())], ["error"], id="fails"),
        pytest.param([broken(finding(), verdict=Verdict.WARN)], ["warning"], id="warns"),
        pytest.param([rule(max=1, count=1, findings=(finding(),))], [], id="within-the-limit"),
        pytest.param([rule(verdict=None, findings=None)], [], id="not-judged"),
        pytest.param([broken(count=2, findings=None)], ["error"], id="not-listed"),
        pytest.param([broken(count=2, findings=())], ["error"], id="listed-but-none"),
        pytest.param(
            [broken(finding(), verdict=Verdict.WARN), broken(finding())], ["error"], id="both"
        ),
        pytest.param([broken(finding(), finding())], ["error", "error"], id="two-equal-rows"),
        pytest.param([broken(undescribed(), undescribed())], ["error"] * 2, id="undescribed"),
        pytest.param(
            [broken(finding(1)), broken(finding(2), verdict=Verdict.WARN, name="w")],
            ["error", "warning"],
            id="one-of-each",
        ),
    ],
)
def test_results_are_what_violated_rules_count(
    rules: list[RuleOutcome], expected: list[str]
) -> None:
    assert levels(run_of(*rules)) == expected


def test_a_result_names_all_its_rules() -> None:
    second = broken(finding(), name="max-b", place=Place(file="b.yaml", line=9))
    (result,) = run_of(broken(finding(), verdict=Verdict.WARN), second)["results"]
    assert result["properties"]["rules"] == ["max-b", "max-critical"]
    assert "against the rules max-b, max-critical." in result["message"]["text"]
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "scangate.yaml"


def test_what_fails_comes_first_then_the_worst_severity() -> None:
    fail = broken(finding(1, severity=Severity.LOW), finding(2, severity=Severity.HIGH))
    warn = broken(finding(3), name="warn", verdict=Verdict.WARN)
    exempt = ignored(4, why=by_entry())
    run = run_of(warn, fail, findings=(exempt,))
    assert [it["ruleId"][-1] for it in run["results"]] == ["2", "1", "3", "4"]


def test_the_message_tells_what_to_know() -> None:
    told = finding(severity_word="BLOCKER", known_exploited=True)
    (result,) = failed(told, message="Ask team-web.")["results"]
    assert result["message"]["text"] == (
        "openssl 3.0.11-1 in cr.yandex/crp0/app: CVE-2026-0001, critical (BLOCKER), "
        "known to be exploited, fixed in 3.0.13-1. It counts against the rule max-critical. "
        "Ask team-web."
    )


def test_what_is_known_is_told_to_scripts() -> None:
    (result,) = failed(finding(new=False, known_exploited=True, epss=0.0, type=""))["results"]
    assert result["properties"] == {
        "rules": ["max-critical"],
        "severity": "critical",
        "package": "openssl",
        "version": "3.0.11-1",
        "fixedVersion": "3.0.13-1",
        "new": False,
        "knownExploited": True,
        "epss": 0.0,
    }


def test_a_rule_without_a_list_is_its_own_result() -> None:
    run = run_of(broken(count=2, findings=None, message="Scan again."))
    assert run["results"][0]["message"]["text"] == (
        "cr.yandex/crp0/app violates the rule max-critical: 2 found, 0 allowed. Scan again."
    )
    (told,) = rules_of(run)
    assert told["id"] == "policy.max-critical"
    assert "security-severity" not in told["properties"]


@pytest.mark.parametrize(
    ("severities", "expected"),
    [
        pytest.param([Severity.CRITICAL], "9.5", id="critical"),
        pytest.param([Severity.HIGH], "8.0", id="high"),
        pytest.param([Severity.MEDIUM], "5.5", id="medium"),
        pytest.param([Severity.LOW], "2.5", id="low"),
        pytest.param([Severity.NEGLIGIBLE], "0.5", id="negligible"),
        pytest.param([Severity.UNDEFINED], None, id="undefined"),
        pytest.param([Severity.LOW, Severity.HIGH], "8.0", id="the-worst"),
        pytest.param([Severity.UNDEFINED, Severity.LOW], "2.5", id="rated-before-undefined"),
    ],
)
def test_a_rule_has_the_worst_severity_of_its_id(
    severities: list[Severity], expected: str | None
) -> None:
    found = [finding(severity=each, package=each.value) for each in severities]
    (told,) = rules_of(failed(*found))
    assert told["properties"].get("security-severity") == expected


def test_an_exempt_severity_counts_for_the_rule_too() -> None:
    low, high = finding(severity=Severity.LOW), ignored(severity=Severity.HIGH, why=by_entry())
    (told,) = rules_of(run_of(broken(low), findings=(low, high)))
    assert told["properties"]["security-severity"] == "8.0"


def test_the_help_says_what_to_do() -> None:
    first = finding(known_exploited=True, epss=0.1234)
    (told,) = rules_of(failed(first, finding(package="libssl3", fixed_version="")))
    assert told["shortDescription"]["text"] == (
        "CVE-2026-0001: critical vulnerability in libssl3 3.0.11-1 and 1 more"
    )
    lines = told["help"]["markdown"].split("\n")
    assert lines[:8] == [
        "`CVE-2026-0001` is rated critical by the registry's scanner.",
        "It is known to be exploited (KEV).",
        "Its probability of exploitation in 30 days is 12.3% (EPSS).",
        "",
        "- `libssl3 3.0.11-1`: no fix yet",
        "- `openssl 3.0.11-1`: fixed in `3.0.13-1`",
        "",
        "<https://avd.example/CVE-2026-0001>",
    ]
    assert told["help"]["text"] == told["help"]["markdown"].translate({96: "", 60: "", 62: ""})
    assert told["properties"]["tags"][-1] == "known-exploited"


@pytest.mark.parametrize(
    ("number", "lines", "last"),
    [
        pytest.param(20, 20, "- `lib19 3.0.11-1`: fixed in `3.0.13-1`", id="at-the-limit"),
        pytest.param(21, 21, "- and 1 more", id="one-more"),
        pytest.param(500, 21, "- and 480 more", id="500"),
    ],
)
def test_long_lists_of_packages_are_cut(number: int, lines: int, last: str) -> None:
    found = [finding(package=f"lib{each:02}") for each in range(number)]
    text = rules_of(failed(*found))[0]["help"]["markdown"]
    listed = [line for line in text.split("\n") if line.startswith("- ")]
    assert len(listed) == lines
    assert listed[-1] == last


REBUILT = {
    "reference": "cr.yandex/crp0/app:1.5",
    "image": image(digest="sha256:" + "f" * 64, id="another", tags=("1.5",)),
    "scan": scan(id="another"),
    "waited_seconds": 9.0,
}


def test_fingerprints_are_the_same_after_a_rebuild() -> None:
    before = failed(finding(1), finding(2))
    after = run_of(
        broken(*(finding(each, version="3.0.12-1", link="", fixed_version="9") for each in (2, 1))),
        **REBUILT,
    )
    assert fingerprints(before) == fingerprints(after)
    assert before["automationDetails"] == after["automationDetails"]
    first, second = (it["results"][0]["locations"][0] for it in (before, after))
    assert first["physicalLocation"] == second["physicalLocation"]


def test_a_fingerprint_is_for_ever() -> None:
    """Whoever changes it opens all alerts of all users anew."""
    assert fingerprints(failed(finding(type="os"))) == ["f898430570a37332b1f04dbff95f7356:1"]


@pytest.mark.parametrize(
    ("other", "repository"),
    [
        pytest.param(broken(finding(id="CVE-2026-0002")), "crp0/app", id="advisory"),
        pytest.param(broken(finding(package="libssl3")), "crp0/app", id="package"),
        pytest.param(broken(finding(type="npm")), "crp0/app", id="type"),
        pytest.param(broken(finding()), "crp0/web", id="repository"),
        pytest.param(broken(finding(package="opensslo", type="s")), "crp0/app", id="no-seam"),
        pytest.param(broken(findings=None), "crp0/app", id="rule"),
    ],
)
def test_other_findings_have_other_fingerprints(other: RuleOutcome, repository: str) -> None:
    told = fingerprints(run_of(other, image=image(repository)))
    assert set(fingerprints(failed(finding()))).isdisjoint(told)


def test_two_versions_of_a_package_are_numbered() -> None:
    first, second = fingerprints(failed(finding(version="1"), finding(version="2")))
    assert (first[:-1], first[-1], second[-1]) == (second[:-1], "1", "2")


@pytest.mark.parametrize(
    ("images", "expected"),
    [
        pytest.param([outcome(rule())], ["scangate/cr.yandex/crp0/app/"], id="judged"),
        pytest.param(
            [no_verdict(errors.ScanMissing("x"))],
            ["scangate-no-verdict/cr.yandex/crp0/app/"],
            id="no-verdict-closes-no-alert",
        ),
        pytest.param(
            [no_verdict(errors.TagMoved("x"), rules=(broken(finding()),))],
            ["scangate/cr.yandex/crp0/app/"],
            id="late-error-keeps-its-results",
        ),
        pytest.param(
            [outcome(rule()), outcome(rule()), outcome(rule(), image=image("web"))],
            [
                "scangate/cr.yandex/crp0/app/",
                "scangate/cr.yandex/crp0/app #2/",
                "scangate/cr.yandex/web/",
            ],
            id="twice",
        ),
        pytest.param([], ["scangate-no-verdict/no image/"], id="no-image"),
    ],
)
def test_the_category_is_the_repository(images: list[ImageOutcome], expected: list[str]) -> None:
    assert categories(report(*images)) == expected


def _many(number: int, *, unjudged: int = 0) -> Report:
    failing = [no_verdict(errors.ScanMissing("x"), reference=f"bad{it}") for it in range(unjudged)]
    judged = [
        outcome(broken(finding(it + 1)), reference=f"img{it}", verdict=FAIL)
        for it in range(number - unjudged)
    ]
    return report(*judged, *failing)


@pytest.mark.parametrize(
    ("number", "unjudged", "sizes"),
    [
        pytest.param(20, 0, [1] * 20, id="at-the-limit"),
        pytest.param(21, 0, [1] * 18 + [3], id="one-more"),
        pytest.param(21, 1, [1] * 18 + [2, 1], id="one-without-a-verdict"),
        pytest.param(60, 50, [1] * 18 + [42], id="all-the-rest-without"),
    ],
)
def test_images_beyond_the_limit_share_a_run(number: int, unjudged: int, sizes: list[int]) -> None:
    written = _many(number, unjudged=unjudged)
    told = runs(written)
    images = [run["properties"]["images"] for run in told]
    assert [len(each) for each in images] == sizes
    references = [each["reference"] for group in images for each in group]
    assert sorted(references) == sorted(each.reference for each in written.images)
    assert sum(len(run["results"]) for run in told) == number - unjudged
    shared = [run for run, size in zip(told, sizes, strict=True) if size > 1]
    for run in shared:
        assert any("share this run" in text for _, text in notifications(run))
    for run, group in zip(told, images, strict=True):
        verdicts = {each["verdict"] for each in group}
        assert run["invocations"][0]["executionSuccessful"] == ("error" not in verdicts)


def test_images_of_one_repository_that_share_a_run_are_told_apart() -> None:
    same = [outcome(broken(finding()), verdict=FAIL) for _ in range(22)]
    shared = runs(report(*same))[-1]
    assert len(set(fingerprints(shared))) == 4


def test_shared_runs_have_categories_of_their_own() -> None:
    late = [
        no_verdict(errors.TagMoved("x"), rules=(broken(finding()),), image=image(f"late{each}"))
        for each in range(2)
    ]
    written = _many(22)
    both = report(*written.images[:20], *late)
    assert categories(both)[-2:] == ["scangate/further images/", "scangate/further images #2/"]


@pytest.mark.parametrize(
    ("counted", "exempt", "room", "kept"),
    [
        pytest.param(3, 4_997, 25_000, (3, 4_997), id="all-are-shown"),
        pytest.param(4, 4_997, 25_000, (4, 4_996), id="the-exempt-give-way"),
        pytest.param(5_001, 1, 25_000, (5_001, 0), id="the-counted-crowd-the-exempt"),
        pytest.param(25_000, 0, 25_000, (25_000, 0), id="at-the-limit"),
        pytest.param(25_001, 1, 25_000, (25_000, 0), id="over-the-limit"),
        pytest.param(30, 30, 20, (20, 0), id="little-room"),
    ],
)
def test_the_best_are_left_out(counted: int, exempt: int, room: int, kept: tuple[int, int]) -> None:
    whole = outcome(
        broken(*[finding()] * counted),
        findings=(ignored(2, why=by_entry()),) * exempt,
    )
    results = worst_first(results_of(whole, "app"))
    left = [bool(it.rules) for it in sarif._keep(results, room)]
    assert (left.count(True), left.count(False)) == kept


@pytest.mark.parametrize(
    ("found", "kept", "told"),
    [
        pytest.param(5_000, 5_000, [], id="all-are-shown"),
        pytest.param(5_001, 5_001, ["of 5001 results GitHub shows 5000"], id="shown"),
        pytest.param(5_001, 5_000, ["5000 of 5001 results are written"], id="written"),
        pytest.param(
            25_001,
            25_000,
            ["25000 of 25001 results are written", "of 25000 results GitHub shows 5000"],
            id="both",
        ),
    ],
)
def test_what_is_cut_is_told(found: int, kept: int, told: list[str]) -> None:
    one = next(results_of(outcome(broken(finding())), "app"))
    limits = list(sarif._limits(sarif._Group(name="app", results=(one,) * found), kept))
    assert [each["level"] for each in limits] == ["warning"] * len(told)
    assert all(text in str(each["message"]) for each, text in zip(limits, told, strict=True))


@pytest.mark.parametrize(
    ("size", "fits"),
    [pytest.param(9_999_999, True, id="below"), pytest.param(10_000_000, False, id="above")],
)
def test_github_takes_so_much_after_gzip(size: int, fits: bool) -> None:
    assert sarif._fits(random.Random(1).randbytes(size)) == fits
    assert sarif._fits(bytes(3 * size))


def test_a_file_that_would_be_too_large_has_fewer_results() -> None:
    junk = random.Random(1).randbytes(6_400_000).decode("utf-16-le", "ignore")
    texts = (junk[place : place + 200] for place in range(0, 3_000_000, 200))
    found = [
        finding(id=first, package=second, version=third, fixed_version=fourth, type=fifth)
        for first, second, third, fourth, fifth in zip(*[texts] * 5, strict=True)
    ]
    run = failed(finding(severity=Severity.LOW), *found)
    assert len(found) == 3_000
    assert len(run["results"]) == 1_000
    assert "1000 of 3001 results are written" in notifications(run)[0][1]
    assert {it["properties"]["severity"] for it in run["results"]} == {"critical"}


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        pytest.param(Place(file="a/b.yaml", line=4, column=7), ("a/b.yaml", 4, 7), id="policy"),
        pytest.param(Place(file="./a.yaml", line=4), ("a.yaml", 4, 1), id="dot"),
        pytest.param(Place(file="a b%.yaml", line=4), ("a%20b%25.yaml", 4, 1), id="escaped"),
        pytest.param(Place(file="a\\b.yaml", line=4), ("a/b.yaml", 4, 1), id="windows"),
        pytest.param(Place(file="a:b.yaml", line=4), ("a%3Ab.yaml", 4, 1), id="no-scheme"),
        pytest.param(Place(file="a.yaml", line=4, local=False), None, id="not-a-file"),
        pytest.param(Place(file="/etc/a.yaml", line=4), None, id="absolute"),
        pytest.param(Place(file="C:\\a.yaml", line=4), None, id="drive"),
        pytest.param(Place(file="a/../../b.yaml", line=4), None, id="up"),
        pytest.param(Place(file="a\u202eb.yaml", line=4), None, id="unseen"),
        pytest.param(Place(file="a" * 1001, line=4), None, id="too-long"),
        pytest.param(Place(file="", line=4), None, id="no-name"),
        pytest.param(None, None, id="none"),
    ],
)
def test_a_result_points_to_the_rule_or_to_the_image(
    place: Place | None, expected: tuple[str, int, int] | None
) -> None:
    (result,) = failed(finding(), place=place)["results"]
    (location,) = result["locations"]
    physical = location["physicalLocation"]
    told = (physical["artifactLocation"]["uri"], *list(physical["region"].values())[:2])
    assert told == (expected or ("cr.yandex/crp0/app", 1, 1))
    assert ("uriBaseId" in physical["artifactLocation"]) == (expected is not None)
    (logical,) = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == f"cr.yandex/crp0/app@{DIGEST}:openssl@3.0.11-1"


@pytest.mark.parametrize(
    ("repository", "uri"),
    [
        pytest.param("localhost:5000/app", "localhost%3A5000/app", id="port"),
        pytest.param("/a/../b #2", "a/b%20%232", id="up"),
        pytest.param("..", "image", id="nothing"),
    ],
)
def test_the_uri_of_an_image_is_relative(repository: str, uri: str) -> None:
    assert image_uri(repository) == uri


def test_a_path_is_kept_or_refused_whole() -> None:
    assert file_uri("x](y") == ""
    assert file_uri("x  y") == ""


@pytest.mark.parametrize(
    ("why", "justification", "line"),
    [
        pytest.param(
            by_entry(12),
            "The vulnerable function is not compiled in. (scangate.yaml:12, until 2026-12-31)",
            12,
            id="entry",
        ),
        pytest.param(
            by_vex(), "vulnerable_code_not_in_execute_path (VEX vex/app.json)", 1, id="vex"
        ),
        pytest.param(
            by_vex(reason="\u200b", by=""), "no reason is given (VEX the policy)", 1, id="nothing"
        ),
    ],
)
def test_an_exempt_finding_is_a_suppressed_note(why: Any, justification: str, line: int) -> None:
    exempt = ignored(why=why)
    (run,) = runs(report(outcome(rule(), findings=(exempt,), ignores=(ignore(1, 12),))))
    (result,) = run["results"]
    assert result["level"] == "note"
    assert result["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": justification}
    ]
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == line
    assert "accepted, and not counted" in result["message"]["text"]


def test_no_verdict_is_an_unsuccessful_invocation() -> None:
    error = errors.ScanMissing("first\nsecond", hint="do this")
    (run,) = runs(report(no_verdict(error, notices=("a remark",), gap="a row")))
    assert run["invocations"][0]["executionSuccessful"] is False
    assert run["results"] == []
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert told[0]["descriptor"] == {"id": "scan-missing"}
    reference = "cr.yandex/crp0/app:1.4"
    assert notifications(run) == [
        ("error", f"{reference}: first second; next: do this"),
        ("warning", f"{reference}: the evidence has a gap: a row"),
        ("note", f"{reference}: a remark"),
    ]


def test_caveats_are_warnings_of_every_run() -> None:
    soft = outcome(rule(), enforced=False)
    written = report(soft, soft, evidence="file", endpoint_known=False)
    for run in runs(written):
        assert [level for level, _ in notifications(run)] == ["warning"] * 3
        assert run["properties"]["evidence"] == "file"


def test_no_image_is_an_error() -> None:
    (run,) = runs(report())
    assert notifications(run) == [("error", "the run ended before any image was judged")]
    assert run["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        pytest.param("https://avd.example/CVE?a=b&c=%20#x", True, id="https"),
        pytest.param("http://avd.example", True, id="http"),
        pytest.param("javascript:alert(1)", False, id="javascript"),
        pytest.param("data:text/html,x", False, id="data"),
        pytest.param("https:///etc", False, id="no-host"),
        pytest.param(" https://x", False, id="blank"),
        pytest.param("https://x\n", False, id="newline"),
        pytest.param("https://x/##[error]", False, id="command"),
        pytest.param("https://x/a>b", False, id="bracket"),
        pytest.param("https://x/a`b", False, id="backtick"),
        pytest.param('https://x/"b', False, id="quote"),
        pytest.param("https://x/\u202e", False, id="bidi"),
        pytest.param("https://x/" + "a" * 1000, False, id="long"),
    ],
)
def test_only_what_leads_to_the_web_is_a_link(link: str, kept: bool) -> None:
    (told,) = rules_of(failed(finding(link=link)))
    assert told.get("helpUri") == (link if kept else None)
    assert bool(web_link(link)) == kept
    assert (f"<{link}>" in told["help"]["markdown"]) == kept


@pytest.mark.parametrize(
    "text",
    [
        "@octocat and #123",
        "a `b` ``c``",
        "`",
        "**bold** _x_ ~~y~~ <b>z</b> <https://x>",
        "[x](https://evil.example) ![y](z)",
        "| a | b |",
        "\\` \\",
        "&amp; www.evil.example",
    ],
)
def test_foreign_text_is_only_code_in_markdown(text: str) -> None:
    (told,) = rules_of(failed(finding(id=text, package=text, version=text, link=text)))
    check_markdown(told["help"]["markdown"], link=None)
    spans = MarkdownIt().parseInline(code(text))[0].children or []
    assert [(span.type, span.content) for span in spans] == [("code_inline", text)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("[x](javascript:y)", "[x] (javascript:y)", id="embedded-link"),
        pytest.param("{0} {12} {x}", "{ 0} { 12} {x}", id="placeholder"),
        pytest.param("  a\n b\x00", "a b", id="one-line"),
        pytest.param("::error::x", ": :error::x", id="command"),
        pytest.param("x" * 200, "x" * 200, id="at-the-limit"),
        pytest.param("x" * 201, "x" * 199 + "…", id="over-the-limit"),
        pytest.param("\x00" * 30_000 + "x", "…", id="much-to-remove"),
    ],
)
def test_plain_texts_have_no_marks(text: str, told: str) -> None:
    assert plain(text) == told


def test_megabytes_are_cut() -> None:
    big = "\u202e[x](y) " * 150_000
    found = finding(id=big, package=big, version=big, fixed_version=big, link=big, type=big)
    rules = (broken(found, name=big, title=big, message=big, place=Place(file=big)),)
    whole = outcome(*rules, verdict=FAIL, reference=big, notices=(big,), findings=(found,))
    written = report(whole, version=big, endpoint=big, endpoint_known=False)
    text = sarif.render(written)
    read_as_github(text)
    assert len(text) < 20_000


def test_an_empty_version_is_left_out() -> None:
    (run,) = runs(report(outcome(rule()), version="\u200b"))
    assert "version" not in run["tool"]["driver"]


@pytest.mark.parametrize(
    ("situation", "told", "lie"),
    [
        pytest.param("violation", '"exitCode": 1', '"exitCode": 0', id="code"),
        pytest.param("violation", '"level": "error"', '"level": "warning"', id="level"),
        pytest.param("violation", '"critical": 12', '"critical": 11', id="count"),
        pytest.param("violation", '"severity": "high"', '"severity": "low"', id="severity"),
        pytest.param("violation", '"9.5"', '"9.0"', id="security-severity"),
        pytest.param("violation", '"9.5"', "9.5", id="no-string"),
        pytest.param("violation", "libssl3", "libssl4", id="package"),
        pytest.param("ignored", '"suppressions"', '"suppression"', id="suppressions"),
        pytest.param("scan-missing", 'Successful": false', 'Successful": true', id="successful"),
        pytest.param("violation", "`: fixed", "` @x: fixed", id="mention"),
        pytest.param("violation", '"2.1.0"', '"2.0.0"', id="version"),
        pytest.param("several-images", "app #2/", "app/", id="category"),
        pytest.param("violation", '"startLine": 4', '"startLine": 0', id="line"),
        pytest.param("violation", ':1"\n', '"\n', id="fingerprint"),
        pytest.param("violation", '"uri": "', '"uri": "https://', id="uri"),
    ],
)
def test_control_a_file_that_lies_is_noticed(situation: str, told: str, lie: str) -> None:
    text = sarif.render(SITUATIONS[situation])
    assert told in text
    with pytest.raises((AssertionError, KeyError, IndexError)):
        check_sarif(SITUATIONS[situation], text.replace(told, lie))


def test_control_a_result_that_is_missing_is_noticed() -> None:
    log = json.loads(sarif.render(SITUATIONS["violation"]))
    log["runs"][0]["results"].pop()
    with pytest.raises(AssertionError):
        check_sarif(SITUATIONS["violation"], json.dumps(log))


def test_vulnerabilities_without_an_id_are_told_by_severity() -> None:
    bare = finding(vulnerability=vulnerability(id="\u200b", severity=Severity.LOW))
    assert [it["id"] for it in rules_of(failed(bare, undescribed()))] == [
        "unnamed-critical",
        "unnamed-low",
    ]
