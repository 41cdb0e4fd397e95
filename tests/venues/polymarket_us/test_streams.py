"""The two sockets: what each subscription is told, frame by frame, and what is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tests.venues.ear import Ear, Refused
from tests.venues.polymarket_us.counter import Counter
from tests.venues.polymarket_us.floor import CHAMPION, GAME

PRIVATE, MARKETS = "/v1/ws/private", "/v1/ws/markets"


def asked(kind: str, *slugs: str, request_id: str = "r") -> dict[str, Any]:
    """Return the frame of a subscription."""
    frame = {"requestId": request_id, "subscriptionType": f"SUBSCRIPTION_TYPE_{kind}"}
    return {"subscribe": frame | ({"marketSlugs": list(slugs)} if slugs else {})}


def listening(act: Callable[[Counter, Ear], Awaitable[None]], target: str = PRIVATE) -> None:
    """Run a test within a loop: a counter, and alice's ear at one of the sockets."""

    async def go() -> None:
        counter = Counter(rate_limit_per_s=0)
        await act(counter, await Ear.open(counter.desk, target))

    asyncio.run(go())


def test_each_execution_is_told_with_the_order_after_it() -> None:
    """New, partial fill, replaced, canceled; a fill is never told twice, and bob's never."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("ORDER"))
        order = counter.buy("alice", "10", "0.40")
        counter.buy("bob", "5", "0.39")
        counter.sell("bob", "4", "0.40")
        told = await ear.heard()

        executions = [frame["orderSubscriptionUpdate"]["execution"] for frame in told]
        assert ["EXECUTION_TYPE_NEW", "EXECUTION_TYPE_PARTIAL_FILL"] == [
            one["type"] for one in executions
        ]
        assert {("r", "SUBSCRIPTION_TYPE_ORDER")} == {
            (frame["requestId"], frame["subscriptionType"]) for frame in told
        }
        assert [(10, 0), (6, 4)] == [
            (one["order"]["leavesQuantity"], one["order"]["cumQuantity"]) for one in executions
        ]
        assert ("4", False, {"value": "0.40", "currency": "USD"}) == (
            executions[1]["lastShares"], executions[1]["aggressor"], executions[1]["lastPx"],
        )  # fmt: skip
        assert all("error" not in frame for frame in told)
        assert executions[0]["order"]["id"] == executions[1]["order"]["id"]
        assert order.order_id

    listening(act)


@pytest.mark.parametrize(("slugs", "count"), [((), 2), ((GAME,), 1), (("no-such",), 0)])
def test_a_private_subscription_is_for_the_markets_named(
    slugs: tuple[str, ...], count: int
) -> None:
    """Without names it is for all markets; an unknown slug matches none."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("ORDER", *slugs))
        counter.buy("alice", "10", "0.40", GAME)
        counter.buy("alice", "10", "0.10", CHAMPION)
        assert count == len(await ear.heard())

    listening(act)


@pytest.mark.parametrize("resting", [0, 2])
def test_a_snapshot_of_orders_is_whole_and_ends(resting: int) -> None:
    """An empty book is told too, with its end."""

    async def act(counter: Counter, ear: Ear) -> None:
        for _ in range(resting):
            counter.buy("alice", "10", "0.40")
        ear.send(asked("ORDER_SNAPSHOT"))
        counter.buy("alice", "1", "0.20")
        [frame] = await ear.heard()
        snapshot = frame["orderSubscriptionSnapshot"]
        assert (resting, True) == (len(snapshot["orders"]), snapshot["eof"])

    listening(act)


def test_the_older_documents_way_is_a_setting() -> None:
    """Orders begin with those that are open."""

    async def go() -> None:
        counter = Counter(order_snapshot_first=True)
        counter.buy("alice", "10", "0.40")
        ear = await Ear.open(counter.desk, PRIVATE)
        ear.send(asked("ORDER"))
        [frame] = await ear.heard()
        assert 1 == len(frame["orderSubscriptionSnapshot"]["orders"])

    asyncio.run(go())


def test_a_position_is_told_before_and_after() -> None:
    """Null before it is opened and after it is closed; an order that rests changes none."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("POSITION", GAME))
        counter.sell("bob", "10", "0.40")
        counter.buy("alice", "10", "0.40")
        [opened] = await ear.heard()
        counter.buy("bob", "10", "0.40")
        counter.sell("alice", "10", "0.40")
        [closed] = await ear.heard()

        first, last = opened["positionSubscription"], closed["positionSubscription"]
        assert (None, "10") == (first["beforePosition"], first["afterPosition"]["netPosition"])
        assert ("10", None) == (last["beforePosition"]["netPosition"], last["afterPosition"])
        assert "LEDGER_ENTRY_TYPE_ORDER_EXECUTION" == last["entryType"]
        assert first["tradeId"] != last["tradeId"]

    listening(act)


def test_balances_and_their_changes() -> None:
    """The balance comes at once, and after each trade with its former value."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("ACCOUNT_BALANCE"))
        [frame] = await ear.heard()
        [dollars] = frame["accountBalancesSnapshot"]["balances"]
        counter.sell("bob", "10", "0.40")
        counter.buy("alice", "10", "0.40")
        [frame] = await ear.heard()
        change = frame["accountBalancesUpdate"]["balanceChange"]

        assert dollars == change["beforeBalance"]
        assert dollars["currentBalance"] - 4 >= change["afterBalance"]["currentBalance"]
        assert "Order execution" == change["description"]

    listening(act)


