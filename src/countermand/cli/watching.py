"""The verb that looks on: what happens to orders, or how a book stands, line by line."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Any

import msgspec
import typer

from countermand.cli import complete, printed
from countermand.cli.asked import Asked
from countermand.cli.exits import Code, Stop
from countermand.cli.people import utc
from countermand.cli.verb import look
from countermand.client.events import BookUpdated, Filled, Gap, Snapshot

_Symbols = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[SYMBOL...]", help="The markets. Default: all.", autocompletion=complete.symbols
    ),
]
_Book = Annotated[bool, typer.Option("--book", help="How the market's book stands instead.")]
_Count = Annotated[int | None, typer.Option(min=1, metavar="N", help="End after so many lines.")]


@look
def watch(
    asked: Asked, symbols: _Symbols = None, book: _Book = False, count: _Count = None
) -> None:
    """
    Tell what happens to the account's orders as it happens, or how a market's book stands.

    A stream that is lost is opened again, and what was missed is told then. Ctrl-C ends it. With
    --json each line is one JSON document.

    Exit codes: 0 ended after --count lines, 2 the venue streams no orders, 5 it refuses to.
    """
    named = tuple(symbols or ())
    if book and len(named) != 1:
        raise Stop(Code.ASKED_WRONGLY, "--book watches one market: name it")
    with asked.client() as client:
        told: Iterable[Any] = client.book_stream(named[0]) if book else client.events(named)
        for event in islice(told, count):
            _print(asked, event)


def _print(asked: Asked, event: Any) -> None:
    kind, now = type(event).__name__, utc(time.time_ns())
    if asked.as_json:
        printed.document({"event": kind, "time": now, **msgspec.structs.asdict(event)})
    else:
        printed.line(f"{kind} {_text(event)}", kind)
    sys.stdout.flush()


def _text(event: Any) -> str:
    match event:
        case Gap(text=text):
            return text
        case Snapshot(orders=orders):
            return f"{len(orders)} open" + "".join(f"\n  {_order(one)}" for one in orders)
        case Filled(order=order, last_qty=qty, last_px=px):
            return f"{order.order_id} {order.symbol} {qty:f}" + (
                "" if px is None else f" at {px:f}"
            )
        case BookUpdated(book=told):
            return f"{told.symbol} {_level(told.bids)} | {_level(told.asks)}"
    return _order(event.order)


def _order(order: Any) -> str:
    price = "" if order.price is None else f" at {order.price:f}"
    traded = f", {order.cum_qty:f} traded" if order.cum_qty else ""
    what = f"{order.symbol} {order.side} {order.order_qty:f}{price}"
    return f"{order.order_id} {what}: {order.ord_status}{traded}"


def _level(levels: Any) -> str:
    if not levels:
        return "none"
    price, quantity = levels[0]
    return f"{price:f}" if quantity is None else f"{quantity:f} at {price:f}"
