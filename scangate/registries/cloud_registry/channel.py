"""The connection that the scanner's calls go over, as safe and as reachable as the transport's.

TLS always, except to this machine itself. gRPC reads the proxy's variables in small letters only
and knows no REQUESTS_CA_BUNDLE, so both are read here, as `requests` reads them.
"""

import os
import urllib.parse
from pathlib import Path
from typing import Any

import requests

from scangate.address import refuse_unsafe
from scangate.errors import Unavailable
from scangate.registries.cloud_registry.stubs import Stubs
from scangate.transport import Hopeless, Limits

_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def open_channel(stubs: Stubs, url: str, limits: Limits) -> Any:  # noqa: ANN401 - grpc has no types
    """Return a channel to the host of `url`, which is connected when it is used.

    Raises UsageError for an address to which a token must not be sent.
    """
    refuse_unsafe(url)
    parts = urllib.parse.urlsplit(url)
    options = [*_options(limits), *_proxy(url)]
    if parts.scheme == "http":
        return stubs.grpc.insecure_channel(_target(parts, 80), options=options)
    credentials = stubs.grpc.ssl_channel_credentials(root_certificates=_certificates())
    return stubs.grpc.secure_channel(_target(parts, 443), credentials, options=options)


def _target(parts: urllib.parse.SplitResult, default_port: int) -> str:
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{parts.port or default_port}"


def _options(limits: Limits) -> list[tuple[str, object]]:
    return [
        ("grpc.max_receive_message_length", limits.body),
        ("grpc.enable_retries", 0),  # one who retries is enough, and it is `calls`
        ("grpc.initial_reconnect_backoff_ms", 100),
        ("grpc.min_reconnect_backoff_ms", int(limits.connect * 1000)),  # the time to connect
    ]


def _proxy(url: str) -> list[tuple[str, object]]:
    """Plain HTTP to this machine never leaves it."""
    chosen = None
    if url.lower().startswith("https:"):
        chosen = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    if not chosen:
        return [("grpc.enable_http_proxy", 0)]
    address = chosen if "://" in chosen else f"http://{chosen}"
    if not address.startswith("http://"):
        raise Hopeless(
            "gRPC reaches a service through an http:// proxy only",
            hint="set NO_PROXY for the registry's API host, or HTTPS_PROXY=http://…",
        )
    return [("grpc.http_proxy", address)]


def _certificates() -> bytes | None:
    """Return a private CA bundle; None means gRPC's own, GRPC_DEFAULT_SSL_ROOTS_FILE_PATH first."""
    named = next(filter(None, map(os.environ.get, _BUNDLES)), None)
    if named is None:
        return None
    try:
        return Path(named).read_bytes()
    except OSError as error:
        raise Unavailable(
            f"the CA bundle {named} cannot be read: {error.strerror}",
            hint="a private CA is given with REQUESTS_CA_BUNDLE=/path/to/ca.pem",
        ) from error
