"""The decision: evidence and a policy to a verdict, rule by rule."""

import datetime as dt

import msgspec
import pytest

from scangate.errors import EvidenceIncomplete, NoEvidence, PolicyError, ScanStale
from scangate.model import Counts, Evidence, Image, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.policy.evaluate import (
    Judgement,
    count_rows,
    evaluate,
    evaluate_all,
    needs_rows,
    unjudged,
)
from scangate.report import Verdict
from tests.fakes import IMAGE, NOW, policy, result

PASS, WARN, FAIL = Verdict.PASS, Verdict.WARN, Verdict.FAIL


def row(severity: str, *, fix: bool | None = False, word: str = "") -> Vulnerability:
    return Vulnerability(
        severity=Severity(severity),
        id="CVE-1",
        fixed_version="2" if fix else "",
        described=fix is not None,
        severity_word=word,
    )


def counted(**counts: int) -> Evidence:
    return Evidence(image=IMAGE, scan=result(counts=Counts(**counts)))


def listed(*rows: Vulnerability, counts: Counts | None = None) -> Evidence:
    scan = result(counts=counts or count_rows(rows))
    return Evidence(image=IMAGE, scan=scan, vulnerabilities=rows)


def judge(text: str, evidence: Evidence) -> Judgement:
    return evaluate(policy(text), evidence, NOW)


def warned(text: str) -> str:
    return f"mode: warn\nthresholds: {{{text}}}"


@pytest.mark.parametrize(
    ("text", "counts", "verdict"),
    [
        ("critical: 0", {}, PASS),
        ("critical: 0", {"critical": 1}, FAIL),
        ("critical: 0", {"high": 1000, "undefined": 1000}, PASS),
        ("critical: 3", {"critical": 3}, PASS),
        ("critical: 3", {"critical": 4}, FAIL),
        ("high: 0", {"critical": 1}, FAIL),
        ("high: 2", {"critical": 2, "high": 2}, PASS),
        ("high: 2", {"critical": 3}, FAIL),
        ("high: 0", {"undefined": 1}, FAIL),
        ("high: 2", {"high": 1, "undefined": 1}, PASS),
        ("high: 2", {"high": 2, "undefined": 1}, FAIL),
        ("high: 2, undefined: 0", {"high": 2, "undefined": 1}, FAIL),
        ("high: 2, undefined: 1", {"high": 2, "undefined": 1}, PASS),
        ("high: 0, undefined: none", {"undefined": 1000}, PASS),
        ("medium: 0", {"undefined": 1}, FAIL),
        ("medium: 0", {"low": 1, "negligible": 1}, PASS),
        ("negligible: 0", {"negligible": 1}, FAIL),
        ("total: 3", {"critical": 1, "low": 1, "undefined": 1}, PASS),
        ("total: 3", {"critical": 1, "low": 1, "undefined": 2}, FAIL),
        ("critical: 0, total: 5", {"critical": 1}, FAIL),
        ("critical: 2, total: 1", {"critical": 2}, FAIL),
        ("critical: 0", {"critical": 2**63 - 1}, FAIL),
    ],
)
def test_by_counts(text: str, counts: dict[str, int], verdict: Verdict) -> None:
    assert judge(text, counted(**counts)).verdict is verdict
    softer = WARN if verdict is FAIL else verdict
    assert judge(warned(text), counted(**counts)).verdict is softer


