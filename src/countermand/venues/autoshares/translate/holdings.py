"""
Holdings: the positions of an account, one by one, by kind, the largest, and what could be added.

Source: ETNA manual, "Get user's positions", "Get user's positions in a security", "Get market value
        of all security groups"; the swagger file, `PositionResource`, `OrderLimits`. A position's
        number is its security's, a short one costs less than nothing, and a day never ends here:
        our proposals (README).
"""

from collections.abc import Iterable
from decimal import Decimal

from countermand.venues.autoshares import about, paging
from countermand.venues.autoshares.about import NO_DATE
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Group, Position
from countermand.venues.autoshares.paging import Column, Page, Wanted
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.accounts import there
from countermand.venues.autoshares.translate.dates import date_from_wire, date_to_wire
from countermand.venues.autoshares.translate.users import margin_type_of
from countermand.venues.autoshares.translate.worth import (
    clearing_account,
    currency,
    market_value,
    money,
    worth,
)
from countermand.vocabulary.ids import AccountId, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import GetAccount
from countermand.vocabulary.reports import AccountSummary, PositionReport
from countermand.wire import numbers
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotExpressible
from countermand.wire.numbers import avg_px_text_half_even, qty_text

# The largest page of positions, one below that of other lists.
SIZE_MAX = 99

_ZERO = Decimal(0)

COLUMNS: dict[str, Column[Position]] = {
    "Id": Column(Kind.NUMBER, lambda one: one.id),
    "SecurityId": Column(Kind.NUMBER, lambda one: one.security_id),
    "Symbol": Column(Kind.TEXT, lambda one: one.symbol),
    "Name": Column(Kind.TEXT, lambda one: one.name),
    "CompanyName": Column(Kind.TEXT, lambda one: one.company_name),
    "SecurityCurrency": Column(Kind.TEXT, lambda one: one.security_currency),
    "SecurityType": Column(Kind.TEXT, lambda one: one.security_type),
    "CostBasis": Column(Kind.NUMBER, lambda one: one.cost_basis),
    "ModifyDate": Column(Kind.MOMENT, lambda one: date_from_wire(one.modify_date)),
    "Quantity": Column(Kind.NUMBER, lambda one: one.quantity),
    "RealizedProfitLoss": Column(Kind.NUMBER, lambda one: one.realized_profit_loss),
    "UnrealizedProfitLoss": Column(Kind.NUMBER, lambda one: one.unrealized_profit_loss),
    "AverageOpenPrice": Column(Kind.NUMBER, lambda one: one.average_open_price),
}


def positions_from_wire(message: messages.ListPositions, ctx: Context) -> GetAccount:
    """Return the question for an account's positions. Raises as `resolve.account` does."""
    return GetAccount(resolve.account(message.account_id, ctx))


def positions_to_wire(query: GetAccount, ctx: Context) -> messages.ListPositions:
    """Return the request for as many positions as a page takes."""
    return messages.ListPositions(account_id=str(query.account_id), page_size=SIZE_MAX)


def positions_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> Page[Position]:
    """
    Return a page of the positions there are or were.

    Raises: InvalidField for a filter or a sort that is none.
    """
    asked: messages.ListPositions = ctx.message
    wanted = Wanted(
        asked.page_number, asked.page_size, asked.filter, asked.sort_field, asked.desc,
        size_max=SIZE_MAX,
    )  # fmt: skip
    every = [position_to_wire(one, ctx) for one in _traded(there(summary).positions)]
    chosen = paging.choose(every, wanted, COLUMNS)
    return paging.page(list(paging.cut(chosen, wanted)), len(chosen), wanted, ctx)


def positions_reply_from_wire(message: Page[Position], ctx: Context) -> tuple[PositionReport, ...]:
    """
    Return the positions of the first page; margin, open orders and commissions are not told.

    Raises: NotExpressible when there are more than a page can show.
    """
    if message.next_page_link:
        raise NotExpressible(f"more than {SIZE_MAX} positions")
    return tuple(_position_from_wire(one, ctx) for one in message.result)


