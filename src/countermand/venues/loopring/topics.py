"""
Topics: what a subscription is told, each a function that says what there is and follows it.

Source: DEX API v3, "WebSocket", the pages of the topics; which shape of a trade goes with `trade`
        and which with `mixtrade` is that of their readers (README).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from countermand.venues.loopring import account, candles, depth, resolve, show, tickers
from countermand.venues.loopring.candles import STARTS
from countermand.venues.loopring.errors import StreamCode, StreamRefused
from countermand.venues.loopring.messages import markets as k
from countermand.venues.loopring.messages import streams as m
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.events import OrderRested, OrderStaged
from countermand.vocabulary.queries import GetAccount, ListTrades
from countermand.vocabulary.reports import AccountReport, OrderReport, Trade
from countermand.wire import times
from countermand.wire.candles import candles as summed
from countermand.wire.candles import formed
from countermand.wire.conversation import seen
from countermand.wire.errors import WireError
from countermand.wire.numbers import price_text
from countermand.wire.stream import Following, Source, Told, trade_of

# What of an order's events shows nothing that another does not show too.
_UNTOLD = (OrderRested, OrderStaged)

# A book's topic tells so many slots a side at most.
COUNT_MAX = 50


class Subscription(Struct, frozen=True):
    """One topic as it was asked for: what it sees, whose it is, and how its client is told."""

    topic: dict[str, Any]
    source: Source
    owner: AccountReport | None
    tell: Callable[..., None]  # data, versions

    @property
    def ctx(self) -> Ctx:
        """The context of this moment, for anyone."""
        return self.source.context

    def pair(self, code: StreamCode) -> Pair:
        """Return the market that is named. Raises StreamRefused with the topic's own code."""
        name = self.topic.get("market")
        try:
            if isinstance(name, str):
                return resolve.market(name.removeprefix(tickers.COMBINED), self.ctx)
        except WireError:
            pass
        kind = self.topic["topic"]
        raise StreamRefused(code, f"receive illegal arg for {kind}:{str(name).lower()[:40]}")


class Plan(Struct, frozen=True):
    """A topic that can be told: `start` says what there is and follows it."""

    start: Callable[[], list[Following]]


# Checks a subscription, and changes nothing. Raises StreamRefused.
Topic = Callable[[Subscription], Plan]


def order(subscription: Subscription) -> Plan:
    """Tell each order of the account on a market after something has happened to it."""
    pair, owner = subscription.pair(StreamCode.BAD_ORDER), _owner(subscription)

    def tell(more: Sequence[Told]) -> None:
        for each in more:
            if isinstance(each.event, _UNTOLD):
                continue
            for report in each.event.orders:
                is_of_market = report.instrument_id == pair.instrument.instrument_id
                if report.account_id == owner.account_id and is_of_market:
                    subscription.tell(_order_data(report, subscription.ctx))

    return Plan(lambda: [subscription.source.follow(tell, [owner.account_id])])


def tokens(subscription: Subscription) -> Plan:
    """Tell each token of the account, and then each whose amounts changed."""
    owner, is_v3 = _owner(subscription), subscription.topic.get("v3") is True
    told: dict[int, tuple[str, str]] = {}

    def tell(_: object = None) -> None:
        nonlocal told
        now = _amounts(owner, subscription)
        for token_id, (total, locked) in now.items():
            if told.get(token_id) != (total, locked):
                data = m.AccountDataV3 if is_v3 else m.AccountData
                subscription.tell(data(int(owner.name), token_id, total, locked))
        told = now

    def start() -> list[Following]:
        tell()
        return [subscription.source.follow(tell, [owner.account_id])]

    return Plan(start)


def book(subscription: Subscription) -> Plan:
    """Tell the slots of a book that changed, with their current values; or with `snapshot` all."""
    pair, topic = subscription.pair(StreamCode.BAD_ORDERBOOK), subscription.topic
    level, count = topic.get("level"), topic.get("count", COUNT_MAX)
    if not _is_count(level) or not _is_count(count) or count > COUNT_MAX:
        name = pair.instrument.symbol.lower()
        text = f"receive illegal arg for {topic['topic']}:{name}"
        raise StreamRefused(StreamCode.BAD_ORDERBOOK, text)
    fold = _Slots(subscription, pair, str(level), count, whole=topic.get("snapshot") is True)

    def start() -> list[Following]:
        fold.tell()
        where = pair.instrument.instrument_id
        return [subscription.source.follow_book(where, fold.tell, depth.LEVELS_MAX)]

    return Plan(start)


def trade(subscription: Subscription) -> Plan:
    """Tell each trade, as the documents have it; the side in capitals."""
    pair = subscription.pair(StreamCode.BAD_TRADE)
    return _each_trade(subscription, pair, _trade_row)


def mixtrade(subscription: Subscription) -> Plan:
    """Tell each trade, as the venue's own pages read it."""
    pair = subscription.pair(StreamCode.BAD_TRADE)
    return _each_trade(subscription, pair, _mixtrade_row)


def ticker(subscription: Subscription) -> Plan:
    """Tell what a market did in a day, and again whenever that changed."""
    pair = subscription.pair(StreamCode.BAD_TICKER)
    told: tuple[str, ...] = ()

    def tell(_: object = None) -> None:
        nonlocal told
        asked = k.GetTickers(market=subscription.topic["market"])
        row = seen(tickers.serve_tickers(asked, subscription.ctx), subscription.source).tickers[0]
        # The time alone is no change, and the two fees are REST's.
        before, told = told, row[2:11]
        if told != before:
            subscription.tell(row[:11])

    def start() -> list[Following]:
        tell()
        where = pair.instrument.instrument_id
        return [subscription.source.follow_book(where, tell, levels_max=1)]

    return Plan(start)


