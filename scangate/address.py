"""Where a token may be sent: over HTTPS, or to this machine itself."""

import ipaddress
import urllib.parse

from scangate.errors import UsageError


def refuse_unsafe(url: str) -> None:
    """Raise UsageError for an address to which a token must not be sent."""
    parts = _parts(url)
    if parts.username is not None or parts.password is not None:
        raise UsageError("an endpoint must not carry a user or a password")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"{url!r} is not an http or https address")
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise UsageError(
            f"{url!r} is plain HTTP: a token is sent over HTTPS only",
            hint="plain HTTP is accepted for this machine itself, to try the emulator",
        )


def _parts(url: str) -> urllib.parse.SplitResult:
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port  # it is read, and refused, only when it is asked for
    except ValueError as error:
        raise UsageError(f"{url!r} is not an address: {error}") from error
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
