"""The program git, asked for objects of the repository here. Nothing is written or fetched.

What it answers depends on the repository and on the user's own settings alone (which say whose
repositories are safe): not on variables of the environment, which a build step can set.
"""

import contextlib
import hashlib
import os
import shutil
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from scangate.model import Value
from scangate.policy.shelf import Unreadable

if TYPE_CHECKING:
    import subprocess

PATIENCE = 30.0
"""Seconds for one question."""

_PASSED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "SUDO_UID", "LD_LIBRARY_PATH", "DEVELOPER_DIR")
_SET = {
    "LC_ALL": "C",  # since what it says is looked at
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # the same for versions that do not know the one above
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
}
# Questions about objects run no program that is set up: no hook, no filter, no pager
_SETTINGS = (
    "core.warnAmbiguousRefs=true",
    "safe.bareRepository=explicit",  # a pull request can bring the files of one
)
_LONGEST_COMPLAINT = 4096


class Answer(Value, frozen=True):
    """What git wrote. `output` may be cut; `code` is then of no meaning."""

    code: int
    output: bytes
    complaint: str

    @property
    def reason(self) -> str:
        """What git says went wrong, on a line."""
        lines = [line for line in self.complaint.splitlines() if line.startswith("fatal: ")]
        said = (lines or [f"exit code {self.code}"])[0].removeprefix("fatal: ")
        return "".join(c if c.isprintable() else "?" for c in said[:300])


class Git(Value, frozen=True):
    """A git program, by its absolute path, and the folder it works in."""

    program: str
    folder: Path
    patience: float = PATIENCE

    def ask(self, *arguments: str, most: int) -> Answer:
        """Run it and return its output, or the first `most` + 1 bytes.

        Raises OSError if it cannot be run, TimeoutError if it does not end.
        """
        import subprocess

        with subprocess.Popen(  # noqa: S603 - no shell, and the program has an absolute path
            self._command(arguments),
            cwd=self.folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            return _Watch(process, self.patience).answer(most)

    def _command(self, arguments: tuple[str, ...]) -> list[str]:
        settings = (word for setting in _SETTINGS for word in ("-c", setting))
        return [self.program, "--no-pager", *settings, *arguments]


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return passed | _SET


class _Watch:
    """Ends the process, and what it has started, when its time is up or its output too long."""

    def __init__(self, process: "subprocess.Popen[bytes]", patience: float) -> None:
        self._process = process
        self._patience = patience
        self._late = False

    def answer(self, most: int) -> Answer:
        timer = threading.Timer(self._patience, self._give_up)
        timer.start()
        try:
            return self._listen(most)
        finally:
            timer.cancel()
            self._end()

    def _listen(self, most: int) -> Answer:
        """Its complaints fit into the pipe: were they more, the time would run out."""
        out, err = self._process.stdout, self._process.stderr
        output = out.read(most + 1) if out else b""
        if len(output) > most:
            self._end()
        complaint = err.read(_LONGEST_COMPLAINT) if err else b""
        code = self._process.wait()
        if self._late:
            raise TimeoutError(f"git did not end within {self._patience:g} s")
        return Answer(code=code, output=output, complaint=complaint.decode(errors="replace"))

    def _give_up(self) -> None:
        self._late = True
        self._end()

    def _end(self) -> None:
        if self._process.returncode is not None:
            return  # its number may be another's by now
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)


def find_program() -> str:
    """Return the absolute path of git. Raises Unreadable if there is none.

    A relative folder in PATH is passed over: it may be one that a pull request fills.
    """
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    absolute = os.pathsep.join(each for each in folders if Path(each).is_absolute())
    program = shutil.which("git", path=absolute)
    if program is None:
        raise Unreadable("git is not installed, or not on PATH")
    return program


def object_name(kind: str, data: bytes, *, like: str) -> str:
    """Return the name that git gives to an object, by the hash of a repository's other names."""
    algorithm = hashlib.sha256 if len(like) == hashlib.sha256().digest_size * 2 else hashlib.sha1
    hashed = algorithm(b"%s %d\0" % (kind.encode(), len(data)), usedforsecurity=False)
    hashed.update(data)
    return hashed.hexdigest()
