"""Typed reading: every mistake at once, in the words of the type."""

from typing import Annotated, Literal

import msgspec
import pytest
from msgspec import UNSET, Meta, UnsetType

from scangate.documents import DocumentError, read
from scangate.documents.check import nearest


def refuse_odd(value: int) -> None:
    if value % 2:
        raise ValueError("it is odd")


class Leaf(msgspec.Struct, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=1)] = 1
    flag: bool = False


class Root(msgspec.Struct, forbid_unknown_fields=True):
    word: Literal["a", "b"]
    leaf: Leaf | UnsetType = UNSET
    leaves: Annotated[tuple[Leaf, ...], Meta(min_length=1)] | UnsetType = UNSET
    even: Annotated[int, Meta(extra={"check": refuse_odd, "expects": "an even number"})] = 0
    either: int | Leaf | Literal["none"] = 0
    table: dict[str, int] = {}
    text: Annotated[str, Meta(pattern="^[a-z]+$")] = "x"


def mistakes(text: str) -> list[str]:
    try:
        read(text.encode(), kind=Root, file="f")
    except DocumentError as error:
        return [str(problem).removeprefix("f:") for problem in error.problems]
    return []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("word: a", []),
        ("word: a\nleaf: {number: 1, flag: true}\nleaves: [{}]\neven: 2\neither: {number: 2}", []),
        ("word: a\neither: none\ntable: {x: 1, y: 2}", []),
        ("word: c", ["1:1: word: expected a or b, found a text, 'c'"]),
        ("{}", ["1:1: (document): the key 'word' is missing"]),
        (
            "word: a\nleaf: {number: 0, flag: yes, nunber: 1}",
            [
                "2:8: leaf.number: expected a whole number of at least 1, found a number, 0",
                "2:19: leaf.flag: expected true or false, found a text, 'yes'",
                "2:30: leaf.nunber: unknown key 'nunber'; did you mean 'number'?",
            ],
        ),
        (
            "word: a\nleaves: [{number: 1}, 2, {flag: 1}]",
            [
                "2:23: leaves[1]: expected a mapping of number, flag, found a number, 2",
                "2:27: leaves[2].flag: expected true or false, found a number, 1",
            ],
        ),
        ("word: a\neven: 3", ["2:1: even: it is odd"]),
        ("word: a\neven: x", ["2:1: even: expected an even number, found a text, 'x'"]),
        ("word: a\neven: true", ["2:1: even: expected an even number, found true or false, true"]),
        (
            "word: a\neither: {number: 0}",
            ["2:10: either.number: expected a whole number of at least 1, found a number, 0"],
        ),
        (
            "word: a\ntable: {x: 1, y: z}",
            ["2:15: table.y: expected a whole number, found a text, 'z'"],
        ),
        ('word: a\ntext: "x\\n"', ["2:1: text: expected a text, found a text, 'x\\n'"]),
        ("word: a\ntext: X", ["2:1: text: expected a text, found a text, 'X'"]),
        (
            "x: 1\nword: 1\nword: a",
            [
                "1:1: x: unknown key 'x'; known are word, leaf, leaves, even, either, table, text",
                "2:1: word: expected a or b, found a number, 1",
                "3:1: word: the key 'word' is already given in line 2",
            ],
        ),
    ],
)
def test_every_mistake_is_told_in_the_order_of_the_text(text: str, expected: list[str]) -> None:
    assert mistakes(text) == expected


def test_a_value_comes_with_its_places() -> None:
    document = read(b"word: b\nleaf:\n  number: 2\n", kind=Root, file="f")
    assert document.value == Root(word="b", leaf=Leaf(number=2))
    assert str(document.places["leaf", "number"]) == "f:3:3"


def test_a_long_value_is_cut() -> None:
    (mistake,) = mistakes("word: " + "x" * 100_000)
    assert len(mistake) < 120


def test_a_long_value_that_an_anchor_repeats_takes_no_time() -> None:
    assert len(mistakes(f"word: a\nleaves: [&a {'x' * 500_000}{', *a' * 10_000}]")) == 10_001


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("critcal", "did you mean 'critical'?"),
        ("Critical", "did you mean 'critical'?"),
        ("zzz", "known are critical, high"),
        ("", "known are critical, high"),
    ],
)
def test_the_nearest_known_word_is_suggested(word: str, hint: str) -> None:
    assert nearest(word, ["critical", "high"]) == hint
