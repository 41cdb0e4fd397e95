"""Rate limits: so many requests in a span, evenly; idle keys are forgotten."""

from __future__ import annotations

import pytest
from tests.venues.autoshares.office import APP_KEY, Office, decoded

from countermand.server import rate_limits
from countermand.server.rate_limits import NS_PER_S, KeyLimits, RateLimits
from countermand.wire.context import Settings
from countermand.wire.errors import RateLimited
from countermand.wire.operation import CANCELING, Operation


def test_span_of_a_minute() -> None:
    """Three a minute are three at once, and then one every twenty seconds."""
    limits = RateLimits(3, span_s=60)

    assert [True, True, True, False] == [limits.allows("a", 1, 0) for _ in range(4)]
    assert limits.allows("b", 1, 0)
    assert not limits.allows("a", 1, 20 * NS_PER_S - 1)
    assert limits.allows("a", 1, 20 * NS_PER_S)


def test_ever_new_names_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that have all of their allowance again are forgotten; the others are not."""
    monkeypatch.setattr(rate_limits, "KEYS_MAX", 10)
    limits = RateLimits(1)
    for second in range(100):
        assert limits.allows(f"name {second}", 1, second * NS_PER_S)

    assert len(limits._used_until_ns) <= 11
    assert not limits.allows("name 99", 1, 99 * NS_PER_S)


def test_attempts_are_counted_before_anybody_is_proven() -> None:
    """A wrong password counts like a right one, for its user and for no other."""
    office = Office(logins_per_minute=2)

    def log_in(user: str, password: str) -> tuple[int, str]:
        headers = {"Et-App-Key": APP_KEY, "Username": user, "Password": password}
        answer = office.call("POST /token", headers=headers)
        said = decoded(answer)
        return answer.status, said.get("Reason", said["State"])

    assert [(401, "Invalid credentials")] * 2 == [log_in("alice", "guess") for _ in range(2)]
    assert log_in("alice", "alice-demo-password") == (401, "Too many login requests")
    assert log_in("bob", "bob-demo-password") == (200, "Succeeded")
    office.clock.ns += 30 * NS_PER_S
    assert log_in("alice", "alice-demo-password") == (200, "Succeeded")


def test_limits_of_a_key_are_apart_from_attempts() -> None:
    """Requests with a token are counted by token, and a second later there are as many again."""
    office = Office(rate_limit_per_s=2)
    path = f"GET {office.orders()}"
    answers = [office.call(path) for _ in range(3)]

    assert [200, 200, 429] == [answer.status for answer in answers]
    headers = dict(answers[-1].headers)
    assert (b"1", b"2", b"0") == (
        headers[b"retry-after"],
        headers[b"x-ratelimit-limit"],
        headers[b"x-ratelimit-remaining"],
    )
    office.clock.ns += NS_PER_S
    assert office.call(path).status == 200


def test_cancels_have_a_reserve() -> None:
    """A key that has used up its second placing orders can still take them back."""
    limits = KeyLimits(Settings(rate_limit_per_s=2))
    assert not any(is_limited(limits, Operation.PLACE_ORDER) for _ in range(2))

    assert is_limited(limits, Operation.PLACE_ORDER)
    assert [False, False, True] == [is_limited(limits, Operation.MASS_CANCEL) for _ in range(3)]
    assert is_limited(limits, Operation.PLACE_ORDER)


@pytest.mark.parametrize(("reserve", "taken"), [(0, 0), (1, 1), (None, 2)])
def test_the_reserve_is_a_setting(reserve: int | None, taken: int) -> None:
    """Left out it is as large as the limit, and 0 is none."""
    limits = KeyLimits(Settings(rate_limit_per_s=2, cancel_reserve_per_s=reserve))
    answers = [is_limited(limits, Operation.CANCEL_ORDER) for _ in range(5)]

    assert [False] * (2 + taken) + [True] * (3 - taken) == answers


def test_no_limit_is_none() -> None:
    """A limit of 0 refuses nothing."""
    limits = KeyLimits(Settings(rate_limit_per_s=0))

    assert not any(is_limited(limits, Operation.PLACE_ORDER) for _ in range(1000))


def test_documented_classes_are_counted_apart() -> None:
    """Asking for orders leaves what is there for canceling them."""
    office = Office(trading_per_minute=1, queries_per_minute=2)
    path = office.orders()
    looked = [office.call(f"GET {path}").status for _ in range(3)]
    canceled = [office.call(f"DELETE {path}/7").status for _ in range(2)]

    assert [200, 200, 429] == looked
    assert 429 != canceled[0]
    assert 429 == canceled[1]


def is_limited(limits: KeyLimits, operation: Operation) -> bool:
    """Whether one more request of a key is refused, all at the same time."""
    try:
        limits.charge(limits.of(operation), "a", 1, 0, cancels=operation in CANCELING)
    except RateLimited:
        return True
    return False
