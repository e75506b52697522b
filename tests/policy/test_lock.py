"""Locks: what a policy may not do to the one that it extends, and what it may."""

import datetime as dt
from typing import get_args

import pytest

from scangate.errors import PolicyError
from scangate.feeds import read_kev
from scangate.model import Severity
from scangate.policy.effective import Feeds, Policy
from scangate.policy.lock import accepts_older, loosened
from scangate.policy.rule import Rule, Terms
from scangate.policy.schema import LockWord
from scangate.policy.select import Selector
from tests.feeds.samples import EPSS, KEV
from tests.policy.texts import chain, chained, read
from tests.vex.making import openvex, said

VEX = openvex(said())
WORDS: tuple[str, ...] = get_args(LockWord)
REPOSITORY = "cr.yandex/crp0/app"

PARENT = """\
locked: [thresholds, rules, ignore]
scan: {max_age: 8d}
thresholds: {critical: 0, high: {fixable: 0, unfixable: 10}, low: 50, total: 200}
rules:
  - {name: exploited, match: {kev: true, severity: ">=medium"}, max: 2}
  - {name: likely, match: {epss: ">=0.5"}}
  - {name: told, match: {package: "openssl*"}, action: warn}
feeds: {kev: kev.json, epss: epss.csv}
"""


def extended(*texts: str) -> Policy:
    return chain(*texts, kev_json=KEV, epss_csv=EPSS, other_json=KEV, vex_json=VEX)


def refused(*texts: str) -> list[str]:
    """Return what is wrong with the first of these texts: each path, and what is wrong there."""
    with pytest.raises(PolicyError) as error:
        extended(*texts)
    places = [problem.partition(": ") for problem in error.value.problems]
    assert all(place.startswith("policy.yaml:") for place, _, _ in places)
    return [what for _, _, what in places]


LOOSER = [
    ("thresholds: {critical: 1}", "thresholds: max-critical allows 1 instead of 0"),
    (
        "rules: [{name: exploited, message: Approved.}]",
        "rules: exploited has another message",
    ),
    ("thresholds: {critical: {unfixable: 3}}", "thresholds: the limit max-critical is gone"),
    (
        "thresholds: {high: {fixable: 1}}",
        "thresholds: max-high-fixable allows 1 instead of 0",
    ),
    (
        "thresholds: {high: {unfixable: 11}}",
        "thresholds: max-high-unfixable allows 11 instead of 10",
    ),
    ("thresholds: {high: 1}", "thresholds: the limit max-high-fixable is gone"),
    ("thresholds: {low: 51}", "thresholds: max-low allows 51 instead of 50"),
    ("thresholds: {low: none}", "thresholds: the limit max-low is gone"),
    ("thresholds: {medium: 51}", "thresholds: max-medium allows 51 instead of 50"),
    ("thresholds: {total: 201}", "thresholds: max-total allows 201 instead of 200"),
    ("thresholds: {total: none}", "thresholds: the limit max-total is gone"),
    (
        "thresholds: {undefined: 1}",
        "thresholds: max-high-fixable no longer counts undefined findings",
    ),
    (
        "thresholds: {undefined: none}",
        "thresholds: max-high-fixable no longer counts undefined findings",
    ),
    ("mode: warn", "mode: warn lets everything pass"),
    ("scan: {max_age: 9d}", "scan: max_age accepts 9d instead of 8d"),
    ("scan: {max_age: any}", "scan: max_age accepts any age instead of 8d"),
    (
        "scan: {on_failed: use-last-ready}",
        "scan: on_failed: use-last-ready passes over a failed scan",
    ),
    (
        "scan: {on_running: use-last-ready}",
        "scan: on_running: use-last-ready passes over a scan in progress",
    ),
    ("rules: [{name: exploited, max: 3}]", "rules: exploited allows 3 instead of 2"),
    ("rules: [{name: exploited, action: warn}]", "rules: exploited only warns"),
    (
        "rules: [{name: exploited, match: {severity: critical}}]",
        "rules: exploited no longer counts high, medium, undefined findings",
    ),
    (
        "rules: [{name: exploited, match: {kev: false}}]",
        "rules: exploited is no longer about everything that it was about",
    ),
    (
        "rules: [{name: exploited, match: {fixable: true}}]",
        "rules: exploited is no longer about everything that it was about",
    ),
    (
        "rules: [{name: exploited, match: {package: zlib}}]",
        "rules: exploited is no longer about everything that it was about",
    ),
    (
        "rules: [{name: exploited, match: {new: true}}]",
        "rules: exploited is no longer about everything that it was about",
    ),
    (
        "rules: [{name: likely, match: {epss: '>=0.51'}}]",
        "rules: likely is no longer about everything that it was about",
    ),
]


