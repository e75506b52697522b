"""CISA's catalog, and all the ways in which it is none."""

import pytest

from scangate.feeds import FeedError, Kev, read_kev
from scangate.instant import Instant
from tests.feeds.samples import EPSS, KEV, kev, listing, packed

FILE = "feeds/kev.json"
CVE = {"cveID": "CVE-2021-44228"}


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(KEV, id="plain"),
        pytest.param(packed(KEV), id="gzip"),
        pytest.param(b"\n " + KEV + b"\n", id="white space around"),
        pytest.param(KEV.replace(b"\n", b"\r\n"), id="line ends of Windows"),
    ],
)
def test_the_catalog_is_read(data: bytes) -> None:
    assert read_kev(data, file=FILE) == Kev(
        file=FILE,
        date=Instant.parse("2025-08-25T17:04:19.9796Z"),
        cves=frozenset({"CVE-2025-48384", "CVE-2021-44228", "CVE-2014-0160"}),
    )


@pytest.mark.parametrize(
    ("cve_id", "listed"),
    [
        pytest.param("CVE-2021-44228", True, id="as published"),
        pytest.param("cve-2021-44228", True, id="lower case"),
        pytest.param("CVE-2021-4422", False, id="a shorter number"),
        pytest.param("CVE-2021-442280", False, id="a longer number"),
        pytest.param("GHSA-jfh8-c2jp-5v3q", False, id="no CVE"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_cve_is_looked_up(cve_id: str, listed: bool) -> None:
    assert read_kev(KEV, file=FILE).lists(cve_id) is listed


@pytest.mark.parametrize(
    "cve_id",
    [
        pytest.param("CVE-2021-0001", id="four digits"),
        pytest.param("CVE-2021-1234567890123456789", id="nineteen digits"),
    ],
)
def test_an_id_of_any_published_length_is_read(cve_id: str) -> None:
    assert read_kev(listing({"cveID": cve_id}), file=FILE).lists(cve_id)


def test_an_entry_that_is_there_twice_is_one_cve() -> None:
    assert read_kev(listing(CVE, CVE), file=FILE).size == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b" \n", "is empty", id="white space"),
        pytest.param(KEV[:-40], "is cut off or is not JSON (line 5", id="cut off"),
        pytest.param(KEV + b"{}", "not JSON (line 57, column 1: Extra data)", id="two catalogs"),
        pytest.param(KEV + b"x", "Extra data", id="something behind it"),
        pytest.param(kev(count=2), "its count is 2, but it has 3 entries", id="count too small"),
        pytest.param(kev(count=1404), "count is 1404, but it has 3 entries", id="count too large"),
        pytest.param(kev(count="3"), "Expected `int`, got `str`", id="count as a text"),
        pytest.param(kev(count=True), "Expected `int`, got `bool`", id="count as a truth"),
        pytest.param(kev(count=None), "missing required field `count`", id="no count"),
        pytest.param(kev(count=0, vulnerabilities=[]), "lists no CVE", id="no entries"),
        pytest.param(kev(vulnerabilities=None), "it holds other JSON", id="no vulnerabilities"),
        pytest.param(
            kev(vulnerabilities={"CVE-2021-44228": {}}), "Expected `array`", id="entries by key"
        ),
        pytest.param(kev(dateReleased=None), "required field `dateReleased`", id="no date"),
        pytest.param(kev(dateReleased=""), "no usable dateReleased", id="an empty date"),
        pytest.param(kev(dateReleased="2025-08-25"), "no usable dateReleased", id="a day"),
        pytest.param(kev(dateReleased="25.08.2025"), "no usable dateReleased", id="an odd date"),
        pytest.param(kev(dateReleased=20250825), "got `int`", id="a date as a number"),
        pytest.param(listing(CVE, {}), "missing required field `cveID`", id="an entry without ID"),
        pytest.param(listing({"cveID": None}), "Expected `str`, got `null`", id="an ID of null"),
        pytest.param(listing({"cveId": "CVE-2021-44228"}), "`cveID`", id="the key spelt otherwise"),
        pytest.param(
            listing(CVE, {"cveID": "cve-2021-4"}), "entry 2 has the cveID 'cve-2021-4'", id="bad ID"
        ),
        pytest.param(listing({"cveID": "CVE-2021-44228\n"}), "entry 1", id="an ID with a line end"),
        pytest.param(listing({"cveID": "CVE-2021-٤٤٢٢٨"}), "entry 1", id="an ID in other digits"),
        pytest.param(listing({"cveID": ""}), "entry 1 has the cveID ''", id="an empty ID"),
        pytest.param(
            KEV.replace(b'"count": 3,', b'"count": 3, "count": 3,'),
            "the key 'count' comes twice",
            id="count twice",
        ),
        pytest.param(
            KEV.rstrip()[:-1] + b', "vulnerabilities": []}',
            "the key 'vulnerabilities' comes twice",
            id="vulnerabilities twice",
        ),
        pytest.param(
            listing(CVE).replace(b'"cveID": ', b'"cveID": "CVE-2020-0001", "cveID": '),
            "the key 'cveID' comes twice",
            id="an ID twice in an entry",
        ),
        pytest.param(b'{"count": ' + b"1" * 5000 + b"}", "malformed JSON", id="an endless number"),
        pytest.param(b'{"a":' * 9**5, "malformed JSON", id="nested deeply"),
        pytest.param(b"<!DOCTYPE html><html>", "an HTML or XML page", id="HTML"),
        pytest.param(b"\n<html></html>", "an HTML or XML page", id="HTML behind a line"),
        pytest.param(EPSS, "it holds EPSS scores", id="the EPSS scores"),
        pytest.param(packed(EPSS), "it holds EPSS scores", id="the EPSS scores, packed"),
        pytest.param(b'{"status": "OK", "data": []}', "it holds other JSON", id="other JSON"),
        pytest.param(b"[]", "it holds other JSON", id="a list"),
        pytest.param(b"cveID,vendorProject\n", "the KEV catalog as CSV", id="CISA's CSV"),
        pytest.param(b'"cveID","product"\n', "the KEV catalog as CSV", id="CISA's CSV, quoted"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1", "git lfs pull", id="Git LFS"),
        pytest.param(b"\xef\xbb\xbf" + KEV, "a byte order mark", id="a byte order mark"),
        pytest.param(KEV.decode().encode("utf-16"), "neither gzip nor UTF-8", id="UTF-16"),
        pytest.param(b"404: Not Found", "it holds '404: Not Found'", id="an error in words"),
    ],
)
def test_everything_else_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_kev(data, file=FILE)
    assert str(caught.value).startswith(FILE)
    assert reason in str(caught.value)
