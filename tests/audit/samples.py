"""Audits to write: of every verdict, of hostile names, of nothing."""

import datetime as dt

from scangate.audit.audit import Audit
from scangate.audit.changes import Changes, Turned
from scangate.audit.digested import Advisory, Judged, Step
from scangate.errors import PermissionDenied, ScanMissing, ScanStale
from scangate.instant import Instant
from scangate.model import Counts, Image, Severity
from scangate.pipeline import without_verdict
from scangate.policy.effective import Ignore
from scangate.report import Failure, ImageOutcome, RuleOutcome, Verdict
from tests.fakes import NOW, policy, result

from .fakes import audit_of

POLICY = policy("critical: 0")
HOSTILE = "<script>alert(1)</script>\x1b[31m##vso[x]\u202e`|\n::error::x@team ]]> &amp;"


def image(number: int, *tags: str, name: str = "crp0/app") -> Image:
    return Image(
        id=f"image-{number}",
        host="cr.yandex",
        name=name,
        digest="sha256:" + f"{number:064x}",
        tags=tags or (f"1.{number}",),
    )


def failing(number: int = 1, *, text: str = "openssl", name: str = "crp0/app") -> Judged:
    """An image that breaks a rule by a finding of a package of that name."""
    counts = Counts(critical=number % 7 + 1, high=2)
    outcome = ImageOutcome(
        reference=image(number, name=name).pinned,
        verdict=Verdict.FAIL,
        rules=(
            RuleOutcome(
                name="max-critical",
                title="",
                max=0,
                verdict=Verdict.FAIL,
                count=counts.critical,
            ),
        ),
        image=image(number, f"1.{number}", text[:50], name=name),
        scan=result(f"scan-{number}", counts=counts),
        notices=(text,),
    )
    advisory = Advisory(id=f"CVE-2026-{text}", package=text, severity=Severity.CRITICAL)
    step = Step(package=text, type="debian", to="3.0", clears=2)
    return Judged(outcome=outcome, advisories=(advisory,), steps=(step,), fixable=True)


def passing(number: int = 2) -> Judged:
    outcome = ImageOutcome(
        reference=image(number).pinned,
        verdict=Verdict.PASS,
        rules=(RuleOutcome(name="max-critical", title="", max=0, verdict=Verdict.PASS, count=0),),
        image=image(number),
        scan=result(f"scan-{number}", counts=Counts(low=3)),
    )
    return Judged(outcome=outcome)


def unjudged(number: int, error: type[ScanMissing] | type[ScanStale], text: str) -> Judged:
    outcome = ImageOutcome(
        reference=image(number).pinned,
        verdict=Verdict.ERROR,
        rules=(),
        image=image(number),
        failure=Failure.of(error(text, hint=text)),
    )
    return Judged(outcome=outcome)


def lost(place: str = "cr.yandex/crp0/secret", text: str = "forbidden") -> Judged:
    error = PermissionDenied(text, hint="ask for the role")
    return Judged(outcome=without_verdict(place, error, policy=POLICY))


def ignore(text: str = "accepted", *, days: int = 3) -> Ignore:
    expires = NOW.plus(dt.timedelta(days=days)).date
    return Ignore(
        id=f"CVE-1-{text}", reason=text, expires=expires, written="policy.yaml:4", owner=text
    )


def everything(text: str = "openssl") -> Audit:
    """An audit that has something of every kind."""
    return audit_of(
        POLICY,
        failing(1, text=text),
        passing(2),
        unjudged(3, ScanMissing, text),
        unjudged(4, ScanStale, text),
        lost(text=text),
        ignores=[ignore(text)],
    )


def changed(text: str = "openssl") -> Changes:
    worse = failing(1, text=text)
    return Changes(
        since=str(Instant(0)),
        worse=(Turned(judged=worse, was=Verdict.PASS, advisories=worse.advisories),),
        better=(Turned(judged=passing(2), was=Verdict.FAIL),),
        lost=(Turned(judged=unjudged(3, ScanMissing, text), was=Verdict.PASS),),
        found=(Turned(judged=passing(5), was=Verdict.ERROR),),
        new=(passing(6),),
        removed=(image(7).pinned,),
        notes=(text,),
    )
