"""Rate limits: so many in a span, evenly, and nobody is remembered for ever."""

from __future__ import annotations

import pytest
from tests.venues.autoshares.office import APP_KEY, Office, decoded

from countermand.server import rate_limits
from countermand.server.rate_limits import NS_PER_S, RateLimits


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
