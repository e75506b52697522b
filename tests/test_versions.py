"""Versions: the real ones of every ecosystem in order, and one order whatever else is written."""

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.versions import CLIMBS, MAX_LENGTH, is_listed, listed, order, target

VERSION = st.text(alphabet="0019.-~+:v_^arcde", max_size=12) | st.text(max_size=8)

CHAINS = {
    "debian-policy": ("~~", "~~a", "~", "", "a"),
    "letters-before-other-signs": ("1.0", "1.0-1", "1.0a", "1.0+dfsg", "1.0.1"),
    "debian-prerelease": ("1.0~beta1~svn1245", "1.0~beta1", "1.0", "1.0-1"),
    "debian-stable-update": ("3.0.17-1~deb12u2", "3.0.17-1", "3.0.19-1~deb12u2"),
    "debian-security": ("2.36-9", "2.36-9+deb12u4", "2.36-9+deb12u10", "2.36-10"),
    "debian-rebuild": ("1.46.2-2", "1.46.2-2+b1", "1.46.2-2+b2", "1.46.2-2.1"),
    "debian-repacked": ("1:1.3-1", "1:1.3+dfsg-1", "1:1.3.1-1", "1:1.3.dfsg-3.1"),
    "debian-really": ("1:1.3.dfsg-3.1", "1:1.3.dfsg+really1.3.1-1", "1:1.3.dfsg+really1.3.1-1+b1"),
    "debian-words-then-revision": ("2.10~beta-1", "2.10~beta2-1", "2.10-1"),
    "ubuntu": ("1.10.1-3", "1.10.1-3ubuntu1", "1.10.1-3ubuntu1.2", "1.10.1-4"),
    "epoch": ("9.9.9-1", "1:2.41-5", "1:2.41-10", "2:0.1-1", "10:0"),
    "epoch-of-python": ("2024.1", "1!0.1"),
    "patch-letter": ("1.1.1", "1.1.1k", "1.1.1l", "1.1.2"),
    "patch-letter-with-revision": ("1.1.1-9.el8", "1.1.1k-9.el8", "1.1.1k-12.el8_9"),
    "rpm-release": ("4.18.0-477.el8", "4.18.0-477.10.1.el8_8", "4.18.0-513.el8"),
    "rpm-caret": ("1.0-1", "1.0^git1-1", "1.0.1-1"),
    "rpm-module": ("1.24.0-4.module+el8.6.0", "1.24.0-4.1.module+el8.6.0"),
    "apk": ("1.2.11_alpha1-r0", "1.2.11-r0", "1.2.11-r3", "1.2.11-r10", "1.2.11_p1-r0"),
    "semver": ("2.0.0-alpha", "2.0.0-alpha.1", "2.0.0-beta.2", "2.0.0-beta.11", "2.0.0-rc.1"),
    "semver-release": ("1.9.9", "2.0.0-rc1", "2.0.0", "2.0.1-rc1", "2.0.1"),
    "semver-channels": ("13.4.20-canary.13", "13.4.20", "14.0.0-next.1", "14.0.0"),
    "python": ("1.0.dev1", "1.0a1", "1.0b2", "1.0rc1", "1.0", "1.0.post1", "1.0.1"),
    "maven": ("2.9.10", "2.9.10.8", "2.10.0-M1", "2.10.0-RC1", "2.10.0-SNAPSHOT", "2.10.0"),
    "maven-jboss": ("1.0.0.Beta1", "1.0.0.CR1", "1.0.0.Final", "1.0.1.Final"),
    "go-pseudo": (
        "0.0.0-20210921155107-089bfa567519",
        "0.0.0-20220722155217-630584e8d5aa",
        "v0.1.0",
    ),
    "go-pseudo-before-release": ("v1.2.3", "v1.2.4-0.20220722155217-630584e8d5aa", "v1.2.4"),
    "go-pseudo-after-prerelease": ("v1.2.4-pre", "v1.2.4-pre.0.20220722155217-630584e8d5aa"),
    "longer-is-higher": ("1", "1.0", "1.0.0"),
    "many-digits": ("1." + "9" * 100, "1.1" + "0" * 100),
}
SAME = {
    "leading-v": ("1.2.3", "v1.2.3", "V1.2.3"),
    "epoch-zero": ("1.2-1", "0:1.2-1", "00:1.2-1"),
    "leading-zeros": ("1.2.3", "1.02.003"),
    "case": ("2.0.0-RC1", "2.0.0-rc1"),
    "release-words": ("4.1.100", "4.1.100.Final", "4.1.100.RELEASE", "4.1.100-GA"),
    "go-incompatible": ("20.10.27", "v20.10.27+incompatible"),
    "spellings": ("1.0a1", "1.0-alpha1", "1.0.a1", "1.0_alpha1"),
    "candidates": ("1.0.CR1", "1.0-rc1", "1.0rc1"),
}


@pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
def test_each_ranks_above_the_one_before(chain: tuple[str, ...]) -> None:
    for lower, higher in itertools.pairwise(chain):
        assert order(lower)[0] < order(higher)[0], f"{lower} < {higher}"


@pytest.mark.parametrize("texts", SAME.values(), ids=SAME)
def test_spellings_of_one_version_rank_the_same_and_yet_have_an_order(
    texts: tuple[str, ...],
) -> None:
    assert len({order(text)[0] for text in texts}) == 1
    assert len({order(text) for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("version", "release"),
    [
        ("1.46.2-2+b1", "1.46.2-2"),
        ("1.0+deb12u1", "1.0+de"),
        ("2024a", "2024"),
        ("1.1.1b", "1.1.1"),
        ("1.0.predator", "1.0"),
        ("1.0-m", "1.0"),
        ("1.0-20240101", "1.0"),
    ],
)
def test_what_only_looks_like_a_prerelease(version: str, release: str) -> None:
    assert order(version)[0] > order(release)[0]


@given(VERSION, VERSION, VERSION)
def test_it_is_a_total_order(one: str, two: str, three: str) -> None:
    a, b, c = order(one), order(two), order(three)
    assert (a < b) + (b < a) + (one == two) == 1
    assert not (a <= b <= c) or a <= c


@given(st.permutations(CHAINS["python"]))
def test_sorting_finds_the_order_from_any(versions: list[str]) -> None:
    assert tuple(sorted(versions, key=order)) == CHAINS["python"]


def test_what_is_beyond_the_length_does_not_rank() -> None:
    long = "1" + ".0" * MAX_LENGTH
    assert order(long)[0] == order(long + ".1")[0]
    assert order("1" * (MAX_LENGTH - 1) + "1")[0] != order("1" * (MAX_LENGTH - 1) + "2")[0]


@pytest.mark.parametrize(
    "text", ["9" * 10**6, "-" * 10**6, "a" * 10**6, "1.rc" * 10**5, "1~-._" * 10**5, "1, " * 10**5]
)
def test_hostile_texts_take_no_time(text: str) -> None:
    before = time.process_time()
    order(text)
    target([("1.0", text), ("2.0", text)])
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("text", "versions"),
    [
        ("", []),
        ("1.2.9", ["1.2.9"]),
        ("1.2.9, 2.0.3", ["1.2.9", "2.0.3"]),
        ("1.2.9,2.0.3", ["1.2.9", "2.0.3"]),
        (" 1.2.9  2.0.3 ", ["1.2.9", "2.0.3"]),
        ("1.2.9 or 2.0.3", ["1.2.9", "2.0.3"]),
        ("~> 5.2.4, >= 6.0.3", ["5.2.4", "6.0.3"]),
        (">=8.5.10", ["8.5.10"]),
        ("1:2.41-5", ["1:2.41-5"]),
        ("v1.2.3", ["v1.2.3"]),
        ("won't fix", []),
    ],
)
def test_versions_that_a_text_lists(text: str, versions: list[str]) -> None:
    assert listed(text) == versions
    assert is_listed(text) == bool(versions)


