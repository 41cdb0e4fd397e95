"""
Verbs: ccxt's methods, written once. Each is a generator that calls the client and is sent back what
came of it; the two exchanges differ in how they wait and in nothing else.

Every verb loads the markets first, as ccxt does.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import Any, TypeVar

from msgspec import Struct

from countermand.ccxt import errors, refusals, structures, wording
from countermand.ccxt.configured import Configured
from countermand.ccxt.markets import Structure
from countermand.client.outcome import (
    Canceled,
    Closed,
    Filled,
    NotSent,
    Open,
    Outcome,
    Refused,
    Replaced,
    Unknown,
)
from countermand.client.sweeping import Sweep
from countermand.wire.operation import Operation

T = TypeVar("T")
Params = Mapping[str, Any]
NONE: Params = {}


class Call(Struct, frozen=True):
    """
    Call a method of the client, by its name; what the venue has no words for is `inexpressible`.
    """

    method: str
    arguments: tuple[Any, ...] = ()
    named: dict[str, Any] = {}
    inexpressible: type[Exception] = errors.NotSupported


Talk = Generator[Call, Any, T]


def load_markets(
    exchange: Configured, reload: bool = False, params: Params = NONE
) -> Talk[Structure]:
    """Return the markets by ccxt's symbols, as the venue has them now with `reload`."""
    if exchange.markets is None or reload:
        if exchange.markets is not None:
            yield Call("learn")
        exchange.take_markets((yield Call("instruments")))
    return exchange.loaded().by_symbol


def fetch_markets(exchange: Configured, params: Params = NONE) -> Talk[list[Structure]]:
    """Return the markets."""
    return list((yield from load_markets(exchange, True)).values())


def fetch_currencies(exchange: Configured, params: Params = NONE) -> Talk[Structure]:
    """Return what is paid and held, by its code."""
    yield from load_markets(exchange)
    return exchange.currencies