@pytest.mark.parametrize(
    ("text", "rows", "verdict"),
    [
        ("high: {fixable: 0}", [], PASS),
        ("high: {fixable: 0}", [row("high", fix=True)], FAIL),
        ("high: {fixable: 0}", [row("high", fix=False)], PASS),
        ("high: {fixable: 0}", [row("high", fix=None)], FAIL),
        ("high: {unfixable: 0}", [row("high", fix=True)], PASS),
        ("high: {unfixable: 0}", [row("high", fix=False)], FAIL),
        ("high: {unfixable: 0}", [row("high", fix=None)], FAIL),
        ("high: {fixable: 0}", [row("critical", fix=True)], FAIL),
        ("high: {fixable: 0}", [row("undefined", fix=True)], FAIL),
        ("high: {fixable: 0}", [row("undefined", fix=None)], FAIL),
        ("high: {fixable: 0}", [row("medium", fix=True)], PASS),
        ("high: {fixable: 1, unfixable: 1}", [row("high", fix=None)], PASS),
        (
            "high: {fixable: 1, unfixable: 1}",
            [row("high", fix=None), row("high", fix=True)],
            FAIL,
        ),
        (
            "high: {fixable: 0, unfixable: 2}",
            [row("high"), row("high")],
            PASS,
        ),
        (
            "high: {fixable: 0, unfixable: 2}",
            [row("high"), row("high"), row("high")],
            FAIL,
        ),
        ("critical: 0", [row("critical", fix=None)], FAIL),
        ("critical: 0", [row("critical", word="APOCALYPTIC")], FAIL),
        ("total: 0", [row("negligible", fix=None)], FAIL),
    ],
)
def test_by_rows(text: str, rows: list[Vulnerability], verdict: Verdict) -> None:
    assert judge(text, listed(*rows)).verdict is verdict


def test_every_rule_is_told_with_what_it_counted() -> None:
    judgement = judge(
        "critical: 0, high: {fixable: 0, unfixable: 3}, total: 9",
        listed(row("critical"), row("high", fix=True), row("high", fix=None), row("low")),
    )
    assert [(rule.name, rule.count, rule.max, rule.verdict) for rule in judgement.rules] == [
        ("max-critical", 1, 0, FAIL),
        ("max-high-fixable", 2, 0, FAIL),
        ("max-high-unfixable", 1, 3, PASS),
        ("max-total", 4, 9, PASS),
    ]
    assert all(rule.findings and len(rule.findings) == rule.count for rule in judgement.rules)


def test_findings_that_were_not_listed_are_not_told_as_none_found() -> None:
    judgement = judge("critical: 0", counted(low=1))
    assert judgement.findings is None
    assert judgement.rules[0].findings is None


def test_rows_where_the_service_told_no_counts() -> None:
    nothing = Evidence(image=IMAGE, scan=result(counts=None), vulnerabilities=())
    assert judge("critical: 0", nothing).verdict is PASS
    something = msgspec.structs.replace(nothing, vulnerabilities=(row("low"),))
    with pytest.raises(EvidenceIncomplete, match="do not add up"):
        judge("critical: 0", something)


NO_COUNTS = Evidence(image=IMAGE, scan=result(counts=None))
SHORT = listed(counts=Counts(high=1, low=1))
LONG = listed(row("low"), counts=Counts())
OTHER = listed(row("low"), counts=Counts(medium=1))
GONE = Evidence(image=IMAGE, scan=result(counts=Counts()), gap="the list is gone")
PROVEN = listed(row("low"), counts=Counts(critical=1, low=1))


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("critical: 0", NO_COUNTS),
        ("critical: 0", SHORT),
        ("critical: 0", LONG),
        ("critical: 0", OTHER),
        ("critical: 0", GONE),
        ("high: {fixable: 0}", SHORT),
        ("high: {fixable: 0}", counted()),
        ("high: {fixable: 0}", counted(critical=1)),
        ("critical: 1", PROVEN),
        (warned("critical: 0"), SHORT),
        (warned("critical: 0"), GONE),
        (warned("critical: 0"), PROVEN),
    ],
    ids=[
        "neither counts nor rows",
        "a row is missing",
        "a row too many",
        "a row of another severity",
        "the list is gone",
        "a row is missing that a fixable limit needs",
        "no rows for a fixable limit",
        "critical by counts, where only fixable ones are limited",
        "counts that violate nothing",
        "a warning does not outweigh a missing row",
        "a warning does not outweigh a list that is gone",
        "a violation by counts that would only be a warning",
    ],
)
def test_evidence_that_does_not_add_up(text: str, evidence: Evidence) -> None:
    with pytest.raises(EvidenceIncomplete) as refused:
        judge(text, evidence)
    assert refused.value.code == 3


