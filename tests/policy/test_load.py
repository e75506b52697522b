"""From text to policy: what is accepted, and every bad policy of `tests/policies/bad`.

To add a bad policy, put `<what-is-bad>.yaml` there and the whole expected message beside it, in
`<what-is-bad>.txt`. What it extends or names lies in the folder `beside`.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.cli.shelves import BuiltIns, Folder
from scangate.errors import PolicyError, UsageError
from scangate.history import ScanSettings
from scangate.model import Severity
from scangate.policy.effective import Feeds, Policy
from scangate.policy.load import fail_on, load, load_text
from tests.feeds.samples import EPSS, KEV, packed
from tests.policy import texts
from tests.vex.making import openvex, said

BAD_POLICIES = Path(__file__).parent.parent / "policies" / "bad"
BAD = sorted(BAD_POLICIES.glob("*.yaml"))
LIMIT = "thresholds: {critical: 0}\n"


def read(text: str) -> Policy:
    return load_text(f"version: 1\n{text}".encode(), source="policy.yaml", name="given")


def read_file(path: str) -> Policy:
    """Read a policy of the working folder as the command line does."""
    return load(path, shelf=Folder.of(path), builtins=BuiltIns.of_this_version(), name="given")


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_bad_policy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD_POLICIES)
    with pytest.raises(PolicyError) as refused:
        read_file(path.name)
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()
    assert list(refused.value.problems) == expected
    assert refused.value.message.splitlines() == expected
    assert (refused.value.code, refused.value.kind) == (2, "invalid-policy")


def test_every_expected_message_has_its_policy() -> None:
    messages = {path.stem for path in BAD_POLICIES.glob("*.txt")}
    assert messages == {path.stem for path in BAD}


BOMB = b"version: 1\nthresholds: {critical: 0}\na: &a0 [x, x]\n" + b"".join(
    f"b{number}: &a{number + 1} [{', '.join([f'*a{number}'] * 10)}]\n".encode()
    for number in range(30)
)


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
        b"version: 1\nthresholds: {critical: 0}\n#" + b"x" * (10 << 20),
        BOMB,
        BOMB.replace(b"[", b"{").replace(b"]", b"}"),
        b"version: 1\nrules: &a\n  - *a\n",
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
        "10 MiB",
        "a bomb of lists",
        "a bomb of mappings",
        "a list of itself",
    ],
)
def test_a_policy_that_cannot_be_read(data: bytes) -> None:
    with pytest.raises(PolicyError) as refused:
        load_text(data, source="policy.yaml", name="bad")
    assert refused.value.code == 2
    assert refused.value.message.startswith("policy.yaml:")


def test_a_hidden_line_break_does_not_switch_the_mode() -> None:
    with pytest.raises(PolicyError, match=r"U\+2028"):
        read(f"{LIMIT}# harmless\u2028mode: warn\n")


def test_the_shortest_policy() -> None:
    policy = read(LIMIT)
    assert policy.terms.enforce
    assert policy.terms.scan == ScanSettings(
        max_age=dt.timedelta(days=8),
        use_last_ready_on_failed=False,
        use_last_ready_on_running=False,
    )
    assert [rule.name for rule in policy.terms.rules] == ["max-critical"]
    assert policy.identity.name == "given"
    assert policy.identity.source == "policy.yaml"


def test_all_of_the_scan_section() -> None:
    text = "scan: {max_age: 36h, on_failed: use-last-ready, on_running: use-last-ready}\n"
    assert read(LIMIT + text).terms.scan == ScanSettings(
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
    assert read(f"{LIMIT}scan: {{max_age: {text}}}\n").terms.scan.max_age == max_age


@pytest.mark.parametrize("text", ["8D", "8 d", "-1d", "1.5d", "ANY", "0", "١d", "1234567890d"])
def test_what_is_no_max_age(text: str) -> None:
    with pytest.raises(PolicyError, match="expected a duration such as 8d"):
        read(f"{LIMIT}scan: {{max_age: {text}}}\n")


def test_the_files_own_name_and_description() -> None:
    policy = read(f"{LIMIT}name: production\ndescription: What may go there.\n")
    assert policy.identity.name == "production"
    assert policy.description == "What may go there."


EVERYTHING = """\
version: 1
name: production
description: What may reach production.
extends: strict                  # a built-in's name, or a path relative to this file
locked: [thresholds, ignore]     # a child may tighten these, never loosen them: doing so is exit 2
mode: enforce                    # or warn

