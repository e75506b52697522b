"""Which findings a rule is about."""

from scangate.model import Counts, Severity, Value, Vulnerability


class Selector(Value, frozen=True):
    """A selection of findings; all given fields must hold."""

    severities: frozenset[Severity]
    fixable: bool | None = None

    def matches(self, vulnerability: Vulnerability) -> bool:
        """Whether the finding is selected. What a row does not tell is held against it."""
        if vulnerability.severity not in self.severities:
            return False
        return self.fixable is None or vulnerability.fixable in (self.fixable, None)

    @property
    def needs_rows(self) -> bool:
        """Whether numbers by severity are not enough to apply it."""
        return self.fixable is not None

    def count(self, counts: Counts) -> int:
        """Count by severity alone, which is exact unless `needs_rows`."""
        return sum(counts.of(severity) for severity in self.severities)
