"""The sessions that all requests of a run share, and how a request is signed."""

import base64
import http.cookiejar
import socket
import uuid
from typing import Any

import requests
import urllib3

from scangate import early
from scangate.instant import Instant
from scangate.secret import Secret


class Authorization(requests.auth.AuthBase):
    """Sets the header itself, or none; requests reads no .netrc where a request has an `auth`."""

    def __init__(self, token: Secret | None, user: str) -> None:
        self._token = token
        self._user = user

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request."""
        if self._token is not None:
            request.headers["Authorization"] = self._value(self._token.reveal())
        return request

    def _value(self, token: str) -> str:
        if not self._user:
            return f"Bearer {token}"
        return f"Basic {base64.b64encode(f'{self._user}:{token}'.encode()).decode()}"


class _Session(requests.Session):
    """A session that does not look at where a redirect leads.

    Even if it is not to follow one, requests reads its whole body, without a limit of size or
    time, and takes its Location apart.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find none."""

    def merge_environment_settings(self, url: str | bytes | None, *args: Any, **named: Any) -> Any:  # noqa: ANN401 - passed on
        """Refuse a proxy with a user and no host, which requests takes apart with a TypeError."""
        settings = super().merge_environment_settings(url, *args, **named)
        proxy = requests.utils.select_proxy(str(url), settings["proxies"])
        parts = urllib3.util.parse_url(proxy or "")
        if parts.auth and not parts.host:
            raise requests.exceptions.InvalidProxyURL("the proxy's address has no host")
        return settings


class _Connection(urllib3.connection.HTTPSConnection):
    """A connection that was begun early, if there is one to its host; TLS is then as ever."""

    def _new_conn(self) -> socket.socket:
        begun = early.take(self.host, self.port)
        if begun is None:
            return super()._new_conn()
        begun.settimeout(self.timeout)
        for option in self.socket_options or ():
            begun.setsockopt(*option)
        return begun


class _Pool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _Connection


class _Adapter(requests.adapters.HTTPAdapter):
    """Takes over what was begun early, unless there is a proxy, which has a pool of its own."""

    def init_poolmanager(self, *args: Any, **named: Any) -> None:  # noqa: ANN401 - passed on
        super().init_poolmanager(*args, **named)
        pools = self.poolmanager.pool_classes_by_scheme
        self.poolmanager.pool_classes_by_scheme = {**pools, "https": _Pool}


class Shared:
    """What all bounded views of a transport have in common."""

    def __init__(self) -> None:
        self.trace_id = str(uuid.uuid4())
        self.date: Instant | None = None
        self.firsts: dict[str, Any] = {}
        self._proxied = _Session()
        self._direct = _Session()
        self._direct.trust_env = False
        self._proxied.mount("https://", _Adapter())
        for session in (self._proxied, self._direct):
            session.headers.clear()
            session.headers["Accept-Encoding"] = "gzip"
            session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=()))

    def session_for(self, url: str) -> requests.Session:
        """Return the session with proxies; plain HTTP to this machine never leaves it."""
        return self._proxied if url.lower().startswith("https://") else self._direct

    def see(self, date: Instant | None) -> None:
        """Remember the latest time told."""
        if date is not None and (self.date is None or date > self.date):
            self.date = date