@pytest.mark.parametrize(
    "evidence",
    [PROVEN, msgspec.structs.replace(counted(critical=1), gap="the list is gone")],
    ids=["rows that do not add up", "the list is gone"],
)
def test_a_violation_that_the_counts_prove_stands(evidence: Evidence) -> None:
    judgement = judge("critical: 0, high: {fixable: 0}", evidence)
    assert judgement.verdict is FAIL
    assert [(rule.name, rule.verdict) for rule in judgement.rules] == [
        ("max-critical", FAIL),
        ("max-high-fixable", None),
    ]
    assert judgement.findings is None
    assert "the counts alone decide" in judgement.notices[0]


@pytest.mark.parametrize(
    "status", [each for each in ScanStatus if each is not ScanStatus.READY], ids=lambda s: s.value
)
def test_only_a_ready_result_is_judged(status: ScanStatus) -> None:
    evidence = Evidence(image=IMAGE, scan=result(status=status), vulnerabilities=())
    with pytest.raises(NoEvidence):
        judge("critical: 0", evidence)


@pytest.mark.parametrize("text", ["critical: 0", warned("critical: 0")], ids=["enforce", "warn"])
@pytest.mark.parametrize("critical", [0, 1])
def test_a_stale_result_is_not_judged(text: str, critical: int) -> None:
    scan = result(scanned_at=NOW.plus(-dt.timedelta(days=9)), counts=Counts(critical=critical))
    with pytest.raises(ScanStale):
        judge(text, Evidence(image=IMAGE, scan=scan))


def test_any_age_is_accepted_where_the_policy_says_so() -> None:
    scan = result(scanned_at=NOW.plus(-dt.timedelta(days=900)))
    text = "thresholds: {critical: 0}\nscan: {max_age: any}"
    assert judge(text, Evidence(image=IMAGE, scan=scan)).verdict is PASS


class TestSeveral:
    """Results of the very same time."""

    CLEAN, BAD, TORN = counted(), counted(critical=1), SHORT

    def judge(self, *evidence: Evidence, text: str = "critical: 0") -> tuple[Evidence, Judgement]:
        return evaluate_all(policy(text), evidence, NOW)

    def test_the_worst_holds_and_comes_with_its_evidence(self) -> None:
        for several in ((self.CLEAN, self.BAD), (self.BAD, self.CLEAN)):
            evidence, judgement = self.judge(*several)
            assert (evidence, judgement.verdict) == (self.BAD, FAIL)

    def test_all_clean(self) -> None:
        assert self.judge(self.CLEAN, self.CLEAN)[1].verdict is PASS

    def test_a_warning_outranks_a_pass(self) -> None:
        assert self.judge(self.CLEAN, self.BAD, text=warned("critical: 0"))[1].verdict is WARN

    def test_one_that_proves_nothing_spoils_a_pass(self) -> None:
        for several in ((self.CLEAN, self.TORN), (self.TORN, self.CLEAN)):
            with pytest.raises(EvidenceIncomplete):
                self.judge(*several)

    def test_one_that_proves_nothing_spoils_a_warning(self) -> None:
        with pytest.raises(EvidenceIncomplete):
            self.judge(self.BAD, self.TORN, text=warned("critical: 0"))

    def test_one_that_proves_nothing_does_not_spoil_a_violation(self) -> None:
        for several in ((self.BAD, self.TORN), (self.TORN, self.BAD)):
            assert self.judge(*several)[1].verdict is FAIL

    def test_none_at_all_is_no_pass(self) -> None:
        with pytest.raises(EvidenceIncomplete):
            self.judge()


WARNS = (
    "thresholds: {critical: 0}\n"
    "rules: [{name: r, match: {severity: high}, max: 1, action: warn, message: Upgrade it.}]\n"
)