def test_a_book_is_told_at_once_and_whenever_it_changes() -> None:
    """Each message has the whole book, as REST has it."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("MARKET_DATA", GAME))
        ear.send(asked("MARKET_DATA_LITE", GAME, request_id="lite"))
        first = await ear.heard()
        counter.buy("bob", "7", "0.33")
        then = await ear.heard()
        _, rest = counter.get(f"/v1/markets/{GAME}/book")

        assert ["r", "lite"] == [frame["requestId"] for frame in first]
        assert [] == first[0]["marketData"]["bids"]
        assert rest["marketData"] == then[0]["marketData"]
        assert ({"value": "0.33", "currency": "USD"}, 1) == (
            then[1]["marketDataLite"]["bestBid"], then[1]["marketDataLite"]["bidDepth"],
        )  # fmt: skip

    listening(act, MARKETS)


def test_trades_are_told_with_both_sides() -> None:
    """The quantity has the shape of an amount."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("TRADE", GAME))
        counter.sell("bob", "2.5", "0.40")
        counter.buy("alice", "2.5", "0.40")
        [frame] = await ear.heard()

        assert {"value": "2.50", "currency": "USD"} == frame["trade"]["quantity"]
        assert ("ORDER_SIDE_SELL", "ORDER_SIDE_BUY") == (
            frame["trade"]["maker"]["side"], frame["trade"]["taker"]["side"],
        )  # fmt: skip

    listening(act, MARKETS)


@pytest.mark.parametrize(
    "frame",
    [
        {"subscribe": {"request_id": "o", "subscription_type": 1}},
        {"subscribe": {"requestId": "o", "subscriptionType": "SUBSCRIPTION_TYPE_ORDER",
                       "marketSlugs": [], "responsesDebounced": True}},
    ],
)  # fmt: skip
def test_other_forms_of_a_subscription_are_taken(frame: dict[str, Any]) -> None:
    """Snake case and integers, as the overview shows them; an empty list, as TypeScript sends."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(frame)
        counter.buy("alice", "1", "0.40")
        [told] = await ear.heard()
        assert "o" == told["requestId"]

    listening(act)


@pytest.mark.parametrize(
    ("frame", "text"),
    [
        ("no json", "malformed frame"),
        ([], "malformed frame"),
        ({"subscribe": {"requestId": 7}}, "malformed frame"),
        ({"subscribe": {"subscriptionType": "SUBSCRIPTION_TYPE_ORDER"}}, "requestId is required"),
        (asked("WEATHER"), "unknown subscriptionType SUBSCRIPTION_TYPE_WEATHER"),
        (asked("ORDER", *map(str, range(101))), "at most 100 marketSlugs are allowed"),
    ],
)
def test_bad_subscription_is_an_error_frame(frame: Any, text: str) -> None:
    """The stream goes on."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(frame)
        [refused] = await ear.heard()
        ear.send(asked("ORDER"))
        counter.buy("alice", "1", "0.40")

        assert refused["error"].startswith(text)
        assert 1 == len(await ear.heard())

    listening(act)


def test_an_unknown_market_has_no_book() -> None:
    """A client that waits for a book would wait for ever."""

    async def act(_: Counter, ear: Ear) -> None:
        ear.send(asked("MARKET_DATA", "no-such"))
        [refused] = await ear.heard()
        assert refused["error"]

    listening(act, MARKETS)


def test_a_subscription_ends_and_its_id_can_be_used_again() -> None:
    """An id has one subscription at a time."""

    async def act(counter: Counter, ear: Ear) -> None:
        ear.send(asked("ORDER"))
        ear.send(asked("ORDER"))
        counter.buy("alice", "1", "0.40")
        once = await ear.heard()
        ear.send({"unsubscribe": {"requestId": "r"}})
        counter.buy("alice", "1", "0.40")

        assert (1, []) == (len(once), await ear.heard())

    listening(act)


@pytest.mark.parametrize("target", [PRIVATE, MARKETS])
def test_a_handshake_without_a_key_is_refused_before_the_upgrade(target: str) -> None:
    """401 in the venue's own words."""

    async def go() -> None:
        with pytest.raises(Refused) as refused:
            await Ear.open(Counter().desk, target, owner=None)
        assert 401 == refused.value.response.status

    asyncio.run(go())
