"""
Streams: one connection a stream, and what each tells.

Connecting is subscribing; a client says nothing but, as Hummingbot does, the text `ping`. A stream
of the account takes its key as the parameter `api_key`, and is refused before the upgrade without
one; those of a market take anyone.

Source: as in messages/streams.py; both families of paths are of published clients (README).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from msgspec.structs import replace

from countermand.venues.deltadefi import account, candles, depth, ids, markets, resolve, tables
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.messages import markets as k
from countermand.venues.deltadefi.messages import streams as m
from countermand.venues.deltadefi.presentation import time_text
from countermand.venues.deltadefi.settings import Ctx
from countermand.venues.deltadefi.show import show_order
from countermand.vocabulary.events import OrderRested, OrderStaged, Traded
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import ListFills, ListTrades
from countermand.vocabulary.reports import Fill, OrderReport, Trade
from countermand.wire import codec, numbers, times
from countermand.wire.candles import candles as summed
from countermand.wire.candles import formed
from countermand.wire.conversation import Nothing, Op, OpenStream, Serving, seen
from countermand.wire.stream import Line, Message, Source, Told, trade_of

# A stream's first messages and its subscriptions.
Tale = Callable[[Ctx, Line, Source], None]

# Events of an order that are not streamed: another event of the same moment shows the same.
_UNTOLD = (OrderRested, OrderStaged)


class Session:
    """One stream. All a client may say is `ping`."""

    def __init__(self, tale: Tale, ctx: Ctx, line: Line, source: Source) -> None:
        self._line = line
        tale(ctx, line, source)

    def receive(self, message: Message) -> None:
        """Answer a ping, and take anything else for nothing."""
        if message in ("ping", b"ping"):
            self._line.say("pong")

    def end(self) -> None:
        """Hold nothing."""


def serve_account(message: Nothing, ctx: Ctx) -> Serving[OpenStream]:
    """Open the stream of the key's account. Raises OrderRefused when its user has none."""
    yield from ()
    resolve.account(ctx)
    return OpenStream(partial(Session, tell_account, ctx))


def serve_nothing(message: Nothing, ctx: Ctx) -> Serving[OpenStream]:
    """Open a stream that tells nothing."""
    yield from ()
    return OpenStream(partial(Session, _silence, ctx))


def of_market(
    tell: Callable[[Any, Instrument, Line, Source], None],
) -> Callable[[Any, Ctx], Serving[OpenStream]]:
    """Return what opens a stream of the market a path names. Raises Refused (4106)."""

    def serve(message: Any, ctx: Ctx) -> Serving[OpenStream]:
        yield from ()
        instrument = resolve.instrument(message.symbol, ctx)

        def tale(_: Ctx, line: Line, source: Source) -> None:
            tell(message, instrument, line, source)

        return OpenStream(partial(Session, tale, ctx))

    return serve


def serve_candles(message: m.OfCandles, ctx: Ctx) -> Serving[OpenStream]:
    """Open the stream of a market's candles. Raises Refused (4106, 4405)."""
    if message.interval not in candles.STARTS:
        raise Refused(Code.BAD_INTERVAL)
    return (yield from of_market(tell_candles)(message, ctx))


def tell_account(ctx: Ctx, line: Line, source: Source) -> None:
    """Tell the balances, then each order to which something happened, and balances that moved."""
    account_id = resolve.account(ctx)
    told = seen(account.serve_balances(Nothing(), ctx), source)
    _say(line, m.BalanceInfo(balance=told))

    def tell(more: Sequence[Told]) -> None:
        nonlocal told
        now = replace(source.context, principal=ctx.principal)
        for each in more:
            for order in each.event.orders:
                if order.account_id == account_id and not isinstance(each.event, _UNTOLD):
                    _say(line, m.OrderInfo(order=show_order(order, _fills(order, source), now)))
        before, told = told, seen(account.serve_balances(Nothing(), now), source)
        if told != before:
            _say(line, m.BalanceInfo(balance=told))

    source.follow(tell, [account_id])


