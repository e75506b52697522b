"""What the tests of an audit share."""

from pathlib import Path

import pytest

from .running import Auditor


@pytest.fixture
def auditor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Auditor:
    return Auditor(tmp_path, monkeypatch, capsys)
