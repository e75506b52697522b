"""Manners on HTTPS: timeouts, retries, renewal of tokens, limits, request IDs, errors.

What is asked and what the answers mean is told in `registries`. Redirects are never followed and
`.netrc` is never read, so a token goes to the host that it is meant for and nowhere else.
"""

import random
import urllib.parse
import uuid
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol

import requests
import urllib3

from scangate import __version__
from scangate.errors import ScanTimeout, Unavailable
from scangate.instant import Instant
from scangate.secret import Secret
from scangate.transport.answer import Answer, InvalidRequest, NotFound, body_of, error_of
from scangate.transport.body import read_body
from scangate.transport.failure import Hopeless, failure_of
from scangate.transport.retry import ATTEMPTS, RETRIED, backoff, retry_after
from scangate.wait import Clock, Deadline

__all__ = ["InvalidRequest", "NotFound", "Tokens", "Transport"]

_CONNECT_TIMEOUT = 10.0
_READ_TIMEOUT = 30.0
_REQUEST_TIMEOUT = 60.0


class Tokens(Protocol):
    """Where the bearer token comes from."""

    def token(self) -> Secret:
        """Return a token that is valid for a while yet. Raises Refused or Unavailable."""

    def renew(self) -> bool:
        """Get another token after a 401; False when the source has only this one."""


class _Authorization(requests.auth.AuthBase):
    """Sets the header itself, or none; requests reads no .netrc where a request has an `auth`."""

    def __init__(self, token: Secret | None) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token.reveal()}"
        return request


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
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._dice = dice
        self._log = log
        self._deadline = Deadline(at=0.0, looks_once=True)
        self._shared = _Shared()

    def within(self, deadline: Deadline) -> "Transport":
        """Return the same transport, with that deadline over all its requests."""
        other = Transport(self._tokens, clock=self._clock, dice=self._dice, log=self._log)
        other._deadline = deadline
        other._shared = self._shared
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
        return self._request("GET", url, body=None, headers=headers or {})

    def post(self, url: str, body: bytes, *, headers: Mapping[str, str]) -> bytes:
        """Send something that may be sent again after a failure.

        The caller sees to that: the service does a change once only for an Idempotency-Key.
        """
        return self._request("POST", url, body=body, headers=headers)

    def _request(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> bytes:
        renewed = False
        attempt = 1
        while True:
            result = self._attempt(method, url, body=body, headers=headers)
            if isinstance(result, Answer) and result.status not in RETRIED:
                if result.status != HTTPStatus.UNAUTHORIZED or renewed or not self._renew():
                    return body_of(result)
                renewed = True
                continue
            self._pause_or_raise(result, attempt)
            attempt += 1

    def _renew(self) -> bool:
        return self._tokens is not None and self._tokens.renew()

    def _pause_or_raise(self, result: Answer | Unavailable, attempt: int) -> None:
        """Sleep before the next attempt, or raise what came of the last one."""
        error = error_of(result) if isinstance(result, Answer) else result
        left = 0.0 if self._deadline.looks_once else self._deadline.for_waiting(self._clock)
        if attempt >= ATTEMPTS or left <= 0 or isinstance(error, Hopeless):
            raise error
        asked = 0.0
        if isinstance(result, Answer):
            asked = retry_after(result.headers.get("Retry-After"), now=self._clock.now())
        seconds = min(max(asked, backoff(attempt, dice=self._dice)), left)
        self._log(f"{error.message}; trying again in {seconds:.1f}s")
        self._clock.sleep(seconds)

    def _attempt(
        self, method: str, url: str, *, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer | Unavailable:
        """Send the request once; a failure on the way is returned, for the retry to decide."""
        seconds = self._seconds_left()
        until = self._clock.monotonic() + seconds
        request_id = str(uuid.uuid4())
        sent = {
            **headers,
            "User-Agent": f"scangate/{__version__}",
            "Accept": "application/json",
            "x-client-request-id": request_id,
            "x-client-trace-id": self._shared.trace_id,
        }
        token = self._tokens.token() if self._tokens else None
        try:
            with self._shared.session_for(url).request(
                method,
                url,
                data=body,
                headers=sent,
                auth=_Authorization(token),
                timeout=(min(_CONNECT_TIMEOUT, seconds), min(_READ_TIMEOUT, seconds)),
                allow_redirects=False,
                stream=True,
            ) as response:
                content = read_body(response, clock=self._clock, until=until)
        except Unavailable as error:
            return error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return failure_of(error, method=method, url=url)
        given = requests.structures.CaseInsensitiveDict(response.headers)
        given["x-client-request-id"] = request_id
        answer = Answer(
            method=method, url=url, status=response.status_code, headers=given, body=content
        )
        self._shared.see(answer.date())
        self._log(f"{method} {url}: {answer.status}, {len(content)} bytes ({answer.ids})")
        return answer

    def _seconds_left(self) -> float:
        if self._deadline.looks_once:
            return _REQUEST_TIMEOUT
        left = self._deadline.remaining(self._clock)
        if left <= 0:
            raise ScanTimeout("the time is up", hint="give it longer with --timeout")
        return min(left, _REQUEST_TIMEOUT)


class _Shared:
    """What all bounded views of a transport have in common."""

    def __init__(self) -> None:
        self.trace_id = str(uuid.uuid4())
        self.date: Instant | None = None
        self._proxied = requests.Session()
        self._direct = requests.Session()
        self._direct.trust_env = False
        for session in (self._proxied, self._direct):
            session.headers.clear()
            session.headers["Accept-Encoding"] = "gzip"

    def session_for(self, url: str) -> requests.Session:
        """Return the session with proxies; plain HTTP to this machine never leaves it."""
        return self._direct if url.startswith("http://") else self._proxied

    def see(self, date: Instant | None) -> None:
        """Remember the latest time told."""
        if date is not None and (self.date is None or date > self.date):
            self.date = date
