"""What the tests of the reports share."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .readers import Golden

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with its golden file.

    `SCANGATE_GOLDEN=write pytest tests/reports` writes the files anew: read the difference
    before committing it. In CI that is refused, since a file that follows the code proves
    nothing.
    """
    write = os.environ.get("SCANGATE_GOLDEN") == "write"
    if write and os.environ.get("CI"):
        pytest.fail("golden files are written by people, never in CI: unset SCANGATE_GOLDEN")
    return Golden(GOLDEN, write=write).check