class TestAWarning:
    """A rule whose action is `warn`: it is told, and lets pass."""

    @pytest.mark.parametrize(
        ("counts", "verdict", "of_rule"),
        [
            ({}, PASS, PASS),
            ({"high": 1}, PASS, PASS),
            ({"high": 2}, WARN, WARN),
            ({"critical": 1}, FAIL, PASS),
            ({"critical": 1, "high": 2}, FAIL, WARN),
        ],
        ids=["clean", "at the limit", "above it", "a violation", "both"],
    )
    def test_verdicts(self, counts: dict[str, int], verdict: Verdict, of_rule: Verdict) -> None:
        judgement = judge(WARNS, counted(**counts))
        assert (judgement.verdict, judgement.rules[-1].verdict) == (verdict, of_rule)
        assert judgement.enforced

    def test_it_proves_nothing_where_the_evidence_has_a_gap(self) -> None:
        gap: Evidence = msgspec.structs.replace(counted(high=9), gap="the list is gone")
        with pytest.raises(EvidenceIncomplete):
            judge(WARNS, gap)
        both: Evidence = msgspec.structs.replace(counted(high=9, critical=1), gap="it is gone")
        assert judge(WARNS, both).verdict is FAIL

    def test_its_message_is_told_with_it(self) -> None:
        rule = judge(WARNS, counted(high=2)).rules[-1]
        assert (rule.message, rule.max, rule.count) == ("Upgrade it.", 1, 2)
        assert unjudged(policy(WARNS).terms.rules[-1]).message == "Upgrade it."


def test_what_only_warns_is_told_as_not_enforced() -> None:
    assert not judge(warned("critical: 0"), counted(critical=1)).enforced
    softened = policy("critical: 0").replace(warn_only=True)
    judgement = evaluate(softened, counted(critical=1), NOW)
    assert (judgement.verdict, judgement.enforced) == (WARN, False)


class TestOverrides:
    TEXT = (
        "thresholds: {high: 0}\n"
        "overrides:\n"
        "  - {images: 'cr.yandex/*/legacy/*', thresholds: {high: 2}, scan: {max_age: 1d}}\n"
        "  - {images: ['*/legacy/old', '*/gone'], thresholds: {high: 5}}\n"
        "  - {images: '*/tried-out', mode: warn}\n"
    )

    def judge(self, name: str, high: int) -> Verdict:
        image: Image = msgspec.structs.replace(IMAGE, name=name)
        evidence = Evidence(image=image, scan=result(counts=Counts(high=high)))
        return evaluate(policy(self.TEXT), evidence, NOW).verdict

    @pytest.mark.parametrize(
        ("name", "most"),
        [
            ("crp0/app", 0),
            ("crp0/legacy/app", 2),
            ("crp0/team/legacy/app", 2),
            ("crp0/legacy", 0),
            ("crp0/legacy/old", 5),
            ("crp0/gone", 5),
        ],
        ids=["none", "one", "across a slash", "not quite", "two, the later wins", "a list"],
    )
    def test_by_repository(self, name: str, most: int) -> None:
        assert self.judge(name, most) is PASS
        assert self.judge(name, most + 1) is FAIL

    def test_the_mode(self) -> None:
        assert self.judge("crp0/tried-out", 9) is WARN

    def test_the_age_of_a_scan(self) -> None:
        scan = result(scanned_at=NOW.plus(-dt.timedelta(days=2)))
        for name, stale in [("crp0/legacy/app", True), ("crp0/app", False)]:
            image: Image = msgspec.structs.replace(IMAGE, name=name)
            evidence = Evidence(image=image, scan=scan)
            if stale:
                with pytest.raises(ScanStale):
                    evaluate(policy(self.TEXT), evidence, NOW)
            else:
                assert evaluate(policy(self.TEXT), evidence, NOW).verdict is PASS

    @pytest.mark.parametrize("high", [0, 1])
    def test_of_an_unknown_repository_nothing_can_be_said(self, high: int) -> None:
        with pytest.raises(EvidenceIncomplete, match="not known of which repository") as error:
            self.judge("", high)
        assert (error.value.code, error.value.hint) == (3, "give the IMAGE as well")

    def test_where_there_are_none_the_repository_does_not_matter(self) -> None:
        image: Image = msgspec.structs.replace(IMAGE, name="")
        evidence = Evidence(image=image, scan=result(counts=Counts(high=1)))
        assert evaluate(policy("high: 0"), evidence, NOW).verdict is FAIL

    def test_a_policy_that_cannot_judge_an_image_is_an_error_of_the_policy(self) -> None:
        text = (
            "thresholds: {high: 0}\nrules: [{name: r, match: {severity: low}}]\noverrides:\n"
            "  - {images: '*', thresholds: {high: none}}\n"
            "  - {images: '*', rules: [{name: r, action: warn}]}\n"
        )
        with pytest.raises(PolicyError, match="cannot fail"):
            evaluate(policy(text), counted(), NOW)


