"""Secrets that cannot be printed by accident, and the removal of those that would be.

A `Secret` shows itself as `***` wherever it is formatted. What a secret was sent with may still
come back (a server that echoes a header, a library's message), so every text that leaves the
process goes through `redact`, which knows each secret that was ever made, in the encodings in
which it could reappear.
"""

import base64
import html
import json
import re
import threading
import urllib.parse

MASK = "***"
_SHORTEST = 8
_PIECE = 8
_VARIED = 5
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=%-]{24,}")
# Each begins where nothing before it could belong to it, so that a hostile text takes linear time,
# and none is looked for where its beginning is not there, since a report has many megabytes
_SHAPES = (
    (
        ("-----BEGIN ",),
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)",
            re.DOTALL,
        ),
        MASK,
    ),
    # An IAM token, as its documentation says
    (("t1.",), re.compile(r"t1\.[A-Za-z0-9_-]+={0,2}\.[A-Za-z0-9_-]{86}={0,2}"), MASK),
    # A JWT
    (
        ("eyJ",),
        re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
        MASK,
    ),
    # An OAuth token
    (("y0_", "y1_", "y2_", "y3_"), re.compile(r"y[0-3]_[A-Za-z0-9_-]{20,}"), MASK),
    # The user and password of a proxy
    (("://",), re.compile(r"://[^\s/@]+(?=@)"), f"://{MASK}"),
)
_known: dict[str, None] = {}
_pieces: dict[str, None] = {}
_lock = threading.Lock()


class Secret:
    """A text that is only told to who asks for it by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text
        _remember(text)

    def reveal(self) -> str:
        """Return the text itself, for the wire only."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return MASK

    def __reduce__(self) -> str:
        raise TypeError("a secret is not for storing")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


def redact(text: str) -> str:
    """Remove every secret made so far, however it is encoded, and whatever looks like one.

    Of a token that was cut or broken into lines the pieces go too.
    """
    with _lock:
        known = sorted(_known, key=len, reverse=True)
        pieces = list(_pieces)
    for form in known:
        text = text.replace(form, MASK)
    for beginnings, shape, mask in _SHAPES:
        if any(beginning in text for beginning in beginnings):
            text = shape.sub(mask, text)
    for piece in pieces:
        text = text.replace(piece, MASK)
    return text


def _remember(text: str) -> None:
    forms = {form for form in _forms(text) if len(form) >= _SHORTEST}
    # Only of tokens: a piece of a key file could be a word that reports are made of
    pieces = {piece for form in forms for piece in _split(form)} if _TOKEN.fullmatch(text) else ()
    with _lock:
        _known.update(dict.fromkeys(forms))
        _pieces.update(dict.fromkeys(pieces))


def _split(token: str) -> list[str]:
    if not _TOKEN.fullmatch(token):
        return []
    pieces = [token[at : at + _PIECE] for at in range(0, len(token) - _PIECE + 1, _PIECE)]
    return [piece for piece in pieces if len(set(piece)) >= _VARIED]


def _forms(text: str) -> set[str]:
    data = text.encode(errors="surrogatepass")  # a variable of the environment may be no text
    quoted = urllib.parse.quote(data, safe="")
    forms = {text, json.dumps(text)[1:-1], repr(text)[1:-1], html.escape(text), quoted}
    forms |= {urllib.parse.quote(data), urllib.parse.quote_plus(data)}
    forms |= {re.sub("%..", lambda escape: escape[0].lower(), form) for form in forms}
    forms |= {data.hex(), data.hex().upper(), base64.b32encode(data).decode().rstrip("=")}
    return forms | _base64_forms(data)


def _base64_forms(data: bytes) -> set[str]:
    """The parts of base64 that stay the same wherever in a longer text the secret stands."""
    forms = set()
    for lead in range(3):
        encoded = base64.b64encode(b"\0" * lead + data).decode()
        skip, cut = (0, 2, 3)[lead], (0, 3, 2)[(lead + len(data)) % 3]
        core = encoded[skip : len(encoded) - cut]
        forms |= {core, core.translate(str.maketrans("+/", "-_"))}
    return forms
