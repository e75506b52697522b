"""Files with cases: what may stand in them, the evidence they make, and what came out."""

import datetime as dt
from collections.abc import Sequence

import pytest

from scangate.documents import DocumentError
from scangate.errors import EvidenceIncomplete
from scangate.instant import Instant
from scangate.model import Counts, Severity
from scangate.pipeline import judge_evidence, without_verdict
from scangate.policy.cases import (
    UNNAMED,
    baseline_of,
    differences,
    evidence_of,
    moment_of,
    read_cases,
    target_of,
    violated,
)
from scangate.policy.effective import Policy
from scangate.policy.schema.cases import Case, Expected
from scangate.report import ImageOutcome
from tests.policy.shelved import policy_of, shelf

NOW = Instant.parse("2026-11-22T10:00:00Z")
EMPTY = "findings: [], expect: {verdict: pass}"


def read(*cases: str) -> Sequence[Case]:
    text = "policy: default\ncases:\n" + "".join(f"  - {{{each}}}\n" for each in cases)
    return read_cases(text.encode(), file="x.test.yaml").cases


def case(text: str) -> Case:
    return read(f"name: a, {text}, expect: {{verdict: pass}}")[0]


BAD = {
    "no source": (["name: a, expect: {verdict: pass}"], "3:5: cases[0]: give one of findings, "),
    "two sources": (
        [f"name: a, counts: {{}}, {EMPTY}"],
        "3:5: cases[0]: give one of findings, counts, file; there is findings and counts",
    ),
    "no name": ([EMPTY], "3:5: cases[0]: the key 'name' is missing"),
    "an empty name": (
        [f"name: ' ', {EMPTY}"],
        "3:6: cases[0].name: an empty text",
    ),
    "no verdict": (
        ["name: a, findings: [], expect: {}"],
        "3:29: cases[0].expect: the key 'verdict' is missing",
    ),
    "another verdict": (
        ["name: a, findings: [], expect: {verdict: passed}"],
        "3:38: cases[0].expect.verdict: expected error or fail or pass or warn",
    ),
    "a severity nobody knows": (
        ["name: a, findings: [{severity: bad}], expect: {verdict: pass}"],
        "3:27: cases[0].findings[0].severity: expected critical or high",
    ),
    "no severity": (
        ["name: a, findings: [{id: X, package: p}], expect: {verdict: pass}"],
        "3:26: cases[0].findings[0]: the key 'severity' is missing",
    ),
    "no package but an ID": (
        ["name: a, findings: [{severity: high, id: X}], expect: {verdict: pass}"],
        (
            "3:26: cases[0].findings[0]: name the package; a row without one tells nothing but its "
            "severity, not id"
        ),
    ),
    "no package but a fix": (
        ['name: a, findings: [{severity: high, fixed_by: "1"}], expect: {verdict: pass}'],
        "3:26: cases[0].findings[0]: name the package",
    ),
    "a version that is a number": (
        ["name: a, findings: [{severity: high, package: p, fixed_by: 3}], expect: {verdict: pass}"],
        "3:55: cases[0].findings[0].fixed_by: expected a text, found a number, 3",
    ),
    "a day that is none": (
        [f"name: a, at: 2026-02-30, {EMPTY}"],
        "3:15: cases[0].at: ",
    ),
    "an image that is none": (
        [f"name: a, image: app, {EMPTY}"],
        "3:15: cases[0].image: 'app' is not an image reference",
    ),
    "an age that is none": (
        [f"name: a, scan_age: 8, {EMPTY}"],
        "3:15: cases[0].scan_age: expected a duration such as 8d",
    ),
    "the age of a file": (
        ["name: a, scan_age: 8d, file: x.json, expect: {verdict: pass}"],
        "3:5: cases[0]: scan_age is told by the file itself",
    ),
    "a negative count": (
        ["name: a, counts: {high: -1}, expect: {verdict: pass}"],
        "3:24: cases[0].counts.high: expected a whole number of at least 0",
    ),
    "a baseline without a package": (
        [f"name: a, baseline: [{{id: X}}], {EMPTY}"],
        "3:26: cases[0].baseline[0]: the key 'package' is missing",
    ),
    "an unknown key": (
        [f"name: a, finding: [], {EMPTY}"],
        "3:15: cases[0].finding: unknown key 'finding'; did you mean 'findings'?",
    ),
    "the same name twice": (
        [f"name: a, {EMPTY}", f"name: a, {EMPTY}"],
        "3:6: cases[0].name: another case is named 'a', too",
    ),
}


