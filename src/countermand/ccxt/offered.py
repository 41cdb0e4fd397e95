"""Offered: what an exchange `has`, by the rows of its venue."""

from __future__ import annotations

from typing import Any

from countermand.client.people import price, qty
from countermand.client.session import Session
from countermand.client.wording import Wish, new_order
from countermand.vocabulary.commands import NewOrder
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.venue import Venue

# By ccxt's names: what our client does at every venue.
_ALWAYS = (
    *("publicAPI", "privateAPI", "sandbox"),
    *("cancelAllOrders", "cancelOrder", "cancelOrders"),
    *("createLimitOrder", "createLimitBuyOrder", "createLimitSellOrder"),
    *("createMarketOrder", "createMarketBuyOrder", "createMarketSellOrder"),
    *("createOrder", "createPostOnlyOrder", "createReduceOnlyOrder"),
    *("fetchBalance", "fetchCurrencies", "fetchL2OrderBook", "fetchMarkets", "fetchOpenOrders"),
    *("fetchOrder", "fetchOrderBook", "fetchOrderStatus", "fetchTicker"),
)
# The methods that need an operation of the venue.
_WHERE = {
    "editOrder": Operation.REPLACE_ORDER,
    "fetchMyTrades": Operation.LIST_FILLS,
    "fetchOrderTrades": Operation.LIST_FILLS,
    "fetchPositions": Operation.LIST_POSITIONS,
}
# Names that bots look for, and that we do not have.
_NEVER = (
    *("CORS", "createOrders", "createStopOrder", "createTriggerOrder", "editOrders"),
    *("fetchClosedOrders", "fetchOrders", "fetchCanceledOrders", "fetchOpenOrder"),
    *("fetchClosedOrder", "fetchOHLCV", "fetchTickers", "fetchBidsAsks", "fetchTrades"),
    *("fetchTime", "fetchStatus", "fetchPosition", "fetchLeverage", "setLeverage"),
    *("setMarginMode", "fetchFundingRate", "fetchTradingFee", "fetchTradingFees", "fetchLedger"),
    *("fetchDeposits", "fetchWithdrawals", "fetchDepositAddress", "transfer", "withdraw"),
    *("watchBalance", "watchMyTrades", "watchOrderBook", "watchOrders", "watchTicker", "ws"),
)


def offered(venue: Venue) -> dict[str, Any]:
    """Return `has` of a venue: a bool for every name that a bot looks for."""
    told = dict.fromkeys(_ALWAYS, True) | dict.fromkeys(_NEVER, False)
    return told | {name: does(venue, operation) for name, operation in _WHERE.items()}


# The methods that need words of the venue's wire, and the order that asks for these.
_WORDED: dict[str, dict[str, Any]] = {
    "createMarketOrder": {"price": None},
    "createMarketBuyOrder": {"price": None},
    "createMarketSellOrder": {"price": None},
    "createPostOnlyOrder": {"exec_inst": ("post_only",)},
    "createReduceOnlyOrder": {"exec_inst": ("reduce_only",)},
}


def worded(session: Session) -> dict[str, bool | None]:
    """
    Return which kinds of orders a venue has words for, as its first market shows; None where that
    is found out when one is placed.
    """
    one = next(iter(session.directory.instruments.values()), None)
    if one is None:
        return dict.fromkeys(_WORDED, False)
    plain = {"symbol": one.symbol, "side": "buy", "order_qty": qty(one, one.order_qty_lots_min)}
    plain["price"] = price(one, one.reference_price_ticks or 1)
    asked = {name: Wish(**{**plain, **more}) for name, more in _WORDED.items()}
    return {name: _can_say(session, new_order(session, wish, 0)) for name, wish in asked.items()}


def _can_say(session: Session, order: NewOrder) -> bool | None:
    flow = session.venue.flows.get(Operation.PLACE_ORDER)
    try:
        if flow is not None:
            step = next(flow(order, session.credential, session.context(0)))
            if step.says is not order:
                return None  # Something else is asked for first.
    except NotExpressible:
        return False
    return session.can_say(Operation.PLACE_ORDER, order)


def does(venue: Venue, operation: Operation) -> bool:
    """Return whether our client does an operation at a venue."""
    rows = (row for row in venue.routes.rows if row.operation is operation)
    return operation in venue.flows or any(row.op.ask is not None for row in rows)


def request_ms(venue: Venue) -> int:
    """
    Return how long a bot that keeps time itself waits from one request to the next.

    Shape:  as the venue's documented limits have it, the strictest one on orders; a tenth of a
            second where none is documented.
    Units:  milliseconds.
    """
    limits = venue.client.limits if venue.client else ()
    spans = [
        1000 * one.allowance.span_s // one.allowance.limit
        for one in limits
        if one.operations is None or Operation.PLACE_ORDER in one.operations
    ]
    return max(spans, default=100)
