"""The noun of a VEX document: one author's word on vulnerabilities of products."""

import enum
from collections.abc import Iterator

from scangate.instant import Instant
from scangate.model import Value
from scangate.words import is_seen


class Status(enum.Enum):
    """What a vulnerability is to a product (OPENVEX-SPEC.md, "Status Labels")."""

    NOT_AFFECTED = "not_affected"
    AFFECTED = "affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"

    @property
    def harmless(self) -> bool:
        """Whether it says that the vulnerability does no harm."""
        return self in (Status.NOT_AFFECTED, Status.FIXED)


class Statement(Value, frozen=True):
    """One status of one vulnerability, which has several names, for products.

    `products` are names as they are written, purls or image references. `packages` are those parts
    of the products that are meant; empty means every part. `justification` is a label, `impact` a
    text on why nothing can happen, `notes` one on how the status was found. `time` is None when
    neither the statement nor its document tells any.
    """

    vulnerabilities: tuple[str, ...]
    products: tuple[str, ...]
    status: Status
    file: str
    packages: tuple[str, ...] = ()
    justification: str = ""
    impact: str = ""
    notes: str = ""
    time: Instant | None = None

    @property
    def reason(self) -> str:
        """Why there is no harm, in the author's words; empty where that is not said.

        OpenVEX asks for a justification or an impact statement where a product is not affected,
        and knows neither for a fixed one, where status notes are all that can be said.
        """
        return "; ".join(self._reasons())

    @property
    def suppresses(self) -> bool:
        """Whether a finding may be left out because of it: bare words are not enough."""
        return bool(self.reason)

    @property
    def sort_key(self) -> tuple[object, ...]:
        """The order in which statements are preferred: the newest first, then by what they say."""
        return (
            self.time is None,
            -self.time.nanoseconds if self.time else 0,
            self.file,
            self.status.value,
            self.vulnerabilities,
            self.products,
            self.packages,
            self.justification,
            self.impact,
            self.notes,
        )

    def older_than(self, other: "Statement") -> bool:
        """Whether it is known to be older; a time that is not told proves nothing."""
        if self.time is None or other.time is None:
            return False
        return self.time < other.time

    def _reasons(self) -> Iterator[str]:
        if self.status.harmless:
            yield from filter(is_seen, (self.justification.strip(), self.impact.strip()))
        if self.status is Status.FIXED and is_seen(self.notes):
            yield self.notes.strip()
