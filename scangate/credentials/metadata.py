"""The metadata service of a virtual machine in the cloud, or of a function.

Facts: docs, compute/operations/vm-connect/auth-inside-vm; YC_METADATA_ADDR is that of the
official SDKs. It is the last source, so that nothing else is said when it is not there.
"""

import re
import socket

from scangate.credentials.answers import Issued, asking, issued_token, read_answer
from scangate.credentials.source import Found, Given
from scangate.errors import BadResponse, Unauthenticated, Unavailable
from scangate.secret import Secret

ADDRESS = "YC_METADATA_ADDR"
_USUAL_HOST = "169.254.169.254"
_PATH = "/computeMetadata/v1/instance/service-accounts/default/token"

_PORT = re.compile(r"[0-9]{1,5}")
_HINT = (
    "set YC_IAM_TOKEN, or --token-file; on a virtual machine of the cloud, attach a service account"
)

# Google's machines answer the same question at the same address, with a token for Google
_GOOGLE = "ya29."


def metadata_service(given: Given) -> Found | None:
    """The service account of the machine that the gate runs on."""
    address = given.variable(ADDRESS)
    host, port = _parse(address or _USUAL_HOST)
    try:
        socket.create_connection((host, port), timeout=given.limits.probe).close()
    except (OSError, UnicodeError) as error:
        if address is None:
            return None
        raise Unavailable(
            f"the metadata service cannot be reached at {address}, which {ADDRESS} names",
            hint=_HINT,
        ) from error
    return _issue(given, host, port)


def _parse(address: str) -> tuple[str, int]:
    host, colon, port = address.rpartition(":")
    if not colon:
        return address, 80
    if not host or "/" in host or not _PORT.fullmatch(port) or int(port) > 65535:
        raise Unauthenticated(f"{ADDRESS} is not of the form host or host:port")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _issue(given: Given, host: str, port: int) -> Found:
    source = "the metadata service"
    transport = given.bounded(given.limits.metadata)
    shown = f"[{host}]" if ":" in host else host
    # Over plain HTTP, as the service has it, and so never through a proxy
    url = f"http://{shown}:{port}{_PATH}"
    try:
        with asking(f"no other credentials are given, and {source} has none", hint=_HINT):
            answer = transport.get(url, headers={"Metadata-Flavor": "Google"})
        issued = read_answer(answer, Issued, source=source)
        token = issued_token(issued.access_token, source=source)
    except BadResponse as error:
        # Other clouds have a service at that address, too
        raise Unauthenticated(error.message, hint=_HINT) from error
    _refuse_googles(token)
    return Found(
        f"{source} at {shown}",
        token,
        expires=issued.expires(given),
        again=lambda: _issue(given, host, port),
    )


def _refuse_googles(token: Secret) -> None:
    if token.reveal().startswith(_GOOGLE):
        raise Unauthenticated(
            "there are no credentials; the metadata service here is Google's, of another cloud",
            hint=_HINT,
        )