scan:
  max_age: 8d
  on_failed: fail
  on_running: wait

thresholds:
  critical: 0
  high: {fixable: 0, unfixable: 10}
  medium: 50
  undefined: 5
  total: 200

rules:
  - name: nothing-fixable
    match: {severity: ">=high", fixable: true}
    max: 0
    action: fail
    message: Upgrade the package; a fixed version exists.

ignore:
  - id: CVE-2023-45853
    package: zlib1g
    while_unfixed: true
    reason: The vulnerable function is not compiled in.
    expires: 2026-12-31
    owner: team-payments
    images: ["cr.yandex/*/payments/*"]

vex: ["vex/*.json"]

feeds: {kev: feeds/known_exploited_vulnerabilities.json, epss: feeds/epss_scores.csv.gz}

overrides:
  - images: ["cr.yandex/*/legacy/*"]
    thresholds: {high: 20}
"""


def write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_everything_that_a_policy_can_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    files: dict[str, str | bytes] = {
        "vex/a.json": openvex(said()),
        "vex/b.json": openvex(said(vulnerability="CVE-2026-2")),
        "feeds/known_exploited_vulnerabilities.json": KEV,
        "feeds/epss_scores.csv.gz": packed(EPSS),
        "production.yaml": EVERYTHING,
    }
    write(tmp_path, files)
    policy = read_file("production.yaml")
    assert (policy.identity.name, policy.identity.source) == ("production", "production.yaml")
    assert policy.description == "What may reach production."
    limits = {rule.name: rule.max for rule in policy.terms.rules}
    assert (
        limits.items()
        >= {
            "max-critical": 0,
            "max-high-fixable": 0,
            "max-high-unfixable": 10,
            "max-medium": 50,
            "max-undefined": 5,
            "max-total": 200,
            "nothing-fixable": 0,
        }.items()
    )
    assert policy.terms.scan == ScanSettings()
    (ignore,) = policy.ignores
    assert (ignore.id, ignore.package, ignore.owner) == (
        "CVE-2023-45853",
        "zlib1g",
        "team-payments",
    )
    assert (ignore.expires, ignore.while_unfixed) == (dt.date(2026, 12, 31), True)
    assert (ignore.images, ignore.written) == (("cr.yandex/*/payments/*",), "production.yaml:28")
    assert [statement.file for statement in policy.vex] == ["vex/a.json", "vex/b.json"]
    assert policy.feeds.named == {"kev", "epss"}
    assert policy.feeds.max_age == dt.timedelta(days=30)
    assert policy.identity.feeds == (
        "KEV of 2025-08-25 (3 CVEs), feeds/known_exploited_vulnerabilities.json",
        "EPSS of 2026-09-29 (5 CVEs), feeds/epss_scores.csv.gz",
    )
    assert policy.locked == {"thresholds", "ignore"}
    legacy = policy.terms_for("cr.yandex/crp0/legacy/app")
    assert {rule.name: rule.max for rule in legacy.rules}["max-high"] == 20
    assert [text.name for text in policy.texts] == [
        "production.yaml",
        "built-in strict",
        "vex/a.json",
        "vex/b.json",
        "feeds/known_exploited_vulnerabilities.json",
        "feeds/epss_scores.csv.gz",
    ]


class TestDigest:
    """Which text is which: one is named by its own digest, several by the list of theirs."""

    PARENT = "thresholds: {critical: 0}\nvex: [b.json]\nfeeds: {epss: epss.csv}\n"
    CHILD = "vex: ['a*.json']\nfeeds: {kev: kev.json}\n"

    def read(self, **changed: str | bytes) -> Policy:
        files: dict[str, str | bytes] = {
            "a1_json": openvex(said()),
            "a2_json": openvex(),
            "b_json": openvex(said(vulnerability="CVE-2026-2")),
            "kev_json": KEV,
            "epss_csv": EPSS,
        }
        return texts.chain(
            str(changed.pop("child", self.CHILD)),
            str(changed.pop("parent", self.PARENT)),
            **files | changed,
        )

    def test_of_one_text(self) -> None:
        data = b"# a comment counts\nversion: 1\nthresholds: {critical: 0}\n"
        policy = load_text(data, source="policy.yaml", name="x")
        assert policy.identity.sha256 == hashlib.sha256(data).hexdigest()
        assert [text.name for text in policy.texts] == ["policy.yaml"]

    def test_of_several_texts(self) -> None:
        policy = self.read()
        found = [
            f"version: 1\nextends: ./parent.yaml\n{self.CHILD}".encode(),
            f"version: 1\n{self.PARENT}".encode(),
            openvex(said(vulnerability="CVE-2026-2")),
            EPSS,
            openvex(said()),
            openvex(),
            KEV,
        ]
        digests = [hashlib.sha256(each).hexdigest() for each in found]
        assert [text.sha256 for text in policy.texts] == digests
        assert [text.name for text in policy.texts] == [
            "policy.yaml",
            "parent.yaml",
            "b.json",
            "epss.csv",
            "a1.json",
            "a2.json",
            "kev.json",
        ]
        listed = "".join(f"{digest}\n" for digest in digests)
        assert policy.identity.sha256 == hashlib.sha256(listed.encode()).hexdigest()

    @pytest.mark.parametrize(
        "changed",
        [
            {"child": CHILD + "# more\n"},
            {"parent": PARENT + "# more\n"},
            {"a1_json": openvex(said(), said())},
            {"a2_json": openvex(said())},
            {"a3_json": openvex()},
            {"b_json": openvex()},
            {"kev_json": KEV + b"\n"},
            {"epss_csv": EPSS + b"CVE-2026-99999,0.1,0.1\n"},
        ],
        ids=", ".join,
    )
    def test_every_text_counts(self, changed: dict[str, str | bytes]) -> None:
        assert self.read(**changed).identity.sha256 != self.read().identity.sha256

    def test_what_is_not_named_does_not(self) -> None:
        assert self.read(c_json=openvex()).identity.sha256 == self.read().identity.sha256

    def test_a_feed_that_the_user_gives_stands_before_one_that_is_named(self) -> None:
        named = "thresholds: {low: 0}\nfeeds: {kev: kev.json, epss: epss.csv}\n"
        files: dict[str, str | bytes] = {
            "policy.yaml": named,
            "kev.json": b"broken",
            "epss.csv": EPSS,
        }
        given = self.read().feeds.kev
        policy = texts.read(files, given=Feeds(kev=given))
        assert policy.feeds.kev is given
        assert [text.name for text in policy.texts] == ["policy.yaml", "epss.csv"]
        with pytest.raises(PolicyError, match=r"feeds\.kev: kev\.json"):
            texts.read(files)


class TestNames:
    @pytest.mark.parametrize(
        ("child", "name"),
        [("", "given"), ("name: mine\n", "mine")],
        ids=["not its parent's", "its own"],
    )
    def test_a_child_is_called(self, child: str, name: str) -> None:
        policy = texts.chain(child, f"name: theirs\ndescription: Theirs.\n{LIMIT}")
        assert (policy.identity.name, policy.identity.source) == (name, "policy.yaml")
        assert policy.description == ""

    def test_there_is_no_such_policy(self) -> None:
        with pytest.raises(UsageError, match=r"the policy policy\.yaml cannot be read") as error:
            texts.read({})
        assert (error.value.code, error.value.kind) == (2, "usage")


POLICY = f"version: 1\n{LIMIT}"


class TestOnDisk:
    """What a policy names must lie where a review of its repository sees it."""

    @pytest.fixture(autouse=True)
    def _in_a_repository(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The repository is `here`; what lies beside it is out of it."""
        self.here = tmp_path / "here"
        write(self.here, {".git/HEAD": "x", ".git/policy.yaml": POLICY, "base.yaml": POLICY})
        outside = tmp_path / "outside"
        write(outside, {"secret.yaml": POLICY, "vex.json": openvex(said()), "kev.json": KEV})
        monkeypatch.chdir(self.here)

    def refused(self, text: str) -> str:
        write(self.here, {"policy.yaml": f"version: 1\n{text}\n"})
        with pytest.raises(PolicyError) as error:
            read_file("policy.yaml")
        (problem,) = error.value.problems
        return problem

    @pytest.mark.parametrize("link", ["file", "folder", "chain"])
    @pytest.mark.parametrize(
        ("key", "name"),
        [
            ("extends: {}", "secret.yaml"),
            ("thresholds: {{low: 0}}\nvex: [{}]", "vex.json"),
            ("thresholds: {{low: 0}}\nfeeds: {{kev: {}}}", "kev.json"),
        ],
        ids=["extends", "vex", "feeds"],
    )
    def test_no_link_leads_out(self, link: str, key: str, name: str) -> None:
        if link == "folder":
            (self.here / "link").symlink_to("../outside", target_is_directory=True)
            named = f"./link/{name}"
        else:
            (self.here / f"a-{name}").symlink_to(f"../outside/{name}")
            (self.here / f"b-{name}").symlink_to(f"a-{name}")
            named = f"./{'a' if link == 'file' else 'b'}-{name}"
        assert "leads out of the repository or folder" in self.refused(key.format(named))

    def test_a_link_inside_is_fine(self) -> None:
        (self.here / "link.yaml").symlink_to("base.yaml")
        write(self.here, {"policy.yaml": "version: 1\nextends: ./link.yaml\n"})
        assert [text.name for text in read_file("policy.yaml").texts] == [
            "policy.yaml",
            "base.yaml",
        ]

    def test_a_link_to_itself_is_a_circle(self) -> None:
        (self.here / "link.yaml").symlink_to("policy.yaml")
        assert self.refused("extends: ./link.yaml") == (
            "policy.yaml:2:1: extends: policy.yaml extends itself in the end"
        )

    def test_not_from_the_folder_of_git(self) -> None:
        assert "git's own folder, which nobody reviews" in self.refused("extends: .git/policy.yaml")

    def test_a_parent_that_is_far_too_large(self) -> None:
        write(self.here, {"big.yaml": b"version: 1\n#" + b"x" * (10 << 20)})
        assert self.refused("extends: ./big.yaml") == (
            "big.yaml:1:1: (document): the file is larger than 1048576 bytes"
        )


