"""A yc that does as it is told, in a folder of its own."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

TOKEN = "t1.token-of-yc.for-tests"
GOOD = f"""echo '{{"iam_token": "{TOKEN}", "expires_at": "2026-11-22T22:00:00.5Z"}}'"""
CONFIG = "current: default\nprofiles:\n  default:\n    token: y0_the-secret-of-the-profile\n"


def profile(home: Path, *, script: str = GOOD, config: str | None = CONFIG) -> Mapping[str, str]:
    """Install it, and return the environment in which it is found."""
    program = home / "bin" / "yc"
    program.parent.mkdir(exist_ok=True)
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    if config is not None:
        path = home / ".config" / "yandex-cloud" / "config.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(config)
    return {"HOME": str(home), "PATH": f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin"}
