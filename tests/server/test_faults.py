"""Faults at a site: there while they may strike, and not a call more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from tests.venues.desk import Desk

from countermand.core.exchange import Exchange
from countermand.faults.fault import Fault
from countermand.faults.kinds import Kind
from countermand.server import within
from countermand.server.faults import Faults
from countermand.server.limits import Limits
from countermand.server.ports import Cut, Way
from countermand.server.site import Site
from countermand.venues import VENUES
from countermand.vocabulary.commands import ReplaceList, ReplaceOrder
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.wire.conversation import Serving
from countermand.wire.http import Request, Response

VENUE = VENUES["coinbase-intx"]
READ = Request("GET", b"/api/v1/instruments")


class Port:
    """A desk behind a site, with faults between."""

    def __init__(self) -> None:
        self.desk, self.now_s = Desk(VENUE), 0.0
        self.faults = Faults(lambda: self.now_s)
        self.plain: Callable[..., None] = self.desk.pipeline.begin
        self.site = Site(self.plain, self.desk.pipeline.refuse, Limits())
        self.faults.serve(self.site, self.desk.pipeline)

    @property
    def is_plain(self) -> bool:
        """Whether requests go straight to the venue."""
        return self.site.begin == self.plain

    def ask(self, request: Request = READ) -> Response:
        """Send a request and return what is answered."""

        async def answered() -> Response:
            reply = asyncio.get_running_loop().create_future()
            self.site.begin(request, reply.set_result)
            return await asyncio.wait_for(reply, 5)

        return asyncio.run(answered())


def test_without_faults_nothing_stands_in_the_way() -> None:
    """Before the first, after the last strike, and when all are cleared."""
    port = Port()
    before = port.is_plain
    port.faults.add(Fault(kind=Kind.LOST_BEFORE, count=1))
    assert (True, False) == (before, port.is_plain)
    assert isinstance(port.ask(), Cut)
    assert (True, 200) == (port.is_plain, port.ask().status)

    port.faults.add(Fault(kind=Kind.LOST_BEFORE))
    port.faults.clear()
    assert port.is_plain


def test_without_faults_the_pipeline_serves_its_venue_and_nothing_follows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After the last fault is cleared no layer is left around the pipeline."""
    port = Port()
    pipeline, feed = port.desk.pipeline, port.desk.engine.feed
    rows, followers = pipeline.rows, list(feed._followers)
    monkeypatch.setattr(port.desk.engine, "copy", lambda _: Exchange(), raising=False)

    port.faults.add(Fault(kind=Kind.STALE, lag_ms=5, operation="get-order"))
    port.faults.requests.keep(5)
    assert pipeline.venue is not VENUE
    assert len(followers) + 1 == len(feed._followers)
    assert 200 == port.ask().status
    port.faults.requests.keep(0)
    port.faults.clear()

    assert (True, rows, followers) == (port.is_plain, pipeline.rows, feed._followers)
    assert pipeline.venue is VENUE


def test_a_fault_whose_time_is_over_steps_aside() -> None:
    """At the next request."""
    port = Port()
    port.faults.add(Fault(kind=Kind.LOST_BEFORE, ttl_ms=1000))
    port.now_s = 1.0

    assert (False, 200, True) == (port.is_plain, port.ask().status, port.is_plain)


def test_another_venues_faults_are_not_in_the_way() -> None:
    """Each site has its own."""
    port, other = Port(), Desk(VENUES["loopring"])
    site = Site(other.pipeline.begin, other.pipeline.refuse, Limits())
    port.faults.serve(site, other.pipeline)
    port.faults.add(Fault(kind=Kind.LOST_BEFORE, venue="loopring"))

    assert (True, False) == (port.is_plain, site.begin == other.pipeline.begin)


def test_a_new_pipeline_takes_the_place_of_the_old_one() -> None:
    """The venue's faults hold for the new pipeline."""
    port = Port()
    port.faults.add(Fault(kind=Kind.LOST_BEFORE, venue=VENUE.name))
    successor = Desk(VENUE).pipeline
    site = Site(successor.begin, successor.refuse, Limits())
    port.faults.serve(site, successor)

    assert site.begin != successor.begin


@pytest.mark.parametrize(
    ("kind", "way"),
    [
        (Kind.LOST_BEFORE, Way.CLOSED),
        (Kind.LOST_AFTER, Way.CLOSED),
        (Kind.RESET_BEFORE, Way.RESET),
        (Kind.RESET_AFTER, Way.RESET),
        (Kind.TRUNCATED, Way.TRUNCATED),
    ],
)
def test_a_cut_says_how(kind: Kind, way: Way) -> None:
    """The cut reaches the connection, or its stand-in in process."""
    port = Port()
    port.faults.add(Fault(kind=kind))
    answer = port.ask()

    assert isinstance(answer, Cut)
    assert (way, 200) == (answer.way, answer.half.status)


def test_delays_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two on the way in and one on the way out, around what else happens."""
    port = Port()
    port.faults.add(Fault(kind=Kind.DELAYED_BEFORE, delay_ms=20))
    port.faults.add(Fault(kind=Kind.DELAYED_BEFORE, delay_ms=30))
    port.faults.add(Fault(kind=Kind.DELAYED_AFTER, delay_ms=50))
    port.faults.add(Fault(kind=Kind.LOST_AFTER))
    waited: list[float] = []
    later = asyncio.BaseEventLoop.call_later

    def call_later(loop: asyncio.BaseEventLoop, delay: float, *more: object) -> object:
        waited.append(round(delay * 1000))
        return later(loop, delay, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(asyncio.BaseEventLoop, "call_later", call_later)

    assert isinstance(port.ask(), Cut)
    assert [20, 30, 50] == sorted(each for each in waited if each < 1000)


def test_a_list_that_is_replaced_takes_its_time_as_a_whole() -> None:
    """The command waits once; what it says of its orders is not read."""
    legs = tuple(ReplaceOrder(AccountId(1), InstrumentId(2), OrderId(n), "", "", 9) for n in (3, 4))
    command = ReplaceList(AccountId(1), legs)

    def conversation() -> Serving[Any]:
        return (yield command)

    asked = next(within.acted(conversation(), within.pending(lambda: 0.3)))
    assert ReplaceList(AccountId(1), legs, delay_ns=300_000_000) == asked
