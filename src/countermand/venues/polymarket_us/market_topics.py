"""Markets topics: books, tops of books and trades, for anyone with a key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from countermand.venues.polymarket_us import amounts, depth, resolve, tables
from countermand.venues.polymarket_us.annotations import ANNOTATIONS
from countermand.venues.polymarket_us.messages import markets as k
from countermand.venues.polymarket_us.messages import streams as m
from countermand.venues.polymarket_us.messages.shared import CURRENCY, Amount
from countermand.venues.polymarket_us.settings import Ctx
from countermand.venues.polymarket_us.topics import Subscription, Topic
from countermand.vocabulary.events import Traded
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers, times
from countermand.wire.conversation import seen
from countermand.wire.stream import Book, Following, Told


def books(subscription: Subscription) -> list[Following]:
    """Tell each whole book at once, and whenever it changed."""
    return list(_each_book(subscription, _show_book))


def tops(subscription: Subscription) -> list[Following]:
    """Tell the top of each book at once, and whenever the book changed."""
    return list(_each_book(subscription, _show_top))


def trades(subscription: Subscription) -> list[Following]:
    """Tell each trade."""
    markets = [one.instrument_id for one in _markets(subscription)]

    def tell(more: Sequence[Told]) -> None:
        now = subscription.now()
        for told in more:
            if isinstance(told.event, Traded):
                subscription.tell(trade=_show_trade(told.event, told.ts_ns, now))

    return [subscription.source.follow(tell, instruments=markets)]


TOPICS: Mapping[str, Topic] = {
    "MARKET_DATA": books,
    "MARKET_DATA_LITE": tops,
    "TRADE": trades,
    # Numbers, as the overview shows them.
    "1": books,
    "2": tops,
    "3": trades,
}


def _markets(subscription: Subscription) -> list[Instrument]:
    # Raises NotFound for an unknown one: a client that waits for a book would wait for ever.
    ctx = subscription.now()
    if slugs := subscription.asked.market_slugs:
        return [resolve.market(slug, ctx) for slug in dict.fromkeys(slugs)]
    return list(ctx.directory.instruments.values())


def _each_book(
    subscription: Subscription, show: Callable[[Subscription, str], dict[str, Any]]
) -> Iterator[Following]:
    every_s = (
        subscription.now().settings.debounce_s if subscription.asked.responses_debounced else 0
    )
    for one in _markets(subscription):
        tell = _Changes(subscription, partial(show, subscription, one.symbol)).tell
        tell()
        yield subscription.source.follow_book(one.instrument_id, tell, 1, every_s)


class _Changes:
    # A payload that is told when it is not as it was.

    def __init__(self, subscription: Subscription, show: Callable[[], dict[str, Any]]) -> None:
        self._tell, self._show = subscription.tell, show
        self._told: dict[str, Any] = {}

    def tell(self, _: Book | None = None) -> None:
        before, self._told = self._told, self._show()
        if self._told != before:
            self._tell(**self._told)


def _show_book(subscription: Subscription, slug: str) -> dict[str, Any]:
    reply = seen(depth.serve_book(k.BySlug(slug), subscription.now()), subscription.source)
    return {"market_data": reply.market_data}


def _show_top(subscription: Subscription, slug: str) -> dict[str, Any]:
    reply = seen(depth.serve_quote(k.BySlug(slug), subscription.now()), subscription.source)
    top = reply.market_data
    told = m.Lite(
        top.market_slug,
        top.current_px,
        top.last_trade_px,
        top.best_bid,
        top.best_ask,
        top.bid_depth,
        top.ask_depth,
        top.shares_traded,
        top.open_interest,
    )
    return {"market_data_lite": told}


def _show_trade(traded: Traded, ts_ns: int, ctx: Ctx) -> m.PublicTrade:
    market = ctx.directory.instruments[traded.instrument_id]
    return m.PublicTrade(
        market_slug=market.symbol,
        price=amounts.price(market, traded.price_ticks),
        quantity=Amount(amounts.with_cents(numbers.qty_text(market, traded.qty_lots)), CURRENCY),
        trade_time=times.iso_ns(ts_ns),
        maker=_party(traded.maker),
        taker=_party(traded.taker),
    )


def _party(order: OrderReport) -> m.Party:
    side = order.terms.side
    outcome = ANNOTATIONS.read(order.terms.text).outcome
    return m.Party(tables.SIDES.to_wire(side), tables.INTENTS.to_wire((side, outcome)))
