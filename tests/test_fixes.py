"""The fix plan: few upgrades, what they leave, what may be accepted, and what is not needed."""

import datetime as dt
import itertools
import time
from collections.abc import Iterable, Sequence

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from scangate.fixes import DRAFT_DAYS, MAX_DRAFTS, plan, render_draft
from scangate.model import Place, Severity, Vulnerability
from scangate.report import (
    Excess,
    Finding,
    FixPlan,
    IgnoreDraft,
    IgnoreOutcome,
    IgnoreState,
    RuleOutcome,
    Upgrade,
    Verdict,
)

TODAY = dt.date(2026, 11, 22)
LATER = dt.date(2026, 12, 22)


def find(
    package: str,
    fixed: str = "",
    *,
    id: str = "CVE-2025-1",  # noqa: A002 - as the field is called
    version: str = "1.0",
    type: str = "debian",  # noqa: A002 - as the field is called
    severity: Severity = Severity.HIGH,
) -> Finding:
    row = Vulnerability(
        severity=severity, id=id, package=package, version=version, fixed_version=fixed, type=type
    )
    return Finding(vulnerability=row)


def rule(
    *findings: Finding, name: str = "high", most: int = 0, verdict: Verdict | None = Verdict.FAIL
) -> RuleOutcome:
    return RuleOutcome(
        name=name,
        title=name,
        max=most,
        verdict=verdict,
        count=len(findings),
        findings=findings,
    )


def ignore(id: str, state: IgnoreState, *, line: int = 1) -> IgnoreOutcome:  # noqa: A002
    return IgnoreOutcome(id=id, reason="so", state=state, place=Place(file="p.yaml", line=line))


def planned(*rules: RuleOutcome, ignores: Sequence[IgnoreOutcome] = ()) -> FixPlan:
    made = plan(rules, ignores, today=TODAY)
    assert made is not None
    return made


def named(made: FixPlan) -> list[tuple[str, str]]:
    return [(upgrade.package, upgrade.to) for upgrade in made.upgrades]


UNLISTED = RuleOutcome(name="low", title="low", max=0, verdict=Verdict.FAIL, count=3)
UNUSED = ignore("CVE-2025-8", IgnoreState.UNUSED)


@pytest.mark.parametrize(
    ("rules", "ignores"),
    [
        ([], []),
        ([], [UNUSED]),
        ([rule(verdict=Verdict.PASS)], []),
        ([rule(find("a", "2"), most=1, verdict=Verdict.PASS)], [ignore("x", IgnoreState.USED)]),
        ([rule(find("a", "2"), verdict=None)], []),
        ([rule(find("a", "2"), verdict=Verdict.ERROR)], []),
        ([UNLISTED], [UNUSED]),
        ([UNLISTED, rule(verdict=Verdict.PASS)], []),
    ],
    ids=["no-rules", "unlisted", "pass", "used", "unjudged", "error", "gap", "gap-and-pass"],
)
def test_nothing_to_plan(rules: list[RuleOutcome], ignores: list[IgnoreOutcome]) -> None:
    assert plan(rules, ignores, today=TODAY) is None


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.WARN])
def test_a_whole_plan(verdict: Verdict) -> None:
    fixed = find("openssl", "3.0.19-1", version="3.0.17-1")
    stuck = find("zlib1g", id="CVE-2025-2")
    made = plan([rule(fixed, stuck, verdict=verdict)], [UNUSED], today=TODAY)
    assert made == FixPlan(
        upgrades=(
            Upgrade(
                package="openssl",
                type="debian",
                versions=("3.0.17-1",),
                to="3.0.19-1",
                findings=(fixed,),
            ),
        ),
        remains=(Excess(rule="high", count=1, max=0),),
        drafts=(IgnoreDraft(id="CVE-2025-2", package="zlib1g", expires=LATER),),
        removable=(UNUSED,),
    )


