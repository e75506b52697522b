"""`check --from-file`: one image, judged by a scan that is saved in files."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from scangate.cli.check_options import CheckOptions
from scangate.errors import NoEvidence, ScangateError, UsageError
from scangate.gate import ScanWhen
from scangate.history import ScanSettings
from scangate.model import Vulnerability
from scangate.pipeline import judge_evidence, without_verdict
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.reference import Target
from scangate.report import ImageOutcome
from scangate.saved import MAX_BYTES, read
from scangate.wait import Clock


def judge_files(
    images: Sequence[Target],
    options: CheckOptions,
    policy: Policy,
    *,
    baseline: Baseline | None,
    clock: Clock,
) -> ImageOutcome:
    """Judge the files as one image. Raises UsageError when they cannot be read at all."""
    _refuse_contradictions(images, options)
    files = list(_files(options.from_files))
    target = images[0] if images else None
    try:
        saved = read(files, target, settings=lambda name: policy.terms_for(name).scan)
        now = options.at or clock.now()
        outcome = judge_evidence(
            saved.reference, saved.evidence, policy=policy, now=now, baseline=baseline
        )
    except ScangateError as error:
        reference = target.text if target else " ".join(options.from_files)
        return without_verdict(reference, error, policy=policy)
    if options.require_digest and not (outcome.image and outcome.image.digest):
        raise UsageError("the files name no digest (--require-digest is on)")
    return msgspec.structs.replace(outcome, notices=(*outcome.notices, *saved.notices))


def read_rows(path: str, *, option: str) -> Sequence[Vulnerability]:
    """Return the findings of a saved scan, whatever its age and image. Raises UsageError."""
    try:
        saved = read(list(_files([path])), None, settings=lambda _: ScanSettings())
    except NoEvidence as error:
        raise UsageError(f"{option}: {error.message}", hint=error.hint) from error
    rows = [each.vulnerabilities for each in saved.evidence]
    if None in rows:
        raise UsageError(f"{option} {path} holds counts only; save its list of vulnerabilities")
    return [row for listed in rows for row in listed or ()]


def _refuse_contradictions(images: Sequence[Target], options: CheckOptions) -> None:
    if len(images) > 1:
        raise UsageError("--from-file holds the scan of one image, and several are given")
    asked = {
        "--images-from": options.images_from,
        "--endpoint": options.endpoint,
        "--registry-endpoint": options.registry_endpoint,
        "--scan": options.scan_when is not ScanWhen.NEVER,
    }
    for name, value in asked.items():
        if value:
            raise UsageError(f"--from-file asks no registry, so {name} has no meaning")
    if [*options.from_files, options.token_file].count("-") > 1:
        raise UsageError("standard input can be read once")


def _files(paths: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Read each file, up to what `saved` refuses as too much."""
    for path in paths:
        try:
            yield ("(stdin)" if path == "-" else path), _content(path)
        except OSError as error:
            raise UsageError(f"the saved scan {path} cannot be read: {error.strerror}") from error


def _content(path: str) -> bytes:
    if path != "-":
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    if sys.stdin is None:
        raise UsageError("--from-file -: standard input is closed")
    return sys.stdin.buffer.read(MAX_BYTES + 1)
