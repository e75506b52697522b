"""JSON Web Tokens: signing with PS256 (RFC 7518, 3.5), the one algorithm that IAM accepts.

cryptography is imported when a token is signed, so that a run without a key does not wait for it.
"""

import base64
from collections.abc import Mapping
from typing import Any

import msgspec

from scangate.errors import Unauthenticated
from scangate.secret import Secret


def sign(
    claims: Mapping[str, str | int], *, key_id: str, private_key: Secret, source: str
) -> Secret:
    """Return a signed token. Raises Unauthenticated for a key that cannot sign."""
    header = {"typ": "JWT", "alg": "PS256", "kid": key_id}
    signed = b".".join(_base64url(msgspec.json.encode(part)) for part in (header, claims))
    try:
        signature = _signature(signed, private_key)
    except ImportError as error:
        raise Unauthenticated(
            f"{source} needs the package cryptography, which cannot be imported here",
            hint="python -m pip install cryptography",
        ) from error
    except _Unusable as error:
        raise Unauthenticated(f"{source} cannot sign: {error}") from error
    return Secret((signed + b"." + _base64url(signature)).decode())


class _Unusable(Exception):
    """The text is not an RSA key that signs."""


def _signature(data: bytes, private_key: Secret) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    try:
        key = serialization.load_pem_private_key(private_key.reveal().encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _Unusable("private_key is no private key in PEM, or is encrypted") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise _Unusable("private_key is not an RSA key")
    salt = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=hashes.SHA256.digest_size)
    try:
        return key.sign(data, salt, hashes.SHA256())
    except ValueError as error:
        raise _Unusable("private_key is too short") from error


def read_claims(token: Secret) -> Mapping[str, Any]:
    """Return what a token claims, unverified and only to tell users; empty when unreadable."""
    try:
        payload = token.reveal().split(".")[1]
        claims = msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (ValueError, IndexError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _base64url(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")
