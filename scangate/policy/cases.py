"""The cases kept beside a policy, as `scangate policy test` runs them.

A case is evidence and what is to come of it. `evidence_of` makes the evidence, `differences` looks
at what came of it; the judging in between is the gate's own.
"""

from collections import Counter
from collections.abc import Iterator

from msgspec import UNSET

from scangate.documents import Document, DocumentError, Problem, read
from scangate.instant import Instant, parse_duration
from scangate.model import (
    Counts,
    Evidence,
    Image,
    ScanResult,
    ScanStatus,
    Severity,
    Vulnerability,
)
from scangate.policy.baseline import Baseline
from scangate.policy.evaluate import count_rows
from scangate.policy.schema.cases import SOURCES, Case, CaseFile, Expected, Row
from scangate.reference import ImageReference
from scangate.report import ImageOutcome, Verdict

UNNAMED = ImageReference.parse("test.invalid/registry/image:case")
"""The image of a case that names none, which no override and no scope is about."""


def read_cases(data: bytes, *, file: str) -> CaseFile:
    """Read the cases of a file. Raises DocumentError with every mistake of it."""
    document = read(data, kind=CaseFile, file=file)
    problems = list(_problems(document))
    if problems:
        raise DocumentError(problems)
    return document.value


def _problems(document: Document[CaseFile]) -> Iterator[Problem]:
    cases, places = document.value.cases, document.places
    times = Counter(case.name for case in cases)
    for number, case in enumerate(cases):
        path = ("cases", number)
        if times[case.name] > 1:
            name = (*path, "name")
            yield Problem(places[name], name, f"another case is named {case.name!r}, too")
        yield from (Problem(places[path], path, what) for what in _contradictions(case))
        for row, finding in enumerate(() if case.findings is UNSET else case.findings):
            where = (*path, "findings", row)
            yield from (Problem(places[where], where, what) for what in _row_problems(finding))


def _contradictions(case: Case) -> Iterator[str]:
    given = [name for name in SOURCES if getattr(case, name) is not UNSET]
    if len(given) != 1:
        yield f"give one of {', '.join(SOURCES)}; there is {' and '.join(given) or 'none'}"
    if "file" in given and case.scan_age is not UNSET:
        yield "scan_age is told by the file itself"


def _row_problems(row: Row) -> Iterator[str]:
    told = [name for name in ("id", "version", "fixed_by", "type", "origin") if getattr(row, name)]
    if row.package is UNSET and told:
        yield (f"name the package; a row without one tells nothing but its severity, not {told[0]}")


def target_of(case: Case) -> ImageReference:
    """Return the image that is judged."""
    return UNNAMED if case.image is UNSET else ImageReference.parse(case.image)


def moment_of(case: Case, *, otherwise: Instant) -> Instant:
    """Return the time of the judgement."""
    return otherwise if case.at is UNSET else Instant.parse_date(case.at)


def baseline_of(case: Case) -> Baseline | None:
    """Return what is not new, None where nothing says so."""
    if case.baseline is UNSET:
        return None
    return Baseline(everywhere=frozenset((each.id, each.package) for each in case.baseline))


def evidence_of(case: Case, now: Instant) -> Evidence:
    """Return the evidence of a case that has its findings or counts itself: a READY result."""
    target = target_of(case)
    rows = None if case.findings is UNSET else tuple(map(_vulnerability, case.findings))
    age = parse_duration("0" if case.scan_age is UNSET else case.scan_age)
    image = Image(
        id="case",
        host=target.host,
        name=target.name,
        digest=target.digest or "",
        tags=(target.tag,) if target.tag else (),
    )
    scan = ScanResult(
        id="case",
        image_id=image.id,
        status=ScanStatus.READY,
        scanned_at=now.plus(-age),
        counts=_counts(case) if rows is None else count_rows(rows),
    )
    return Evidence(image=image, scan=scan, vulnerabilities=rows and _sorted(rows))


def _counts(case: Case) -> Counts:
    if case.counts is UNSET:
        raise AssertionError("its evidence is in a file")
    return Counts(**{each.value: getattr(case.counts, each.value) for each in Severity})


def _sorted(rows: tuple[Vulnerability, ...]) -> tuple[Vulnerability, ...]:
    return tuple(sorted(rows, key=lambda row: row.sort_key))


def _vulnerability(row: Row) -> Vulnerability:
    return Vulnerability(
        severity=Severity(row.severity),
        id=row.id,
        package="" if row.package is UNSET else row.package,
        version=row.version,
        fixed_version=row.fixed_by,
        type=row.type,
        origin=row.origin,
        described=row.package is not UNSET,
    )


def violated(outcome: ImageOutcome) -> tuple[str, ...]:
    """Return the names of the rules whose limit is exceeded, in their order."""
    return tuple(
        rule.name for rule in outcome.rules if rule.verdict in (Verdict.FAIL, Verdict.WARN)
    )


def differences(expected: Expected, outcome: ImageOutcome) -> tuple[str, ...]:
    """Say what came out differently, each as `what: expected …, got …`."""
    wanted, got = _wanted(expected), _got(outcome)
    return tuple(
        f"{what}: expected {wanted[what]}, got {got[what]}"
        for what in wanted
        if wanted[what] != got[what]
    )


def _wanted(expected: Expected) -> dict[str, str]:
    wanted: dict[str, str] = {"verdict": expected.verdict}
    if expected.rules is not UNSET:
        wanted["rules"] = _list(expected.rules)
    if expected.ignored is not UNSET:
        wanted["ignored"] = str(expected.ignored)
    if expected.exit is not UNSET:
        wanted["exit"] = str(expected.exit)
    return wanted


def _got(outcome: ImageOutcome) -> dict[str, str]:
    findings = outcome.findings
    ignored = None if findings is None else sum(each.suppression is not None for each in findings)
    return {
        "verdict": outcome.verdict.value,
        "rules": _list(violated(outcome)),
        "ignored": "an unknown number" if ignored is None else str(ignored),
        "exit": str(int(outcome.exit_code)),
    }


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(sorted(set(names))) or "none"
