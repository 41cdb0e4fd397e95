"""From what a request names to accounts, tokens, markets and hashes, or its refusal."""

from msgspec import Struct

from countermand.venues.loopring import parameters
from countermand.venues.loopring.errors import Absent, Code, Coded, Unproven
from countermand.venues.loopring.order_hash import hash_text, parse_hash
from countermand.venues.loopring.parameters import given
from countermand.venues.loopring.presentation import PLAIN_MARKET, Display, Token
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reports import AccountReport, OrderReport
from countermand.wire import asks
from countermand.wire.errors import MissingField, NotExpressible, Unlearned
from countermand.wire.reading import market_of

# Accounts whose owner gave them no number are counted from here.
_FIRST_ACCOUNT = 10_010


class Holding(Struct, frozen=True):
    """An asset, and the token it is at this venue."""

    asset: Asset
    token: Token

    def floor_units(self, minor: int) -> int:
        """Return an amount in the token's smallest units, floored; assets may be kept finer."""
        return minor // self.minor_per_unit

    @property
    def minor_per_unit(self) -> int:
        """How many minor units of the asset make one smallest unit of the token."""
        return int(10 ** (self.asset.scale - self.token.decimals))


class Pair(Struct, frozen=True):
    """A market with its two tokens."""

    instrument: Instrument
    base: Holding
    quote: Holding
    display: Display

    def sold_and_bought(self, side: Side) -> tuple[Holding, Holding]:
        """Return the token that an order of this side sells, and the one it buys."""
        return (self.base, self.quote) if side is Side.SELL else (self.quote, self.base)


def own_account(text: str, ctx: Ctx) -> AccountReport:
    """Return the account of the key, which must be the one named. Raises InvalidField, Unproven."""
    name = str(parameters.number("accountId", text))
    for known in asks.accounts(ctx):
        if known.name == name:
            return known
    raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")


def account(text: str, ctx: Ctx) -> AccountReport:
    """Return the account that is named; any key may look. Raises InvalidField, Unproven."""
    if (known := find_account(parameters.number("accountId", text), ctx)) is None:
        raise Unproven(Code.OTHER_ACCOUNT, "invalid account id")
    return known


def find_account(account_id: int, ctx: Ctx) -> AccountReport | None:
    """Return the account with the venue's id, or None."""
    name = str(account_id)
    return next((one for one in ctx.directory.accounts.values() if one.name == name), None)


def account_of(address: str, ctx: Ctx) -> AccountReport:
    """Return an owner's account. Raises Absent when there is none of that address."""
    for account_id, owner in ctx.settings.owners.items():
        if owner.owner.lower() == address.lower():
            return account(account_id, ctx)
    raise no_account()


def no_account() -> Absent:
    """Return the refusal to show an account that is not there."""
    return Absent(Code.ACCOUNT_NOT_FOUND, "account not found")


def account_text(account_id: AccountId, ctx: Ctx) -> str:
    """Return what our client calls an account; empty when it is no account of the key."""
    known = ctx.directory.accounts.get(account_id)
    return known.name if known else ""


def holding(asset: Asset, ctx: Ctx) -> Holding | None:
    """Return an asset as a token, or None when the settings do not say which it is."""
    token = ctx.settings.tokens.get(asset.symbol)
    return None if token is None or asset.scale < token.decimals else Holding(asset, token)


def holdings(ctx: Ctx) -> list[Holding]:
    """Return all tokens, by id."""
    found = [holding(asset, ctx) for asset in ctx.directory.assets.values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.token.token_id)


def token(token_id: int, ctx: Ctx) -> Holding:
    """Return a token by its id. Raises Coded for one that is not supported."""
    for one in holdings(ctx):
        if one.token.token_id == token_id:
            return one
    raise Coded(Code.UNSUPPORTED_TOKEN, f"token {token_id} is not supported")


def pair(instrument: Instrument | None, ctx: Ctx) -> Pair | None:
    """Return a market with its tokens, or None when one of them is not in the settings."""
    if instrument is None:
        return None
    base = holding(ctx.directory.assets[instrument.base_asset_id], ctx)
    quote = holding(ctx.directory.assets[instrument.quote_asset_id], ctx)
    if base is None or quote is None:
        return None
    display = ctx.settings.markets.get(instrument.symbol, PLAIN_MARKET)
    return Pair(instrument, base, quote, display)


def told_pair(what: str, name: str, ctx: Ctx) -> Pair:
    """
    Return the market that an answer names, also as one of its pool or of both together.

    Raises: Unlearned for one that is not known here.
    """
    plain = name.removeprefix("AMM-").removeprefix("COMBINE-")
    if (found := pair(market_of(what, plain, ctx.directory), ctx)) is None:
        raise Unlearned(what, name)
    return found


def pair_by_id(instrument_id: InstrumentId, ctx: Ctx) -> Pair:
    """Return the market of an order. Raises NotExpressible when it is none of the venue's."""
    if (found := pair(ctx.directory.instruments.get(instrument_id), ctx)) is None:
        raise NotExpressible("an order on a market this venue does not have")
    return found


def pairs(ctx: Ctx) -> list[Pair]:
    """Return all markets, in order of listing."""
    found = [pair(one, ctx) for one in ctx.directory.instruments.values()]
    return [one for one in found if one is not None]


def pair_of(sell_token_id: int, buy_token_id: int, ctx: Ctx) -> Pair:
    """Return the market of two tokens. Raises Coded when there is none."""
    sold, bought = token(sell_token_id, ctx), token(buy_token_id, ctx)
    ids = {sell_token_id, buy_token_id}
    for one in pairs(ctx):
        if {one.base.token.token_id, one.quote.token.token_id} == ids:
            return one
    text = f"no market of {sold.asset.symbol} and {bought.asset.symbol}"
    raise Coded(Code.UNSUPPORTED_PAIR, text)


def market(text: str | None, ctx: Ctx) -> Pair:
    """Return a market by its name. Raises MissingField, Coded for one that is not supported."""
    if (name := given(text)) is None:
        raise MissingField("market")
    if (found := pair(ctx.directory.instrument_by_symbol(name), ctx)) is None:
        raise Coded(Code.UNSUPPORTED_MARKET, f"market {name[:40]} is not supported")
    return found


def instrument_filter(text: str | None, ctx: Ctx) -> tuple[InstrumentId, ...] | None:
    """Return the market a filter names, or None when it names none. Raises as `market` does."""
    return None if given(text) is None else (market(text, ctx).instrument.instrument_id,)


def order_hash(text: str) -> str:
    """Return a hash as the exchange has it. Raises Coded for what is none."""
    try:
        return hash_text(parse_hash(text))
    except ValueError as error:
        raise Coded(Code.INVALID_HASH, f"invalid hash: {error}") from None


def is_hash(text: str) -> bool:
    """Return whether a text is an order's hash, as the venue writes them."""
    try:
        return hash_text(parse_hash(text)) == text
    except ValueError:
        return False


def order_name(order: OrderReport) -> str:
    """Return what an order is called: its hash."""
    return order.cl_ord_id


def no_order_id(text: str) -> None:
    """Return None: a hash is what an order's client calls it."""


def account_name(nth: int) -> str:
    """Return what an account is called: its number."""
    return str(_FIRST_ACCOUNT + nth)
