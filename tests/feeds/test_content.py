"""What packing can do to a feed."""

import gzip

import pytest

from scangate.feeds import MAX_BYTES, FeedError, read_epss, read_kev
from tests.feeds.samples import EPSS, KEV, packed

FLIPPED = bytes([packed(EPSS)[-8] ^ 1])


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(packed(EPSS)[:-1], "is cut off: its gzip", id="a byte is missing"),
        pytest.param(packed(EPSS)[:-8], "is cut off: its gzip", id="the checksum is missing"),
        pytest.param(packed(EPSS)[:2], "is cut off: its gzip", id="the magic bytes alone"),
        pytest.param(packed(EPSS) + b"x", "has 1 bytes behind the end", id="a byte behind"),
        pytest.param(packed(EPSS) + bytes(512), "has 512 bytes behind", id="zeros behind"),
        pytest.param(packed(EPSS) * 2, "bytes behind the end of its gzip", id="a second member"),
        pytest.param(
            packed(EPSS)[:-8] + FLIPPED + packed(EPSS)[-7:], "is damaged gzip", id="a wrong sum"
        ),
        pytest.param(packed(EPSS)[:-4] + bytes(4), "is damaged gzip", id="a wrong length"),
        pytest.param(b"\x1f\x8b\x07" + bytes(20), "is damaged gzip", id="another method"),
        pytest.param(packed(packed(EPSS)), "neither gzip nor UTF-8", id="packed twice"),
        pytest.param(packed(b""), "is empty", id="nothing, packed"),
    ],
)
def test_gzip_that_is_not_whole_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(FeedError) as caught:
        read_epss(data, file="epss.csv.gz")
    assert str(caught.value).startswith("epss.csv.gz ")
    assert reason in str(caught.value)


def test_a_bomb_is_refused() -> None:
    bomb = gzip.compress(bytes(MAX_BYTES + 1), 1)
    with pytest.raises(FeedError, match="unpacks to more than 64 MiB"):
        read_kev(bomb, file="kev.json")


def test_a_plain_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(FeedError, match="is larger than 64 MiB"):
        read_kev(KEV.ljust(MAX_BYTES + 1), file="kev.json")


@pytest.mark.parametrize("pack", [bytes, packed], ids=["plain", "gzip"])
def test_the_largest_file_is_read(pack: type[bytes]) -> None:
    assert read_kev(pack(KEV.ljust(MAX_BYTES)), file="kev.json").size == 3
