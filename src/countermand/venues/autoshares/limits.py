"""
Limits: how large an order of either side could be now.

Source: the swagger file, `GET /accounts/{accountId}/preview/limits/{symbol}`, `OrderLimits`; the
        page has the fields only. Our proposal (README): a side may close the position against it,
        or else open as much as the account can pay for.
"""

from decimal import Decimal

from countermand.venues.autoshares import resolve
from countermand.venues.autoshares.account import summary
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import dollars, margin_ppb
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetQuote
from countermand.vocabulary.reports import AccountSummary, QuoteReport
from countermand.vocabulary.units import PPB, ceil_ppb
from countermand.wire import fields, numbers
from countermand.wire.conversation import Op, Serving


def serve_limits(message: m.GetLimits, ctx: Ctx) -> Serving[m.Limits]:
    """
    Return how many shares could be bought and sold, and at which prices that was counted.

    Raises: NotFound for a security that does not exist, InvalidField for a price that is none of
            its; else as `resolve.account` does.
    """
    account_id = resolve.account(message.account_id, ctx)
    market = resolve.security(message.symbol, ctx)
    given = _price_ticks(message, market)
    quote: QuoteReport = yield GetQuote(market.instrument_id)
    found = yield from summary(account_id)
    return show_limits(found, quote, given, ctx)


LIMITS = Op(m.GetLimits, m.Limits, serve_limits)


def show_limits(found: AccountSummary, quote: QuoteReport, given_ticks: int, ctx: Ctx) -> m.Limits:
    """Return the limits at a price, 0 for the market's own."""
    market = quote.instrument
    buy_px = given_ticks or quote.ask_px_ticks or quote.mark_price_ticks
    sell_px = given_ticks or quote.bid_px_ticks or quote.mark_price_ticks
    # A short sale may be filled at the best bid, and is counted at that.
    short_px = max(sell_px, quote.bid_px_ticks)
    return m.Limits(
        buy_price=Decimal(numbers.price_text(market, buy_px)),
        sell_price=Decimal(numbers.price_text(market, sell_px)),
        buy_limit=_shares(market, _lots(found, market, Side.BUY, buy_px, ctx)),
        sell_limit=_shares(market, _lots(found, market, Side.SELL, short_px, ctx)),
        account_id=found.account.account_id,
        symbol=market.symbol,
    )


def _price_ticks(message: m.GetLimits, market: Instrument) -> int:
    if message.price is None:
        return 0
    ticks = fields.steps("price", numbers.price_ticks, market, message.price)
    if ticks <= 0:
        raise fields.invalid("price", "must be above zero")
    return ticks


def _shares(market: Instrument, lots: int) -> Decimal:
    most = market.order_qty_lots_max
    return Decimal(numbers.qty_text(market, min(lots, most) if most else lots))


def _lots(found: AccountSummary, market: Instrument, side: Side, price_ticks: int, ctx: Ctx) -> int:
    for position in found.positions:
        if position.instrument_id != market.instrument_id:
            continue
        if (closable := side.closable(position.net_lots)) > 0:
            buys, sells = position.open_buy_lots, position.open_sell_lots
            return max(0, closable - (buys if side is Side.BUY else sells))
    borrows = found.account.may_borrow
    if side is Side.SELL and not borrows:
        return 0
    rate_ppb = margin_ppb(market, borrows=borrows)
    return _affordable(market, price_ticks, rate_ppb, dollars(found, ctx).available_minor)


def _affordable(market: Instrument, price_ticks: int, rate_ppb: int, available: int) -> int:
    one = market.notional_of(price_ticks, 1)
    lots = max(0, available) * PPB // max(1, one * (rate_ppb + market.fee_reserve_ppb))
    # Margin and fee are each rounded up, which may be more than was left of the last share.
    while lots and _cost(one * lots, rate_ppb, market) > available:
        lots -= 1
    return lots


def _cost(notional: int, rate_ppb: int, market: Instrument) -> int:
    return ceil_ppb(notional, rate_ppb) + ceil_ppb(notional, market.fee_reserve_ppb)
