"""From spelled names to things: the key's account, markets, prices, quantities."""

from decimal import ROUND_FLOOR, Decimal
from decimal import Context as Arithmetic

from countermand.venues.deltadefi import ids, tables
from countermand.venues.deltadefi.credential import DeltaDefiCredential, DeltaDefiPrincipal
from countermand.venues.deltadefi.errors import Refused
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reasons import RejectReason
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, NotExpressible, OrderRefused, Unauthorized
from countermand.wire.numbers import BetweenSteps, OutOfRange

_DOWN = Arithmetic(prec=2 * numbers.DIGITS_MAX, rounding=ROUND_FLOOR)
_MICROSECOND = 1_000


def account(ctx: Context) -> AccountId:
    """
    Return the account of the key: its user's default one, or the first.

    Raises: Unauthorized when nobody is proven, OrderRefused (4400) when the user has none.
    """
    if ctx.principal is None:
        raise Unauthorized(tables.UNAUTHORIZED)
    accounts = tuple(ctx.directory.accounts_of(ctx.principal.owner))
    if not accounts:
        raise OrderRefused(RejectReason.UNKNOWN_ACCOUNT)
    return next((a for a in accounts if a.is_default), accounts[0]).account_id


def credential(ctx: Context) -> DeltaDefiCredential | None:
    """Return the key that was shown, None where only its owner is known."""
    shown = ctx.principal
    return shown.credential if isinstance(shown, DeltaDefiPrincipal) else None


def check_own(account_id: AccountId, ctx: Context) -> None:
    """See that a command is about the key's account. Raises NotExpressible for another."""
    if account_id != account(ctx):
        raise NotExpressible("another account than the key's")


def instrument(symbol: str, ctx: Context) -> Instrument:
    """Return the market called `symbol`. Raises Refused (4106)."""
    if (known := ctx.directory.instrument_by_symbol(symbol)) is None:
        raise Refused(tables.UNKNOWN_SYMBOL)
    return known


def assets(known: Instrument, ctx: Context) -> tuple[Asset, Asset]:
    """Return the base and the quote asset of a market."""
    held = ctx.directory.assets
    return held[known.base_asset_id], held[known.quote_asset_id]


def received(known: Instrument, side: Side, ctx: Context) -> Asset:
    """Return the asset a side receives, which is what its commission is taken in."""
    base, quote = assets(known, ctx)
    return base if side is Side.BUY else quote


def order_id(text: str) -> OrderId:
    """Return the id of the key's order. Raises OrderRefused (4200) for a text that is none."""
    if (known := ids.parse_order(text)) is None:
        raise OrderRefused(RejectReason.UNKNOWN_ORDER)
    return known


def price_ticks(value: Decimal, known: Instrument) -> int:
    """Return a price in ticks. Raises Refused: 4102 off the grid, 4111 beyond all bounds."""
    try:
        return numbers.price_ticks(known, value)
    except BetweenSteps:
        raise _decimals(tables.PRICE_DECIMALS, "Price", known.price_scale) from None
    except OutOfRange:
        raise Refused(tables.PRICE_TOO_HIGH) from None


def qty_lots(name: str, value: Decimal, known: Instrument) -> int:
    """Return a quantity in lots. Raises Refused (4103), InvalidField beyond all bounds."""
    try:
        return numbers.qty_lots(known, value)
    except BetweenSteps:
        raise _decimals(tables.QTY_DECIMALS, "Quantity", known.qty_scale) from None
    except OutOfRange as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None


def cash_minor(name: str, value: Decimal, quote: Asset, decimals: int) -> int:
    """Return an amount of a quote asset in minor units. Raises as `qty_lots` does."""
    places = min(decimals, quote.scale)
    try:
        units = numbers.scaled(value, places)
    except BetweenSteps:
        raise _decimals(tables.QTY_DECIMALS, "Quantity", places) from None
    except OutOfRange as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None
    if abs(units) > numbers.STEPS_MAX:
        raise InvalidField(name, f"invalid {name}: is too large")
    minor: int = units * 10 ** (quote.scale - places)
    return minor


def whole(value: Decimal) -> int | None:
    """Return a number that is a whole one, else None."""
    if not value.is_finite() or abs(value.adjusted()) > numbers.DIGITS_MAX:
        return None
    floored = int(_DOWN.to_integral_value(value))
    return floored if floored == value else None


def time_text(ns: int) -> str:
    """Return a time as this venue tells it: to the microsecond."""
    return times.iso_ns(ns - ns % _MICROSECOND)


def _decimals(code: int, what: str, places: int) -> Refused:
    return Refused(code, f"{what} must have at most {places} decimal places")
