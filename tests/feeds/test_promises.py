"""A feed that lost something is never read as a feed that lists less."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.feeds import FeedError, read_epss, read_kev
from tests.feeds.samples import EPSS, KEV, epss, listing, packed

CVES = st.builds("CVE-{}-{:04}".format, st.integers(1999, 2030), st.integers(0, 10**7))
SCORES = st.floats(0, 1).map(lambda score: f"{score:.5f}") | st.sampled_from(["0", "1", "1e-05"])
CATALOGS = st.lists(CVES, min_size=1, max_size=8, unique=True).map(
    lambda ids: listing(*({"cveID": cve_id} for cve_id in ids))
)
TABLES = st.dictionaries(CVES, st.tuples(SCORES, SCORES), min_size=1, max_size=8).map(
    lambda rows: epss(*(f"{cve},{score},{rank}" for cve, (score, rank) in rows.items()))
)


def test_a_plain_catalog_cut_anywhere_is_refused() -> None:
    for end in range(len(KEV.rstrip())):
        with pytest.raises(FeedError):
            read_kev(KEV[:end], file="kev.json")


def test_plain_scores_cut_anywhere_but_behind_a_row_are_refused() -> None:
    head = len(b"".join(EPSS.splitlines(keepends=True)[:2]))
    for end in range(len(EPSS)):
        if end <= head or EPSS[end - 1 : end] != b"\n":
            with pytest.raises(FeedError):
                read_epss(EPSS[:end], file="epss.csv")


@given(st.data())
def test_packed_feeds_cut_anywhere_are_refused(data: st.DataObject) -> None:
    catalog, table = packed(data.draw(CATALOGS)), packed(data.draw(TABLES))
    with pytest.raises(FeedError):
        read_kev(catalog[: data.draw(st.integers(0, len(catalog) - 1))], file="kev.json.gz")
    with pytest.raises(FeedError):
        read_epss(table[: data.draw(st.integers(0, len(table) - 1))], file="epss.csv.gz")


@given(CATALOGS, st.data())
def test_a_catalog_without_some_bytes_lists_as_many_or_is_refused(
    catalog: bytes, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(catalog) - 1))
    end = data.draw(st.integers(start, len(catalog)))
    try:
        feed = read_kev(catalog[:start] + catalog[end:], file="kev.json")
    except FeedError:
        return
    # Only a loss inside one ID goes unseen, and the rest of it may be an ID that is there already
    assert feed.size >= read_kev(catalog, file="kev.json").size - 1


@given(st.binary() | st.builds(bytes.__add__, st.just(b"\x1f\x8b\x08"), st.binary()))
def test_bytes_at_random_are_refused_as_feeds(data: bytes) -> None:
    for read in (read_kev, read_epss):
        with pytest.raises(FeedError):
            read(data, file="feed")


@given(TABLES, st.text(max_size=30))
def test_scores_with_anything_put_in_are_read_or_refused(table: bytes, text: str) -> None:
    whole = read_epss(table, file="epss.csv")
    for place in range(0, len(table), 7):
        try:
            feed = read_epss(table[:place] + text.encode() + table[place:], file="epss.csv")
        except FeedError:
            continue
        # A digit put into an ID may make it another one that is there already, with the same score
        assert feed.size >= whole.size - 1
        assert all(0 <= score <= 1 for score in feed.scores.values())
