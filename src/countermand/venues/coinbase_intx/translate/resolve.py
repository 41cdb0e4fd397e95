"""From spelled names to things: portfolios, instruments, assets, numbers and times of a request."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.ids import Kind
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.credential import Principal
from countermand.wire.errors import (
    Forbidden,
    InvalidField,
    MissingField,
    NotExpressible,
    NotFound,
    Unauthorized,
)

NAME = "coinbase-intx"

# What margin and collateral are counted in.
COLLATERAL = "USDC"


def principal(ctx: Context) -> Principal:
    """Return who asks. Raises Unauthorized when nobody is proven."""
    if ctx.principal is None:
        raise Unauthorized("missing CB-ACCESS-KEY")
    asks: Principal = ctx.principal
    return asks


def portfolio(text: str | None, ctx: Context) -> AccountId:
    """
    Return the account a portfolio's id or UUID names.

    Raises: MissingField, InvalidField (no spelling of a portfolio), NotFound (none of that name),
            Forbidden (not on this key).
    """
    if not text:
        raise MissingField("portfolio")
    number = ids.parse(Kind.PORTFOLIO, text)
    account = None if number is None else ctx.directory.accounts.get(AccountId(number))
    if account is None:
        if not ids.is_spelled_like_one(text):
            raise InvalidField("portfolio", "invalid portfolio")
        raise NotFound("portfolio not found")
    if account.owner != principal(ctx).owner:
        raise Forbidden("portfolio is not accessible with this key")
    return account.account_id


def portfolio_or_default(text: str | None, ctx: Context) -> AccountId:
    """Return the account named, or the key's default portfolio. Raises as `portfolio` does."""
    return default(ctx).account_id if text is None else portfolio(text, ctx)


def default(ctx: Context) -> AccountReport:
    """Return the key's default portfolio, else its first. Raises NotFound when it has none."""
    accounts = tuple(ctx.directory.accounts_of(principal(ctx).owner))
    for account in accounts:
        if account.is_default:
            return account
    if not accounts:
        raise NotFound("key has no portfolio")
    return accounts[0]


def portfolios(texts: Sequence[str], ctx: Context) -> tuple[AccountId, ...]:
    """Return the accounts named, or all of the key's. Raises as `portfolio` does."""
    if not texts:
        owner = principal(ctx).owner
        return tuple(account.account_id for account in ctx.directory.accounts_of(owner))
    return tuple(portfolio(text, ctx) for text in texts)


def find_instrument(text: str, ctx: Context) -> Instrument | None:
    """Return the instrument of that name, id or UUID, or None."""
    if (known := ctx.directory.instrument_by_symbol(text)) is not None:
        return known
    number = ids.parse(Kind.INSTRUMENT, text)
    return None if number is None else ctx.directory.instruments.get(InstrumentId(number))


def instrument(text: str, ctx: Context) -> Instrument:
    """Return the instrument named in a body or a query. Raises InvalidField when there is none."""
    if (known := find_instrument(text, ctx)) is None:
        raise InvalidField("instrument", "invalid instrument")
    return known


def instrument_of_path(text: str, ctx: Context) -> Instrument:
    """Return the instrument named in a path. Raises NotFound when there is none."""
    if (known := find_instrument(text, ctx)) is None:
        raise NotFound("instrument not found")
    return known


def instruments(
    name: str | None, instrument_type: str | None, ctx: Context
) -> tuple[InstrumentId, ...] | None:
    """
    Return what both filters let through; None when neither is set. Raises as `instrument` does.
    """
    if name is None and instrument_type is None:
        return None
    every = tuple(ctx.directory.instruments.values())
    chosen = every if name is None else (instrument(name, ctx),)
    if instrument_type is not None:
        table = tables.FEE_INSTRUMENT_TYPES if "_" in instrument_type else tables.INSTRUMENT_TYPES
        kind = table.from_wire(instrument_type)
        chosen = tuple(known for known in chosen if known.kind is kind)
    return tuple(known.instrument_id for known in chosen)


def instruments_to_wire(
    chosen: tuple[InstrumentId, ...] | None, ctx: Context
) -> tuple[str | None, str | None]:
    """Return `instrument` and `instrument_type` that choose just these. Raises NotExpressible."""
    known = ctx.directory.instruments
    if chosen is None:
        return None, None
    if len(chosen) == 1:
        return known[chosen[0]].symbol, None
    for kind, text in tables.INSTRUMENT_TYPES.rows:
        if chosen == tuple(i.instrument_id for i in known.values() if i.kind is kind):
            return None, text
    raise NotExpressible("one instrument, or all of one type")


def find_asset(text: str, ctx: Context) -> Asset:
    """Return the asset of that name, id or UUID. Raises NotFound when there is none."""
    if (known := ctx.directory.asset_by_symbol(text)) is not None:
        return known
    number = ids.parse(Kind.ASSET, text)
    for asset in ctx.directory.assets.values():
        if asset.asset_id == number:
            return asset
    raise NotFound("asset not found")


def steps(
    name: str, value: Decimal, known: Instrument, to_steps: Callable[[Instrument, Decimal], int]
) -> int:
    """
    Return a number of a request in ticks or lots. Raises InvalidField when it is off the grid.
    """
    try:
        return to_steps(known, value)
    except numbers.NotOnGrid as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None


def instant(name: str, text: str) -> int:
    """Return a time of a request in nanoseconds. Raises InvalidField when it is none."""
    try:
        return times.parse_iso(text)
    except ValueError as error:
        raise InvalidField(name, f"invalid {name}: {error}") from None
