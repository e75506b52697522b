"""What a network and a server can do to a request: one table, for every step of the gate."""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scangate.emulator import Arrival, Ending, Faults, Raw, Reply, Request

from .running import REGISTRY, SPEED

V1 = "/container-registry/v1"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
JSON = {"Content-Type": "application/json"}
SECOND = 1 / SPEED


@dataclass(frozen=True)
class Step:
    """A request of the gate: how to know it, a run in which it is sent, and how that ends."""

    name: str
    is_it: Callable[[Request], bool]
    image: str = "clean"
    options: tuple[str, ...] = ()
    fair: int = 0


_SCAN = ("--scan", "always")
STEPS = (
    Step("image list", lambda r: r.path == f"{V1}/images"),
    Step("scan list", lambda r: (r.method, r.path) == ("GET", f"{V1}/scans")),
    Step("vulnerability list", lambda r: r.path.endswith(":listVulnerabilities")),
    Step(
        "scan policy",
        lambda r: r.path == f"{V1}/scanPolicies/{REGISTRY}:byRegistry",
        "never",
        fair=3,
    ),
    Step("scan start", lambda r: r.method == "POST", options=_SCAN),
    Step(
        "scan get",
        lambda r: r.path.startswith(f"{V1}/scans/") and ":" not in r.path,
        options=_SCAN,
    ),
    Step("operation get", lambda r: r.path.startswith("/operations/"), options=_SCAN),
)


def status(code: int, **headers: str) -> Callable[[Arrival], Reply]:
    """An error as the service tells it."""
    body = b'{"code": 13, "message": "as the test wants it"}'
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _arrival: Reply(status=code, headers={**JSON, **names}, body=body)


def changed(**changes: object) -> Callable[[Arrival], Reply]:
    """The usual answer, with something else in it."""
    return lambda arrival: replace(arrival.usual(), **changes)  # type: ignore[arg-type]  # any


def _cut(arrival: Arrival) -> Raw:
    return Raw([arrival.usual().encode()[:-2]])


def _chunks_cut(arrival: Arrival) -> Raw:
    body = arrival.usual().body
    return Raw([HEAD, b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n" % (len(body), body)])


def _slow_body(arrival: Arrival) -> Raw:
    def pieces() -> Iterator[bytes]:
        body = arrival.usual().body.ljust(500)
        yield HEAD + b"Content-Length: %d\r\n\r\n" % len(body)
        for byte in body:
            time.sleep(SECOND)
            yield bytes([byte])

    return Raw(pieces())


def _silence(arrival: Arrival) -> Raw:
    def pieces() -> Iterator[bytes]:
        time.sleep(0.3)
        yield b""

    return Raw(pieces())


def _half(arrival: Arrival) -> Reply:
    usual = arrival.usual()
    return replace(usual, body=usual.body[: len(usual.body) // 2])


def _not_gzip(arrival: Arrival) -> Reply:
    return Reply(headers={**JSON, "Content-Encoding": "gzip"}, body=arrival.usual().body)


HTML = b"<html><body>Please log in</body></html>"
TEXT = {"Content-Type": "text/html"}


@dataclass(frozen=True)
class Weather:
    """What happens to a request, and the exit code when it happens every time.

    `passes` is whether the gate tries again, so that it passes if it happens once.
    """

    answer: Callable[[Arrival], Reply | Raw]
    code: int = 5
    passes: bool = False

    def over(self, step: Step, *, times: int) -> Faults:
        """Strike that step's requests, so many times."""
        left = [times]

        def faults(arrival: Arrival) -> Reply | Raw | None:
            if not step.is_it(arrival.request) or left[0] == 0:
                return None
            left[0] -= 1
            if arrival.request.method == "POST":
                arrival.usual()  # the worst case: the scan is started, and its answer is lost
            return self.answer(arrival)

        return faults


FAIR = {
    "reset before the headers": Weather(lambda _: Raw(ending=Ending.RESET), passes=True),
    "reset after the headers": Weather(
        lambda _: Raw([HEAD + b"Content-Length: 9\r\n\r\n"], Ending.RESET), passes=True
    ),
    "closed before the headers": Weather(lambda _: Raw(), passes=True),
    "silence": Weather(_silence, passes=True),
    "a byte a second": Weather(_slow_body, passes=True),
    "truncated": Weather(_cut, passes=True),
    "truncated chunks": Weather(_chunks_cut, passes=True),
    "408": Weather(status(408), passes=True),
    "429": Weather(status(429), passes=True),
    "429 with Retry-After": Weather(status(429, Retry_After="2"), passes=True),
    "500": Weather(status(500), passes=True),
    "502": Weather(status(502), passes=True),
    "503 of a proxy": Weather(lambda _: Reply(status=503, headers=TEXT, body=HTML), passes=True),
    "504": Weather(status(504), passes=True),
}
"""What passes by."""

FOUL = {
    "400": Weather(status(400)),
    "401": Weather(status(401), code=4),
    "403": Weather(status(403), code=4),
    "404": Weather(status(404), code=3),
    "404 of a proxy": Weather(lambda _: Reply(status=404, headers=TEXT, body=HTML)),
    "409": Weather(status(409)),
    "redirect": Weather(status(307, Location="http://127.0.0.1:9/elsewhere")),
    "redirect to nowhere": Weather(status(302, Location="https://[bad")),
    "no content": Weather(lambda _: Reply(status=204)),
    "HTML with 200": Weather(lambda _: Reply(headers=TEXT, body=HTML)),
    "HTML that says it is JSON": Weather(lambda _: Reply(headers=JSON, body=HTML)),
    "another content type": Weather(changed(headers={"Content-Type": "text/plain"})),
    "half the JSON": Weather(_half),
    "nothing": Weather(changed(body=b"")),
    "null": Weather(changed(body=b"null")),
    "a list": Weather(changed(body=b"[]")),
    "not gzip": Weather(_not_gzip),
    "gzip in gzip": Weather(
        lambda arrival: Reply(
            headers={**JSON, "Content-Encoding": "gzip, gzip"},
            body=gzip.compress(gzip.compress(arrival.usual().body)),
        )
    ),
}
"""What does not: to try again would end the same way."""
