"""STOP_LIMIT: submitted, read, listed, streamed, canceled, and awake in the end; slow cancels."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.trader import Trader
from tests.venues.ear import Ear
from tests.venues.loopring.floor import ACCOUNTS, E18, ETH, LRC, Floor, refusal
from tests.venues.loopring.losses import completed
from tests.venues.loopring.streamed import socket

from countermand.vocabulary.commands import AdvanceTime, CancelOrder, SetDelays
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus, OrdType, Side, Standing, Trigger
from countermand.vocabulary.order import TriggerDirection as To
from countermand.vocabulary.reasons import CxlRejReason
from countermand.wire import times
from countermand.wire.errors import CancelRefused, NotExpressible
from countermand.wire.operation import Operation

UP, DOWN = "GREAT_THAN_AND_EQUAL", "LESS_THAN_AND_EQUAL"
ALICE = f"accountId={ACCOUNTS['alice']}"


@pytest.fixture
def floor() -> Floor:
    """The demo world."""
    return Floor()


def stop(floor: Floor, at: Any, side: str, **more: Any) -> dict[str, Any]:
    """Return a form that sells a hundred LRC for three ETH once they trade at a price."""
    extra = {"extraOrderType": "STOP_LIMIT", "stopPrice": at, "stopSide": side}
    return floor.form((LRC, 100 * E18), (ETH, 3 * E18), **extra | more)


def trade(floor: Floor, eth: int, index: int, lrc: int = 100) -> None:
    """Let bob trade with himself: so much LRC for thousandths of an ETH."""
    slot = {"storageId": 2 * index}
    floor.sell(lrc * E18, eth * E18 // 1000, "bob", **slot)
    floor.buy(lrc * E18, eth * E18 // 1000, "bob", **slot)


@pytest.mark.parametrize(("side", "at"), [(UP, "0.04"), (DOWN, "0.03"), (DOWN, "0.035")])
def test_stop_waits_for_its_price(floor: Floor, side: str, at: str) -> None:
    """It holds its money; then it is a limit order in the book, and says that it was triggered."""
    trade(floor, 3700, 0)
    hashed = floor.taken(stop(floor, at, side))
    told = floor.order(hashed)
    info = {"isTriggered": False, "stopPrice": at, "stopSide": side}
    assert ("waiting", info) == (told["status"], told["extraOrderInfo"])
    assert 100 * E18 == floor.balance(LRC)[1]
    trade(floor, 3600 if side == DOWN else 3900, 1)
    assert Standing.ARMED is floor.core(hashed).standing
    trade(floor, int(float(at) * 100_000), 2)

    told = floor.order(hashed)
    assert ("processing", True) == (told["status"], told["extraOrderInfo"]["isTriggered"])
    floor.buy(100 * E18, 3 * E18, "bob", storageId=6)
    assert "processed" == floor.order(hashed)["status"]
    assert 0 == floor.balance(LRC)[1]


def test_stop_that_is_met_when_it_comes(floor: Floor) -> None:
    """Comes in at once, and is told as processing like any other."""
    trade(floor, 4000, 0)
    hashed = floor.taken(stop(floor, "0.04", UP))

    assert ("processing", True) == (
        floor.order(hashed)["status"], floor.order(hashed)["extraOrderInfo"]["isTriggered"],
    )  # fmt: skip


@pytest.mark.parametrize("by_name", [False, True])
def test_stop_is_canceled_asleep(floor: Floor, by_name: bool) -> None:
    """It frees its money and was never triggered."""
    hashed = floor.taken(stop(floor, "0.02", DOWN, clientOrderId="mine"))
    named = f"{ALICE}&clientOrderId=mine" if by_name else f"{ALICE}&orderHash={hashed}"
    status, body = floor.delete(named)
    assert (200, "cancelled") == (status, body["status"])

    told = floor.order(hashed)
    assert ("cancelled", False) == (told["status"], told["extraOrderInfo"]["isTriggered"])
    assert 0 == floor.balance(LRC)[1]
    assert (400, 100001) == refusal(floor.cancel(hashed))


def test_stop_expires_asleep(floor: Floor) -> None:
    """At its `validUntil`."""
    end = floor.desk.clock.ns // times.S + 60
    hashed = floor.taken(stop(floor, "0.02", DOWN, validUntil=end))
    floor.wait(61)
    floor.desk.engine.enter(AdvanceTime())

    assert "expired" == floor.order(hashed)["status"]


def not_let_in(floor: Floor) -> str:
    """Return the hash of a MAKER_ONLY stop that would take what is there when it wakes."""
    floor.buy(100 * E18, 35 * E18 // 10, "bob", storageId=20)
    hashed = floor.taken(stop(floor, "0.04", UP, orderType="MAKER_ONLY", clientOrderId="late"))
    trade(floor, 4000, 0)
    return hashed


def test_stop_that_cannot_come_in_has_failed(floor: Floor) -> None:
    """No cancel ended it: it frees its money, and a cancel of it comes too late."""
    hashed = not_let_in(floor)
    told = floor.order(hashed)
    status, body = floor.cancel(hashed)

    assert ("failed", True) == (told["status"], told["extraOrderInfo"]["isTriggered"])
    assert "0" == told["volumes"]["baseFilled"]
    assert 0 == floor.balance(LRC)[1]
    assert (400, 100001) == refusal((status, body))
    assert "order in status FAILED can't be cancelled" == body["resultInfo"]["message"]
    _, batch = floor.delete(f"{ALICE}&clientOrderId=late", path="/orders/byClientOrderId")
    assert [body["resultInfo"]["message"]] == [item["error"]["message"] for item in batch]


def test_our_client_reads_that_it_has_failed(floor: Floor) -> None:
    """As an order that was rejected: it is over, and no cancel ended it."""
    hashed = not_let_in(floor)
    read = Trader(floor.desk, "alice").read_named(hashed)

    assert (OrdStatus.REJECTED, Standing.CLOSED) == (read.ord_status, read.standing)


def test_an_order_that_takes_time_may_fail(floor: Floor) -> None:
    """Where the venue takes its time, and the book has come to meet it meanwhile."""
    floor.desk.engine.enter(SetDelays("loopring", new_ns=times.S))
    hashed = floor.sell(100 * E18, 3 * E18, orderType="MAKER_ONLY")
    floor.desk.engine.enter(SetDelays("loopring"))
    floor.buy(100 * E18, 35 * E18 // 10, "bob", storageId=20)
    floor.wait(2)
    floor.desk.engine.enter(AdvanceTime())

    assert "failed" == floor.order(hashed)["status"]


def test_what_has_failed_is_listed_so(floor: Floor) -> None:
    """And not among the cancelled, who are as many to the exchange."""
    failed = not_let_in(floor)
    over = floor.sell(100 * E18, 6 * E18, storageId=6)
    floor.cancel(over)
    rests = floor.sell(100 * E18, 7 * E18, storageId=8)

    def found(query: str) -> list[str]:
        told = floor.told("/orders", f"{ALICE}&{query}")
        assert told["totalNum"] == len(told["orders"])
        return [each["hash"] for each in told["orders"]]

    assert [failed] == found("status=failed")
    assert [over] == found("status=cancelled")
    assert [over, failed] == found("status=cancelled,failed") == found("status=failed,cancelled")
    assert [rests, failed] == found("status=processing,failed")
    assert [rests, over, failed] == found("")


def test_a_larger_storage_id_takes_a_stop_over(floor: Floor) -> None:
    """The venue's replacement: the first is cancelled, the other waits at its own price."""
    first = floor.taken(stop(floor, "0.02", DOWN))
    other = floor.taken(stop(floor, "0.021", DOWN, storageId=16_384))

    assert ["cancelled", "waiting"] == [floor.order(each)["status"] for each in (first, other)]
    assert 100 * E18 == floor.balance(LRC)[1]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"stopPrice": None}, "stopPrice"),
        ({"stopSide": None}, "stopSide"),
        ({"stopSide": "NO_CONDITION"}, "stopSide"),
        ({"stopSide": "ABOVE"}, "stopSide"),
        ({"stopPrice": "0"}, "stopPrice"),
        ({"stopPrice": "-0.02"}, "stopPrice"),
        ({"stopPrice": "0.0200000000000000000001"}, "stopPrice"),
        ({"stopPrice": "1e60"}, "stopPrice"),
        ({"stopPrice": "NaN"}, "stopPrice"),
        ({"stopPrice": "soon"}, "stopPrice"),
        ({"extraOrderType": "TRADITIONAL_ORDER"}, "extraOrderType"),
        ({"extraOrderType": None}, "extraOrderType"),
        ({"extraOrderType": None, "stopPrice": None}, "extraOrderType"),
        ({"orderType": "TAKER_ONLY"}, "orderType"),
        ({"orderType": "AMM"}, "orderType"),
        ({"tradeChannel": "AMM_POOL"}, "orderType"),
    ],
)
def test_stop_that_is_none(floor: Floor, changes: dict[str, Any], field: str) -> None:
    """Is refused with the name of what is wrong, and never placed as an order that trades now."""
    status, body = floor.submit(stop(floor, "0.02", DOWN) | changes)

    assert (400, 100001) == refusal((status, body))
    assert field in body["resultInfo"]["message"]
    assert 0 == floor.balance(LRC)[1]


