"""What the scanner's words mean in ours, whichever way they came. Pure.

Both products of the registry use the same words (yandex/cloud/containerregistry/v1/scanner.proto,
yandex/cloud/cloudregistry/v1/scanner.proto) in REST, gRPC and saved files. An enum value that the
sender does not know may come as a number. What this version does not know is never good news.
"""

from collections.abc import Mapping

from scangate.model import Counts, ScanStatus, Severity

_STATUSES: dict[str | int, ScanStatus] = {
    status.value: status for status in ScanStatus if status is not ScanStatus.UNKNOWN
}
_SEVERITIES: dict[str | int, Severity] = {
    **{severity.name: severity for severity in Severity},
    "SEVERITY_UNSPECIFIED": Severity.UNDEFINED,
}


def status_of(word: str | int) -> ScanStatus:
    """Return the status that is meant; UNKNOWN proves no end of the scan."""
    return _STATUSES.get(word, ScanStatus.UNKNOWN)


def severity_of(word: str | int) -> tuple[Severity, str]:
    """Return the severity that is meant, and the word itself where it is not known.

    One that this version has never heard of is critical.
    """
    severity = _SEVERITIES.get(word)
    return (severity, "") if severity else (Severity.CRITICAL, str(word))


def counts_of(numbers: Mapping[str, int]) -> tuple[Counts | None, tuple[str, ...]]:
    """Return the counts by severity, and the words among them that are not known.

    Those count as critical. Zeros of severities that nobody knows are as good as no numbers: None.
    """
    known = {severity.value: numbers.get(severity.value, 0) for severity in Severity}
    unknown = {word: number for word, number in numbers.items() if word not in known and number}
    if not unknown and known.keys().isdisjoint(numbers):
        return None, ()
    known[Severity.CRITICAL.value] += sum(unknown.values())
    return Counts(**known), tuple(unknown)


def is_seen(text: str) -> bool:
    """Whether a reader sees anything of a text: spaces and what has no width say nothing."""
    return any(character.isprintable() and not character.isspace() for character in text)
