"""Where reports go: what is refused, what is removed, and how it is written."""

import json
import os
import re
import stat
import threading
from pathlib import Path

import pytest

from scangate.cli import outputs, places
from scangate.cli.outputs import Output
from scangate.errors import UsageError
from scangate.reports import FORMATS
from tests.running import Gate, image

TIME = re.compile(r"T[0-9:.]+Z")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("ending", "path"),
    [
        ("", None),
        ("=-", None),
        ("=/dev/stdout", None),
        ("=a.txt", Path("a.txt")),
        ("=a/b c/d.txt", Path("a/b c/d.txt")),
        ("=a=b", Path("a=b")),
        ("=json", Path("json")),
    ],
)
def test_a_format_and_a_path(name: str, ending: str, path: Path | None) -> None:
    assert outputs.parse([name + ending]) == [Output(format=name, path=path)]


@pytest.mark.parametrize(
    ("specs", "told"),
    [
        (["xml"], "there is no format 'xml'"),
        (["jnuit"], "did you mean 'junit'?"),
        (["JSON"], "there is no format 'JSON'"),
        (["=a.json"], "there is no format ''"),
        (["json,junit"], "there is no format"),
        (["json:a.json"], "there is no format"),
        (["json="], "the path is empty"),
        (["json", "junit"], "only one format can go to stdout"),
        (["table", "table"], "only one format can go to stdout"),
        (["table", "json=-"], "only one format can go to stdout"),
        (["table", "json=/dev/stdout"], "only one format can go to stdout"),
        (["json=a", "junit=a"], "two reports go to"),
        (["json=a", "json=./a"], "two reports go to"),
        (["json=a", "junit=b/../a"], "two reports go to"),
        (["json=a", "junit=link"], "two reports go to"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_refused(gate: Gate, specs: list[str], told: str) -> None:
    Path("link").symlink_to("a")

    with pytest.raises(UsageError, match=re.escape(told)):
        outputs.parse(specs)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_goes_to_stdout_or_a_file(gate: Gate, name: str) -> None:
    shown = gate.check("-o", name, "--at", "2020-01-01", image("never-scanned"))
    written = gate.check("-o", f"{name}=x", "--at", "2020-01-01", image("never-scanned"))

    assert (shown.code, written.code, written.out) == (3, 3, "")
    first = Path("x").read_text().splitlines()[0]
    assert first
    assert TIME.sub("", first) == TIME.sub("", shown.out.splitlines()[0])


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["-p", "no-such-policy", image("clean")], 2),
        (["-p", "bad.yaml", image("clean")], 2),
        (["not an image"], 2),
        (["docker.io/library/nginx:1"], 2),
        (["--endpoint", "http://example.com", image("clean")], 2),
        ([], 2),
    ],
)
def test_an_old_report_does_not_survive_a_run_that_is_refused(
    gate: Gate, arguments: list[str], code: int
) -> None:
    Path("bad.yaml").write_text("version: 2")
    Path("old.json").write_text('{"verdict": "pass"}')

    assert gate.check("-o", "json=old.json", *arguments).code == code
    assert not Path("old.json").exists()


def test_arguments_that_do_not_parse_touch_nothing(gate: Gate) -> None:
    Path("old.json").write_text("old")

    for wrong in (["--nonsense"], ["-o", "xml"], ["-o", "junit=old.json"], ["--timeout", "1"]):
        assert gate.check("-o", "json=old.json", *wrong, image("clean")).code == 2
    assert Path("old.json").read_text() == "old"


@pytest.mark.parametrize(
    ("name", "code"),
    [("clean", 0), ("bad", 1), ("running", 3), ("failed", 3), ("never-scanned", 3), ("broken", 5)],
)
def test_reports_are_written_for_every_outcome(gate: Gate, name: str, code: int) -> None:
    Path("report.json").write_text("old")

    arguments = ("-o", "json=report.json", "-o", "junit=new/folder/junit.xml", "--timeout", "0")
    assert gate.check(*arguments, image(name)).code == code
    assert json.loads(Path("report.json").read_text())["exitCode"] == code
    assert "<testsuite " in Path("new/folder/junit.xml").read_text()


