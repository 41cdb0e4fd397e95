"""The verbs that only look: an order, orders, fills, a book, money, positions, markets."""

from __future__ import annotations

from typing import Any

from countermand.cli import printed
from countermand.cli.acting import OnlySymbol, Order, Symbol
from countermand.cli.asked import Asked
from countermand.cli.exits import Code, Stop
from countermand.cli.people import utc
from countermand.cli.verb import look

_ORDER = (
    "order_id", "cl_ord_id", "symbol", "side", "ord_type", "order_qty", "price", "trigger",
    "stop_px", "trail", "is_asleep", "is_twap", "expire_time", "ord_status", "cum_qty",
    "leaves_qty", "avg_px",
)  # fmt: skip


@look
def order(asked: Asked, order: Order) -> None:
    """
    Show an order as its venue does.

    Exit codes: 0 shown, 4 not found.
    """
    with asked.client() as client:
        found = client.order(order) if order.strip() else None
    if found is None:
        raise Stop(Code.NOT_FOUND, f"{asked.venue} knows no order {order!r}")
    if asked.as_json:
        printed.document(asked.told(order=found))
        return
    printed.fields(_with_times(found))


@look
def orders(asked: Asked) -> None:
    """
    List the open orders.
    """
    with asked.client() as client:
        found = client.open_orders()
    _print(asked, "orders", found if asked.as_json else map(_with_times, found), _ORDER)


@look
def fills(asked: Asked, symbol: OnlySymbol = "") -> None:
    """
    List what was traded lately, the newest first.

    A venue whose trades name no order has none: an order tells what it traded.
    """
    with asked.client() as client:
        found = client.fills(symbol)
    if asked.as_json:
        printed.document(asked.told(fills=found))
        return
    rows = [{**printed.builtins(one), "time": utc(one.ts_ns)} for one in found]
    columns = ("time", "order_id", "cl_ord_id", "symbol", "side", "last_qty", "last_px", "is_maker")
    printed.table(rows, columns)


@look
def book(asked: Asked, symbol: Symbol) -> None:
    """
    Show a market's levels, the best first; of some venues the best ones alone.
    """
    with asked.client() as client:
        found = client.book(symbol)
    if asked.as_json:
        printed.document(asked.told(book=found))
        return
    rows = []
    for nth in range(max(len(found.bids), len(found.asks))):
        bid, ask = (side[nth] if nth < len(side) else ("", "") for side in (found.bids, found.asks))
        cells = (bid[1], bid[0], ask[0], ask[1])
        rows.append(dict(zip(_BOOK, cells, strict=True)))
    printed.table(rows, _BOOK)


_BOOK = ("bid_qty", "bid_px", "ask_px", "ask_qty")


@look
def balances(asked: Asked) -> None:
    """
    List what the account has of each asset.
    """
    with asked.client() as client:
        found = client.balances()
    _print(asked, "balances", found, ("asset", "total", "available"))


@look
def positions(asked: Asked) -> None:
    """
    List the positions.
    """
    with asked.client() as client:
        found = client.positions()
    _print(asked, "positions", found, ("symbol", "net_qty", "avg_px"))


@look
def instruments(asked: Asked) -> None:
    """
    List what can be traded, and in which steps.
    """
    with asked.client() as client:
        found = client.instruments()
    columns = ("symbol", "kind", "base", "quote", "tick_size", "lot_size", "min_qty")
    _print(asked, "instruments", found, (*columns, "trading_state"))


def _with_times(found: Any) -> dict[str, Any]:
    told: dict[str, Any] = printed.builtins(found)
    for name in ("submit", "transact", "expire"):
        moment_ns = told.pop(f"{name}_ns")
        told[f"{name}_time"] = utc(moment_ns) if moment_ns else None
    return told


def _print(asked: Asked, name: str, found: Any, columns: tuple[str, ...]) -> None:
    if asked.as_json:
        printed.document(asked.told(**{name: found}))
    else:
        printed.table(found, columns)
