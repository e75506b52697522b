"""Whatever a manifest looks like: every image is found, and pinning changes nothing but them."""

import re
from collections.abc import Callable, Mapping

import pytest
import yaml
from hypothesis import Phase, given, settings

from scangate.manifests import pin, read
from tests.manifests.written import Drawn, by_digest, digest_of, manifests

Pinner = Callable[[str, Mapping[str, str]], str]


def pinned(text: str, digests: Mapping[str, str]) -> str:
    return pin(read(text.encode(), file="x.yaml"), digests)


def hold_to_pin(drawn: Drawn, pinner: Pinner) -> None:
    digests = {each: digest_of(each) for each in drawn.references}
    assert pinner(drawn.text, digests).encode() == drawn.pinned.encode()


@given(manifests())
def test_every_image_is_found_at_its_place(drawn: Drawn) -> None:
    found = read(drawn.text.encode(), file="x.yaml")

    assert tuple(each.reference.text for each in found.known) == drawn.references
    for image in found.known:
        assert drawn.text[image.start : image.end] == image.reference.text
        line = drawn.text.split("\n")[image.place.line - 1]
        assert line[image.place.column - 1 :].startswith(image.reference.text)


@given(manifests())
def test_pinning_changes_the_images_and_no_other_byte(drawn: Drawn) -> None:
    hold_to_pin(drawn, pinned)


@given(manifests())
def test_another_reader_sees_nothing_but_the_images_change(drawn: Drawn) -> None:
    assert _without_images(_loaded(drawn.text)) == _without_images(_loaded(drawn.pinned))


def _loaded(text: str) -> list[object]:
    return list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def _without_images(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_images(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_without_images(each) for each in value]
    if isinstance(value, str):
        return re.sub(r"(/crp0/[a-z0-9/_-]+)(:[\w.-]+)?(@sha256:[0-9a-f]{64})?", r"\1", value)
    return value


def _everywhere(text: str, digests: Mapping[str, str]) -> str:
    for reference in sorted(digests, key=len, reverse=True):
        text = text.replace(reference, by_digest(reference))
    return text


def _dumped(text: str, digests: Mapping[str, str]) -> str:
    return yaml.safe_dump_all(_loaded(pinned(text, digests)))


def _values_of_image_alone(text: str, digests: Mapping[str, str]) -> str:
    pattern = re.compile(r"(?<=image: )([^\s\"'#]+/[^\s\"'#]+)")
    return pattern.sub(lambda match: by_digest(match[0]), text)


@pytest.mark.parametrize("pinner", [_everywhere, _dumped, _values_of_image_alone])
def test_the_property_would_tell(pinner: Pinner) -> None:
    @settings(phases=[Phase.generate])
    @given(manifests())
    def held(drawn: Drawn) -> None:
        hold_to_pin(drawn, pinner)

    with pytest.raises(AssertionError):
        held()
