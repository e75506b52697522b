"""Renewal: before the end, after a refusal, once for all threads, and with patience."""

import datetime as dt
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scangate.credentials.source import Found, Limits
from scangate.credentials.tokens import Facts, LazyTokens, margin
from scangate.errors import ScangateError, Unauthenticated, Unavailable
from scangate.instant import Instant
from scangate.secret import Secret
from tests.fakes import NOW, FakeClock

HOUR = 3600.0
MARGINS = {
    "12 hours": (12 * HOUR, 300),
    "an hour": (HOUR, 300),
    "50 minutes": (3000.0, 300),
    "just less": (2990.0, 299),
    "10 minutes": (600.0, 60),
    "2 minutes": (120.0, 12),
    "a tenth is 10 s": (100.0, 10),
    "at least 10 s": (90.0, 10),
    "20 s": (20.0, 10),
    "just before its end": (19.0, 1.9),
    "1 s": (1.0, 0.1),
    "over": (0.0, 0),
}


@pytest.mark.parametrize(("life", "expected"), MARGINS.values(), ids=MARGINS)
def test_margin(life: float, expected: float) -> None:
    assert margin(life) == pytest.approx(expected)


@dataclass
class Source:
    """Gives token-1, token-2, …; what is in `trouble` is raised instead, first to last."""

    clock: FakeClock = field(default_factory=FakeClock)
    life: float | None = 12 * HOUR
    renews: bool = True
    same: bool = False
    trouble: list[ScangateError | None] = field(default_factory=list)
    calls: int = 0
    logged: list[str] = field(default_factory=list)
    masked: list[str] = field(default_factory=list)

    def find(self) -> Found:
        self.calls += 1
        if self.trouble and (error := self.trouble.pop(0)) is not None:
            raise error
        expires = self.clock.now().plus(dt.timedelta(seconds=self.life)) if self.life else None
        return Found(
            "a source",
            Secret("token-1" if self.same else f"token-{self.calls}"),
            expires=expires,
            again=self.find if self.renews else None,
        )

    def tokens(self) -> LazyTokens:
        return LazyTokens(
            self.find,
            clock=self.clock,
            log=self.logged.append,
            mask=lambda secret: self.masked.append(secret.reveal()),
        )


def test_nothing_is_looked_for_before_it_is_needed() -> None:
    source = Source()
    source.tokens()
    assert (source.calls, source.logged, source.masked) == (0, [], [])


def test_a_token_is_used_until_its_margin() -> None:
    source = Source()
    tokens = source.tokens()
    seen = []
    for source.clock.elapsed in (0, 1, 12 * HOUR - 301, 12 * HOUR - 300, 12 * HOUR):
        seen.append(tokens.token().reveal())
    assert seen == ["token-1", "token-1", "token-1", "token-2", "token-2"]
    assert source.masked == ["token-1", "token-2"]


def test_what_is_told() -> None:
    source = Source()
    tokens = source.tokens()
    assert tokens.facts() == Facts(source="a source", expires=NOW.plus(dt.timedelta(hours=12)))
    assert source.logged == ["credentials: a source, good for 12h"]
    assert Source(life=None).tokens().facts() == Facts(source="a source", expires=None)


@pytest.mark.parametrize("life", [None, 60.0])
def test_a_token_that_was_given_is_all_there_is(life: float | None) -> None:
    source = Source(life=life, renews=False)
    tokens = source.tokens()
    assert tokens.token().reveal() == "token-1"
    source.clock.elapsed = 2 * HOUR
    assert tokens.token().reveal() == "token-1"
    assert not tokens.renew()
    assert source.calls == 1


def test_a_token_without_a_known_end_is_renewed_by_a_refusal_alone() -> None:
    source = Source(life=None)
    tokens = source.tokens()
    tokens.token()
    source.clock.elapsed = 1000 * HOUR
    assert tokens.token().reveal() == "token-1"
    assert tokens.renew()
    assert tokens.token().reveal() == "token-2"


def test_a_refusal_renews() -> None:
    source = Source()
    tokens = source.tokens()
    tokens.token()
    assert tokens.renew()
    assert tokens.token().reveal() == "token-2"


def test_the_same_token_again_is_no_renewal() -> None:
    """docs, iam/concepts/authorization/iam-token: the service may give the same one twice."""
    tokens = Source(same=True).tokens()
    tokens.token()
    assert not tokens.renew()


def test_the_first_error_is_every_images_error() -> None:
    source = Source(trouble=[Unauthenticated("no")])
    tokens = source.tokens()
    for _ in range(2):
        with pytest.raises(Unauthenticated, match="no"):
            tokens.token()
    with pytest.raises(Unauthenticated, match="no"):
        tokens.facts()
    assert source.calls == 1


