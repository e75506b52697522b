"""The EPSS scores, and all the ways in which they are none."""

import pytest

from scangate.feeds import FeedError, read_epss
from scangate.instant import Instant
from tests.feeds.samples import COLUMNS, COMMENT, EPSS, KEV, ROW, ROWS, epss, packed

FILE = "feeds/epss.csv"
NOON = "2026-09-29T12:00:22Z"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(EPSS, id="plain"),
        pytest.param(packed(EPSS), id="gzip"),
        pytest.param(EPSS.replace(b"\n", b"\r\n"), id="line ends of Windows"),
        pytest.param(epss(*ROWS, ROWS[0]), id="a row twice"),
        pytest.param(epss(*ROWS[::-1]), id="another order"),
    ],
)
def test_the_scores_are_read(data: bytes) -> None:
    feed = read_epss(data, file=FILE)
    assert (feed.file, feed.date) == (FILE, Instant.parse(NOON))
    assert feed.scores == {
        "CVE-1999-0001": 0.03351,
        "CVE-1999-0016": 0.95739,
        "CVE-1999-0112": 0.008,
        "CVE-2026-9987": 0.0014,
        "CVE-2026-9999": 0.00408,
    }


@pytest.mark.parametrize(
    ("cve_id", "score"),
    [
        pytest.param("CVE-1999-0016", 0.95739, id="as published"),
        pytest.param("cve-1999-0016", 0.95739, id="lower case"),
        pytest.param("CVE-1999-00016", None, id="a zero more"),
        pytest.param("GHSA-jfh8-c2jp-5v3q", None, id="no CVE"),
    ],
)
def test_a_cve_is_looked_up(cve_id: str, score: float | None) -> None:
    assert read_epss(EPSS, file=FILE).score(cve_id) == score


@pytest.mark.parametrize(
    ("comment", "date"),
    [
        pytest.param(
            "#model_version:v2023.03.01,score_date:2024-05-13T00:00:00+0000",
            "2024-05-13T00:00:00Z",
            id="an older file",
        ),
        pytest.param("#score_date:2026-09-29T12:00:22Z,rows:5", NOON, id="other fields"),
        pytest.param("#score_date:2026-09-29T15:00:22+0300", NOON, id="another offset"),
    ],
)
def test_the_date_is_that_of_the_first_line(comment: str, date: str) -> None:
    assert read_epss(epss(ROW, comment=comment), file=FILE).date == Instant.parse(date)


@pytest.mark.parametrize(
    ("text", "score"),
    [
        pytest.param("0", 0, id="zero"),
        pytest.param("0.0", 0, id="zero with a point"),
        pytest.param("1", 1, id="one"),
        pytest.param("1.00000", 1, id="one with zeros"),
        pytest.param("0.99999", 0.99999, id="below one"),
        pytest.param("0.000430000", 0.00043, id="nine decimals"),
        pytest.param("1e-05", 0.00001, id="an exponent"),
        pytest.param("9.5e-05", 0.000095, id="a fraction and an exponent"),
        pytest.param("9.99E-1", 0.999, id="the largest with an exponent"),
    ],
)
def test_a_score_is_a_number_from_0_to_1(text: str, score: float) -> None:
    feed = read_epss(epss(f"CVE-2021-44228,{text},{text}"), file=FILE)
    assert feed.score("CVE-2021-44228") == score


BAD_NUMBERS = [
    "",
    " ",
    "-0.1",
    "-0",
    "+0.5",
    "1.1",
    "1.00001",
    "2",
    "10",
    "00.5",
    "0,5",
    ".5",
    "0.",
]
BAD_NUMBERS += ["NaN", "nan", "inf", "Infinity", "1e5", "1e0", "1e+0", "9.9e-0", "9e-00", "1e-999"]
BAD_NUMBERS += ["10e-1", "0x1p-1", "1_0e-2", "0.5 ", " 0.5", '"0.5"', "0.٥", "50%"]