@pytest.mark.parametrize(("text", "problem"), LOOSER, ids=[text for text, _ in LOOSER])
class TestEveryWayToLoosen:
    def test_in_the_policy(self, text: str, problem: str) -> None:
        assert f"{problem}, which parent.yaml locks" in refused(text, PARENT)

    def test_in_an_override(self, text: str, problem: str) -> None:
        found = refused(f"overrides: [{{images: no/such/image, {text}}}]", PARENT)
        assert f"overrides[0].{problem}, which parent.yaml locks" in found

    def test_two_levels_down(self, text: str, problem: str) -> None:
        assert f"{problem}, which grandparent.yaml locks" in refused(text, "", PARENT)

    def test_where_no_lock_is_it_is_fine(self, text: str, problem: str) -> None:
        extended(text, PARENT.partition("\n")[2])


def test_every_problem_is_told_once_and_where_the_last_word_is() -> None:
    child = (
        "mode: warn\nthresholds: {critical: 1, total: none}\nrules:\n  - {name: likely, max: 1}\n"
    )
    with pytest.raises(PolicyError) as error:
        extended(child, "", PARENT)
    assert error.value.problems == (
        "policy.yaml:3:1: mode: warn lets everything pass, which grandparent.yaml locks",
        (
            "policy.yaml:4:1: thresholds: max-critical allows 1 instead of 0, "
            "which grandparent.yaml locks"
        ),
        "policy.yaml:4:1: thresholds: the limit max-total is gone, which grandparent.yaml locks",
        "policy.yaml:5:1: rules: likely allows 1 instead of 0, which grandparent.yaml locks",
    )


TIGHTER = [
    "",
    "thresholds: {critical: 0, high: 0, medium: 0, low: 0, negligible: 0, undefined: 0, total: 0}",
    "thresholds: {high: {unfixable: 9}}",
    "thresholds: {high: 0}",
    "thresholds: {low: 49}",
    "thresholds: {low: {fixable: 0, unfixable: 50}}",
    "thresholds: {low: {fixable: 20, unfixable: 30}}",
    "thresholds: {medium: 50, negligible: 3}",
    "thresholds: {medium: 3}",
    "thresholds: {total: 200}",
    "thresholds: {undefined: 0}",
    "thresholds: {undefined: {fixable: 0, unfixable: 0}}",
    "thresholds: {critical: none, total: 0}",
    "mode: enforce",
    "scan: {max_age: 8d}",
    "scan: {max_age: 192h}",
    "scan: {max_age: 1h, on_failed: fail, on_running: wait}",
    "rules: [{name: exploited, max: 0}]",
    "rules: [{name: exploited, action: fail}]",
    "rules: [{name: exploited, match: {severity: '>=negligible'}}]",
    "rules: [{name: likely, match: {epss: '>=0.1'}}]",
    "rules: [{name: likely, match: {package: '*'}}]",
    "rules: [{name: told, action: fail}]",
    "rules: [{name: told, match: {package: [zlib]}, max: 9}]",
    "rules: [{name: more, match: {new: true}}, {name: other, match: {kev: true}, action: warn}]",
    "rules: [{name: exploited, max: 9}, {name: all, match: {severity: '>=medium'}, max: 2}]",
    "overrides: [{images: '*', thresholds: {critical: 0}}]",
    "overrides: [{images: '*', mode: enforce, scan: {max_age: 1d}}]",
    "name: mine\ndescription: Of the team.",
    "locked: [mode]",
]


@pytest.mark.parametrize("text", TIGHTER)
def test_every_way_to_tighten(text: str) -> None:
    for parents in ([PARENT], ["", PARENT]):
        assert extended(text, *parents).terms_for(REPOSITORY).can_fail


