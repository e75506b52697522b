"""What is seen → the JSON of the messages, as the behaviour has it.

Field names are the lowerCamelCase of yandex/cloud/containerregistry/v1/*.proto and
yandex/cloud/operation/operation.proto. Nothing here decides what is seen: that is `view`.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from scangate.emulator.behaviour import Behaviour, Clean, FailedOperation, Integers
from scangate.emulator.moments import SECOND, write_timestamp
from scangate.emulator.refusals import Code
from scangate.emulator.view import Repository, Result, StartedScan, View
from scangate.emulator.world import (
    COUNTS,
    UNSPECIFIED_SEVERITY,
    Image,
    Registry,
    ScanPolicy,
    Vulnerability,
    derive_digest,
    derive_id,
)

Json = dict[str, object]

TYPES = "type.googleapis.com/yandex.cloud.containerregistry.v1."
_UNSPECIFIED = (UNSPECIFIED_SEVERITY, "STATUS_UNSPECIFIED")


@dataclass(frozen=True, slots=True)
class Wire:
    """Writes the resources of one view. None stands for a field that is not set."""

    view: View

    @property
    def behaviour(self) -> Behaviour:
        """The settings that say how."""
        return self.view.world.behaviour

    def image(self, image: Image) -> Json:
        """An Image (image.proto)."""
        share = image.compressed_size // max(image.layers, 1)
        layers = [self._blob(f"{image.id} layer {n}", share) for n in range(image.layers)]
        return self._set(
            id=image.id,
            name=image.name,
            digest=image.digest,
            compressedSize=self._size(image.compressed_size),
            config=self._blob(f"{image.id} config", 4096),
            layers=layers,
            tags=list(self.view.tags(image)),
            createdAt=self._time(image.created_at.at(self.view.start)),
        )

    def repository(self, repository: Repository) -> Json:
        """A Repository (repository.proto)."""
        return self._set(name=repository.name, id=repository.id)

    def registry(self, registry: Registry) -> Json:
        """A Registry (registry.proto)."""
        return self._set(
            id=registry.id,
            folderId=registry.folder_id,
            name=registry.name,
            status=registry.status,
            createdAt=self._time(self.view.start - 30 * 86400 * SECOND),
        )

    def scan_result(self, result: Result) -> Json:
        """A ScanResult (scanner.proto)."""
        scan = result.scan
        return self._set(
            id=scan.id,
            imageId=result.image.id if scan.image_id is None else scan.image_id,
            scannedAt=self._time(self._scanned_at(result)),
            status=result.status,
            vulnerabilities=None if result.counts is None else self._counts(result.counts),
        )

    def vulnerability(self, row: Vulnerability) -> Json:
        """A Vulnerability (scanner.proto)."""
        package = self._set(
            name=row.name,
            link=row.link,
            package=row.package,
            source=row.source,
            version=row.version,
            fixedBy=row.fixed_by,
            origin=row.origin,
            type=row.type,
        )
        named = any(value for value in package.values())
        return self._set(package=package if named else None, severity=row.severity)

    def scan_policy(self, policy: ScanPolicy, registry: Registry) -> Json:
        """A ScanPolicy (scan_policy.proto)."""
        push = None
        if policy.push is not None:
            disabled = policy.push_disabled
            push = self._set(repositoryPrefixes=list(policy.push), disabled=disabled)
        schedule = [
            self._set(
                repositoryPrefixes=list(rule.prefixes),
                rescanPeriod=f"{rule.period // SECOND}s",
                disabled=rule.disabled,
            )
            for rule in policy.schedule
        ]
        return self._set(
            id=policy.id,
            registryId=registry.id,
            name=policy.name,
            description="",
            rules=self._set(pushRule=push, scheduleRules=schedule),
            createdAt=self._time(self.view.start - 30 * 86400 * SECOND),
            disabled=policy.disabled,
        )

    def operation(self, started: StartedScan) -> Json:
        """The Operation of a Scan call (operation.proto); its types are those of ScanMetadata."""
        ends_at, now = started.ends_at, self.view.now
        done = ends_at is not None and ends_at <= now
        return self._set(
            id=started.operation_id,
            description="Scan image",
            createdAt=self._time(started.started),
            createdBy=derive_id("aje", "the account of every token"),
            modifiedAt=self._time(ends_at if done else started.started),
            done=done,
            metadata=self._operation_metadata(started),
            error=self._operation_error(started, done=done),
            response=self._operation_response(started, done=done),
        )

    def page(self, field: str, items: list[Json], token: str) -> Json:
        """The answer of a List call."""
        answer = self._set(**{field: items})
        if token or self.behaviour.last_page_token_written:
            answer["nextPageToken"] = token
        return answer

    def _operation_metadata(self, started: StartedScan) -> Json:
        return {"@type": f"{TYPES}ScanMetadata", "scanResultId": started.scan.id}

    def _operation_error(self, started: StartedScan, *, done: bool) -> Json | None:
        if not self._fails(started) or not (done or self._fails_early(started)):
            return None
        return {"code": int(Code.INTERNAL), "message": f"Scan ended as {started.scan.outcome.ends}"}

    def _operation_response(self, started: StartedScan, *, done: bool) -> Json | None:
        if not done or self._fails(started):
            return None
        result = self.view.result(started.scan.id)
        return {"@type": f"{TYPES}ScanResult", **self.scan_result(result)}

    def _fails(self, started: StartedScan) -> bool:
        as_error = self.behaviour.failed_operation is FailedOperation.ERROR
        return as_error and started.scan.outcome.ends != "READY"

    def _fails_early(self, started: StartedScan) -> bool:
        # Half of the time is a choice: the proto only says that it may be before `done`
        if started.ends_at is None or not self.behaviour.error_before_done:
            return False
        return self.view.now * 2 >= started.started + started.ends_at

    def _scanned_at(self, result: Result) -> int | None:
        if result.ended is None:
            return result.began if self.behaviour.running_has_time else None
        if not result.scan.tells_time:
            return None
        if result.told is not None:
            return result.told
        shown = result.status == "READY" or self.behaviour.failed_has_time
        return result.ended if shown else None

    def _counts(self, counts: Mapping[str, int]) -> Json | None:
        if not any(counts.values()):
            return self._clean()
        written = self.behaviour.zero_counts_written
        shown = {name: counts.get(name, 0) for name in COUNTS}
        return {name: self._integer(n) for name, n in shown.items() if n or written}

    def _clean(self) -> Json | None:
        match self.behaviour.clean_vulnerabilities:
            case Clean.ABSENT:
                return None
            case Clean.EMPTY:
                return {}
            case Clean.ZEROS:
                return {name: self._integer(0) for name in COUNTS}

    def _blob(self, seed: str, size: int) -> Json:
        identity = hashlib.sha256(seed.encode()).hexdigest()[:20]
        digest = derive_digest(seed)
        return self._set(id=identity, digest=digest, size=self._size(size), urls=[])

    def _integer(self, number: int) -> int | str:
        return str(number) if self.behaviour.integers is Integers.STRINGS else number

    def _size(self, size: int) -> int | str | None:
        return self._integer(size) if size or self.behaviour.empty_fields_written else None

    def _time(self, instant: int | None) -> str | None:
        if instant is None:
            return None
        digits, utc = self.behaviour.fraction_digits, self.behaviour.utc
        return write_timestamp(instant, digits=digits, utc=utc)

    def _set(self, **fields: object) -> Json:
        """The message with these fields, the defaults among them only if they are written."""
        written = self.behaviour.empty_fields_written
        return {name: v for name, v in fields.items() if _is_set(v) or (written and v is not None)}


def _is_set(value: object) -> bool:
    """Whether a field differs from its default. A message that is there is set, if empty too."""
    return isinstance(value, dict) or (bool(value) and value not in _UNSPECIFIED)
