"""
Activities: what happened to an account, which here is its trades.

Source: Portfolio API schema, `GET /v1/portfolio/activities`. A trade there names neither order nor
        side, so our client cannot make fills of them.
"""

import re
from typing import Final

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.messages.portfolio import (
    Activity,
    ActivityPage,
    ListActivities,
    Trade,
)
from countermand.venues.polymarket_us.translate import resolve
from countermand.venues.polymarket_us.translate.money import (
    price_to_wire,
    qty_fixed_text,
    qty_whole_text,
)
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField

LIMIT_DEFAULT = 100

_TRADE: Final = "ACTIVITY_TYPE_TRADE"
_ASCENDING = "SORT_ORDER_ASCENDING"
_CURSOR = re.compile(r"([0-9]{1,19})-([0-9]{1,9})")


def activities_from_wire(message: ListActivities, ctx: Context) -> ListFills:
    """
    Return the question for the account's fills, for no more of them than the page may need.

    Raises: InvalidField for a cursor that is none.
    """
    account_ids = (resolve.account(ctx),)
    since_ns, shown = _from(message.cursor)
    if _is_whole(message):
        return ListFills(account_ids)
    until_ns = since_ns if message.cursor else None
    return ListFills(account_ids, until_ns=until_ns, limit=shown + _limit(message) + 1)


def activities_reply_to_wire(fills: tuple[Fill, ...], ctx: Context) -> ActivityPage:
    """
    Return the page that was asked for.

    Shape:  the cursor is the time of the last trade shown and how many of that time were shown:
            trades of one time come about together, so that new ones disturb no page.
    """
    asked: ListActivities = ctx.message
    rest = _rest(_wanted(fills, asked, ctx), asked)
    page = rest[: _limit(asked)]
    eof = len(page) == len(rest)
    return ActivityPage(
        [Activity(_TRADE, trade_to_wire(fill, ctx)) for fill in page],
        "" if eof else _cursor(page, asked),
        eof,
    )


def trade_to_wire(fill: Fill, ctx: Context) -> Trade:
    """Return a trade; the price is that of YES, whichever outcome the account traded."""
    one, moment = ctx.directory.instruments[fill.instrument_id], times.iso_ns(fill.ts_ns)
    return Trade(
        id=ids.trade_text(fill.match_id),
        market_slug=one.symbol,
        state="TRADE_STATE_NEW",
        create_time=moment,
        update_time=moment,
        price=price_to_wire(one, fill.last_px_ticks),
        qty=qty_whole_text(one, fill.last_qty_lots),
        qty_decimal=qty_fixed_text(one, fill.last_qty_lots),
        is_aggressor=not fill.is_maker,
    )


def _is_whole(asked: ListActivities) -> bool:
    # The exchange lists fills newest first and of all markets; for the rest they are gone through.
    return asked.sort_order == _ASCENDING or bool(asked.market_slug)


def _limit(asked: ListActivities) -> int:
    return asked.limit or LIMIT_DEFAULT


def _wanted(fills: tuple[Fill, ...], asked: ListActivities, ctx: Context) -> tuple[Fill, ...]:
    if asked.types and _TRADE not in asked.types:
        return ()
    if asked.market_slug:
        one = ctx.directory.instrument_by_symbol(asked.market_slug)
        wanted = one.instrument_id if one else None
        fills = tuple(fill for fill in fills if fill.instrument_id == wanted)
    return fills[::-1] if asked.sort_order == _ASCENDING else fills


def _rest(fills: tuple[Fill, ...], asked: ListActivities) -> tuple[Fill, ...]:
    if not asked.cursor:
        return fills
    since_ns, shown = _from(asked.cursor)
    ascending = asked.sort_order == _ASCENDING
    return tuple(
        fill for fill in fills if (fill.ts_ns >= since_ns if ascending else fill.ts_ns <= since_ns)
    )[shown:]


def _from(cursor: str) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    if (match := _CURSOR.fullmatch(cursor)) is None:
        raise InvalidField("cursor", "invalid cursor")
    return int(match[1]), int(match[2])


def _cursor(page: tuple[Fill, ...], asked: ListActivities) -> str:
    last_ns = page[-1].ts_ns
    since_ns, shown = _from(asked.cursor)
    before = shown if since_ns == last_ns else 0
    return f"{last_ns}-{before + sum(fill.ts_ns == last_ns for fill in page)}"
