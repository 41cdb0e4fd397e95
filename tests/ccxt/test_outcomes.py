"""Over a socket, at every venue and in either shell: what a bot is told is what happened."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.ccxt.seats import Seat, best, config, hit, rested
from tests.faults.operator import Operator
from tests.served import Served

import ccxt
import countermand.ccxt as ours
from countermand.client.outcome import Filled, Unknown
from countermand.faults.kinds import Kind
from countermand.wire.operation import Operation

CANCEL, PLACE, LIST = (
    Operation.CANCEL_ORDER.value,
    Operation.PLACE_ORDER.value,
    Operation.LIST_ORDERS.value,
)


@pytest.fixture(autouse=True)
def _calm(operator: Operator, alice: Seat) -> Iterator[None]:
    yield
    operator.clear()
    alice.exchange.timeout = 10000
    alice.cancel_all_orders()


def test_fill_wins(alice: Seat, bob: Seat, venue: str) -> None:
    """A cancel that comes too late is OrderNotFound, which says what the order came to."""
    placed = rested(alice, venue)
    hit(bob, venue)
    with pytest.raises(ccxt.OrderNotFound, match="Filled") as caught:
        alice.cancel_order(placed["id"], placed["symbol"])

    assert isinstance(caught.value.outcome, Filled)
    assert alice.fetch_order_status(placed["id"], placed["symbol"]) == "closed"


def test_canceled_twice(alice: Seat, venue: str) -> None:
    """The second cancel reports the order as canceled, so a bot may repeat it."""
    placed = rested(alice, venue)
    for _ in range(2):
        canceled = alice.cancel_order(placed["id"], placed["symbol"])
        assert (placed["id"], "canceled") == (canceled["id"], canceled["status"])


def test_unknown_orders(alice: Seat) -> None:
    """A read raises OrderNotFound; a cancel does so too, or a timeout where that is not proven."""
    symbol = alice.exchange.symbols[0]
    alice.exchange.timeout = 300
    for name in ("12345", "no-such-order"):
        with pytest.raises(ccxt.OrderNotFound):
            alice.fetch_order(name, symbol)
        # At one venue it is not proven that an order is not there.
        with pytest.raises((ccxt.OrderNotFound, ccxt.RequestTimeout)):
            alice.cancel_order(name, symbol)


def test_too_dear(alice: Seat, venue: str) -> None:
    """An order that cannot be paid is refused, and none is there."""
    symbol, price, _ = best(alice, venue)
    money = alice.fetch_free_balance()[alice.market(symbol)["quote"]]
    kinds = (ccxt.InsufficientFunds, ccxt.InvalidOrder, ccxt.BadRequest, ccxt.NotSupported)
    with pytest.raises(kinds):
        alice.create_order(symbol, "limit", "buy", 100 * money / price, price)

    assert alice.fetch_open_orders(symbol) == []


@pytest.mark.parametrize("kind", [Kind.LOST_AFTER, Kind.RESET_AFTER, Kind.BROKEN])
def test_answer_that_is_lost(alice: Seat, venue: str, operator: Operator, kind: Kind) -> None:
    """The order is placed once and canceled once, and the bot sees no error."""
    operator.fault(kind, venue=venue, operation=PLACE, count=1)
    placed = rested(alice, venue)
    operator.fault(kind, venue=venue, operation=CANCEL, count=1)
    assert [placed["id"]] == [one["id"] for one in alice.fetch_open_orders()]
    canceled = alice.cancel_order(placed["id"], placed["symbol"])

    assert (canceled["status"], alice.fetch_open_orders()) == ("canceled", [])


def test_placement_that_is_not_known(
    alice: Seat, shell: str, venue: str, operator: Operator
) -> None:
    """The error is none that bots retry after, and the order is sent once."""
    alice.exchange.timeout = 300
    symbol, price, amount = best(alice, venue)
    # Where an order has no name, one of another client's that is alike is taken for it.
    amount *= 3 if shell == "synchronous" else 7
    operator.fault(Kind.LOST_BEFORE, venue=venue, operation=PLACE, count=1)
    with pytest.raises(ours.OutcomeUnknown) as caught:
        alice.create_order(symbol, "limit", "buy", amount, price)

    assert isinstance(caught.value.outcome, Unknown)
    assert not isinstance(caught.value, ccxt.NetworkError | ccxt.ExchangeError)
    assert alice.fetch_open_orders(symbol) == []


def test_cancel_that_is_not_known(alice: Seat, venue: str, operator: Operator) -> None:
    """The error is the one after which ccxt's bots retry a cancel, which is safe."""
    placed = rested(alice, venue)
    alice.exchange.timeout = 200
    for operation in (CANCEL, LIST, Operation.GET_ORDER.value):
        operator.fault(Kind.LOST_BEFORE, venue=venue, operation=operation)
    with pytest.raises(ccxt.RequestTimeout):
        alice.cancel_order(placed["id"], placed["symbol"])
    operator.clear()

    assert alice.cancel_order(placed["id"], placed["symbol"])["status"] == "canceled"


def test_asked_too_often(alice: Seat, venue: str, operator: Operator) -> None:
    """Nothing was done, and a bot may ask again."""
    symbol, price, amount = best(alice, venue)
    for operation, ask in (
        (PLACE, lambda: alice.create_order(symbol, "limit", "buy", amount, price)),
        (LIST, lambda: alice.fetch_open_orders(symbol)),
    ):
        operator.fault(Kind.RATE_LIMITED, venue=venue, operation=operation, count=1)
        with pytest.raises(ccxt.RateLimitExceeded):
            ask()
    assert alice.fetch_open_orders(symbol) == []


