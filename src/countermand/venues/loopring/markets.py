"""What is the same for every client: the time, the exchange, its tokens and markets."""

from typing import Any

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import markets as m
from countermand.venues.loopring.resolve import Holding, Pair
from countermand.venues.loopring.settings import Ctx
from countermand.wire import times
from countermand.wire.conversation import Nothing, Op, always, reply


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
TOKENS = Op(Nothing, list[m.Token], reply(show_tokens))
MARKETS = Op(Nothing, m.Markets, reply(show_markets))
MIX_MARKETS = Op(Nothing, m.MixMarkets, reply(show_mix_markets))
# Clients ask for pools when they start; there are none.
POOLS = Op(Nothing, m.Pools, reply(always(m.Pools())))