def test_a_failing_renewal_goes_on_with_a_token_that_is_good() -> None:
    source = Source(life=1000, trouble=[None, Unavailable("busy"), Unauthenticated("gone")])
    tokens = source.tokens()
    seen = []
    for source.clock.elapsed in (0, 900, 905, 910, 911, 920):
        seen.append((tokens.token().reveal(), source.calls))
    # At 900 it fails; then a tenth of what is left passes before each further attempt
    assert seen == [
        ("token-1", 1),
        ("token-1", 2),
        ("token-1", 2),
        ("token-1", 3),
        ("token-1", 3),
        ("token-4", 4),
    ]
    assert "credentials: not renewed yet: busy" in source.logged


def test_a_failing_renewal_ends_with_the_token() -> None:
    source = Source(life=100, trouble=[None, Unavailable("busy"), Unavailable("still busy")])
    tokens = source.tokens()
    tokens.token()
    source.clock.elapsed = 99.5
    assert tokens.token().reveal() == "token-1"
    source.clock.elapsed = 100.5
    with pytest.raises(Unavailable, match="still busy"):
        tokens.token()
    assert tokens.token().reveal() == "token-4"


def test_a_renewal_after_a_refusal_that_fails_is_told() -> None:
    source = Source(trouble=[None, Unavailable("busy")])
    tokens = source.tokens()
    tokens.token()
    with pytest.raises(Unavailable, match="busy"):
        tokens.renew()
    assert tokens.token().reveal() == "token-1"


def test_a_token_that_is_over_when_it_comes_is_replaced_at_the_next_request() -> None:
    source = Source(life=-5)
    tokens = source.tokens()
    assert [tokens.token().reveal() for _ in range(3)] == ["token-1", "token-2", "token-3"]


def test_a_short_token_is_not_renewed_at_every_request() -> None:
    source = Source(life=5)
    tokens = source.tokens()
    for tick in range(100):
        source.clock.elapsed = tick / 10
        tokens.token()
    assert source.calls == 3


def test_a_wall_clock_that_jumps_changes_nothing() -> None:
    class Jumping(FakeClock):
        jump = 0.0

        def now(self) -> Instant:
            return super().now().plus(dt.timedelta(seconds=self.jump))

    clock = Jumping()
    source = Source(clock=clock)
    tokens = source.tokens()
    tokens.token()
    for clock.jump in (-24 * HOUR, 24 * HOUR):
        assert tokens.token().reveal() == "token-1"


def in_threads(number: int, work: Callable[[], None]) -> None:
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - it is raised below
            errors.append(error)

    threads = [threading.Thread(target=guarded) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    if errors:
        raise errors[0]


def test_many_threads_look_once() -> None:
    source = Source()
    seen: list[str] = []
    tokens = source.tokens()
    in_threads(8, lambda: seen.append(tokens.token().reveal()))
    assert seen == ["token-1"] * 8
    assert source.calls == 1


def test_threads_that_saw_the_same_refusal_renew_once() -> None:
    source = Source()
    tokens = source.tokens()
    refused = threading.Barrier(8)
    seen: set[str] = set()

    def work() -> None:
        assert tokens.token().reveal() == "token-1"
        refused.wait(10)
        assert tokens.renew()
        seen.add(tokens.token().reveal())

    in_threads(8, work)
    assert (source.calls, seen) == (2, {"token-2"})


def test_a_refusal_of_the_new_token_renews_again() -> None:
    source = Source()
    tokens = source.tokens()
    tokens.token()
    assert tokens.renew()
    tokens.token()
    assert tokens.renew()
    assert source.calls == 3


LIMITS = {"10 minutes": (600.0, 1.0, 30.0), "2 s": (2.0, 1.0, 2.0), "looks once": (0.0, 1.0, 30.0)}


@pytest.mark.parametrize(("budget", "probe", "request_"), LIMITS.values(), ids=LIMITS)
def test_limits_are_within_the_budget(budget: float, probe: float, request_: float) -> None:
    limits = Limits.within(budget)
    assert (limits.probe, limits.request) == (probe, request_)


def test_a_file_that_did_not_change_is_no_renewal(tmp_path: Path) -> None:
    from .desk import desk

    path = tmp_path / "token"
    path.write_text("the-first-token")
    with desk() as here:
        found = here.find({}, token_file=str(path))
    tokens = LazyTokens(lambda: found, clock=FakeClock(), log=print, mask=lambda _: None)
    tokens.token()
    assert not tokens.renew()
    path.write_text("the-second-token")
    assert tokens.renew()
