"""From text to policy: what is accepted, and every bad policy of `tests/policies/bad`.

To add a bad policy, put `<what-is-bad>.yaml` there and the whole expected message beside it, in
`<what-is-bad>.txt`.
"""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import PolicyError
from scangate.history import ScanSettings
from scangate.model import Severity
from scangate.policy.effective import Policy
from scangate.policy.load import fail_on, load

BAD = sorted((Path(__file__).parent.parent / "policies" / "bad").glob("*.yaml"))
LIMIT = "thresholds: {critical: 0}\n"


def read(text: str) -> Policy:
    return load(f"version: 1\n{text}".encode(), source="policy.yaml", name="given")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_policy(path: Path) -> None:
    with pytest.raises(PolicyError) as refused:
        load(path.read_bytes(), source=path.name, name="bad")
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert list(refused.value.problems) == expected
    assert refused.value.message.splitlines() == expected
    assert (refused.value.code, refused.value.kind) == (2, "invalid-policy")


def test_every_expected_message_has_its_policy() -> None:
    texts = {path.stem for path in BAD[0].parent.glob("*.txt")}
    assert texts == {path.stem for path in BAD}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe",
        b"version: 1\nthresholds: {critical: 0}\nname: \xe9\n",
        b"\xef\xbb\xbfversion: 1\nthresholds: {critical: 0}\n",
        b"version: 1\nthresholds: {critical: 0}\n\x00",
        b"[" * (1 << 20),
        b"{a: " * 100_000,
        b"- " * 100_000,
        b"version: 1\nthresholds: {critical: 0}\n#" + b"x" * (1 << 20),
    ],
    ids=[
        "empty",
        "not UTF-8",
        "Latin-1",
        "a byte order mark",
        "a NUL",
        "deep lists",
        "deep mappings",
        "deep items",
        "over 1 MiB",
    ],
)
def test_a_policy_that_cannot_be_read(data: bytes) -> None:
    with pytest.raises(PolicyError) as refused:
        load(data, source="policy.yaml", name="bad")
    assert refused.value.code == 2
    assert refused.value.message.startswith("policy.yaml:")


def test_a_hidden_line_break_does_not_switch_the_mode() -> None:
    with pytest.raises(PolicyError, match=r"U\+2028"):
        read(f"{LIMIT}# harmless\u2028mode: warn\n")


def test_the_shortest_policy() -> None:
    policy = read(LIMIT)
    assert policy.enforce
    assert policy.scan == ScanSettings(
        max_age=dt.timedelta(days=8),
        use_last_ready_on_failed=False,
        use_last_ready_on_running=False,
    )
    assert [rule.name for rule in policy.rules] == ["max-critical"]
    assert policy.identity.name == "given"
    assert policy.identity.source == "policy.yaml"


def test_all_of_the_scan_section() -> None:
    text = "scan: {max_age: 36h, on_failed: use-last-ready, on_running: use-last-ready}\n"
    assert read(LIMIT + text).scan == ScanSettings(
        max_age=dt.timedelta(hours=36),
        use_last_ready_on_failed=True,
        use_last_ready_on_running=True,
    )


@pytest.mark.parametrize(
    ("text", "max_age"),
    [
        ("any", None),
        ('"any"', None),
        ("0s", dt.timedelta(0)),
        ("90s", dt.timedelta(seconds=90)),
        ("999999999d", dt.timedelta(days=999_999_999)),
    ],
)
def test_max_age(text: str, max_age: dt.timedelta | None) -> None:
    assert read(f"{LIMIT}scan: {{max_age: {text}}}\n").scan.max_age == max_age


@pytest.mark.parametrize("text", ["8D", "8 d", "-1d", "1.5d", "ANY", "0", "١d", "1234567890d"])
def test_what_is_no_max_age(text: str) -> None:
    with pytest.raises(PolicyError, match="expected a duration such as 8d"):
        read(f"{LIMIT}scan: {{max_age: {text}}}\n")


def test_the_files_own_name_and_description() -> None:
    policy = read(f"{LIMIT}name: production\ndescription: What may go there.\n")
    assert policy.identity.name == "production"
    assert policy.description == "What may go there."


def test_the_digest_is_the_one_of_the_bytes() -> None:
    data = b"# a comment counts\nversion: 1\nthresholds: {critical: 0}\n"
    policy = load(data, source="policy.yaml", name="x")
    assert policy.identity.sha256 == hashlib.sha256(data).hexdigest()


def test_json_is_yaml() -> None:
    policy = load(b'{"version": 1, "thresholds": {"critical": 0}}', source="p.json", name="x")
    assert policy.rules[0].max == 0


@pytest.mark.parametrize(
    "text",
    ["", "thresholds: {}\n", "thresholds: {critical: none}\n", "thresholds: {total: none}\n"],
    ids=["nothing", "no threshold", "no limit", "no total"],
)
class TestToothless:
    def test_a_policy_that_cannot_fail_is_refused(self, text: str) -> None:
        with pytest.raises(PolicyError, match="the policy cannot fail"):
            read(text)

    def test_a_policy_that_only_warns_may_have_no_limit(self, text: str) -> None:
        assert not read(f"{text}mode: warn\n").enforce


@pytest.mark.parametrize("severity", list(Severity), ids=lambda severity: severity.value)
def test_fail_on_refuses_one_finding(severity: Severity) -> None:
    policy = fail_on(severity)
    assert policy.enforce
    assert {rule.max for rule in policy.rules} == {0}
    assert any(severity in rule.select.severities for rule in policy.rules)
    assert policy.identity.source == f"--fail-on {severity.value}"


def test_fail_on_refuses_what_is_worse_and_lets_pass_what_is_not() -> None:
    limited = frozenset[Severity]().union(
        *(rule.select.severities for rule in fail_on(Severity.HIGH).rules)
    )
    assert limited == {Severity.CRITICAL, Severity.HIGH, Severity.UNDEFINED}


WORDS = ["version", "thresholds", "critical", "high", "scan", "max_age", "mode", "name", "fixable"]
VALUES = st.recursive(
    st.sampled_from(["1", "0", "none", "warn", "any", "8d", "-1", "x", "~", "true", '"8d\\n"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.lists(st.tuples(st.sampled_from(WORDS), inner), max_size=4).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items) + "}"
        )
    ),
    max_leaves=12,
)


@given(st.lists(st.tuples(st.sampled_from(WORDS), VALUES), max_size=5))
def test_anything_is_a_policy_with_a_limit_or_a_policy_error(
    entries: list[tuple[str, str]],
) -> None:
    text = "version: 1\n" + "".join(f"{key}: {value}\n" for key, value in entries)
    try:
        policy = load(text.encode(), source="policy.yaml", name="x")
    except PolicyError:
        return
    assert policy.rules or not policy.enforce
