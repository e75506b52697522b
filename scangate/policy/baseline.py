"""Which findings are not new."""

from collections.abc import Iterable, Mapping

from scangate.model import Image, Value, Vulnerability

Key = tuple[str, str]
"""What makes a finding the same in another scan, as `Vulnerability.key` tells it."""


class Baseline(Value, frozen=True):
    """The findings that an earlier state had: of any image, or of each repository.

    What it does not know is new.
    """

    everywhere: frozenset[Key] = frozenset()
    repositories: Mapping[str, frozenset[Key]] = {}

    @classmethod
    def of(cls, rows: Iterable[Vulnerability]) -> "Baseline":
        """Take the findings of one image, whichever image is judged."""
        return cls(everywhere=frozenset(row.key for row in rows if row.key))

    def has(self, vulnerability: Vulnerability, image: Image) -> bool:
        """Whether it was there before; a finding without an advisory or a package never was."""
        key = vulnerability.key
        if key is None or "" in key:
            return False
        return key in self.everywhere or key in self.repositories.get(image.repository, ())
