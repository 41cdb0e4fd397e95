"""From spelled names to things: accounts, tokens, markets, hashes, numbers in a query."""

from msgspec import Struct

from countermand.venues.loopring.about import About, Token, shown
from countermand.venues.loopring.auth import AuthCode, LoopringPrincipal, Unproven
from countermand.venues.loopring.codes import Absent, Code, Coded
from countermand.venues.loopring.credential import LoopringCredential
from countermand.venues.loopring.order_hash import hash_text, parse_hash
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountReport
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, MissingField, NotExpressible, Unauthorized

NAME = "loopring"

_DIGITS_MAX = 18
# What a client that fills in an absent value by itself may have put there.
_NOTHING = ("", "None", "null", "undefined")
_PLAIN_MARKET = About()


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
    about: About


def held(ctx: Context) -> LoopringCredential:
    """Return the key that asks. Raises Unauthorized when nobody is proven."""
    if not isinstance(ctx.principal, LoopringPrincipal):
        raise Unauthorized("missing X-API-KEY")
    return ctx.principal.held


def own_account(text: str, ctx: Context) -> AccountReport:
    """Return the account of the key, which must be the one named. Raises as `account` does."""
    named = account(text, ctx)
    if ctx.principal is None or named.owner != ctx.principal.owner:
        raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")
    return named


def account(text: str, ctx: Context) -> AccountReport:
    """Return the account that is named; any key may look. Raises InvalidField, Unproven."""
    name = str(number("accountId", text))
    for known in ctx.directory.accounts.values():
        if known.name == name:
            return known
    raise Unproven(AuthCode.OTHER_ACCOUNT, "invalid account id")


def client_account(ctx: Context) -> AccountReport:
    """Return the first account of who asks, on our client's side. Raises NotExpressible."""
    owner = "" if ctx.principal is None else ctx.principal.owner
    for known in ctx.directory.accounts_of(owner):
        return known
    raise NotExpressible("a request of somebody without an account")


def check_own(account_id: int, ctx: Context) -> str:
    """Return the id of the key's account, as sent. Raises NotExpressible for another."""
    own = client_account(ctx)
    if account_id != own.account_id:
        raise NotExpressible("another account than the key's")
    return own.name


def holding(asset: Asset, ctx: Context) -> Holding | None:
    """Return an asset as a token, or None when the settings do not say which it is."""
    token = shown(ctx.settings).tokens.get(asset.symbol)
    return None if token is None or asset.scale < token.decimals else Holding(asset, token)


def holdings(ctx: Context) -> list[Holding]:
    """Return all tokens, by id."""
    found = [holding(asset, ctx) for asset in ctx.directory.assets.values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.token.token_id)


def token(token_id: int, ctx: Context) -> Holding:
    """Return a token by its id. Raises Coded for one that is not supported."""
    for one in holdings(ctx):
        if one.token.token_id == token_id:
            return one
    raise Coded(Code.UNSUPPORTED_TOKEN, f"token {token_id} is not supported")


def pair(instrument: Instrument, ctx: Context) -> Pair | None:
    """Return a market with its tokens, or None when one of them is none of the venue's."""
    base = holding(ctx.directory.assets[instrument.base_asset_id], ctx)
    quote = holding(ctx.directory.assets[instrument.quote_asset_id], ctx)
    if base is None or quote is None:
        return None
    about = shown(ctx.settings).markets.get(instrument.symbol, _PLAIN_MARKET)
    return Pair(instrument, base, quote, about)


def pairs(ctx: Context) -> list[Pair]:
    """Return all markets, in order of listing."""
    found = [pair(one, ctx) for one in ctx.directory.instruments.values()]
    return [one for one in found if one is not None]


def pair_of(sell_token_id: int, buy_token_id: int, ctx: Context) -> Pair:
    """Return the market of two tokens. Raises Coded when there is none."""
    sold, bought = token(sell_token_id, ctx), token(buy_token_id, ctx)
    ids = {sold.token.token_id, bought.token.token_id}
    for one in pairs(ctx):
        if {one.base.token.token_id, one.quote.token.token_id} == ids:
            return one
    text = f"no market of {sold.asset.symbol} and {bought.asset.symbol}"
    raise Coded(Code.UNSUPPORTED_PAIR, text)


def market(text: str | None, ctx: Context) -> Pair:
    """Return a market by its name. Raises MissingField, Coded for one that is not supported."""
    if (name := given(text)) is None:
        raise MissingField("market")
    instrument = ctx.directory.instrument_by_symbol(name)
    found = None if instrument is None else pair(instrument, ctx)
    if found is None:
        raise Coded(Code.UNSUPPORTED_MARKET, f"market {name[:40]} is not supported")
    return found


def optional_market(text: str | None, ctx: Context) -> Pair | None:
    """Return a market by its name, or None when none is named. Raises as `market` does."""
    return None if given(text) is None else market(text, ctx)


def order_hash(text: str) -> str:
    """Return a hash as the exchange has it. Raises Coded for what is none."""
    try:
        return hash_text(parse_hash(text))
    except ValueError as error:
        raise Coded(Code.INVALID_HASH, f"invalid hash: {error}") from None


def no_such_order() -> Absent:
    """Return the refusal to show an order that is not there."""
    return Absent(Code.NO_SUCH_ORDER, "order does not exist")


def given(text: str | None) -> str | None:
    """Return a parameter's text, or None for one that says nothing."""
    return None if text is None or text in _NOTHING else text


def number(name: str, text: str) -> int:
    """Return the number a parameter says. Raises InvalidField when it says none."""
    if not text.isascii() or not text.isdigit() or len(text) > _DIGITS_MAX:
        raise InvalidField(name, f"invalid {name}: must be a number")
    return int(text)


def optional_number(name: str, text: str | None, default: int) -> int:
    """Return the number a parameter says, or the default. Raises as `number` does."""
    known = given(text)
    return default if known is None else number(name, known)


def words(text: str | None) -> list[str]:
    """Return the words of a comma separated list, each once."""
    known = given(text) or ""
    return list(dict.fromkeys(word.strip() for word in known.split(",") if word.strip()))


def chosen_words(name: str, text: str | None, known: tuple[str, ...]) -> list[str]:
    """Return the words of a list that a parameter may have. Raises InvalidField for others."""
    found = words(text)
    if any(word not in known for word in found):
        raise InvalidField(name, f"invalid {name}: must be of {', '.join(known)}")
    return found