def in_security_from_wire(message: messages.OfSymbol, ctx: Context) -> GetAccount:
    """Return the question for an account's positions. Raises as `resolve.account` does."""
    return GetAccount(resolve.account(message.account_id, ctx))


def in_security_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> list[Position]:
    """Return the position in a security, in a list, which is empty where there is none."""
    asked: messages.OfSymbol = ctx.message
    every = [position_to_wire(one, ctx) for one in _traded(there(summary).positions)]
    return [one for one in every if one.symbol == asked.symbol.upper()]


def groups_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> list[Group]:
    """Return what shares are worth, and how much cash there is."""
    one = worth(there(summary), ctx)
    return [
        Group("Equity", money(one.market_value, ctx)),
        Group("Cash", money(one.cash, ctx)),
    ]


def top_from_wire(message: messages.TopPositions, ctx: Context) -> GetAccount:
    """Return the question for an account's positions. Raises as `resolve.account` does."""
    return GetAccount(resolve.account(message.account_id, ctx))


def top_reply_to_wire(summary: AccountSummary | None, ctx: Context) -> list[Group]:
    """Return the positions worth most, long or short, the largest first."""
    asked: messages.TopPositions = ctx.message
    markets = ctx.directory.instruments
    values = [
        (market_value(one, markets[one.instrument_id]), markets[one.instrument_id].symbol)
        for one in there(summary).positions
        if one.net_lots
    ]
    values.sort(key=lambda pair: -abs(pair[0]))
    return [Group(symbol, money(value, ctx)) for value, symbol in values[: asked.count]]


def position_to_wire(report: PositionReport, ctx: Context) -> Position:
    """Return a position."""
    market = ctx.directory.instruments[report.instrument_id]
    said = about.about(ctx.settings, market.symbol)
    cost = money(report.cost_minor, ctx)
    return Position(
        id=market.instrument_id,
        account_id=report.account_id,
        clearing_account=clearing_account(report.account_id),
        security_id=market.instrument_id,
        symbol=market.symbol,
        name=market.symbol,
        company_name=about.company(ctx.settings, market),
        security_currency=currency(ctx).symbol,
        security_type=said.type,
        contract_size=1,
        cost_basis=cost,
        daily_cost_basis=cost,
        create_date=NO_DATE,
        modify_date=date_to_wire(report.transact_ns),
        quantity=Decimal(qty_text(market, report.net_lots)),
        realized_profit_loss=money(report.realized_minor, ctx),
        unrealized_profit_loss=money(market_value(report, market) - report.cost_minor, ctx),
        average_open_price=Decimal(
            avg_px_text_half_even(market, report.cost_minor, report.net_lots)
        ),
        average_close_price=_ZERO,
        stop_loss_price=_ZERO,
        take_profit_price=_ZERO,
        daily_close_profit_loss=_ZERO,
        excess_changes=_ZERO,
        day_quantity=_ZERO,
        market_value_eod=_ZERO,
        margin_type=margin_type_of(ctx.directory.accounts[report.account_id]),
    )


def _position_from_wire(message: Position, ctx: Context) -> PositionReport:
    market = ctx.directory.instruments.get(InstrumentId(message.security_id))
    if market is None:
        raise Malformed("position names what is not known here")
    kept = currency(ctx)
    net = numbers.qty_lots(market, message.quantity)
    cost, gain, realized = (
        numbers.asset_minor(kept, amount)
        for amount in (
            message.cost_basis,
            message.unrealized_profit_loss,
            message.realized_profit_loss,
        )
    )
    return PositionReport(
        AccountId(message.account_id),
        market.instrument_id,
        net,
        cost,
        0,
        0,
        0,
        realized,
        _mark(market, net, cost + gain),
        # How much there ever was is not told, but that there was some is.
        max(net, 1),
        max(-net, 0),
        0,
        date_from_wire(message.modify_date),
    )


def _mark(market: Instrument, net_lots: int, value_minor: int) -> int:
    return value_minor // market.notional_of(1, net_lots) if net_lots else 0


def _traded(positions: Iterable[PositionReport]) -> list[PositionReport]:
    # An order that rests is no position yet.
    return [one for one in positions if one.net_lots or one.bought_lots or one.sold_lots]