UNWRITABLE = {
    "a folder": "folder",
    "below a file": "file/report.json",
    "a link in circles": "circle",
    "below a link in circles": "circle/report.json",
    "where nobody may write": "/proc/report.json",
    "a link to a folder": "to-folder",
    "too long a name": "x" * 300,
}


@pytest.mark.parametrize("path", UNWRITABLE.values(), ids=UNWRITABLE)
def test_a_report_that_cannot_be_written_is_2_before_anything_is_asked(
    gate: Gate, path: str
) -> None:
    Path("folder").mkdir()
    Path("file").write_text("kept")
    Path("circle").symlink_to("circle")
    Path("to-folder").symlink_to("folder")
    before = len(gate.emulator.requests)

    ended = gate.check("-o", f"json={path}", image("clean"))

    assert (ended.code, ended.out) == (2, "")
    assert f"the report {path} cannot be written" in ended.err
    assert len(gate.emulator.requests) == before
    assert Path("file").read_text() == "kept"


def test_a_link_stays_and_its_target_is_replaced(gate: Gate) -> None:
    Path("there").mkdir()
    Path("there/real.json").write_text("old")
    Path("link.json").symlink_to("there/real.json")

    assert gate.check("-o", "json=link.json", image("clean")).code == 0
    assert Path("link.json").is_symlink()
    assert json.loads(Path("there/real.json").read_text())["verdict"] == "pass"


def test_a_link_that_leads_nowhere_yet_is_followed(gate: Gate) -> None:
    Path("link.json").symlink_to("new/real.json")

    assert gate.check("-o", "json=link.json", image("clean")).code == 0
    assert json.loads(Path("new/real.json").read_text())["verdict"] == "pass"


def test_a_file_is_replaced_whole(gate: Gate) -> None:
    """Who has the old one open keeps it, and nothing else is left in the folder."""
    Path("report.json").write_text("old")
    Path("other-name.json").hardlink_to("report.json")

    assert gate.check("-o", "json=report.json", image("clean")).code == 0
    assert Path("other-name.json").read_text() == "old"
    assert {path.name for path in Path().iterdir()} == {"other-name.json", "report.json"}


def test_a_report_has_the_usual_permissions(gate: Gate) -> None:
    before = os.umask(0o027)
    try:
        gate.check("-o", "json=report.json", image("clean"))
    finally:
        os.umask(before)

    assert stat.S_IMODE(Path("report.json").stat().st_mode) == 0o640


def test_nothing_is_lost_to_dev_null(gate: Gate) -> None:
    assert gate.check("-o", "json=/dev/null", image("clean")).code == 0
    assert gate.check("-o", "json=/dev/null", image("bad")).code == 1
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(("name", "code"), [("clean", 6), ("bad", 1), ("failed", 3), ("broken", 5)])
def test_a_full_disk_turns_a_pass_into_6_and_nothing_else(gate: Gate, name: str, code: int) -> None:
    arguments = ("-o", "table=/dev/full", "-o", "json=report.json")
    ended = gate.check(*arguments, "--timeout", "0", image(name))

    assert ended.code == code
    assert "error: the table report cannot be written: No space left on device" in ended.err
    if code == 6:
        assert "the report report.json is removed" in ended.err
        assert not Path("report.json").exists(), "it would tell of a pass"
    else:  # one report that fails must not keep others from it
        assert json.loads(Path("report.json").read_text())["exitCode"] == code


def test_a_pipe_whose_reader_does_not_read_is_not_waited_for_for_ever() -> None:
    reading, writing = os.pipe()
    try:
        places.pour(b"it fits", writing, patience=0)
        with pytest.raises(TimeoutError, match="its reader does not read it"):
            places.pour(b"x" * (1 << 20), writing, patience=0)
    finally:
        os.close(reading)
        os.close(writing)


def test_a_pipe_is_written_for_its_reader(gate: Gate) -> None:
    os.mkfifo("pipe")
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()))
    reader.start()

    assert gate.check("-o", "json=pipe", image("clean")).code == 0
    reader.join(timeout=10)
    assert json.loads(read[0])["verdict"] == "pass"


