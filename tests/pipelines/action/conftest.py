"""A runner for each test; the packages are installed once, as they are within a job."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scangate.emulator import Emulator
from tests.running import TOKEN, emulator

from .runs import Runner

__all__ = ["emulator"]


@pytest.fixture(scope="session")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runner-temp")


@pytest.fixture
def runner(tmp_path: Path, temporary: Path) -> Runner:
    return Runner(tmp_path, temporary=temporary)


@pytest.fixture
def usual(emulator: Emulator) -> Mapping[str, str]:
    """The inputs that most jobs have."""
    return {"policy": "default", "token": TOKEN, "endpoint": emulator.url}