def tell_depth(message: m.OfSymbol, instrument: Instrument, line: Line, source: Source) -> None:
    """Tell the book, whole, and again whenever it changed."""
    told: k.Depth | None = None

    def tell(_: object = None) -> None:
        nonlocal told
        now = source.context
        before, told = told, seen(depth.serve_depth(k.GetDepth(instrument.symbol), now), source)
        if told != before:
            _say(line, m.Depth(now.now_ns // times.MS, told.bids, told.asks))

    tell()
    source.follow_book(instrument.instrument_id, tell, depth.LEVELS_MAX)


def tell_price(message: m.OfSymbol, instrument: Instrument, line: Line, source: Source) -> None:
    """Tell the price of the last trade, and that of each trade that moves it."""
    named = k.GetPrice(instrument.symbol)
    told = seen(markets.serve_price(named, source.context), source).price
    _say(line, m.Price(price=told))

    def tell(more: Sequence[Told]) -> None:
        nonlocal told
        for event in (each.event for each in more):
            if isinstance(event, Traded):
                before, told = told, Decimal(numbers.price_text(instrument, event.price_ticks))
                if told != before:
                    _say(line, m.Price(price=told))

    source.follow(tell, instruments=[instrument.instrument_id])


def tell_trades(message: m.OfTrades, instrument: Instrument, line: Line, source: Source) -> None:
    """Tell the last trades, the newest first, then those that come about together."""
    query = ListTrades(instrument.instrument_id, limit=message.limit)
    _say(line, [_trade(each, instrument) for each in source.view(query)])

    def tell(more: Sequence[Told]) -> None:
        new = [_trade(trade, instrument) for each in more if (trade := trade_of(each))]
        if new:
            _say(line, new[::-1])

    source.follow(tell, instruments=[instrument.instrument_id])


def tell_candles(message: m.OfCandles, instrument: Instrument, line: Line, source: Source) -> None:
    """Tell the newest candle, and again after each trade."""
    start_of = candles.STARTS[message.interval]
    tape = source.view(ListTrades(instrument.instrument_id))
    known = list(summed(reversed(tape), instrument, start_of))
    now = known[-1] if known else None
    if now is not None:
        _say(line, candles.show_candle(now, instrument))

    def tell(more: Sequence[Told]) -> None:
        nonlocal now
        for trade in map(trade_of, more):
            if trade is not None:
                now = formed(now, trade, instrument, start_of)
                _say(line, candles.show_candle(now, instrument))

    source.follow(tell, instruments=[instrument.instrument_id])


ACCOUNT = Op(Nothing, None, serve_account)
SILENCE = Op(Nothing, None, serve_nothing)
DEPTH = Op(m.OfSymbol, None, of_market(tell_depth))
PRICE = Op(m.OfSymbol, None, of_market(tell_price))
TRADES = Op(m.OfTrades, None, of_market(tell_trades))
CANDLES = Op(m.OfCandles, None, serve_candles)


def _silence(ctx: Ctx, line: Line, source: Source) -> None:
    pass


def _say(line: Line, message: Any) -> None:
    line.say(codec.encode(message).decode())


def _fills(order: OrderReport, source: Source) -> list[Fill]:
    # The fills that the order counts: it may be shown as it was before its last fill.
    if not order.cum_qty_lots:
        return []
    found: tuple[Fill, ...] = source.view(ListFills((order.account_id,), order.order_id))
    return [fill for fill in reversed(found) if fill.cum_qty_lots <= order.cum_qty_lots]


def _trade(trade: Trade, instrument: Instrument) -> m.Trade:
    return m.Trade(
        ids.COUNTER_PARTY.uuid(trade.match_id),
        time_text(trade.ts_ns),
        instrument.symbol,
        tables.SIDES.to_wire(trade.aggressor_side),
        Decimal(numbers.price_text(instrument, trade.price_ticks)),
        Decimal(numbers.qty_text(instrument, trade.qty_lots)),
    )
