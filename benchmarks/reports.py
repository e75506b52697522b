"""How long reports take: 20,000 findings in every format, one after the other in one process.

Times grow with the machine, so each is told beside a floor: the same findings, written as plain
JSON by msgspec. Run it with `make bench`.
"""

import functools
import json
import resource
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from benchmarks.evaluation import IMAGE, NOW, rows
from scangate.fixes import plan
from scangate.model import Evidence, ScanResult, ScanStatus
from scangate.policy.evaluate import count_rows, evaluate
from scangate.policy.load import load_text
from scangate.report import ImageOutcome, Report
from scangate.reports import FORMATS

SIZE = 20_000
T = TypeVar("T")
POLICY = {
    "version": 1,
    "thresholds": {"critical": 0, "high": {"fixable": 0}},
    "rules": [{"name": "no-npm", "match": {"type": "npm"}, "action": "warn"}],
    "ignore": [{"id": "CVE-2025-1000", "reason": "It is not reachable.", "expires": "never"}],
}


def report() -> Report:
    """Return the report on one image with that many findings, of which many break a rule."""
    policy = load_text(json.dumps(POLICY).encode(), source="bench.yaml", name="bench", local=False)
    found = rows(SIZE)
    scan = ScanResult(
        id="scan-1",
        image_id=IMAGE.id,
        status=ScanStatus.READY,
        scanned_at=NOW,
        counts=count_rows(found),
    )
    evidence = Evidence(image=IMAGE, scan=scan, vulnerabilities=found)
    judgement = evaluate(policy, evidence, NOW)
    outcome = ImageOutcome(
        reference=IMAGE.pinned,
        verdict=judgement.verdict,
        rules=judgement.rules,
        image=IMAGE,
        scan=scan,
        findings=judgement.findings,
        ignores=judgement.ignores,
        fix_plan=plan(judgement.rules, judgement.ignores, today=NOW.date),
    )
    return Report(
        version="1",
        judged_at=NOW,
        mode="enforce",
        endpoint="container-registry.api.cloud.yandex.net",
        endpoint_known=True,
        api="container-registry",
        policy=policy.identity,
        images=(outcome,),
    )


def timed(step: Callable[[], T]) -> tuple[float, T]:
    """Return the processor time of a step, and what came of it."""
    start = time.process_time()
    made = step()
    return time.process_time() - start, made


def main() -> None:
    """Print a line for each format, then the sum and the most memory that was ever taken."""
    whole = report()
    before = _megabytes()
    floor, _ = timed(lambda: msgspec.json.encode(whole.images[0].findings))
    print(f"{SIZE:,} findings, which msgspec writes in {floor:.3f} s")
    print(f"{'format':>12} {'seconds':>9} {'to the floor':>13} {'MB':>7}")
    total = 0.0
    for each in FORMATS.values():
        took, text = timed(functools.partial(each.render, whole))
        total += took
        print(f"{each.name:>12} {took:>9.3f} {took / floor:>11.0f} × {len(text) / 1e6:>7.2f}")
    print(f"{'all':>12} {total:>9.3f} {total / floor:>11.0f} ×")
    print(f"at most {_megabytes():.0f} MB of memory, {before:.0f} MB of it before the first format")


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
