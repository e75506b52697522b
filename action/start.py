"""Start the gate, and tell its outputs: `python -I start.py`, with the inputs as variables.

The exit code is scangate's. What it told as outputs goes to the runner only if it fits that code:
no later step can deploy by what a run has written that broke after it.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # -I searches neither this folder nor the working folder

from action import inputs, packages, surroundings  # noqa: E402 - only now are they found

PASS, USAGE, UNAVAILABLE, DEFECT = 0, 2, 5, 6
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_VERSION = re.compile(r'^__version__ = "(.+)"$', re.MULTILINE)

Ended = tuple[int, Mapping[str, str]]
"""An exit code, and the outputs that belong to it."""


def main(environment: Mapping[str, str], gate: Callable[[Mapping[str, str]], Ended]) -> int:
    """Gate, tell the outputs, and return the exit code. Only here is any exception caught."""
    outputs: Mapping[str, str] = {}
    try:
        code, outputs = gate(environment)
    except inputs.Refused as error:
        code = _complain(USAGE, str(error))
    except packages.NotInstalled as error:
        code = _complain(UNAVAILABLE, str(error))
    except Exception as error:  # noqa: BLE001 - Python's own code is 1, which is a violation
        code = _complain(DEFECT, f"the action failed: {type(error).__name__}: {error}")
    try:
        _tell(Path(environment["GITHUB_OUTPUT"]), code, outputs)
    except (OSError, KeyError) as error:
        code = _complain(code or DEFECT, f"the outputs cannot be written: {error}")
    return code


def gate(environment: Mapping[str, str]) -> Ended:
    """Install what is missing, and run scangate as the inputs ask for it.

    Raises Refused, or NotInstalled.
    """
    if sys.platform != "linux":
        raise inputs.Refused("this action runs on Linux runners only")
    temporary = environment.get("RUNNER_TEMP", "")
    if not temporary or not Path(temporary).is_dir():
        raise inputs.Refused("RUNNER_TEMP names no folder: this is no runner of GitHub Actions")
    own = Path(tempfile.mkdtemp(prefix="scangate-run-", dir=temporary))
    asked = inputs.read(environment, own_version=_version(), report_json=own / "report.json")
    for command in surroundings.masks(asked.credential):
        print(command, flush=True)
    lock = "requirements-cloud-registry.txt" if asked.cloud_registry else "requirements.txt"
    folder = packages.install(
        ROOT / "action" / lock, Path(temporary), surroundings.for_installer(environment)
    )
    told = own / "outputs"
    told.touch()
    code = _run(
        [*_python(), str(folder), "check", *asked.arguments],
        {**surroundings.for_gate(environment, asked.credential), "GITHUB_OUTPUT": str(told)},
    )
    return _checked(code, told, asked.report_json)


def _version() -> str:
    found = _VERSION.search((ROOT / "scangate" / "__init__.py").read_text(encoding="utf-8"))
    assert found, "the version stands there"  # noqa: S101 - for the type checker
    return found[1]


def _python() -> Sequence[str]:
    return (sys.executable, "-I", "-S", "-X", "utf8", str(ROOT / "action" / "gate.py"))


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run scangate to its end; a cancelled job signals this process only, so that is passed on."""
    with subprocess.Popen(  # noqa: S603 - no shell, and the program is ours
        command, env=dict(environment), stdin=subprocess.DEVNULL
    ) as process:
        for number in _SIGNALS:
            signal.signal(number, lambda number, _frame: process.send_signal(number))
        code = process.wait()
    return code if code >= 0 else 128 - code


def _checked(code: int, told: Path, report: Path) -> Ended:
    """Return the exit code and the outputs, which count only if they tell of that code."""
    lines = told.read_text(encoding="utf-8").split("\n")
    outputs = dict(line.split("=", 1) for line in lines if line)
    if outputs.get("exit-code") != str(code):
        if code == PASS:
            return _complain(DEFECT, "scangate ended with 0 and told no verdict"), {}
        return code, {}
    return code, {**outputs, "report-json": str(report.absolute()) if report.is_file() else ""}


def _tell(path: Path, code: int, outputs: Mapping[str, str]) -> None:
    facts = {"verdict": "error", **outputs, "exit-code": str(code)}
    with path.open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in facts.items())


def _complain(code: int, message: str) -> int:
    escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"::error title=scangate::{escaped}", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main(os.environ, gate))
