"""The policy as it is applied: what every policy file comes down to."""

from scangate.history import ScanSettings
from scangate.model import Place, Value
from scangate.policy.select import Selector
from scangate.report import PolicyIdentity


class Rule(Value, frozen=True):
    """A selection of findings, and the most of them that may exist."""

    name: str
    title: str
    select: Selector
    max: int
    place: Place | None


class Policy(Value, frozen=True):
    """Everything that judging needs. `enforce` False turns violations into warnings."""

    identity: PolicyIdentity
    rules: tuple[Rule, ...]
    description: str = ""
    enforce: bool = True
    scan: ScanSettings = ScanSettings()

    @property
    def needs_rows(self) -> bool:
        """Whether judging by this policy takes the list of vulnerabilities."""
        return any(rule.select.needs_rows for rule in self.rules)
