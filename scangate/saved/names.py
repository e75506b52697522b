"""Whether a scanner's report is of the image that was asked for, and what that image is. Pure.

Scanners name images as Docker does, where `alpine` is short for `docker.io/library/alpine:latest`.
"""

import re
from collections.abc import Sequence

from scangate.errors import ImageNotFound
from scangate.model import DIGEST, Image, Value
from scangate.reference import ImageId, ImageReference, Target
from scangate.saved.content import Names

_DOCKER_HUB = "docker.io"
_ALIASES = {"index.docker.io": _DOCKER_HUB, "registry-1.docker.io": _DOCKER_HUB}
_HOST = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?")
_PATH = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONGEST = 1000


class Name(Value, frozen=True):
    """A canonical image name; `tag` and `digest` are empty where none is written."""

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def repository(self) -> tuple[str, str]:
        """The host and the path."""
        return self.host, self.path


def parse(text: str) -> Name | None:
    """Read a name as Docker does; None when it is none."""
    rest, at, digest = text.partition("@")
    first, slash, after = rest.partition("/")
    named_host = slash and ("." in first or ":" in first or first == "localhost")
    host, path = (first, after) if named_host else (_DOCKER_HUB, rest)
    path, colon, tag = path.partition(":")
    host = _ALIASES.get(host, host)
    if host == _DOCKER_HUB and "/" not in path:
        path = f"library/{path}"
    if len(text) > _LONGEST or not _HOST.fullmatch(host) or not _PATH.fullmatch(path):
        return None
    if (at and not DIGEST.fullmatch(digest)) or (colon and not _TAG.fullmatch(tag)):
        return None
    return Name(host=host, path=path, tag=tag, digest=digest)


def identify(file: str, names: Names, target: Target | None) -> tuple[str, Image]:
    """Return what the image is called and what it is. Raises ImageNotFound when it is another."""
    if target is None:
        return _as_named(file, names)
    if isinstance(target, ImageId):
        raise ImageNotFound(
            f"{file} does not tell the registry's image ID, so it cannot be that of {target.text}",
            hint="name the image by its reference",
        )
    _refuse_another(file, names, target)
    return target.text, _image(names, _of_reference(target))


def doubts(file: str, names: Names) -> Sequence[str]:
    """Tell where the digest that the scanner was asked for is none of those that it found."""
    asked = parse(names.asked)
    if asked is None or not asked.digest:
        return ()
    same = [name for name in map(parse, names.digests) if name]
    told = {name.digest for name in same if name.repository == asked.repository}
    told |= {names.manifest} - {""}
    if not told or asked.digest in told:
        return ()
    notice = (
        f"{file} was asked for {asked.digest}, which is not among the digests that it tells "
        f"({', '.join(sorted(told))[:500]}): an index and one of its platforms, or another image"
    )
    return (notice,)


def _refuse_another(file: str, names: Names, target: ImageReference) -> None:
    known = _known(names)
    wanted = _of_reference(target)
    if wanted.digest:
        digests = {name.digest for name in known} | {names.manifest}
        found = wanted.digest in digests
    else:
        found = any(
            (name.repository, name.tag) == (wanted.repository, wanted.tag) for name in known
        )
    if not found:
        raise ImageNotFound(
            f"{file} is not known to be of {target.text}: it names {_told(names)}",
            hint=f"scan that very reference, and save the whole report: {target.text}",
        )


def _known(names: Names) -> Sequence[Name]:
    """Return every name of the report. What was asked for may be a path unless it has a tag."""
    asked = [name for name in [parse(names.asked)] if name and (name.tag or name.digest)]
    return [*asked, *filter(None, map(parse, (*names.tags, *names.digests)))]


def _told(names: Names) -> str:
    told = dict.fromkeys((names.asked, *names.tags, *names.digests, names.manifest))
    return ", ".join(filter(None, told))[:500] or "no image"


def _of_reference(reference: ImageReference) -> Name:
    return Name(
        host=_ALIASES.get(reference.host, reference.host),
        path=reference.name,
        tag="" if reference.digest else reference.tag or "",
        digest=reference.digest or "",
    )


def _as_named(file: str, names: Names) -> tuple[str, Image]:
    """Take the image for what the report calls it, if that is one thing."""
    known = _known(names)
    repositories = {name.repository for name in known}
    asked = parse(names.asked)
    first = asked if asked in known else next(iter(known), None)
    if first is None or (len(repositories) > 1 and asked not in known):
        raise ImageNotFound(
            f"{file} does not name one image: it names {_told(names)}",
            hint="say which image it is of: scangate check --from-file FILE IMAGE",
        )
    return _written(first), _image(names, first)


def _written(name: Name) -> str:
    tag, digest = name.tag and f":{name.tag}", name.digest and f"@{name.digest}"
    return f"{name.host}/{name.path}{tag}{digest}"


def _image(names: Names, name: Name) -> Image:
    """Return the image; its digest is empty where the report tells none, or several."""
    same = [other for other in _known(names) if other.repository == name.repository]
    digests = {other.digest for other in same if other.digest}
    tags = tuple(sorted({other.tag for other in same if other.tag}))
    return Image(
        id=names.id,
        host=name.host,
        name=name.path,
        digest=name.digest or (digests.pop() if len(digests) == 1 else ""),
        tags=tags,
    )