IGNORES = "ignore: [{id: CVE-2, reason: x, expires: never, images: other/*}]\n"


class TestWhereThereAreExceptions:
    """Any finding may be one of them, so counts alone prove nothing: neither good nor bad."""

    def test_counts_alone(self) -> None:
        for counts in ({}, {"critical": 1}, {"low": 1}):
            with pytest.raises(EvidenceIncomplete, match="could not be listed"):
                judge(f"thresholds: {{critical: 0}}\n{IGNORES}", counted(**counts))

    def test_counts_that_would_violate_and_rows_that_do_not_add_up(self) -> None:
        assert judge("critical: 0", PROVEN).verdict is FAIL
        with pytest.raises(EvidenceIncomplete, match="do not add up"):
            judge(f"thresholds: {{critical: 0}}\n{IGNORES}", PROVEN)

    def test_rows(self) -> None:
        text = f"thresholds: {{critical: 0}}\n{IGNORES}"
        assert judge(text, listed(row("critical"))).verdict is FAIL
        assert judge(text, listed(row("high"))).verdict is PASS


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("thresholds: {critical: 0}", False),
        ("thresholds: {critical: 0, high: 3, undefined: 1, total: 9}", False),
        ("thresholds: {critical: 0, high: {fixable: 0}}", True),
        (f"thresholds: {{critical: 0}}\n{IGNORES}", True),
        ("rules: [{name: r, match: {severity: '>=high'}}]\n", False),
        ("rules: [{name: r, match: {severity: [low, high]}, max: 3}]\n", False),
        ("rules: [{name: r, match: {severity: high, id: '*'}}]\n", True),
        ("thresholds: {critical: 0}\nrules: [{name: r, match: {new: true}, action: warn}]", True),
    ],
)
def test_which_policies_need_rows(text: str, needed: bool) -> None:
    read = policy(f"{text}\n")
    assert needs_rows(read, read.terms) is needed


def test_a_rule_by_severity_is_judged_by_counts() -> None:
    text = "rules: [{name: r, match: {severity: '>=high'}, max: 2}]\n"
    assert judge(text, counted(critical=1, undefined=1)).verdict is PASS
    assert judge(text, counted(critical=1, high=1, undefined=1)).verdict is FAIL
    assert judge(text, counted(medium=9, low=9)).verdict is PASS


class TestNotices:
    def test_unknown_words_are_told_and_change_nothing(self) -> None:
        judgement = judge("critical: 1", listed(row("critical", word="APOCALYPTIC")))
        assert judgement.notices == ("unknown severity 'APOCALYPTIC' is treated as critical",)
        assert judgement.verdict is PASS

    def test_unknown_words_of_the_counts_are_told_too(self) -> None:
        scan: ScanResult = msgspec.structs.replace(result(), unknown_severities=("apocalyptic",))
        judgement = judge("critical: 1", Evidence(image=IMAGE, scan=scan))
        assert judgement.notices == ("unknown severity 'apocalyptic' is treated as critical",)

    def test_undefined_that_counts_as_high_is_told(self) -> None:
        judgement = judge("high: 5", counted(undefined=2))
        assert judgement.notices == ("2 of undefined severity are counted as high",)

    @pytest.mark.parametrize("text", ["high: 5, undefined: 5", "critical: 0"])
    def test_undefined_that_does_not_is_not(self, text: str) -> None:
        assert judge(text, counted(undefined=2)).notices == ()


def test_a_rule_that_was_not_judged_says_so() -> None:
    outcome = unjudged(policy("critical: 0").terms.rules[0])
    assert (outcome.verdict, outcome.count, outcome.findings) == (None, None, None)


def test_rows_are_counted_by_severity() -> None:
    rows = [row("high"), row("high", fix=None), row("undefined"), row("critical", word="X")]
    assert count_rows(rows) == Counts(high=2, undefined=1, critical=1)
