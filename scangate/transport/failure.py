"""What it means when there was no answer: refused, reset, timed out, not trusted."""

import ssl
from collections.abc import Iterator

import requests

from scangate.errors import Unavailable
from scangate.secret import redact


class Hopeless(Unavailable):
    """A failure that trying again at once cannot mend."""


def failure_of(error: Exception, *, method: str, url: str) -> Unavailable:
    """Return what a failure on the way to the server, or back, means to users."""
    reasons = list(_reasons(error))
    said = redact(f"{type(reasons[-1]).__name__}: {reasons[-1]}")[:300]
    what = f"{method} {url} failed: {said}"
    if isinstance(error, requests.exceptions.Timeout):
        return Unavailable(f"{method} {url} did not answer in time")
    if type(error) is OSError or any(
        isinstance(each, ssl.SSLCertVerificationError) for each in reasons
    ):
        # requests has no type of its own for a CA bundle that is not there
        return Hopeless(what, hint="a private CA is given with REQUESTS_CA_BUNDLE=/path/to/ca.pem")
    kind = Hopeless if isinstance(error, ValueError) else Unavailable  # a malformed address
    return kind(what, hint="check the network, the proxy (HTTPS_PROXY) and the endpoint")


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """Yield what really happened last: requests wraps urllib3 wraps the operating system."""
    reason: object = error
    while isinstance(reason, BaseException):
        yield reason
        reason = getattr(reason, "reason", None) or reason.__cause__ or reason.__context__
