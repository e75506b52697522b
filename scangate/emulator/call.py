"""What a service's function gets: the request, the world as it is now, and how to answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from scangate.emulator.ledger import Ledger
from scangate.emulator.messages import Request
from scangate.emulator.query import PageTokens, Query, check_length
from scangate.emulator.signed import Issued
from scangate.emulator.view import View
from scangate.emulator.wire import Json, Wire

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of one endpoint; `parameters` are those of the path."""

    request: Request
    parameters: Mapping[str, str]
    view: View
    ledger: Ledger
    tokens: PageTokens

    @property
    def wire(self) -> Wire:
        """Writes what is seen as JSON."""
        return Wire(self.view)

    def identity(self, name: str) -> str:
        """An ID in the path; StatusError if it is longer than an ID can be."""
        check_length(name, self.parameters[name])
        return self.parameters[name]

    def page(self, field: str, items: list[T], query: Query[T], write: Callable[[T], Json]) -> Json:
        """The page of a list that the query asks for."""
        chosen, token = self.tokens.cut(items, query, path=self.request.path)
        return self.wire.page(field, [write(item) for item in chosen], token)

    def issue(self, account: str) -> Issued:
        """A new IAM token of the account."""
        expires = self.view.now + self.view.world.identities.life
        return Issued(account, expires, self.request.number)

    def after_start(self) -> "Call":
        """The same call, seeing the scans that were started meanwhile."""
        return replace(self, view=replace(self.view, started_scans=self.ledger.started))