@pytest.mark.parametrize("at", [0.02, "0.020", "2E-2"])
def test_stop_price_is_a_number_or_text(floor: Floor, at: Any) -> None:
    """Exactly what it says, with as many digits as it takes."""
    told = floor.order(floor.taken(stop(floor, at, DOWN)))

    assert "0.02" == told["extraOrderInfo"]["stopPrice"]


def test_orders_are_listed_by_how_they_stand(floor: Floor) -> None:
    """Waiting, cancelling and processing are told apart, and counted apart."""
    asleep = floor.taken(stop(floor, "0.02", DOWN, storageId=0))
    plain = floor.sell(100 * E18, 4 * E18, storageId=2)
    going = floor.sell(100 * E18, 5 * E18, storageId=4)
    over = floor.sell(100 * E18, 6 * E18, storageId=6)
    floor.cancel(over)
    floor.desk.engine.enter(SetDelays("loopring", cancel_ns=times.S))
    floor.cancel(going)

    def found(query: str) -> list[str]:
        told = floor.told("/orders", f"{ALICE}&{query}")
        assert told["totalNum"] == len(told["orders"])
        return [each["hash"] for each in told["orders"]]

    assert [asleep] == found("status=waiting") == found("extraOrderTypes=STOP_LIMIT")
    assert [plain] == found("status=processing")
    assert [going] == found("status=cancelling")
    assert [over, plain] == found("status=cancelled,processing")
    assert [going, plain, asleep] == found("status=processing,waiting,cancelling")
    assert [over, going, plain] == found("extraOrderTypes=TRADITIONAL_ORDER")
    assert [over, going, plain, asleep] == found("")
    page = floor.told("/orders", f"{ALICE}&status=processing,waiting&limit=1&offset=1")
    assert (2, [asleep]) == (page["totalNum"], [each["hash"] for each in page["orders"]])


