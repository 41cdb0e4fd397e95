"""No race ends in a word that the exchange does not bear out."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.client import races
from tests.client.stage import Scene
from tests.venues.desk import Desk

from countermand.client import reading
from countermand.client.acts import Talk
from countermand.client.canceling import Cancel
from countermand.client.outcome import Canceled, Outcome
from countermand.wire.venue import Venue


def run(venue: Venue, count: int) -> None:
    """Run races and see that they came to more than one end."""

    async def main() -> None:
        # Within a loop each request is answered at once.
        seen = races.run(venue, count)
        print(venue.name, dict(sorted(seen.items())))  # noqa: T201  (a soak is read)
        assert len(seen) > 4

    asyncio.run(main())


def test_outcomes_are_true(venue: Venue) -> None:
    """A slice of the races."""
    run(venue, 40)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(random=st.randoms(use_true_random=False), kind=st.sampled_from(["cancel", "place"]))
def test_outcomes_are_true_for_all_choices(venue: Venue, random: Random, kind: str) -> None:
    """Each chance is one that a shrinking search may choose."""

    async def main() -> None:
        scene = Scene(Desk(venue), keep_limits=False)
        getattr(races.Race(scene, random), kind)()

    asyncio.run(main())


def believed(self: Cancel) -> Talk[Outcome | None]:
    """Send the cancel once, and take it for granted that it is done."""
    result = yield from self._send()
    return self._outcome(Canceled, "surely", result.witness)


def test_client_that_believes_is_found_out(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge knows a wrong word when it hears one."""
    monkeypatch.setattr(Cancel, "_attempt", believed)
    with pytest.raises(AssertionError, match="seed"):
        run(venue, 40)


def test_client_that_gives_up_is_found_out(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that reports Unknown where the answer was proven fails the race."""
    monkeypatch.setattr(Cancel, "_look", given_up)
    with pytest.raises(AssertionError, match="seed"):
        run(venue, 40)


def given_up(self: Cancel) -> Talk[Outcome | None]:
    """Read the order, and make nothing of it."""
    yield from reading.read_order(self._session, self._target.query, self._trace)
    return None


@pytest.mark.soak
def test_outcomes_are_true_in_all_races(venue: Venue) -> None:
    """The soak runs every race."""
    run(venue, 2000)
