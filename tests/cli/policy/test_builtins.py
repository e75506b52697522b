"""The policies that are shipped: their cases, their lint, and the guide beside them."""

import hashlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scangate.cli.shelves import BuiltIns
from scangate.policy.effective import Policy
from tests.feeds.samples import KEV
from tests.policy.shelved import policy_of, shelf
from tests.running import Gate

BUILT_INS = BuiltIns.of_this_version()
GUIDE = (BUILT_INS.folder / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)
POLICIES = [block.removeprefix("version: 1\n") for block in BLOCKS if "version:" in block]
CASES = [block for block in BLOCKS if "cases:" in block]


@pytest.mark.parametrize("name", BUILT_INS.names)
def test_every_case_comes_out_as_it_says(gate: Gate, name: str) -> None:
    path = BUILT_INS.folder / f"{name}.test.yaml"
    text = path.read_text(encoding="utf-8")

    ended = gate.run("policy", "test", str(path))

    assert ended.code == 0, ended.out
    assert text.startswith(f"policy: {name}.yaml\n")
    assert "verdict: fail" in text
    assert "verdict: pass" in text


WEAKENED = (
    (r"(critical|high|medium|undefined): .*", r"\1: 99"),
    (r"max_age: .*", "max_age: any"),
    (r"match: .*", "match: {id: nothing}"),
)


def weakened(name: str) -> Iterator[tuple[str, str]]:
    """Yield the policy with each limit, age and rule of it taken away."""
    text = (BUILT_INS.folder / f"{name}.yaml").read_text(encoding="utf-8")
    for pattern, weak in WEAKENED:
        for found in re.finditer(pattern, text):
            yield found[0], text[: found.start()] + found.expand(weak) + text[found.end() :]


@pytest.mark.parametrize(
    ("name", "what", "text"),
    [(name, *each) for name in BUILT_INS.names for each in weakened(name)],
    ids=lambda value: value if len(value) < 60 else "",
)
def test_a_limit_that_is_taken_away_turns_a_case_red(
    gate: Gate, name: str, what: str, text: str
) -> None:
    shutil.copytree(BUILT_INS.folder, "copy")
    Path(f"copy/{name}.yaml").write_text(text)

    assert gate.run("policy", "test", f"copy/{name}.test.yaml").code == 1


def test_they_give_no_reason_for_a_warning(gate: Gate) -> None:
    files = [str(path) for path in BUILT_INS.folder.glob("*.yaml")]

    ended = gate.run("policy", "lint", "--strict", *files)

    assert (ended.code, ended.out) == (0, "")


def test_they_are_listed_with_the_digest_that_pins_them(gate: Gate) -> None:
    lines = gate.run("policy", "list").out.splitlines()

    assert [line.split()[0] for line in lines[::2]] == BUILT_INS.names
    assert all(line.split(maxsplit=1)[1] for line in lines[::2])
    strict = hashlib.sha256((BUILT_INS.folder / "strict.yaml").read_bytes()).hexdigest()
    assert lines[2 * BUILT_INS.names.index("strict") + 1].split() == ["sha256", strict]


@pytest.mark.parametrize("name", BUILT_INS.names)
def test_the_listed_digest_is_the_one_that_check_takes(gate: Gate, name: str) -> None:
    lines = gate.run("policy", "list").out.splitlines()
    digest = lines[2 * BUILT_INS.names.index(name) + 1].split()[1]

    assert f"--policy-sha256 {digest}\n" in gate.run("policy", "explain", name).out


@pytest.mark.parametrize("name", BUILT_INS.names)
def test_the_guide_helps_to_choose_among_all(name: str) -> None:
    assert f"\n| `{name}` | " in GUIDE


def guided(text: str) -> Policy:
    feed = "feeds/known_exploited_vulnerabilities.json"
    return policy_of(shelf(text, {feed: KEV}))


@pytest.mark.parametrize("text", POLICIES, ids=range(len(POLICIES)))
def test_a_policy_of_the_guide_can_be_used(text: str) -> None:
    assert guided(text).terms.can_fail


def test_every_block_of_the_guide_is_tested() -> None:
    assert len(POLICIES) + len(CASES) == len(BLOCKS)
    assert len(POLICIES) >= 5


def test_the_cases_of_the_guide_come_out_as_they_say(gate: Gate) -> None:
    (policy,) = [text for text in POLICIES if "ignore:" in text and "locked" not in text]
    (cases,) = CASES
    Path("scangate.yaml").write_text(f"version: 1\n{policy}")
    Path("scangate.test.yaml").write_text(cases)

    ended = gate.run("policy", "test")

    assert ended.code == 0, ended.out


def test_the_lock_of_the_guide_holds(gate: Gate) -> None:
    (policy,) = [text for text in POLICIES if "locked:" in text]
    Path("company.yaml").write_text(f"version: 1\n{policy}")
    entry = "ignore: [{id: X, reason: Not compiled in., expires: never}]"
    for loosening in ("mode: warn", "thresholds: {critical: 1}", "vex: ['*.json']", entry):
        Path("scangate.yaml").write_text(f"version: 1\nextends: company.yaml\n{loosening}\n")
        assert gate.run("policy", "lint").code == 2, loosening
    Path("scangate.yaml").write_text("version: 1\nextends: company.yaml\nthresholds: {high: 0}\n")
    assert gate.run("policy", "lint").code == 0


def test_the_wheel_ships_them() -> None:
    settings = (BUILT_INS.folder.parent / "pyproject.toml").read_text(encoding="utf-8")

    assert '"policies" = "scangate/policies"' in settings
