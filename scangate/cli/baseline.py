"""`check --baseline`: an image of the registry, a saved scan, or a saved JSON report."""

import os
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from scangate.cli import files
from scangate.cli.saved_scans import read_rows
from scangate.clouds import CLOUDS
from scangate.errors import UsageError
from scangate.policy.baseline import Baseline, Key
from scangate.reference import ImageReference, Target
from scangate.saved import MAX_BYTES


class _Part(msgspec.Struct, frozen=True, rename="camel"):
    """What is asked of a part of a JSON report, of whichever version of scangate."""


class _Tool(_Part, frozen=True):
    name: Literal["scangate"]


class _Finding(_Part, frozen=True):
    id: str | None
    package: str | None


class _Image(_Part, frozen=True):
    reference: str
    pinned: str | None
    findings: tuple[_Finding, ...] | None


class _Report(_Part, frozen=True):
    schema_version: Literal["1"]
    tool: _Tool
    images: tuple[_Image, ...]


_HOSTS = frozenset(host for cloud in CLOUDS.values() for host in cloud.image_hosts)


def read_baseline(named: str, images: Sequence[Target]) -> Baseline | ImageReference:
    """Return what `--baseline` names: what a file holds, or the image to ask the registry for.

    What begins with a known registry's host is an image, whatever lies in the working folder.
    Raises UsageError, also when the findings of one image would stand for several repositories.
    """
    is_image = named.partition("/")[0] in _HOSTS
    if not is_image and (os.path.lexists(named) or named.endswith(".json")):
        baseline = _of_file(named)
        if baseline.everywhere:
            _refuse_several(images)
        return baseline
    _refuse_several(images)
    return ImageReference.parse(named)


def _of_file(path: str) -> Baseline:
    report = _report(path)
    if report is None:
        return Baseline.of(read_rows(path, option="--baseline"))
    if all(image.findings is None for image in report.images):
        raise UsageError(
            f"--baseline {path} is a report that lists no findings",
            hint="make it with -o json, which lists them",
        )
    repositories: dict[str, set[Key]] = {}
    for image in report.images:
        repositories.setdefault(_repository(image), set()).update(_keys(image))
    return Baseline(repositories={name: frozenset(keys) for name, keys in repositories.items()})


def _report(path: str) -> _Report | None:
    """Return the report that the file is, None if it is something else."""
    try:
        return msgspec.json.decode(files.read(path, limit=MAX_BYTES + 1), type=_Report)
    except OSError as error:
        raise UsageError(f"--baseline {path} cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None  # whatever it is, the reader of saved scans tells what is wrong with it


def _repository(image: _Image) -> str:
    return (image.pinned or image.reference).partition("@")[0]


def _keys(image: _Image) -> Iterable[Key]:
    return (
        (each.id or "", each.package) for each in image.findings or () if each.package is not None
    )


def _refuse_several(images: Sequence[Target]) -> None:
    names = {f"{image.host}/{image.name}" for image in images if isinstance(image, ImageReference)}
    if len(names) > 1:
        raise UsageError(
            "--baseline names the findings of one image, and several repositories are judged",
            hint="give a JSON report of scangate, which knows each image's own",
        )
