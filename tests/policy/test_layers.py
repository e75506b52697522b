"""The policies that extend one another, and what a single file of them may not say."""

import pytest

from scangate.documents import DocumentError
from scangate.errors import PolicyError, UsageError
from scangate.policy.layers import Layer, read_layers
from scangate.policy.load import load
from scangate.policy.shelf import Unreadable
from tests.policy.texts import CHAIN, chain, chained, read, shelf

LIMIT = "thresholds: {critical: 0}\n"
BUILT_INS = shelf({"strict.yaml": ""}, local=False)


def layers(*texts: str) -> tuple[Layer, ...]:
    return read_layers(CHAIN[0], shelf=shelf(chained(*texts)), builtins=BUILT_INS)


def refused(texts: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(PolicyError) as error:
        read(texts)
    return error.value.problems


def test_the_named_one_comes_first() -> None:
    found = layers("", "", LIMIT)
    assert [each.path for each in found] == ["policy.yaml", "parent.yaml", "grandparent.yaml"]
    assert [each.name for each in found] == [each.path for each in found]


def test_paths_are_relative_to_the_file_that_names_them() -> None:
    policy = read(
        {
            "policy.yaml": "extends: teams/payments.yaml\n",
            "teams/payments.yaml": "extends: ../base/all.yaml\n",
            "base/all.yaml": "extends: ./more.yaml\n",
            "base/more.yaml": LIMIT,
        }
    )
    assert [text.name for text in policy.texts] == [
        "policy.yaml",
        "teams/payments.yaml",
        "base/all.yaml",
        "base/more.yaml",
    ]


def test_a_bare_word_is_a_built_in_and_a_path_never() -> None:
    texts = {"policy.yaml": "extends: strict\n", "strict": "x", "strict.yaml": LIMIT}
    policy = read(texts, builtins={"strict": "thresholds: {high: 7}\n"})
    assert {rule.max for rule in policy.terms.rules} == {7}
    texts["policy.yaml"] = "extends: strict.yaml\n"
    assert {rule.max for rule in read(texts).terms.rules} == {0}


def test_reports_point_into_no_built_in() -> None:
    built_in = "thresholds: {high: 7}\nrules: [{name: r, match: {severity: low}}]\n"
    child = "extends: strict\nrules: [{name: mine, match: {severity: low}}]\n"
    policy = read({"policy.yaml": child}, builtins={"strict": built_in})
    places = {rule.name: str(rule.place) for rule in policy.terms.rules}
    assert places == {
        "max-critical": "None",
        "max-high": "None",
        "r": "None",
        "mine": "policy.yaml:3:9",
    }
    ignored = "thresholds: {high: 7}\nignore: [{id: CVE-1, reason: x, expires: never}]\n"
    (entry,) = read({"policy.yaml": "extends: strict\n"}, builtins={"strict": ignored}).ignores
    assert (entry.place, entry.written) == (None, "built-in strict:3")


@pytest.mark.parametrize(
    ("texts", "problem"),
    [
        (
            {"policy.yaml": "extends: ./policy.yaml\n"},
            "policy.yaml:2:1: extends: policy.yaml extends itself in the end",
        ),
        (
            {"policy.yaml": "extends: a/b.yaml\n", "a/b.yaml": "extends: ../policy.yaml\n"},
            "a/b.yaml:2:1: extends: policy.yaml extends itself in the end",
        ),
        (
            {
                "policy.yaml": "extends: ./a.yaml\n",
                "a.yaml": "extends: ./b.yaml\n",
                "b.yaml": "extends: ./c.yaml\n",
                "c.yaml": "extends: ./a.yaml\n",
            },
            "c.yaml:2:1: extends: a.yaml extends itself in the end",
        ),
    ],
    ids=["one", "two", "three, and a tail"],
)
def test_circles(texts: dict[str, str], problem: str) -> None:
    assert refused(texts) == (problem,)


def long_chain(length: int) -> dict[str, str]:
    texts = {f"{number}.yaml": f"extends: ./{number + 1}.yaml\n" for number in range(2, length)}
    return texts | {"policy.yaml": "extends: ./2.yaml\n", f"{length}.yaml": LIMIT}


def test_ten_policies_may_extend_one_another() -> None:
    assert len(read(long_chain(10)).texts) == 10
    assert refused(long_chain(11)) == (
        "10.yaml:2:1: extends: more than 10 policies extend one another",
    )


def test_a_parent_that_cannot_be_read_is_told_where_it_is_named() -> None:
    texts = {"policy.yaml": "\nextends: ./a.yaml\n", "a.yaml": "extends: ./b.yaml\n"}
    assert refused(texts) == ("a.yaml:2:1: extends: b.yaml cannot be read: it is not there",)
    del texts["a.yaml"]
    assert refused(texts) == ("policy.yaml:3:1: extends: a.yaml cannot be read: it is not there",)


def test_the_named_one_that_cannot_be_read_is_no_mistake_of_a_policy() -> None:
    with pytest.raises(Unreadable):
        read_layers("x.yaml", shelf=shelf({}), builtins=BUILT_INS)
    with pytest.raises(UsageError, match=r"the policy x\.yaml cannot be read") as e:
        load("x.yaml", shelf=shelf({}), builtins=BUILT_INS)
    assert not isinstance(e.value, PolicyError)


def test_every_mistake_of_a_parent_is_told_under_its_name() -> None:
    texts = {"policy.yaml": "extends: ./a.yaml\n", "a.yaml": "mode: no\nscan: {max: 3}\n"}
    assert refused(texts) == (
        "a.yaml:2:1: mode: expected enforce or warn, found a text, 'no'",
        "a.yaml:3:8: scan.max: unknown key 'max'; did you mean 'max_age'?",
    )


@pytest.mark.parametrize("where", ["", "overrides:\n  - images: '*'\n    "])
@pytest.mark.parametrize(
    ("names", "problems"),
    [
        (["a", "b"], []),
        (["a", "A"], []),
        (["a", "b", "a"], ["another rule is named 'a', too"] * 2),
        (["max-high"], ["'max-high' is the name of a limit; write it under thresholds"]),
        (["max-total"], ["'max-total' is the name of a limit; write it under thresholds"]),
        (["max-low-unfixable"], ["'max-low-unfixable' is the name of a limit; write it under"]),
        (["max-highest"], []),
        (["a-max-high"], []),
        (["max-high", "max-high"], ["another rule is named 'max-high', too"] * 2),
    ],
    ids=lambda value: " ".join(value) or "fine",
)
def test_names_of_rules(where: str, names: list[str], problems: list[str]) -> None:
    rules = ", ".join(f"{{name: {name}, match: {{severity: low}}}}" for name in names)
    texts = {"policy.yaml": f"{LIMIT}{where}rules: [{rules}]\n"}
    if not problems:
        read(texts)
        return
    found = refused(texts)
    assert len(found) == len(problems)
    assert all(part in problem for part, problem in zip(problems, found, strict=True))


@pytest.mark.parametrize(
    ("override", "changes"),
    [
        ("{images: '*'}", False),
        ("{images: '*', mode: enforce}", True),
        ("{images: '*', scan: {}}", True),
        ("{images: '*', thresholds: {}}", True),
        ("{images: '*', rules: []}", True),
    ],
)
def test_an_override_must_name_something(override: str, changes: bool) -> None:
    texts = {"policy.yaml": f"{LIMIT}overrides: [{override}]\n"}
    if changes:
        read(texts)
    else:
        assert refused(texts) == (
            (
                "policy.yaml:3:13: overrides[0]: an override that changes nothing; "
                "name mode, scan, thresholds or rules"
            ),
        )


def test_where_things_are() -> None:
    (layer,) = layers("rules:\n  - name: a\n    match:\n      id: x\n")
    assert str(layer.place("rules", 0, "match", "id")) == "policy.yaml:5:7"
    assert str(layer.place("rules", 0, "match", "new", "x")) == "policy.yaml:4:5"
    assert str(layer.place("feeds")) == "policy.yaml:1:1"
    problem = layer.problem("it is wrong", "rules", 0, "name")
    assert str(DocumentError([problem])) == "policy.yaml:3:5: rules[0].name: it is wrong"


def test_the_order_of_overrides_and_ignores_is_parents_first() -> None:
    each = "overrides: [{images: %s, mode: warn}]\nignore: [{id: %s, reason: x, expires: never}]\n"
    policy = chain(each % ("c", "C"), each % ("b", "B"), LIMIT + each % ("a", "A"))
    assert [override.images for override in policy.overrides] == [("a",), ("b",), ("c",)]
    assert [ignore.id for ignore in policy.ignores] == ["A", "B", "C"]
    assert policy.ignores[0].written == "grandparent.yaml:4"
