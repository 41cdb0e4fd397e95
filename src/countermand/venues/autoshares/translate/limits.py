"""
Limits: how large an order of either side could be now.

Source: the swagger file, `GET /accounts/{accountId}/preview/limits/{symbol}`, `OrderLimits`; the
        fields are all it says. That a side closes what there is to close, and otherwise opens as
        much as the account can pay for, is our proposal (README).
"""

from decimal import Decimal

from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Limits
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.accounts import there
from countermand.venues.autoshares.translate.instruments import by_symbol
from countermand.venues.autoshares.translate.worth import dollars, margin_ppb
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetAccount, GetQuote
from countermand.vocabulary.reports import AccountSummary, PositionReport, QuoteReport
from countermand.vocabulary.units import PPB, ceil_ppb
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField
from countermand.wire.numbers import price_text, qty_text


def limits_from_wire(message: messages.GetLimits, ctx: Context) -> GetAccount:
    """
    Return the question for what is in an account.

    Raises: NotFound for a security that there is not, InvalidField for a price that is none of
            its; else as `resolve.account` does.
    """
    account_id = resolve.account(message.account_id, ctx)
    _price_ticks(message, by_symbol(message.symbol, ctx))
    return GetAccount(account_id)


def quoted(message: messages.GetLimits, ctx: Context) -> GetQuote:
    """Return the question for the market's prices. Raises NotFound for none of its name."""
    return GetQuote(by_symbol(message.symbol, ctx).instrument_id)


def limits_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> Limits:
    """Return how many shares could be bought and sold, and at which prices that was counted."""
    asked: messages.GetLimits = ctx.message
    quote: QuoteReport = ctx.found
    known, market = there(summary), quote.instrument
    given = _price_ticks(asked, market)
    buy_px = given or quote.ask_px_ticks or quote.mark_price_ticks
    sell_px = given or quote.bid_px_ticks or quote.mark_price_ticks
    return Limits(
        buy_price=Decimal(price_text(market, buy_px)),
        sell_price=Decimal(price_text(market, sell_px)),
        buy_limit=_shares(market, _lots(known, market, Side.BUY, buy_px, ctx)),
        # Who sells short may be filled at the best bid, so that is what it is counted at.
        sell_limit=_shares(
            market, _lots(known, market, Side.SELL, max(sell_px, quote.bid_px_ticks), ctx)
        ),
        account_id=known.account.account_id,
        symbol=market.symbol,
    )


def _price_ticks(message: messages.GetLimits, market: Instrument) -> int:
    if message.price is None:
        return 0
    try:
        ticks = numbers.price_ticks(market, message.price)
    except numbers.NotOnGrid as error:
        raise InvalidField("price", f"invalid price: {error}") from None
    if ticks <= 0:
        raise InvalidField("price", "invalid price: must be above zero")
    return ticks


def _shares(market: Instrument, lots: int) -> Decimal:
    most = market.order_qty_lots_max
    return Decimal(qty_text(market, min(lots, most) if most else lots))


def _lots(
    summary: AccountSummary, market: Instrument, side: Side, price_ticks: int, ctx: Context
) -> int:
    position = _position(summary, market)
    net = position.net_lots if position else 0
    if (closable := side.closable(net)) > 0 and position is not None:
        on_order = position.open_buy_lots if side is Side.BUY else position.open_sell_lots
        return max(0, closable - on_order)
    borrows = summary.account.may_borrow
    if side is Side.SELL and not borrows:
        return 0
    return _affordable(
        market,
        price_ticks,
        margin_ppb(market, borrows=borrows),
        dollars(summary, ctx).available_minor,
    )


def _affordable(market: Instrument, price_ticks: int, rate_ppb: int, available: int) -> int:
    one = market.notional_of(price_ticks, 1)
    lots = max(0, available) * PPB // max(1, one * (rate_ppb + market.fee_reserve_ppb))
    # Margin and fee are each rounded up, which may be more than was left of the last share.
    while lots and _cost(one * lots, rate_ppb, market) > available:
        lots -= 1
    return lots


def _cost(notional: int, rate_ppb: int, market: Instrument) -> int:
    return ceil_ppb(notional, rate_ppb) + ceil_ppb(notional, market.fee_reserve_ppb)


def _position(summary: AccountSummary, market: Instrument) -> PositionReport | None:
    for one in summary.positions:
        if one.instrument_id == market.instrument_id:
            return one
    return None
