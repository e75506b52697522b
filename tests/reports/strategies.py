"""Any report that the gate could hand over, with texts that do their worst."""

import msgspec
from hypothesis import settings
from hypothesis import strategies as st

from scangate import errors
from scangate.instant import Instant
from scangate.model import Counts, Image, Place, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.report import (
    WORST_FIRST,
    Bucket,
    Excess,
    Failure,
    Finding,
    FixPlan,
    GivenVex,
    IgnoreDraft,
    IgnoreOutcome,
    IgnoreState,
    ImageOutcome,
    PolicyIdentity,
    Report,
    RuleOutcome,
    Suppression,
    Upgrade,
    Verdict,
)

from .samples import DIGEST, HOSTILE

unhurried = settings(deadline=None)
"""A busy machine must not turn a property red."""

_FRAGMENTS = (
    HOSTILE,
    "",
    " ",
    "\n",
    "::error::x",
    "##[error]x",
    "\x1b]0;",
    "\ud800",
    "\ufffe",
    "\u202e",
    "]]>",
    "</failure>",
    "><",
    "openssl",
    "libssl3",
    "scan is ready",
    "CVE-2026-0001",
    "x" * 500,
)
_CHARACTERS = st.characters(categories=["L", "M", "N", "P", "S", "Z", "C"])
texts = st.one_of(
    st.sampled_from(_FRAGMENTS),
    st.text(_CHARACTERS, max_size=20),
    st.lists(st.sampled_from(_FRAGMENTS), max_size=3).map("".join),
)
numbers = st.one_of(st.integers(0, 5), st.integers(0, 2**63 - 1))
_SECONDS = st.integers(-62135596800, 253402300799)  # the years 1 to 9999
instants = st.builds(
    lambda seconds, fraction: Instant(seconds * 10**9 + fraction),
    _SECONDS,
    st.integers(0, 10**9 - 1),
)
_VULNERABILITIES = st.builds(
    Vulnerability,
    severity=st.sampled_from(Severity),
    severity_word=texts,
    id=texts,
    package=texts,
    version=texts,
    fixed_version=texts,
    type=texts,
    origin=texts,
    source=texts,
    link=texts,
    described=st.booleans(),
)
_SUPPRESSIONS = st.builds(
    Suppression,
    bucket=st.sampled_from((Bucket.IGNORED, Bucket.VEX)),
    reason=texts,
    by=texts,
    expires=st.none() | st.dates(),
)
_NAMES = st.lists(texts, max_size=2).map(tuple)


def _finding(
    rules: st.SearchStrategy[tuple[str, ...]], suppressions: st.SearchStrategy[Suppression | None]
) -> st.SearchStrategy[Finding]:
    return st.builds(
        Finding,
        vulnerability=_VULNERABILITIES,
        new=st.none() | st.booleans(),
        known_exploited=st.none() | st.booleans(),
        epss=st.none() | st.floats(0, 1),
        rules=rules,
        suppression=suppressions,
    )


_COUNTED = _finding(st.lists(texts, min_size=1, max_size=2).map(tuple), st.none())
_ALL_COUNTED = st.lists(_COUNTED, max_size=8).map(tuple)
_OPEN = _finding(_NAMES, st.none())
_EXEMPT = _finding(st.just(()), _SUPPRESSIONS)
findings = st.lists(_OPEN | _EXEMPT, max_size=8).map(tuple)
_COUNTS = st.builds(Counts, **{severity.value: numbers for severity in Severity})
_IMAGES = st.builds(
    Image,
    id=texts,
    host=st.sampled_from(("cr.yandex", "localhost:5000")),
    name=texts,
    digest=st.just(DIGEST),
)
_SCANS = st.builds(
    ScanResult,
    id=texts,
    image_id=texts,
    status=st.sampled_from(ScanStatus),
    status_word=texts,
    scanned_at=st.none() | instants,
    counts=st.none() | _COUNTS,
)
_READY_SCANS = _SCANS.map(
    lambda scan: msgspec.structs.replace(scan, status=ScanStatus.READY, status_word="")
)
_ERRORS = tuple(
    getattr(errors, name)
    for name in (
        *("ImageNotFound", "ScanMissing", "ScanFailed", "ScanStale", "ScanTimeout"),
        *("EvidenceIncomplete", "TagMoved", "NotScannable", "Unauthenticated"),
        *("PermissionDenied", "Unavailable", "BadResponse", "InternalError"),
        *("Interrupted", "Terminated"),
    )
)
_PLACES = st.builds(Place, file=texts, line=st.integers(1, 9999))


