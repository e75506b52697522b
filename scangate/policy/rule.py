"""What every limit and every rule of a policy comes down to."""

from scangate.history import ScanSettings
from scangate.model import Place, Value
from scangate.policy.select import Selector


class Rule(Value, frozen=True):
    """A selection of findings, and the most of them that may exist.

    `place` is where it is written, None where that is no file of the user's. `warns`: more of
    them are told, and let pass. `limit`: it comes from the thresholds.
    """

    name: str
    title: str
    select: Selector
    max: int
    place: Place | None = None
    warns: bool = False
    message: str = ""
    limit: bool = False

    def covers(self, other: "Rule") -> bool:
        """Whether it provably refuses everything that the other one refuses."""
        return (
            (other.warns or not self.warns)
            and self.max <= other.max
            and self.select.covers(other.select)
        )


class Terms(Value, frozen=True):
    """What holds for an image: the rules, and which scan results may be judged by them.

    `enforce` False turns violations into warnings. `demands` are the feeds without which a rule
    refuses to judge. `unfed` are the names of the rules that are left out because the feed which
    they need is not there, as they say themselves.
    """

    rules: tuple[Rule, ...]
    enforce: bool = True
    scan: ScanSettings = ScanSettings()
    demands: frozenset[str] = frozenset()
    unfed: tuple[str, ...] = ()

    @property
    def needs_rows(self) -> bool:
        """Whether judging by the rules takes the list of vulnerabilities."""
        return any(rule.select.needs_rows for rule in self.rules)

    @property
    def can_fail(self) -> bool:
        """Whether there is anything that it would refuse."""
        return self.enforce and any(not rule.warns for rule in self.rules)