@pytest.mark.parametrize(("cases", "expected"), BAD.values(), ids=BAD)
def test_a_file_that_is_refused(cases: list[str], expected: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read(*cases)

    assert str(refused.value.problems[0]).startswith(f"x.test.yaml:{expected}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "policy: default\ncases: []\n",
            "2:1: cases: expected a list of cases, which is not empty",
        ),
        ("policy: default\n", "1:1: (document): the key 'cases' is missing"),
        ("cases: []\n", "1:1: cases: expected a list"),
        ("policy: ''\ncases: []\n", "1:1: policy: expected a text that is not empty"),
    ],
    ids=["no case", "no cases", "no policy", "an empty policy"],
)
def test_a_file_without_what_it_needs(text: str, expected: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_cases(text.encode(), file="x.test.yaml")

    told = [str(each) for each in refused.value.problems]
    assert any(each.startswith(f"x.test.yaml:{expected}") for each in told)


def test_every_mistake_is_told_at_once() -> None:
    with pytest.raises(DocumentError) as refused:
        read("name: 1, findings: [{severity: x}], expect: {verdict: y}", f"nmae: b, {EMPTY}")

    assert len(refused.value.problems) == 5


def test_findings_are_a_ready_result_that_adds_up() -> None:
    text = (
        "findings: [{severity: low, package: b, id: X, fixed_by: '2', version: '1', type: npm, "
        "origin: lang}, {severity: critical}]"
    )

    evidence = evidence_of(case(text), NOW)

    assert evidence.scan.counts == Counts(critical=1, low=1)
    assert evidence.scan.scanned_at == NOW
    first, second = evidence.vulnerabilities or ()
    assert (first.severity, first.described, first.fixable) == (Severity.CRITICAL, False, None)
    assert (second.id, second.package, second.version, second.fixable) == ("X", "b", "1", True)
    assert (second.type, second.origin, second.described) == ("npm", "lang", True)


def test_counts_alone_list_nothing() -> None:
    evidence = evidence_of(case("counts: {high: 2, undefined: 1}"), NOW)

    assert evidence.scan.counts == Counts(high=2, undefined=1)
    assert evidence.vulnerabilities is None


def test_no_findings_are_a_list_of_none() -> None:
    assert evidence_of(case("findings: []"), NOW).vulnerabilities == ()


def test_the_age_of_the_scan() -> None:
    evidence = evidence_of(case("scan_age: 2h, findings: []"), NOW)

    assert evidence.scan.scanned_at == NOW.plus(-dt.timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "repository", "digest", "tags"),
    [
        ("findings: []", "test.invalid/registry/image", "", ("case",)),
        ("image: cr.yandex/r/a:1, findings: []", "cr.yandex/r/a", "", ("1",)),
        (
            f"image: cr.yandex/r/a@sha256:{'0' * 64}, findings: []",
            "cr.yandex/r/a",
            f"sha256:{'0' * 64}",
            (),
        ),
    ],
    ids=["none named", "a tag", "a digest"],
)
def test_the_image(text: str, repository: str, digest: str, tags: tuple[str, ...]) -> None:
    image = evidence_of(case(text), NOW).image

    assert (image.repository, image.digest, image.tags) == (repository, digest, tags)
    assert target_of(case("findings: []")) == UNNAMED


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("findings: []", "2026-11-22T10:00:00Z"),
        ("at: 2027-01-02, findings: []", "2027-01-02T00:00:00Z"),
        ("at: '2027-01-02T03:04:05Z', findings: []", "2027-01-02T03:04:05Z"),
    ],
    ids=["now", "a date", "a time"],
)
def test_the_time_of_the_judgement(text: str, expected: str) -> None:
    assert str(moment_of(case(text), otherwise=NOW)) == expected


def test_a_baseline_that_is_empty_is_one() -> None:
    assert baseline_of(case("findings: []")) is None
    empty = baseline_of(case("baseline: [], findings: []"))
    assert empty is not None
    assert empty.everywhere == frozenset()
    some = baseline_of(case("baseline: [{id: X, package: p}], findings: []"))
    assert some is not None
    assert some.everywhere == {("X", "p")}


def outcome(policy: Policy, text: str) -> ImageOutcome:
    return judge_evidence("x", (evidence_of(case(text), NOW),), policy=policy, now=NOW)


POLICY = policy_of(
    shelf(
        "thresholds: {critical: 0}\n"
        "rules: [{name: watch, match: {severity: low}, action: warn}]\n"
        "ignore: [{id: CVE-1, reason: R1, expires: never}]\n"
    )
)
BOTH = "findings: [{severity: critical, package: p, id: CVE-2}, {severity: low, package: p}]"
TAKEN = "findings: [{severity: critical, package: p, id: CVE-1}]"
DIFFERENCES = {
    "as expected": (BOTH, Expected(verdict="fail", rules=("max-critical", "watch"), exit=1), []),
    "in another order": (BOTH, Expected(verdict="fail", rules=("watch", "max-critical")), []),
    "nothing but the verdict": (BOTH, Expected(verdict="fail"), []),
    "another verdict": (
        BOTH,
        Expected(verdict="pass"),
        ["verdict: expected pass, got fail"],
    ),
    "too few rules": (
        BOTH,
        Expected(verdict="fail", rules=("max-critical",)),
        ["rules: expected max-critical, got max-critical, watch"],
    ),
    "too many rules": (
        TAKEN,
        Expected(verdict="pass", rules=("watch",)),
        ["rules: expected watch, got none"],
    ),
    "no rules": (
        BOTH,
        Expected(verdict="fail", rules=()),
        ["rules: expected none, got max-critical, watch"],
    ),
    "ignored": (TAKEN, Expected(verdict="pass", ignored=1, exit=0), []),
    "not ignored": (
        BOTH,
        Expected(verdict="fail", ignored=1),
        ["ignored: expected 1, got 0"],
    ),
    "another exit code": (
        BOTH,
        Expected(verdict="fail", exit=0),
        ["exit: expected 0, got 1"],
    ),
    "everything": (
        BOTH,
        Expected(verdict="warn", rules=(), ignored=2, exit=0),
        [
            "verdict: expected warn, got fail",
            "rules: expected none, got max-critical, watch",
            "ignored: expected 2, got 0",
            "exit: expected 0, got 1",
        ],
    ),
}


@pytest.mark.parametrize(("text", "expected", "told"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_what_came_out_differently(text: str, expected: Expected, told: list[str]) -> None:
    assert list(differences(expected, outcome(POLICY, text))) == told


def test_without_a_verdict_nothing_is_violated_and_nothing_is_known_to_be_ignored() -> None:
    refused = without_verdict("x", EvidenceIncomplete("why"), policy=POLICY)

    assert violated(refused) == ()
    assert differences(Expected(verdict="error", exit=3, rules=()), refused) == ()
    assert differences(Expected(verdict="error", ignored=0), refused) == (
        "ignored: expected 0, got an unknown number",
    )
