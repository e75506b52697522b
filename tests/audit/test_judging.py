"""One image of an audit: what its counts settle, what takes its rows, and what is kept of them."""

import datetime as dt

import pytest

from scangate.audit.digested import MOST_ADVISORIES, Judged
from scangate.audit.judging import Judge, Pending
from scangate.errors import BadResponse, ExitCode, ScangateError, Unavailable
from scangate.model import Counts, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.report import Verdict
from tests.fakes import IMAGE, NOW, policy, result
from tests.feeds.samples import kev
from tests.policy.texts import read

from .fakes import judged

HIGHS = Counts(high=2)
NONE = Counts()


def row(
    number: int = 1, severity: Severity = Severity.HIGH, *, fix: str = "2", package: str = "zlib"
) -> Vulnerability:
    return Vulnerability(
        severity=severity,
        id=f"CVE-2026-{number:04}",
        package=package,
        version="1",
        fixed_version=fix,
        type="debian",
    )


BOTH = {"scan-1": (row(1), row(2, fix=""))}


@pytest.mark.parametrize(
    ("text", "counts", "verdict", "listed"),
    [
        pytest.param("high: 2", HIGHS, Verdict.PASS, False, id="within a limit"),
        pytest.param("high: 1", HIGHS, Verdict.FAIL, True, id="a violation is told of"),
        pytest.param("high: {fixable: 2}", HIGHS, Verdict.PASS, False, id="within it at the worst"),
        pytest.param("high: {fixable: 1}", HIGHS, Verdict.PASS, True, id="only its rows can tell"),
        pytest.param("high: {fixable: 0}", HIGHS, Verdict.FAIL, True, id="its rows tell"),
        pytest.param("high: {fixable: 0}", NONE, Verdict.PASS, False, id="none of them at all"),
        pytest.param("critical: 0", None, Verdict.PASS, True, id="no counts prove nothing"),
        pytest.param(
            "thresholds: {critical: 0}\nignore:\n  - {id: CVE-1, reason: x, expires: never}",
            HIGHS,
            Verdict.PASS,
            False,
            id="no exception is needed",
        ),
        pytest.param(
            "thresholds: {high: 1}\nignore:\n  - {id: CVE-2026-0001, reason: x, expires: never}",
            HIGHS,
            Verdict.PASS,
            True,
            id="an exception is needed",
        ),
    ],
)
def test_rows_are_listed_only_where_they_tell(
    text: str, counts: Counts | None, verdict: Verdict, listed: bool
) -> None:
    rows = BOTH if counts == HIGHS else {"scan-1": ()}
    found, asked = judged(Judge(policy=policy(text)), IMAGE, [result(counts=counts)], rows)

    assert found.outcome.verdict is verdict
    assert bool(asked) is listed


@pytest.mark.parametrize(
    ("text", "as_check", "believed"),
    [
        pytest.param("high: 2", False, False, id="check would believe them, too"),
        pytest.param("high: {fixable: 2}", False, True, id="check would look"),
        pytest.param("high: {fixable: 2}", True, False, id="looked as check does"),
        pytest.param("high: {fixable: 1}", False, False, id="its rows passed it"),
        pytest.param("high: {fixable: 0}", False, False, id="it did not pass"),
    ],
)
def test_what_passed_by_counts_that_check_would_not_believe(
    text: str, as_check: bool, believed: bool
) -> None:
    judge = Judge(policy=policy(text), as_check=as_check)
    found, _ = judged(judge, IMAGE, [result(counts=HIGHS)], BOTH)

    assert found.believed is believed


def test_rows_that_contradict_the_counts_are_seen_where_check_would_see_them() -> None:
    text, scan = "high: {fixable: 2}", result(counts=HIGHS)
    contradiction = {"scan-1": (row(1, Severity.CRITICAL),)}
    believing, _ = judged(Judge(policy=policy(text)), IMAGE, [scan], contradiction)
    looking, asked = judged(Judge(policy=policy(text), as_check=True), IMAGE, [scan], contradiction)

    assert (believing.outcome.verdict, believing.believed) == (Verdict.PASS, True)
    assert (looking.outcome.exit_code, asked) == (ExitCode.NO_EVIDENCE, ["scan-1"])


def test_no_rows_are_listed_that_check_would_not_list() -> None:
    judge = Judge(policy=policy("high: 2"), as_check=True)

    assert judged(judge, IMAGE, [result(counts=HIGHS)], BOTH)[1] == []


@pytest.mark.parametrize(("days", "verdict"), [(30, Verdict.PASS), (31, Verdict.ERROR)])
def test_a_feed_that_is_too_old_proves_nothing(days: int, verdict: Verdict) -> None:
    """The strictest reading asks no feed, so an old one must not pass by it."""
    old = kev(dateReleased=str(NOW.plus(-dt.timedelta(days=days))))
    text = "rules: [{name: exploited, match: {kev: true}}]\nfeeds: {kev: kev.json}\n"
    by_kev = read({"policy.yaml": text, "kev.json": old})
    found, _ = judged(Judge(policy=by_kev), IMAGE, [result(counts=NONE)], {})

    assert found.outcome.verdict is verdict


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("critical: 1, high: 2", {"max-critical": 0, "max-high": 2}),
        ("critical: 1, high: {fixable: 2}", {"max-critical": 0, "max-high-fixable": None}),
    ],
)
def test_a_count_that_the_rows_could_lower_is_not_told(
    text: str, counts: dict[str, int | None]
) -> None:
    found, _ = judged(Judge(policy=policy(text)), IMAGE, [result(counts=HIGHS)], {})

    assert {rule.name: rule.count for rule in found.outcome.rules} == counts
    assert found.outcome.exit_code is ExitCode.PASS


