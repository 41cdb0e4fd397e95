"""
Activities: what happened to an account, which here is its trades.

Source: Portfolio API schema, `GET /v1/portfolio/activities`. A trade there names neither order nor
        side, so our client cannot make fills of them.
"""

import re
from typing import Final

from countermand.venues.polymarket_us import ids, resolve
from countermand.venues.polymarket_us.amounts import price, qty_fixed, qty_whole
from countermand.venues.polymarket_us.messages import accounts as m
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire import times
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import InvalidField

LIMIT_DEFAULT = 100

_TRADE: Final = "ACTIVITY_TYPE_TRADE"
_ASCENDING = "SORT_ORDER_ASCENDING"
_CURSOR = re.compile(r"([0-9]{1,19})-([0-9]{1,9})")


def serve_activities(message: m.ListActivities, ctx: Ctx) -> Serving[m.ActivityPage]:
    """
    Return a page of activities.

    Shape:  the cursor is the time of the last trade shown and how many of that time were shown:
            trades of one time come about together, so that new ones disturb no page.
    Raises: InvalidField for an invalid cursor.
    """
    limit = message.limit or LIMIT_DEFAULT
    moment_ns, shown = _moment(message.cursor)
    ascending = message.sort_order.upper() == _ASCENDING
    markets = resolve.markets([message.market_slug] if message.market_slug else None, ctx)
    query = ListFills(
        (resolve.account(ctx),),
        instrument_ids=markets,
        since_ns=moment_ns if ascending else None,
        until_ns=None if ascending else moment_ns,
        limit=shown + limit + 1,
        ascending=ascending,
    )
    fills: tuple[Fill, ...] = yield query
    if message.types and _TRADE not in message.types:
        fills = ()
    rest = fills[shown:]
    page, eof = rest[:limit], len(rest) <= limit
    cursor = "" if eof else _cursor(page, moment_ns, shown)
    return m.ActivityPage([m.Activity(_TRADE, show_trade(one, ctx)) for one in page], cursor, eof)


def show_trade(fill: Fill, ctx: Ctx) -> m.Trade:
    """Return a trade; the price is that of YES, also where the account traded NO."""
    one, moment = ctx.directory.instruments[fill.instrument_id], times.iso_ns(fill.ts_ns)
    return m.Trade(
        id=ids.trade_text(fill.match_id),
        market_slug=one.symbol,
        create_time=moment,
        update_time=moment,
        price=price(one, fill.last_px_ticks),
        qty=qty_whole(one, fill.last_qty_lots),
        qty_decimal=qty_fixed(one, fill.last_qty_lots),
        is_aggressor=not fill.is_maker,
    )


ACTIVITIES = Op(m.ListActivities, m.ActivityPage, serve_activities)


def _moment(cursor: str) -> tuple[int | None, int]:
    if not cursor:
        return None, 0
    if (match := _CURSOR.fullmatch(cursor)) is None:
        raise InvalidField("cursor", "invalid cursor")
    return int(match[1]), int(match[2])


def _cursor(page: tuple[Fill, ...], moment_ns: int | None, shown: int) -> str:
    last_ns = page[-1].ts_ns
    before = shown if moment_ns == last_ns else 0
    return f"{last_ns}-{before + sum(fill.ts_ns == last_ns for fill in page)}"
