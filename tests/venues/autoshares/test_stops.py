"""Stops of every type: placed, read, listed, streamed, changed, canceled, and awake in the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.autoshares.office import Office, decoded
from tests.venues.autoshares.streamed import login
from tests.venues.conformance.trader import Trader
from tests.venues.ear import Ear

from countermand.vocabulary.commands import ReplaceOrder, SetDelays
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    Side,
    Standing,
    TimeInForce,
    Trigger,
    TriggerDirection,
)
from countermand.wire import times
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

UP, DOWN = TriggerDirection.UP, TriggerDirection.DOWN
OPEN = "Status in (0,1,10)"

# Each would buy ten shares of AAPL, which stand at 180, when they cost 190; as it is told then.
STOPS: dict[str, dict[str, Any]] = {
    "Stop": {"StopPrice": 190, "Price": None},
    "StopLimit": {"StopPrice": 190, "Price": 191},
    "TrailingStop": {"TrailingStopAmount": 10, "Price": None},
    "TrailingStopLimit": {
        "TrailingStopAmount": 10, "TrailingLimitAmount": 1, "Price": None,
        "TrailingStopAmountType": "Absolute", "TrailingLimitAmountType": "Absolute",
    },
}  # fmt: skip
COMES_IN_AS = {
    "Stop": "Market", "StopLimit": "Limit", "TrailingStop": "Market", "TrailingStopLimit": "Limit",
}  # fmt: skip
LIMITS = {"Stop": 0, "StopLimit": 191, "TrailingStop": 0, "TrailingStopLimit": 191}
EVERY_TYPE = pytest.mark.parametrize("kind", STOPS)


def sleeping(office: Office, kind: str, **more: Any) -> int:
    """Place a stop; return its id."""
    return office.place(Type=kind, **STOPS[kind] | {"TimeInforce": "GoodTillCancel"} | more)


def trade(office: Office, price: float) -> None:
    """Let a share trade at a price, between two others."""
    office.place("bob/margin", Side="SellShort", Quantity=1, Price=price)
    office.place("alice/cash", Quantity=1, Price=price)


def money(office: Office) -> Any:
    """Return what is free in the account."""
    line = f"GET {office.orders().removesuffix('/orders')}/info"
    return decoded(office.call(line))["stockBuyingPower"]


def put(office: Office, order_id: int, **terms: Any) -> int:
    """Replace an order; return the status."""
    return office.call(f"PUT {office.orders()}/{order_id}", terms).status


@EVERY_TYPE
def test_stop_sleeps_until_its_price(office: Office, kind: str) -> None:
    """Asleep it is open and in no book; awake it shows its new type and trades."""
    order_id = sleeping(office, kind)
    told = office.read(order_id)
    expected = {
        "Type": kind, "InitialType": kind, "Status": "New", "StopPrice": 190, "LeavesQuantity": 10,
        "Price": LIMITS[kind], "TimeInForce": "GoodTillCancel",
        "TrailingStopAmount": 10 if "Trailing" in kind else 0,
        "TrailingLimitAmount": 1 if kind == "TrailingStopLimit" else 0,
    }  # fmt: skip
    assert expected == {name: told[name] for name in expected}
    trade(office, 189.99)
    assert Standing.ARMED is office.core(order_id).standing
    office.place("bob/margin", Side="SellShort", Price=190.5)
    trade(office, 190)

    told = office.read(order_id)
    assert (COMES_IN_AS[kind], kind) == (told["Type"], told["InitialType"])
    assert ("Filled", 10, 190.5) == (told["Status"], told["ExecutedQuantity"], told["AveragePrice"])


@pytest.mark.parametrize(("kind", "stands"), [("Stop", False), ("StopLimit", True)])
def test_stop_that_finds_nothing(office: Office, kind: str, stands: bool) -> None:
    """A stop limit rests in the book; a stop to the market ends."""
    order_id = sleeping(office, kind)
    trade(office, 190)

    told = office.read(order_id)
    end = (told["Status"], told["Target"], told.get("Description", ""))
    at_market = ("Canceled", "Cancel", "Market did not accept the order")
    assert (("New", "Status", "") if stands else at_market) == end
    assert stands is (office.cancel(order_id).status == 204)
    ended = office.read(order_id)
    assert ("Canceled", COMES_IN_AS[kind], kind) == tuple(
        ended[name] for name in ("Status", "Type", "InitialType")
    )


@EVERY_TYPE
def test_stop_is_canceled_and_frees_its_money(office: Office, kind: str) -> None:
    """The hold is freed to the last cent, and the order is shown as a stop."""
    before = money(office)
    order_id = sleeping(office, kind)
    assert money(office) < before
    assert (204, 409) == (office.cancel(order_id).status, office.cancel(order_id).status)

    told = office.read(order_id)
    assert ("Canceled", kind, 0) == (told["Status"], told["Type"], told["LeavesQuantity"])
    assert before == money(office)


@EVERY_TYPE
def test_quantity_changes_alone(office: Office, kind: str) -> None:
    """The stop price stays; a client may send its whole form again."""
    order_id = sleeping(office, kind)
    form = {name: value for name, value in STOPS[kind].items() if value} | {"Type": kind}
    assert 200 == put(office, order_id, **form, Quantity=4)

    told = office.read(order_id)
    assert (kind, 190, 4) == (told["Type"], told["StopPrice"], told["LeavesQuantity"])
    assert Standing.ARMED is office.core(order_id).standing


@pytest.mark.parametrize(
    ("kind", "terms", "expected"),
    [
        ("Stop", {"StopPrice": 185}, {"StopPrice": 185}),
        ("StopLimit", {"StopPrice": 185, "Price": 186}, {"StopPrice": 185, "Price": 186}),
        ("StopLimit", {"Price": 200}, {"StopPrice": 190, "Price": 200}),
        ("TrailingStop", {"StopPrice": 195}, {"StopPrice": 195, "TrailingStopAmount": 10}),
        ("TrailingStop", {"TrailingStopAmount": 5}, {"StopPrice": 185, "TrailingStopAmount": 5}),
        (
            "TrailingStop",
            {"TrailingStopAmount": 5, "TrailingStopAmountType": "Persentage"},
            {"StopPrice": 189, "TrailingStopAmountType": "Persentage"},
        ),
        ("TrailingStopLimit", {"TrailingLimitAmount": 3}, {"StopPrice": 190, "Price": 193}),
    ],
)
def test_stop_is_changed(
    office: Office, kind: str, terms: dict[str, Any], expected: dict[str, Any]
) -> None:
    """While it sleeps."""
    order_id = sleeping(office, kind)
    assert 200 == put(office, order_id, **terms)

    told = office.read(order_id)
    assert expected == {name: told[name] for name in expected}
    assert kind == told["Type"]


@pytest.mark.parametrize(
    ("kind", "terms"),
    [
        ("Stop", {"StopPrice": 190}),
        ("Stop", {"StopPrice": 185.001}),
        ("Stop", {"StopPrice": -1}),
        ("Stop", {"StopPrice": 1e30}),
        ("Stop", {"StopPrice": 170}),
        ("Stop", {"TrailingStopAmount": 4}),
        ("TrailingStop", {"TrailingLimitAmount": 1}),
        ("TrailingStop", {"TrailingStopAmount": 0.001}),
        ("TrailingStop", {"TrailingStopAmount": 100, "TrailingStopAmountType": "Persentage"}),
        ("TrailingStopLimit", {"Price": 250}),
        ("TrailingStopLimit", {"TrailingLimitAmount": 1, "TrailingLimitAmountType": "Percentage"}),
        ("StopLimit", {"Type": "Limit"}),
    ],
)
def test_change_that_no_stop_can_have(office: Office, kind: str, terms: dict[str, Any]) -> None:
    """A 409, and it sleeps on as it did; a market at 180 has met the stop at 170."""
    trade(office, 180)
    order_id = sleeping(office, kind)
    before = office.read(order_id)

    assert 409 == put(office, order_id, **terms)
    assert before == office.read(order_id)


def test_only_a_sleeper_gets_another_stop_price(office: Office) -> None:
    """An awake one is a limit order: its price changes, and its stop price does not."""
    order_id = sleeping(office, "StopLimit")
    trade(office, 190)
    assert 409 == put(office, order_id, StopPrice=195)
    assert 200 == put(office, order_id, Type="StopLimit", StopPrice=190, Price=188)

    told = office.read(order_id)
    assert ("Limit", 188, 190) == (told["Type"], told["Price"], told["StopPrice"])


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"Type": "Stop"}, "StopPriceUndefined"),
        ({"Type": "Stop", "StopPrice": -1}, "StopPriceUndefined"),
        ({"Type": "Stop", "StopPrice": 190.001}, "PricePrecisionIsOutOfRange"),
        ({"Type": "StopLimit", "StopPrice": 190, "Price": None}, "LimitPriceUndefined"),
        ({"Type": "StopLimit", "StopPrice": 190, "Price": 1.001}, "PricePrecisionIsOutOfRange"),
        ({"Type": "TrailingStop"}, "StopPriceUndefined"),
        ({"Type": "TrailingStop", "TrailingStopAmount": -3}, "StopPriceUndefined"),
        ({"Type": "TrailingStop", "TrailingStopAmount": 0.001}, "PricePrecisionIsOutOfRange"),
        (
            {"Type": "TrailingStop", "TrailingStopAmount": 1, "StopPrice": 1.001},
            "PricePrecisionIsOutOfRange",
        ),
        (
            {
                "Type": "TrailingStop", "TrailingStopAmount": 100,
                "TrailingStopAmountType": "Persentage",
            },
            "PricePrecisionIsOutOfRange",
        ),
        ({"Type": "TrailingStopLimit", "TrailingStopAmount": 3}, "LimitPriceUndefined"),
        (
            {
                "Type": "TrailingStopLimit", "TrailingStopAmount": 3, "TrailingLimitAmount": 1,
                "TrailingLimitAmountType": "Persentage",
            },
            "InvalidOrderType",
        ),
        ({"Type": "Stop", "StopPrice": 180}, "BuyStopOrderStopPriceLessAsk"),
        (
            {"Type": "StopLimit", "Side": "SellShort", "StopPrice": 181},
            "SellStopOrderStopPriceGreaterBid",
        ),
        (
            {"Type": "TrailingStop", "Side": "SellShort", "TrailingStopAmount": 200},
            "QuotePriceIsInvalid",
        ),
        ({"Type": "Stop", "StopPrice": 190, "Side": "Sell"}, "SellStopOrderStopPriceGreaterBid"),
    ],
)  # fmt: skip
def test_refused_stop_is_an_order(office: Office, terms: dict[str, Any], code: str) -> None:
    """
    A refused stop is an order with the status Rejected, with its code and all it was sent with.
    """
    trade(office, 180)
    told = office.read(office.place(**terms))

    assert ("Rejected", code) == (told["Status"], told["Description"])
    sent = {name: value for name, value in terms.items() if value is not None}
    assert sent == {name: told[name] for name in sent}


@pytest.mark.parametrize("name", ["TrailingStopAmountType", "TrailingLimitAmountType"])
def test_amount_in_something_else(office: Office, name: str) -> None:
    """A word the venue does not have is no order; the venue's own is misspelled; both are read."""
    form = {"Symbol": "AAPL", "Side": "Buy", "Quantity": 1, "Type": "TrailingStop"}
    answer = office.call(f"POST {office.orders()}", form | {name: "Ticks"})
    assert (422, [f"placeParams.{name}"]) == (answer.status, list(decoded(answer)["ModelState"]))
    order_id = sleeping(office, "TrailingStop", TrailingStopAmountType="percentage")

    assert ("Persentage", 198) == tuple(
        office.read(order_id)[each] for each in ("TrailingStopAmountType", "StopPrice")
    )