def create_order(
    exchange: Configured,
    symbol: str,
    type: str,  # noqa: A002  (ccxt's name)
    side: str,
    amount: Any,
    price: Any = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """
    Place an order, once, and return it as it stands.

    Raises: OutcomeUnknown when it may have been placed or not: look for it before another.
    """
    yield from load_markets(exchange)
    market = exchange.loaded().exact(symbol)
    wish = wording.placed(exchange.id, market, type, side, amount, price, params)
    outcome = yield Call("place", (), wish | _patience(exchange))
    is_ended = isinstance(outcome, Closed) and outcome.text == "expired"
    if not is_ended and not isinstance(outcome, Open | Filled | Canceled):
        raise refusals.of_outcome(exchange.id, outcome)
    return _settled(
        exchange,
        outcome,
        type=type.lower(),
        side=side.lower(),
        price=exchange.say(wish["price"]),
        amount=wish["order_qty"],
        timeInForce=structures.TIMES.get(wish["time_in_force"]),
        postOnly="post_only" in wish["exec_inst"],
        reduceOnly="reduce_only" in wish["exec_inst"],
    )


def edit_order(
    exchange: Configured,
    id: str,  # noqa: A002  (ccxt's name)
    symbol: str,
    type: str,  # noqa: A002  (ccxt's name)
    side: str,
    amount: Any = None,
    price: Any = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """
    Change an order's price or its whole amount, once, and return it as it stands.

    Raises: OrderNotFound when it is over and did not trade whole; OutcomeUnknown when it may have
            been changed or not.
    """
    check_does(exchange, "editOrder", Operation.REPLACE_ORDER)
    yield from load_markets(exchange)
    wording.check_known(f"{exchange.id} editOrder()", params, ())
    market = exchange.loaded().exact(symbol)
    qty = None if amount is None else wording.amount_of(exchange.id, market, amount)
    at = None if price is None else wording.price_of(exchange.id, market, price)
    outcome = yield Call("replace", (id, at, qty), _patience(exchange))
    if not isinstance(outcome, Replaced | Filled):
        over = isinstance(outcome, Canceled | Closed)
        if over:
            raise refusals.told(errors.OrderNotFound, f"{exchange.id} {outcome}", outcome)
        raise refusals.of_outcome(exchange.id, outcome)
    told = {"type": type.lower(), "side": side.lower(), "price": exchange.say(at)}
    return _settled(exchange, outcome, amount=qty, **told)


def cancel_order(
    exchange: Configured,
    id: str | None,  # noqa: A002  (ccxt's name)
    symbol: str | None = None,
    params: Params = NONE,
) -> Talk[Structure]:
    """
    Cancel an order, and return it when it is proven canceled.

    Raises: OrderNotFound when it traded before, is over or is not known, with what became of it;
            RequestTimeout when that is not proven: it is safe to cancel again.
    """
    yield from load_markets(exchange)
    wording.check_known(f"{exchange.id} cancelOrder()", params, ("clientOrderId",))
    order = str(params.get("clientOrderId") or id or "")
    named = (order, venue_symbol(exchange, symbol))
    # All that a venue could have no words for is the id: then it never gave it out.
    outcome = yield Call("cancel", named, _patience(exchange), errors.OrderNotFound)
    if not isinstance(outcome, Canceled):
        raise refusals.of_outcome(exchange.id, outcome, of_cancel=True)
    return _settled(exchange, outcome)


def cancel_orders(
    exchange: Configured, ids: Iterable[str], symbol: str | None = None, params: Params = NONE
) -> Talk[list[Structure]]:
    """
    Cancel several orders, and return each as it is proven to be: canceled or closed, or without a
    status where the venue knows no such order.

    Raises: the error of the first of which that is not proven; its `outcomes` are those of all.
    """
    yield from load_markets(exchange)
    wording.check_known(f"{exchange.id} cancelOrders()", params, ())
    call = Call("cancel_many", (tuple(ids), venue_symbol(exchange, symbol)), _patience(exchange))
    return _each(exchange, (yield call))


def cancel_all_orders(
    exchange: Configured, symbol: str | None = None, params: Params = NONE
) -> Talk[list[Structure]]:
    """
    Cancel every open order, or those of a market, until none is open; return each.

    Raises: RequestTimeout when it is not proven that none is open; its `outcomes` are of all.
    """
    yield from load_markets(exchange)
    wording.check_known(f"{exchange.id} cancelAllOrders()", params, ())
    swept: Sweep = yield Call("cancel_all", (venue_symbol(exchange, symbol),))
    if not swept.is_empty:
        error = refusals.told(errors.RequestTimeout, f"{exchange.id} {swept.text}")
        error.outcomes = swept.outcomes  # type: ignore[attr-defined]  # likewise
        raise error
    return _each(exchange, swept.outcomes)


def _each(exchange: Configured, outcomes: Iterable[Outcome]) -> list[Structure]:
    every = tuple(outcomes)
    for outcome in every:
        if isinstance(outcome, Unknown | NotSent | Refused):
            error = refusals.of_outcome(exchange.id, outcome, of_cancel=True)
            error.outcomes = every  # type: ignore[attr-defined]  # as in `refusals.told`
            raise error
    return [_settled(exchange, outcome) for outcome in every]


def _settled(exchange: Configured, outcome: Outcome, **known: Any) -> Structure:
    market = outcome.symbol
    symbol = exchange.loaded().unified(market) if exchange.loaded().knows(market) else None
    return structures.settled(outcome, symbol, exchange.say, **known)


def venue_symbol(exchange: Configured, symbol: str | None) -> str:
    """Return the venue's symbol, empty for none. Raises BadSymbol."""
    return exchange.market_id(symbol) if symbol else ""


def _patience(exchange: Configured) -> dict[str, float]:
    return {"timeout_s": exchange.timeout / 1000}


def check_does(exchange: Configured, name: str, operation: Operation) -> None:
    """See that our client does an operation at the venue. Raises NotSupported."""
    if not exchange.has.get(name):
        text = f"{exchange.id} {name}() is not supported: no {operation.value} at this venue"
        raise errors.NotSupported(text)
