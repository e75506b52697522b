"""Reports to write: small parts with defaults, and the situations of the golden files."""

from collections.abc import Mapping

import msgspec

from scangate.errors import EvidenceIncomplete, ImageNotFound, ScangateError, ScanMissing, ScanStale
from scangate.instant import Instant
from scangate.model import Counts, Image, Place, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.report import (
    Failure,
    ImageOutcome,
    PolicyIdentity,
    Report,
    RuleOutcome,
    Verdict,
)

NOW = Instant.parse("2026-11-22T12:05:00Z")
DIGEST = "sha256:" + "0123456789abcdef" * 4
HOSTILE = (
    "nul\x00 esc\x1b[31m red\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07 c1\x9b2J"
    " bidi\u202egpj.exe zero\u200bwidth bom\ufeff non\ufffe\U0001ffff half\ud800 tag\U000e0041"
    "\r\n::error::owned\r::set-output name=x::y\n  ::warning::indented\u2028::notice::separated"
    "\x0b::debug::tabbed ##[error]azure ##vso[task.complete result=Succeeded] ##teamcity[x]"
    " <b>&amp;</b> ]]> <!-- --> \" ' ` | $(id) {{ 7*7 }} [[ATTACHMENT|/etc/passwd]]"
)


def image(name: str = "crp0/app", **changes: object) -> Image:
    plain = Image(id="crpimage000000000001", host="cr.yandex", name=name, digest=DIGEST)
    return msgspec.structs.replace(plain, **changes)


def scan(**changes: object) -> ScanResult:
    plain = ScanResult(
        id="chescan0000000000001",
        image_id="crpimage000000000001",
        status=ScanStatus.READY,
        scanned_at=Instant.parse("2026-11-22T10:00:00.123456789Z"),
        counts=Counts(),
    )
    return msgspec.structs.replace(plain, **changes)


def finding(number: int = 1, **changes: object) -> Vulnerability:
    plain = Vulnerability(
        severity=Severity.CRITICAL,
        id=f"CVE-2026-{number:04}",
        package="openssl",
        version="3.0.11-1",
        fixed_version="3.0.13-1",
        type="os",
        origin="debian",
        link=f"https://avd.example/CVE-2026-{number:04}",
    )
    return msgspec.structs.replace(plain, **changes)


def rule(name: str = "max-critical", **changes: object) -> RuleOutcome:
    plain = RuleOutcome(
        name=name,
        title=f"{name.removeprefix('max-')} vulnerabilities are within the limit",
        max=0,
        verdict=Verdict.PASS,
        count=0,
        findings=(),
        place=Place(file="scangate.yaml", line=4, column=13),
    )
    return msgspec.structs.replace(plain, **changes)


def broken(*findings: Vulnerability, name: str = "max-critical", **changes: object) -> RuleOutcome:
    fail = rule(name, verdict=Verdict.FAIL, count=len(findings), findings=findings)
    return msgspec.structs.replace(fail, **changes)


def outcome(*rules: RuleOutcome, **changes: object) -> ImageOutcome:
    plain = ImageOutcome(
        reference="cr.yandex/crp0/app:1.4",
        verdict=Verdict.PASS,
        rules=rules,
        image=image(),
        scan=scan(),
        findings=(),
    )
    return msgspec.structs.replace(plain, **changes)


def no_verdict(error: ScangateError, **changes: object) -> ImageOutcome:
    rules = (rule(verdict=None, count=None, findings=None),)
    without = outcome(*rules, verdict=Verdict.ERROR, failure=Failure.of(error), findings=None)
    return msgspec.structs.replace(without, **changes)


def report(*images: ImageOutcome, **changes: object) -> Report:
    plain = Report(
        version="1.2.3",
        judged_at=NOW,
        mode="enforce",
        endpoint="https://container-registry.api.cloud.yandex.net",
        endpoint_known=True,
        api="container-registry",
        policy=PolicyIdentity(name="production", source="scangate.yaml", sha256="ab" * 32),
        images=images,
    )
    return msgspec.structs.replace(plain, **changes)