def test_a_slow_cancel_is_cancelling_until_it_is_done(floor: Floor) -> None:
    """In its answer too; a second one is refused with the venue's number, one too late as ever."""
    plain = floor.sell(100 * E18, 4 * E18, storageId=0)
    asleep = floor.taken(stop(floor, "0.02", DOWN, storageId=2))
    floor.desk.engine.enter(SetDelays("loopring", cancel_ns=times.S))
    for hashed in (plain, asleep):
        status, body = floor.cancel(hashed)
        assert (200, "cancelling") == (status, body["status"])
        assert "cancelling" == floor.order(hashed)["status"]
        status, body = floor.cancel(hashed)
        assert (400, 102122) == refusal((status, body))
        assert "order already in cancel" == body["resultInfo"]["message"]
    _, batch = floor.delete(f"{ALICE}&orderHash={plain}", path="/orders/byHash")
    assert [102122] == [item["error"]["code"] for item in batch]
    floor.wait(2)
    floor.desk.engine.enter(AdvanceTime())

    assert ["cancelled"] * 2 == [floor.order(each)["status"] for each in (plain, asleep)]
    assert (400, 100001) == refusal(floor.cancel(plain))


def test_stops_are_streamed() -> None:
    """Waiting, then processing, and each end of a slow cancel."""

    async def go() -> None:
        floor = Floor()
        desk = floor.desk
        ear = await Ear.open(desk, socket(desk, "v3"), owner=None)
        topic = {"topic": "order", "market": "LRC-ETH"}
        ear.send({"op": "sub", "topics": [topic], "apiKey": desk.credential().key})
        await ear.heard()
        hashed = floor.taken(stop(floor, "0.02", DOWN))
        trade(floor, 2000, 0)
        desk.engine.enter(SetDelays("loopring", cancel_ns=times.S))
        floor.cancel(hashed)
        floor.wait(2)
        desk.engine.enter(AdvanceTime())

        told = [one["data"] for one in await ear.heard() if one.get("topic") == topic]
        words = [one["status"] for one in told if one["hash"] == hashed]
        assert ["waiting", "processing", "cancelling", "cancelled"] == list(dict.fromkeys(words))

    asyncio.run(go())


