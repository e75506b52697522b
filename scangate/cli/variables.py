"""The environment beside the options: variables that nobody reads, files that others name."""

from collections.abc import Iterable, Mapping, Sequence

from scangate.cli import console
from scangate.cli.options import PREFIX

_PATHS = (
    "YC_SERVICE_ACCOUNT_KEY_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "SSL_CERT_FILE",
)


def warn_of_unknown(environment: Mapping[str, str], known: Iterable[str]) -> None:
    """Tell of a variable that looks like an option and is none.

    A misspelt one would leave the gate as it is, silently.
    """
    read = {*known, f"{PREFIX}ID_TOKEN"}
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in read:
            console.say(f"warning: the variable {name} is not one that scangate reads")


def paths(environment: Mapping[str, str]) -> Sequence[str]:
    """Return what the variables of others name that may be a file which the run reads."""
    return [environment[name] for name in _PATHS if environment.get(name)]
