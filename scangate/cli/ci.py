"""What a CI system is told without being asked to: found by its environment.

GitHub Actions gets annotations, a job summary and the outputs of the step (their files are named
by the runner: docs.github.com/actions, workflow commands), GitLab CI a dotenv file for
`artifacts:reports:dotenv`. In both the log folds what passed, if there are several images. None of
it changes what was asked for: stdout belongs to the reports.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from scangate.cli import console, files
from scangate.cli.outputs import Output
from scangate.errors import ExitCode
from scangate.model import Value
from scangate.report import Report, Verdict
from scangate.reports import FORMATS
from scangate.reports.handover import facts
from scangate.reports.table import Fold
from scangate.secret import redact

DOTENV = Path("scangate.env")
"""The file under GitLab CI, in the working folder."""

_COLOURS = re.compile("\x1b\\[[0-9;]*m")


class Extra(Value, frozen=True):
    """What is told beside the reports. `outputs` are like those that were asked for."""

    outputs: tuple[Output, ...] = ()
    annotated: bool = False
    summary: Path | None = None
    step_outputs: Path | None = None
    fold: Fold | None = None


def found(environment: Mapping[str, str], wanted: Sequence[Output]) -> Extra:
    """Return what the CI system is told beyond what was asked for, nothing elsewhere."""
    formats = {output.format for output in wanted}
    if environment.get("GITHUB_ACTIONS") == "true":
        return Extra(
            annotated="github" not in formats,
            summary=_given(environment, "GITHUB_STEP_SUMMARY"),
            step_outputs=_given(environment, "GITHUB_OUTPUT"),
            fold=_group,
        )
    if environment.get("GITLAB_CI") == "true":
        dotenv = Output(format="dotenv", path=DOTENV)
        return Extra(outputs=() if "dotenv" in formats else (dotenv,), fold=_section)
    return Extra()


def tell(report: Report, told: Extra) -> bool:
    """Tell the CI system; whether the outputs of the step could be written.

    Later steps deploy by the outputs. The rest is for people, and no reason to stop anything.
    """
    if told.annotated:
        console.command(FORMATS["github"].render(report))
    if told.summary is not None:
        _append(told.summary, FORMATS["markdown"].render(report), "job summary")
    if told.step_outputs is None:
        return True
    return _hand_over(told.step_outputs, facts(report))


def withdraw(told: Extra, code: ExitCode) -> None:
    """Take the outputs of the step back: they told of a pass, and the run ends with `code`.

    Of two values of a name the runner takes the later one.
    """
    if told.step_outputs is not None:
        ended = {"verdict": Verdict.ERROR.value, "exit-code": str(int(code))}
        _hand_over(told.step_outputs, {**ended, "pinned-image": "", "pinned-images": ""})


def _hand_over(path: Path, values: Mapping[str, str]) -> bool:
    lines = "".join(f"{name}={value}\n" for name, value in values.items())
    return _append(path, lines, "outputs of the step")


def _given(environment: Mapping[str, str], name: str) -> Path | None:
    path = environment.get(name)
    return Path(path) if path else None


def _append(path: Path, text: str, what: str) -> bool:
    """Earlier commands of the step may have written to the file, so it is added to."""
    try:
        with open(path, "ab", opener=files.without_waiting) as file:
            files.refuse_other_than_regular(file)
            file.write(redact(text).encode("utf-8", "backslashreplace"))
    except OSError as error:
        console.complain(f"the {what} cannot be written to {path}: {error.strerror}")
        return False
    return True


def _group(title: str, block: str) -> str:
    return f"::group::{_COLOURS.sub('', title)}\n{block}\n::endgroup::"


def _section(title: str, block: str) -> str:
    """Fold as GitLab does (docs.gitlab.com/ci/jobs/job_logs); without times it shows none."""
    name = f"scangate_{hashlib.sha256(title.encode()).hexdigest()[:12]}"
    start = f"\x1b[0Ksection_start:0:{name}[collapsed=true]\r\x1b[0K{title}"
    return f"{start}\n{block}\n\x1b[0Ksection_end:0:{name}\r\x1b[0K"