@pytest.mark.parametrize("direction", To)
def test_our_client_places_and_reads_stops(floor: Floor, direction: To) -> None:
    """What it reads is what the exchange has: asleep, awake and over."""
    alice = Trader(floor.desk)
    market = floor.desk.directory.instrument_by_symbol("LRC-ETH")
    assert market is not None
    alice.market = market
    far = market.reference_price_ticks * (2 if direction is To.UP else 1) // 2 or 1
    at = market.reference_price_ticks * 2 if direction is To.UP else far
    order = completed(floor.desk, alice.order("mine", Side.SELL, 10**11))
    terms = replace(order.terms, trigger=Trigger(at, direction))
    placed = alice.tell(Operation.PLACE_ORDER, replace(order, terms=terms))
    core = floor.core(placed.cl_ord_id)

    assert (Trigger(at, direction), Standing.ARMED) == (placed.terms.trigger, placed.standing)
    assert (core.terms.trigger, core.standing) == (placed.terms.trigger, placed.standing)
    assert [placed.cl_ord_id] == [one.cl_ord_id for one in alice.listed()]
    floor.desk.engine.enter(SetDelays("loopring", cancel_ns=times.S))
    alice.cancel(placed)
    going = alice.read(placed.order_id)
    assert (OrdStatus.NEW, Standing.ARMED) == (going.ord_status, going.standing)
    with pytest.raises(CancelRefused) as caught:
        alice.tell(
            Operation.CANCEL_ORDER, CancelOrder(alice.account_id, OrderId(0), placed.cl_ord_id)
        )
    assert CxlRejReason.ALREADY_PENDING is caught.value.cxl_rej_reason


@pytest.mark.parametrize(
    ("ord_type", "trigger"),
    [
        (OrdType.LIMIT, Trigger(1, To.DOWN, trail_ticks=1)),
        (OrdType.MARKET, Trigger(1, To.DOWN)),
    ],
)
def test_what_the_venue_has_no_word_for(floor: Floor, ord_type: OrdType, trigger: Trigger) -> None:
    """Nothing that trails, and no stop at the market: it is not sent."""
    alice = Trader(floor.desk)
    order = completed(floor.desk, alice.order("mine", Side.SELL, 10**11))
    terms = replace(order.terms, ord_type=ord_type, trigger=trigger)
    with pytest.raises(NotExpressible):
        alice.tell(Operation.PLACE_ORDER, replace(order, terms=terms))
