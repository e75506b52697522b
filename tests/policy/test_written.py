"""How a file extends another, and what still knows where it is written."""

import pytest

from scangate.documents.nodes import load
from scangate.model import Place
from scangate.policy.written import (
    Written,
    entries_of,
    merge,
    only,
    places_of,
    plain_of,
    written,
)


def tree(text: str, *, file: str = "under") -> Written:
    document = load(text.encode(), file=file)
    assert not document.problems
    return written(document.plain, document.places)


@pytest.mark.parametrize(
    ("under", "over", "merged"),
    [
        ("{a: 1}", "{b: 2}", {"a": 1, "b": 2}),
        ("{a: 1}", "{a: 2}", {"a": 2}),
        ("{a: {b: 1, c: 2}}", "{a: {c: 3}}", {"a": {"b": 1, "c": 3}}),
        ("{a: {b: {c: 1}}}", "{a: {b: {d: 2}}}", {"a": {"b": {"c": 1, "d": 2}}}),
        ("{a: 0}", "{a: {b: 1}}", {"a": {"b": 1}}),
        ("{a: 3}", "{a: {unfixable: 5}}", {"a": {"fixable": 3, "unfixable": 5}}),
        ("{a: none}", "{a: {fixable: 5}}", {"a": {"fixable": 5}}),
        ("{a: {fixable: 1}}", "{a: {unfixable: 5}}", {"a": {"fixable": 1, "unfixable": 5}}),
        ("{a: {b: 1}}", "{a: 0}", {"a": 0}),
        ("{a: {b: 1}}", "{a: none}", {"a": "none"}),
        ("{a: [1]}", "{a: [2, 1]}", {"a": [1, 2, 1]}),
        ("{a: [1]}", "{a: []}", {"a": [1]}),
        ("{a: [1]}", "{a: x}", {"a": "x"}),
        ("{a: x}", "{a: [1]}", {"a": [1]}),
        ("{a: [{name: x}]}", "{a: [{name: x}]}", {"a": [{"name": "x"}, {"name": "x"}]}),
        ("{a: true}", "{a: false}", {"a": False}),
        ("{a: 1}", "{}", {"a": 1}),
    ],
)
def test_merging(under: str, over: str, merged: object) -> None:
    assert plain_of(merge(tree(under), tree(over))) == merged


@pytest.mark.parametrize(
    ("under", "over", "merged"),
    [
        ("[{name: a, max: 1}]", "[{name: b}]", [{"name": "a", "max": 1}, {"name": "b"}]),
        ("[{name: a, max: 1}]", "[{name: a, max: 2}]", [{"name": "a", "max": 2}]),
        (
            "[{name: a, max: 1, action: warn}, {name: b}]",
            "[{name: c}, {name: a, max: 2}]",
            [{"name": "a", "max": 2, "action": "warn"}, {"name": "b"}, {"name": "c"}],
        ),
        (
            "[{name: a, match: {severity: high}}]",
            "[{name: a, match: {fixable: true}}]",
            [{"name": "a", "match": {"severity": "high", "fixable": True}}],
        ),
        (
            "[{name: a, match: {severity: high}}]",
            "[{name: a, match: {severity: [low]}}]",
            [{"name": "a", "match": {"severity": ["low"]}}],
        ),
        (
            "[{name: a, match: {severity: [high]}}]",
            "[{name: a, match: {severity: [low]}}]",
            [{"name": "a", "match": {"severity": ["high", "low"]}}],
        ),
        ("[{name: a}]", "[{name: A}]", [{"name": "a"}, {"name": "A"}]),
    ],
    ids=["another", "the same", "the order stays", "its match", "over a text", "lists", "case"],
)
def test_rules_merge_by_their_name(under: str, over: str, merged: object) -> None:
    both = merge(tree(f"rules: {under}"), tree(f"rules: {over}"))
    assert plain_of(both) == {"rules": merged}


def test_what_is_merged_is_left_as_it_was() -> None:
    under, over = tree("{a: {b: 1}, rules: [{name: x}]}"), tree("{a: {c: 2}, rules: [{name: y}]}")
    merge(under, over)
    assert plain_of(under) == {"a": {"b": 1}, "rules": [{"name": "x"}]}
    assert plain_of(over) == {"a": {"c": 2}, "rules": [{"name": "y"}]}


def test_everything_keeps_its_place() -> None:
    under = tree("scan:\n  max_age: 1d\nrules:\n  - name: a\n    max: 1\n")
    over = tree("rules:\n- name: b\n- name: a\n  max: 2\n", file="over")
    assert places_of(merge(under, over)) == {
        (): Place(file="over"),
        ("scan",): Place(file="under"),
        ("scan", "max_age"): Place(file="under", line=2, column=3),
        ("rules",): Place(file="over"),
        ("rules", 0): Place(file="over", line=3, column=3),
        ("rules", 0, "name"): Place(file="over", line=3, column=3),
        ("rules", 0, "max"): Place(file="over", line=4, column=3),
        ("rules", 1): Place(file="over", line=2, column=3),
        ("rules", 1, "name"): Place(file="over", line=2, column=3),
    }


def test_looking_inside() -> None:
    whole = tree("{a: [{b: 1}], c: 2}")
    assert whole.at("a", 0, "b").value == 1
    assert whole.at() is whole
    for part in ("b", 0, -1):
        assert whole.inside(part) is None
    assert whole.at("a").inside(1) is None
    assert whole.at("a").inside(-1) is None
    assert whole.at("a").inside("0") is None
    assert whole.at("c").inside("x") is None
    with pytest.raises(KeyError):
        whole.at("a", 1, "b")
    assert [key for key, _ in entries_of(whole)] == ["a", "c"]
    assert [key for key, _ in entries_of(whole.at("a"))] == [0]
    assert list(entries_of(whole.at("c"))) == []


def test_only_some_keys_in_the_order_in_which_they_are_asked_for() -> None:
    whole = tree("{a: 1, b: 2, c: 3}")
    assert list(plain_of(only(whole, ("c", "a", "x"))).items()) == [("c", 3), ("a", 1)]  # type: ignore[attr-defined]  # it is a mapping
    assert only(whole, ("a",)).place == whole.place
