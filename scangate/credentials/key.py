"""Authorized keys of service accounts: the file that the cloud makes, and a JWT signed with it.

Facts: docs, iam/operations/iam-token/create-for-sa; yandex-cloud/go-sdk, iamkey, for the two
spellings of the fields.
"""

import os
import stat
from pathlib import Path
from typing import Any

import msgspec

from scangate.credentials import iam
from scangate.credentials.jwt import sign
from scangate.credentials.source import Found, Given
from scangate.errors import Unauthenticated
from scangate.instant import NANOSECONDS
from scangate.model import Value
from scangate.secret import Secret

VARIABLE = "YC_SERVICE_ACCOUNT_KEY_FILE"
_MOST_BYTES = 65536
_PEM = "-----BEGIN"
_HINT = "yc iam key create --service-account-id <id> --output key.json makes one"

_LIFE = 3600
"""Seconds; IAM accepts no more."""

_BACKDATED = 10
"""Seconds by which this machine's clock may be ahead of the service's."""


class _Key(Value, frozen=True):
    """An authorized key."""

    id: str
    account: str
    private_key: Secret


def authorized_key(given: Given) -> Found | None:
    """`YC_SERVICE_ACCOUNT_KEY_FILE`, a path or the JSON itself."""
    text = given.variable(VARIABLE)
    if text is None:
        return None
    return _issue(given, _parse(text if text.startswith("{") else _read(given, Path(text))))


def _read(given: Given, path: Path) -> bytes:
    """The path is not told: what is there by mistake may be the key."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read(_MOST_BYTES)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a path"
        raise Unauthenticated(
            f"the file that {VARIABLE} names cannot be read: {reason}", hint=_HINT
        ) from error
    if os.name == "posix" and stat.S_ISREG(mode) and mode & (stat.S_IRGRP | stat.S_IROTH):
        given.say(f"warning: others can read the private key that {VARIABLE} names: chmod 600")
    return data


def _parse(text: str | bytes) -> _Key:
    try:
        fields = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        # The message of the decoder could show a part of the key
        raise Unauthenticated(
            f"{VARIABLE} does not hold an authorized key: it is not JSON", hint=_HINT
        ) from error
    account = _field(fields, "service_account_id", "serviceAccountId")
    return _Key(
        id=_field(fields, "id", "id"),
        account=account,
        private_key=_pem(_field(fields, "private_key", "privateKey")),
    )


def _field(fields: dict[str, Any], snake: str, camel: str) -> str:
    value = fields.get(snake) or fields.get(camel)
    if not isinstance(value, str) or not value:
        raise Unauthenticated(
            f"{VARIABLE} does not hold an authorized key: {snake} is missing", hint=_HINT
        )
    return value


def _pem(text: str) -> Secret:
    """The cloud puts a line before the PEM, which signing has no use for."""
    secret = Secret(text)
    start = text.find(_PEM)
    if start < 0:
        raise Unauthenticated(
            f"{VARIABLE} does not hold an authorized key: private_key is not PEM", hint=_HINT
        )
    return Secret(text[start:]) if start else secret


def _issue(given: Given, key: _Key) -> Found:
    source = f"{VARIABLE} (service account {key.account}, key {key.id})"
    return iam.issue(
        given,
        {"jwt": _proof(given, key, source=source).reveal()},
        source=source,
        hint=f"was the key deleted, or is it of another cloud than {given.where.cloud.name}?"
        " is this machine's clock right?",
        again=lambda: _issue(given, key),
    )


def _proof(given: Given, key: _Key, *, source: str) -> Secret:
    issued_at = given.clock.now().nanoseconds // NANOSECONDS - _BACKDATED
    claims: dict[str, str | int] = {
        "iss": key.account,
        "aud": given.where.iam_audience,
        "iat": issued_at,
        "exp": issued_at + _LIFE,
    }
    return sign(claims, key_id=key.id, private_key=key.private_key, source=source)
