"""Looking for a planted secret in every encoding, without the help of what removes it."""

import base64
import html
import json
import urllib.parse
from collections.abc import Iterator

_ENOUGH = 16
"""So many characters in a row are a leak: what is left of a secret that was cut."""


_ENCODERS = {"base64": base64.b64encode, "URL base64": base64.urlsafe_b64encode}


def leaks(text: str, secret: str) -> list[str]:
    """Return the encodings in which the secret, or a good part of it, stands in the text."""
    unescaped = html.unescape(text)
    return sorted(
        name
        for name, form in encodings(secret)
        if any(form[at : at + _ENOUGH] in unescaped for at in range(len(form) - _ENOUGH + 1))
    )


def encodings(secret: str) -> Iterator[tuple[str, str]]:
    """Yield the ways in which a server may send a secret back."""
    data = secret.encode()
    yield "plain", secret
    yield "JSON", json.dumps(secret)[1:-1]
    yield "URL", urllib.parse.quote(secret, safe="")
    yield "form", urllib.parse.quote_plus(secret)
    for lead in range(3):
        # In the middle of other text, so that the ends of it do not tell
        before, after = b"Bearer: "[: 6 + lead], b"..."
        for name, encode in (
            ("base64", base64.b64encode),
            ("URL base64", base64.urlsafe_b64encode),
        ):
            whole = encode(before + data + after).decode()
            yield f"{name}, shifted by {lead}", whole[12:-8]
