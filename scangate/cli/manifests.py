"""`check -f`: what manifests name to be gated, what nobody can judge, and what --pin writes."""

import fnmatch
import glob
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from scangate.cli import files
from scangate.cli.check_options import CheckOptions
from scangate.errors import EvidenceIncomplete, ExitCode, NotScannable, UsageError
from scangate.pipeline import without_verdict
from scangate.policy.effective import Policy
from scangate.reference import ImageReference
from scangate.report import ImageOutcome, Report

if TYPE_CHECKING:
    from scangate.manifests import Foreign, Manifest


class Deployment:
    """The manifests of a run, and which images of other registries may pass unjudged."""

    def __init__(self, manifests: "Sequence[Manifest]", allowed: Sequence[str]) -> None:
        self._manifests = manifests
        foreign: dict[str, Foreign] = {}
        for image in (each for one in manifests for each in one.foreign):
            foreign.setdefault(image.text, image)
        self._passed = [each for each in foreign.values() if _matches(each, allowed)]
        self._refused = [each for each in foreign.values() if not _matches(each, allowed)]

    @property
    def references(self) -> list[ImageReference]:
        """The images of known registries, each once, in the order of their first appearance."""
        known = [image.reference for one in self._manifests for image in one.known]
        return list(dict.fromkeys(known))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it that takes a verdict."""
        return not (self.references or self._refused or any(one.built for one in self._manifests))

    @property
    def without_digest(self) -> list[str]:
        """Everything that is named by its tag alone, with its place."""
        return [
            *(
                f"{image.place}: {image.reference.text}"
                for one in self._manifests
                for image in one.known
                if image.reference.digest is None
            ),
            *(
                f"{image.place}: {image.text}"
                for one in self._manifests
                for image in one.foreign
                if not image.has_digest
            ),
        ]

    def with_unjudged(
        self, outcomes: Sequence[ImageOutcome], policy: Policy
    ) -> Sequence[ImageOutcome]:
        """Add what no registry can be asked about; the first outcome tells what was let pass."""
        whole = [*outcomes, *self._unjudged(policy)]
        notices = [f"{each.place}: {each.text} passes unjudged" for each in self._passed]
        if notices:
            whole[0] = msgspec.structs.replace(whole[0], notices=(*whole[0].notices, *notices))
        return whole

    def _unjudged(self, policy: Policy) -> Iterator[ImageOutcome]:
        for image in self._refused:
            refused = NotScannable(
                f"{image.place}: {image.name} is of a registry that scangate does not know",
                hint=f"--allow-unscanned '{glob.escape(image.name)}' lets it pass unjudged",
            )
            yield without_verdict(image.text, refused, policy=policy)
        for service in (each for one in self._manifests for each in one.built):
            built = NotScannable(
                f"{service.place}: the service {service.service} is built where it is deployed",
                hint="push what is built, and name it as the `image`, without `build`",
            )
            yield without_verdict(f"(service {service.service})", built, policy=policy)

    def pinned(self, report: Report) -> str | None:
        """Return the manifest by the digests that were judged; None unless the report is a pass.

        Raises ScangateError where it cannot be done for every image.
        """
        from scangate.manifests import pin  # few runs have any

        if report.exit_code is not ExitCode.PASS:
            return None
        digests = {each.text: _digest_of(each.text, report) for each in self.references}
        (manifest,) = self._manifests
        return pin(manifest, digests)


def read_manifests(options: CheckOptions) -> Deployment:
    """Read what -f names. Raises UsageError, also for options that make no sense together."""
    _refuse_contradictions(options)
    found = [_manifest(path) for path in options.manifests]
    deployment = Deployment(found, options.allow_unscanned)
    if found and deployment.is_empty:
        raise UsageError(
            f"{', '.join(map(_name, options.manifests))}: no image to judge",
            hint="what --allow-unscanned lets pass is not judged",
        )
    if options.require_digest and deployment.without_digest:
        named = "\n".join(deployment.without_digest)
        raise UsageError(f"{named}\na reference without a digest (--require-digest is on)")
    return deployment


def _refuse_contradictions(options: CheckOptions) -> None:
    if not options.manifests and (options.pin or options.allow_unscanned):
        raise UsageError("--pin and --allow-unscanned are about manifests; name one with -f FILE")
    if options.manifests and options.from_files:
        raise UsageError("--from-file holds the scan of one image, which a manifest cannot prove")
    if options.pin and len(options.manifests) > 1:
        raise UsageError("--pin writes one manifest; give one -f, and stdin for a stream of many")
    if options.pin and options.at is not None:
        raise UsageError("--pin deploys what is judged now, so --at has no meaning")
    readers = [*options.manifests, options.images_from, options.token_file]
    if options.manifests and readers.count("-") > 1:
        raise UsageError("standard input can be read once")


def _name(path: str) -> str:
    return "(stdin)" if path == "-" else path


def _manifest(path: str) -> "Manifest":
    from scangate.manifests import MAX_BYTES, read  # as above

    try:
        data = files.read_or_stdin(path, limit=MAX_BYTES + 1)
    except IsADirectoryError as error:
        raise UsageError(
            f"--manifest {path} is a folder", hint="name its files, or render it to stdin with -f -"
        ) from error
    except OSError as error:
        raise UsageError(f"--manifest {path} cannot be read: {error.strerror}") from error
    return read(data, file=_name(path))


def _matches(image: "Foreign", allowed: Sequence[str]) -> bool:
    """Match the whole name, as an image's globs of a policy do: never its spelling or its tag."""
    return any(fnmatch.fnmatchcase(image.name, each) for each in allowed)


def _digest_of(reference: str, report: Report) -> str:
    """Return the digest by which all that was judged under a reference is deployed."""
    judged = [outcome.image for outcome in report.images if outcome.reference == reference]
    digests = {image.index_digest or image.digest if image else "" for image in judged}
    if len(digests) != 1 or "" in digests:
        raise EvidenceIncomplete(f"{reference} was judged without one digest to pin it to")
    return digests.pop()
