"""The verbs that may change something: each sends what it must, and says what is proven of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from countermand.cli import complete, ends, exits, legs, printed, progress
from countermand.cli.asked import Asked
from countermand.cli.exits import Code, Stop
from countermand.cli.verb import act

if TYPE_CHECKING:
    from countermand.client.outcome import Outcome

Symbol = Annotated[
    str, typer.Argument(metavar="SYMBOL", help="The market.", autocompletion=complete.symbols)
]
OnlySymbol = Annotated[
    str, typer.Option("--symbol", help="The market.", autocompletion=complete.symbols)
]
_Side = Annotated[str, typer.Argument(metavar="SIDE", help="buy or sell.")]
_OrderQty = Annotated[str, typer.Argument(metavar="QTY", help="How much, exact.")]
_Price = Annotated[
    str, typer.Argument(metavar="[PRICE]", help="The limit; without it a market order.")
]
Order = Annotated[
    str,
    typer.Argument(
        metavar="ORDER", help="The venue's id of the order, or its owner's name for it."
    ),
]
_Orders = Annotated[
    list[str], typer.Argument(metavar="ORDER...", help="Ids of orders, or their owner's names.")
]
_ClOrdId = Annotated[str, typer.Option(help="Your own name for the order.")]
_NewName = Annotated[
    str,
    typer.Option(
        "--cl-ord-id", metavar="NEW", help="Its new name, where the venue wants one; else made up."
    ),
]
_TimeInForce = Annotated[
    str, typer.Option(metavar="WORD", help="day, gtc, ioc, fok, gtd. Default: the venue's usual.")
]
_ExecInst = Annotated[
    list[str] | None, typer.Option(metavar="WORD", help="post_only, say; may be repeated.")
]
_Expire = Annotated[
    str,
    typer.Option(metavar="TIME", help="End of a gtd order: 1h, 2d, or UTC, 2027-01-31T12:00:00."),
]
_Effect = Annotated[
    str, typer.Option(metavar="WORD", help="open or close, where a short sale is not a sale.")
]
_WAKES = "What it waits for"
_StopPrice = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WAKES,
        help="Sleep until the market is here: above it for a buy, below it for a sale. On the"
        " other side it is taken too, and wakes at once or with the next trade.",
    ),
]
_TakeProfit = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WAKES,
        help="Sleep until the market is here: below it for a buy, above it for a sale.",
    ),
]
_Trail = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WAKES, help="A stop at this distance from the best price since: 0.5, 2%."
    ),
]
_LimitOffset = Annotated[
    str,
    typer.Option(
        rich_help_panel=_WAKES, help="With --trail: come in at a limit so far beyond the stop."
    ),
]
_Twap = Annotated[
    bool,
    typer.Option("--twap", help="Come in by slices until --expire, never above the limit."),
]
_LEG = "'SIDE QTY [PRICE] [stop-price=P ...]'"
_Oco = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LEG",
        rich_help_panel=_WAKES,
        help=f"An order beside it, {_LEG}: when one trades or ends, the other ends.",
    ),
]
_Oto = Annotated[
    list[str] | None,
    typer.Option(
        metavar="LEG",
        rich_help_panel=_WAKES,
        help="An order that comes in as this one trades; a second one and it end each other.",
    ),
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print the order's id alone.")]


@act
def place(
    asked: Asked,
    symbol: Symbol,
    side: _Side,
    order_qty: _OrderQty,
    price: _Price = "",
    cl_ord_id: _ClOrdId = "",
    time_in_force: _TimeInForce = "",
    exec_inst: _ExecInst = None,
    expire: _Expire = "",
    position_effect: _Effect = "",
    stop_price: _StopPrice = "",
    take_profit: _TakeProfit = "",
    trail: _Trail = "",
    limit_offset: _LimitOffset = "",
    twap: _Twap = False,
    oco: _Oco = None,
    oto: _Oto = None,
    quiet: _Quiet = False,
) -> Code:
    """
    Place an order, once, and say what is proven of it.

    An answer that is lost is looked for; the order is never sent a second time.
    A kind of order that the venue has not is told before anything is sent.

    Exit codes: 0 open or filled, 3 over already, 5 refused, 6 unknown,
    7 not sent, 2 asked wrongly.
    """
    ends.check(asked.venue, expire=expire, time_in_force=time_in_force, price=price, is_twap=twap)
    expire_ns = ends.read(expire)
    beside = {"oco": tuple(map(legs.read, oco or ())), "oto": tuple(map(legs.read, oto or ()))}
    end = ends.explained(asked.venue, expire)
    with asked.client() as client, _rehearsed(asked), end:
        outcome = client.place(
            symbol,
            side,
            order_qty,
            price or None,
            timeout_s=asked.timeout_s,
            cl_ord_id=cl_ord_id,
            time_in_force=time_in_force,
            exec_inst=tuple(exec_inst or ()),
            expire_ns=expire_ns,
            position_effect=position_effect,
            stop_px=stop_price or None,
            take_profit_px=take_profit or None,
            trail=trail or None,
            limit_offset=limit_offset or None,
            is_twap=twap,
            **beside,
        )
    return _print_one(asked, outcome, exits.OF_PLACE, quiet=quiet)


@act
def replace(
    asked: Asked,
    order: Order,
    price: Annotated[str, typer.Option(help="The new price.")] = "",
    order_qty: Annotated[str, typer.Option("--qty", help="The new whole quantity.")] = "",
    cl_ord_id: _NewName = "",
) -> Code:
    """
    Change an order's price or its whole quantity, once.

    Some venues name an order anew with each change; its former name is then no
    order's. The new one is printed, and is cl_ord_id with --json. The venue's id
    of the order stays.

    Exit codes: 0 replaced, 3 over already, 4 not found, 5 refused,
    6 unknown, 7 not sent, 2 asked wrongly.
    """
    _check(order)
    if not price and not order_qty:
        raise Stop(Code.ASKED_WRONGLY, "neither price nor quantity is new: --price, --qty")
    with asked.client() as client, _rehearsed(asked):
        outcome = client.replace(
            order, price or None, order_qty or None, asked.timeout_s, cl_ord_id
        )
    return _print_one(asked, outcome, exits.OF_REPLACE)


@act
def cancel(asked: Asked, orders: _Orders, symbol: OnlySymbol = "") -> Code:
    """
    Cancel orders, and say what is proven of each.

    What an answer does not prove is read from the order, until the time is over.

    Exit codes: 0 canceled, 3 closed already (filled, or ended otherwise),
    4 not found, 5 refused, 6 unknown, 7 not sent, 2 asked wrongly.
    Of several orders it is the one that asks most for a look: 6 7 5 4 3 0.
    """
    for order in orders:
        _check(order)
    with _counted() as tell, asked.client(tell) as client, _rehearsed(asked):
        outcomes = client.cancel_many(orders, symbol, asked.timeout_s)
    if asked.as_json:
        printed.document(asked.told(outcomes=[as_json(one) for one in outcomes]))
    else:
        print_outcomes(outcomes)
    return exits.worst(exits.OF_CANCEL[one.name] for one in outcomes)


@act
def cancel_all(
    asked: Asked,
    symbol: OnlySymbol = "",
    side: Annotated[str, typer.Option(help="buy or sell only.")] = "",
) -> Code:
    """
    Cancel all open orders, until open orders were read empty twice.

    Exit codes: 0 no order is open any more; 6 that is not proven;
    5 refused, 7 not sent, 2 asked wrongly.
    """
    with _counted() as tell, asked.client(tell) as client, _rehearsed(asked):
        sweep = client.cancel_all(symbol, side, 3 * asked.timeout_s)
    codes = [exits.OF_CANCEL[one.name] for one in sweep.outcomes]
    if asked.as_json:
        told = {"is_empty": sweep.is_empty, "text": sweep.text}
        printed.document(asked.told(**told, outcomes=[as_json(one) for one in sweep.outcomes]))
    else:
        print_outcomes(sweep.outcomes)
        printed.line("no order is open" if sweep.is_empty else f"not empty: {sweep.text}")
    if sweep.is_empty:
        return Code.DONE
    # Refused or not sent only where that is so of all there were.
    return codes[0] if len(set(codes)) == 1 and codes[0] in _NOTHING_DONE else Code.UNKNOWN


_NOTHING_DONE = (Code.REFUSED, Code.NOT_SENT)


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as JSON has it."""
    fields: dict[str, Any] = printed.builtins(outcome)
    return {"outcome": outcome.name, "is_proven": outcome.is_proven, **fields}


