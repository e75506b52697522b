"""All benchmarks, and `RESULTS.md`: `python -m benchmarks.run [--quick] [--only NAME]`.

With `--quick` each is done once and small, to see that it works; with `--only` or `--quick` the
file is left as it is.
"""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import (
    audit,
    cold_start,
    machine,
    many_findings,
    one_image,
    printed,
    reaction,
)
from benchmarks.results import Section, render, text_of, told

RESULTS = Path(__file__).with_name("RESULTS.md")

Benchmark = Callable[[bool], Section]

BENCHMARKS: Mapping[str, Benchmark] = {
    "one-image": lambda quick: one_image.measure(rounds=1 if quick else 9),
    "many-findings": lambda quick: many_findings.measure(
        rounds=1 if quick else 3, findings=5_000 if quick else many_findings.FINDINGS
    ),
    "audit": lambda quick: audit.measure(
        rounds=1 if quick else 3, sizes=(50, 100, 200) if quick else audit.SIZES
    ),
    "reaction": lambda _quick: reaction.measure(),
    "cold-start": lambda quick: cold_start.measure(rounds=1 if quick else 15),
    "evaluation": lambda _quick: printed.measure(
        "evaluation.py",
        title="Judging",
        method="The decision alone, in one process, as the number of findings grows.",
    ),
    "reports": lambda _quick: printed.measure(
        "reports.py",
        title="Reports",
        method="Every format, one after the other in one process.",
    ),
}


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="each once and small")
    parser.add_argument("--only", choices=BENCHMARKS, action="append", metavar="NAME")
    wishes = parser.parse_args()
    sections = []
    for name in wishes.only or BENCHMARKS:
        section = BENCHMARKS[name](wishes.quick)
        print(text_of(section), flush=True)
        for goal in section.goals:
            print(told(goal), flush=True)
        sections.append(section)
    if not (wishes.quick or wishes.only):
        RESULTS.write_text(render(sections, machine.describe()), encoding="utf-8")


if __name__ == "__main__":
    main()
