"""Where a token may be sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.address import refuse_unsafe
from scangate.errors import UsageError

SAFE = (
    *("https://api.cloud.yandex.net", "https://h:8443/path", "HTTPS://H", "https://10.0.0.1"),
    *("https://[2001:db8::1]:443", "https://localhost"),
    *("http://127.0.0.1:8080", "http://127.9.9.9", "http://[::1]:80/x", "http://localhost:1"),
    *("HTTP://127.0.0.1", "http://LOCALHOST"),
)
PLAIN = (
    *("http://api.cloud.yandex.net", "http://10.0.0.1", "http://0.0.0.0", "http://[::]"),
    *("http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://localhost."),
    *("http://127.1", "http://2130706433", "http://0x7f000001", "http://[fe80::1]", "http://xn--x"),
    *(
        "http://localhost%2eevil.example",
        "http://127.0.0.1\t.evil.example",
        "http://169.254.169.254",
    ),
)
NONE = (
    *("", "x", "//h", "ftp://h", "file:///etc/passwd", "https://", "https:///x", "http:127.0.0.1"),
    *("javascript:x", "https:h", "unix:/x"),
)
USERS = (
    *("https://user@h", "https://user:word@h", "https://@h", "https://:@h"),
    *("http://127.0.0.1@evil.example", "http://127.0.0.1:80@evil.example"),
    *("http://127.0.0.1\\@evil.example", "https://h;@x"),
)
BROKEN = (
    *("https://[bad", "https://[::1", "https://h:99999", "https://h:x", "https://h:-1"),
    *("https://a\u2100b", "http://127.0.0.1:80\\.evil.example", "http://[127.0.0.1]"),
)


@pytest.mark.parametrize("url", SAFE)
def test_safe(url: str) -> None:
    refuse_unsafe(url)


@pytest.mark.parametrize("url", PLAIN)
def test_plain_http_elsewhere(url: str) -> None:
    with pytest.raises(UsageError, match="over HTTPS only") as caught:
        refuse_unsafe(url)
    assert "emulator" in caught.value.hint


@pytest.mark.parametrize("url", NONE)
def test_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="is not an http or https address"):
        refuse_unsafe(url)


@pytest.mark.parametrize("url", USERS)
def test_a_user_in_the_address_is_refused_and_not_told(url: str) -> None:
    with pytest.raises(UsageError, match="must not carry a user or a password") as caught:
        refuse_unsafe(url)
    assert "word" not in caught.value.message.replace("password", "")


@pytest.mark.parametrize("url", BROKEN)
def test_broken(url: str) -> None:
    with pytest.raises(UsageError):
        refuse_unsafe(url)


@given(st.text() | st.text().map("https://{}".format) | st.text().map("http://127.0.0.1{}".format))
def test_any_text_is_safe_or_refused(text: str) -> None:
    try:
        refuse_unsafe(text)
    except UsageError as error:
        refused = error.message
        assert refused