_IGNORES = st.builds(
    IgnoreOutcome,
    id=texts,
    reason=texts,
    state=st.sampled_from(IgnoreState),
    package=texts,
    expires=st.none() | st.dates(),
    owner=texts,
    ticket=texts,
    place=st.none() | _PLACES,
    written=texts,
    count=numbers,
)
_UPGRADES = st.builds(
    Upgrade,
    package=texts,
    versions=_NAMES,
    to=texts,
    findings=st.lists(_COUNTED, min_size=1, max_size=5).map(tuple),
    type=texts,
)
_DRAFTS = st.builds(IgnoreDraft, id=texts, package=texts, expires=st.dates())
fix_plans = st.builds(
    FixPlan,
    upgrades=st.lists(_UPGRADES, max_size=3).map(tuple),
    remains=st.lists(st.builds(Excess, rule=texts, count=numbers, max=numbers), max_size=2).map(
        tuple
    ),
    drafts=st.lists(_DRAFTS, max_size=7).map(tuple),
    removable=st.lists(_IGNORES, max_size=2).map(tuple),
)


@st.composite
def _rules(draw: st.DrawFn, *, judged: bool) -> RuleOutcome:
    verdict = draw(st.sampled_from((Verdict.PASS, Verdict.WARN, Verdict.FAIL, None)))
    found = draw(st.none() | _ALL_COUNTED)
    number = draw(numbers) if found is None else len(found)
    known = judged and verdict is not None
    return RuleOutcome(
        name=draw(texts),
        title=draw(texts),
        max=draw(numbers),
        verdict=verdict if known else None,
        count=number if known else None,
        findings=found if known else None,
        place=draw(st.none() | _PLACES),
        message=draw(texts),
    )


@st.composite
def _judged(draw: st.DrawFn) -> ImageOutcome:
    rules = tuple(draw(st.lists(_rules(judged=True), max_size=4)))
    verdicts = {Verdict.PASS, *(rule.verdict for rule in rules)}
    return ImageOutcome(
        reference=draw(texts),
        verdict=next(verdict for verdict in WORST_FIRST if verdict in verdicts),
        rules=rules,
        image=draw(_IMAGES),
        scan=draw(_READY_SCANS),
        waited_seconds=draw(st.floats(0, 1e6)),
        findings=draw(st.none() | findings),
        ignores=tuple(draw(st.lists(_IGNORES, max_size=2))),
        fix_plan=draw(st.none() | fix_plans),
        notices=tuple(draw(st.lists(texts, max_size=2))),
        enforced=draw(st.booleans()),
    )


@st.composite
def _without_verdict(draw: st.DrawFn) -> ImageOutcome:
    error = draw(st.sampled_from(_ERRORS))(draw(texts), hint=draw(texts))
    return ImageOutcome(
        reference=draw(texts),
        verdict=Verdict.ERROR,
        rules=tuple(draw(st.lists(_rules(judged=False), max_size=3))),
        image=draw(st.none() | _IMAGES),
        scan=draw(st.none() | _SCANS),
        failure=Failure.of(error),
        notices=tuple(draw(st.lists(texts, max_size=2))),
    )


_GIVEN = st.lists(st.builds(GivenVex, file=texts, sha256=texts), max_size=2).map(tuple)

reports = st.builds(
    Report,
    version=texts,
    judged_at=instants,
    mode=st.sampled_from(("enforce", "warn", "warn-only")),
    endpoint=texts,
    endpoint_known=st.booleans(),
    api=st.just("container-registry"),
    policy=st.builds(
        PolicyIdentity, name=texts, source=texts, sha256=texts, feeds=_NAMES, vex=_GIVEN
    ),
    images=st.lists(st.one_of(_judged(), _without_verdict()), max_size=4).map(tuple),
    simulated_at=st.none() | instants,
    evidence=st.sampled_from(("registry", "file")),
)
