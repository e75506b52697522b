"""What to gate: image references and IDs, from the command line and from files."""

import re
from collections.abc import Iterator, Sequence

from scangate.cli import files
from scangate.cli.check_options import CheckOptions
from scangate.clouds import CLOUDS
from scangate.errors import UsageError
from scangate.reference import ImageId, ImageReference, Target

_MAX_BYTES = 1 << 20
_ID = re.compile(r"[A-Za-z0-9_-]{1,50}")


def collect(options: CheckOptions, of_manifests: Sequence[ImageReference] = ()) -> list[Target]:
    """Return everything to gate, in the order given. Raises UsageError.

    What an argument names already is not judged again for a manifest.
    """
    references = [ImageReference.parse(text) for text in _references(options)]
    loose = [each.text for each in references if each.digest is None]
    if options.require_digest and loose:
        raise UsageError(
            f"{', '.join(loose)}: a reference without a digest (--require-digest is on)",
            hint="name what was built: host/registry-id/name@sha256:…",
        )
    more = [each for each in of_manifests if each not in references]
    targets: list[Target] = [*references, *more, *_ids(options)]
    if not targets and not options.from_files and not options.manifests:
        raise UsageError("no image is given", hint="scangate check IMAGE...")
    return targets


def _references(options: CheckOptions) -> Iterator[str]:
    yield from options.images
    if options.images_from == options.token_file == "-":
        raise UsageError("--images-from and --token-file cannot both read standard input")
    if options.images_from is not None:
        yield from _lines(options.images_from)


def _lines(path: str) -> Iterator[str]:
    """Read a line each; blank lines and comments are passed over."""
    try:
        data = files.read_or_stdin(path, limit=_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise UsageError(f"--images-from {path} is larger than {_MAX_BYTES} bytes")
        text = data.decode()
    except OSError as error:
        raise UsageError(f"--images-from {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"--images-from {path} is not text") from error
    for line in text.splitlines():
        if line.strip() and not line.strip().startswith("#"):
            yield line.strip()


def _ids(options: CheckOptions) -> Sequence[ImageId]:
    """An ID names no host; it is of the cloud that is named, or of Yandex Cloud."""
    host = CLOUDS[options.cloud or "yandex"].image_host
    for text in options.image_ids:
        if not _ID.fullmatch(text):
            raise UsageError(f"{text[:80]!r} is not an image ID")
    return [ImageId(text=text, host=host) for text in options.image_ids]