TOGETHER = [
    ("high: 3", "high: {fixable: 1, unfixable: 2}", True),
    ("high: 3", "high: {fixable: 2, unfixable: 2}", False),
    ("high: 3", "high: {fixable: 3}", False),
    ("high: {fixable: 0}", "high: {fixable: 0}, undefined: {fixable: 0}", True),
    ("high: {fixable: 1}", "high: {fixable: 0}, undefined: {fixable: 1}", True),
    ("high: {fixable: 1}", "high: {fixable: 1}, undefined: {fixable: 1}", False),
    ("high: 3", "high: 1, undefined: {fixable: 1, unfixable: 1}", True),
    ("high: 3", "high: 1, undefined: {fixable: 2, unfixable: 1}", False),
    (
        "total: 9",
        "total: none, critical: 1, high: 2, medium: 1, low: 2, negligible: 1, undefined: 2",
        True,
    ),
    (
        "total: 9",
        "total: none, critical: 1, high: 2, medium: 1, low: 2, negligible: 1, undefined: 3",
        False,
    ),
    ("total: 9", "total: none, critical: 1, high: 2, medium: 1, low: 2, undefined: 3", False),
]


@pytest.mark.parametrize(("parent", "child", "accepted"), TOGETHER)
def test_limits_on_parts_hold_if_together_they_allow_no_more(
    parent: str, child: str, accepted: bool
) -> None:
    texts = f"thresholds: {{{child}}}", f"locked: [thresholds]\nthresholds: {{{parent}}}"
    if accepted:
        extended(*texts)
    else:
        assert refused(*texts)


def test_a_warning_is_no_part_of_what_holds_a_limit() -> None:
    parent = "locked: [thresholds]\nthresholds: {low: 5}\n"
    child = (
        "thresholds: {low: none}\nrules:\n"
        "  - {name: a, match: {severity: '>=low', fixable: true}, max: 2}\n"
        "  - {name: b, match: {severity: '>=low', fixable: false}, max: 3, action: %s}\n"
    )
    with pytest.raises(PolicyError, match="the limit max-low is gone"):
        extended(child % "warn", parent)
    extended(child % "fail", parent)


