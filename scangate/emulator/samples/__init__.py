"""The sample worlds and lists of vulnerabilities that come with the emulator, by name.

They are files beside this module: `worlds/*.yaml` to serve, and `vulnerabilities/*.yaml`,
which a world's scan takes with `sample: NAME`.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable


def sample_names() -> tuple[str, ...]:
    """The names of the sample worlds."""
    return _names("worlds")


def read_sample(name: str) -> str:
    """The YAML text of a sample world; ValueError for a name that is none."""
    return _read("worlds", name)


def vulnerability_sample_names() -> tuple[str, ...]:
    """The names of the sample lists of vulnerabilities."""
    return _names("vulnerabilities")


def read_vulnerabilities(name: str) -> str:
    """The YAML text of a sample list of vulnerabilities; ValueError for a name that is none."""
    return _read("vulnerabilities", name)


def _names(kind: str) -> tuple[str, ...]:
    found = (entry.name for entry in _folder(kind).iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


def _read(kind: str, name: str) -> str:
    # Looked up among the names, never joined to a path as it came: no way out of the folder
    if name not in _names(kind):
        raise ValueError(f"no sample is called {name!r}; there are {', '.join(_names(kind))}")
    return (_folder(kind) / f"{name}.yaml").read_text(encoding="utf-8")


def _folder(kind: str) -> Traversable:
    return files(__package__) / kind
