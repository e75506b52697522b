"""What it means when there was no answer: refused, reset, timed out, not trusted."""

import requests

from scangate.errors import Unavailable
from scangate.secret import redact


class Hopeless(Unavailable):
    """A failure that trying again at once cannot mend."""


def failure_of(error: Exception, *, method: str, url: str) -> Unavailable:
    """Return what a failure on the way to the server, or back, means to users."""
    what = f"{method} {url} failed: {_innermost(error)}"
    if isinstance(error, requests.exceptions.SSLError):
        return Hopeless(what, hint="a private CA is given with REQUESTS_CA_BUNDLE=/path/to/ca.pem")
    if isinstance(error, requests.exceptions.Timeout):
        return Unavailable(f"{method} {url} did not answer in time")
    return Unavailable(what, hint="check the network, the proxy (HTTPS_PROXY) and the endpoint")


def _innermost(error: BaseException) -> str:
    """Say what really happened: requests wraps urllib3 wraps the operating system."""
    reason: BaseException = error
    while True:
        inner = getattr(reason, "reason", None) or reason.__cause__ or reason.__context__
        if not isinstance(inner, BaseException):
            break
        reason = inner
    return redact(f"{type(reason).__name__}: {reason}"[:300])
