"""The lock files against a real index: what they install is all that scangate imports."""

import subprocess
import sys
from pathlib import Path

import pytest

from action import packages, surroundings

from .runs import ROOT

IMPORTS = {
    "requirements.txt": (
        "import scangate.cli.check, scangate.reports.junit, scangate.credentials.jwt, cryptography"
    ),
    "requirements-cloud-registry.txt": (
        "from scangate.registries.cloud_registry import stubs; stubs.load()"
    ),
}


@pytest.mark.parametrize("lock", IMPORTS)
def test_a_lock_installs_what_is_imported(lock: str, tmp_path: Path) -> None:
    folder = packages.install(ROOT / "action" / lock, tmp_path, surroundings.for_installer({}))

    beginning = f"import sys; sys.path += [{str(folder)!r}, {str(ROOT)!r}]; "
    subprocess.run([sys.executable, "-I", "-S", "-c", beginning + IMPORTS[lock]], check=True)
