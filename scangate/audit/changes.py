"""What turned since an earlier audit: the body of a nightly message."""

from collections.abc import Iterator, Sequence

from scangate.audit.digested import Advisory, Judged
from scangate.audit.earlier import Earlier
from scangate.model import Value
from scangate.report import Report, Verdict

GOOD = (Verdict.PASS, Verdict.WARN)


class Turned(Value, frozen=True):
    """An image whose verdict is another one now. `advisories` did it, as far as they are listed."""

    judged: Judged
    was: Verdict
    advisories: tuple[Advisory, ...] = ()


class Changes(Value, frozen=True):
    """What is different. `worse` passed and fails now, `better` failed and passes now.

    `lost` had a verdict and has none, `found` had none and has one that is no violation; `new` are
    images that the earlier audit did not know, `removed` the references of those that are not here
    any more. `notes` say why the two may differ for another reason than their scans.
    """

    since: str
    worse: tuple[Turned, ...]
    better: tuple[Turned, ...]
    lost: tuple[Turned, ...]
    found: tuple[Turned, ...]
    new: tuple[Judged, ...]
    removed: tuple[str, ...]
    notes: tuple[str, ...] = ()


def compare(
    earlier: Earlier, judged: Sequence[Judged], report: Report, *, selection: tuple[str, ...]
) -> Changes:
    """Compare with an earlier audit of the same target.

    An image without a verdict that fails now is worse, too. A place without images is none, and
    of what lay in it nobody knows whether it is still there.
    """
    unknown = tuple(each.outcome.reference for each in judged if each.outcome.image is None)
    judged = [each for each in judged if each.outcome.image is not None]
    turned = [_turned(each, was, earlier) for each, was in _known(earlier, judged)]
    now = {each.outcome.reference for each in judged}
    return Changes(
        since=earlier.judged_at,
        worse=tuple(each for each in turned if _now(each) is Verdict.FAIL),
        better=tuple(each for each in turned if each.was is Verdict.FAIL and _now(each) in GOOD),
        lost=tuple(each for each in turned if _now(each) is Verdict.ERROR),
        found=tuple(each for each in turned if each.was is Verdict.ERROR and _now(each) in GOOD),
        new=tuple(each for each in judged if each.outcome.reference not in earlier.verdicts),
        removed=tuple(
            each for each in sorted(earlier.verdicts.keys() - now) if not _lies_in(each, unknown)
        ),
        notes=tuple(_notes(earlier, report, selection)),
    )


def _lies_in(reference: str, places: Sequence[str]) -> bool:
    return any(reference.startswith((f"{place}/", f"{place}@")) for place in places)


def _known(earlier: Earlier, judged: Sequence[Judged]) -> Iterator[tuple[Judged, Verdict]]:
    for each in judged:
        was = earlier.verdicts.get(each.outcome.reference)
        if was is not None and was is not each.outcome.verdict:
            yield each, was


def _turned(judged: Judged, was: Verdict, earlier: Earlier) -> Turned:
    before = earlier.advisories.get(judged.outcome.reference, frozenset())
    new = tuple(each for each in judged.advisories if (each.id, each.package) not in before)
    return Turned(judged=judged, was=was, advisories=new)


def _now(turned: Turned) -> Verdict:
    return turned.judged.outcome.verdict


def _notes(earlier: Earlier, report: Report, selection: tuple[str, ...]) -> Iterator[str]:
    if earlier.policy_sha256 != report.policy.sha256:
        yield "the earlier audit judged by another policy"
    if earlier.mode != report.mode:
        yield f"the earlier audit ran in another mode ({earlier.mode})"
    if earlier.selection != selection:
        before = ", ".join(earlier.selection) or "no limits"
        yield f"the earlier audit chose its images by other limits ({before})"
