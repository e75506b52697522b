"""Generated policies of the whole language, and what they are held against.

There are few advisories, packages and days, so that rules, exceptions, statements, feeds and rows
meet. Rows leave out whatever a scanner may leave out.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from hypothesis import strategies as st

from scangate.errors import PolicyError
from scangate.instant import Instant
from scangate.model import Severity, Vulnerability
from scangate.vex import Statement, Status
from tests.fakes import IMAGE, NOW
from tests.properties.judging import Case, load_policy
from tests.properties.worlds import LIMITS

T = TypeVar("T")


def pick(pool: Sequence[T]) -> st.SearchStrategy[T]:
    """Draw one of many. Unlike `sampled_from`, it is never printed with all of them."""
    return st.integers(0, len(pool) - 1).map(lambda place: pool[place])


# Rows

IDS = ("CVE-2025-1000", "CVE-2025-2000", "GHSA-1", "cve-2025-1000", "Cve-2025-1000", "")
PACKAGES = (("openssl", "debian", "os"), ("zlib", "npm", "lang"), ("zlib", "", ""), ("", "npm", ""))
KNOWN_SEVERITIES = [(severity, "") for severity in Severity]
ROWS = tuple(
    Vulnerability(
        severity=severity,
        severity_word=word,
        id=advisory,
        package=package,
        version=version,
        fixed_version=fix,
        type=kind,
        origin=origin,
    )
    for (severity, word), advisory, (package, kind, origin), version, fix in itertools.product(
        [*KNOWN_SEVERITIES, (Severity.CRITICAL, "APOCALYPTIC")],
        IDS,
        PACKAGES,
        ("1", ""),
        ("", "2"),
    )
    if advisory or package
)
BARE = tuple(
    Vulnerability(severity=severity, severity_word=word, described=False)
    for severity, word in [*KNOWN_SEVERITIES, (Severity.CRITICAL, "APOCALYPTIC")]
)
"""Rows of which nothing is known but the severity."""

ANY_ROW = pick(ROWS) | pick(ROWS) | pick(BARE)
ROW_LISTS = st.lists(ANY_ROW, max_size=4).map(tuple)
SOME_ROWS = st.lists(ANY_ROW, min_size=1, max_size=4).map(tuple)

# Policies

MATCHES: tuple[tuple[str, Any], ...] = (
    *(("severity", f">={word}") for word in ("critical", "high", "medium", "negligible")),
    *(("severity", word) for word in ("high", "undefined", ["critical", "low"])),
    *(("fixable", value) for value in (True, False)),
    *(("new", value) for value in (True, True, False)),
    *(("kev", value) for value in (True, False)),
    *(("epss", least) for least in (">=0.5", ">=0.9", ">=0")),
    *(("id", glob) for glob in ("CVE-2025-1000", "?VE-*", ["GHSA-*", "cve-*"])),
    *(("package", glob) for glob in ("openssl", "z*", ["zlib", "openssl"])),
    *(("type", glob) for glob in ("debian", ["n[op]m", "x"])),
    *(("origin", glob) for glob in ("os", "lang", "*")),
)
SELECTIONS = st.lists(pick(MATCHES), min_size=1, max_size=2).map(dict)
ENDS: Mapping[str, Sequence[Any]] = {"action": ["fail", "fail", "warn"], "max": [0, 0, 1]}
RULE_ENDS = pick(
    [dict(zip(ENDS, values, strict=True)) for values in itertools.product(*ENDS.values())]
)
RULES = st.lists(st.tuples(SELECTIONS, RULE_ENDS), min_size=1, max_size=3).map(
    lambda drawn: [
        {"name": f"rule-{number}", "match": match, **end}
        for number, (match, end) in enumerate(drawn)
    ]
)
LIMIT_LISTS = st.lists(
    st.sampled_from(
        [
            *((severity.value, limit) for severity in Severity for limit in LIMITS),
            *(("total", limit) for limit in (0, 1, "none")),
        ]
    ),
    max_size=2,
).map(dict)

HERE, ELSEWHERE = f"{IMAGE.host}/crp0/*", "cr.yandex/crp1/*"
YESTERDAY, TODAY, TOMORROW = "2026-11-21", "2026-11-22", "2026-11-23"
PARTS: Mapping[str, Sequence[Any]] = {
    "id": IDS[:-1],
    "package": [None, None, "zlib", "open*", "*"],
    "while_unfixed": [None, True],
    "images": [None, None, HERE, [ELSEWHERE, HERE], ELSEWHERE],
    "expires": ["never", YESTERDAY, TODAY, TOMORROW, "2026-12-06", "2026-12-07"],
    "reason": ["no harm", "not reachable"],
    "owner": [None, "payments"],
}
EXCEPTIONS: tuple[dict[str, Any], ...] = tuple(
    {key: value for key, value in zip(PARTS, values, strict=True) if value is not None}
    for values in itertools.product(*PARTS.values())
)
IGNORES = st.lists(pick(EXCEPTIONS), max_size=3)
SCOPES = st.sampled_from([HERE, [HERE, ELSEWHERE], "*", ELSEWHERE])
MODES = st.sampled_from(["enforce"] * 4 + ["warn"])


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, Any]:
    override: dict[str, Any] = {"images": draw(SCOPES), "thresholds": draw(LIMIT_LISTS)}
    if draw(BOOLEANS):
        override["mode"] = draw(MODES)
    if draw(BOOLEANS):
        override["rules"] = draw(RULES)
    return override


BOOLEANS = st.booleans()
SELDOM = st.sampled_from([False, False, True])
OVERRIDES = st.lists(overrides(), min_size=1, max_size=2)


@st.composite
def policies(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a policy; one that cannot fail is none, and so is given a limit."""
    policy = {
        "version": 1,
        "mode": draw(MODES),
        "thresholds": draw(LIMIT_LISTS),
        "rules": draw(RULES),
        "ignore": draw(IGNORES),
    }
    if draw(SELDOM):
        policy["overrides"] = draw(OVERRIDES)
    return policy if _loads(policy) else {**policy, "overrides": [], "thresholds": {"low": 0}}


