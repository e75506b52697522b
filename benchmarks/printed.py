"""Benchmarks that are scripts of their own, and print their tables themselves."""

import subprocess
import sys
from pathlib import Path

from benchmarks.results import Section


def measure(script: str, *, title: str, method: str) -> Section:
    """Run a script of this folder. Raises CalledProcessError when it fails."""
    path = Path(__file__).with_name(script)
    ran = subprocess.run(  # noqa: S603 - a script of this folder
        (sys.executable, str(path)), capture_output=True, text=True, check=True
    )
    return Section(title=title, method=method, printed=ran.stdout)
