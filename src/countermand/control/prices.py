"""
Prices: the reference a market's band and index stand on, trades that are made, and settlement.

Trades and quotes are made with accounts of the house's own, opened and funded as they need it. The
house has no privilege: its orders match as any others do.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from countermand.control import house, names
from countermand.control.acts import act, check
from countermand.control.host import Host, Served
from countermand.control.instruments import OfInstrument, Quoted, quoted
from countermand.control.row import PREFIX, ControlError, ControlRow
from countermand.vocabulary.commands import MassCancel, SetReferencePrice, SettleInstrument
from countermand.vocabulary.events import Traded
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, Side, TimeInForce
from countermand.vocabulary.queries import GetDepth, ListTrades
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import DepthReport
from countermand.vocabulary.reports import Trade as PublicTrade
from countermand.wire import numbers, times

# A trade looks at so many levels of the book, and takes no more.
_LEVELS_MAX = 100_000

# How often a trade is tried whose book moves before it comes.
_TRIES = 3


class SetPrice(OfInstrument, frozen=True):
    """The reference price. Units: decimal text."""

    price: str


class Trade(OfInstrument, frozen=True):
    """
    A public trade to make: `quantity` changes hands at `price`.

    Without a `side` the incoming order buys, unless the price is at or below the best bid.
    """

    price: str
    quantity: str
    side: names.Side | None = None


class Quote(OfInstrument, frozen=True):
    """
    The house's quote; a side that is left out, or has no quantity, is taken away.

    Units: decimal text.
    """

    bid: str | None = None
    bid_quantity: str | None = None
    ask: str | None = None
    ask_quantity: str | None = None


class Settle(OfInstrument, frozen=True):
    """The price that every position is settled at. Units: decimal text."""

    price: str


class ListMade(OfInstrument, frozen=True):
    """How many trades to show at most, the newest first."""

    limit: int = 50


class Made(Struct, frozen=True):
    """One match; `maker` and `taker` are accounts."""

    price: str
    quantity: str
    maker: str
    taker: str


class Trades(Struct, frozen=True):
    """All that traded on the way, in order: what stood at better prices first."""

    side: names.Side
    trades: tuple[Made, ...]


class Public(Struct, frozen=True):
    """A trade as it is public. Units: decimal text; `time` in RFC 3339."""

    price: str
    quantity: str
    side: names.Side
    time: str


class Tape(Struct, frozen=True):
    """Public trades, the newest first."""

    trades: tuple[Public, ...]


async def set_price(host: Host, asked: SetPrice) -> Quoted:
    """
    Move the reference price: the band, the index, and the mark until something trades.

    Open orders stay where they are. To move a mark that trades have set, make a trade.
    """
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    await act(host, SetReferencePrice(on.instrument_id, names.price(on, asked.price)))
    return quoted(host, at, on)


async def trade(host: Host, asked: Trade) -> Trades:
    """
    Make a public trade: two accounts of the house meet at the price.

    Orders that stand at better prices are taken first, whole, as on any market; at the price what
    stands there trades first, and the house's own gives the rest. At a price inside the spread
    no other order trades.
    """
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    ticks, lots = names.price(on, asked.price), names.quantity(on, asked.quantity)
    if not ticks or not lots:
        raise names.invalid("price" if lots else "quantity", "must be above zero")
    for _ in range(_TRIES):
        side, ahead, there = _way(host, on, ticks, asked.side)
        maker, taker = await house.pair(host, at, on, side)
        orders = [house.limit(taker, on, side, ahead + lots, ticks, TimeInForce.FOK)]
        if there < lots:
            orders.insert(0, house.limit(maker, on, side.opposite, lots - there, ticks))
        receipts = await house.place(host, orders)
        await house.take_back(host, maker, receipts)
        check(receipts[-1])
        if made := _made(at, on, receipts):
            return Trades(_word(side), made)
    raise ControlError(409, "book-moved", "the book moved before the trade came, three times")


async def set_quote(host: Host, asked: Quote) -> Quoted:
    """
    Let the house stand with a bid and an ask instead of those it stood with before.

    They never take: a quote that would trade at once is refused, and the old one is gone.
    """
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    sides = (
        (Side.BUY, "bid", asked.bid, asked.bid_quantity),
        (Side.SELL, "ask", asked.ask, asked.ask_quantity),
    )
    account = await house.account(host, at, house.QUOTES)
    orders = [
        house.limit(account, on, side, lots, ticks, exec_inst=int(ExecInst.POST_ONLY))
        for side, name, px, qty in sides
        for ticks, lots in _wanted(on, name, px, qty)
    ]
    leave = MassCancel(account.account_id, (on.instrument_id,), delay_ns=0)
    for receipt in await house.place(host, orders, first=(leave,)):
        check(receipt)
    return quoted(host, at, on)


async def settle(host: Host, asked: Settle) -> Quoted:
    """
    Settle every position of a market at a price and close it; open orders are canceled.

    A binary outcome is paid out; of a perpetual or a share the gain or loss is realized.
    """
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    await act(host, SettleInstrument(on.instrument_id, names.price(on, asked.price)))
    return quoted(host, at, on)


async def list_trades(host: Host, asked: ListMade) -> Tape:
    """Return what last traded."""
    at = names.served(host, asked.venue)
    on = names.instrument(at, asked.symbol)
    newest: tuple[PublicTrade, ...] = host.exchange.view(ListTrades(on.instrument_id, asked.limit))
    return Tape(tuple(_public(on, one) for one in newest))


def _way(
    host: Host, on: Instrument, ticks: int, wished: names.Side | None
) -> tuple[Side, int, int]:
    # Which side comes in, how much stands at better prices, and how much at this one.
    depth: DepthReport = host.exchange.view(GetDepth(on.instrument_id, _LEVELS_MAX))
    meets_bids = bool(depth.bids) and ticks <= depth.bids[0][0]
    meets_asks = bool(depth.asks) and ticks >= depth.asks[0][0]
    side = Side.SELL if meets_bids else Side.BUY
    if wished is not None and wished is not _word(side):
        if meets_bids or meets_asks:
            text = f"at this price orders stand that only a {_word(side)} can meet"
            raise ControlError(409, "would-cross", text)
        side = side.opposite
    levels = depth.asks if side is Side.BUY else depth.bids
    better = [lots for px, lots in levels if (px < ticks if side is Side.BUY else px > ticks)]
    return side, sum(better), sum(lots for px, lots in levels if px == ticks)


def _wanted(
    on: Instrument, name: str, px: str | None, qty: str | None
) -> Iterator[tuple[int, int]]:
    if (px is None) is not (qty is None):
        raise names.invalid(name, f"goes together with {name}_quantity")
    if px is not None and qty is not None:
        lots = names.quantity(on, qty, f"{name}_quantity")
        if lots:
            yield names.price(on, px, name), lots


def _made(at: Served, on: Instrument, receipts: tuple[Receipt, ...]) -> tuple[Made, ...]:
    known = at.directory.accounts
    return tuple(
        Made(
            numbers.price_text(on, event.price_ticks),
            numbers.qty_text(on, event.qty_lots),
            names.account_text(known[event.maker.account_id]),
            names.account_text(known[event.taker.account_id]),
        )
        for receipt in receipts
        for event in receipt.events
        if isinstance(event, Traded) and event.instrument_id == on.instrument_id
    )


def _public(on: Instrument, one: PublicTrade) -> Public:
    return Public(
        numbers.price_text(on, one.price_ticks),
        numbers.qty_text(on, one.qty_lots),
        _word(one.aggressor_side),
        times.iso_ns(one.ts_ns),
    )


def _word(side: Side) -> names.Side:
    return names.Side[side.name]


_INSTRUMENT = f"{PREFIX}/venues/{{venue}}/instruments/{{symbol}}"

ROWS = (
    ControlRow(
        name="set-price",
        method="PUT",
        path=f"{_INSTRUMENT}/price",
        message=SetPrice,
        reply=Quoted,
        run=set_price,
        summary="Move a market's reference price",
    ),
    ControlRow(
        name="trade",
        method="POST",
        path=f"{_INSTRUMENT}/trades",
        message=Trade,
        reply=Trades,
        run=trade,
        summary="Make a public trade at a price",
    ),
    ControlRow(
        name="trades",
        method="GET",
        path=f"{_INSTRUMENT}/trades",
        message=ListMade,
        reply=Tape,
        run=list_trades,
        summary="List a market's last trades",
    ),
    ControlRow(
        name="quote",
        method="PUT",
        path=f"{_INSTRUMENT}/quote",
        message=Quote,
        reply=Quoted,
        run=set_quote,
        summary="Let the house stand with a bid and an ask",
    ),
    ControlRow(
        name="settle",
        method="POST",
        path=f"{_INSTRUMENT}/settle",
        message=Settle,
        reply=Quoted,
        run=settle,
        summary="Settle a market's positions and close it",
    ),
)