class TestUpgrades:
    def test_the_lowest_version_that_clears_all_of_the_package(self) -> None:
        rows = [find("a", fixed) for fixed in ("1.9", "1.10", "1.2")]
        made = planned(rule(*rows))
        assert named(made) == [("a", "1.10")]
        assert set(made.upgrades[0].findings) == set(rows)

    def test_a_rule_that_passes_asks_for_nothing(self) -> None:
        passing = rule(find("a", "9.0"), name="low", most=1, verdict=Verdict.PASS)
        assert named(planned(rule(find("a", "1.1")), passing)) == [("a", "1.1")]

    def test_only_as_many_as_the_limit_asks_for(self) -> None:
        rows = [find("few", "2"), *(find("many", "2", id=f"CVE-{n}") for n in range(3))]
        made = planned(rule(*rows, most=1))
        assert named(made) == [("many", "2")]
        assert made.remains == ()

    def test_of_those_that_are_enough_the_one_that_clears_more(self) -> None:
        rows = [find("few", "2"), *(find("many", "2", id=f"CVE-{n}") for n in range(3))]
        assert named(planned(rule(*rows, most=3))) == [("many", "2")]

    def test_a_rule_within_its_limit_needs_nothing_whatever_its_verdict(self) -> None:
        assert planned(rule(find("a", "2"), find("b"), most=3)) == FixPlan()
        assert planned(rule(find("b"), most=3)) == FixPlan()

    def test_of_equal_ones_the_first_by_name(self) -> None:
        rows = [find(name, "2") for name in ("c", "a", "b")]
        assert named(planned(rule(*rows, most=1))) == [("a", "2"), ("b", "2")]

    def test_one_that_serves_two_rules_comes_before_one_that_serves_one(self) -> None:
        both, only = find("z", "2"), find("a", "2")
        made = planned(rule(both, only, most=1), rule(both, name="kev"))
        assert named(made) == [("z", "2")]

    def test_more_than_a_rule_needs_does_not_count(self) -> None:
        one = [find("one", "2", id=f"CVE-{n}") for n in range(5)]
        two = [find("two", "2", id=f"CVE-{n}") for n in range(5)]
        both = [find("both", "2", id=f"CVE-{n}") for n in range(4)]
        rules = [rule(*one, *both[:2], name="a", most=5), rule(*two, *both[2:], name="b", most=5)]
        assert named(planned(*rules)) == [("both", "2")]

    def test_a_superfluous_choice_is_dropped(self) -> None:
        p = [find("p", "2", id=f"CVE-{n}") for n in range(4)]
        q = [find("q", "2", id=f"CVE-{n}") for n in range(3)]
        r = [find("r", "2", id=f"CVE-{n}") for n in range(3)]
        one = rule(*p[:2], *q, name="one", most=2)
        two = rule(*p[2:], *r, name="two", most=2)
        assert named(planned(one, two)) == [("q", "2"), ("r", "2")]

    def test_of_two_choices_that_stand_in_for_each_other_one_is_kept(self) -> None:
        a, b, c, d = (find(f"later-{n}", "2") for n in range(4))
        p = [find("p", "2", id=f"CVE-{n}") for n in range(3)]
        q = [find("q", "2", id=f"CVE-{n}") for n in range(3)]
        pairs = [(p[0], a), (p[1], b), (q[0], c), (q[1], d), (p[2], q[2])]
        rules = [rule(*pair, name=f"pair-{n}", most=1) for n, pair in enumerate(pairs)]
        alone = [rule(each, name=f"alone-{n}") for n, each in enumerate((a, b, c, d))]
        made = planned(*rules, *alone)
        assert made.remains == ()
        assert {up.package for up in made.upgrades} == {
            "p",
            "later-0",
            "later-1",
            "later-2",
            "later-3",
        }

    def test_the_same_name_of_another_type_is_another_package(self) -> None:
        made = planned(rule(find("tar", "1.35"), find("tar", "6.2.1", type="npm")))
        assert [(up.type, up.to) for up in made.upgrades] == [("debian", "1.35"), ("npm", "6.2.1")]

    def test_the_one_that_clears_most_comes_first(self) -> None:
        rows = [find("a", "2"), *(find("b", "2", id=f"CVE-{n}") for n in range(2))]
        assert [up.package for up in planned(rule(*rows)).upgrades] == ["b", "a"]

    def test_installed_versions_are_sorted_and_told_once(self) -> None:
        rows = [find("a", "2", version=v, id=v + w) for v in ("1.10", "1.9") for w in "xy"]
        assert planned(rule(*rows)).upgrades[0].versions == ("1.9", "1.10")

    def test_a_fix_on_the_branch_that_is_installed(self) -> None:
        branches = "1.2.9, 2.0.3"
        assert named(planned(rule(find("a", branches, version="1.2.0")))) == [("a", "1.2.9")]
        assert named(planned(rule(find("a", branches, version="2.0.0")))) == [("a", "2.0.3")]

    def test_findings_are_told_once_and_the_worst_first(self) -> None:
        low = find("a", "2", id="CVE-1", severity=Severity.LOW)
        high = find("a", "2", id="CVE-2")
        again = find("a", "2", id="CVE-2")
        made = planned(rule(low, high), rule(again, name="kev"))
        assert made.upgrades[0].findings == (high, low)


