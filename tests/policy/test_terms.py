"""What rules, limits and settings mean together."""

import datetime as dt

import pytest

from scangate.documents import DocumentError
from scangate.errors import PolicyError
from scangate.history import ScanSettings
from scangate.model import Place, Severity
from scangate.policy.effective import Feeds, Policy
from scangate.policy.rule import Rule, Terms
from scangate.policy.schema import Override, PolicyFile
from scangate.policy.select import Selector
from scangate.policy.terms import FEEDS, KEYS, age_of, globs_of, refuse_toothless
from tests.feeds.samples import EPSS, KEV
from tests.policy.texts import chain, read

CRITICAL, HIGH, MEDIUM, LOW, NEGLIGIBLE, UNDEFINED = Severity
EVERY = frozenset(Severity)


def rule(match: str, more: str = "") -> Rule:
    """Return the rule of a policy that names both feeds, and a limit."""
    rules = f"rules:\n  - {{name: r, match: {match}{more}}}\n"
    text = f"thresholds: {{critical: 0}}\n{rules}feeds: {{kev: kev.json, epss: epss.csv}}\n"
    policy = read({"policy.yaml": text, "kev.json": KEV, "epss.csv": EPSS})
    return policy.terms.rules[-1]


@pytest.mark.parametrize(
    ("written", "severities"),
    [
        ("critical", {CRITICAL}),
        ("high", {HIGH}),
        ("negligible", {NEGLIGIBLE}),
        ("undefined", {UNDEFINED}),
        ("[high, low]", {HIGH, LOW}),
        ("[undefined]", {UNDEFINED}),
        ("[high, high]", {HIGH}),
        ('">=critical"', {CRITICAL}),
        ('">=high"', {CRITICAL, HIGH, UNDEFINED}),
        ('">=medium"', {CRITICAL, HIGH, MEDIUM, UNDEFINED}),
        ('">=low"', {CRITICAL, HIGH, MEDIUM, LOW, UNDEFINED}),
        ('">=negligible"', EVERY),
    ],
)
def test_severities(written: str, severities: set[Severity]) -> None:
    assert rule(f"{{severity: {written}}}").select == Selector(severities=frozenset(severities))


@pytest.mark.parametrize(
    ("match", "select"),
    [
        ("{fixable: true}", Selector(severities=EVERY, fixable=True)),
        ("{fixable: false}", Selector(severities=EVERY, fixable=False)),
        ("{id: CVE-*}", Selector(severities=EVERY, id=("CVE-*",))),
        ("{id: [CVE-1, GHSA-*]}", Selector(severities=EVERY, id=("CVE-1", "GHSA-*"))),
        ("{package: zlib}", Selector(severities=EVERY, package=("zlib",))),
        ("{type: [npm]}", Selector(severities=EVERY, type=("npm",))),
        ("{origin: lang}", Selector(severities=EVERY, origin=("lang",))),
        ("{new: true}", Selector(severities=EVERY, new=True)),
        ("{new: false}", Selector(severities=EVERY, new=False)),
        ("{kev: true}", Selector(severities=EVERY, known_exploited=True)),
        ("{kev: false}", Selector(severities=EVERY, known_exploited=False)),
        (
            "{severity: high, fixable: true, package: a, new: false}",
            Selector(severities=frozenset({HIGH}), fixable=True, package=("a",), new=False),
        ),
    ],
)
def test_what_a_rule_selects(match: str, select: Selector) -> None:
    assert rule(match).select == select


@pytest.mark.parametrize(
    ("written", "least"),
    [
        (">=0", 0.0),
        (">=0.0", 0.0),
        (">=0.5", 0.5),
        (">=.5", 0.5),
        (">=0.000000001", 1e-9),
        (">=1", 1.0),
        (">=1.0", 1.0),
    ],
)
def test_least_probability(written: str, least: float) -> None:
    assert rule(f'{{epss: "{written}"}}').select.epss == least


def test_what_a_rule_does_not_say() -> None:
    assert rule("{severity: low}") == Rule(
        name="r",
        title="",
        select=Selector(severities=frozenset({LOW})),
        max=0,
        place=Place(file="policy.yaml", line=4, column=5),
        warns=False,
        message="",
        limit=False,
    )


