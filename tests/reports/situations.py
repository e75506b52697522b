"""The situations that a reader may meet, each as a report: those of the golden files."""

import datetime as dt
from collections.abc import Mapping

import msgspec

from scangate.errors import EvidenceIncomplete, ImageNotFound, ScanMissing, ScanStale
from scangate.model import Counts, Place, Severity
from scangate.report import (
    Excess,
    FixPlan,
    GivenVex,
    IgnoreState,
    PolicyIdentity,
    Report,
    Verdict,
)

from .samples import (
    HOSTILE,
    NOW,
    broken,
    by_entry,
    by_vex,
    draft,
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
    upgrade,
)

_MANY = tuple(finding(number) for number in range(1, 56))
_OPENSSL = tuple(finding(1, package=name) for name in ("libssl-dev", "libssl3", "openssl"))
_NINE = tuple(
    finding(2, package=f"libicu-part-{part}", version="72.1-3", fixed_version="")
    for part in range(9)
)
_ZLIB = finding(
    3,
    severity=Severity.HIGH,
    package="zlib1g",
    version="1:1.2.13",
    fixed_version="",
    rules=("max-high",),
)
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
_HOSTILE_EXEMPT = (
    ignored(id=HOSTILE, package=HOSTILE, why=by_entry(reason=HOSTILE, by=HOSTILE)),
    ignored(id=HOSTILE, package=HOSTILE, why=by_vex(reason=HOSTILE, by=HOSTILE)),
)
_HOSTILE_IGNORE = ignore(
    id=HOSTILE,
    reason=HOSTILE,
    package=HOSTILE,
    owner=HOSTILE,
    ticket=HOSTILE,
    place=Place(file=HOSTILE),
    written=HOSTILE,
)

_UNCLEAR = (
    finding(1, severity_word="BLOCKER"),
    undescribed(),
    undescribed(),
    finding(2, severity=Severity.UNDEFINED, fixed_version="", rules=("max-undefined",)),
)
_LOW = finding(8, severity=Severity.LOW, package="bash", rules=())
_IGNORED = (
    finding(1),
    ignored(3, why=by_entry(12), severity=Severity.HIGH, package="zlib1g", fixed_version=""),
    ignored(4, why=by_vex(), severity=Severity.HIGH, package="curl"),
    _LOW,
)
_ENDED = (
    "EXPIRED: the ignore of CVE-2026-0001 (scangate.yaml:20) ended on 2026-10-31 and no longer"
    " applies"
)
_EXPIRED = ignore(1, 20, state=IgnoreState.EXPIRED, expires=dt.date(2026, 10, 31))
_UNUSED = ignore(7, 27, package="perl*", expires=None)
_OLD = {"new": False, "known_exploited": False}
_KNOWN = (
    finding(1, new=True, known_exploited=True, epss=0.91, rules=("max-critical", "no-exploited")),
    finding(2, epss=0.04, **_OLD),
    finding(5, package="curl", version="8.5.0", fixed_version="8.6.0", new=True, epss=0.0),
    finding(3, package="zlib1g", version="1:1.2.13", fixed_version="", **_OLD),
    _LOW,
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
    "violation-by-many": report(
        outcome(
            broken(*_MANY),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=len(_MANY))),
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
            broken(*_UNCLEAR[:3]),
            broken(_UNCLEAR[3], name="max-undefined"),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=3, undefined=1), unknown_severities=("BLOCKER",)),
            findings=_UNCLEAR,
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
    "ignored": report(
        outcome(
            broken(_IGNORED[0]),
            rule("max-high"),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=1, high=2, low=1)),
            findings=_IGNORED,
            ignores=(
                ignore(3, 12, state=IgnoreState.USED, count=1, owner="team-web", ticket="SEC-7"),
                _EXPIRED,
                _UNUSED,
            ),
            fix_plan=FixPlan(upgrades=(upgrade(finding(1)),), removable=(_EXPIRED, _UNUSED)),
            notices=(_ENDED,),
        )
    ),
    "fix-plan": report(
        outcome(
            broken(*_KNOWN[:4], max=0),
            broken(
                _KNOWN[0],
                name="no-exploited",
                title="",
                message="Attackers use it already: upgrade today.",
                place=Place(file="scangate.yaml", line=9),
            ),
            verdict=Verdict.FAIL,
            scan=scan(counts=Counts(critical=4, low=1)),
            findings=_KNOWN,
            fix_plan=FixPlan(
                upgrades=(
                    upgrade(*_KNOWN[:2]),
                    upgrade(_KNOWN[2], package="curl", versions=("7.88.1", "8.5.0"), to="8.6.0"),
                ),
                remains=(Excess(rule="max-critical", count=1, max=0),),
                drafts=(draft(3),),
            ),
        ),
        policy=PolicyIdentity(
            name="production",
            source="scangate.yaml",
            sha256="ab" * 32,
            feeds=(
                "KEV of 2026-11-20 (1,512 CVEs), feeds/kev.json",
                "EPSS of 2026-11-21 (270,000 CVEs), feeds/epss.csv.gz",
            ),
            vex=(GivenVex(file="vex/app.json", sha256="cd" * 32),),
        ),
    ),
    "hostile": report(
        outcome(
            broken(
                _HOSTILE_FINDING,
                name=HOSTILE,
                title=HOSTILE,
                place=Place(file=HOSTILE),
                message=HOSTILE,
            ),
            rule(verdict=Verdict.WARN, count=1, findings=(_HOSTILE_FINDING,)),
            reference=HOSTILE,
            verdict=Verdict.FAIL,
            image=image(HOSTILE, id=HOSTILE, digest=HOSTILE),
            scan=scan(id=HOSTILE, status_word=HOSTILE),
            findings=(_HOSTILE_FINDING, *_HOSTILE_EXEMPT),
            notices=(HOSTILE,),
            ignores=(_HOSTILE_IGNORE,),
            fix_plan=FixPlan(
                upgrades=(
                    upgrade(_HOSTILE_FINDING, package=HOSTILE, versions=(HOSTILE,), to=HOSTILE),
                ),
                remains=(Excess(rule=HOSTILE, count=1, max=0),),
                drafts=(draft(id=HOSTILE, package=HOSTILE), draft(id="##[error]")),
                removable=(_HOSTILE_IGNORE,),
            ),
        ),
        no_verdict(ScanMissing(HOSTILE, hint=HOSTILE), reference=HOSTILE, image=None),
        version=HOSTILE,
        endpoint=HOSTILE,
        endpoint_known=False,
        policy=PolicyIdentity(
            name=HOSTILE,
            source=HOSTILE,
            sha256=HOSTILE,
            feeds=(HOSTILE,),
            vex=(GivenVex(file=HOSTILE, sha256=HOSTILE),),
        ),
    ),
}
"""One report for each situation that a reader may meet, by its readable name."""
