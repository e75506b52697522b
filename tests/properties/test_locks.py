"""Promise 5: a policy never passes what a lock above it refuses; and faulty loaders that let it.

A lock holds what the locked policy says by itself, with two things that it leaves to its children:
ignore entries, unless `ignore` is locked too, and a feed that it can do without.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import hypothesis
import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scangate.errors import PolicyError, ScangateError
from scangate.instant import Instant
from scangate.model import Evidence, Value, Vulnerability
from scangate.policy.effective import Feeds, Policy
from scangate.policy.evaluate import count_rows, evaluate
from scangate.policy.load import load
from scangate.policy.rule import Terms
from scangate.policy.shelf import Unreadable
from scangate.report import Verdict
from tests.fakes import IMAGE, NOW, result
from tests.properties.languages import ANY_ROW, EXCEPTIONS, MODES, SCOPES, pick
from tests.properties.worlds import DAY

Layers = tuple[dict[str, Any], ...]
"""Policy files, the one that all others extend first."""


class Family(Value, frozen=True):
    """Policies that extend one another, and what the last of them judges."""

    layers: Layers
    rows: tuple[Vulnerability, ...]
    scanned_at: Instant

    @property
    def evidence(self) -> Evidence:
        scan = result(counts=count_rows(self.rows), scanned_at=self.scanned_at)
        return Evidence(image=IMAGE, scan=scan, vulnerabilities=self.rows)


# What is generated


def catalog(date: str, cve: str) -> str:
    entries = [{"cveID": cve}]
    return json.dumps({"dateReleased": f"{date}T00:00:00Z", "count": 1, "vulnerabilities": entries})


def scores(date: str, score: str) -> str:
    return f"#score_date:{date}T00:00:00Z\ncve,epss,percentile\nCVE-2025-1000,{score},0.5\n"


def statement(status: str) -> str:
    told = {
        "vulnerability": "CVE-2025-2000",
        "products": [IMAGE.repository],
        "status": status,
        "justification": "component_not_present",
    }
    context = {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "x", "author": "x"}
    return json.dumps({**context, "timestamp": "2026-11-01T00:00:00Z", "statements": [told]})


DOCUMENTS = {
    "kev-1.json": catalog("2026-11-20", "CVE-2025-1000"),
    "kev-2.json": catalog("2026-09-01", "CVE-2025-2000"),
    "epss-1.csv": scores("2026-11-20", "0.9"),
    "epss-2.csv": scores("2026-09-01", "0.1"),
    "harmless.json": statement("not_affected"),
    "harmful.json": statement("affected"),
}
LOCK_WORDS = ("thresholds", "rules", "ignore", "overrides", "vex", "feeds", "mode", "scan")
MORE_LOCKS = st.lists(st.sampled_from(LOCK_WORDS), max_size=1)
LIMITS = (0, 1, 2, "none", {"fixable": 0}, {"fixable": 0, "unfixable": 1}, {"unfixable": 2})
WORDS = ("critical", "high", "medium", "undefined")
THRESHOLDS = st.lists(
    pick(
        [
            *((word, limit) for word in WORDS for limit in LIMITS),
            *(("total", limit) for limit in (0, 3, "none")),
        ]
    ),
    min_size=1,
    max_size=2,
).map(dict)
MATCHES: tuple[dict[str, Any], ...] = (
    {"severity": ">=high"},
    {"severity": ">=negligible"},
    {"severity": ["high", "undefined"]},
    {"fixable": True},
    {"id": "CVE-*"},
    {"id": ["CVE-2025-1000"], "severity": ">=medium"},
    {"package": ["zlib", "openssl"]},
    {"kev": True},
    {"epss": ">=0.5"},
    {"epss": ">=0.05", "type": "npm"},
    {"origin": "*"},
)
RULE_PARTS: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.sampled_from(
        [
            *({"max": number} for number in (0, 1)),
            *({"action": word} for word in ("fail", "warn")),
            {"without_feed": "skip"},
        ]
    ),
    max_size=2,
)


NAMES = st.sampled_from([["first"], ["first", "second"]])


@st.composite
def rule_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [draw(rules(name)) for name in draw(NAMES)]


@st.composite
def rules(draw: st.DrawFn, name: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"name": name, "match": draw(pick(MATCHES))}
    for part in draw(RULE_PARTS):
        rule |= part
    return rule


LIVING = [each for each in EXCEPTIONS if each.keys() <= {"id", "expires", "reason"}]
SCANS = pick(
    [
        {"max_age": age, "on_failed": failed, "on_running": running}
        for age in ("8d", "8d", "2d", "any")
        for failed in ("fail", "fail", "use-last-ready")
        for running in ("wait", "wait", "use-last-ready")
    ]
)
FEEDS = pick(
    [
        *({"kev": name} for name in ("kev-1.json", "kev-2.json")),
        *({"epss": name} for name in ("epss-1.csv", "epss-2.csv")),
        *({"kev": "kev-1.json", "epss": "epss-1.csv", "max_age": age} for age in ("30d", "any")),
        {"max_age": "any"},
    ]
)
DOCUMENT_LISTS = st.sampled_from([["harmless.json"], ["harmful.json"], ["harm*.json"]])
OWN_RULES = rule_lists()


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    sections = {"mode": MODES, "scan": SCANS, "thresholds": THRESHOLDS, "rules": OWN_RULES}
    chosen = draw(st.sampled_from([*sections, "thresholds", "rules"]))
    return {"images": draw(SCOPES), chosen: draw(sections[chosen])}


SECTIONS: Mapping[str, st.SearchStrategy[Any]] = {
    "thresholds": THRESHOLDS,
    "rules": OWN_RULES,
    "mode": MODES,
    "scan": SCANS,
    "ignore": st.lists(pick(LIVING), min_size=1, max_size=2),
    "overrides": st.lists(overrides(), max_size=2),
    "vex": DOCUMENT_LISTS,
    "feeds": FEEDS,
    "locked": MORE_LOCKS,
}
LIKELY = ("thresholds", "rules", "ignore", "overrides")
FEW_SECTIONS = st.lists(st.sampled_from(list(SECTIONS)), max_size=1)
SOME_SECTIONS = st.lists(st.sampled_from([*LIKELY * 4, *SECTIONS]), max_size=3, unique=True)
AGES = st.sampled_from([0, 0, 1, 3, 9])
FEW_ROWS = st.lists(ANY_ROW, min_size=1, max_size=2).map(tuple)


@st.composite
def families(draw: st.DrawFn, held: Sequence[str]) -> Family:
    """Draw policies, the first of which has these sections and locks them."""
    top = {"version": 1, "feeds": {"kev": "kev-1.json", "epss": "epss-1.csv"}}
    top |= {name: draw(SECTIONS[name]) for name in (*draw(FEW_SECTIONS), *held)}
    top["locked"] = [*held, *draw(MORE_LOCKS)]
    layers = [top]
    for _ in range(draw(st.sampled_from([1, 1, 2]))):
        own = {name: draw(SECTIONS[name]) for name in draw(SOME_SECTIONS)}
        layers.append({"version": 1, "extends": f"./{len(layers) - 1}.yaml", **own})
    time = Instant(NOW.nanoseconds - DAY * draw(AGES))
    return Family(layers=tuple(layers), rows=draw(FEW_ROWS), scanned_at=time)


BY_LIMITS, BY_RULES = families(["thresholds"]), families(["rules"])
WITH_IGNORES = families(["thresholds", "ignore"])
FAMILIES = BY_LIMITS | BY_RULES | WITH_IGNORES

# What is decided


class Drawer(Value, frozen=True):
    """A shelf with the files of a family."""

    texts: Mapping[str, str]
    local: bool = True

    def read(self, path: str, *, limit: int) -> bytes:
        if path not in self.texts:
            raise Unreadable(f"there is no {path}")
        return self.texts[path].encode()

    def beside(self, path: str, named: str) -> str:
        return named.removeprefix("./")

    def matching(self, path: str, pattern: str) -> Sequence[str]:
        return sorted(name for name in self.texts if name.startswith(pattern.partition("*")[0]))

    def show(self, path: str) -> str:
        return path


Load = Callable[[Layers], Policy]


def sound(layers: Layers) -> Policy:
    texts = {f"{number}.yaml": json.dumps(layer) for number, layer in enumerate(layers)}
    drawer = Drawer(texts={**DOCUMENTS, **texts})
    return load(f"{len(layers) - 1}.yaml", shelf=drawer, builtins=drawer, name="generated")


def passes_what_is_locked(family: Family, load: Load = sound) -> bool:
    """Whether the last policy lets pass what one above it refuses by what it locks."""
    child = load(family.layers)
    try:
        passes = evaluate(child, family.evidence, NOW).verdict is not Verdict.FAIL
    except ScangateError:
        return False
    return passes and any(refuses(above, child, family.evidence) for above in ancestors(family))


def ancestors(family: Family) -> Iterator[Policy]:
    """Return the policies above the last, each as one that its lock cannot turn."""
    for number in range(1, len(family.layers)):
        try:
            yield sound(family.layers[:number])
        except PolicyError:  # It is made for others, and lacks what they bring
            continue


def refuses(above: Policy, child: Policy, evidence: Evidence) -> bool:
    """Whether a policy refuses by what it locks, whatever its children say."""
    if not above.locked:
        return False
    try:
        terms = held(above.terms_for(IMAGE.repository), above.locked)
    except PolicyError:  # It cannot judge this image, with or without a child
        return False
    alone = above.replace(
        terms=terms,
        overrides=(),
        ignores=above.ignores if "ignore" in above.locked else child.ignores,
        feeds=held_feeds(above, child),
    )
    try:
        return evaluate(alone, evidence, NOW).verdict is Verdict.FAIL
    except ScangateError:
        return terms.enforce


def held(terms: Terms, locked: frozenset[str]) -> Terms:
    rules = tuple(
        rule
        for rule in terms.rules
        if not rule.warns and ("thresholds" if rule.limit else "rules") in locked
    )
    return msgspec.structs.replace(terms, rules=rules)


def held_feeds(above: Policy, child: Policy) -> Feeds:
    return Feeds(
        kev=above.feeds.kev or child.feeds.kev,
        epss=above.feeds.epss or child.feeds.epss,
        max_age=above.feeds.max_age if above.held_feeds else child.feeds.max_age,
    )


def without(*words: str) -> Load:
    """Return a loader that does not know these locks."""

    def faulty(layers: Layers) -> Policy:
        return sound(
            tuple(
                {**layer, "locked": [word for word in layer.get("locked", ()) if word not in words]}
                for layer in layers
            )
        )

    return faulty


def only_the_nearest(layers: Layers) -> Policy:
    """Let a policy undo what is locked above the one that it extends."""
    return sound(tuple({**layer, "locked": []} for layer in layers[:-2]) + layers[-2:])


@given(FAMILIES)
def test_a_policy_never_passes_what_a_lock_above_it_refuses(family: Family) -> None:
    try:
        assert not passes_what_is_locked(family)
    except PolicyError:
        assume(False)  # The child is refused, as it should be, or makes no sense by itself


def is_of_three(family: Family) -> bool:
    return len(family.layers) == 3


def without_new_limits(family: Family) -> Family:
    """Leave the last policy other ways than limits and rules."""
    last = {
        key: value for key, value in family.layers[-1].items() if key not in ("thresholds", "rules")
    }
    return msgspec.structs.replace(family, layers=(*family.layers[:-1], last))


FAULTY: Mapping[str, tuple[Load, st.SearchStrategy[Family]]] = {
    "without any lock": (without(*LOCK_WORDS), FAMILIES),
    "without the lock on thresholds": (without("thresholds"), BY_LIMITS),
    "without the lock on rules": (without("rules"), BY_RULES),
    "without the lock on ignore": (without("ignore"), WITH_IGNORES),
    "only the nearest lock": (only_the_nearest, FAMILIES.filter(is_of_three)),
    "only limits and rules": (without(*LOCK_WORDS), FAMILIES.map(without_new_limits)),
}


@pytest.mark.parametrize(("load", "families"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_loader_lets_it(load: Load, families: st.SearchStrategy[Family]) -> None:
    def lets(family: Family) -> bool:
        try:
            return passes_what_is_locked(family, load)
        except PolicyError:
            return False

    hypothesis.find(
        families,
        lets,
        settings=settings(max_examples=5000, phases=[hypothesis.Phase.generate]),
    )
