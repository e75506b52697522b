"""Manners on HTTPS: timeouts, retries, renewal of tokens, limits, request IDs, errors.

What is asked and what the answers mean is told in `registries`. Redirects are never followed and
`.netrc` is never read, so a token goes to the host that it is meant for and nowhere else.
"""

import hashlib
import random
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol, TypeVar

import requests
import urllib3

from scangate import __version__
from scangate.errors import BadResponse, ScangateError, ScanTimeout, Unavailable
from scangate.instant import Instant
from scangate.secret import Secret
from scangate.transport.answer import Answer, InvalidRequest, NotFound, body_of, error_of
from scangate.transport.body import read_body
from scangate.transport.failure import Hopeless, failure_of
from scangate.transport.limits import PATIENT, Limits
from scangate.transport.retry import RETRIED, backoff, retry_after
from scangate.transport.session import Authorization, Shared
from scangate.wait import Clock, Deadline

__all__ = ["Answer", "Hopeless", "InvalidRequest", "Limits", "NotFound", "Tokens", "Transport"]


_FINAL = (Hopeless, BadResponse)  # the next attempt would end as this one

T = TypeVar("T")


class Tokens(Protocol):
    """Where the bearer token comes from."""

    def token(self) -> Secret:
        """Return a token that is valid for a while yet. Raises Refused or Unavailable."""

    def renew(self) -> bool:
        """Get another token after a 401; False when the source has only this one."""


