"""How long judging takes: 50 rules and 200 exceptions over up to 40,000 findings.

Times grow with the machine, so each is told beside a floor: one pass of a bare loop over the same
rows, which groups them by severity. Run it with `make bench`.
"""

import gc
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence

from scangate.instant import Instant
from scangate.model import Evidence, Image, ScanResult, ScanStatus, Severity, Value, Vulnerability
from scangate.policy.baseline import Baseline
from scangate.policy.effective import Policy
from scangate.policy.evaluate import count_rows, evaluate
from scangate.policy.load import load_text

SIZES = (5_000, 10_000, 20_000, 40_000)
RULES, IGNORES = 50, 200
ROUNDS = 5
NOW = Instant.parse("2026-11-22T10:00:00Z")
IMAGE = Image(id="image-1", host="cr.yandex", name="crp0/app", digest="sha256:" + "a" * 64)
PACKAGES = [f"package-{number}" for number in range(400)]


class Line(Value, frozen=True):
    """What was measured for one number of findings, in seconds."""

    size: int
    seconds: float
    floor: float

    @property
    def text(self) -> str:
        """The line of the table."""
        each, ratio = self.seconds / self.size * 1e6, self.seconds / self.floor
        return f"{self.size:>9,} {self.seconds:>8.3f} s {each:>10.2f} µs {ratio:>11.0f} ×"


def policy() -> Policy:
    """Return a policy with every kind of selection, and exceptions of every kind."""
    text = {
        "version": 1,
        "rules": list(_rules()),
        "ignore": list(_ignores()),
    }
    return load_text(json.dumps(text).encode(), source="bench.yaml", name="bench", local=False)


def _rules() -> Iterator[dict[str, object]]:
    matches: tuple[dict[str, object], ...] = (
        {"severity": ">=high", "fixable": True},
        {"package": "package-1*"},
        {"id": ["CVE-2025-1*", "GHSA-*"], "severity": ["high", "medium"]},
        {"origin": "os", "type": ["debian", "alpine"]},
        {"new": True, "severity": ">=medium"},
    )
    for number in range(RULES):
        match = {**matches[number % len(matches)]}
        if "package" in match:
            match["package"] = f"package-{number}*"
        yield {"name": f"rule-{number}", "match": match, "max": 10**6}


def _ignores() -> Iterator[dict[str, object]]:
    for number in range(IGNORES):
        entry: dict[str, object] = {
            "id": f"CVE-2025-{1000 + number}",
            "reason": "The vulnerable function is not compiled in.",
            "expires": "2027-06-30",
        }
        if number % 2:
            entry["package"] = "package-*"
        if number % 3 == 0:
            entry["while_unfixed"] = True
        yield entry


def rows(size: int) -> tuple[Vulnerability, ...]:
    """Return rows like those of a large image: few packages, and many advisories of each."""
    chance = random.Random(1)  # noqa: S311 - the same rows in every run
    kinds = (("debian", "os"), ("npm", "lang"), ("alpine", "os"))
    return tuple(_row(number, chance, *chance.choice(kinds)) for number in range(size))


def _row(number: int, chance: random.Random, kind: str, origin: str) -> Vulnerability:
    return Vulnerability(
        severity=chance.choice(tuple(Severity)),
        id=f"CVE-2025-{1000 + number // 4}",
        package=chance.choice(PACKAGES),
        version="1.2.3",
        fixed_version=chance.choice(("", "1.2.4")),
        type=kind,
        origin=origin,
    )


def by_severity(found: Sequence[Vulnerability]) -> dict[Severity, list[Vulnerability]]:
    """Do the least that judging could do."""
    groups: dict[Severity, list[Vulnerability]] = {}
    for row in found:
        groups.setdefault(row.severity, []).append(row)
    return groups


def fastest(step: Callable[[], object]) -> float:
    """Return the seconds of the fastest of some rounds."""
    return min(_seconds(step) for _ in range(ROUNDS))


def _seconds(step: Callable[[], object]) -> float:
    gc.collect()
    start = time.process_time()
    step()
    return time.process_time() - start


def measure(judging: Policy, size: int) -> Line:
    """Judge one image with that many findings."""
    found = rows(size)
    scan = ScanResult(
        id="scan-1",
        image_id=IMAGE.id,
        status=ScanStatus.READY,
        scanned_at=NOW,
        counts=count_rows(found),
    )
    evidence = Evidence(image=IMAGE, scan=scan, vulnerabilities=found)
    baseline = Baseline.of(found[::2])
    return Line(
        size=size,
        seconds=fastest(lambda: evaluate(judging, evidence, NOW, baseline=baseline)),
        floor=fastest(lambda: by_severity(found)),
    )


def main() -> None:
    """Print a line for each number of findings."""
    judging = policy()
    print(f"{RULES} rules and {IGNORES} ignore entries, the fastest of {ROUNDS} rounds")
    print(f"{'findings':>9} {'judging':>10} {'a finding':>13} {'to the floor':>13}")
    for size in SIZES:
        print(measure(judging, size).text)


if __name__ == "__main__":
    main()