def test_all_that_a_rule_can_say() -> None:
    found = rule("{severity: low}", ", max: 7, action: warn, message: Upgrade.")
    assert (found.max, found.warns, found.message) == (7, True, "Upgrade.")
    assert not rule("{severity: low}", ", action: fail").warns


def test_limits_and_rules_are_told_apart() -> None:
    text = "thresholds: {critical: 0}\nrules:\n  - {name: r, match: {severity: low}}\n"
    rules = read({"policy.yaml": text}).terms.rules
    assert [(each.name, each.limit) for each in rules] == [("max-critical", True), ("r", False)]


SKIPPED = "rules:\n  - {name: r, match: {%s}, without_feed: skip}\n"
LIMIT = "thresholds: {critical: 0}\n"


class TestWithoutItsFeed:
    @pytest.mark.parametrize(
        ("match", "feed"),
        [("kev: true", "kev"), ("kev: false", "kev"), ('epss: ">=0.5"', "epss")],
    )
    @pytest.mark.parametrize("word", ["", ", without_feed: refuse"])
    def test_a_rule_is_refused(self, match: str, feed: str, word: str) -> None:
        text = f"{LIMIT}rules:\n  - {{name: r, match: {{{match}}}{word}}}\n"
        with pytest.raises(PolicyError, match=rf"rules\.r\.match\.{feed}: no {feed} feed is named"):
            read({"policy.yaml": text})

    @pytest.mark.parametrize("match", ["kev: true", 'epss: ">=0.5"', 'kev: true, epss: ">=0.5"'])
    def test_a_rule_is_left_out_where_it_says_so(self, match: str) -> None:
        terms = read({"policy.yaml": LIMIT + SKIPPED % match}).terms
        assert [each.name for each in terms.rules] == ["max-critical"]
        assert terms.unfed == ("r",)

    def test_both_are_told(self) -> None:
        text = LIMIT + 'rules:\n  - {name: r, match: {kev: true, epss: ">=0.5"}}\n'
        with pytest.raises(PolicyError) as refused:
            read({"policy.yaml": text})
        assert [problem.split(": ")[1] for problem in refused.value.problems] == [
            "rules.r.match.epss",
            "rules.r.match.kev",
        ]

    def test_one_feed_of_two_is_not_enough(self) -> None:
        text = f"{LIMIT}{SKIPPED}feeds: {{kev: kev.json}}\n" % 'kev: true, epss: ">=0.5"'
        assert read({"policy.yaml": text, "kev.json": KEV}).terms.unfed == ("r",)

    def test_with_it_a_rule_is_judged(self) -> None:
        text = f"{SKIPPED}feeds: {{kev: kev.json}}\n" % "kev: true"
        terms = read({"policy.yaml": text, "kev.json": KEV}).terms
        assert [each.name for each in terms.rules] == ["r"]
        assert terms.unfed == ()

    def test_a_feed_that_the_user_gives_is_one(self) -> None:
        feeds = read({"policy.yaml": LIMIT + "feeds: {kev: kev.json}\n", "kev.json": KEV}).feeds
        text = "rules:\n  - {name: r, match: {kev: true}}\n"
        policy = read({"policy.yaml": text}, given=Feeds(kev=feeds.kev))
        assert [each.name for each in policy.terms.rules] == ["r"]
        assert policy.feeds.kev == feeds.kev

    def test_of_the_child_alone_it_serves_the_rule_of_the_parent(self) -> None:
        parent = "rules:\n  - {name: r, match: {kev: true}}\n"
        policy = chain("feeds: {kev: kev.json}\n", parent, kev_json=KEV)
        assert [each.name for each in policy.terms.rules] == ["r"]
        assert policy.feeds.kev is not None

    def test_a_policy_of_nothing_else_is_toothless(self) -> None:
        with pytest.raises(PolicyError, match="its rules are skipped without their feeds"):
            read({"policy.yaml": SKIPPED % "kev: true"})


