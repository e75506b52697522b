"""Pipeline files that would swallow the gate's exit code, found by reading them.

The gate stops a pipeline by its exit code alone, and there are many ways to lose one. Read are
GitHub workflows and GitLab CI files; what is built at run time cannot be seen from here.
"""

import re
from collections.abc import Iterator

from scangate.documents.nodes import DocumentError, Path, Tree, load
from scangate.model import Place, Value

WORKFLOWS = ".github/workflows"
GITLAB = ".gitlab-ci.yml"

_CALL = re.compile(r"(?<![\w./-])(?:[\w./-]*/)?scangate\s+check\b")
_OR_ELSE = re.compile(r"\|\|\s*(?:true|:|echo|printf|exit\s+0|/bin/true)(?![\w-])")
_AND_THEN = re.compile(r";\s*(?:true|:|exit\s+0)(?![\w-])")
_PIPE = re.compile(r"(?<![|>])\|(?![|])")
_PIPEFAIL = re.compile(r"\bset\s+(?:-\w+\s+)*-\w*o\s+pipefail")
_NO_ERREXIT = re.compile(r"\bset\s+\+\w*e")


class Swallow(Value, frozen=True):
    """A place at which the exit code of the gate is lost, and how."""

    place: Place
    what: str


class _Script(Value, frozen=True):
    """A script that calls the gate. `pipefail` is whether its shell is started with it."""

    text: str
    place: Place
    pipefail: bool


def find_in(data: bytes, *, file: str) -> list[Swallow]:
    """Return every swallow of one pipeline file. Raises DocumentError when it is no YAML."""
    reads = _gitlab if file.endswith(GITLAB) else _github
    found: list[Swallow] = []
    for tree in _documents(data, file):
        found += reads(tree)
    return found


def _documents(data: bytes, file: str) -> Iterator[Tree]:
    """Read each document of the file; a GitLab component has a header before it."""
    parts = re.split(rb"(?m)^---[ \t]*$", data)
    lines = 0
    for part in parts:
        if part.strip():
            yield load(b"\n" * lines + part, file=file)
        lines += part.count(b"\n")
    if not data.strip():
        raise DocumentError([])


def _github(tree: Tree) -> Iterator[Swallow]:
    for job_path, job in _entries(tree.plain, ("jobs",)):
        steps = job.get("steps")
        for number, step in enumerate(steps if isinstance(steps, list) else ()):
            if isinstance(step, dict) and _is_gate(step):
                path = (*job_path, "steps", number)
                yield from _ignored(tree, path, step)
                yield from _ignored(tree, job_path, job)
                shells = (step, _defaults(job), _defaults(tree.plain))
                yield from _scripts(tree, path, step, shell=_first(shells, "shell"))


def _is_gate(step: dict[str, object]) -> bool:
    uses, script = str(step.get("uses", "")), str(step.get("run", ""))
    return "scangate" in uses.partition("@")[0] or bool(_CALL.search(script))


def _ignored(tree: Tree, path: Path, entry: dict[str, object]) -> Iterator[Swallow]:
    if entry.get("continue-on-error", False) is not False:
        place = tree.places[(*path, "continue-on-error")]
        yield Swallow(place=place, what="continue-on-error lets the job go on when the gate fails")


def _scripts(tree: Tree, path: Path, step: dict[str, object], *, shell: str) -> Iterator[Swallow]:
    """`shell: bash` is started with pipefail; the shell that is used unnamed is not."""
    if isinstance(step.get("run"), str):
        place = tree.places[(*path, "run")]
        pipefail = shell == "bash" or "pipefail" in shell
        yield from _lost(_Script(text=str(step["run"]), place=place, pipefail=pipefail))


def _defaults(entry: object) -> dict[str, object]:
    """Return `defaults.run` of a job or a workflow."""
    for key in ("defaults", "run"):
        entry = entry.get(key) if isinstance(entry, dict) else None
    return entry if isinstance(entry, dict) else {}


def _first(places: tuple[dict[str, object], ...], key: str) -> str:
    return next((str(place[key]) for place in places if place.get(key)), "")


def _gitlab(tree: Tree) -> Iterator[Swallow]:
    for path, job in _entries(tree.plain, ()):
        scripts = {key: _text(job.get(key)) for key in ("before_script", "script", "after_script")}
        if not any(_CALL.search(text) for text in scripts.values()):
            continue
        yield from _allowed(tree, path, job)
        if _CALL.search(scripts["after_script"]):
            place = tree.places[(*path, "after_script")]
            yield Swallow(place=place, what="the exit code of after_script is ignored")
        for key in ("before_script", "script"):
            if scripts[key]:
                # GitLab's runner sets pipefail where the shell has it
                place = tree.places[(*path, key)]
                yield from _lost(_Script(text=scripts[key], place=place, pipefail=True))


def _allowed(tree: Tree, path: Path, job: dict[str, object]) -> Iterator[Swallow]:
    allowed = job.get("allow_failure", False)
    if allowed is False:
        return
    codes = allowed.get("exit_codes") if isinstance(allowed, dict) else "any"
    place = tree.places[(*path, "allow_failure")]
    yield Swallow(place=place, what=f"allow_failure lets the pipeline go on (exit codes: {codes})")


def _entries(plain: object, path: Path) -> Iterator[tuple[Path, dict[str, object]]]:
    for key in path:
        plain = plain.get(key) if isinstance(plain, dict) else None
    for name, entry in plain.items() if isinstance(plain, dict) else ():
        if isinstance(entry, dict):
            yield (*path, name), entry


def _text(script: object) -> str:
    lines = script if isinstance(script, list) else [script]
    return "\n".join(line for line in lines if isinstance(line, str))


def _lost(script: _Script) -> Iterator[Swallow]:
    pipefail = script.pipefail or bool(_PIPEFAIL.search(script.text))
    lines = script.text.replace("\\\n", " ").splitlines()
    for number, line in enumerate(lines):
        call = _CALL.search(line)
        if call is None or line.lstrip().startswith("#"):
            continue
        rest = line[call.end() :]
        if _OR_ELSE.search(rest) or _AND_THEN.search(rest):
            yield Swallow(
                place=script.place, what=f"what follows hides the exit code: {line.strip()}"
            )
        elif _PIPE.search(rest) and not pipefail:
            what = f"without pipefail a pipe has the exit code of its end: {line.strip()}"
            yield Swallow(place=script.place, what=what)
        if any(_NO_ERREXIT.search(before) for before in lines[:number]):
            yield Swallow(place=script.place, what="set +e lets the script go on after the gate")
