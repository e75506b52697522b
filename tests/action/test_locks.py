"""The lock files against what the project declares and is tested with."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRA = PROJECT["optional-dependencies"]["cloud-registry"]
LOCKS = {
    "requirements.txt": PROJECT["dependencies"],
    "requirements-cloud-registry.txt": PROJECT["dependencies"] + EXTRA,
}
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)(?: ;.*?)?((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$")


def named(requirement: str) -> str:
    found = _NAME.match(requirement)
    assert found
    return found[0].lower().replace("_", "-")


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """The version of each package, and how many files of it may be installed."""
    text = (ROOT / "action" / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[^ ])", text.rstrip("\n"))
    assert entries[0].startswith("# ")
    found = [_PINNED.fullmatch(entry) for entry in entries[1:]]
    assert None not in found, "each entry is one version with hashes, and nothing else stands there"
    return {each[1]: (each[2], each[3].count("--hash")) for each in found if each}


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if not line.startswith("#")]
    return {named(name): version for name, version in pairs}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_every_dependency(lock: str) -> None:
    assert {named(each) for each in LOCKS[lock]} <= pins(lock).keys()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_the_versions_that_are_tested(lock: str) -> None:
    versions = {name: version for name, (version, _) in pins(lock).items()}

    assert versions == {name: constraints()[name] for name in versions}


@pytest.mark.parametrize("name", ["msgspec", "pyyaml", "cffi", "cryptography"])
def test_what_is_compiled_is_locked_for_every_machine(name: str) -> None:
    """Two processors, two C libraries, at least: a lock of one machine has one hash."""
    assert pins("requirements.txt")[name][1] >= 4 * 2


def test_both_locks_agree() -> None:
    small, large = pins("requirements.txt"), pins("requirements-cloud-registry.txt")

    assert small.items() <= large.items()
