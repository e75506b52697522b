"""What a CI system is told without being asked to."""

import re
from pathlib import Path

import pytest

from tests.reports.dotenv_reader import read as read_dotenv
from tests.reports.github_reader import read as read_commands
from tests.running import Ended, Gate, image

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_STEP_SUMMARY": "summary.md",
    "GITHUB_OUTPUT": "outputs.txt",
}
GITLAB = {"GITLAB_CI": "true"}
FAMILY = ("-p", "default")


def commands(ended: Ended) -> list[str]:
    lines = [line for line in ended.err.splitlines() if not line.startswith("scangate: ")]
    found = [each.name for each in read_commands("".join(f"{line}\n" for line in lines))]
    return [name for name in found if name != "add-mask"]  # the token's


def outputs() -> dict[str, str]:
    lines = Path("outputs.txt").read_text().splitlines()
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


@pytest.fixture(autouse=True)
def _files_of_the_runner(gate: Gate) -> None:
    Path("summary.md").write_text("# Built\n")
    Path("outputs.txt").write_text("before=1\n")


class TestGitHub:
    def test_a_pass(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, image("clean"), environment=GITHUB)
        told = outputs()

        assert ended.code == 0
        assert commands(ended) == ["notice"]
        assert told["before"] == "1"
        assert (told["verdict"], told["exit-code"], told["total"]) == ("pass", "0", "0")
        assert re.fullmatch(r"cr\.yandex/.*/clean@sha256:[0-9a-f]{64}", told["pinned-image"])
        assert told["pinned-image"].endswith(told["image-digest"])

    def test_a_violation_is_annotated_and_pins_nothing(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, image("bad"), environment=GITHUB)

        assert ended.code == 1
        assert "error" in commands(ended)
        assert outputs()["pinned-image"] == ""

    def test_a_run_that_loses_a_report_takes_its_pass_back(self, gate: Gate) -> None:
        ended = gate.check(
            *FAMILY, "-o", "table", "-o", "json=/dev/full", image("clean"), environment=GITHUB
        )
        told = outputs()

        assert ended.code == 6
        assert (told["verdict"], told["exit-code"]) == ("error", "6")
        assert ended.err.splitlines()[-1].endswith("so this is no pass: exit code 6")
        assert (told["pinned-image"], told["pinned-images"]) == ("", "")

    def test_the_summary_is_added_to_what_is_there(self, gate: Gate) -> None:
        gate.check(*FAMILY, image("bad"), environment=GITHUB)
        summary = Path("summary.md").read_text()

        assert summary.startswith("# Built\n")
        assert "CVE-2026-0001" in summary

    def test_who_asks_for_annotations_gets_them_once(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, "-o", "github", image("bad"), environment=GITHUB)

        assert commands(ended) == []
        assert "::error " in ended.out

    def test_outputs_that_cannot_be_written_are_no_pass(self, gate: Gate) -> None:
        Path("outputs.txt").unlink()
        Path("outputs.txt").mkdir()

        assert gate.check(*FAMILY, image("clean"), environment=GITHUB).code == 6

    def test_a_summary_that_cannot_be_written_is_only_told(self, gate: Gate) -> None:
        Path("summary.md").unlink()
        Path("summary.md").mkdir()
        ended = gate.check(*FAMILY, image("clean"), environment=GITHUB)

        assert ended.code == 0
        assert "the job summary cannot be written" in ended.err

    def test_what_passed_is_folded_among_several(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, image("clean"), image("bad"), environment=GITHUB)
        lines = ended.out.splitlines()

        assert lines[0] == f"::group::PASS  {image('clean')}"
        assert lines.count("::endgroup::") == 1
        assert ended.out.index("::endgroup::") < ended.out.index(f"FAIL  {image('bad')}")

    def test_one_image_is_not_folded(self, gate: Gate) -> None:
        assert "::group::" not in gate.check(*FAMILY, image("clean"), environment=GITHUB).out

    def test_json_on_stdout_stays_json(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, "-o", "json", image("bad"), environment=GITHUB)

        assert ended.out.startswith("{")
        assert "::" not in ended.out.replace("https://", "").replace("http://", "")


class TestGitLab:
    def test_later_jobs_get_variables(self, gate: Gate) -> None:
        gate.check(*FAMILY, image("clean"), environment=GITLAB)
        told = read_dotenv(Path("scangate.env").read_text())

        assert told["GATE_VERDICT"] == "pass"
        assert told["GATE_PINNED_IMAGE"].endswith(told["GATE_IMAGE_DIGEST"])

    def test_those_of_an_earlier_run_do_not_survive(self, gate: Gate) -> None:
        gate.check(*FAMILY, image("clean"), environment=GITLAB)
        gate.check(*FAMILY, image("bad"), environment=GITLAB)

        assert read_dotenv(Path("scangate.env").read_text())["GATE_PINNED_IMAGE"] == ""

    def test_who_names_a_file_gets_that_one(self, gate: Gate) -> None:
        gate.check(*FAMILY, "-o", "dotenv=mine.env", image("clean"), environment=GITLAB)

        assert Path("mine.env").exists()
        assert not Path("scangate.env").exists()

    def test_what_passed_is_a_closed_section(self, gate: Gate) -> None:
        ended = gate.check(*FAMILY, image("clean"), image("bad"), environment=GITLAB)
        names = re.findall(r"\x1b\[0Ksection_(start|end):0:(\w+)", ended.out)

        assert [kind for kind, _ in names] == ["start", "end"]
        assert len({name for _, name in names}) == 1


def test_elsewhere_nothing_is_told(gate: Gate) -> None:
    before = sorted(Path().iterdir())
    ended = gate.check(*FAMILY, image("clean"))

    assert "::" not in ended.out + ended.err
    assert sorted(Path().iterdir()) == before
