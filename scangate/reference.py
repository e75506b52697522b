"""How users name an image: a reference, or the service's own image ID."""

import re
from typing import Self

from scangate.errors import UsageError
from scangate.model import DIGEST, Value

_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_NAME = re.compile(r"[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)+")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_LONGEST = 1000


class ImageReference(Value, frozen=True):
    """What a user names: `host/registry-id/name[:tag][@digest]`.

    `name` includes the registry's ID or alias, as the service's own repository names do.
    Exactly one of `tag` and `digest` decides; a digest wins, as for Docker.
    """

    text: str
    host: str
    name: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a reference. A missing tag and digest means `latest`. Raises UsageError."""
        if len(text) > _LONGEST:
            raise _bad_reference(text, "it is too long")
        rest, at, digest = text.partition("@")
        if at and not DIGEST.fullmatch(digest):
            raise _bad_reference(text, "the digest must be sha256: and 64 hex digits")
        host, slash, path = rest.partition("/")
        if not slash or not _HOST.fullmatch(host):
            raise _bad_reference(text, "it must begin with the registry's host")
        name, colon, tag = path.partition(":")
        if colon and not _TAG.fullmatch(tag):
            raise _bad_reference(text, "the tag is malformed")
        if not _NAME.fullmatch(name):
            raise _bad_reference(text, "after the host come the registry's ID and a name")
        return cls(
            text=text,
            host=host,
            name=name,
            tag=tag or (None if digest else "latest"),
            digest=digest or None,
        )


def _bad_reference(text: str, why: str) -> UsageError:
    return UsageError(
        f"{text[:200]!r} is not an image reference: {why}",
        hint="write it as host/registry-id/name:tag or host/registry-id/name@sha256:…",
    )


class ImageId(Value, frozen=True):
    """What a user names when the service's own image ID is known."""

    text: str
    host: str


Target = ImageReference | ImageId