def _loads(policy: Mapping[str, Any]) -> bool:
    try:
        load_policy(Case(policy=policy)).terms_for(IMAGE.repository)
    except PolicyError:
        return False
    return True


# VEX, feeds, baselines

PRODUCTS = {IMAGE.repository: True, IMAGE.pinned: True, "cr.yandex/crp1/app": False}
"""Names of products, and whether the image is meant."""

VEX_PACKAGES = {
    (): ["openssl", "zlib", ""],
    ("openssl",): ["openssl"],
    ("zlib", "openssl"): ["openssl", "zlib"],
}
"""Packages that a statement names, and those of `PACKAGES` that are meant."""

STATEMENTS: tuple[Statement, ...] = tuple(
    Statement(
        vulnerabilities=names,
        products=(product,),
        packages=packages,
        status=status,
        justification=why,
        time=time,
        file=file,
    )
    for names, product, packages, status, why, time, file in itertools.product(
        [("CVE-2025-1000",), ("GHSA-1", "cve-2025-2000")],
        PRODUCTS,
        VEX_PACKAGES,
        Status,
        ("component_not_present", ""),
        (None, NOW, Instant(NOW.nanoseconds - 1)),
        ("a.json", "b.json"),
    )
)
VEX = st.lists(pick(STATEMENTS), max_size=2).map(tuple)
FEEDS = st.sampled_from(
    [
        (kev, epss)
        for kev in (None, frozenset({"CVE-2025-1000"}), frozenset({"CVE-2025-2000"}))
        for epss in (None, {"CVE-2025-1000": 0.5}, {"CVE-2025-1000": 0.49, "CVE-2025-2000": 0.9})
    ]
)
BASELINES = st.none() | ROW_LISTS


@st.composite
def cases(draw: st.DrawFn, rows: st.SearchStrategy[tuple[Vulnerability, ...]]) -> Case:
    """Draw a case of which everything is listed."""
    kev, epss = draw(FEEDS)
    return Case(
        policy=draw(POLICIES),
        rows=draw(rows),
        vex=draw(VEX),
        kev=kev,
        epss=epss,
        baseline=draw(BASELINES),
    )


POLICIES = policies()
