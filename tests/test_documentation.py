"""What the documents promise, held against the program."""

import re
from pathlib import Path

import pytest

from scangate.cli import COMMANDS, audit, check_options, emulator, verify
from scangate.cli.shelves import BuiltIns
from scangate.clouds import CLOUDS
from scangate.errors import ExitCode
from scangate.reports import FORMATS
from scangate.verify import read as read_report

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHECK = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
PARSER = check_options.parser()
EMULATOR = [name for action in emulator.parser()._actions for name in action.option_strings]
OPTIONS = [name for action in PARSER._actions for name in action.option_strings if name[1] == "-"]
PAGES = {"check.md": PARSER, "verify.md": verify.parser(), "audit.md": audit.parser()}
"""The pages of `docs` that tell a command's options, and the command's parser."""


@pytest.mark.parametrize(
    ("page", "option"),
    [
        (page, name)
        for page, parser in PAGES.items()
        for action in parser._actions
        for name in action.option_strings
        if name[1] == "-" and name != "--help"
    ],
)
def test_a_command_s_page_tells_every_option(page: str, option: str) -> None:
    assert re.search(rf"`{option}[` ]", read_page(page))


@pytest.mark.parametrize("page", PAGES)
def test_a_command_s_page_tells_exactly_the_variables_that_it_reads(page: str) -> None:
    told = set(re.findall(r"SCANGATE_[A-Z_0-9]+", read_page(page))) - {"SCANGATE_ID_TOKEN"}

    assert told == set(PAGES[page].variables)


def read_page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_the_documents_tell_no_option_that_does_not_exist() -> None:
    told = set(re.findall(r"`(--[a-z0-9-]+)[` ]", README + CHECK))

    assert told <= {*OPTIONS, *EMULATOR}


@pytest.mark.parametrize("code", ExitCode)
def test_the_readme_and_the_help_tell_every_exit_code(code: ExitCode) -> None:
    assert re.search(rf"^\| ([0-9, ]*\b)?{int(code)}\b", README, re.MULTILINE)
    assert re.search(rf"^  ([0-9, ]*\b)?{int(code)}\b", PARSER.format_help(), re.MULTILINE)


@pytest.mark.parametrize("word", [*FORMATS, *CLOUDS])
def test_the_reference_tells_every_format_and_cloud(word: str) -> None:
    assert f"`{word}`" in CHECK


@pytest.mark.parametrize("name", BuiltIns.of_this_version().names)
def test_the_readme_tells_every_built_in_policy(name: str) -> None:
    assert f"`{name}`" in README


@pytest.mark.parametrize("command", COMMANDS)
def test_the_changelog_tells_every_command(command: str) -> None:
    assert f"scangate {command}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_architecture_shows_every_room_of_the_house() -> None:
    rooms = {path.stem for path in (ROOT / "scangate").iterdir() if path.name[0] not in "._"}

    assert [room for room in sorted(rooms - {"py"}) if f"`{room}" not in ARCHITECTURE] == []


@pytest.mark.parametrize(("name", "most"), [("README.md", 200), ("ARCHITECTURE.md", 60)])
def test_documents_stay_short(name: str, most: int) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) <= most


def test_the_sample_of_the_json_report_is_one() -> None:
    sample = ROOT / "docs" / "reports" / "sample.json"

    assert read_report(sample.name, sample.read_bytes()).verdict == "fail"


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README + ARCHITECTURE))))
def test_links_lead_somewhere(link: str) -> None:
    assert link.startswith("https://") or (ROOT / link).exists()
