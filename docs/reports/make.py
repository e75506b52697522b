"""Make the samples of this folder from the demo's registry, one of each format: `make samples`."""

import os
import sys
from pathlib import Path

from scangate.cli import main
from scangate.emulator import Emulator, load_world, read_sample
from scangate.reports import FORMATS

HERE = Path(__file__).resolve().parent
IMAGE = "cr.yandex/crp0000000000000demo/shop/api:2.14.0"
ENDINGS = {
    "table": "txt",
    "json": "json",
    "junit": "xml",
    "sarif": "sarif",
    "gitlab": "gitlab.json",
    "codequality": "codequality.json",
    "markdown": "md",
    "html": "html",
    "github": "github.txt",
    "vsa": "intoto.jsonl",
    "dotenv": "env",
}


def make() -> int:
    """Write every sample; returns the gate's exit code, which is 1: the image is violating."""
    os.chdir(HERE)  # samples name the policy as its users do
    with Emulator(load_world(read_sample("demo"))) as emulator:
        outputs = [f"-o={name}=sample.{ENDINGS[name]}" for name in FORMATS]
        arguments = ["check", "--endpoint", emulator.url, "-p", "policy.yaml", *outputs, IMAGE]
        return main(arguments, {"YC_IAM_TOKEN": "of-the-demo"})


if __name__ == "__main__":
    sys.exit(0 if make() == 1 else 1)
