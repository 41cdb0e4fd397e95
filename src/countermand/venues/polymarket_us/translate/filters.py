"""Which markets a list shows, and in what order. Source: Markets API schema, `GET /v1/markets`."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from countermand.venues.polymarket_us.about import About, about, instant_ns
from countermand.venues.polymarket_us.messages.markets import ListMarkets
from countermand.venues.polymarket_us.translate import resolve
from countermand.vocabulary.reports import QuoteReport
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField
from countermand.wire.numbers import minor_text

# How many are shown where no limit is given: our proposal, the documents name none.
LIMIT_DEFAULT = 20

_Shown = tuple[QuoteReport, About]


def chosen(reports: tuple[QuoteReport, ...], ctx: Context) -> list[QuoteReport]:
    """
    Return the markets a list shows: those every filter lets through, ordered, then cut.

    Raises: InvalidField for a time that is none or a volume that is no number.
    """
    asked: ListMarkets = ctx.message
    shown = [(report, about(ctx.settings, report.instrument.symbol)) for report in reports]
    for test in _tests(asked, ctx):
        shown = [one for one in shown if test(one)]
    for name in reversed(asked.order_by):
        # Names nobody knows change nothing, like other unknown parameters.
        if (key := _order_keys(ctx).get(name)) is not None:
            shown.sort(key=key, reverse=asked.order_direction == "desc")
    end = asked.offset + (asked.limit or LIMIT_DEFAULT)
    return [report for report, _ in shown[asked.offset : end]]


def _tests(asked: ListMarkets, ctx: Context) -> Iterator[Callable[[_Shown], bool]]:
    if not asked.include_hidden:
        yield lambda one: not one[1].hidden
    yield from _flags(asked)
    yield from _lists(asked)
    yield from _spans(asked, ctx)


def _flags(asked: ListMarkets) -> Iterator[Callable[[_Shown], bool]]:
    if (archived := asked.archived) is not None:
        yield lambda one: one[1].archived is archived
    if (closed := asked.closed) is not None:
        yield lambda one: _is_closed(one) is closed
    if (active := asked.active) is not None:
        yield lambda one: _is_closed(one) is not active


def _lists(asked: ListMarkets) -> Iterator[Callable[[_Shown], bool]]:
    if asked.id:
        yield lambda one: one[0].instrument.instrument_id in asked.id
    if asked.slug:
        yield lambda one: one[0].instrument.symbol in asked.slug
    if asked.event_slug:
        yield lambda one: one[1].event_slug == asked.event_slug
    if asked.categories:
        yield lambda one: one[1].category in asked.categories
    if asked.market_types:
        yield lambda one: one[1].market_type in asked.market_types
    if asked.sports_market_types:
        yield lambda one: one[1].sports_market_type in asked.sports_market_types


def _spans(asked: ListMarkets, ctx: Context) -> Iterator[Callable[[_Shown], bool]]:
    def volume(one: _Shown) -> Decimal:
        return _volume(one, ctx)

    yield from _span("volumeNum", _amount, volume, (asked.volume_num_min, asked.volume_num_max))
    yield from _span(
        "startDate", resolve.instant, _start, (asked.start_date_min, asked.start_date_max)
    )
    yield from _span("endDate", resolve.instant, _end, (asked.end_date_min, asked.end_date_max))


def _span(
    name: str,
    read: Callable[[str, Any], Any],
    of: Callable[[_Shown], Any],
    bounds: tuple[Any, Any],
) -> Iterator[Callable[[_Shown], bool]]:
    # A market without a date is outside every span of dates.
    low, high = bounds
    if low not in (None, ""):
        least = read(f"{name}Min", low)
        yield lambda one: (value := of(one)) is not None and value >= least
    if high not in (None, ""):
        most = read(f"{name}Max", high)
        yield lambda one: (value := of(one)) is not None and value <= most


def _is_closed(one: _Shown) -> bool:
    return one[0].settled_px_ticks is not None


def _volume(one: _Shown, ctx: Context) -> Decimal:
    quote = ctx.directory.assets[one[0].instrument.quote_asset_id]
    return Decimal(minor_text(quote, one[0].volume_notional_minor))


def _start(one: _Shown) -> int | None:
    return instant_ns(one[1].start_date)


def _end(one: _Shown) -> int | None:
    return instant_ns(one[1].end_date)


def _amount(name: str, value: Decimal) -> Decimal:
    if not value.is_finite():
        raise InvalidField(name, f"invalid {name}: must be a number")
    return value


def _order_keys(ctx: Context) -> dict[str, Callable[[_Shown], Any]]:
    return {
        "id": lambda one: one[0].instrument.instrument_id,
        "slug": lambda one: one[0].instrument.symbol,
        "volumeNum": lambda one: _volume(one, ctx),
        # What has no date comes before what has one.
        "startDate": lambda one: _start(one) or 0,
        "endDate": lambda one: _end(one) or 0,
        "gameStartTime": lambda one: instant_ns(one[1].game_start_time) or 0,
    }
