"""The deploy side: whether a JSON report proves that an image passed its gate.

No registry is asked, and a report is not signed: this holds a deploy to what its pipeline judged,
it does not replace the gate where the registry can be reached.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import msgspec

from scangate.clouds import CLOUDS
from scangate.errors import EvidenceIncomplete
from scangate.history import FUTURE_TOLERANCE
from scangate.instant import Instant, write_duration
from scangate.model import Value
from scangate.reference import ImageReference
from scangate.report import Verdict
from scangate.reports.document import Document, JudgedImage
from scangate.saved.document import decode

_ENFORCING = ("enforce", "warn")
"""The modes in which an image's `enforced` tells whether its violations are more than told."""


class Expected(Value, frozen=True):
    """What a report has to prove. `image` has a digest.

    `policy_sha256` None: any policy will do. `hosts` are endpoints to accept beside those of the
    cloud that the image is of: a host, or a host and its port. `vex` (digests) and `baselines` (as
    reports name them) may have been given beside the policy, whose digest does not cover them.
    """

    image: ImageReference
    max_age: dt.timedelta
    policy_sha256: str | None = None
    hosts: frozenset[str] = frozenset()
    vex: frozenset[str] = frozenset()
    baselines: frozenset[str] = frozenset()


def read(file: str, data: bytes) -> Document:
    """Read a JSON report. Raises EvidenceIncomplete for anything else."""
    try:
        return msgspec.convert(decode(file, data).value, type=Document)
    except EvidenceIncomplete as error:
        raise EvidenceIncomplete(error.message, hint=_WRITE_ONE) from error
    except msgspec.ValidationError as error:
        raise EvidenceIncomplete(f"{file} is no report: {error}"[:300], hint=_WRITE_ONE) from error


_WRITE_ONE = "let the gate write it: scangate check -o json=PATH IMAGE"


def verify(report: Document, expected: Expected, *, now: Instant) -> Verdict:
    """Return what the report judged of the image: PASS, WARN or FAIL.

    Raises EvidenceIncomplete with every reason why it proves nothing of it. What it says of other
    images does not count.
    """
    entries = [each for each in report.images if _is_of(each, expected.image)]
    doubts = [*_doubts_of_report(report, expected, now), *_doubts_of_images(entries, expected)]
    given = [*_doubts_of_endpoint(report, expected), *_doubts_of_given(report, expected)]
    if doubts or given:
        raise EvidenceIncomplete(
            "\n".join([*doubts, *given]), hint=_JUDGE_AGAIN if doubts else _ALLOW
        )
    verdicts = {each.verdict for each in entries}
    return next(
        each for each in (Verdict.FAIL, Verdict.WARN, Verdict.PASS) if each.value in verdicts
    )


_JUDGE_AGAIN = "gate the digest that is to be deployed, then verify that report"
_ALLOW = "if it was meant to be judged so, accept it with the option that is named"


def _is_of(entry: JudgedImage, image: ImageReference) -> bool:
    """Whether the entry is about that digest of that repository, or was to be.

    An index and each of its platforms can be deployed by their own digests. The repository may
    be spelt as the service does or, with an alias of the registry, as the user did.
    """
    named, _, digest = entry.reference.partition("@")
    digests = {entry.digest, entry.index_digest, digest}
    repositories = {(entry.pinned or "").partition("@")[0], _without_tag(named)}
    return image.digest in digests and f"{image.host}/{image.name}" in repositories


def _without_tag(named: str) -> str:
    host, slash, path = named.partition("/")
    return host + slash + path.partition(":")[0]


def _doubts_of_report(report: Document, expected: Expected, now: Instant) -> Iterator[str]:
    if report.mode not in _ENFORCING:
        yield f"its mode is {report.mode[:40]}: violations were only warned of"
    if report.evidence != "registry":
        yield f"it judged a saved scan (evidence: {report.evidence[:40]}), not the registry's"
    if report.simulated_at is not None:
        yield f"it judged as if it were {report.simulated_at[:40]} (--at)"
    yield from _doubts_of_age(report.judged_at, expected.max_age, now)
    policy = report.policy
    if expected.policy_sha256 not in (None, policy.sha256):
        yield (
            f"the policy {policy.name[:60]} judged, whose digest is {policy.sha256[:64]}, "
            f"not {expected.policy_sha256}"
        )


def _doubts_of_given(report: Document, expected: Expected) -> Iterator[str]:
    for each in report.policy.vex:
        if each.sha256 not in expected.vex:
            yield (
                f"the VEX document {each.file[:100]} was given beside the policy "
                f"(--allow-vex {each.sha256[:64]} accepts it)"
            )
    if report.baseline is not None and report.baseline not in expected.baselines:
        yield (
            f"only what the baseline {report.baseline[:200]} has not was new "
            "(--allow-baseline NAME accepts it)"
        )


def _doubts_of_endpoint(report: Document, expected: Expected) -> Iterator[str]:
    host, host_and_port = _hosts(report.endpoint)
    if expected.hosts & {host, host_and_port}:
        return
    cloud = next((c for c in CLOUDS.values() if expected.image.host in c.image_hosts), None)
    if cloud is None:
        what = f"{expected.image.host} is not the registry of a known cloud"
        yield f"{what} (--allow-endpoint HOST accepts what was asked)"
    elif not report.endpoint_known or not host_and_port.endswith(f".{cloud.base}"):
        asked = f"{report.endpoint[:100]} was asked, which" if report.endpoint else "what was asked"
        yield f"{asked} is not an endpoint of {cloud.name} (--allow-endpoint HOST accepts another)"


def _hosts(endpoint: str) -> tuple[str, str]:
    """Return the host that an endpoint names, and that with its port; reports leave out https."""
    rest = endpoint.partition("://")[2] or endpoint
    host_and_port = rest.partition("/")[0]
    return host_and_port.partition(":")[0], host_and_port


def _doubts_of_age(judged_at: str, max_age: dt.timedelta, now: Instant) -> Iterator[str]:
    try:
        age = now.since(Instant.parse(judged_at))
    except ValueError as error:
        yield f"when it judged cannot be told: {error}"
        return
    if age > max_age:
        yield f"it is {write_duration(age)} old, more than {write_duration(max_age)}"
    if age < -FUTURE_TOLERANCE:
        yield f"it judged at {judged_at}, which is still to come"


def _doubts_of_images(entries: Sequence[JudgedImage], expected: Expected) -> Iterator[str]:
    if not entries:
        yield f"it has not judged {expected.image.digest} of {_repository(expected.image)}"
    for entry in entries:
        yield from _doubts_of_image(entry)


def _repository(image: ImageReference) -> str:
    return f"{image.host}/{image.name}"


def _doubts_of_image(entry: JudgedImage) -> Iterator[str]:
    if entry.error is not None:
        yield f"it reached no verdict on the image: {entry.error.message[:300]}"
    elif not entry.enforced:
        yield "its policy only warns of the image"
    elif entry.scan is None or entry.scan.status != "READY":
        yield "it has no READY scan result of the image"
    elif entry.verdict == "error" or entry.verdict != _verdict_of_rules(entry):
        yield f"its verdict on the image, {entry.verdict}, is not what its rules say"


def _verdict_of_rules(entry: JudgedImage) -> str:
    """Return the verdict that follows from the rules; `error` if that is none.

    A violation stays one though other rules could not be judged.
    """
    verdicts = {rule.verdict for rule in entry.rules}
    proven = "fail" in verdicts or (verdicts and "skipped" not in verdicts)
    return (
        next(word for word in ("fail", "warn", "pass") if word in verdicts) if proven else "error"
    )
