"""What must hold for every file, whatever is in it and whatever was taken from it."""

import contextlib
import copy
import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import NoEvidence
from scangate.model import RANKED, ScanStatus
from scangate.policy.effective import Policy
from scangate.policy.evaluate import evaluate_all
from scangate.report import Verdict
from scangate.saved import read
from tests.fakes import policy
from tests.saved.shapes import (
    DIGEST,
    NOW,
    PINNED,
    REFERENCE,
    ROWS,
    SETTINGS,
    grype,
    match,
    pair,
    row,
    saved,
    scan,
    snake,
    trivy,
    trivy_row,
)

WHOLE: dict[str, list[Any]] = {
    "a result": [scan()],
    "a history": [[scan(), scan(id="old", scannedAt="2026-11-20T00:00:00Z")]],
    "a result and its list": [scan(), ROWS],
    "a list and its result": [ROWS, snake(scan())],
    "a clean result and its list": [scan(vulnerabilities=None), []],
    "a pair": [pair()],
    "Trivy": [trivy(trivy_row("HIGH"), trivy_row())],
    "Grype": [grype(match("High"), match())],
}
POLICIES = [
    policy(text)
    for text in (
        "critical: 0",
        "high: 0",
        "high: {fixable: 0}",
        "high: {fixable: 0, unfixable: 1}",
        "low: 1",
        "undefined: 0",
        "total: 2",
    )
]


def _verdict(applied: Policy, *values: object) -> Verdict:
    try:
        return evaluate_all(applied, saved(*values).evidence, NOW)[1].verdict
    except NoEvidence:
        return Verdict.ERROR


@pytest.mark.parametrize("form", WHOLE)
def test_a_file_that_is_cut_off_anywhere_is_refused(form: str) -> None:
    files = [json.dumps(value).encode() for value in WHOLE[form]]
    assert saved(*files).evidence
    for place, data in enumerate(files):
        for end in range(len(data)):
            with pytest.raises(NoEvidence):
                saved(*files[:place], data[:end], *files[place + 1 :])


def _keys(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for item in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
        if isinstance(item, dict | list | tuple):
            yield from _keys(item)


KEYS = sorted({*_keys(list(WHOLE.values())), "artifactId", "ignoredMatches", "nextPageToken"})
WORDS = ("READY", "RUNNING", "HIGH", "image", "grype", "container_image", "os-pkgs", "1", DIGEST)
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.sampled_from((*WORDS, REFERENCE.text, PINNED.text, "2026-11-22T09:00:00Z")),
)
NAMES = st.one_of(st.sampled_from(KEYS), st.text(max_size=3))
ANY_JSON = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=6)),
    max_leaves=20,
)


def _spots(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a value: what holds it, and its key or index there."""
    for key in value if isinstance(value, dict) else range(len(value)):
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _spots(value[key])


@st.composite
def _damaged(draw: st.DrawFn) -> Sequence[object]:
    """Whole files in which one value anywhere is replaced by any other."""
    values = json.loads(json.dumps(draw(st.sampled_from(list(WHOLE.values())))))
    holder, key = draw(st.sampled_from(list(_spots(values))))
    holder[key] = draw(ANY_JSON)
    return values  # type: ignore[no-any-return]


TARGETS = st.sampled_from([REFERENCE, PINNED, None])


@given(st.one_of(st.lists(ANY_JSON, max_size=3), _damaged()), TARGETS)
def test_any_json_is_evidence_or_none(values: Sequence[object], target: Any) -> None:
    with contextlib.suppress(NoEvidence):
        found = saved(*values, target=target)
        assert found.reference
        assert all(each.scan.status is ScanStatus.READY for each in found.evidence)


@given(st.lists(st.one_of(st.binary(), st.text().map(str.encode)), max_size=3), TARGETS)
def test_any_bytes_are_evidence_or_none(files: list[bytes], target: Any) -> None:
    with pytest.raises(NoEvidence):
        read([("-", data) for data in files], target, settings=lambda _: SETTINGS)


@given(_damaged(), st.binary(min_size=1, max_size=4), st.integers(0, 2000))
def test_a_spoilt_byte_never_stops_it(values: Sequence[object], noise: bytes, at: int) -> None:
    files = [json.dumps(value).encode() for value in values]
    files[0] = files[0][:at] + noise + files[0][at + len(noise) :]
    with contextlib.suppress(NoEvidence):
        assert saved(*files).evidence


SEVERITIES = st.sampled_from([severity.name for severity in RANKED] + ["UNDEFINED", "FATAL"])


@st.composite
def _scans(draw: st.DrawFn) -> Any:
    """A result with its list, which agree."""
    words = draw(st.lists(SEVERITIES, max_size=6))
    fixes = st.sampled_from(["", "1.1"])
    rows = [row(number, word, fixedBy=draw(fixes)) for number, word in enumerate(words)]
    counts = {word.lower(): str(words.count(word)) for word in words}
    return pair(scanResult=scan(vulnerabilities=counts), vulnerabilities=rows)


def _without_one(whole: Any) -> Iterator[Any]:
    """The same with less: a row, the list, the counts or one of them, the status, the time."""
    result = whole["scanResult"]
    paths: list[tuple[Any, ...]] = [("vulnerabilities",), ("scanResult",)]
    paths += [("vulnerabilities", place) for place in range(len(whole["vulnerabilities"]))]
    paths += [("scanResult", key) for key in result]
    paths += [("scanResult", "vulnerabilities", word) for word in result["vulnerabilities"]]
    for path in paths:
        less = copy.deepcopy(whole)
        holder = less
        for key in path[:-1]:
            holder = holder[key]
        del holder[path[-1]]
        yield less


@given(_scans(), st.sampled_from(POLICIES))
def test_taking_evidence_away_never_improves_a_verdict(whole: Any, applied: Policy) -> None:
    if _verdict(applied, whole) is Verdict.PASS:
        return
    for less in _without_one(whole):
        assert _verdict(applied, less) is not Verdict.PASS


@given(_scans(), st.sampled_from(POLICIES), st.randoms())
def test_order_changes_nothing(whole: Any, applied: Policy, random: Any) -> None:
    shuffled = copy.deepcopy(whole)
    random.shuffle(shuffled["vulnerabilities"])
    result, rows = shuffled["scanResult"], shuffled["vulnerabilities"]
    verdict = _verdict(applied, whole)
    assert _verdict(applied, shuffled) is verdict
    assert _verdict(applied, rows, dict(reversed(result.items()))) is verdict
    assert _verdict(applied, snake(shuffled)) is verdict


@given(st.lists(st.sampled_from(["CRITICAL", "HIGH", "LOW", "UNKNOWN"]), max_size=5), SEVERITIES)
def test_a_finding_more_never_improves_a_report(words: list[str], more: str) -> None:
    few = trivy(*map(trivy_row, words))
    many = trivy(*map(trivy_row, words), trivy_row(more))
    for applied in POLICIES:
        if _verdict(applied, few) is not Verdict.PASS:
            assert _verdict(applied, many) is not Verdict.PASS


@given(st.text())
def test_no_unknown_word_of_a_scanner_is_good_news(word: str) -> None:
    for report in (trivy(trivy_row(word)), grype(match(word))):
        found = saved(report).evidence[0].vulnerabilities
        assert found is not None
        assert found[0].severity.value in {"critical", "undefined"} or word.title() in {
            "High",
            "Medium",
            "Low",
            "Negligible",
        }
