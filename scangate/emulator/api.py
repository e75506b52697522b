"""A request → its reply: who may ask, which endpoint answers, and what a refusal looks like.

No sockets and no clock: the instant is passed in, so a test can ask at any time.
"""

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate

from scangate.emulator.call import Call
from scangate.emulator.ledger import Ledger
from scangate.emulator.messages import Reply, Request
from scangate.emulator.moments import SECOND
from scangate.emulator.query import PageTokens
from scangate.emulator.refusals import HTTP_STATUS, Code, StatusError
from scangate.emulator.routes import ROUTES, SCANNER, Route
from scangate.emulator.signed import read_token
from scangate.emulator.view import View, seen_by
from scangate.emulator.wire import Json
from scangate.emulator.world import CLOUD_REGISTRY, World

_NAMESPACE = uuid.UUID("5ca46a7e-0000-4000-8000-000000000000")


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The API of a world that started at the instant `start`."""

    world: World
    start: int
    ledger: Ledger = field(default_factory=Ledger)
    tokens: PageTokens = field(default_factory=PageTokens)
    seen: dict[str, World] = field(default_factory=dict)

    def answer(self, request: Request, *, now: int) -> Reply:
        """The reply to a request that comes at the instant `now`."""
        try:
            answer = self._route(request, now)
        except StatusError as error:
            return self.refuse(request, error, now=now)
        if isinstance(answer, Reply):
            return answer
        if isinstance(answer, bytes):
            reply = self._reply(request, {}, status=200, now=now)
            return replace(reply, body=answer)
        return self._reply(request, answer, status=200, now=now)

    def refuse(self, request: Request, error: StatusError, *, now: int) -> Reply:
        """The reply that tells of an error."""
        body = error.body(_identity("request", request))
        return self._reply(request, body, status=HTTP_STATUS[error.code], now=now)

    def _route(self, request: Request, now: int) -> Json | bytes | Reply:
        route, parameters = _find(request)
        if not route.public:
            self._authorize(request, now)
        view = View(
            world=self._seen_by(route.sees),
            start=self.start,
            now=now,
            started_scans=self.ledger.started,
        )
        call = Call(
            request=request,
            parameters=parameters,
            view=view,
            ledger=self.ledger,
            tokens=self.tokens,
        )
        return route.answer(call)

    def _seen_by(self, api: str) -> World:
        """The world as one API knows it, with what is looked up in it made once."""
        if api not in self.seen:
            self.seen[api] = seen_by(self.world, api)
        return self.seen[api]

    def _authorize(self, request: Request, now: int) -> None:
        wanted, token = _credentials(request)
        access, issued = self.world.access, read_token(token)
        if token in access.forbidden or (issued and issued.account in access.forbidden):
            raise StatusError(Code.PERMISSION_DENIED, "Permission denied")
        known = access.accepted is None or token in access.accepted
        if issued is not None:
            known = now < issued.expires
        if not wanted or not token.strip() or not known:
            raise StatusError(Code.UNAUTHENTICATED, "The token is invalid or has expired")

    def _reply(
        self, request: Request, body: Mapping[str, object], *, status: int, now: int
    ) -> Reply:
        headers = {
            "Content-Type": "application/json",
            "Date": formatdate(now // SECOND, usegmt=True),
            "Server": "ycapi",
            "x-request-id": _identity("request", request),
            "x-server-trace-id": _identity("trace", request),
        }
        return Reply(status=status, headers=headers, body=json.dumps(body).encode())


def _credentials(request: Request) -> tuple[bool, str]:
    """Whether the token came as it should, and the token; Docker's part takes it as a password."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if not request.path.startswith("/v2/"):
        return scheme.lower() == "bearer", value
    try:
        user, _, token = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return False, ""
    return scheme.lower() == "basic" and user == "iam", token


def _find(request: Request) -> tuple[Route, Mapping[str, str]]:
    if request.path.startswith(SCANNER):
        from scangate.emulator.services import cloud_scanner

        return Route("POST", request.path, cloud_scanner.answer, sees=CLOUD_REGISTRY), {}
    other_method = False
    for route in ROUTES:
        parameters = route.match(request.path)
        if parameters is not None and route.method == request.method:
            return route, parameters
        other_method = other_method or parameters is not None
    if other_method:
        raise StatusError(Code.UNIMPLEMENTED, "Method Not Allowed")
    raise StatusError(Code.NOT_FOUND, "Not Found")


def _identity(kind: str, request: Request) -> str:
    """An ID that looks like the service's and depends on the request's number alone."""
    return str(uuid.uuid5(_NAMESPACE, f"{kind} {request.number}"))
