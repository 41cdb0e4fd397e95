"""Fees: what orders cost; a market's rates are the same for every account."""

from countermand.venues.loopring import resolve
from countermand.venues.loopring.errors import Code, Coded
from countermand.venues.loopring.form import PPB_PER_BIP
from countermand.venues.loopring.messages import accounts as m
from countermand.venues.loopring.parameters import given, words
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.wire import times
from countermand.wire.conversation import Op, always, reply
from countermand.wire.errors import MissingField

_OVERDUE_NS = 60 * times.S


def show_rates(message: m.GetRates, ctx: Ctx) -> m.Rates:
    """Return what orders on a market cost, by the token they buy. Raises MissingField, Coded."""
    resolve.account(message.account_id, ctx)
    pair = resolve.market(message.market, ctx)
    rates, amounts = _bips(pair), []
    for bought in (pair.base, pair.quote):
        info = m.OrderInfo(min_amount=bought.token.minimum, **rates)
        symbol = bought.asset.symbol
        amounts.append(
            m.RateAmount(token_symbol=symbol, base_order_info=info, user_order_info=info)
        )
    overdue_ms = (ctx.now_ns + _OVERDUE_NS) // times.MS
    return m.Rates(gas_price="0", amounts=amounts, cache_overdue_at=overdue_ms)


def show_fee(message: m.GetFee, ctx: Ctx) -> m.Fee:
    """
    Return the rates of an order that buys a token.

    Raises: MissingField; Coded for a market, and for a token that is not traded on it.
    """
    resolve.account(message.account_id, ctx)
    pair = resolve.market(message.market, ctx)
    if (text := given(message.token_b)) is None:
        raise MissingField("tokenB")
    for one in (pair.base, pair.quote):
        if text in (one.asset.symbol, str(one.token.token_id)):
            rate = m.FeeRate(symbol=one.asset.symbol, **_bips(pair))
            return m.Fee(fee_rate=rate)
    raise Coded(Code.UNSUPPORTED_FEE_TOKEN, f"token {text[:40]} is not traded on this market")


def show_fee_rates(message: m.GetFeeRates, ctx: Ctx) -> list[m.FeeRate]:
    """Return the rates of markets, by their names. Raises Coded."""
    resolve.account(message.account_id, ctx)
    named = [resolve.market(name, ctx) for name in words(message.markets)]
    pairs = named or resolve.pairs(ctx)
    return [m.FeeRate(symbol=one.instrument.symbol, **_bips(one)) for one in pairs]


def _bips(pair: Pair) -> dict[str, int]:
    one = pair.instrument
    maker, taker = -(-one.maker_fee_ppb // PPB_PER_BIP), -(-one.taker_fee_ppb // PPB_PER_BIP)
    return {"maker_rate": maker, "taker_rate": taker}


RATES = Op(m.GetRates, m.Rates, reply(show_rates))
FEE = Op(m.GetFee, m.Fee, reply(show_fee))
FEE_RATES = Op(m.GetFeeRates, list[m.FeeRate], reply(show_fee_rates))
OFFCHAIN = Op(m.GetOffchainFees, m.OffchainFees, reply(always(m.OffchainFees())))
