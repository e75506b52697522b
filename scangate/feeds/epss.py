"""The daily EPSS scores, as FIRST and Empirical Security publish them in CSV.

https://www.first.org/epss/data_stats leads to `epss_scores-YYYY-MM-DD.csv.gz` and to
`epss_scores-current.csv.gz` at https://epss.empiricalsecurity.com (before: epss.cyentia.com):

    #model_version:v2026.06.15,score_date:2026-09-29T12:00:22Z
    cve,epss,percentile
    CVE-1999-0001,0.03351,0.88255

In older files the date is a day's midnight with the offset `+0000`
(https://github.com/ossf/cve-bin-tool/issues/4127 quotes such a line). The file of that September
day, with more than 300,000 rows, ends with a line end (it is kept in
https://github.com/lodestonesecurity/epss-data-history). Its numbers have up to five decimals
without closing zeros, so a program wrote them that may write 0.00001 as `1e-05`; no source was
found that shows this or rules it out, and it is read too.
"""

import re
import types
from collections.abc import Mapping, Sequence
from typing import ClassVar

from scangate.feeds.content import CVE, FeedError, foreign, text_of
from scangate.instant import Instant
from scangate.model import Value

_EXPECTED = "the EPSS scores in CSV"
_COLUMNS = "cve,epss,percentile"
_FIRST_ROW = 3
_SHARE = r"(?:0(?:\.[0-9]+)?|1(?:\.0+)?|[0-9](?:\.[0-9]+)?[eE]-(?:0?[1-9]|[1-9][0-9]))"
"""A number from 0 to 1: an exponent is below zero, so that what it makes is below 1."""

_ROW = re.compile(rf"^({CVE}),({_SHARE}),{_SHARE}\r?$", re.MULTILINE)
_FORMS = (
    ("CVE", re.compile(CVE), "is not of the form CVE-2021-44228"),
    ("score", re.compile(_SHARE), "is not a number from 0 to 1"),
    ("percentile", re.compile(_SHARE), "is not a number from 0 to 1"),
)
_SHORT_OFFSET = re.compile(r"([+-][0-9]{2})([0-9]{2})$")


class Epss(Value, frozen=True):
    """How likely each CVE is to be exploited within 30 days, as of `date`."""

    name: ClassVar[str] = "EPSS"

    file: str
    date: Instant
    scores: Mapping[str, float]

    @property
    def size(self) -> int:
        """The number of CVEs."""
        return len(self.scores)

    def score(self, cve_id: str) -> float | None:
        """Return the probability from 0 to 1 of a CVE, however its ID is spelt.

        It is None where there is none: that means unknown, not unlikely.
        """
        return self.scores.get(cve_id.upper())


def read_epss(data: bytes, *, file: str) -> Epss:
    """Read the scores of one day, plain or gzip. Raises FeedError for everything else.

    A gzip file proves that it is whole. Plain CSV cannot: a cut inside a row is seen, also one in
    its last field, since every line must end; a cut exactly behind a row is not, as nothing in the
    file tells how many there are. So the packed file, as it is published, is the one to keep.
    `file` is what messages call it.
    """
    text = text_of(data, file=file)
    if not text.startswith("#"):
        raise foreign(text, file=file, expected=_EXPECTED)
    comment, _, table = text.partition("\n")
    columns, _, rows = table.partition("\n")
    if columns.removesuffix("\r") != _COLUMNS:
        raise FeedError(f"{file}, line 2 is {columns[:60]!r}, not {_COLUMNS!r}")
    return Epss(file=file, date=_date(comment, file=file), scores=_scores(rows, file=file))


def _date(comment: str, *, file: str) -> Instant:
    """Find the date in the first line, in the form of RFC 3339 or with the older `+0000`."""
    fields = (field.partition(":") for field in comment.rstrip("\r").lstrip("#").split(","))
    dates = [value for key, _, value in fields if key == "score_date"]
    if len(dates) != 1:
        raise FeedError(f"{file}, line 1 has {len(dates)} fields score_date, not one")
    try:
        return Instant.parse(_SHORT_OFFSET.sub(r"\1:\2", dates[0]))
    except ValueError as error:
        raise FeedError(f"{file}, line 1 has no usable score_date: {error}") from error


def _scores(rows: str, *, file: str) -> Mapping[str, float]:
    """Find all rows at once, which is fast, and look for what is wrong only when that is known."""
    if not rows:
        raise FeedError(f"{file} holds no scores, which would turn its rules off")
    if not rows.endswith("\n"):
        line = rows.count("\n") + _FIRST_ROW
        raise FeedError(f"{file} is cut off: line {line}, the last, has no end")
    found: list[tuple[str, str]] = _ROW.findall(rows)
    if len(found) != rows.count("\n"):
        raise _bad_row(rows, file=file)
    scores = {cve: float(score) for cve, score in found}
    if len(scores) != len(found):
        _refuse_two_scores(found, scores, file=file)
    return types.MappingProxyType(scores)


def _bad_row(rows: str, *, file: str) -> FeedError:
    lines = enumerate(rows.split("\n"), _FIRST_ROW)
    number, line = next((number, line) for number, line in lines if not _ROW.fullmatch(line))
    return FeedError(f"{file}, line {number} {_why_bad(line.removesuffix(chr(13)))}")


def _why_bad(line: str) -> str:
    fields = line.split(",")
    if len(fields) != len(_FORMS):
        return f"has {len(fields)} fields, not {len(_FORMS)}: {line[:60]!r}"
    for (what, form, why), field in zip(_FORMS, fields, strict=True):
        if not form.fullmatch(field):
            return f"has the {what} {field[:60]!r}, which {why}"
    return f"is malformed: {line[:60]!r}"


def _refuse_two_scores(
    found: Sequence[tuple[str, str]], scores: Mapping[str, float], *, file: str
) -> None:
    """A row that is there twice does no harm; which of two scores is meant, nobody can tell."""
    for number, (cve, score) in enumerate(found, _FIRST_ROW):
        if scores[cve] != float(score):
            raise FeedError(f"{file}, line {number}: {cve} has another score in a later line")
