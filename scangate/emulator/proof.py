"""Whether a JWT proves a service account's identity: its signature, and what it claims.

Rules: docs, iam/operations/iam-token/create-for-sa. cryptography is imported when one comes.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from scangate.emulator.identities import AuthorizedKey, Identities
from scangate.emulator.moments import SECOND
from scangate.emulator.refusals import Code, StatusError

_LONGEST_LIFE = 3600


def proven_account(token: str, identities: Identities, *, now: int) -> str:
    """The service account that the JWT stands for. Raises StatusError."""
    header, claims, signed, signature = _parts(token)
    if header.get("alg") != "PS256" or header.get("typ") != "JWT":
        raise _refused("the algorithm must be PS256")
    key = next((key for key in identities.keys if key.id == header.get("kid")), None)
    if key is None:
        raise _refused("the key is unknown")
    _verify(key, signed, signature)
    _check(claims, key, audience=identities.audience, now=now // SECOND)
    return key.account


def _parts(token: str) -> tuple[Mapping[str, Any], Mapping[str, Any], bytes, bytes]:
    try:
        head, body, signature = token.split(".")
        header, claims = json.loads(_decode(head)), json.loads(_decode(body))
        parts = header, claims, f"{head}.{body}".encode(), _decode(signature)
    except ValueError as error:
        raise _refused("it cannot be read") from error
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise _refused("it cannot be read")
    return parts


def _verify(key: AuthorizedKey, signed: bytes, signature: bytes) -> None:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    public = serialization.load_pem_public_key(key.public_key.encode())
    if not isinstance(public, rsa.RSAPublicKey):
        raise _refused("the key is not an RSA key")
    salt = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    try:
        public.verify(signature, signed, salt, hashes.SHA256())
    except InvalidSignature as error:
        raise _refused("the signature is wrong") from error


def _check(claims: Mapping[str, Any], key: AuthorizedKey, *, audience: str, now: int) -> None:
    issued, expires = claims.get("iat"), claims.get("exp")
    if claims.get("iss") != key.account:
        raise _refused("iss is not the service account of the key")
    if claims.get("aud") != audience:
        raise _refused(f"aud is not {audience}")
    if type(issued) is not int or type(expires) is not int:
        raise _refused("iat and exp must be integers")
    if not issued <= now < expires:
        raise _refused("it is not valid at this time")
    if expires - issued > _LONGEST_LIFE:
        raise _refused(f"it is valid for more than {_LONGEST_LIFE} seconds")


def _refused(why: str) -> StatusError:
    return StatusError(Code.UNAUTHENTICATED, f"The JWT is not accepted: {why}")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