def test_trailing_stop_follows_the_market_and_never_goes_back(office: Office) -> None:
    """A buyer's goes down with it, and its limit with the stop."""
    order_id = sleeping(office, "TrailingStopLimit")
    for price, stop in ((170, 180), (175, 180), (160.5, 170.5)):
        trade(office, price)
        told = office.read(order_id)
        assert (stop, stop + 1) == (told["StopPrice"], told["Price"])
    trade(office, 170.5)

    assert ("Limit", "New") == tuple(office.read(order_id)[name] for name in ("Type", "Status"))


def test_stop_is_for_the_day_or_to_a_date(office: Office) -> None:
    """At its end the stop is over, asleep or awake."""
    day = sleeping(office, "Stop", TimeInforce="Day")
    ends = {"TimeInforce": "GoodTillDate", "ExpireDate": "2027-01-15T09:00:00Z"}
    dated = sleeping(office, "TrailingStop", **ends)
    assert "Day" == office.read(day)["TimeInForce"]
    office.wait(24 * 3_600_000)

    assert ["DoneForDay", "Expired"] == [office.read(each)["Status"] for each in (day, dated)]


def test_stops_are_listed_and_searched(office: Office) -> None:
    """Among what is open, by what they are now."""
    ids = {kind: sleeping(office, kind) for kind in STOPS}
    awake = sleeping(office, "StopLimit", StopPrice=181, Quantity=1)
    trade(office, 181)

    def found(text: str) -> set[int]:
        query = f"filter={text}&pageSize=99"
        page = decoded(office.call(f"GET {office.orders()}", query=query.replace(" ", "%20")))
        return {one["Id"] for one in page["Result"]}

    assert {*ids.values(), awake} == found(OPEN)
    for kind, order_id in ids.items():
        assert {order_id} == found(f"{OPEN} and Type = '{kind}'")
    assert {awake} == found("Type = 'Limit'")


