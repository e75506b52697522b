"""References to images: what is accepted, as what, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scangate.errors import UsageError
from scangate.reference import ImageReference

HEX = "0123456789abcdef" * 4
DIGEST = f"sha256:{HEX}"


@pytest.mark.parametrize(
    ("text", "host", "name", "tag", "digest"),
    [
        ("cr.yandex/crp0/app:1.4", "cr.yandex", "crp0/app", "1.4", None),
        ("cr.yandex/crp0/app", "cr.yandex", "crp0/app", "latest", None),
        (f"cr.yandex/crp0/app@{DIGEST}", "cr.yandex", "crp0/app", None, DIGEST),
        (f"cr.yandex/crp0/app:1.4@{DIGEST}", "cr.yandex", "crp0/app", "1.4", DIGEST),
        ("cr.yandex/crp0/team/app:x", "cr.yandex", "crp0/team/app", "x", None),
        ("localhost:5000/crp0/app:x", "localhost:5000", "crp0/app", "x", None),
        ("127.0.0.1:80/crp0/a__b.c-d:_X-1.z", "127.0.0.1:80", "crp0/a__b.c-d", "_X-1.z", None),
        (f"cr.yandex/crp0/app:{'t' * 128}", "cr.yandex", "crp0/app", "t" * 128, None),
    ],
)
def test_a_reference_is_read(
    text: str, host: str, name: str, tag: str | None, digest: str | None
) -> None:
    assert ImageReference.parse(text) == ImageReference(
        text=text, host=host, name=name, tag=tag, digest=digest
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "app",
        "app:1",
        "crp0/app",
        "cr.yandex/app:1",
        "cr.yandex/crp0/",
        "cr.yandex//app",
        "/crp0/app",
        "https://cr.yandex/crp0/app",
        "cr.yandex/crp0/App:1",
        "CR.yandex/crp0/app:1",
        "cr.yandex/crp0/app:",
        "cr.yandex/crp0/app:1:2",
        "cr.yandex/crp0/app:.1",
        f"cr.yandex/crp0/app:{'t' * 129}",
        "cr.yandex/crp0/app@",
        "cr.yandex/crp0/app@1.4",
        f"cr.yandex/crp0/app@sha256:{HEX[1:]}",
        f"cr.yandex/crp0/app@sha256:{HEX}0",
        f"cr.yandex/crp0/app@sha256:{HEX.upper()}",
        f"cr.yandex/crp0/app@sha512:{HEX}",
        f"cr.yandex/crp0/app@{DIGEST}@{DIGEST}",
        f"cr.yandex/crp0/app@{DIGEST}:1.4",
        " cr.yandex/crp0/app:1",
        "cr.yandex/crp0/app:1\n",
        "cr.yandex/crp0/app :1",
        "cr.yandex/../app:1",
        "cr.yandex/crp0/-app:1",
        "cr.yandex/crp0/app-:1",
        "cr.yandex/crp0/аpp:1",
        "cr.yandex:/crp0/app:1",
        "user@cr.yandex/crp0/app:1",
        f"cr.yandex/crp0/{'a' * 1000}",
    ],
)
def test_what_is_no_reference_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not an image reference") as refused:
        ImageReference.parse(text)
    assert refused.value.code == 2
    assert refused.value.hint


@given(st.text(alphabet="ac0/:.@-_A\n ", max_size=30) | st.text(max_size=30))
def test_any_text_is_a_reference_or_a_usage_error(text: str) -> None:
    try:
        reference = ImageReference.parse(text)
    except UsageError:
        return
    assert reference.text == text
    assert reference.tag or reference.digest


def test_a_long_reference_is_refused_without_repeating_all_of_it() -> None:
    with pytest.raises(UsageError) as refused:
        ImageReference.parse("x" * 10_000_000)
    assert len(refused.value.message) < 400