def candlestick(subscription: Subscription) -> Plan:
    """Tell the newest candle, and again after each trade."""
    pair = subscription.pair(StreamCode.BAD_CANDLESTICK)
    start_of = STARTS.get(str(subscription.topic.get("interval")))
    if start_of is None:
        name = pair.instrument.symbol.lower()
        text = f"receive illegal arg for candlestick:{name}"
        raise StreamRefused(StreamCode.BAD_CANDLESTICK, text)
    one = pair.instrument

    def start() -> list[Following]:
        tape = subscription.source.view(ListTrades(one.instrument_id))
        known = list(summed(reversed(tape), one, start_of))
        now = known[-1] if known else None
        if now is not None:
            subscription.tell(candles.show_candle(now, pair))

        def tell(more: Sequence[Told]) -> None:
            nonlocal now
            for each in map(trade_of, more):
                if each is not None:
                    now = formed(now, each, one, start_of)
                    subscription.tell(candles.show_candle(now, pair))

        return [subscription.source.follow(tell, instruments=[one.instrument_id])]

    return Plan(start)


def pool(subscription: Subscription) -> Plan:
    """Refuse: there are no pools."""
    raise StreamRefused(StreamCode.NO_POOL, "AMM pool is not supported")


TOPICS: Mapping[str, Topic] = {
    "account": tokens,
    "order": order,
    "orderbook": book,
    "mixorder": book,
    "trade": trade,
    "mixtrade": mixtrade,
    "ticker": ticker,
    "candlestick": candlestick,
    "ammpool": pool,
}

# What only the account's own key is told.
OWN = frozenset({"account", "order"})


class _Slots:
    # The slots of a book a client was told, with versions that rise.

    def __init__(
        self, subscription: Subscription, pair: Pair, level: str, count: int, *, whole: bool
    ) -> None:
        self._subscription, self._symbol, self._level = subscription, pair.instrument.symbol, level
        self._count, self._whole, self._version = count, whole, 0
        self._told: tuple[_Side, _Side] = ({}, {})

    def tell(self, _: object = None) -> None:
        """Tell what differs from what was told."""
        source, ctx = self._subscription.source, self._subscription.ctx
        asked = k.GetDepth(market=self._symbol, level=self._level, limit=str(self._count))
        now = seen(depth.serve_depth(asked, ctx), source)
        sides = ({slot[0]: slot for slot in now.bids}, {slot[0]: slot for slot in now.asks})
        changed = [_changes(was, side) for was, side in zip(self._told, sides, strict=True)]
        if self._version and not any(changed):
            return
        self._told = sides
        shown = [now.bids, now.asks] if self._whole else changed
        first, self._version = self._version + 1, max(self._version + 1, now.version)
        self._subscription.tell(m.BookData(*shown), first, self._version)


_Side = dict[str, depth.Slot]


def _changes(was: _Side, now: _Side) -> list[depth.Slot]:
    gone: list[depth.Slot] = [(price, "0", "0", "0") for price in was if price not in now]
    return gone + [slot for price, slot in now.items() if was.get(price) != slot]


def _owner(subscription: Subscription) -> AccountReport:
    assert subscription.owner is not None  # noqa: S101  (the session has checked the key)
    return subscription.owner


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _amounts(owner: AccountReport, subscription: Subscription) -> dict[int, tuple[str, str]]:
    ctx, held = subscription.ctx, subscription.source.view(GetAccount(owner.account_id))
    amounts = {}
    for report in held.balances:
        known = resolve.holding(ctx.directory.assets[report.asset_id], ctx)
        if known is not None:
            shown = account.show_balance(owner, report, known)
            amounts[shown.token_id] = (shown.total, shown.locked)
    return amounts


def _order_data(report: OrderReport, ctx: Ctx) -> m.OrderData:
    told = show.show_order(report, ctx)
    return m.OrderData(
        hash=told.hash,
        client_order_id=told.client_order_id,
        size=told.volumes.base_amount,
        volume=told.volumes.quote_amount,
        price=told.price,
        filled_size=told.volumes.base_filled,
        filled_volume=told.volumes.quote_filled,
        filled_fee=told.volumes.fee,
        status=told.status,
        created_at=str(report.submit_ns // times.MS),
        valid_since=str(told.validity.start),
        valid_until=str(told.validity.end),
        update_at=str(report.transact_ns // times.MS),
        side=told.side,
        market=told.market,
    )


def _each_trade(
    subscription: Subscription, pair: Pair, row: Callable[[Trade, Pair], Sequence[Any]]
) -> Plan:
    def tell(more: Sequence[Told]) -> None:
        if told := [row(each, pair) for each in map(trade_of, more) if each is not None]:
            subscription.tell(told)

    where = pair.instrument.instrument_id
    return Plan(lambda: [subscription.source.follow(tell, instruments=[where])])


def _trade_row(trade: Trade, pair: Pair) -> Sequence[str]:
    at_ms, price = str(trade.ts_ns // times.MS), price_text(pair.instrument, trade.price_ticks)
    side = trade.aggressor_side.name
    return (at_ms, str(trade.match_id), side, _size(trade, pair), price, "0")


def _mixtrade_row(trade: Trade, pair: Pair) -> Sequence[str]:
    at_ms, match_id, side, size, price, fee = _trade_row(trade, pair)
    return (at_ms, match_id, side, size, price, pair.instrument.symbol, fee)


def _size(trade: Trade, pair: Pair) -> str:
    return str(pair.base.floor_units(trade.qty_lots * pair.instrument.lot_minor))
