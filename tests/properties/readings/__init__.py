"""What foreign readers read in each report, and what they must read: verdicts, rules, rows.

A reading is made of the report's text alone, by the readers of `tests.reports`. Some formats tell
a row for each finding, others a line for each advisory, which may not have room for all packages.
"""

from collections.abc import Callable, Mapping

from tests.properties.expected import Expected
from tests.properties.readings import machines, people
from tests.properties.readings.reading import Reading

READINGS: Mapping[str, tuple[Callable[[str], Reading], Callable[[Expected], Reading]]] = {
    "table": (people.read_table, people.wanted_table),
    "json": (machines.read_json, machines.wanted_json),
    "junit": (machines.read_junit, machines.wanted_junit),
    "sarif": (machines.read_sarif, machines.wanted_sarif),
    "gitlab": (machines.read_gitlab, machines.wanted_gitlab),
    "codequality": (machines.read_codequality, machines.wanted_codequality),
    "markdown": (people.read_markdown, people.wanted_markdown),
    "html": (people.read_html, people.wanted_html),
    "github": (people.read_github, people.wanted_github),
    "vsa": (machines.read_vsa, machines.wanted_vsa),
    "dotenv": (machines.read_dotenv, machines.wanted_dotenv),
}
"""Of each format: how it is read, and what must be read in it."""


def agrees(read: Reading, wanted: Reading) -> bool:
    """Whether a report tells what is so: nothing more and nothing less."""
    return read.exact == wanted.exact and read.some <= wanted.some
