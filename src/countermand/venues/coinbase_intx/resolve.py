"""From what a request names to portfolios, instruments, assets and amounts, or its refusal."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.wire import asks, fields, numbers
from countermand.wire.errors import Forbidden, InvalidField, MissingField, NotFound
from countermand.wire.reading import known

T = TypeVar("T")


def portfolio(text: str, ctx: Ctx) -> AccountId:
    """
    Return the account a portfolio's id or UUID names.

    Raises: MissingField, InvalidField (no spelling of a portfolio), NotFound (none of that name),
            Forbidden (not on this key).
    """
    if not text:
        raise MissingField("portfolio")
    account = ctx.directory.accounts.get(AccountId(ctx.read_id(ids.PORTFOLIO_ID, text) or 0))
    if account is None:
        if not ids.is_spelled_like_one(text):
            raise InvalidField("portfolio", "invalid portfolio")
        raise NotFound("portfolio not found")
    if account.owner != ctx.principal.owner:
        raise Forbidden("portfolio is not accessible with this key")
    return account.account_id


def portfolio_or_default(text: str | None, ctx: Ctx) -> AccountId:
    """
    Return the account named, or the key's default portfolio, else its first.

    Raises: as `portfolio` does; NotFound when the key has none.
    """
    if text is not None:
        return portfolio(text, ctx)
    if (account := asks.default_account(ctx)) is None:
        raise NotFound("key has no portfolio")
    return account.account_id


def portfolios(texts: Sequence[str], ctx: Ctx) -> tuple[AccountId, ...]:
    """
    Return the accounts named, commas between them or not, or all of the key's where none is.

    Raises: as `portfolio` does.
    """
    named = [name for text in texts for name in text.split(",") if name]
    if not named:
        return tuple(account.account_id for account in asks.accounts(ctx))
    return tuple(portfolio(name, ctx) for name in named)


def find_instrument(text: str, ctx: Ctx) -> Instrument | None:
    """Return the instrument of that name, id or UUID, or None."""
    if (known := ctx.directory.instrument_by_symbol(text)) is not None:
        return known
    number = ids.INSTRUMENT.parse(text)
    return None if number is None else ctx.directory.instruments.get(InstrumentId(number))


def instrument(text: str, ctx: Ctx) -> Instrument:
    """Return the instrument named in a body or a query. Raises InvalidField when there is none."""
    if (known := find_instrument(text, ctx)) is None:
        raise InvalidField("instrument", "invalid instrument")
    return known


def instrument_of_path(text: str, ctx: Ctx) -> Instrument:
    """Return the instrument named in a path. Raises NotFound when there is none."""
    if (known := find_instrument(text, ctx)) is None:
        raise NotFound("instrument not found")
    return known


def instruments(
    name: str | None, instrument_type: str | None, ctx: Ctx
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


def filters(chosen: tuple[InstrumentId, ...] | None, ctx: Ctx) -> dict[str, Any]:
    """Return the filters that choose just these instruments; none where there are no such."""
    known = ctx.directory.instruments
    if chosen is not None and len(chosen) == 1:
        return {"instrument": known[chosen[0]].symbol}
    for kind, text in tables.INSTRUMENT_TYPES.rows:
        if chosen == tuple(i.instrument_id for i in known.values() if i.kind is kind):
            return {"instrument_type": text}
    return {}


def asset(text: str, ctx: Ctx) -> Asset:
    """Return the asset of that name, id or UUID. Raises NotFound when there is none."""
    if (known := ctx.directory.asset_by_symbol(text)) is not None:
        return known
    number = ids.ASSET.parse(text)
    if number is None or AssetId(number) not in ctx.directory.assets:
        raise NotFound("asset not found")
    return ctx.directory.assets[AssetId(number)]


def price_ticks(value: Decimal, of: Instrument, name: str = "price") -> int:
    """Return the price of a request in ticks. Raises InvalidField when it is off the grid."""
    return fields.steps(name, numbers.price_ticks, of, value)


def size_lots(value: Decimal, of: Instrument) -> int:
    """Return the size of a request in lots. Raises InvalidField when it is off the grid."""
    return fields.steps("size", numbers.qty_lots, of, value)


def known_portfolio(what: str, text: str, ctx: Ctx) -> AccountId:
    """Return the account that an answer names. Raises as `known` does."""
    return AccountId(known(what, ctx.read_id(ids.PORTFOLIO_ID, text)))