class Transport:
    """One session with keep-alive, shared by all images; `within` bounds it for one of them.

    `tokens` None sends no token, to ask for one.
    """

    def __init__(
        self,
        tokens: Tokens | None,
        *,
        clock: Clock,
        dice: Callable[[], float] = random.random,
        log: Callable[[str], None],
        limits: Limits = PATIENT,
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._dice = dice
        self._log = log
        self._limits = limits
        self._deadline = Deadline(at=0.0, looks_once=True)
        self._user = ""
        self._shared = Shared()

    def within(self, deadline: Deadline) -> "Transport":
        """Return the same transport, with that deadline over all its requests."""
        other = Transport(
            self._tokens, clock=self._clock, dice=self._dice, log=self._log, limits=self._limits
        )
        other._deadline = deadline
        other._user = self._user
        other._shared = self._shared
        return other

    def as_user(self, user: str) -> "Transport":
        """Return the same transport; the token is the password of that user (HTTP Basic)."""
        other = self.within(self._deadline)
        other._user = user  # noqa: SLF001 - it is one of these
        return other

    def served_at(self) -> Instant | None:
        """Return the latest time that a server told."""
        return self._shared.date

    def get(
        self,
        url: str,
        params: Mapping[str, str | int] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return the JSON text of an answer.

        Raises NotFound, InvalidRequest, another ScangateError of the answer, Unavailable when
        there is none, or ScanTimeout when the deadline passed while the service answered well.
        """
        query = urllib.parse.urlencode(params or {}, quote_via=urllib.parse.quote)
        url = f"{url}?{query}" if query else url
        return body_of(self._request("GET", url, body=None, headers=headers or {}))

    def look(self, method: str, url: str, *, headers: Mapping[str, str]) -> Answer:
        """Return a good answer whole, for what its headers tell. Raises as `get` does."""
        answer = self._request(method, url, body=None, headers=headers)
        body_of(answer)
        return answer

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """Send something that may be sent again after a failure.

        The caller sees to that: the service does a change once only for an Idempotency-Key.
        """
        return body_of(self._request("POST", url, body=body, headers=headers))

    def _request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        renewed = False
        attempt = 1
        while True:
            result = self._attempt(method, url, body=body, headers=headers)
            if isinstance(result, Answer) and result.status not in RETRIED:
                if result.status != HTTPStatus.UNAUTHORIZED or renewed or not self.renew():
                    return result
                renewed = True
                continue
            if isinstance(result, Answer):
                asked = result.headers.get("Retry-After")
                self.pause_or_raise(error_of(result), attempt=attempt, asked=asked)
            else:
                self.pause_or_raise(result, attempt=attempt)
            attempt += 1

    # The public rest is for calls that are not plain HTTP, so that they have the same manners

    def once_key(self, subject: str) -> str:
        """Return the Idempotency-Key of something to be done to a subject once in a run.

        The same image may be named twice, by tag and by digest, and a scan of it is billed.
        """
        digest = hashlib.sha256(f"{self.trace_id} {subject}".encode()).digest()
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def first_in_run(self, subject: str, value: T) -> T:
        """Return the value that was given first for a subject in a run, which may be this one."""
        first: T = self._shared.firsts.setdefault(subject, value)
        return first

    @property
    def trace_id(self) -> str:
        """The ID that all requests of a run share."""
        return self._shared.trace_id

    @property
    def limits(self) -> Limits:
        """How patient it is, and how much it takes."""
        return self._limits

    def log(self, line: str) -> None:
        """Tell what is done, to those who want to know."""
        self._log(line)

    def token(self) -> Secret | None:
        """Return a token that is valid for a while yet. Raises Refused or Unavailable."""
        return self._tokens.token() if self._tokens else None

    def renew(self) -> bool:
        """Get another token after a refusal; False when there is none."""
        return self._tokens is not None and self._tokens.renew()

    def pause_or_raise(
        self, error: ScangateError, *, attempt: int, asked: str | None = None
    ) -> None:
        """Sleep before the next attempt, or raise what came of the last one.

        `attempt` counts from 1; `asked` is the server's Retry-After.
        """
        left = 0.0 if self._deadline.looks_once else self._deadline.for_waiting(self._clock)
        if attempt >= self._limits.attempts or left <= 0 or isinstance(error, _FINAL):
            raise error
        pause = backoff(attempt, dice=self._dice, limits=self._limits)
        seconds = min(max(retry_after(asked, now=self._clock.now()), pause), left)
        self._log(f"{error.message}; trying again in {seconds:.1f}s")
        self._clock.sleep(seconds)
        if self._deadline.remaining(self._clock) <= 0:
            raise error  # the pause took longer than asked for: what failed last is what is told

    def _attempt(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer | Unavailable:
        """Send the request once; a failure on the way is returned, for the retry to decide."""
        seconds = self.seconds_left()
        until = self._clock.monotonic() + seconds
        request_id = str(uuid.uuid4())
        sent = {
            "Accept": "application/json",
            "Cache-Control": "no-cache",  # a proxy that opens TLS may remember an older scan
            **headers,
            "User-Agent": f"scangate/{__version__}",
            "x-client-request-id": request_id,
            "x-client-trace-id": self._shared.trace_id,
        }
        token = self.token()
        try:
            with self._shared.session_for(url).request(
                method,
                url,
                data=body,
                headers=sent,
                auth=Authorization(token, self._user),
                timeout=(min(self._limits.connect, seconds), min(self._limits.read, seconds)),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = read_body(
                    response, clock=self._clock, until=until, max_bytes=self._limits.body
                )
        except Unavailable as error:
            return error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return failure_of(error, method=method, url=url)
        given = requests.structures.CaseInsensitiveDict(response.headers)
        given["x-client-request-id"] = request_id
        given["x-client-trace-id"] = self._shared.trace_id
        answer = Answer(
            method=method, url=url, status=response.status_code, headers=given, body=content
        )
        self._shared.see(answer.date())
        self._log(f"{method} {url}: {answer.status}, {len(content)} bytes ({answer.ids})")
        return answer

    def seconds_left(self) -> float:
        """Return how long one attempt may take. Raises ScanTimeout when the time is up."""
        if self._deadline.looks_once:
            return self._limits.request
        left = self._deadline.remaining(self._clock)
        if left <= 0:
            raise ScanTimeout("the time is up", hint="give it longer with --timeout")
        return min(left, self._limits.request)
