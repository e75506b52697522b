"""What a small manifest may cost: no text makes the work grow faster than its length."""

from typing import SupportsIndex

import pytest

from scangate.errors import UsageError
from scangate.manifests import read
from scangate.manifests.images import MAX_MENTIONS, Finder
from scangate.manifests.text import Source
from scangate.manifests.tree import MAX_NODES, documents

MERGES = {
    "the same mapping often": (
        "kind: X\na: &a {"
        + "".join(f"k{n}: v, " for n in range(1000))
        + "}\nb:\n"
        + "- <<: *a\n" * 950
    ),
    "a chain": (
        "kind: X\nx:\n- &a0 {}\n" + "".join(f"- &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 1000))
    ),
    "the same list often": ("kind: X\na: &a [" + "{}, " * 1000 + "]\nb:\n" + "- <<: *a\n" * 950),
    "services before anything is looked at": (
        "s: &s {" + "".join(f"s{n}: {{}}, " for n in range(600)) + "}\n"
        "<<: [" + "{services: *s}, " * 600 + "]"
    ),
}


def refuse(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        read(text.encode(), file="app.yaml")


@pytest.mark.parametrize("text", MERGES.values(), ids=MERGES)
def test_a_bomb_of_merges(text: str) -> None:
    refuse(text, "merge keys make too many values")


def test_a_large_file_without_merges() -> None:
    services = "".join(f"s{n}: {{}}, " for n in range(MAX_NODES // 2 - 2))

    assert not read(f"services: {{{services}}}".encode(), file="app.yaml").known


def test_more_values_than_are_kept() -> None:
    refuse(f"kind: X\na: [{'a,' * MAX_NODES}]", f"2:[0-9]+: the manifest has more than {MAX_NODES}")


def test_more_images_than_are_judged() -> None:
    lines = "  cr.yandex/a/b:1\n" * (MAX_MENTIONS + 1)

    refuse(f"kind: X\na: |\n{lines}", f"2:4: images are named more than {MAX_MENTIONS} times")


class Counted(str):
    """A text that counts how many characters are copied out of it."""

    copied = 0

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        part = super().__getitem__(key)
        self.copied += len(part)
        return part


def test_places_of_many_images_do_not_take_the_whole_text_each() -> None:
    text = "kind: X\na: |\n" + "  cr.yandex/a/b:1\n" * 1000
    (document,) = documents(Source(text, file="app.yaml"))
    counted = Counted(text)
    finder = Finder(Source(counted, file="app.yaml"))

    finder.look(document)

    assert [image.place.line for image in finder.known.values()] == list(range(3, 1003))
    assert counted.copied <= len(text)
