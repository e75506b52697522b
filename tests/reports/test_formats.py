"""The table of formats, and every format on every situation."""

import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from scangate.reports import FORMATS

from .checks import CHECKS, SUFFIXES
from .conftest import GOLDEN
from .readers import Golden
from .situations import SITUATIONS


def test_formats_are_named_by_their_keys() -> None:
    assert [each.name for each in FORMATS.values()] == list(FORMATS)
    assert list(FORMATS) == list(SUFFIXES)


@pytest.mark.parametrize("name", FORMATS)
def test_summary_is_one_line_of_help(name: str) -> None:
    assert re.fullmatch(r"\S.{10,65}", FORMATS[name].summary)


def test_only_lists_of_findings_need_them() -> None:
    """The others cost a run no more requests than the policy asks for."""
    needy = {name for name, each in FORMATS.items() if each.needs_findings}
    assert needy == {"sarif", "gitlab", "codequality", "markdown", "html"}


@pytest.mark.parametrize("asked", ["", *FORMATS])
def test_only_the_format_asked_for_is_imported(asked: str) -> None:
    script = f"""
import sys
from scangate.instant import Instant
from scangate.report import PolicyIdentity, Report
from scangate.reports import FORMATS
report = Report(version="1", judged_at=Instant(0), mode="enforce", endpoint="e",
    endpoint_known=True, api="a", policy=PolicyIdentity(name="", source="", sha256=""), images=())
if {asked!r}:
    FORMATS[{asked!r}].render(report)
loaded = [name for name in FORMATS if "scangate.reports." + name in sys.modules]
assert loaded == [{asked!r}] * bool({asked!r}), loaded
assert ("scangate.reports.document" in sys.modules) == ({asked!r} == "json")
assert ("junit_xml" in sys.modules) == ({asked!r} == "junit")
"""
    subprocess.run([sys.executable, "-c", script], check=True)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_golden(situation: str, name: str, golden: Callable[[str, str], None]) -> None:
    text = FORMATS[name].render(SITUATIONS[situation])
    golden(f"{situation}.{SUFFIXES[name]}", text)
    CHECKS[name](SITUATIONS[situation], text)
    assert text.endswith("\n") or (name == "vsa" and not text)
    assert text == FORMATS[name].render(SITUATIONS[situation])


def test_golden_files_can_be_read_by_people() -> None:
    assert max(path.stat().st_size for path in GOLDEN.iterdir()) < 150_000


def test_no_golden_file_is_left_over() -> None:
    wanted = {f"{situation}.{suffix}" for situation in SITUATIONS for suffix in SUFFIXES.values()}
    assert {path.name for path in GOLDEN.iterdir() if path.name[0] != "."} == wanted


def test_control_a_golden_file_that_differs_is_noticed() -> None:
    text = FORMATS["table"].render(SITUATIONS["pass"])
    with pytest.raises(AssertionError):
        Golden(GOLDEN, write=False).check("pass.txt", text.replace("PASS", "FAIL"))
