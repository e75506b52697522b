"""The packages that scangate needs, installed by their hashes into a folder of the job.

An index can be anyone's: what does not have a hash of the lock file is not installed, and nothing
is built (`--only-binary`), so no code of a package runs here.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 300.0
_OTHERS_MAY_WRITE = 0o022
_ARGUMENTS = (
    *("install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-compile"),
    *("--root-user-action=ignore", "--require-hashes", "--no-deps", "--only-binary=:all:"),
)


class NotInstalled(Exception):
    """The packages could not be had: exit code 5, trying again may help."""


def install(lock: Path, temporary: Path, environment: Mapping[str, str]) -> Path:
    """Return the folder with the packages; a later use in the same job finds it there.

    Raises NotInstalled.
    """
    started = time.monotonic()
    folder = temporary / f"scangate-{_digest(lock)[:32]}"
    if _is_own(folder):
        print("scangate's packages are already there", flush=True)
        return folder
    fresh = Path(tempfile.mkdtemp(prefix="scangate-", dir=temporary))
    _pip(lock, fresh, environment)
    print(f"scangate's packages installed in {time.monotonic() - started:.1f} s", flush=True)
    try:
        return fresh.rename(folder)
    except OSError:  # another step beside this one was first, or the name is somebody else's
        return fresh


def _digest(lock: Path) -> str:
    """Wheels depend on the interpreter, too."""
    return hashlib.sha256(
        f"{sys.executable} {sys.version}".encode() + lock.read_bytes()
    ).hexdigest()


def _is_own(folder: Path) -> bool:
    """Whether only this user can have written it, where the folder of the job is everybody's."""
    try:
        about = folder.lstat()
    except FileNotFoundError:
        return False
    return about.st_uid == os.getuid() and not about.st_mode & _OTHERS_MAY_WRITE


def _pip(lock: Path, target: Path, environment: Mapping[str, str]) -> None:
    """Run in the target: pip must find no file of the workspace."""
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and this very Python
            [sys.executable, "-I", "-m", "pip", *_ARGUMENTS, f"--target={target}", f"-r{lock}"],
            cwd=target,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise NotInstalled(f"pip did not end within {_PATIENCE:g} s") from error
    if done.returncode:
        for line in done.stdout.decode(errors="replace").splitlines():
            print(f"pip: {line}")  # so no line of it is a command to the runner
        raise NotInstalled(f"the packages could not be installed: pip ended with {done.returncode}")