_MANY = tuple(finding(number) for number in range(1, 501))
_OPENSSL = tuple(finding(1, package=name) for name in ("libssl-dev", "libssl3", "openssl"))
_NINE = tuple(
    finding(2, package=f"libicu-part-{part}", version="72.1-3", fixed_version="")
    for part in range(9)
)
_ZLIB = finding(3, severity=Severity.HIGH, package="zlib1g", version="1:1.2.13", fixed_version="")
_CRITICAL = (*_OPENSSL, *_NINE)
_MISSING = ScanMissing(
    "no scan of cr.yandex/crp0/app appeared within 2m",
    hint="start one with --scan if-missing, or wait longer: --start-timeout",
)
_VIOLATION = outcome(
    broken(*_CRITICAL),
    broken(_ZLIB, name="max-high", place=Place(file="scangate.yaml", line=5)),
    rule("max-medium", max=50),
    verdict=Verdict.FAIL,
    scan=scan(counts=Counts(critical=12, high=1, low=3)),
    findings=(*_CRITICAL, _ZLIB),
    waited_seconds=42.5,
)
_NO_SCAN = no_verdict(_MISSING, scan=None)
_HOSTILE_FINDING = finding(
    id=HOSTILE, package=HOSTILE, version=HOSTILE, fixed_version=HOSTILE, link=HOSTILE
)

SITUATIONS: Mapping[str, Report] = {
    "pass": report(outcome(rule(), rule("max-high", max=3, count=2), waited_seconds=0.4)),
    "warn": report(
        outcome(
            broken(_ZLIB, name="max-high", verdict=Verdict.WARN),
            verdict=Verdict.WARN,
            scan=scan(counts=Counts(high=1)),
            findings=(_ZLIB,),
        ),
        mode="warn-only",
        simulated_at=NOW,
        endpoint="http://127.0.0.1:8080",
        endpoint_known=False,
    ),
    "violation": report(_VIOLATION),
    "violation-by-500": report(
        outcome(
            broken(*_MANY),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=500)),
            findings=_MANY,
        )
    ),
    "scan-missing": report(_NO_SCAN),
    "scan-stale": report(
        no_verdict(
            ScanStale(
                "scan chescan0000000000001 is 9d old, the policy accepts 8d",
                hint="scan the image again (--scan if-needed)",
            )
        )
    ),
    "image-not-found": report(
        no_verdict(ImageNotFound("no image is in the registry"), image=None, scan=None)
    ),
    "rows-incomplete": report(
        outcome(
            broken(count=2, findings=None),
            rule("max-high-fixable", verdict=None, count=None, findings=None),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=2)),
            findings=None,
            notices=("the rows do not add up to the counts; the counts alone decide",),
            gap="the rows do not add up to the counts",
        )
    ),
    "several-images": report(
        msgspec.structs.replace(_VIOLATION, reference="cr.yandex/crp0/app:1.5"),
        outcome(rule(), notices=("no digest is given",)),
        outcome(rule(), reference="cr.yandex/crp0/web:7", image=image("crp0/web")),
        no_verdict(EvidenceIncomplete("the rows do not add up"), image=image("crp0/jobs")),
    ),
    "no-image": report(),
    "undefined-and-unknown": report(
        outcome(
            broken(
                finding(1, severity_word="BLOCKER"),
                Vulnerability(severity=Severity.CRITICAL, described=False),
                Vulnerability(severity=Severity.CRITICAL, described=False),
                finding(2, severity=Severity.UNDEFINED, fixed_version=""),
            ),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=3, undefined=1), unknown_severities=("BLOCKER",)),
            notices=("unknown severity 'BLOCKER' is treated as critical",),
        )
    ),
    "counts-only": report(
        outcome(
            rule(findings=None),
            rule("max-high", max=10, count=4, findings=None),
            scan=scan(counts=Counts(high=4, medium=2**53 + 1)),
            findings=None,
        )
    ),
    "hostile": report(
        outcome(
            broken(_HOSTILE_FINDING, name=HOSTILE, title=HOSTILE, place=Place(file=HOSTILE)),
            rule(verdict=Verdict.WARN, count=1, findings=(_HOSTILE_FINDING,)),
            reference=HOSTILE,
            verdict=Verdict.FAIL,
            image=image(HOSTILE, id=HOSTILE, digest=HOSTILE),
            scan=scan(id=HOSTILE, status_word=HOSTILE),
            findings=(_HOSTILE_FINDING,),
            notices=(HOSTILE,),
        ),
        no_verdict(ScanMissing(HOSTILE, hint=HOSTILE), reference=HOSTILE, image=None),
        version=HOSTILE,
        endpoint=HOSTILE,
        endpoint_known=False,
        policy=PolicyIdentity(name=HOSTILE, source=HOSTILE, sha256=HOSTILE),
    ),
}
"""One report for each situation that a reader may meet, by its readable name."""
