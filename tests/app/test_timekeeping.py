"""Timekeeping: what falls due on the way happens in order and at its time."""

from __future__ import annotations

from pathlib import Path

from tests.app.hosted import HOUR_NS, VENUE, Hosted, tell

from countermand.vocabulary.events import OrderExpired
from countermand.vocabulary.receipt import Receipt


def test_time_passes_by_every_instant_that_is_due(data: Path | None) -> None:
    """Each order expires in its own entry, at its own time, the soonest first."""

    async def story(here: Hosted) -> None:
        clock, told = here.host.clock, list[Receipt]()
        await clock.freeze()
        begun_ns = clock.now_ns()
        due = {await here.order(begun_ns + hours * HOUR_NS): hours for hours in (30, 10, 20, 50)}
        here.host.generation.engine.feed.follow(told.extend)
        await clock.advance(40 * HOUR_NS)
        ended = [
            (due[event.order.order_id], (receipt.ts_ns - begun_ns) / HOUR_NS)
            for receipt in told
            for event in receipt.events
            if isinstance(event, OrderExpired)
        ]
        assert ended == [(10, 10), (20, 20), (30, 30)]
        assert clock.now_ns() == begun_ns + 40 * HOUR_NS

    tell(data, story)


def test_a_running_clock_goes_on_from_where_it_was_set(data: Path | None) -> None:
    """Ahead of the wall, and what falls due later happens by itself."""

    async def story(here: Hosted) -> None:
        clock = here.host.clock
        first = await here.order(clock.now_ns() + HOUR_NS)
        await clock.advance(2 * HOUR_NS)
        assert (here.is_open(first), clock.stands_still) == (False, False)
        later_ns = clock.now_ns()
        assert clock.now_ns() > later_ns

    tell(data, story)


def test_time_does_not_go_back(data: Path | None) -> None:
    """The refusal has the present time, and the clock has not moved; a reset does go back."""

    async def story(here: Hosted) -> None:
        clock = here.host.clock
        await clock.freeze()
        now_ns = clock.now_ns()
        assert await here.refused(clock.set(now_ns - 1)) == "time-passed"
        assert await here.refused(clock.advance(-1)) == "invalid"
        await clock.set(now_ns)
        assert clock.now_ns() == now_ns
        await clock.run()
        assert now_ns < clock.now_ns() < now_ns + HOUR_NS

    tell(data, story)


def test_streams_have_been_told_when_it_returns(data: Path | None) -> None:
    """Conflated books too, which otherwise wait for their time."""

    async def story(here: Hosted) -> None:
        hub = here.host.generation.pipelines[VENUE].hub
        flushed = list[int]()
        hub.flush = lambda: flushed.append(here.host.seq)  # type: ignore[method-assign]
        await here.host.clock.freeze()
        await here.order(here.host.clock.now_ns() + HOUR_NS)
        before = here.host.seq
        await here.host.clock.advance(2 * HOUR_NS)
        assert flushed == [before + 1]

    tell(data, story)


def test_clients_are_led_on_demand(data: Path | None) -> None:
    """Their stamps go by the wall unless they are told otherwise."""

    async def story(here: Hosted) -> None:
        clock, pipeline = here.host.clock, here.host.generation.pipelines[VENUE]
        await clock.advance(1000 * HOUR_NS)
        apart_ns = clock.now_ns() - pipeline.proof_clock.now_ns()
        assert 999 * HOUR_NS < apart_ns < 1001 * HOUR_NS
        clock.lead_clients(leads=True)
        assert clock.leads_clients
        assert abs(clock.now_ns() - pipeline.proof_clock.now_ns()) < HOUR_NS

    tell(data, story)
