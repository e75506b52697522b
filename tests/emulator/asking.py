"""How the tests ask the emulator: without sockets, at any time they like."""

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from scangate.emulator import Reply, Request, World, load_world
from scangate.emulator.api import Api
from scangate.emulator.moments import parse_moment, parse_timestamp

START_TEXT = "2026-11-22T10:00:00Z"
START = parse_timestamp(START_TEXT)
REGISTRY = "crp0000000000000test"
# The paths of other hosts
OTHERS = ("/operations", "/iam/", "/cloud-registry/", "/v2/", "/yandex.cloud.")
KEY = "0b7b1f0e-5f1c-4a52-9d6e-0f6f3f3a8a11"


@dataclass(frozen=True)
class Answer:
    """A reply, read."""

    reply: Reply

    @property
    def status(self) -> int:
        return self.reply.status

    @property
    def json(self) -> Any:
        return json.loads(self.reply.body)


@dataclass
class Service:
    """The API of a world, asked directly."""

    world: World
    token: str = "t"
    numbers: list[int] = field(default_factory=lambda: [0])

    def __post_init__(self) -> None:
        self.api = Api(world=self.world, start=START)

    def ask(
        self,
        path: str,
        /,
        *,
        at: str = "0s",
        method: str = "GET",
        body: bytes = b"",
        key: str = "",
        **query: object,
    ) -> Answer:
        self.numbers[0] += 1
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        if key:
            headers["idempotency-key"] = key
        full = path if path.startswith(OTHERS) else f"/container-registry/v1{path}"
        request = Request(
            method=method,
            path=full,
            query=urlencode(query),
            headers=headers,
            body=body,
            number=self.numbers[0],
        )
        return Answer(self.api.answer(request, now=parse_moment(at).at(START)))

    def scan(self, image_id: str, *, at: str = "0s", key: str = "") -> Answer:
        body = json.dumps({"imageId": image_id}).encode()
        return self.ask("/scans", at=at, method="POST", body=body, key=key)


def service(text: str, **behaviour: Any) -> Service:
    """The service of a world of one registry and the images in `text`, with these switches."""
    world = load_world(text if "registries:" in text else with_registry(text))
    return Service(replace(world, behaviour=replace(world.behaviour, **behaviour)))


def with_registry(images: str) -> str:
    """A world's text: one registry, and the images in `images`, a YAML list."""
    return f"registries: [{{id: {REGISTRY}}}]\nimages: {images}"


def one_image(rest: str = "", *, name: str = "app") -> str:
    """An image with the ID `img`, and further keys."""
    comma = ", " if rest else ""
    return f"[{{name: {REGISTRY}/{name}, id: img{comma}{rest}}}]"


def statuses(answer: Answer) -> list[str]:
    """The statuses of a list of scan results."""
    return [result["status"] for result in answer.json.get("scanResults", [])]