@pytest.mark.parametrize("text", [pytest.param(text, id=repr(text)) for text in BAD_NUMBERS])
@pytest.mark.parametrize("row", ["CVE-2021-44228,{},0.5", "CVE-2021-44228,0.5,{}"])
def test_any_other_number_is_refused(row: str, text: str) -> None:
    with pytest.raises(FeedError, match="line 8 has"):
        read_epss(epss(*ROWS, row.format(text)), file=FILE)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        pytest.param("CVE-2021-44228,0.5", "has 2 fields, not 3: 'CVE-2021-44228,0.5'", id="short"),
        pytest.param(f"{ROW},", "has 4 fields, not 3", id="long"),
        pytest.param("", "has 1 fields, not 3: ''", id="an empty line"),
        pytest.param(f"{ROW};{ROW}", "has 5 fields", id="two rows in one"),
        pytest.param("CVE-2021-1,0.5,0.5", "the CVE 'CVE-2021-1', which is not of", id="bad ID"),
        pytest.param("cve-2021-44228,0.5,0.5", "has the CVE 'cve-", id="an ID in lower case"),
        pytest.param(f" {ROW}", "has the CVE ' CVE-2021-44228'", id="a space before"),
        pytest.param("CVE-2021-44228,high,0.5", "has the score 'high', which is not", id="a word"),
        pytest.param("CVE-2021-44228,0.5,99", "has the percentile '99', which is not", id="99 %"),
        pytest.param(COLUMNS, "has the CVE 'cve'", id="the columns again"),
        pytest.param("# end", "has 1 fields", id="another comment"),
        pytest.param(f"{ROW}\x85", "has the percentile", id="a line end of Unicode"),
        pytest.param(f"{ROW}\r{ROW}", "has 5 fields", id="a line end of old"),
    ],
)
def test_a_bad_row_is_told_with_its_line(row: str, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_epss(epss(*ROWS[:2], row, *ROWS[2:]), file=FILE)
    assert str(caught.value).startswith(f"{FILE}, line 5 ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(epss(), "holds no scores", id="no rows"),
        pytest.param(EPSS[:-1], "line 7, the last, has no end", id="no last line end"),
        pytest.param(EPSS[:-3], "line 7, the last, has no end", id="cut in the last field"),
        pytest.param(f"{COMMENT}\n{COLUMNS}".encode(), "holds no scores", id="cut before the rows"),
        pytest.param(COMMENT.encode(), "line 2 is ''", id="cut behind the first line"),
        pytest.param(epss(ROW, columns="cve,percentile,epss"), "line 2 is", id="other columns"),
        pytest.param(epss(ROW, columns="cve;epss;percentile"), "line 2 is", id="semicolons"),
        pytest.param(epss(ROW, comment="#"), "has 0 fields score_date", id="no date"),
        pytest.param(
            epss(ROW, comment="#score_date:,score_date:"), "has 2 fields score_date", id="two dates"
        ),
        pytest.param(epss(ROW, comment="#score_date:"), "no usable score_date", id="empty date"),
        pytest.param(
            epss(ROW, comment="#score_date:2026-09-29"), "no usable score_date", id="a day alone"
        ),
        pytest.param(
            epss(ROW, comment="#score_date:29/09/2026"), "no usable score_date", id="an odd date"
        ),
        pytest.param(
            epss(*ROWS, "CVE-1999-0016,0.00001,0.5"),
            "line 4: CVE-1999-0016 has another score in a later line",
            id="two scores of a CVE",
        ),
        pytest.param(b"<html>", "an HTML or XML page", id="HTML"),
        pytest.param(KEV, "it holds a KEV catalog", id="the KEV catalog"),
        pytest.param(packed(KEV), "it holds a KEV catalog", id="the KEV catalog, packed"),
        pytest.param(b'{"status": "OK", "data": []}', "other JSON", id="an answer of the API"),
        pytest.param(
            epss(*ROWS).partition(b"\n")[2], "without the first line", id="no comment line"
        ),
        pytest.param(b"\xef\xbb\xbf" + EPSS, "a byte order mark", id="a byte order mark"),
        pytest.param(b"\n" + EPSS, "it holds EPSS scores", id="a line before"),
        pytest.param(b"PK\x03\x04 zip", "it holds 'PK", id="zip"),
        pytest.param(EPSS + b"\xff\n", "neither gzip nor UTF-8", id="not text"),
    ],
)
def test_everything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_epss(data, file=FILE)
    assert str(caught.value).startswith(FILE)
    assert reason in str(caught.value)
