"""Linked orders: parents, their legs, what one leg does to the others, and how all of it ends."""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.autoshares.office import Office, decoded
from tests.venues.autoshares.test_streams import listening, sub
from tests.venues.conformance.trader import Trader
from tests.venues.ear import Ear

from countermand.venues.autoshares import cancel
from countermand.venues.autoshares.messages.orders import OneOrder
from countermand.vocabulary.commands import MassCancel, NewOrder, NewOrderList, SetDelays
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import (
    Contingency,
    ExecInst,
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire import times
from countermand.wire.errors import CancelRefused, NotExpressible
from countermand.wire.operation import Operation

LIMIT, MARKET, GTC = OrdType.LIMIT, OrdType.MARKET, TimeInForce.GTC
REJECT = SelfTradePrevention.REJECT


def leg(kind: str = "Limit", side: str = "Buy", quantity: int = 10, **more: Any) -> dict[str, Any]:
    """Return a leg."""
    return {"Symbol": "AAPL", "Type": kind, "Side": side, "Quantity": quantity, **more}


OTO = [leg(Price=180), leg(side="Sell", Price=200)]
OCO = [leg(Price=170), leg("Stop", StopPrice=190)]
OTOCO = [leg(Price=180), leg(side="Sell", Price=200), leg("Stop", "Sell", StopPrice=170)]
PARENTS = {"OneTriggerOther": OTO, "OneCancelOther": OCO, "OneTriggerOneCancelOther": OTOCO}


def parent(office: Office, kind: str, legs: list[dict[str, Any]] | None = None) -> Any:
    """Place linked orders; return the answer."""
    form = {"Symbol": "", "Type": kind, "Legs": legs or PARENTS[kind], "ClientId": "both"}
    answer = office.call(f"POST {office.orders()}", form)
    assert 200 == answer.status, answer.body
    return decoded(answer)


def states(office: Office, parent_id: int) -> list[str]:
    """Return the status of a parent, and of its legs, as it tells them."""
    told = office.read(parent_id)
    for one in told["Legs"]:
        shown = office.read(one["Id"])
        assert {name: shown[name] for name in ("Status", "ParentId", "ExecutedQuantity")} == {
            name: one[name] for name in ("Status", "ParentId", "ExecutedQuantity")
        }
    return [told["Status"], *(one["Status"] for one in told["Legs"])]


def sell(office: Office, price: float, quantity: int = 10) -> None:
    """Let bob sell."""
    office.place("bob/margin", Side="SellShort", Price=price, Quantity=quantity)


@pytest.mark.parametrize("kind", PARENTS)
def test_parent_is_told_with_its_legs(office: Office, kind: str) -> None:
    """Pending at first; each leg is an order of its own, and says whose it is."""
    told = parent(office, kind)
    assert ("PendingNew", kind, "", -1, "both") == tuple(
        told[name] for name in ("Status", "Type", "Symbol", "ParentId", "ClientId")
    )
    read = office.read(told["Id"])

    waits = "New" if kind == "OneCancelOther" else "Held"
    assert ["New", "New", *[waits] * (len(PARENTS[kind]) - 1)] == states(office, told["Id"])
    for sent, shown in zip(PARENTS[kind], read["Legs"], strict=True):
        assert sent == {name: shown[name] for name in sent}
        assert told["Id"] == shown["ParentId"]


def test_first_lets_the_second_in(office: Office) -> None:
    """The second is as large as the first has traded."""
    told = parent(office, "OneTriggerOther")
    sell(office, 180, 4)
    assert ["PartiallyFilled", "PartiallyFilled", "New"] == states(office, told["Id"])
    second = office.read(told["Legs"][1]["Id"])
    assert (4, 4) == (second["Quantity"], second["LeavesQuantity"])
    sell(office, 180, 6)
    assert ["PartiallyFilled", "Filled", "New"] == states(office, told["Id"])
    office.place("bob/margin", Side="BuyToCover", Price=200)

    assert ["Filled", "Filled", "Filled"] == states(office, told["Id"])


def test_first_that_is_canceled_takes_the_second_with_it(office: Office) -> None:
    """The cancel is by the first one's id."""
    told = parent(office, "OneTriggerOther")
    assert 204 == office.cancel(told["Legs"][0]["Id"]).status

    assert ["Canceled"] * 3 == states(office, told["Id"])


@pytest.mark.parametrize("by_stop", [False, True])
def test_one_cancels_the_other(office: Office, by_stop: bool) -> None:
    """Either may trade first; a stop may wake first."""
    told = parent(office, "OneCancelOther")
    if by_stop:
        sell(office, 190, 11)
        office.place("alice/cash", Quantity=1, Price=190)
    else:
        sell(office, 170)

    ends = ["Canceled", "Filled"] if by_stop else ["Filled", "Canceled"]
    assert ["Filled", *ends] == states(office, told["Id"])
    other = office.read(told["Legs"][0 if by_stop else 1]["Id"])
    assert "Other order of the list ended it" == other["Description"]


def test_bracket(office: Office) -> None:
    """The first lets a profit and a stop in, and one of them ends the other."""
    told = parent(office, "OneTriggerOneCancelOther")
    assert ["New", "New", "Held", "Held"] == states(office, told["Id"])
    sell(office, 180)
    assert ["PartiallyFilled", "Filled", "New", "New"] == states(office, told["Id"])
    assert Standing.ARMED is office.core(told["Legs"][2]["Id"]).standing
    office.place("bob/margin", Side="BuyToCover", Price=200)

    assert ["Filled", "Filled", "Filled", "Canceled"] == states(office, told["Id"])


@pytest.mark.parametrize("kind", PARENTS)
def test_parent_is_canceled_with_all_its_legs(office: Office, kind: str) -> None:
    """204 once, 409 after it; nothing is left, and no money is bound."""
    before = office.call(f"GET {office.orders().removesuffix('/orders')}/info").body
    told = parent(office, kind)
    answer = office.cancel(told["Id"])
    assert (204, b"") == (answer.status, answer.body)
    assert (409, b"") == (office.cancel(told["Id"]).status, office.cancel(told["Id"]).body)

    assert {"Canceled"} == {*states(office, told["Id"])}
    assert before == office.call(f"GET {office.orders().removesuffix('/orders')}/info").body


def test_parent_whose_cancel_is_pending(office: Office) -> None:
    """204, and 204 again, as for any order."""
    told = parent(office, "OneCancelOther")
    office.engine.enter(SetDelays(office.venue.name, cancel_ns=500 * times.MS))
    assert [204, 204] == [office.cancel(told["Id"]).status for _ in range(2)]
    assert ["New", "PendingCancel", "PendingCancel"] == states(office, told["Id"])
    office.wait(501)

    assert ["Canceled"] * 3 == states(office, told["Id"])


@pytest.mark.parametrize("filled", [4, 10])
def test_parent_that_trades_while_it_is_canceled(office: Office, filled: int) -> None:
    """A fill between the look at the legs and their cancel: 204 only if a leg is canceled by it."""
    told = parent(office, "OneCancelOther")
    message = OneOrder(str(office.numbers["alice/margin"]), str(told["Id"]))
    asks = cancel.serve_cancel(message, office.context())
    looks = asks.send(office.engine.enter(next(asks)))
    found = office.engine.view(looks)
    sell(office, 170, filled)
    more = asks.send(found)
    assert isinstance(more, MassCancel)
    last = office.engine.enter(more)
    if filled == 10:
        looks = asks.send(last)
        with pytest.raises(CancelRefused) as refused:
            asks.send(office.engine.view(looks))
        assert CxlRejReason.TOO_LATE_TO_CANCEL is refused.value.cxl_rej_reason
    else:
        with pytest.raises(StopIteration):
            asks.send(last)

    ends = ["Filled", "Canceled"] if filled == 10 else ["Canceled", "Canceled"]
    assert ends == states(office, told["Id"])[1:]


def test_parent_of_another(office: Office) -> None:
    """Is none: 409 to cancel, 404 to read, and 401 in an account that is not one's own."""
    told = parent(office, "OneCancelOther")
    assert 409 == office.cancel(told["Id"], of="alice/cash").status
    assert 401 == office.cancel(told["Id"], user="bob").status
    assert 404 == office.call(f"GET {office.orders('alice/cash')}/{told['Id']}").status
    assert 409 == office.call(f"PUT {office.orders()}/{told['Id']}", {"Quantity": 4}).status

    assert ["New", "New", "New"] == states(office, told["Id"])


def test_legs_are_listed_and_read_by_our_client(office: Office) -> None:
    """Held legs are open and listed too; the client cancels the legs one by one."""
    told = parent(office, "OneTriggerOneCancelOther")
    ids = [one["Id"] for one in told["Legs"]]
    query = "filter=Status%20in%20(0,1,10)"
    page = decoded(office.call(f"GET {office.orders()}", query=query))
    assert ids == [one["Id"] for one in page["Result"]]
    alice = Trader(office)
    listed = alice.listed()
    assert {*ids} == {one.order_id for one in listed}
    assert [Standing.RESTING, Standing.HELD, Standing.HELD] == [
        one.standing for one in sorted(listed, key=lambda one: one.order_id)
    ]
    alice.cancel(next(one for one in listed if one.order_id == ids[1]))

    assert ["New", "New", "Canceled", "Canceled"] == states(office, told["Id"])


def test_parent_is_read_by_our_client(office: Office) -> None:
    """By its first leg that has traded, or else its first; its state is its own."""
    told, alice = parent(office, "OneCancelOther"), Trader(office)
    first, second = OCO[0], told["Legs"][1]["Id"]
    read = alice.read(OrderId(told["Id"]))
    assert (told["Id"], "AAPL", Side.BUY, first["Quantity"], 0, OrdStatus.NEW) == (
        read.order_id, office.directory.instruments[read.instrument_id].symbol, read.terms.side,
        read.terms.order_qty_lots, read.cum_qty_lots, read.ord_status,
    )  # fmt: skip
    sell(office, 190, 5)
    office.place("alice/cash", Quantity=1, Price=190)
    assert 4 == office.read(second)["ExecutedQuantity"]
    read = alice.read(OrderId(told["Id"]))
    assert (4, OrdStatus.CANCELED) == (read.cum_qty_lots, read.ord_status)


def test_refused_parent_is_read_by_our_client(office: Office) -> None:
    """It is rejected, with its code's reason and the terms of its first leg."""
    dear = [leg(Price=180, quantity=9_000_000), OTO[1]]
    read = Trader(office).read(OrderId(parent(office, "OneTriggerOther", dear)["Id"]))

    expected = (OrdStatus.REJECTED, RejectReason.INSUFFICIENT_FUNDS, 9_000_000)
    assert expected == (read.ord_status, read.reject_reason, read.terms.order_qty_lots)


@pytest.mark.parametrize(
    ("sides", "types", "code"),
    [
        ((Side.BUY, Side.BUY, Side.SELL), (LIMIT, LIMIT, LIMIT), "OcoOrderWithOppositeLegs"),
        ((Side.BUY, Side.SELL, Side.SELL), (MARKET, LIMIT, LIMIT), "OtoFirstLesIsMarketNotAllowed"),
        ((Side.BUY, Side.SELL, Side.SELL), (LIMIT, MARKET, MARKET), "OtoOcoMarketNotAllowed"),
    ],
)
def test_parent_with_a_fault_is_not_asked_for(
    office: Office, sides: tuple[Side, ...], types: tuple[OrdType, ...], code: str
) -> None:
    """Our client is told the code, before anything is sent."""
    alice, ioc = Trader(office), TimeInForce.IOC
    market = office.directory.instrument_by_symbol("AAPL")
    assert market is not None
    legs = []
    for side, ord_type in zip(sides, types, strict=True):
        how = (GTC, 18000) if ord_type is LIMIT else (ioc, 0)
        terms = OrderTerms(side, ord_type, how[0], 10, price_ticks=how[1], stp=REJECT)
        legs.append(NewOrder(alice.account_id, market.instrument_id, "", terms))
    command = NewOrderList(alice.account_id, tuple(legs), Contingency.OCO, first_lets_in=True)
    with pytest.raises(NotExpressible, match=code):
        alice.ask(Operation.PLACE_ORDER, command)

    assert not alice.listed()


def test_order_with_a_fault_is_not_asked_for(office: Office) -> None:
    """Less than the least all-or-none order, say."""
    alice = Trader(office)
    terms = OrderTerms(
        Side.BUY, LIMIT, GTC, 1, price_ticks=18000, exec_inst=ExecInst.ALL_OR_NONE, stp=REJECT
    )
    market = office.directory.instrument_by_symbol("AAPL")
    assert market is not None
    command = NewOrder(alice.account_id, market.instrument_id, "", terms)
    with pytest.raises(NotExpressible, match="AonOrderQuantity"):
        alice.ask(Operation.PLACE_ORDER, command)

    assert not alice.listed()


def test_legs_are_streamed() -> None:
    """Each by itself, held back, let in and canceled; the parent is told by REST alone."""

    async def act(office: Office, ear: Ear) -> None:
        ear.send(sub(ear, "Order", str(office.numbers["alice/margin"])))
        await ear.heard()
        told = parent(office, "OneTriggerOneCancelOther")
        sell(office, 180)
        office.cancel(told["Id"])
        frames = await ear.heard()

        assert {str(told["Id"])} == {frame["ParentId"] for frame in frames}
        words: dict[str, list[str]] = {}
        for frame in frames:
            words.setdefault(frame["Id"], []).append(frame["Status"])
        assert [
            ["Held", "New", "Filled"], ["Held", "New", "Canceled"], ["Held", "New", "Canceled"],
        ] == [list(dict.fromkeys(words[str(one["Id"])])) for one in told["Legs"]]  # fmt: skip

    listening(act)


@pytest.mark.parametrize(
    ("kind", "legs", "code"),
    [
        ("OneTriggerOther", OTO[:1], "InvalidOrderType"),
        ("OneTriggerOther", OTOCO, "InvalidOrderType"),
        ("OneTriggerOneCancelOther", OTO, "InvalidOrderType"),
        ("OneCancelOther", [leg("OneCancelOther"), leg(Price=170)], "InvalidOrderType"),
        ("OneCancelOther", [leg(Price=170), leg(Symbol="MSFT", Price=1)], "InvalidOrderType"),
        ("OneTriggerOther", [leg("Market"), OTO[1]], "OtoFirstLesIsMarketNotAllowed"),
        ("OneTriggerOneCancelOther", [leg("Market"), *OTO], "OtoFirstLesIsMarketNotAllowed"),
        ("OneCancelOther", [leg("Market"), leg("Market")], "OtoOcoMarketNotAllowed"),
        ("OneCancelOther", OTO, "OcoOrderWithOppositeLegs"),
        ("OneCancelOther", [leg(Price=170), leg("Stop")], "StopPriceUndefined"),
        ("OneCancelOther", [leg(Price=170), leg(Symbol="NOPE")], "SecurityUndefined"),
        ("OneTriggerOther", [leg(Price=1.001), OTO[1]], "PricePrecisionIsOutOfRange"),
        ("OneTriggerOther", [leg(Price=180, quantity=90_000_000), OTO[1]], "OrderQuantity"),
        ("OneTriggerOther", [leg(Price=180, quantity=9_000_000), OTO[1]], None),
    ],
)
def test_refused_parent_is_an_order(
    office: Office, kind: str, legs: list[dict[str, Any]], code: str | None
) -> None:
    """
    A refused parent is an order with the status Rejected, with its legs as sent; no leg is taken.
    """
    told = office.read(parent(office, kind, legs)["Id"])

    expected = ("Rejected", kind, legs)
    assert expected == (told["Status"], told["Type"], told["Legs"])
    assert told["Description"] == (code or "InitialMargin")
    assert not Trader(office).listed()


def test_leg_without_a_type(office: Office) -> None:
    """A leg without a type is 422, and no order is taken."""
    form = {"Type": "OneCancelOther", "Legs": [{"Symbol": "AAPL"}, leg(Price=170)]}
    assert 422 == office.call(f"POST {office.orders()}", form).status


@pytest.mark.parametrize("kind", PARENTS)
def test_parent_is_previewed_and_placed_at_once(office: Office, kind: str) -> None:
    """A preview is that of the first leg; `syncorders` tells what came of it."""
    form = {"Type": kind, "Legs": PARENTS[kind]}
    account = office.orders().removesuffix("/orders")
    told = decoded(office.call(f"POST {account}/preview/orders", form))
    assert (True, 10 * PARENTS[kind][0]["Price"]) == (told["IsSuccessful"], told["Cost"])
    told = decoded(office.call(f"POST {account}/syncorders", form))

    assert ("New", kind) == (told["Status"], told["Type"])