class TestRemains:
    @pytest.mark.parametrize(
        "row",
        [
            find("a"),
            find("a", "never"),
            find("", "2"),
            Finding(vulnerability=Vulnerability(severity=Severity.HIGH, described=False)),
            Finding(
                vulnerability=Vulnerability(
                    severity=Severity.HIGH, package="a", fixed_version="2", described=False
                )
            ),
        ],
        ids=["no-fix", "no-version", "no-package", "undescribed", "undescribed-with-fields"],
    )
    def test_what_cannot_be_upgraded(self, row: Finding) -> None:
        made = planned(rule(row))
        assert made.upgrades == ()
        assert made.remains == (Excess(rule="high", count=1, max=0),)

    def test_all_that_helps_is_named_although_it_is_not_enough(self) -> None:
        rows = [find("a", "2"), find("b", "2"), find("c"), find("d")]
        made = planned(rule(*rows, most=1))
        assert named(made) == [("a", "2"), ("b", "2")]
        assert made.remains == (Excess(rule="high", count=2, max=1),)

    def test_a_rule_exactly_at_its_limit_does_not_remain(self) -> None:
        made = planned(rule(find("a", "2"), find("b"), most=1))
        assert made.remains == ()
        assert made.drafts == ()

    def test_findings_that_were_counted_but_not_listed_remain(self) -> None:
        counted = RuleOutcome(
            name="high",
            title="",
            max=0,
            verdict=Verdict.FAIL,
            count=3,
            findings=(find("a", "2"),),
        )
        assert planned(counted).remains == (Excess(rule="high", count=2, max=0),)

    def test_they_are_sorted_by_rule(self) -> None:
        rules = [rule(find("a"), name=name) for name in "cab"]
        assert [each.rule for each in planned(*rules).remains] == ["a", "b", "c"]


class TestDrafts:
    def test_only_for_rules_that_remain(self) -> None:
        made = planned(
            rule(find("a", "2"), find("b"), most=1), rule(find("c", id="CVE-3"), name="kev")
        )
        assert [(draft.id, draft.package) for draft in made.drafts] == [("CVE-3", "c")]

    def test_only_for_what_has_an_id_and_no_fix(self) -> None:
        nobody = Finding(vulnerability=Vulnerability(severity=Severity.HIGH, described=False))
        made = planned(rule(find("a", id=""), find("b", "2"), find("c", "never"), find(""), nobody))
        assert made.drafts == ()

    def test_one_for_each_id_and_package_the_worst_first(self) -> None:
        rows = [
            find("b", id="CVE-1"),
            find("a", id="CVE-1", version="1.0"),
            find("a", id="CVE-1", version="1.1"),
            find("z", id="CVE-9", severity=Severity.CRITICAL),
        ]
        keys = [(draft.id, draft.package) for draft in planned(rule(*rows)).drafts]
        assert keys == [("CVE-9", "z"), ("CVE-1", "a"), ("CVE-1", "b")]

    def test_there_are_not_more_than_anyone_reads(self) -> None:
        worst = find("z", id="CVE-9", severity=Severity.CRITICAL)
        rows = [find("a", id=f"CVE-{n:03}") for n in range(MAX_DRAFTS)]
        drafts = planned(rule(*rows, worst)).drafts
        assert len(drafts) == MAX_DRAFTS
        assert drafts[0].package == "z"

    def test_the_calendar_ends(self) -> None:
        made = plan([rule(find("a"))], [], today=dt.date.max - dt.timedelta(days=DRAFT_DAYS - 1))
        assert made is not None
        assert made.drafts[0].expires == dt.date.max