def test_json_is_yaml() -> None:
    policy = load_text(b'{"version": 1, "thresholds": {"critical": 0}}', source="p.json", name="x")
    assert policy.terms.rules[0].max == 0


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
        assert not read(f"{text}mode: warn\n").terms.enforce


@pytest.mark.parametrize("severity", list(Severity), ids=lambda severity: severity.value)
def test_fail_on_refuses_one_finding(severity: Severity) -> None:
    policy = fail_on(severity)
    assert policy.terms.enforce
    assert {rule.max for rule in policy.terms.rules} == {0}
    assert any(severity in rule.select.severities for rule in policy.terms.rules)
    assert policy.identity.source == f"--fail-on {severity.value}"


def test_fail_on_refuses_what_is_worse_and_lets_pass_what_is_not() -> None:
    limited = frozenset[Severity]().union(
        *(rule.select.severities for rule in fail_on(Severity.HIGH).terms.rules)
    )
    assert limited == {Severity.CRITICAL, Severity.HIGH, Severity.UNDEFINED}


WORDS = [
    *("version", "name", "extends", "locked", "mode", "scan", "max_age", "vex", "feeds"),
    *("thresholds", "critical", "high", "undefined", "fixable", "overrides", "images"),
    *("rules", "match", "severity", "kev", "epss", "action", "max"),
    *("ignore", "id", "reason", "expires", "package"),
]
SCALARS = [
    *("1", "0", "-1", "none", "warn", "any", "8d", "x", "~", "true", "high", "never", "default"),
    *("2026-12-31", "CVE-1", '"8d\\n"', '">=high"', '">=0.5"', '"*"'),
]
VALUES = st.recursive(
    st.sampled_from(SCALARS),
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
        policy = load_text(text.encode(), source="policy.yaml", name="x")
    except PolicyError:
        return
    assert policy.terms.rules or not policy.terms.enforce
