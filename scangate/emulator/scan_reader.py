"""YAML nodes → the scans of an image: their timelines, outcomes and vulnerabilities.

Apart from `reader` only because this half of the grammar changes for other reasons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scangate.emulator.fields import Fields, Value, WorldError, parse_yaml
from scangate.emulator.moments import SECOND, Moment, parse_duration, parse_moment
from scangate.emulator.refusals import Code
from scangate.emulator.samples import read_vulnerabilities
from scangate.emulator.world import (
    COUNTS,
    UNSPECIFIED_SEVERITY,
    OnScan,
    Outcome,
    Scan,
    Vulnerability,
    derive_id,
    listing_order,
)

_OUTCOME = ("takes", "runs", "ends", "vulnerabilities", "sample", "counts")
_PACKAGE = ("name", "link", "package", "source", "version", "fixed_by", "origin", "type")


def read_scans(values: Iterable[Value], image_id: str, appears: Moment) -> tuple[Scan, ...]:
    """The scans of an image that are on the timeline by themselves."""
    return tuple(
        _scan(value, derive_id("che", f"scan {image_id} {position}"), appears)
        for position, value in enumerate(values, start=1)
    )


def read_on_scans(fields: Fields, scans: tuple[Scan, ...]) -> tuple[OnScan, ...]:
    """What Scan requests bring, one after another; by default what the last READY scan found."""
    if "on_scan" in fields:
        values = fields.need("on_scan", Value.one_or_more)
        if not values:
            raise fields.values["on_scan"].error("expected at least one outcome")
        return tuple(map(_on_scan, values))
    ready = [scan.outcome for scan in scans if scan.outcome.ends == "READY"]
    outcome = ready[-1] if ready else Outcome()
    return (OnScan(outcome=replace(outcome, takes=2 * SECOND)),)


def _scan(value: Value, default_id: str, image_appears: Moment) -> Scan:
    own = ("id", "appears", "finished", "disappears", "scanned_at", "image_id")
    fields = value.fields(*own, *_OUTCOME)
    fields.refuse_together("appears", "finished")
    outcome = _outcome(fields)
    return Scan(
        id=fields.get("id", Value.text, default_id),
        appears=_appears(fields, outcome, image_appears),
        outcome=outcome,
        disappears=fields.get("disappears", _moment, None),
        scanned_at=fields.get("scanned_at", _told_moment, None),
        tells_time=not fields.get("scanned_at", _is_absent, False),
        image_id=fields.get("image_id", _told_id, None),
    )


def _appears(fields: Fields, outcome: Outcome, default: Moment) -> Moment:
    if "finished" not in fields:
        return fields.get("appears", _moment, default)
    if outcome.takes is None:
        raise fields.values["finished"].error("a scan that takes for ever does not finish")
    return fields.need("finished", _moment).before(outcome.takes)


def _on_scan(value: Value) -> OnScan:
    fields = value.fields("delay", "refused", "message", *_OUTCOME)
    return OnScan(
        delay=fields.get("delay", _duration, 0),
        outcome=_outcome(fields),
        refused=fields.get("refused", _code, None),
        message=fields.get("message", Value.text, "The image cannot be scanned"),
    )


def _outcome(fields: Fields) -> Outcome:
    fields.refuse_together("vulnerabilities", "sample")
    rows = fields.get("vulnerabilities", _rows, ())
    return Outcome(
        takes=fields.get("takes", _span, 0),
        runs=fields.get("runs", Value.text, "RUNNING"),
        ends=fields.get("ends", Value.text, "READY"),
        vulnerabilities=fields.get("sample", _sample, rows),
        counts=fields.get("counts", _counts, None),
    )


def _rows(value: Value) -> tuple[Vulnerability, ...]:
    return tuple(sorted((row for v in value.items() for row in _row(v)), key=listing_order))


def _row(value: Value) -> Iterable[Vulnerability]:
    fields = value.fields("severity", *_PACKAGE, "repeat")
    package = {key: fields.get(key, Value.text, "") for key in _PACKAGE if key in fields}
    row = Vulnerability(
        severity=fields.get("severity", Value.text, UNSPECIFIED_SEVERITY), **_complete(package)
    )
    if "repeat" not in fields:
        return [row]
    times = fields.need("repeat", Value.count)
    return (replace(row, package=f"{row.package}-{number}") for number in range(1, times + 1))


def _complete(package: dict[str, str]) -> Mapping[str, str]:
    if not package:
        return package  # a row without `package`, such as an older or newer service may send
    complete = {"source": "trivy", "origin": "os", "type": "debian"} | package
    if package.get("name", "").startswith("CVE-"):
        complete.setdefault("link", f"https://avd.aquasec.com/nvd/{package['name'].lower()}")
    return complete


def _sample(value: Value) -> tuple[Vulnerability, ...]:
    root = parse_yaml(value.parsed(read_vulnerabilities))
    try:
        return root.fields("vulnerabilities").need("vulnerabilities", _rows)
    except WorldError as error:
        raise value.error(f"in this sample: {error}") from error


def _counts(value: Value) -> Mapping[str, int]:
    fields = value.fields(*COUNTS)
    return {name: fields.get(name, Value.number, 0) for name in COUNTS}


def _span(value: Value) -> int | None:
    return None if value.text() == "forever" else _duration(value)


def _told_moment(value: Value) -> Moment | None:
    return None if _is_absent(value) else _moment(value)


def _told_id(value: Value) -> str:
    return "" if _is_absent(value) else value.text()


def _is_absent(value: Value) -> bool:
    return value.text() == "absent"


def _code(value: Value) -> Code:
    if (word := value.text()) not in Code.__members__:
        raise value.error(f"{word} is not a code such as {Code.FAILED_PRECONDITION.name}")
    return Code[word]


def _moment(value: Value) -> Moment:
    return value.parsed(parse_moment)


def _duration(value: Value) -> int:
    return value.parsed(parse_duration)