@pytest.mark.parametrize(
    ("rows", "to"),
    [
        ([], ""),
        ([("1.0", "")], ""),
        ([("1.0", "never")], ""),
        ([("1.0", "1.1")], "1.1"),
        ([("1.0", "1.1"), ("1.0", "never")], "1.1"),
        ([("1.0", "1.9"), ("1.0", "1.10"), ("1.0", "1.2")], "1.10"),
        ([("1.2.0", "1.2.9, 2.0.3")], "1.2.9"),
        ([("1.2.0", "2.0.3, 1.2.9")], "1.2.9"),
        ([("1.2.9", "1.2.9, 2.0.3")], "2.0.3"),
        ([("1.2.9", "v1.2.9, 2.0.3")], "2.0.3"),
        ([("2.0.0", "1.2.9, 2.0.3")], "2.0.3"),
        ([("3.0.0", "1.2.9, 2.0.3")], "2.0.3"),
        ([("", "1.2.9, 2.0.3")], "1.2.9"),
        ([("1.2.0", "1.2.9, 2.0.3"), ("2.0.0", "1.2.9, 2.0.3")], "2.0.3"),
        ([("4.4.8", "4.4.15, 5.0.7, 6.1.2"), ("4.4.8", "4.4.18, 5.0.10, 6.1.9")], "4.4.18"),
        ([("1.0", "1.1"), ("1.0", "v1.1")], "v1.1"),
    ],
    ids=lambda value: ";".join(":".join(row) for row in value) if isinstance(value, list) else "",
)
def test_target(rows: list[tuple[str, str]], to: str) -> None:
    assert target(rows) == to


@pytest.mark.parametrize(
    ("asked", "branches", "to"),
    [
        ("2.0.1", "1.2.9, 2.0.3", "2.0.3"),
        ("2.0.3", "1.2.9, 2.0.3", "2.0.3"),
        ("2.0.4", "1.2.9, 2.0.3", "2.0.4"),
        ("1.2.10", "1.2.9, 1.3.4", "1.2.10"),
        ("1.3.0", "1.2.9, 1.3.4", "1.3.4"),
        ("1.5.0", "1.2.9, 2.0.3", "1.5.0"),
        ("1.5.0", "1.2.9, 1.6.0", "1.6.0"),
        ("2.5.0", "1.2.9, 3.0.1", "3.0.1"),
        ("6.1.0", "4.4.15, 5.0.7, 6.1.2", "6.1.2"),
    ],
)
def test_a_version_between_two_fixes_has_that_of_its_own_branch(
    asked: str, branches: str, to: str
) -> None:
    assert target([("1.2.0", asked), ("1.2.0", branches)]) == to


def test_a_target_is_raised_until_it_is_on_no_branch_before_its_fix() -> None:
    rows = [("1.0", "2.1"), ("1.0", "1.1, 2.2, 3.1"), ("1.0", "1.1, 2.1, 2.3")]
    assert target(rows) == "2.3"


def test_a_target_that_few_steps_do_not_reach_is_the_highest_of_all() -> None:
    steps = [[f"2.{n}.0" for n in range(last) if n != last - 2] for last in range(4, 4 * CLIMBS)]
    rows = [("1.0", "2.2.0"), *(("1.0", ", ".join(["1.1", *step])) for step in steps)]
    assert target(rows) == max((step[-1] for step in steps), key=order)


@given(st.lists(st.tuples(VERSION, VERSION | VERSION.map("1.1, 2.1, {}".format)), max_size=6))
def test_a_target_is_one_of_the_listed_and_no_other_in_another_order(
    rows: list[tuple[str, str]],
) -> None:
    to = target(rows)
    every = [version for _, text in rows for version in listed(text)]
    assert to in every if every else to == ""
    assert target(rows[::-1] + rows) == to
    single = [order(listed(text)[0]) for _, text in rows if len(listed(text)) == 1]
    assert not single or order(to) >= max(single)