class TestRemovable:
    def test_what_takes_nothing_out_of_the_count(self) -> None:
        entries = [
            ignore("c", IgnoreState.EXPIRED),
            ignore("b", IgnoreState.USED),
            ignore("a", IgnoreState.UNUSED, line=2),
            ignore("a", IgnoreState.EXPIRED, line=1),
        ]
        made = planned(rule(verdict=Verdict.PASS), ignores=entries)
        assert made == FixPlan(removable=(entries[3], entries[2], entries[0]))


TEXTS = ["zlib1g", "CVE-2025-1", "libstdc++6", "@scope/pkg", "org.apache:log4j", "no", "On", "NULL"]
TEXTS += ["1.0", "2026-12-22", "7zip", "~", "", "- a", 'a"b', "a\\b", "a: b", "a #b", "a\nb: c"]
TEXTS += [
    "\x7f\x85\u2028\ufeff",
    "😀",
    "\ud800",
    " a ",
    "y",
    "0x1F",
    ".inf",
    "github.com/a/b",
    "a\n",
]


class TestRenderedDraft:
    def test_it_is_ready_but_for_the_reason(self) -> None:
        draft = IgnoreDraft(id="CVE-2025-1", package="zlib1g", expires=LATER)
        assert render_draft(draft) == (
            "- id: CVE-2025-1\n"
            "  package: zlib1g\n"
            "  while_unfixed: true\n"
            '  reason: ""  # say why this is acceptable\n'
            "  expires: 2026-12-22\n"
        )

    @pytest.mark.parametrize("text", TEXTS, ids=ascii)
    def test_yaml_reads_what_was_meant(self, text: str) -> None:
        read_back(text)

    @given(st.text())
    def test_yaml_reads_whatever_a_scanner_wrote(self, text: str) -> None:
        read_back(text)

    @pytest.mark.parametrize("text", ["no", "y", "1.0", "@a/b"])
    def test_what_yaml_may_read_otherwise_is_quoted(self, text: str) -> None:
        draft = IgnoreDraft(id=text, package=text, expires=LATER)
        assert f'- id: "{text}"\n  package: "{text}"\n' in render_draft(draft)


def read_back(text: str) -> None:
    draft = IgnoreDraft(id=text, package=text, expires=LATER)
    assert yaml.safe_load(render_draft(draft)) == [
        {"id": text, "package": text, "while_unfixed": True, "reason": "", "expires": LATER}
    ]


FINDINGS = st.builds(
    find,
    st.sampled_from(["", "a", "b", "c", "d"]),
    st.sampled_from(["", "never", "1.1", "1.2", "v1.2", "1.1, 2.1", "2.0"]),
    id=st.sampled_from(["", "CVE-1", "CVE-2", "CVE-3"]),
    version=st.sampled_from(["1.0", "2.0.0"]),
    type=st.sampled_from(["debian", "npm"]),
    severity=st.sampled_from([Severity.HIGH, Severity.LOW]),
)


@st.composite
def images(draw: st.DrawFn) -> list[RuleOutcome]:
    """Rules over shared findings, each judged by its own limit."""
    rows = draw(st.lists(FINDINGS, unique=True, max_size=10))
    rules = []
    for place in range(draw(st.integers(0, 4))):
        chosen = [row for row in rows if draw(st.booleans())]
        most = draw(st.integers(0, 3))
        verdict = Verdict.FAIL if len(chosen) > most else Verdict.PASS
        rules.append(rule(*chosen, name=f"rule-{place}", most=most, verdict=verdict))
    return rules


def left(outcome: RuleOutcome, upgrades: Iterable[Upgrade]) -> int:
    """How many findings a rule still counts, worked out from the values alone."""
    cleared = {finding for upgrade in upgrades for finding in upgrade.findings}
    return sum(finding not in cleared for finding in outcome.findings or ())