def test_a_pipe_without_a_reader_is_not_waited_for(gate: Gate) -> None:
    os.mkfifo("pipe")

    assert gate.check("-o", "json=pipe", image("clean")).code == 6
    assert gate.check("-o", "json=pipe", image("bad")).code == 1
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)


def test_dev_stdout_is_stdout_whatever_it_is(gate: Gate) -> None:
    with Path("out").open("w") as out:
        out.write("before\n")
        out.flush()
        assert gate.finish("-o", "json=/dev/stdout", image("clean"), stdout=out).code == 0

    before, report = Path("out").read_text().split("\n", maxsplit=1)
    assert (before, json.loads(report)["verdict"]) == ("before", "pass")


@pytest.mark.parametrize("path", ["/dev/stderr", "/dev/fd/2", "/proc/self/fd/2"])
def test_an_open_stream_is_written_and_never_removed(gate: Gate, path: str) -> None:
    with Path("err").open("w") as err:
        err.write("before\n")
        err.flush()
        assert gate.finish("-o", f"json={path}", image("clean"), stderr=err).code == 0
    before, rest = Path("err").read_text().split("\n", maxsplit=1)
    assert before == "before"
    assert json.loads("".join(re.findall(r"^[{} ].*$", rest, re.MULTILINE)))["exitCode"] == 0
    assert rest.startswith("scangate: no policy is named")

    assert '"verdict": "pass"' in gate.finish("-o", f"json={path}", image("clean")).err


@pytest.mark.parametrize(
    ("arguments", "report"),
    [
        ([], "scangate.yaml"),
        ([], "./scangate.yaml"),
        ([], "folder/../scangate.yaml"),
        ([], "link.yaml"),
        (["-p", "./other.yaml"], "other.yaml"),
        (["--images-from", "images.txt"], "images.txt"),
        (["--token-file", "token"], "token"),
    ],
)
def test_a_report_does_not_remove_what_the_run_reads(
    gate: Gate, arguments: list[str], report: str
) -> None:
    """Without its policy a run would judge by the built-in one, which may be milder."""
    Path("folder").mkdir()
    Path("link.yaml").symlink_to("scangate.yaml")
    texts = {
        "scangate.yaml": "version: 1\nthresholds: {medium: 0}\n",
        "other.yaml": "version: 1\nthresholds: {medium: 0}\n",
        "images.txt": image("medium"),
        "token": "a-token-for-the-file",
    }
    for name, text in texts.items():
        Path(name).write_text(text)

    ended = gate.check(*arguments, "-o", f"json={report}", image("medium"))

    assert ended.code == 2
    assert "would replace a file that is read" in ended.err
    assert {name: Path(name).read_text() for name in texts} == texts


@pytest.mark.parametrize(
    "variable",
    ["YC_SERVICE_ACCOUNT_KEY_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"],
)
def test_a_report_does_not_remove_what_a_variable_names(gate: Gate, variable: str) -> None:
    Path("file").write_text("kept")

    ended = gate.check("-o", "json=file", image("clean"), environment={variable: "./file"})

    assert ended.code == 2
    assert Path("file").read_text() == "kept"


def test_a_variable_may_hold_a_key_in_place_of_its_path(gate: Gate) -> None:
    environment = {"YC_SERVICE_ACCOUNT_KEY_FILE": "{" + "x" * 5000}

    assert gate.check("-o", "json=file", image("clean"), environment=environment).code == 0


def test_a_variable_cannot_make_a_report_remove_the_policy(gate: Gate) -> None:
    Path("scangate.yaml").write_text("version: 1\nthresholds: {medium: 0}\n")

    assert gate.check(image("medium")).code == 1
    environment = {"SCANGATE_OUTPUT": "json=scangate.yaml"}
    assert gate.check(image("medium"), environment=environment).code == 2


def test_secrets_are_not_written(gate: Gate) -> None:
    secret = "a-secret-that-the-policy-repeats"
    Path("scangate.yaml").write_text(f"version: 1\nname: {secret}\nthresholds: {{high: 0}}\n")

    gate.check("-o", "json=a", image("clean"), environment={"YC_IAM_TOKEN": secret})

    assert secret not in Path("a").read_text()
    assert json.loads(Path("a").read_text())["policy"]["name"] == "***"
