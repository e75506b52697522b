"""`scangate demo`: the whole gate against the emulator, through the same entry as `check`."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from scangate.cli import check, console
from scangate.cli.options import Parser
from scangate.emulator import Emulator, load_world, read_sample
from scangate.errors import ExitCode

_REGISTRY = "cr.yandex/crp0000000000000demo"
_IMAGES = (
    f"{_REGISTRY}/shop/web:1.8.2",
    f"{_REGISTRY}/shop/api:2.14.0",
    f"{_REGISTRY}/shop/worker:0.9.1",
)
_KEPT_VARIABLES = ("CI", "COLUMNS", "FORCE_COLOR", "NO_COLOR", "TERM")


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate demo",
        description="Gate a clean, a violating and a still-running image against an emulated "
        "registry inside this process: no account, no network.",
    )
    it.option("--output-dir", metavar="DIR", help="where reports are written (default: here)")
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Show the gate; 0 when it gave the verdict that the demo is made for."""
    values = parser().read(argv, environment)
    folder = Path(values.output_dir or ".")
    with Emulator(load_world(read_sample("demo"))) as emulator:
        arguments = [
            *("--endpoint", emulator.url, "--policy", "default"),
            *("-o", "table", "-o", f"junit={folder / 'junit.xml'}"),
            *("-o", f"json={folder / 'report.json'}"),
            *_IMAGES,
        ]
        console.say(f"scangate check {' '.join(arguments)}")
        console.say("one image is clean, one is violating, one is still being scanned")
        kept = {name: environment[name] for name in _KEPT_VARIABLES if name in environment}
        code = check.run(arguments, {**kept, "YC_IAM_TOKEN": "of-the-demo"})
    console.say(f"check gave exit code {code}: {_MEANING.get(code, 'not what the demo is for')}")
    console.say(f"reports: {folder / 'junit.xml'}, {folder / 'report.json'}")
    console.say("next, your own image:")
    console.say('  export YC_IAM_TOKEN="$(yc iam create-token)"')
    console.say("  scangate check cr.yandex/<registry-id>/<name>@sha256:<digest>")
    expected = ExitCode.VIOLATION
    return int(ExitCode.PASS if code == expected else code or ExitCode.INTERNAL)


_MEANING = {int(ExitCode.VIOLATION): "the policy is violated, so a pipeline would stop here"}
