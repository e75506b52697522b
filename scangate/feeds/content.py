"""From the bytes of a feed's file to its text, or to the reason why it cannot be whole.

A feed that lost its end looks like a feed that lists less, and would turn rules off.
"""

import zlib

MAX_BYTES = 64 * 2**20
"""The largest feed that is read, packed or not; EPSS had 11 MiB in 2026.

The shell need not read a byte more than one beyond it.
"""

CVE = r"CVE-[0-9]{4}-[0-9]{4,19}"
"""A CVE ID, as the CVE record format and CISA's schema have it."""

_GZIP = b"\x1f\x8b"
_ZLIB_GZIP_ONLY = 31
_CVE_ID_KEY = '"cveID"'
_STARTS = (
    ("\ufeff", "text with a byte order mark, which the publisher does not write"),
    ("<", "an HTML or XML page, as a proxy or a login answers"),
    ("version https://git-lfs", "a Git LFS pointer; git lfs pull fetches the file itself"),
    ("#", "EPSS scores"),
    ("cve,epss", "EPSS scores without the first line, which tells their date"),
    ("cveID,", "the KEV catalog as CSV"),
    ('"cveID",', "the KEV catalog as CSV"),
)


class FeedError(Exception):
    """A feed cannot be used. The message names the file, and the line or entry where it is known.

    It is no error of users' alone, so the shell says which exit code it has.
    """


def text_of(data: bytes, *, file: str) -> str:
    """Unpack gzip, which is known by its first bytes, and decode UTF-8. Raises FeedError."""
    if len(data) > MAX_BYTES:
        raise FeedError(f"{file} is larger than {MAX_BYTES // 2**20} MiB")
    content = _unpacked(data, file=file) if data.startswith(_GZIP) else data
    if not content.strip():
        raise FeedError(f"{file} is empty")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise FeedError(f"{file} is neither gzip nor UTF-8 text: {error}") from error


def foreign(text: str, *, file: str, expected: str) -> FeedError:
    """Return the error that says what the file holds instead of the feed, as far as it shows."""
    return FeedError(f"{file} is not {expected}: it holds {_guess(text.lstrip())}")


def _unpacked(data: bytes, *, file: str) -> bytes:
    """Unpack one gzip member, whose end carries a checksum and the length (RFC 1952).

    A second member would be legal, but no publisher writes one, and a file that lost it could not
    be told from a whole one.
    """
    stream = zlib.decompressobj(wbits=_ZLIB_GZIP_ONLY)
    try:
        content = stream.decompress(data, MAX_BYTES + 1)
    except zlib.error as error:
        raise FeedError(f"{file} is damaged gzip: {error}") from error
    if len(content) > MAX_BYTES:
        raise FeedError(f"{file} unpacks to more than {MAX_BYTES // 2**20} MiB")
    if not stream.eof:
        raise FeedError(f"{file} is cut off: its gzip data has no end")
    if stream.unused_data:
        raise FeedError(f"{file} has {len(stream.unused_data)} bytes behind the end of its gzip")
    return content


def _guess(text: str) -> str:
    if text.startswith(("{", "[")):
        return "a KEV catalog" if _CVE_ID_KEY in text else "other JSON"
    guesses = (what for start, what in _STARTS if text.startswith(start))
    return next(guesses, f"{text[:40]!r}")
