"""CISA's catalog of Known Exploited Vulnerabilities (KEV), as CISA publishes it in JSON.

The format is CISA's schema,
https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities_schema.json, which
CISA also keeps beside the catalog in https://github.com/cisagov/kev-data. A catalog cut in the
middle is no theory: that repository had one on 2025-02-25 (commit 15200f9).
"""

import json
import re
from collections.abc import Sequence
from typing import ClassVar

import msgspec

from scangate.feeds.content import CVE, FeedError, foreign, text_of
from scangate.instant import Instant
from scangate.model import Value

_EXPECTED = "a KEV catalog in JSON"
_CVE = re.compile(CVE)


class Kev(Value, frozen=True):
    """The CVEs that CISA knows to be exploited, as of `date`, when the catalog was released."""

    name: ClassVar[str] = "KEV"

    file: str
    date: Instant
    cves: frozenset[str]

    @property
    def size(self) -> int:
        """The number of CVEs."""
        return len(self.cves)

    def lists(self, cve_id: str) -> bool:
        """Whether the catalog lists the CVE, however its ID is spelt (`cve-2021-44228`)."""
        return cve_id.upper() in self.cves


class _Entry(msgspec.Struct, frozen=True):
    cve_id: str = msgspec.field(name="cveID")


class _Catalog(msgspec.Struct, frozen=True, rename="camel"):
    """The keys that are read, all of which the schema requires."""

    date_released: str
    count: int
    vulnerabilities: tuple[_Entry, ...]


def read_kev(data: bytes, *, file: str) -> Kev:
    """Read a catalog, plain or gzip. Raises FeedError for everything that is not whole.

    The catalog tells the number of its entries (`count`), which must be right, and its JSON must
    end, so that no cut is missed. `file` is what messages call it.
    """
    text = text_of(data, file=file)
    if not text.lstrip().startswith("{"):
        raise foreign(text, file=file, expected=_EXPECTED)
    catalog = _catalog(text, file=file)
    return Kev(file=file, date=_date(catalog, file=file), cves=_cves(catalog, file=file))


def _catalog(text: str, *, file: str) -> _Catalog:
    value = _value(text, file=file)
    if "vulnerabilities" not in value:
        raise foreign(text, file=file, expected=_EXPECTED)
    try:
        return msgspec.convert(value, type=_Catalog)
    except msgspec.ValidationError as error:
        raise FeedError(f"{file} is no whole KEV catalog: {error}") from error


def _value(text: str, *, file: str) -> dict[str, object]:
    """Read the JSON with the standard library, which shows keys that come twice."""
    try:
        value: dict[str, object] = json.loads(text, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise FeedError(f"{file} is cut off or is not JSON ({where}: {error.msg})") from error
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{file} is malformed JSON: {error}"[:300]) from error
    return value


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Refuse a key that comes twice: of two lists of CVEs, parsers keep one."""
    value = dict(pairs)
    if len(value) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice[:60]!r} comes twice in one object")
    return value


def _date(catalog: _Catalog, *, file: str) -> Instant:
    """Read the time of the release, like `2025-08-25T17:04:19.9796Z`."""
    try:
        return Instant.parse(catalog.date_released)
    except ValueError as error:
        raise FeedError(f"{file} has no usable dateReleased: {error}") from error


def _cves(catalog: _Catalog, *, file: str) -> frozenset[str]:
    entries = catalog.vulnerabilities
    if catalog.count != len(entries):
        raise FeedError(
            f"{file} is not whole: its count is {catalog.count}, but it has {len(entries)} entries"
        )
    if not entries:
        raise FeedError(f"{file} lists no CVE, which would turn its rules off")
    for number, entry in enumerate(entries, 1):
        if not _CVE.fullmatch(entry.cve_id):
            raise FeedError(
                f"{file}: entry {number} has the cveID {entry.cve_id[:60]!r}, "
                "which is not of the form CVE-2021-44228"
            )
    return frozenset(entry.cve_id for entry in entries)
