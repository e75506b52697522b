"""How the benchmarks call scangate."""

import sys
from pathlib import Path

from benchmarks import worlds

TOKEN = {"YC_IAM_TOKEN": "any-token"}
"""The environment that each command gets; the emulator lets in every token."""

BY_COUNTS = "version: 1\nthresholds:\n  critical: 0\n  high: 5\n"
"""A policy for which the counts of a scan are enough."""


def scangate(*arguments: str) -> tuple[str, ...]:
    """Return the command line of the command that is installed beside this interpreter."""
    return (str(Path(sys.executable).with_name("scangate")), *arguments)


def check(url: str, policy: Path, *options: str) -> tuple[str, ...]:
    """Return the command line that gates the image of the benchmarks."""
    image = f"cr.yandex/{worlds.REPOSITORY}:{worlds.TAG}"
    return scangate("check", "--endpoint", url, "--policy", str(policy), *options, image)


def write_policy(folder: str, text: str) -> Path:
    """Write a policy, and return its path."""
    path = Path(folder) / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    return path