def test_counts_only_lists_no_rows_of_a_violation() -> None:
    judge = Judge(policy=policy("high: 1"), counts_only=True)
    found, asked = judged(judge, IMAGE, [result(counts=HIGHS)], BOTH)

    assert (found.outcome.verdict, asked, found.advisories) == (Verdict.FAIL, [], ())


def test_a_report_may_want_all_rows_and_then_keeps_them() -> None:
    judge = Judge(policy=policy("high: 9"), list_rows=True)
    found, asked = judged(judge, IMAGE, [result(counts=HIGHS)], BOTH)

    assert asked == ["scan-1"]
    assert found.outcome.findings is not None
    assert len(found.outcome.findings) == 2


def test_of_results_of_the_same_time_only_those_without_counts_are_listed() -> None:
    results = [result("a", counts=None), result("b", counts=NONE)]
    found, asked = judged(Judge(policy=policy("high: 0")), IMAGE, results, {"a": ()})

    assert (found.outcome.verdict, asked) == (Verdict.PASS, ["a"])


def test_a_violation_that_the_counts_prove_stands_without_rows() -> None:
    judge = Judge(policy=policy("high: 1"))
    found = pending(judge, result(counts=HIGHS))
    assert found.proven is not None

    def rows(_scan: ScanResult) -> tuple[Vulnerability, ...]:
        raise Unavailable("503")

    outcome = judge.by_rows(found, rows, now=NOW).outcome
    assert outcome.verdict is Verdict.FAIL
    assert outcome.notices == ("its findings are not listed: 503",)


@pytest.mark.parametrize("error", [Unavailable("503"), BadResponse("x")])
def test_without_such_a_proof_it_has_no_verdict(error: ScangateError) -> None:
    judge = Judge(policy=policy("high: {fixable: 0}"))

    def rows(_scan: ScanResult) -> tuple[Vulnerability, ...]:
        raise error

    outcome = judge.by_rows(pending(judge, result(counts=HIGHS)), rows, now=NOW).outcome
    assert outcome.verdict is Verdict.ERROR
    assert outcome.exit_code is error.code
    assert outcome.scan == result(counts=HIGHS)


def pending(judge: Judge, scan: ScanResult) -> Pending:
    found = judge.by_counts(IMAGE, [scan], judge.reading(IMAGE.repository), now=NOW)
    assert isinstance(found, Pending)
    return found


@pytest.mark.parametrize(
    ("results", "kind"),
    [
        ([], "scan-missing"),
        ([result(status=ScanStatus.RUNNING)], "scan-timeout"),
        ([result("old"), result("new", ScanStatus.UNKNOWN, scanned_at=None)], "scan-timeout"),
        ([result(status=ScanStatus.ERROR)], "scan-failed"),
        ([result(scanned_at=None)], "scan-stale"),
        ([result("")], "bad-response"),
    ],
)
def test_what_has_no_verdict(results: list[ScanResult], kind: str) -> None:
    found, asked = judged(Judge(policy=policy("high: 0")), IMAGE, results, {})

    assert found.outcome.failure is not None
    assert (found.outcome.failure.kind, asked) == (kind, [])
    assert found.outcome.reference == IMAGE.pinned


@pytest.mark.parametrize("results", [[], [result(status=ScanStatus.ERROR)]])
def test_what_to_do_is_what_doctor_says_too(results: list[ScanResult]) -> None:
    found, _ = judged(Judge(policy=policy("high: 0")), IMAGE, results, {})

    assert found.outcome.failure is not None
    assert f"scangate check --scan if-needed {IMAGE.pinned}" in found.outcome.failure.hint


def failing(*rows: Vulnerability, text: str = "critical: 0, high: 0") -> Judged:
    scan = result(
        counts=Counts(
            critical=sum(each.severity is Severity.CRITICAL for each in rows),
            high=sum(each.severity is Severity.HIGH for each in rows),
            low=sum(each.severity is Severity.LOW for each in rows),
        )
    )
    found, _ = judged(Judge(policy=policy(text)), IMAGE, [scan], {"scan-1": rows})
    assert found.outcome.verdict is Verdict.FAIL
    return found


def test_the_worst_findings_of_broken_rules_are_kept() -> None:
    found = failing(*map(row, range(30)), row(99, Severity.CRITICAL), row(50, Severity.LOW))

    assert len(found.advisories) == MOST_ADVISORIES
    assert found.advisories[0].id == "CVE-2026-0099"
    assert found.more == 31 - MOST_ADVISORIES
    assert "CVE-2026-0050" not in {each.id for each in found.advisories}
    assert found.outcome.findings is None
    assert all(rule.findings is None for rule in found.outcome.rules)


@pytest.mark.parametrize(
    ("rows", "steps", "fixable"),
    [
        ((row(1), row(2)), [("zlib", 2)], True),
        ((row(1), row(2, package="curl")), [("curl", 1), ("zlib", 1)], True),
        ((row(1), row(2, fix="")), [("zlib", 1)], False),
        ((row(1, fix=""),), [], False),
    ],
)
def test_the_upgrades_that_would_help(
    rows: tuple[Vulnerability, ...], steps: list[tuple[str, int]], fixable: bool
) -> None:
    found = failing(*rows)

    assert [(each.package, each.clears) for each in found.steps] == steps
    assert found.fixable is fixable


def test_counts_that_only_the_rows_proved_are_kept() -> None:
    scan = result(counts=None)
    found, _ = judged(Judge(policy=policy("high: 9")), IMAGE, [scan], {"scan-1": ()})

    assert found.outcome.scan is not None
    assert found.outcome.scan.counts == NONE
