"""Authorized keys as the cloud writes them."""

import json
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

ACCOUNT = "aje0000000000account"
KEY_ID = "aje00000000000000key"
EXTRA_LINE = f"PLEASE DO NOT REMOVE THIS LINE! Yandex.Cloud SA Key ID <{KEY_ID}>\n"


@dataclass(frozen=True)
class KeyPair:
    """A key, as the two halves of it are stored."""

    key: RSAPrivateKey

    @property
    def private(self) -> str:
        form = PrivateFormat.PKCS8
        return self.key.private_bytes(Encoding.PEM, form, NoEncryption()).decode()

    @property
    def public(self) -> str:
        form = PublicFormat.SubjectPublicKeyInfo
        return self.key.public_key().public_bytes(Encoding.PEM, form).decode()


def fields(pair: KeyPair) -> dict[str, Any]:
    """What `yc iam key create` writes today."""
    return {
        "id": KEY_ID,
        "service_account_id": ACCOUNT,
        "created_at": "2026-11-01T00:00:00Z",
        "key_algorithm": "RSA_2048",
        "public_key": pair.public,
        "private_key": EXTRA_LINE + pair.private,
    }


def key_json(pair: KeyPair, **changes: Any) -> str:
    """The file, with other fields; None takes one away."""
    changed = {**fields(pair), **changes}
    return json.dumps({name: value for name, value in changed.items() if value is not None})


def camel_json(pair: KeyPair) -> str:
    """The other spelling that the official Go SDK reads."""
    return json.dumps(
        {"id": KEY_ID, "serviceAccountId": ACCOUNT, "privateKey": fields(pair)["private_key"]}
    )
