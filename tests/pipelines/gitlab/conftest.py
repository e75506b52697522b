"""A project of GitLab's for every test, and a registry for all of them."""

from pathlib import Path

import pytest

from scangate.emulator import Emulator
from tests.pipelines.gitlab.runner import Project, refuse_missing_tools
from tests.running import emulator

__all__ = ["emulator"]


@pytest.fixture
def project(emulator: Emulator, tmp_path: Path) -> Project:
    refuse_missing_tools()
    return Project(tmp_path / "project", endpoint=emulator.url)