def test_stops_are_streamed() -> None:
    """When they come, when they follow, when they wake and when they end."""

    async def go() -> None:
        office = Office()
        ear = await Ear.open(office, login(), owner=None)
        session = (await ear.heard())[0]["SessionId"]
        ear.send({
            "Cmd": "Subscribe.txt", "SessionId": session, "EntityType": "Order",
            "Keys": str(office.numbers["alice/margin"]), "HttpClientType": "WebSocket",
        })  # fmt: skip
        await ear.heard()
        order_id = sleeping(office, "TrailingStopLimit")
        trade(office, 170)
        trade(office, 180)
        office.cancel(order_id)

        told = [each for each in await ear.heard() if each["Id"] == str(order_id)]
        assert [
            ("TrailingStopLimit", "New", "190.00000", "191.00000"),
            ("TrailingStopLimit", "New", "180.00000", "181.00000"),
            ("Limit", "New", "180.00000", "181.00000"),
            ("Limit", "Canceled", "180.00000", "181.00000"),
        ] == [(o["Type"], o["Status"], o["StopPrice"], o["Price"]) for o in told]
        assert {("Absolute", "10.00000", "1.00000", "TrailingStopLimit")} == {
            (
                o["TrailingStopAmountType"], o["TrailingStopAmount"], o["TrailingLimitAmount"],
                o["InitialType"],
            )
            for o in told
        }  # fmt: skip

    asyncio.run(go())


