"""Exit codes: of an image, and of several together."""

import itertools

import pytest

from scangate import errors
from scangate.errors import ExitCode, ScangateError
from scangate.report import Failure, ImageOutcome, PolicyIdentity, Report, Verdict
from tests.fakes import NOW

PASS, VIOLATION, USAGE, NO_EVIDENCE, REFUSED, UNAVAILABLE, INTERNAL, INTERRUPTED, TERMINATED = (
    ExitCode
)
ERRORS = {
    USAGE: errors.UsageError("x"),
    NO_EVIDENCE: errors.ScanMissing("x"),
    REFUSED: errors.PermissionDenied("x"),
    UNAVAILABLE: errors.BadResponse("x"),
    INTERNAL: errors.InternalError("x"),
    INTERRUPTED: errors.Interrupted("x"),
    TERMINATED: errors.Terminated("x"),
}
KINDS = {
    "usage",
    "invalid-policy",
    "image-not-found",
    "scan-missing",
    "scan-failed",
    "scan-stale",
    "scan-timeout",
    "evidence-incomplete",
    "tag-moved",
    "unauthenticated",
    "permission-denied",
    "unavailable",
    "bad-response",
    "not-scannable",
    "interrupted",
    "internal",
}


def outcome(code: ExitCode) -> ImageOutcome:
    if code in ERRORS:
        failure = Failure.of(ERRORS[code])
        return ImageOutcome(reference="x", verdict=Verdict.ERROR, rules=(), failure=failure)
    verdict = Verdict.PASS if code is PASS else Verdict.FAIL
    return ImageOutcome(reference="x", verdict=verdict, rules=())


def report(*outcomes: ImageOutcome) -> Report:
    return Report(
        version="0",
        judged_at=NOW,
        mode="enforce",
        endpoint="",
        endpoint_known=True,
        api="container-registry",
        policy=PolicyIdentity(name="p", source="p.yaml", sha256=""),
        images=outcomes,
    )


@pytest.mark.parametrize(
    ("codes", "combined"),
    [
        ((PASS,), PASS),
        ((PASS, PASS), PASS),
        ((PASS, VIOLATION), VIOLATION),
        ((PASS, NO_EVIDENCE), NO_EVIDENCE),
        ((NO_EVIDENCE, REFUSED), REFUSED),
        ((REFUSED, UNAVAILABLE, PASS), UNAVAILABLE),
        ((UNAVAILABLE, INTERNAL), INTERNAL),
        ((VIOLATION, NO_EVIDENCE), VIOLATION),
        ((VIOLATION, REFUSED, UNAVAILABLE), VIOLATION),
        ((VIOLATION, INTERNAL), VIOLATION),
        ((PASS, INTERRUPTED), INTERRUPTED),
        ((VIOLATION, INTERRUPTED), INTERRUPTED),
        ((VIOLATION, TERMINATED), TERMINATED),
    ],
    ids=lambda value: "+".join(code.name for code in value) if isinstance(value, tuple) else None,
)
def test_codes_of_several_images(codes: tuple[ExitCode, ...], combined: ExitCode) -> None:
    for order in itertools.permutations(codes):
        assert report(*map(outcome, order)).exit_code is combined


def test_only_passes_together_are_a_pass() -> None:
    for codes in itertools.product(ExitCode, repeat=3):
        assert (report(*map(outcome, codes)).exit_code is PASS) == (set(codes) == {PASS})


def test_a_report_on_no_image_is_no_pass() -> None:
    assert report().exit_code is not PASS
    assert report().verdict is Verdict.ERROR


def test_a_warning_exits_0() -> None:
    warned = ImageOutcome(reference="x", verdict=Verdict.WARN, rules=())
    assert warned.exit_code is PASS
    assert report(warned).verdict is Verdict.WARN


@pytest.mark.parametrize("verdict", list(Verdict), ids=lambda verdict: verdict.value)
def test_a_failure_outranks_the_verdict_beside_it(verdict: Verdict) -> None:
    failure = Failure.of(errors.ScanStale("old"))
    failed = ImageOutcome(reference="x", verdict=verdict, rules=(), failure=failure)
    assert failed.exit_code is NO_EVIDENCE


def test_an_error_without_a_reason_is_a_defect() -> None:
    assert ImageOutcome(reference="x", verdict=Verdict.ERROR, rules=()).exit_code is INTERNAL


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ((Verdict.PASS, Verdict.WARN), Verdict.WARN),
        ((Verdict.WARN, Verdict.ERROR), Verdict.ERROR),
        ((Verdict.ERROR, Verdict.FAIL), Verdict.FAIL),
        ((Verdict.FAIL, Verdict.PASS), Verdict.FAIL),
    ],
    ids=lambda value: "+".join(v.value for v in value) if isinstance(value, tuple) else None,
)
def test_verdicts_of_several_images(verdicts: tuple[Verdict, ...], worst: Verdict) -> None:
    outcomes = [ImageOutcome(reference="x", verdict=verdict, rules=()) for verdict in verdicts]
    assert report(*outcomes).verdict is worst
    assert report(*reversed(outcomes)).verdict is worst


def every_error() -> list[type[ScangateError]]:
    found = [ScangateError]
    for each in found:
        found.extend(each.__subclasses__())
    return [each for each in found if each.__module__ == errors.__name__]


@pytest.mark.parametrize("error", every_error(), ids=lambda error: error.__name__)
def test_no_error_has_the_code_of_a_verdict(error: type[ScangateError]) -> None:
    assert error.code not in (PASS, VIOLATION)
    assert error.kind in KINDS


def test_a_failure_keeps_what_the_error_said() -> None:
    failure = Failure.of(errors.TagMoved("it moved", hint="pin it"))
    assert (failure.kind, failure.code) == ("tag-moved", NO_EVIDENCE)
    assert (failure.message, failure.hint) == ("it moved", "pin it")
