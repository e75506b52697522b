"""Where tokens are asked for: by cloud, by --endpoint, and by their own options."""

from typing import Any

import pytest

from scangate.clouds import CLOUDS, endpoints
from scangate.errors import UsageError

RU = "https://iam.api.cloud.yandex.net"
KZ = "https://iam.api.yandexcloud.kz"
EXCHANGE = "https://auth.yandex.cloud/oauth/token"
TOKENS = "/iam/v1/tokens"

# cloud, options → IAM, its audience, the exchange, whether all of it is a known cloud's
CASES: dict[str, tuple[str, dict[str, str], tuple[str, str, str | None, bool]]] = {
    "yandex": ("yandex", {}, (RU, f"{RU}{TOKENS}", EXCHANGE, True)),
    "yandex-kz": ("yandex-kz", {}, (KZ, f"{KZ}{TOKENS}", None, True)),
    "base of another cloud": (
        "yandex-kz",
        {"base": "api.cloud.yandex.net"},
        (RU, f"{RU}{TOKENS}", EXCHANGE, False),
    ),
    "another base": (
        "yandex",
        {"base": "api.private.example/"},
        (
            "https://iam.api.private.example",
            f"https://iam.api.private.example{TOKENS}",
            None,
            False,
        ),
    ),
    "a url for all": (
        "yandex",
        {"base": "http://127.0.0.1:8080/"},
        ("http://127.0.0.1:8080", f"{RU}{TOKENS}", "http://127.0.0.1:8080/oauth/token", False),
    ),
    "iam alone": (
        "yandex",
        {"iam": "https://iam.example/"},
        ("https://iam.example", f"{RU}{TOKENS}", EXCHANGE, False),
    ),
    "the exchange alone": (
        "yandex-kz",
        {"token_exchange": "https://auth.example/path"},
        (KZ, f"{KZ}{TOKENS}", "https://auth.example/path", False),
    ),
    "their own options win": (
        "yandex",
        {"base": "https://all.example", "iam": "https://a.example", "token_exchange": EXCHANGE},
        ("https://a.example", f"{RU}{TOKENS}", EXCHANGE, False),
    ),
}


@pytest.mark.parametrize(("cloud", "options", "expected"), CASES.values(), ids=CASES)
def test_addresses(cloud: str, options: dict[str, Any], expected: tuple[Any, ...]) -> None:
    where = endpoints(CLOUDS[cloud], **{"base": None, "registry": None, **options})
    assert (where.iam, where.iam_audience, where.token_exchange, where.known) == expected


@pytest.mark.parametrize("option", ["iam", "token_exchange"])
@pytest.mark.parametrize(
    "url", ["http://iam.example", "iam.example", "https://user:secret@iam.example"]
)
def test_a_proof_is_not_sent_in_the_clear(option: str, url: str) -> None:
    options: dict[str, Any] = {"base": None, "registry": None, option: url}
    with pytest.raises(UsageError):
        endpoints(CLOUDS["yandex"], **options)
