"""Which markets a list shows, and in what order. Source: Markets API schema, `GET /v1/markets`."""

from decimal import Decimal
from typing import Any, NamedTuple

from countermand.venues.polymarket_us.messages.markets import ListMarkets
from countermand.venues.polymarket_us.presentation import Presentation, instant_ns
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.reports import QuoteReport
from countermand.wire.fields import instant, invalid
from countermand.wire.numbers import minor_text

# How many are shown where no limit is given: our proposal, the documents name none.
LIMIT_DEFAULT = 20


class _Listed(NamedTuple):
    report: QuoteReport
    said: Presentation
    volume: Decimal

    @property
    def is_closed(self) -> bool:
        return self.report.settled_px_ticks is not None


# A market without a date is outside every span of dates, and is ordered before those with one.
_KEYS: dict[str, Any] = {
    "id": lambda one: one.report.instrument.instrument_id,
    "slug": lambda one: one.report.instrument.symbol,
    "volumeNum": lambda one: one.volume,
    "startDate": lambda one: instant_ns(one.said.start_date),
    "endDate": lambda one: instant_ns(one.said.end_date),
    "gameStartTime": lambda one: instant_ns(one.said.game_start_time),
}

_SORTS = {name.lower(): key for name, key in _KEYS.items()}


def chosen(reports: tuple[QuoteReport, ...], asked: ListMarkets, ctx: Ctx) -> list[QuoteReport]:
    """
    Return the markets a list shows: those every filter lets through, ordered, then cut.

    Raises: InvalidField for an invalid time or a volume that is not a number.
    """
    spans = _spans(asked)
    listed = [one for one in _listed(reports, ctx) if _passes(one, asked)]
    for name, low, high in spans:
        listed = [one for one in listed if _is_within(_KEYS[name](one), low, high)]
    for name in reversed(asked.order_by):
        # The venue ignores words that it does not know here.
        if (key := _SORTS.get(name.lower())) is not None:
            listed = _ordered(listed, key, descending=asked.order_direction.lower() == "desc")
    end = asked.offset + (asked.limit or LIMIT_DEFAULT)
    return [one.report for one in listed[asked.offset : end]]


def _listed(reports: tuple[QuoteReport, ...], ctx: Ctx) -> list[_Listed]:
    listed = []
    for report in reports:
        one = report.instrument
        quote = ctx.directory.assets[one.quote_asset_id]
        volume = Decimal(minor_text(quote, report.volume_notional_minor))
        listed.append(_Listed(report, ctx.settings.presentation(one.symbol), volume))
    return listed


def _passes(one: _Listed, asked: ListMarkets) -> bool:
    instrument, said = one.report.instrument, one.said
    return (
        (asked.include_hidden or not said.hidden)
        and asked.archived in (None, said.archived)
        and asked.closed in (None, one.is_closed)
        and asked.active in (None, not one.is_closed)
        and asked.event_slug in ("", said.event_slug)
        and _is_in(instrument.instrument_id, asked.id)
        and _is_in(instrument.symbol, asked.slug)
        and _is_in(said.category, asked.categories)
        and _is_in(said.market_type, asked.market_types)
        and _is_in(said.sports_market_type, asked.sports_market_types)
    )


def _is_in(value: Any, wanted: list[Any]) -> bool:
    return not wanted or value in wanted


def _spans(asked: ListMarkets) -> list[tuple[str, Any, Any]]:
    given = (
        ("volumeNum", asked.volume_num_min, asked.volume_num_max),
        ("startDate", asked.start_date_min, asked.start_date_max),
        ("endDate", asked.end_date_min, asked.end_date_max),
    )
    return [(n, _bound(f"{n}Min", low), _bound(f"{n}Max", high)) for n, low, high in given]


def _bound(name: str, given: Any) -> Any:
    if given in (None, ""):
        return None
    if isinstance(given, str):
        return instant(name, given)
    if not given.is_finite():
        raise invalid(name, "must be a number")
    return given


def _ordered(listed: list[_Listed], key: Any, *, descending: bool) -> list[_Listed]:
    return sorted(listed, key=lambda one: key(one) or 0, reverse=descending)


def _is_within(value: Any, low: Any, high: Any) -> bool:
    if value is None:
        return low is None and high is None
    return (low is None or value >= low) and (high is None or value <= high)
