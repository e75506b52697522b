"""Parts of reports, with defaults: a test says only what it is about."""

import datetime as dt

import msgspec

from scangate.errors import ScangateError
from scangate.instant import Instant
from scangate.model import Counts, Image, Place, ScanResult, ScanStatus, Severity, Vulnerability
from scangate.report import (
    Bucket,
    Failure,
    Finding,
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

NOW = Instant.parse("2026-11-22T12:05:00Z")
DAY = dt.date(2026, 12, 31)
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


def vulnerability(number: int = 1, **changes: object) -> Vulnerability:
    plain = Vulnerability(
        severity=Severity.CRITICAL,
        id=f"CVE-2026-{number:04}",
        package="openssl",
        version="3.0.11-1",
        fixed_version="3.0.13-1",
        type="debian",
        origin="os",
        link=f"https://avd.example/CVE-2026-{number:04}",
    )
    return msgspec.structs.replace(plain, **changes)


def finding(number: int = 1, **changes: object) -> Finding:
    """Change anything of it, or of its vulnerability. It is counted by `max-critical`."""
    own = {name: changes.pop(name) for name in Finding.__struct_fields__ if name in changes}
    plain = Finding(vulnerability=vulnerability(number, **changes), rules=("max-critical",))
    return msgspec.structs.replace(plain, **own)


def undescribed() -> Finding:
    return finding(vulnerability=Vulnerability(severity=Severity.CRITICAL, described=False))


def ignored(number: int = 1, *, why: Suppression, **changes: object) -> Finding:
    return finding(number, rules=(), suppression=why, **changes)


def by_entry(line: int = 12, **changes: object) -> Suppression:
    plain = Suppression(
        bucket=Bucket.IGNORED,
        reason="The vulnerable function is not compiled in.",
        by=f"scangate.yaml:{line}",
        expires=DAY,
    )
    return msgspec.structs.replace(plain, **changes)


def by_vex(**changes: object) -> Suppression:
    plain = Suppression(
        bucket=Bucket.VEX, reason="vulnerable_code_not_in_execute_path", by="vex/app.json"
    )
    return msgspec.structs.replace(plain, **changes)


def ignore(number: int = 1, line: int = 12, **changes: object) -> IgnoreOutcome:
    plain = IgnoreOutcome(
        id=f"CVE-2026-{number:04}",
        reason="The vulnerable function is not compiled in.",
        state=IgnoreState.UNUSED,
        expires=DAY,
        place=Place(file="scangate.yaml", line=line),
        written=f"scangate.yaml:{line}",
    )
    return msgspec.structs.replace(plain, **changes)


def upgrade(*findings: Finding, **changes: object) -> Upgrade:
    plain = Upgrade(
        package="openssl", versions=("3.0.11-1",), to="3.0.13-1", findings=findings, type="debian"
    )
    return msgspec.structs.replace(plain, **changes)


def draft(number: int = 3, **changes: object) -> IgnoreDraft:
    plain = IgnoreDraft(id=f"CVE-2026-{number:04}", package="zlib1g", expires=dt.date(2026, 12, 22))
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


def broken(*findings: Finding, name: str = "max-critical", **changes: object) -> RuleOutcome:
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
