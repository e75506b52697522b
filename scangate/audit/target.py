"""What is audited: a registry, or the part of it below a prefix."""

from typing import Self

from scangate.errors import UsageError
from scangate.model import Image, Repository, Value
from scangate.reference import ImageReference


class AuditTarget(Value, frozen=True):
    """`host/registry-id`, and perhaps a prefix: the path of a repository, or of a folder."""

    host: str
    registry_id: str
    prefix: str = ""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a target. Raises UsageError."""
        try:
            # Whatever may stand before an image's name is what a registry and a prefix may be
            name = ImageReference.parse(f"{text.rstrip('/')}/name").name
        except UsageError as error:
            raise UsageError(
                f"{text[:200]!r} is not a registry or a part of one",
                hint="write it as host/registry-id or host/registry-id/prefix; for one image: "
                "scangate check",
            ) from error
        registry_id, _, path = name.removesuffix("/name").partition("/")
        return cls(host=text.partition("/")[0], registry_id=registry_id, prefix=path)

    @property
    def text(self) -> str:
        """The target as reports name it, without a closing slash."""
        return "/".join(filter(None, (self.host, self.registry_id, self.prefix)))

    def covers(self, repository: Repository) -> bool:
        """Whether a repository is the prefix itself or lies below it."""
        registry_id, _, path = repository.name.partition("/")
        within = not self.prefix or path == self.prefix or path.startswith(f"{self.prefix}/")
        return registry_id == self.registry_id and within

    def named(self, repository: Repository) -> str:
        """Return a repository's canonical `host/registry-id/name`."""
        return f"{self.host}/{repository.name}"

    def holds(self, image: Image) -> bool:
        """Whether an image is one of the registry."""
        return image.name.partition("/")[0] == self.registry_id
