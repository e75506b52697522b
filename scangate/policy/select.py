"""Which findings a rule is about.

What a row does not tell is held against it: a rule selects a finding unless something that is
known says otherwise.
"""

import fnmatch
import re
from collections.abc import Callable, Iterator, Sequence

from scangate.model import Counts, Severity, Value
from scangate.report import Finding

Globs = tuple[str, ...]
_Test = Callable[[Finding], bool]


class Selector(Value, frozen=True):
    """A selection of findings; all given fields must hold.

    The globs are of `fnmatch`, where `*` crosses every character; several are alternatives. `epss`
    is the least score. None means any.
    """

    severities: frozenset[Severity]
    fixable: bool | None = None
    id: Globs | None = None
    package: Globs | None = None
    type: Globs | None = None
    origin: Globs | None = None
    new: bool | None = None
    known_exploited: bool | None = None
    epss: float | None = None

    def select(self, findings: Sequence[Finding]) -> Sequence[Finding]:
        """Return those that are selected, in their order."""
        for holds in self._tests():
            findings = [finding for finding in findings if holds(finding)]
        return findings

    @property
    def needs_rows(self) -> bool:
        """Whether numbers by severity are not enough to apply it."""
        return self != Selector(severities=self.severities)

    def count(self, counts: Counts) -> int:
        """Count by severity alone, which is exact unless `needs_rows`."""
        return sum(counts.of(severity) for severity in self.severities)

    def covers(self, other: "Selector") -> bool:
        """Whether it provably selects everything that the other one selects."""
        return (
            self.severities >= other.severities
            and all(getattr(self, name) in (None, getattr(other, name)) for name in _PLAIN)
            and all(_covers(getattr(self, name), getattr(other, name)) for name in _TEXTS)
            and (self.epss is None or (other.epss is not None and self.epss <= other.epss))
        )

    def _tests(self) -> Iterator[_Test]:
        epss = self.epss
        if self.severities != _EVERY:
            severities = tuple(self.severities)  # the hash of an enum member costs more than a look
            yield lambda finding: finding.vulnerability.severity in severities
        if self.fixable is not None:
            fixable = (self.fixable, None)
            yield lambda finding: finding.vulnerability.fixable in fixable
        for name in _TEXTS:
            patterns = getattr(self, name)
            if patterns is not None:
                yield _told(name, any_of(patterns))
        if self.new is not None:
            new = (self.new, None)
            yield lambda finding: finding.new in new or _is_nameless(finding)
        if self.known_exploited is not None:
            exploited = (self.known_exploited, None)
            yield lambda finding: finding.known_exploited in exploited
        if epss is not None:
            yield lambda finding: finding.epss is None or finding.epss >= epss


_EVERY = frozenset(Severity)
_PLAIN = ("fixable", "new", "known_exploited")
_TEXTS = ("id", "package", "type", "origin")


def any_of(patterns: Globs) -> Callable[[str], bool]:
    """Return whether a text matches any of the globs, each distinct text being looked at once."""
    whole = re.compile("|".join(map(fnmatch.translate, patterns)))
    known: dict[str, bool] = {}

    def matches(text: str) -> bool:
        answer = known.get(text)
        if answer is None:
            answer = known[text] = whole.match(text) is not None
        return answer

    return matches


def _told(name: str, matches: Callable[[str], bool]) -> _Test:
    """An empty text is one that the scanner did not tell."""

    def holds(finding: Finding) -> bool:
        text: str = getattr(finding.vulnerability, name)
        return not text or matches(text)

    return holds


def _is_nameless(finding: Finding) -> bool:
    """Whether an advisory or a package is not told, so that nobody knows if it is an old one."""
    key = finding.vulnerability.key
    return key is None or "" in key


def _covers(ours: Globs | None, theirs: Globs | None) -> bool:
    return ours is None or "*" in ours or (theirs is not None and set(ours) >= set(theirs))
