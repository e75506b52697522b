"""The inputs of the action: from variables to the arguments and credentials of `scangate check`.

The runner knows only text, does not enforce `required`, and cannot tell an empty input from one
that was not given. So what looks like an expression that came out empty is refused, as far as that
can be told.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

_LISTS = ("image", "image-id", "manifest", "report")
_TEXTS = (
    *("policy", "policy-sha256", "scan", "timeout", "start-timeout"),
    *("service-account-id", "token", "cloud", "endpoint", "version"),
)
_OPTIONS = ("policy", "policy-sha256", "scan", "timeout", "start-timeout", "cloud", "endpoint")
_REPEATABLE = ("image-id", "manifest")
"""Like the others, these are passed on as the option of the same name."""

_CREDENTIALS = {
    "token": "YC_IAM_TOKEN",
    "service-account-key": "YC_SERVICE_ACCOUNT_KEY_FILE",
    "service-account-id": "YC_SERVICE_ACCOUNT_ID",
}
_BOOLEANS = {"true": True, "false": False, "": False}
_CLOUD_REGISTRY_HOST = "registry.yandexcloud.net/"


class Refused(Exception):
    """An input, or the runner, cannot be used: exit code 2."""


class Asked(NamedTuple):
    """What the inputs ask for. `credential` is a variable of scangate and its value."""

    arguments: Sequence[str]
    credential: Mapping[str, str]
    report_json: Path
    cloud_registry: bool


def variable_of(name: str) -> str:
    """Return the name of the variable that `action.yml` puts an input into."""
    return "INPUT_" + name.upper().replace("-", "_")


def read(environment: Mapping[str, str], *, own_version: str, report_json: Path) -> Asked:
    """Read all inputs. `report_json` is where that report goes if the user asks for none.

    Raises Refused.
    """
    lists = {name: _lines(environment, name) for name in _LISTS}
    texts = {name: _text(environment, name) for name in _TEXTS}
    _refuse_missing(lists, texts)
    if texts["version"] not in ("", own_version):
        raise Refused(
            f"the input version asks for {texts['version']!r}, and this action is {own_version}: "
            "pin the action itself at the release that you want"
        )
    reports = {"json": str(report_json), **_reports(lists["report"])}
    warn_only = ("--warn-only",) if _boolean(environment, "warn-only") else ()
    return Asked(
        arguments=(*_options(reports, texts, lists), *warn_only, "--", *lists["image"]),
        credential=_credential(environment, texts),
        report_json=Path(reports["json"]),
        cloud_registry=_boolean(environment, "cloud-registry")
        or any(each.startswith(_CLOUD_REGISTRY_HOST) for each in lists["image"]),
    )


def _refuse_missing(lists: Mapping[str, Sequence[str]], texts: Mapping[str, str]) -> None:
    if not texts["policy"]:
        raise Refused("the input policy is empty: name a file or a built-in policy")
    if not (lists["image"] or lists["image-id"] or lists["manifest"]):
        raise Refused("the input image is empty, and neither image-id nor manifest is given")


def _options(
    reports: Mapping[str, str], texts: Mapping[str, str], lists: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """A value is one word with its option, so that it cannot be an option itself."""
    yield "--output=table"  # the log
    yield from (f"--output={name}={path}" for name, path in reports.items())
    yield from (f"--{name}={texts[name]}" for name in _OPTIONS if texts[name])
    yield from (f"--{name}={each}" for name in _REPEATABLE for each in lists[name])


def _given(environment: Mapping[str, str], name: str) -> str:
    text = environment.get(variable_of(name), "")
    if text and not text.strip():
        raise Refused(f"the input {name} is blank")
    return text


def _text(environment: Mapping[str, str], name: str) -> str:
    text = _given(environment, name).strip()
    _refuse_unprintable(text, name)
    return text


def _lines(environment: Mapping[str, str], name: str) -> Sequence[str]:
    """An empty line is an expression without a value: to pass it over would gate an image less."""
    text = _given(environment, name).removesuffix("\n")
    lines = [line.strip() for line in text.split("\n")] if text else []
    if "" in lines:
        raise Refused(f"line {lines.index('') + 1} of the input {name} is empty")
    for line in lines:
        _refuse_unprintable(line, name)
    return lines


def _refuse_unprintable(line: str, name: str) -> None:
    """It could end a line of the log or of the outputs early. Not told: it may be a token."""
    if not line.isprintable():
        raise Refused(f"the input {name} has a line break or a control character in it")


def _boolean(environment: Mapping[str, str], name: str) -> bool:
    text = _given(environment, name)
    if text not in _BOOLEANS:
        raise Refused(f"the input {name} is {text[:40]!r}: it takes true or false")
    return _BOOLEANS[text]


def _reports(lines: Sequence[str]) -> dict[str, str]:
    """Return the path of each format. Whether there is such a format, scangate knows."""
    reports: dict[str, str] = {}
    for line in lines:
        name, _, path = line.partition("=")
        if not name or not path:
            raise Refused(f"the input report has the line {line[:80]!r}: it takes FORMAT=PATH")
        if name in reports:
            raise Refused(f"the input report names {name} twice")
        reports[name] = path
    return reports


def _credential(environment: Mapping[str, str], texts: Mapping[str, str]) -> Mapping[str, str]:
    """A key is JSON of several lines, if it is not a path."""
    values = {**texts, "service-account-key": _given(environment, "service-account-key").strip()}
    given = {name: values[name] for name in _CREDENTIALS if values[name]}
    if len(given) > 1:
        raise Refused(f"the inputs {' and '.join(given)} exclude each other")
    return {_CREDENTIALS[name]: value for name, value in given.items()}
