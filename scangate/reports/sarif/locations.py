"""Where SARIF results point to: the line of the policy that they are about.

An image has no source file, and GitHub wants a location in one, best of the repository (GitHub,
"SARIF support for code scanning", physicalLocation). The policy is one that a reader can change:
the violated rule, or the entry that accepts the finding. Where it is no file of the repository,
the image's repository stands in for a file. The image and the package are the logical location.
"""

from collections.abc import Iterator

from scangate.model import Place
from scangate.reports.sarif.selection import Result, Subject, name_of
from scangate.reports.sarif.text import file_uri, image_uri


def location_of(result: Result) -> dict[str, object]:
    """Return the first location of a result, which is the only one that GitHub uses."""
    place = next(filter(_is_in_repository, _places(result)), None)
    return {
        "physicalLocation": _point(place, result.subject),
        "logicalLocations": [_logical(result)],
    }


def related_to(result: Result) -> list[dict[str, object]]:
    """Return where the other rules are written that count it."""
    return [
        {
            "physicalLocation": _point(rule.place, result.subject),
            "message": {"text": f"the rule {name_of(rule)}"},
        }
        for rule in result.rules[1:]
        if _is_in_repository(rule.place)
    ]


def _places(result: Result) -> Iterator[Place | None]:
    for rule in result.rules:
        yield rule.place
    if result.finding is not None and result.finding.suppression is not None:
        yield result.subject.entries.get(result.finding.suppression.by)


def _is_in_repository(place: Place | None) -> bool:
    return place is not None and place.local and bool(file_uri(place.file))


def _point(place: Place | None, subject: Subject) -> dict[str, object]:
    """GitHub asks for all four numbers; the last column is the one after the region."""
    artifact = {"uri": image_uri(subject.name)}
    line, column = 1, 1
    if place is not None:
        artifact = {"uri": file_uri(place.file), "uriBaseId": "%SRCROOT%"}
        line, column = place.line, place.column
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + 1}
    return {"artifactLocation": artifact, "region": region}


def _logical(result: Result) -> dict[str, str]:
    reference = result.subject.reference
    if result.texts is None:
        return {"fullyQualifiedName": reference, "kind": "image"}
    package = "@".join(filter(None, (result.texts.package, result.texts.version)))
    name = f"{reference}:{package}" if package else reference
    return {"fullyQualifiedName": name, "kind": "package"}