def can_be_fixed(finding: Finding) -> bool:
    row = finding.vulnerability
    return bool(row.package) and any(sign.isdigit() for sign in row.fixed_version)


@given(images())
def test_the_upgrades_bring_every_rule_back_that_does_not_remain(rules: list[RuleOutcome]) -> None:
    made = plan(rules, [], today=TODAY)
    if made is None:
        assert all(outcome.verdict is Verdict.PASS for outcome in rules)
        return
    remains = {each.rule: each.count for each in made.remains}
    for outcome in rules:
        count = left(outcome, made.upgrades)
        assert remains.get(outcome.name, count) == count
        assert (count > outcome.max) == (outcome.name in remains)


@given(images())
def test_a_rule_remains_only_if_every_fix_together_is_not_enough(rules: list[RuleOutcome]) -> None:
    made = plan(rules, [], today=TODAY)
    hopeless = {
        outcome.name: stuck
        for outcome in rules
        if (stuck := sum(not can_be_fixed(row) for row in outcome.findings or ())) > outcome.max
    }
    assert {each.rule: each.count for each in made.remains} == hopeless if made else not hopeless


@given(images())
def test_no_upgrade_is_superfluous(rules: list[RuleOutcome]) -> None:
    made = plan(rules, [], today=TODAY)
    upgrades = made.upgrades if made else ()
    for spared in upgrades:
        others = [upgrade for upgrade in upgrades if upgrade is not spared]
        assert any(
            left(outcome, others) > max(outcome.max, left(outcome, upgrades)) for outcome in rules
        )


@given(images())
def test_the_plan_is_as_small_as_greedy_promises(rules: list[RuleOutcome]) -> None:
    """Within 1 + 1/2 + … + 1/n of the smallest, n what the largest step clears (Wolsey)."""
    made = plan(rules, [], today=TODAY)
    upgrades = made.upgrades if made else ()
    every = _every_upgrade(rules)
    goal = {
        outcome.name: max(outcome.max, left(outcome, every))
        for outcome in rules
        if outcome.verdict is Verdict.FAIL
    }
    best = next(
        size
        for size in range(len(every) + 1)
        for some in itertools.combinations(every, size)
        if all(left(it, some) <= goal[it.name] for it in rules if it.name in goal)
    )
    violated = [it.findings or () for it in rules if it.verdict is Verdict.FAIL]
    steps = [sum(row in each for row in up.findings for each in violated) for up in every]
    bound = sum(1 / n for n in range(1, max(steps, default=0) + 1))
    assert best <= len(upgrades) <= bound * best


def _every_upgrade(rules: Sequence[RuleOutcome]) -> tuple[Upgrade, ...]:
    """Everything that could be done: what a limit of none asks for."""
    rows = {row for outcome in rules for row in outcome.findings or ()}
    made = plan([rule(*rows)], [], today=TODAY)
    return made.upgrades if made else ()


IGNORES = st.lists(
    st.builds(ignore, st.sampled_from("abc"), st.sampled_from(IgnoreState), line=st.integers(1, 3)),
    max_size=4,
)


@given(images(), IGNORES, st.data())
def test_no_order_changes_the_plan(
    rules: list[RuleOutcome], ignores: list[IgnoreOutcome], data: st.DataObject
) -> None:
    shuffled = [
        rule(
            *data.draw(st.permutations(each.findings or ())),
            name=each.name,
            most=each.max,
            verdict=each.verdict,
        )
        for each in data.draw(st.permutations(rules))
    ]
    made = plan(rules, ignores, today=TODAY)
    assert plan(shuffled, data.draw(st.permutations(ignores)), today=TODAY) == made


def test_a_large_image_is_planned_at_once() -> None:
    rows = [find(f"p{n % 5000}", f"1.{n % 7}", id=f"CVE-{n}") for n in range(20_000)]
    rules = [rule(*rows[n::10], name=f"rule-{n}", most=n) for n in range(50)]
    before = time.process_time()
    assert planned(*rules).remains == ()
    assert time.process_time() - before < 5
