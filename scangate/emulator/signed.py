"""Tokens that prove themselves: what the emulator issues is signed, so it keeps no list.

IAM tokens have the shape that docs, iam/concepts/authorization/iam-token, gives; ID tokens are
JWTs. The key is no secret: whoever reaches the emulator is on this machine.
"""

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass

_KEY = b"the emulator's own issuer"


@dataclass(frozen=True, slots=True)
class Issued:
    """An IAM token's content. `number` tells two tokens of the same account and time apart."""

    account: str
    expires: int
    number: int

    def sign(self) -> str:
        """The token."""
        payload = _encode(json.dumps([self.account, self.expires, self.number]).encode())
        return f"t1.{payload}.{_mac(payload, 'sha512')}"


def read_token(token: str) -> Issued | None:
    """What an IAM token of the emulator says; None for every other token."""
    head, _, rest = token.partition(".")
    payload, _, signature = rest.partition(".")
    if head != "t1" or signature != _mac(payload, "sha512"):
        return None
    return Issued(*json.loads(_decode(payload)))


def issue_id_token(claims: Mapping[str, object]) -> str:
    """A JWT of the CI system that the emulator stands in for."""
    header = {"typ": "JWT", "alg": "HS256", "kid": "emulator"}
    signed = ".".join(_encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_mac(signed, 'sha256')}"


def read_id_token(token: str) -> Mapping[str, object] | None:
    """The claims of an ID token; None if the emulator did not issue it."""
    signed, _, signature = token.rpartition(".")
    if not signed or signature != _mac(signed, "sha256"):
        return None
    claims: Mapping[str, object] = json.loads(_decode(signed.partition(".")[2]))
    return claims


def _mac(text: str, algorithm: str) -> str:
    return _encode(hmac.new(_KEY, text.encode(), algorithm).digest())


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
