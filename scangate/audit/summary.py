"""What an audit comes to: how many of what, the worst images, what to upgrade, what is unknown."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from scangate.audit.digested import Judged, Step
from scangate.errors import ScanMissing, ScanStale
from scangate.model import Counts, Severity, Value
from scangate.policy.effective import Ignore
from scangate.policy.ignores import SOON
from scangate.report import Verdict
from scangate.reports.wording import counts_of
from scangate.versions import order


class Package(Value, frozen=True):
    """A package to upgrade, over all images.

    `images` need it to pass, and of those `alone` need nothing else. `to` is the highest of the
    versions that they need, `clears` the number of findings that go with it.
    """

    name: str
    type: str
    to: str
    images: int
    alone: int
    clears: int


class Ending(Value, frozen=True):
    """An ignore entry that ends soon, or has ended. `images` is how many need it to pass."""

    ignore: Ignore
    expired: bool
    images: int


class Summary(Value, frozen=True):
    """The sum of an audit; every list has the worst first.

    `unknown` are images, and places, that have no verdict for another reason than that they were
    not scanned, or not lately. `believed` is how many images passed by their counts alone, where
    `check` would list their rows.
    """

    verdicts: Mapping[Verdict, int]
    counts: Counts
    violating: tuple[Judged, ...]
    packages: tuple[Package, ...]
    unscanned: tuple[Judged, ...]
    stale: tuple[Judged, ...]
    unknown: tuple[Judged, ...]
    endings: tuple[Ending, ...]
    believed: int = 0

    @property
    def fixable(self) -> int:
        """The number of violating images that upgrades would bring within the limits."""
        return sum(each.fixable for each in self.violating)


def sum_up(judged: Sequence[Judged], ignores: Iterable[Ignore], *, today: dt.date) -> Summary:
    """Sum up what was judged."""
    without = [each for each in judged if each.outcome.failure is not None]
    kinds = {ScanMissing.kind: list[Judged](), ScanStale.kind: list[Judged]()}
    unknown: list[Judged] = []
    for each in without:
        failure = each.outcome.failure
        kinds.get(failure.kind if failure else "", unknown).append(each)
    violating = [each for each in judged if each.outcome.verdict is Verdict.FAIL]
    return Summary(
        verdicts=Counter(each.outcome.verdict for each in judged),
        counts=_total(judged),
        violating=tuple(sorted(violating, key=_badness)),
        packages=_packages(violating),
        unscanned=tuple(kinds[ScanMissing.kind]),
        stale=tuple(sorted(kinds[ScanStale.kind], key=_scanned)),
        unknown=tuple(unknown),
        endings=_endings(judged, ignores, today),
        believed=sum(each.believed for each in judged),
    )


def _total(judged: Iterable[Judged]) -> Counts:
    numbers = Counter[str]()
    for each in judged:
        counts = counts_of(each.outcome)
        if counts is not None:
            numbers.update({it.value: counts.of(it) for it in Severity})
    return Counts(**numbers)


def _badness(judged: Judged) -> tuple[object, ...]:
    """Sort by the most criticals, then by the most highs and so on; the unrated count as high."""
    counts = counts_of(judged.outcome) or Counts()
    high = counts.high + counts.undefined
    worst = (counts.critical, high, counts.medium, counts.low, counts.negligible)
    return (*(-number for number in worst), judged.outcome.reference)


def _scanned(judged: Judged) -> tuple[str, str]:
    """Sort the oldest scan first; one that tells no time may be that."""
    scan = judged.outcome.scan
    return (str(scan.scanned_at or "") if scan else "", judged.outcome.reference)


def _packages(violating: Iterable[Judged]) -> tuple[Package, ...]:
    needed: dict[tuple[str, str], list[tuple[Step, bool]]] = {}
    for image in violating:
        alone = image.fixable and len(image.steps) == 1
        for step in image.steps:
            needed.setdefault((step.package, step.type), []).append((step, alone))
    packages = (_package(steps) for steps in needed.values())
    return tuple(sorted(packages, key=lambda it: (-it.images, -it.alone, it.name, it.type)))


def _package(steps: Sequence[tuple[Step, bool]]) -> Package:
    first = steps[0][0]
    return Package(
        name=first.package,
        type=first.type,
        to=max({step.to for step, _ in steps}, key=order),
        images=len(steps),
        alone=sum(alone for _, alone in steps),
        clears=sum(step.clears for step, _ in steps),
    )


def _endings(
    judged: Iterable[Judged], ignores: Iterable[Ignore], today: dt.date
) -> tuple[Ending, ...]:
    used = Counter(written for each in judged for written in each.used)
    ending = [each for each in ignores if each.expires and each.expires - today <= SOON]
    return tuple(
        Ending(
            ignore=each,
            expired=bool(each.expires and each.expires < today),
            images=used[each.written],
        )
        for each in sorted(ending, key=lambda it: (it.expires, it.id, it.written))
    )