TRIGGERS = {
    "Stop": (OrdType.MARKET, Trigger(19_000, UP)),
    "StopLimit": (OrdType.LIMIT, Trigger(19_000, UP)),
    "TrailingStop": (OrdType.MARKET, Trigger(0, UP, trail_ticks=1_000)),
    "by percent": (OrdType.MARKET, Trigger(0, UP, trail_ppb=25_000_000)),
    "from a price": (OrdType.MARKET, Trigger(19_500, UP, trail_ticks=1_000)),
    "TrailingStopLimit": (
        OrdType.LIMIT, Trigger(0, UP, trail_ticks=1_000, limit_offset_ticks=100),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIGGERS)
def test_our_client_places_reads_and_changes_stops(office: Office, name: str) -> None:
    """The client reads the exchange's order: asleep, awake, and over."""
    alice = Trader(office)
    ord_type, trigger = TRIGGERS[name]
    command = alice.order("", Side.BUY, 10)
    fixed = ord_type is OrdType.LIMIT and trigger.limit_offset_ticks is None
    terms = replace(
        command.terms, ord_type=ord_type, trigger=trigger, price_ticks=19_100 if fixed else 0
    )
    placed = alice.tell(Operation.PLACE_ORDER, replace(command, terms=terms))

    def same(told: Any) -> None:
        core = office.core(told.order_id)
        assert (core.terms.trigger, core.terms.ord_type) == (told.terms.trigger, ord_type)
        assert TimeInForce.GTC is told.terms.time_in_force
        assert (core.standing, core.ord_status) == (told.standing, told.ord_status)

    same(placed)
    assert Standing.ARMED is placed.standing
    assert [placed.order_id] == [one.order_id for one in alice.listed()]
    other = replace(placed.terms.trigger, price_ticks=18_500)
    change = ReplaceOrder(
        alice.account_id, alice.market.instrument_id, placed.order_id, "", "", trigger=other
    )
    same(alice.tell(Operation.REPLACE_ORDER, change))
    trade(office, 185)
    woken = alice.read(placed.order_id)
    same(woken)
    assert woken.terms.trigger.is_met
    if ord_type is OrdType.LIMIT:
        assert ExecType.TRIGGERED is woken.exec_type
        same(alice.cancel(woken))


@pytest.mark.parametrize(
    ("ord_type", "trigger"),
    [
        (OrdType.MARKET, Trigger(17_000, DOWN)),
        (OrdType.LIMIT, Trigger(0, UP, trail_ticks=10)),
        (OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT, None),
    ],
)
def test_triggers_without_a_word(
    office: Office, ord_type: OrdType, trigger: Trigger | None
) -> None:
    """Profit taking, and a fixed limit with a trailing trigger: no request is sent."""
    alice = Trader(office)
    command = alice.order("", Side.BUY, 10)
    terms = replace(command.terms, ord_type=ord_type, trigger=trigger)
    with pytest.raises(NotExpressible):
        alice.tell(Operation.PLACE_ORDER, replace(command, terms=terms))


@EVERY_TYPE
def test_stop_is_previewed_and_verified(office: Office, kind: str) -> None:
    """A stop is verified like any order, asleep and awake."""
    form = {"Symbol": "AAPL", "Side": "Buy", "Quantity": 10, "Type": kind} | STOPS[kind]
    account = office.orders().removesuffix("/orders")
    told = decoded(office.call(f"POST {account}/preview/orders", form))
    assert told["IsSuccessful"] is True
    order_id = sleeping(office, kind)
    line = f"GET {account}/verified/orders/{order_id}"
    assert decoded(office.call(line))["IsSuccessful"] is True
    trade(office, 190)

    # At the market it is over by now, and as a new one it would be met when it comes.
    stands = COMES_IN_AS[kind] == "Limit"
    assert stands is decoded(office.call(line))["IsSuccessful"]


def test_cancel_is_pending_while_the_venue_takes_its_time(office: Office) -> None:
    """204, and 204 again; then it is canceled, and a third is a conflict."""
    order_id = sleeping(office, "Stop")
    office.engine.enter(SetDelays(office.venue.name, cancel_ns=500 * times.MS))
    assert [204, 204] == [office.cancel(order_id).status for _ in range(2)]
    told = office.read(order_id)
    assert ("PendingCancel", "Cancel", 10) == tuple(
        told[name] for name in ("Status", "Target", "LeavesQuantity")
    )
    office.wait(501)

    assert ("Canceled", 409) == (office.read(order_id)["Status"], office.cancel(order_id).status)


def test_fill_comes_before_a_pending_cancel(office: Office) -> None:
    """The 204 was not the last word: it is Filled, and stays so."""
    order_id = office.place()
    office.engine.enter(SetDelays(office.venue.name, cancel_ns=500 * times.MS))
    assert 204 == office.cancel(order_id).status
    office.place("bob/margin", Side="SellShort")
    assert ("Filled", 409) == (office.read(order_id)["Status"], office.cancel(order_id).status)
    office.wait(501)

    assert OrdStatus.FILLED is office.core(order_id).ord_status


def test_pending_orders_are_found_by_their_status(office: Office) -> None:
    """Each by its own number, and with others; our client lists them with what is open."""
    name = office.venue.name
    plain, going = office.place(Price=150), office.place(Price=151)
    office.cancel(ended := office.place(Price=152))
    office.engine.enter(SetDelays(name, new_ns=times.S, cancel_ns=times.S, replace_ns=times.S))
    office.cancel(going)
    changing = office.place(Price=153)
    office.wait(1_001)
    going = office.place(Price=154)
    office.wait(1_001)
    office.cancel(going)
    assert 200 == put(office, changing, Quantity=4)
    coming = office.place(Price=155)

    def found(text: str) -> set[int]:
        query = f"filter=Status%20{text}&pageSize=99".replace(" ", "%20")
        page = decoded(office.call(f"GET {office.orders()}", query=query))
        return {one["Id"] for one in page["Result"]}

    assert [{plain}, {going}, {coming}, {changing}] == [found(f"= {n}") for n in (0, 6, 10, 14)]
    assert {plain, coming} == found("in (0,1,10)")
    assert ended in found("in (4,6)")
    assert going in found("in (4,6)")
    assert {plain, going, coming, changing} == {one.order_id for one in Trader(office).listed()}
