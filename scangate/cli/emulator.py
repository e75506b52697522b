"""`scangate emulator`: a registry on loopback, for trying pipelines and policies."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from scangate.cli import console
from scangate.cli.options import Parser
from scangate.emulator import Emulator, World, WorldError, load_world, read_sample, sample_names
from scangate.errors import UsageError


def parser() -> Parser:
    """Return the command's parser."""
    it = Parser(
        prog="scangate emulator",
        description="Serve a registry on 127.0.0.1 until Ctrl-C. Every token is let in.",
    )
    samples = ", ".join(sample_names())
    it.option("--world", metavar="FILE", help="the registry's data (YAML)")
    it.option("--sample", metavar="NAME", help=f"data that is shipped: {samples} (default: demo)")
    it.option("--show", action="store_true", help="print the data instead of serving it")
    it.option("--port", type=int, help="the port (default: any free one)")
    return it


def run(argv: Sequence[str], environment: Mapping[str, str] = os.environ) -> int:
    """Serve until interrupted, and return 130 then. Raises UsageError."""
    values = parser().read(argv, environment)
    if values.world and values.sample:
        raise UsageError("--world and --sample exclude each other")
    text = _text(values.world, values.sample or "demo")
    if values.show:
        console.show(text)
        return 0
    world = _world(text, values.world or values.sample or "demo")
    try:
        emulator = Emulator(world, port=values.port or 0)
    except (OSError, OverflowError) as error:
        raise UsageError(f"port {values.port} cannot be served: {error}") from error
    console.show(f"{emulator.url}\n")
    for image in world.images:
        console.say(f"  cr.yandex/{image.name}:{image.tags[0].name if image.tags else ''}")
    console.say(f"try: YC_IAM_TOKEN=any-token scangate check --endpoint {emulator.url} IMAGE")
    emulator.serve_forever()
    return 0


def _text(path: str | None, sample: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8") if path else read_sample(sample)
    except (OSError, ValueError) as error:
        raise UsageError(f"the emulator's data cannot be read: {error}") from error


def _world(text: str, name: str) -> World:
    try:
        return load_world(text)
    except WorldError as error:
        raise UsageError(f"{name}: {error}") from error
    except RecursionError as error:
        raise UsageError(f"{name}: it is nested too deeply") from error
