"""From what a request names to the key's account, markets, prices and amounts, or its refusal."""

from collections.abc import Callable
from decimal import Decimal

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.errors import Code, Refused
from countermand.venues.deltadefi.settings import Ctx
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import Pending, Side
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire import asks, numbers
from countermand.wire.errors import OrderRefused
from countermand.wire.fields import invalid


def account(ctx: Ctx) -> AccountId:
    """Return the account of the key. Raises OrderRefused (4400) when its user has none."""
    if (known := asks.default_account(ctx)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_ACCOUNT)
    return known.account_id


def instrument(symbol: str, ctx: Ctx) -> Instrument:
    """Return the market called `symbol`. Raises Refused (4106)."""
    if (known := ctx.directory.instrument_by_symbol(symbol)) is None:
        raise Refused(Code.UNKNOWN_SYMBOL)
    return known


def scope(symbol: str | None, ctx: Ctx) -> tuple[InstrumentId, ...] | None:
    """Return the market a list is of, None for all of them. Raises Refused (4106)."""
    return None if symbol is None else (instrument(symbol, ctx).instrument_id,)


def symbol_of_one(chosen: tuple[InstrumentId, ...] | None, ctx: Ctx) -> str:
    """Return the symbol of the first market chosen; none where there is no choice."""
    return ctx.directory.instruments[chosen[0]].symbol if chosen else ""


def assets(known: Instrument, ctx: Ctx) -> tuple[Asset, Asset]:
    """Return the base and the quote asset of a market."""
    held = ctx.directory.assets
    return held[known.base_asset_id], held[known.quote_asset_id]


def received(known: Instrument, side: Side, ctx: Ctx) -> Asset:
    """Return the asset a side receives, which is what its commission is taken in."""
    return assets(known, ctx)[side is Side.SELL]


def order_id(text: str, ctx: Ctx) -> OrderId:
    """Return the order that an id names. Raises OrderRefused (4200) for a malformed id."""
    if (known := ids.parse_order(text, ctx.read_id)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    return known


def is_built(report: OrderReport) -> bool:
    """Return whether an order was built and not submitted."""
    return bool(report.due_ns) and report.pending is not Pending.NEW


def is_building(report: OrderReport, ctx: Ctx) -> bool:
    """Return whether an order was built, not submitted, and still can be."""
    return is_built(report) and report.due_ns > ctx.now_ns


def has_lapsed(report: OrderReport, ctx: Ctx) -> bool:
    """Return whether an order was built, not submitted, and cannot be any more."""
    return is_built(report) and report.due_ns <= ctx.now_ns


def price_ticks(value: Decimal, known: Instrument) -> int:
    """Return a price in ticks. Raises Refused: 4102 off the grid, 4111 beyond all bounds."""
    try:
        return numbers.price_ticks(known, value)
    except numbers.BetweenSteps:
        raise _decimals(Code.PRICE_DECIMALS, "Price", known.price_scale) from None
    except numbers.OutOfRange:
        raise Refused(Code.PRICE_TOO_HIGH) from None


def qty_lots(name: str, value: Decimal, known: Instrument) -> int:
    """Return a quantity in lots. Raises Refused (4103), InvalidField beyond all bounds."""
    return _quantity(name, lambda: numbers.qty_lots(known, value), known.qty_scale)


def cash_minor(name: str, value: Decimal, quote: Asset, decimals: int) -> int:
    """Return an amount of a quote asset in minor units. Raises as `qty_lots` does."""
    places = min(decimals, quote.scale)
    units = _quantity(name, lambda: numbers.scaled(value, places), places)
    if abs(units) > numbers.STEPS_MAX:
        raise invalid(name, "is too large")
    minor: int = units * 10 ** (quote.scale - places)
    return minor


def _quantity(name: str, units: Callable[[], int], places: int) -> int:
    try:
        return units()
    except numbers.BetweenSteps:
        raise _decimals(Code.QTY_DECIMALS, "Quantity", places) from None
    except numbers.OutOfRange as error:
        raise invalid(name, str(error)) from None


def _decimals(code: Code, what: str, places: int) -> Refused:
    return Refused(code, f"{what} must have at most {places} decimal places")