def test_several(alice: Seat, bob: Seat, venue: str) -> None:
    """Each as it is proven to be."""
    first, second = rested(alice, venue), rested(alice, venue)
    hit(bob, venue)
    told = alice.cancel_orders([first["id"], second["id"]], first["symbol"])

    assert {first["id"]: "closed", second["id"]: "canceled"} == {
        one["id"]: one["status"] for one in told
    }


def test_all(alice: Seat, venue: str) -> None:
    """Until none is open."""
    placed = [rested(alice, venue) for _ in range(3)]
    told = alice.cancel_all_orders(placed[0]["symbol"])

    assert {one["id"] for one in placed} == {one["id"] for one in told}
    assert {"canceled"} == {one["status"] for one in told}
    assert (alice.fetch_open_orders(), alice.cancel_all_orders()) == ([], [])


def test_edited(alice: Seat, venue: str) -> None:
    """Its price or its amount; where a venue cannot, a bot is told before anything is sent."""
    placed = rested(alice, venue, times=2)
    symbol, price, amount = best(alice, venue)
    lower = price - alice.market(symbol)["precision"]["price"]
    change = (placed["id"], symbol, "limit", "buy", amount, lower)
    if not alice.exchange.has["editOrder"]:
        with pytest.raises(ccxt.NotSupported):
            alice.edit_order(*change)
        return
    edited = alice.edit_order(*change)
    read = alice.fetch_order(edited["id"], symbol)

    assert ("open", "Replaced") == (edited["status"], edited["info"]["countermand"]["outcome"])
    assert (read["amount"], read["price"]) == (edited["amount"], edited["price"])
    assert read["price"] == pytest.approx(lower)
    alice.cancel_order(read["id"], symbol)
    with pytest.raises(ccxt.OrderNotFound, match="Canceled"):
        alice.edit_order(read["id"], symbol, "limit", "buy", None, price)


def test_market_order(alice: Seat, venue: str) -> None:
    """Trades at once, at the price that it tells."""
    symbol, price, amount = best(alice, venue)
    amount = (alice.fetch_order_book(symbol)["asks"][0][1] or 1000 * amount) / 1000
    if not alice.exchange.has["createMarketOrder"]:
        with pytest.raises(ccxt.NotSupported):
            alice.create_market_buy_order(symbol, amount)
        return
    bought = alice.create_market_buy_order(symbol, amount)

    whole = float(alice.amount_to_precision(symbol, amount))
    assert ("closed", whole, 0) == (bought["status"], bought["filled"], bought["remaining"])
    assert bought["price"] == bought["average"] > price


def test_orders_that_cannot_be_expressed(alice: Seat, venue: str) -> None:
    """Triggers, unknown words and bad orders are refused before anything is sent."""
    symbol, price, amount = best(alice, venue)
    said: list[tuple[type, tuple[Any, ...], dict[str, Any]]] = [
        (ccxt.NotSupported, ("limit", "buy", amount, price), {"triggerPrice": price}),
        (ccxt.NotSupported, ("stop", "buy", amount, price), {}),
        (ccxt.BadRequest, ("limit", "buy", amount, price), {"leverage": 5}),
        (ccxt.InvalidOrder, ("limit", "long", amount, price), {}),
        (ccxt.InvalidOrder, ("limit", "buy", 0, price), {}),
        (ccxt.InvalidOrder, ("limit", "buy", amount, price), {"timeInForce": "SOON"}),
        (ccxt.ArgumentsRequired, ("limit", "buy", amount), {}),
    ]
    for kind, order, params in said:
        with pytest.raises(kind):
            alice.create_order(symbol, *order, params=params)
    with pytest.raises(ccxt.BadSymbol):
        alice.create_order("BTC/EUR", "limit", "buy", amount, price)
    assert alice.fetch_open_orders() == []


def test_names_of_its_owner(alice: Seat, venue: str) -> None:
    """Where a venue keeps them an order is found by its own; elsewhere none is taken."""
    symbol, price, amount = best(alice, venue)
    name = f"bot-{id(alice)}"
    order = (symbol, "limit", "buy", amount, price, {"clientOrderId": name})
    if "cl_ord_id" in alice.exchange._end.given:
        with pytest.raises(ccxt.NotSupported, match="keeps no name"):
            alice.create_order(*order)
        return
    placed = alice.create_order(*order)

    assert name == placed["clientOrderId"]
    assert placed["id"] == alice.fetch_order(None, symbol, {"clientOrderId": name})["id"]
    canceled = alice.cancel_order(None, symbol, {"clientOrderId": name})
    assert (placed["id"], "canceled") == (canceled["id"], canceled["status"])


def test_unknown_key(served: Served, shell: str, venue: str) -> None:
    """The first call raises AuthenticationError."""
    wrong = config(served, venue)
    own = wrong["options"]["credentials"]
    for name in ("api_key", "login", "access_key", "apiKey", "key_id"):
        if name in own:
            own[name] = own[name][::-1]
    own.pop("token", None)
    own.pop("privateKey", None)
    seat = Seat(shell, venue.replace("-", "_"), wrong)
    with pytest.raises(ccxt.AuthenticationError):
        seat.fetch_balance()
    seat.close()


def test_server_that_is_gone(shell: str, venue: str) -> None:
    """Nothing was sent: that may be tried again."""
    with Served(None, "--venue", venue) as gone:
        seat = Seat(shell, venue.replace("-", "_"), config(gone, venue, timeout=300))
        symbol, price, amount = best(seat, venue)
        gone.kill()
    with pytest.raises((ccxt.ExchangeNotAvailable, ours.OutcomeUnknown)):
        seat.create_order(symbol, "limit", "buy", amount, price)
    seat.close()
