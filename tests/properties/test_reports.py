"""Whatever a registry tells, every report tells the same, and the exit code agrees with all."""

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from scangate.cli import check
from scangate.emulator import Emulator
from scangate.model import Severity, Value
from scangate.report import Finding, ImageOutcome, Report, Verdict
from scangate.reports import FORMATS, Format
from tests.end_to_end.clock import SharedClock
from tests.properties.documents import Document, Row, documents, reference, saved, served
from tests.properties.expected import Expected, expected_of
from tests.properties.readings import READINGS, agrees
from tests.running import finished, start

Change = Callable[[Iterable[Finding]], Iterable[Finding]]


class Written(Value, frozen=True):
    """How a run ended, and what it wrote in each format."""

    code: int
    reports: Mapping[str, str]


def from_file(document: Document) -> Written:
    """Gate the one image of a document by its saved scan."""
    (rows,) = document.images.values()
    with tempfile.TemporaryDirectory() as name:
        scan = Path(name, "scan.json")
        scan.write_bytes(saved(rows))
        return _written(document, Path(name), "--from-file", str(scan))


def from_registry(document: Document) -> Written:
    """Gate all images of a document, of which a registry tells."""
    with (
        tempfile.TemporaryDirectory() as name,
        Emulator(served(document), clock=SharedClock()) as emulator,
    ):
        return _written(document, Path(name), "--endpoint", emulator.url)


def _written(document: Document, folder: Path, *arguments: str) -> Written:
    argv = [*_arguments(document, folder), *arguments]
    code = check.run(argv, {"YC_IAM_TOKEN": "of-the-tests"}, clock=SharedClock())
    return Written(code=code, reports=_reports(folder))


def _arguments(document: Document, folder: Path) -> list[str]:
    """Ask for all formats at once."""
    policy = folder / "policy.yaml"
    policy.write_text(json.dumps(document.policy))
    outputs = [f"-o={name}={folder / name}" for name in FORMATS]
    return ["-p", str(policy), "-q", *outputs, *map(reference, document.images)]


def _reports(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_bytes().decode() for name in FORMATS}


def liars(written: Written, expected: Expected) -> set[str]:
    """Name the formats that tell something else. Raises AssertionError for what no reader takes."""
    return {
        name
        for name, (read, wanted) in READINGS.items()
        if not agrees(read(written.reports[name]), wanted(expected))
    }


def test_every_format_is_read() -> None:
    assert set(READINGS) == set(FORMATS)


@given(documents(images=1))
def test_reports_on_a_saved_scan_tell_what_it_tells(document: Document) -> None:
    written, expected = from_file(document), expected_of(document)
    assert written.code == expected.code
    assert liars(written, expected) == set()


@settings(max_examples=10)
@given(documents(images=2))
def test_reports_on_a_registry_tell_what_it_tells(document: Document) -> None:
    written, expected = from_registry(document), expected_of(document)
    assert written.code == expected.code
    assert liars(written, expected) == set()


# Negative controls: one document, of which each report tells something that is not so


def row(severity: str, advisory: str, package: str) -> Row:
    return Row(
        severity=severity,
        name=advisory,
        package=package,
        version="1",
        fixed_by="2",
        type="debian",
        link="",
    )


DOCUMENT = Document(
    policy={
        "version": 1,
        "scan": {"max_age": "any"},
        "thresholds": {"high": 0, "undefined": 0},
        "rules": [],
        "ignore": [{"id": "adv0", "reason": "It is not reachable.", "expires": "never"}],
    },
    images={
        "image-1": (
            row("CRITICAL", "<b>adv1", "@pkg1"),
            row("HIGH", "adv2", "pkg2"),
            row("HIGH", "adv3", "|pkg3"),
            row("HIGH", "adv0", "pkg3"),
        )
    },
)
LISTS = {"table", "json", "junit", "sarif", "gitlab", "codequality", "markdown", "html", "github"}


def test_the_command_tells_what_the_document_tells(tmp_path: Path) -> None:
    """As users start it, in a process of its own."""
    scan = tmp_path / "scan.json"
    scan.write_bytes(saved(DOCUMENT.images["image-1"]))
    arguments = ["check", *_arguments(DOCUMENT, tmp_path), "--from-file", str(scan)]
    ended = finished(start(*arguments))
    assert ended.code == 1
    written = Written(code=ended.code, reports=_reports(tmp_path))
    assert liars(written, expected_of(DOCUMENT)) == set()


def _each(outcome: ImageOutcome, change: Change) -> ImageOutcome:
    """Change the findings of an outcome wherever they are told."""
    rules = [
        msgspec.structs.replace(rule, findings=tuple(change(rule.findings or ())))
        for rule in outcome.rules
    ]
    findings = tuple(change(outcome.findings or ()))
    return msgspec.structs.replace(outcome, rules=tuple(rules), findings=findings)


def _without_the_worst(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (each for each in findings if "adv1" not in each.vulnerability.id)


def _milder(findings: Iterable[Finding]) -> Iterator[Finding]:
    for each in findings:
        milder = msgspec.structs.replace(each.vulnerability, severity=Severity.LOW)
        worst = "adv1" in each.vulnerability.id
        yield msgspec.structs.replace(each, vulnerability=milder) if worst else each


def _with_one_more(findings: Iterable[Finding]) -> Iterator[Finding]:
    for each in findings:
        yield each
        if "adv1" in each.vulnerability.id:
            more = msgspec.structs.replace(each.vulnerability, id="adv9")
            yield msgspec.structs.replace(each, vulnerability=more)


def _without_the_exception(findings: Iterable[Finding]) -> Iterator[Finding]:
    return (each for each in findings if each.suppression is None)


def _passing(outcome: ImageOutcome) -> ImageOutcome:
    rules = [msgspec.structs.replace(rule, verdict=Verdict.PASS) for rule in outcome.rules]
    return msgspec.structs.replace(outcome, verdict=Verdict.PASS, rules=tuple(rules))


@pytest.mark.parametrize(
    ("lie", "noticed"),
    [
        pytest.param(lambda it: _each(it, _without_the_worst), LISTS, id="loses-a-row"),
        pytest.param(lambda it: _each(it, _milder), LISTS, id="changes-a-severity"),
        pytest.param(lambda it: _each(it, _with_one_more), LISTS, id="tells-one-more"),
        pytest.param(
            lambda it: _each(it, _without_the_exception),
            {"table", "json", "junit", "sarif", "markdown", "html"},
            id="hides-an-exception",
        ),
        pytest.param(_passing, {*LISTS, "dotenv"}, id="turns-a-verdict"),
    ],
)
def test_control_reports_that_lie_are_noticed(
    lie: Callable[[ImageOutcome], ImageOutcome],
    noticed: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    honest = Format.render

    def lying(each: Format, report: Report) -> str:
        images = tuple(map(lie, report.images))
        return honest(each, msgspec.structs.replace(report, images=images))

    monkeypatch.setattr(Format, "render", lying)
    assert liars(from_file(DOCUMENT), expected_of(DOCUMENT)) == noticed
