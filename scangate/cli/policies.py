"""Where a policy's text comes from: a file, a built-in, or the command line."""

import os
from pathlib import Path

from scangate.cli import files
from scangate.documents.check import nearest
from scangate.documents.nodes import MAX_BYTES
from scangate.errors import UsageError
from scangate.policy.effective import Policy
from scangate.policy.load import load

LOCAL = "scangate.yaml"
"""The policy that is used when none is named and it lies in the working folder."""

_LOOKALIKE = "scangate.yml"
_HERE = Path(__file__).resolve().parent.parent


def builtin_folder() -> Path:
    """Return the folder of the built-ins: inside the wheel, or beside the package in a checkout."""
    inside = _HERE / "policies"
    return inside if inside.is_dir() else _HERE.parent / "policies"


def builtin_names() -> list[str]:
    """Return the names of the built-in policies."""
    return sorted(path.stem for path in builtin_folder().glob("*.yaml"))


def find(named: str | None) -> Policy:
    """Return the policy that a user names; None is `scangate.yaml` here, else `default`.

    Raises UsageError when it cannot be read, PolicyError when it is invalid.
    """
    if named is None and os.path.lexists(_LOOKALIKE) and not os.path.lexists(LOCAL):
        raise UsageError(
            f"{_LOOKALIKE} is not read", hint=f"name it {LOCAL}, or say -p {_LOOKALIKE}"
        )
    if named is None:
        # A link that leads nowhere is meant to be a policy, too
        return _from_file(LOCAL) if os.path.lexists(LOCAL) else _builtin("default")
    if "/" in named or named.endswith((".yaml", ".yml")):
        return _from_file(named)
    return _builtin(named)


def _builtin(name: str) -> Policy:
    path = builtin_folder() / f"{name}.yaml"
    if name not in builtin_names():
        raise UsageError(
            f"there is no built-in policy {name!r}; {nearest(name, builtin_names())}",
            hint="a file is named with a / or its ending: ./policy.yaml",
        )
    return load(path.read_bytes(), source=f"built-in {name}", name=name, is_file=False)


def _from_file(path: str) -> Policy:
    try:
        data = files.read(path, limit=MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"the policy {path} cannot be read: {error.strerror}") from error
    return load(data, source=path, name=Path(path).stem)