def print_outcomes(outcomes: tuple[Outcome, ...]) -> None:
    """Print a line for each outcome, and what was sent and answered where it is not proven."""
    for outcome in outcomes:
        printed.line(str(outcome), outcome.name)
        if not outcome.is_proven:
            for one in outcome.evidence.witnesses:
                printed.line(f"  {one.said}: {one.answer}")


def _print_one(
    asked: Asked, outcome: Outcome, codes: dict[str, Code], *, quiet: bool = False
) -> Code:
    if asked.as_json:
        printed.document(asked.told(**as_json(outcome)))
    elif quiet and codes[outcome.name] is Code.DONE:
        printed.line(outcome.order_id)
    else:
        print_outcomes((outcome,))
    return codes[outcome.name]


def _check(order: str) -> None:
    if not order.strip() or not order.isprintable():
        raise Stop(Code.ASKED_WRONGLY, f"{order!r} is the id of no order")


@contextmanager
def _counted() -> Iterator[Any]:
    with progress.shown("orders") as bars:
        bars.tell("settled", 0, 0)  # from now on it is known how long it takes
        yield lambda done, of: bars.tell("settled", done, of)


@contextmanager
def _rehearsed(asked: Asked) -> Iterator[None]:
    # A dry run ends where something would be sent.
    from countermand.client.errors import WouldSend  # noqa: PLC0415  (loaded when it is needed)

    try:
        yield
    except WouldSend as would:
        _print_request(asked, would)
        raise typer.Exit(int(Code.DONE)) from None
    if asked.is_dry_run:
        raise Stop(Code.DONE, "nothing would be sent")


def _print_request(asked: Asked, would: Any) -> None:
    request = would.request
    url = f"{asked.origin()}{request.target}"
    told = {
        "operation": would.operation,
        "method": request.method,
        "url": url,
        "headers": request.headers,
        "body": request.body,
    }
    if asked.as_json:
        printed.document(asked.told(would_send=told))
        return
    printed.line(f"not sent: {would.operation}")
    printed.line(f"{request.method} {url}")
    for name, value in request.headers.items():
        printed.line(f"{name}: {value}")
    if request.body:
        printed.line("")
        printed.document(request.body)
