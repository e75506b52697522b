"""The policy as it is applied: what every policy file comes down to."""

import datetime as dt

from scangate.model import Place, Value
from scangate.policy.select import Selector
from scangate.report import PolicyIdentity


class Rule(Value, frozen=True):
    """A selection of findings, and the most of them that may exist."""

    name: str
    title: str
    select: Selector
    max: int
    place: Place


class ScanSettings(Value, frozen=True):
    """Which scan results may be judged. `max_age` None accepts any age."""

    max_age: dt.timedelta | None = dt.timedelta(days=8)
    use_last_ready_on_failed: bool = False
    use_last_ready_on_running: bool = False


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
