"""Which findings are accepted risks: the ignore entries of a policy, held against an image.

An entry is an exception, so it is read narrowly: what is not known never brings a finding under
it. What an entry did, or why it did nothing, is always told.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

from scangate.model import Value, Vulnerability
from scangate.policy.effective import Ignore
from scangate.policy.select import any_of
from scangate.report import Bucket, IgnoreOutcome, IgnoreState, Suppression

SOON = dt.timedelta(days=14)
"""How long before its end an entry is told of."""


class Entry(Value, frozen=True):
    """An entry that is held against an image: whether it applies there, and which names it takes.

    `expired` and `in_scope` are about the day and the image, not about any finding.
    """

    ignore: Ignore
    expired: bool
    in_scope: bool

    @property
    def applies(self) -> bool:
        """Whether it can take anything out of the count."""
        return self.in_scope and not self.expired

    def takes(self, vulnerability: Vulnerability) -> bool:
        """Whether a finding is what the entry is about. Says nothing of expiry and scope."""
        return self.names(vulnerability) and not self.outlived_by(vulnerability)

    def names(self, vulnerability: Vulnerability) -> bool:
        """Whether the advisory and the package are the ones that it names."""
        ignore = self.ignore
        return (
            vulnerability.described
            and vulnerability.id == ignore.id
            and (not ignore.package or any_of((ignore.package,))(vulnerability.package))
        )

    def outlived_by(self, vulnerability: Vulnerability) -> bool:
        """Whether it holds only while there is no fix, and that is not known to be so."""
        return self.ignore.while_unfixed and vulnerability.fixable is not False


def entries_for(ignores: Iterable[Ignore], *, repository: str, today: dt.date) -> tuple[Entry, ...]:
    """Hold the entries against an image. One with a scope is never of an unknown repository."""
    return tuple(
        Entry(
            ignore=each,
            expired=each.expires is not None and each.expires < today,
            in_scope=each.images is None or (bool(repository) and any_of(each.images)(repository)),
        )
        for each in ignores
    )


class Ignoring:
    """The entries of one image, and what they did."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = entries
        self._by_id: dict[str, list[Entry]] = {}
        for entry in sorted(entries, key=_preference):
            self._by_id.setdefault(entry.ignore.id, []).append(entry)
        self._taken: dict[int, int] = {}

    def suppression(self, vulnerability: Vulnerability) -> Suppression | None:
        """Return why a finding is not counted, None where no entry says so.

        Every entry that takes it is used; the one that is named is the same in every order.
        """
        if vulnerability.id not in self._by_id:
            return None
        taking = [
            entry
            for entry in self._by_id[vulnerability.id]
            if entry.applies and entry.takes(vulnerability)
        ]
        for entry in taking:
            self._taken[id(entry)] = self._taken.get(id(entry), 0) + 1
        return _suppression(taking[0].ignore) if taking else None

    def outcomes(self) -> tuple[IgnoreOutcome, ...]:
        """Say what became of each entry in whose scope the image is, in the order of the policy."""
        return tuple(self._outcome(entry) for entry in self._entries if entry.in_scope)

    def notices(self, rows: Sequence[Vulnerability], today: dt.date) -> Iterator[str]:
        """Tell of entries that expired, expire soon, or miss what they seem to be meant for."""
        by_id: dict[str, list[Vulnerability]] = {}
        for row in rows if self._entries else ():
            by_id.setdefault(row.id.casefold(), []).append(row)
        for entry in self._entries:
            alike = by_id.get(entry.ignore.id.casefold(), [])
            yield from self._notices(entry, alike, today)

    def _notices(
        self, entry: Entry, alike: Sequence[Vulnerability], today: dt.date
    ) -> Iterator[str]:
        ignore, name = entry.ignore, _name(entry.ignore)
        if entry.in_scope and entry.expired:
            yield f"EXPIRED: {name} ended on {ignore.expires} and no longer applies"
        elif entry.in_scope and ignore.expires and ignore.expires - today <= SOON:
            yield f"{name} expires on {ignore.expires}"
        if not entry.expired and id(entry) not in self._taken:
            yield from _near_miss(entry, alike)

    def _outcome(self, entry: Entry) -> IgnoreOutcome:
        ignore, count = entry.ignore, self._taken.get(id(entry), 0)
        unused = IgnoreState.EXPIRED if entry.expired else IgnoreState.UNUSED
        return IgnoreOutcome(
            id=ignore.id,
            reason=ignore.reason,
            state=IgnoreState.USED if count else unused,
            package=ignore.package,
            expires=ignore.expires,
            owner=ignore.owner,
            ticket=ignore.ticket,
            place=ignore.place,
            written=ignore.written,
            count=count,
        )


def _near_miss(entry: Entry, alike: Sequence[Vulnerability]) -> Iterator[str]:
    """Say why an entry does nothing although the image has the advisory that it names."""
    ignore, name = entry.ignore, _name(entry.ignore)
    if not alike:
        return
    exact = [row for row in alike if row.id == ignore.id]
    named = [row for row in exact if entry.names(row)]
    packages = ", ".join(sorted({row.package or "no package" for row in exact})[:3])
    if not exact:
        called = min(row.id for row in alike)
        yield f"{name} does not apply: the finding is called {called}"
    elif not named and not ignore.package:
        yield f"{name} does not apply: the finding is not described"
    elif not named:
        yield f"{name} does not apply: it is for {ignore.package}, the finding is in {packages}"
    elif not entry.in_scope:
        yield f"{name} does not apply: the image is not in its scope"
    else:
        fix = max(row.fixed_version for row in named)
        yield f"{name} no longer applies: there is a fix, {fix}"


def _name(ignore: Ignore) -> str:
    return f"the ignore of {ignore.id} ({ignore.written})"


def _preference(entry: Entry) -> tuple[object, ...]:
    """Of several entries the one that is named is the longest lived, then the first by its text.

    Where it is written comes last: in another order it is written elsewhere.
    """
    ignore = entry.ignore
    expires = ignore.expires or dt.date.max
    texts = (ignore.reason, ignore.owner, ignore.ticket, ignore.package)
    scope = sorted(ignore.images or ())
    return (-expires.toordinal(), *texts, ignore.while_unfixed, scope, ignore.written)


def _suppression(ignore: Ignore) -> Suppression:
    return Suppression(
        bucket=Bucket.IGNORED, reason=ignore.reason, by=ignore.written, expires=ignore.expires
    )
