"""What is the same for every client: the time, the exchange, its tokens and markets."""

from typing import Any

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.presentation import Token
from countermand.venues.loopring.resolve import Holding, Pair
from countermand.venues.loopring.settings import NAME, Ctx
from countermand.vocabulary.ids import AssetId, InstrumentId
from countermand.vocabulary.instrument import (
    Asset,
    FeeBasis,
    Instrument,
    InstrumentKind,
    TradingState,
)
from countermand.vocabulary.reports import QuoteReport
from countermand.wire import times
from countermand.wire.conversation import Nothing, Op, always, reply
from countermand.wire.ids import foreign
from countermand.wire.numbers import digits

# Digits of a price that our client keeps beyond those shown, and the most of a quantity.
FINER, LOT_SCALE = 4, 9

_OF_TOKEN = ("name", "address", "precision", "precision_for_order")


def show_time(message: Nothing, ctx: Ctx) -> m.Timestamp:
    """Return the time."""
    return m.Timestamp(timestamp=ctx.now_ns // times.MS)


def show_info(message: Nothing, ctx: Ctx) -> m.Info:
    """Return which contract orders are signed for."""
    settings = ctx.settings
    address = settings.exchange_address
    return m.Info(chain_id=settings.chain_id, exchange_address=address, deposit_address=address)


def show_tokens(message: Nothing, ctx: Ctx) -> list[m.Token]:
    """Return all tokens, by id."""
    return [_token(one) for one in resolve.holdings(ctx)]


def show_markets(message: Nothing, ctx: Ctx) -> m.Markets:
    """Return all markets."""
    return m.Markets(markets=[m.Market(**_market(one)) for one in resolve.pairs(ctx)])


def show_mix_markets(message: Nothing, ctx: Ctx) -> m.MixMarkets:
    """Return all markets; none has a pool, and when one was made is not known."""
    return m.MixMarkets(markets=[m.MixMarket(**_market(one)) for one in resolve.pairs(ctx)])


def read_tokens(reply: list[m.Token], message: Nothing, ctx: Ctx) -> tuple[Asset, ...]:
    """Return the tokens as assets, each kept as finely as the token is."""
    known = ctx.directory.asset_by_symbol
    return tuple(known(one.symbol) or _asset(one) for one in reply)


def _asset(one: m.Token) -> Asset:
    return Asset(AssetId(foreign(one.symbol)), NAME, one.symbol, digits(one.decimals))


def read_token(message: m.Token) -> Token:
    """Return what is said of a token; what it does not say has its usual value."""
    least = getattr(message, "order_amounts", None)
    given = {name: getattr(message, name) for name in ("token_id", "decimals")}
    given |= {name: getattr(message, name, None) for name in _OF_TOKEN}
    given |= {name: getattr(least, name, None) for name in ("minimum", "maximum", "dust")}
    return Token(**{name: value for name, value in given.items() if value is not None})


def read_markets(reply: m.Markets, message: Nothing, ctx: Ctx) -> tuple[QuoteReport, ...]:
    """
    Return the markets of known tokens; prices are not told.

    Units:  an order implies its price, so ticks are finer than what is shown; a lot is as fine as
            the token, down to `LOT_SCALE` digits.
    """
    known = {one.token.token_id: one for one in resolve.holdings(ctx)}
    pairs = (
        (one, known.get(one.base_token_id), known.get(one.quote_token_id)) for one in reply.markets
    )
    known_as = ctx.directory.instrument_by_symbol
    return tuple(
        QuoteReport(known_as(one.market) or _read_market(one, base.asset, quote.asset))
        for one, base, quote in pairs
        if base is not None and quote is not None
    )


def scales(precision: int, base: int) -> tuple[int, int]:
    """Return the digits of a tick and of a lot: of a market and of a token with so many digits."""
    return digits(precision) + FINER, min(digits(base), LOT_SCALE)


def _read_market(one: m.Market, base: Asset, quote: Asset) -> Instrument:
    price_scale, qty_scale = scales(one.precision_for_price, base.scale)
    state = TradingState.TRADING if one.enabled else TradingState.HALTED
    return Instrument(
        InstrumentId(foreign(one.market)),
        NAME,
        one.market,
        InstrumentKind.SPOT,
        base.asset_id,
        quote.asset_id,
        tick_units=1,
        price_scale=price_scale,
        lot_units=1,
        qty_scale=qty_scale,
        notional_minor=10 ** max(0, quote.scale - price_scale - qty_scale),
        lot_minor=10 ** (base.scale - qty_scale),
        # Fees come out of what an order buys.
        fee_basis=FeeBasis.RECEIVED,
        trading_state=state,
    )


def _token(one: Holding) -> m.Token:
    token, symbol = one.token, one.asset.symbol
    amounts = m.OrderAmounts(minimum=token.minimum, maximum=token.maximum, dust=token.dust)
    return m.Token(
        type="ETH" if symbol == "ETH" else "ERC20",
        token_id=token.token_id,
        symbol=symbol,
        name=token.name or symbol,
        address=token.address,
        decimals=token.decimals,
        precision=token.precision,
        precision_for_order=token.precision_for_order,
        order_amounts=amounts,
        lucky_token_amounts=amounts,
    )


def _market(one: Pair) -> dict[str, Any]:
    return {
        "market": one.instrument.symbol,
        "base_token_id": one.base.token.token_id,
        "quote_token_id": one.quote.token.token_id,
        "precision_for_price": one.display.precision_for_price,
        "orderbook_agg_levels": one.display.agg_levels,
        "enabled": one.instrument.trading_state.matches,
    }


TIME = Op(Nothing, m.Timestamp, reply(show_time))
INFO = Op(Nothing, m.Info, reply(show_info))
_ask = always(Nothing())

TOKENS = Op(Nothing, list[m.Token], reply(show_tokens), _ask, read_tokens)
MARKETS = Op(Nothing, m.Markets, reply(show_markets), _ask, read_markets)
MIX_MARKETS = Op(Nothing, m.MixMarkets, reply(show_mix_markets))
# Clients ask for pools when they start; there are none.
POOLS = Op(Nothing, m.Pools, reply(always(m.Pools())))