class TestAChildCompletesARule:
    PARENT = "rules:\n  - {name: r, match: {severity: high}, max: 3, message: Upgrade.}\n"

    @pytest.mark.parametrize(
        ("child", "warns", "most", "message"),
        [
            ("{name: r}", False, 3, "Upgrade."),
            ("{name: r, max: 0}", False, 0, "Upgrade."),
            ("{name: r, action: warn, max: 9, message: Wait.}", True, 9, "Wait."),
        ],
    )
    def test_it_changes_what_it_names(
        self, child: str, warns: bool, most: int, message: str
    ) -> None:
        terms = chain(f"{LIMIT}rules: [{child}]\n", self.PARENT).terms
        (found,) = [each for each in terms.rules if each.name == "r"]
        assert found.select == Selector(severities=frozenset({HIGH}))
        assert (found.warns, found.max, found.message) == (warns, most, message)

    def test_its_match_narrows(self) -> None:
        terms = chain("rules: [{name: r, match: {fixable: true}}]\n", self.PARENT).terms
        assert terms.rules[0].select == Selector(severities=frozenset({HIGH}), fixable=True)

    def test_one_that_no_parent_has_is_told_at_its_place(self) -> None:
        with pytest.raises(PolicyError) as refused:
            chain(f"{LIMIT}rules: [{{name: s}}]\n", self.PARENT)
        assert refused.value.problems == (
            "policy.yaml:4:9: rules.s: the key 'match' is missing, and no parent has a rule 's'",
        )

    def test_an_override_changes_a_rule_as_well(self) -> None:
        text = self.PARENT + "overrides: [{images: '*/a', rules: [{name: r, max: 8}]}]\n"
        policy = read({"policy.yaml": text})
        assert [each.max for each in policy.terms_for("x/a").rules] == [8]
        assert [each.max for each in policy.terms_for("x/b").rules] == [3]


def test_the_settings_of_a_scan() -> None:
    parent = f"{LIMIT}scan: {{max_age: 2d, on_failed: use-last-ready}}\n"
    assert chain("scan: {max_age: 1d, on_running: use-last-ready}\n", parent).terms.scan == (
        ScanSettings(
            max_age=dt.timedelta(days=1),
            use_last_ready_on_failed=True,
            use_last_ready_on_running=True,
        )
    )


def test_what_may_differ_from_image_to_image_is_what_overrides_have() -> None:
    assert {*Override.__struct_fields__} - {"images"} == {*KEYS}
    assert {*KEYS} < {*PolicyFile.__struct_fields__}


def test_every_feed_is_one_that_a_policy_can_name() -> None:
    assert set(FEEDS) == {*Feeds.__struct_fields__} - {"max_age"}


PLACE = Place(file="policy.yaml")
FAILS = rule("{severity: low}")
WARNS = rule("{severity: low}", ", action: warn")


@pytest.mark.parametrize(
    ("terms", "why"),
    [
        (Terms(rules=()), "it has no limit"),
        (Terms(rules=(), unfed=("r",)), "its rules are skipped without their feeds"),
        (Terms(rules=(WARNS, WARNS)), "every rule of it only warns"),
    ],
    ids=["nothing", "all skipped", "all warn"],
)
def test_toothless(terms: Terms, why: str) -> None:
    with pytest.raises(DocumentError) as refused:
        refuse_toothless(terms, PLACE, ("overrides", 0))
    assert str(refused.value) == (
        f"policy.yaml:1:1: overrides[0]: the policy cannot fail: {why} "
        "(to try things out, say `mode: warn`)"
    )


@pytest.mark.parametrize(
    "terms",
    [Terms(rules=(FAILS,)), Terms(rules=(WARNS, FAILS)), Terms(rules=(), enforce=False)],
    ids=["one that fails", "one of two fails", "it need not"],
)
def test_not_toothless(terms: Terms) -> None:
    refuse_toothless(terms, PLACE)


def test_overrides_that_are_toothless_only_together_are_refused_for_their_images() -> None:
    policy = _policy(
        "thresholds: {critical: 0}\n"
        "rules: [{name: r, match: {severity: high}}]\n"
        "overrides:\n"
        "  - {images: '*/a*', thresholds: {critical: none}}\n"
        "  - {images: '*/*b', rules: [{name: r, action: warn}]}\n"
    )
    for repository in ("x/a", "x/b", "x/c"):
        assert policy.terms_for(repository).can_fail
    with pytest.raises(PolicyError, match=r"6:5: overrides\[1\]: the policy cannot fail"):
        policy.terms_for("x/ab")


def _policy(text: str) -> Policy:
    return read({"policy.yaml": text})


def test_globs_and_ages() -> None:
    assert globs_of("a") == ("a",)
    assert globs_of(("a", "b")) == ("a", "b")
    assert age_of("any") is None
    assert age_of("36h") == dt.timedelta(hours=36)