WAYS = {
    "thresholds": "thresholds: {critical: 1}",
    "rules": "rules: [{name: r, action: warn}]",
    "ignore": "ignore: [{id: CVE-1, reason: x, expires: never}]",
    "vex": "vex: [vex.json]",
    "feeds": "feeds: {kev: other.json}",
    "feeds.max_age": "feeds: {max_age: 31d}",
    "mode": "mode: warn",
    "scan": "scan: {max_age: any}",
    "overrides": "overrides: [{images: x, thresholds: {critical: 1}}]",
    "overrides.rules": "overrides: [{images: x, rules: [{name: r, max: 1}]}]",
    "overrides.mode": "overrides: [{images: x, mode: warn}]",
}
ALWAYS = {"vex", "feeds", "feeds.max_age", "mode", "scan", "overrides.mode"}
ALSO = {
    "thresholds": {"thresholds", "overrides"},
    "rules": {"rules", "overrides.rules"},
    "ignore": {"ignore"},
    "overrides": {"overrides", "overrides.rules"},  # whatever they are about
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("word", WORDS)
def test_what_each_word_locks(word: str, way: str) -> None:
    """Any lock holds what would let everything pass, whatever else is locked."""
    parent = (
        "thresholds: {critical: 0}\nrules: [{name: r, match: {kev: true}}]\n"
        "feeds: {kev: kev.json}\n"
    )
    extended(WAYS[way], parent)
    locked = f"locked: [{word}]\n{parent}"
    if way in ALWAYS | ALSO.get(word, set()):
        assert "parent.yaml" in refused(WAYS[way], locked)[0]
    else:
        extended(WAYS[way], locked)


@pytest.mark.parametrize(
    ("child", "problem"),
    [
        (
            (
                "ignore:\n  - {id: CVE-1, reason: x, expires: never}\n"
                "  - {id: CVE-2, reason: x, expires: never}\n"
            ),
            [
                "ignore[0]: an ignore entry more lets more pass, and parent.yaml locks ignore",
                "ignore[1]: an ignore entry more lets more pass, and parent.yaml locks ignore",
            ],
        ),
        (
            "vex: [vex.json]",
            ["vex: a VEX document more lets more pass, which any lock of parent.yaml holds"],
        ),
        (
            "feeds: {kev: other.json, epss: epss.csv}",
            [
                (
                    "feeds.epss: another epss feed may let more pass, and parent.yaml locks "
                    "what it is judged by"
                ),
                (
                    "feeds.kev: another kev feed may let more pass, and parent.yaml locks "
                    "what it is judged by"
                ),
            ],
        ),
        (
            "feeds: {max_age: 31d}",
            ["feeds.max_age: it accepts 31d instead of 30d, which parent.yaml locks"],
        ),
        (
            "feeds: {max_age: any}",
            ["feeds.max_age: it accepts any age instead of 30d, which parent.yaml locks"],
        ),
    ],
    ids=["ignore", "vex", "feeds", "feed age", "any feed age"],
)
def test_what_may_not_be_added(child: str, problem: list[str]) -> None:
    assert refused(child, PARENT) == problem
    assert refused(child, "", PARENT) == problem


@pytest.mark.parametrize("child", ["ignore: []", "vex: []", "feeds: {max_age: 30d}", "feeds: {}"])
def test_nothing_added_is_nothing_wrong(child: str) -> None:
    extended(child, PARENT)


class TestFeeds:
    """A parent's rule that asks a feed which the pipeline gives is held to that one."""

    DEMANDS = "locked: [rules]\nrules: [{name: r, match: {kev: true}}]\n"
    SKIPS = (
        "locked: [rules]\nthresholds: {low: 0}\n"
        "rules: [{name: r, match: {kev: true}, without_feed: skip}]\n"
    )
    OWN = "feeds: {kev: other.json}\n"

    def test_a_child_gives_it_none_of_its_own(self) -> None:
        assert "another kev feed" in refused(self.OWN, self.DEMANDS)[0]

    def test_nor_does_a_child_that_first_says_the_rule_may_be_skipped(self) -> None:
        skip = "rules: [{name: r, without_feed: skip}]\n"
        assert "another kev feed" in refused(self.OWN + skip, self.DEMANDS)[0]
        assert "another kev feed" in refused(self.OWN, skip, self.DEMANDS)[0]

    def test_it_cannot_let_the_rule_be_skipped_either(self) -> None:
        with pytest.raises(PolicyError, match="no kev feed is named"):
            extended("rules: [{name: r, without_feed: skip}]\n", self.DEMANDS)

    def test_where_the_rule_would_be_skipped_a_feed_is_welcome(self) -> None:
        policy = extended(self.OWN, self.SKIPS)
        assert [rule.name for rule in policy.terms.rules][-1] == "r"

    def test_one_that_is_named_in_vain_does_no_harm(self) -> None:
        """The user's stands before it, and it is not even read."""
        given = read_kev(KEV, file="given.json")
        texts = chained(self.OWN + "thresholds: {low: 0}\n", self.DEMANDS)
        policy = read(texts | {"other.json": b"broken"}, given=Feeds(kev=given))
        assert policy.feeds.kev is given
        with pytest.raises(PolicyError, match="another epss feed"):
            read(
                chained("feeds: {epss: epss.csv}\n", PARENT) | {"kev.json": KEV, "epss.csv": EPSS},
                given=Feeds(kev=given),
            )

    def test_what_a_parent_between_names_is_held_for_its_own_children(self) -> None:
        assert "another kev feed" in refused(self.OWN, "feeds: {kev: kev.json}\n", self.SKIPS)[0]

    def test_a_feed_that_no_parent_asks_may_be_of_any_age(self) -> None:
        child = "feeds: {epss: epss.csv, max_age: any}\n"
        assert extended(child, "locked: [rules]\nthresholds: {low: 0}\n").feeds.max_age is None

    def test_a_younger_age_is_welcome(self) -> None:
        for texts in (["feeds: {max_age: 1d}\n"], ["", "feeds: {max_age: 1d}\n"]):
            assert extended(*texts, PARENT).feeds.max_age == dt.timedelta(days=1)
        assert "instead of 1d" in refused("feeds: {max_age: 2d}", "feeds: {max_age: 1d}", PARENT)[0]


class TestOverrides:
    def test_two_that_loosen_only_together_are_refused_for_their_images(self) -> None:
        parent = (
            "locked: [thresholds]\nthresholds: {high: 5}\n"
            "overrides: [{images: '*/prod/*', thresholds: {high: 0}}]\n"
        )
        child = "overrides: [{images: '*/app', thresholds: {high: 5}}]\n"
        for texts in ([child, parent], [child, "", parent], ["", child, parent]):
            policy = extended(*texts)
            assert {rule.max for rule in policy.terms_for("x/prod/other").rules} == {0}
            assert {rule.max for rule in policy.terms_for("x/test/app").rules} == {5}
            with pytest.raises(PolicyError) as error:
                policy.terms_for("x/prod/app")
            assert error.value.code == 2
            assert "max-high allows 5 instead of 0" in error.value.problems[1]
            last = "policy.yaml" if texts[0] else "parent.yaml"
            assert error.value.problems[1].startswith(f"{last}:3:31: overrides[0].thresholds: ")

    def test_two_of_a_child_that_loosen_only_together(self) -> None:
        parent = "locked: [rules]\nrules: [{name: r, match: {severity: [high]}, max: 1}]\n"
        child = (
            "overrides:\n"
            "  - {images: '*a*', rules: [{name: s, match: {severity: '>=high'}, max: 1}]}\n"
            "  - {images: '*b*', rules: [{name: s, match: {severity: '>=high'}, max: 9}]}\n"
            "  - {images: '*c*', rules: [{name: s, match: {severity: low}}]}\n"
        )
        policy = extended(child, parent)
        assert [rule.max for rule in policy.terms_for("ab").rules] == [1, 9]
        assert [rule.max for rule in policy.terms_for("abc").rules] == [1, 9]

    def test_what_a_parent_itself_loosens_for_an_image_it_may(self) -> None:
        parent = (
            "locked: [thresholds]\nthresholds: {high: 0}\n"
            "overrides: [{images: '*/legacy/*', thresholds: {high: 20}}]\n"
        )
        policy = extended("thresholds: {medium: 0}\n", "", parent)
        assert {rule.max for rule in policy.terms_for("x/legacy/a").rules} == {20, 0}
        child = "overrides: [{images: '*', thresholds: {high: 20}}]\n"
        assert "max-high allows 20 instead of 0" in refused(child, "", parent)[1]

    def test_a_number_holds_for_the_part_that_an_override_does_not_name(self) -> None:
        """Otherwise `high: 0` under `high: {unfixable: 50}` would set the fixable ones free."""
        parent = (
            "locked: [thresholds]\nthresholds: {high: {fixable: 0, unfixable: 9}}\n"
            "overrides: [{images: '*/legacy/*', thresholds: {high: {unfixable: 50}}}]\n"
        )
        policy = extended("thresholds: {high: 0}\n", parent)
        limits = {rule.name: rule.max for rule in policy.terms_for("a/legacy/b").rules}
        assert limits["max-high-fixable"] == 0
        assert limits["max-high-unfixable"] == 50

    def test_locked_there_are_no_more_of_them(self) -> None:
        parent = (
            "locked: [overrides]\nthresholds: {critical: 9}\n"
            "overrides: [{images: 'prod/*', thresholds: {critical: 0}}]\n"
        )
        child = "overrides: [{images: a, mode: enforce}, {images: b, scan: {max_age: 1d}}]\n"
        for parents in ([parent], ["", parent]):
            assert refused(child, *parents) == [
                "overrides[0]: another override, and parent.yaml locks overrides",
                "overrides[1]: another override, and parent.yaml locks overrides",
            ]
        policy = extended("thresholds: {critical: 5}\n", parent)
        assert {rule.max for rule in policy.terms_for("prod/a").rules} == {0}
        assert {rule.max for rule in policy.terms_for("test/a").rules} == {5}


class TestLevels:
    def test_a_lock_cannot_be_unlocked(self) -> None:
        for between in ("locked: []\n", "locked: [ignore]\n", ""):
            assert refused("thresholds: {critical: 1}", between, PARENT) == [
                "thresholds: max-critical allows 1 instead of 0, which grandparent.yaml locks"
            ]

    def test_three_levels_down(self) -> None:
        assert refused("thresholds: {critical: 1}", "", "", PARENT) == [
            "thresholds: max-critical allows 1 instead of 0, which ancestor.yaml locks"
        ]

    def test_one_between_that_loosens_is_told_in_its_own_file(self) -> None:
        with pytest.raises(PolicyError) as error:
            extended("", "thresholds: {critical: 1}", PARENT)
        assert error.value.problems == (
            (
                "parent.yaml:3:1: thresholds: max-critical allows 1 instead of 0, "
                "which grandparent.yaml locks"
            ),
        )

    def test_one_between_cannot_loosen_what_a_child_tightens_again(self) -> None:
        with pytest.raises(PolicyError, match=r"parent\.yaml:3:1"):
            extended("thresholds: {critical: 0}", "thresholds: {critical: 1}", PARENT)

    def test_what_one_between_tightens_is_held_too(self) -> None:
        assert refused("thresholds: {total: 150}", "thresholds: {total: 100}", PARENT) == [
            "thresholds: max-total allows 150 instead of 100, which parent.yaml locks"
        ]

    def test_one_between_can_lock_more(self) -> None:
        top = "locked: [mode]\nthresholds: {critical: 0}\n"
        extended("thresholds: {critical: 1}", "", top)
        assert refused("thresholds: {critical: 1}", "locked: [thresholds]\n", top) == [
            "thresholds: max-critical allows 1 instead of 0, which parent.yaml locks"
        ]

    def test_what_was_loosened_before_the_lock_may_stay(self) -> None:
        texts = "", "locked: [thresholds]\nthresholds: {critical: 5}\n", "thresholds: {critical: 0}"
        assert {rule.max for rule in extended(*texts).terms.rules} == {5}

    def test_its_own_locks_are_for_those_that_extend_it(self) -> None:
        own = "locked: [thresholds, ignore]\nthresholds: {critical: 5}\n" + WAYS["ignore"]
        extended(own, "thresholds: {critical: 0}")

    def test_a_locked_policy_that_only_warns_may_be_enforced(self) -> None:
        parent = "locked: [mode]\nmode: warn\nthresholds: {critical: 0}\n"
        assert extended("mode: enforce", parent).terms.enforce
        assert not extended("", parent).terms.enforce

    def test_a_built_in_can_lock(self) -> None:
        with pytest.raises(PolicyError, match="which built-in strict locks"):
            read(
                {"policy.yaml": "extends: strict\nmode: warn\n"},
                builtins={"strict": "locked: [mode]\nthresholds: {critical: 0}\n"},
            )


def terms(*rules: Rule, enforce: bool = True) -> Terms:
    return Terms(rules=rules, enforce=enforce)


def rule(most: int = 0, *, severity: Severity = Severity.HIGH, **more: bool) -> Rule:
    select = Selector(severities=frozenset({severity}))
    return Rule(name="r", title="", select=select, max=most, **more)  # type: ignore[arg-type]  # only flags are given


def test_a_rule_of_another_name_may_take_over() -> None:
    other = Rule(name="s", title="", select=Selector(severities=frozenset(Severity)), max=0)
    assert list(loosened(terms(rule()), terms(other), locked=["rules"])) == []
    assert list(loosened(terms(rule()), terms(), locked=["rules"])) == [
        ("rules", "the limit r is gone")
    ]


def test_a_warning_need_not_be_kept() -> None:
    assert list(loosened(terms(rule(warns=True)), terms(), locked=["rules"])) == []


def test_only_what_is_locked_is_compared() -> None:
    assert list(loosened(terms(rule()), terms(), locked=["thresholds"])) == []
    assert list(loosened(terms(rule(limit=True)), terms(), locked=["rules"])) == []
    assert list(loosened(terms(rule(limit=True)), terms(), locked=["thresholds"])) != []


DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("parent", "child", "words"),
    [
        (DAY, DAY, ""),
        (DAY, DAY / 2, ""),
        (DAY, 2 * DAY, "accepts 2d instead of 1d"),
        (DAY, DAY + dt.timedelta(seconds=1), "accepts 1d 1s instead of 1d"),
        (DAY, None, "accepts any age instead of 1d"),
        (None, DAY, ""),
        (None, None, ""),
    ],
)
def test_ages(parent: dt.timedelta | None, child: dt.timedelta | None, words: str) -> None:
    assert accepts_older(parent, child) == words


def test_the_texts_of_a_chain_are_as_the_messages_of_these_tests_take_them() -> None:
    assert chained("a", "b") == {"policy.yaml": "extends: ./parent.yaml\na", "parent.yaml": "b"}


def test_what_would_take_minutes_to_compare_is_refused() -> None:
    rules = ", ".join(f"{{name: r{number}, match: {{id: CVE-{number}}}}}" for number in range(50))
    more = ", ".join(f"{{name: c{number}, match: {{id: CVE-{number}}}}}" for number in range(50))
    overrides = ", ".join(f"{{images: a{number}, mode: enforce}}" for number in range(100))
    parent = f"locked: [rules]\nrules: [{rules}]\n"

    assert extended(f"rules: [{more}]\n", parent).terms.can_fail
    assert refused(f"rules: [{more}]\noverrides: [{overrides}]\n", parent) == [
        "(document): too many rules and overrides to hold against the locks above"
    ]
