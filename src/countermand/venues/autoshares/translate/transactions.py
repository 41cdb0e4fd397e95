"""
Transactions: what came into an account or left it, which here are executions and commissions.

Source: ETNA manual, "Get transactions": all four paging parameters are required, and 404 is the
        answer to less; a buy's value is below zero; the commission is a transaction of its own.
        How they are numbered, and that deposits are not among them, are our proposals (README).
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import Struct

from countermand.venues.autoshares import paging
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Fee, Transaction, TransactionType
from countermand.venues.autoshares.paging import Column, Page, Wanted
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.dates import date_to_wire, floored
from countermand.venues.autoshares.translate.users import margin_type_of
from countermand.venues.autoshares.translate.worth import money
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire.context import Context
from countermand.wire.numbers import price_text, qty_text

COMMISSION = "Per Trade Commission"


class Line(Struct, frozen=True, gc=False):
    """One transaction to be: odd numbers are executions, the even one after each its commission."""

    number: int
    fill: Fill

    @property
    def is_commission(self) -> bool:
        """Whether it is about the commission."""
        return not self.number % 2


def transactions_from_wire(message: messages.ListTransactions, ctx: Context) -> ListFills:
    """
    Return the question for all executions of an account: they are filtered and sorted afterwards.

    Raises: NotFound when a required parameter is missing; else as `resolve.account` does.
    """
    account_id = resolve.account(message.account_id, ctx)
    _wanted(message, ctx)
    return ListFills((account_id,))


def transactions_reply_to_wire(fills: tuple[Fill, ...], ctx: Context) -> Page[Transaction]:
    """Return a page. Raises InvalidField for a filter or a sort that is none."""
    wanted = _wanted(ctx.message, ctx)
    chosen = paging.choose(_lines(fills), wanted, _columns(ctx))
    shown = [_transaction(line, ctx) for line in paging.cut(chosen, wanted)]
    return paging.page(shown, len(chosen), wanted, ctx)


def _wanted(message: messages.ListTransactions, ctx: Context) -> Wanted:
    if (
        message.page_number is None
        or message.page_size is None
        or message.sort_by is None
        or message.is_desc is None
    ):
        raise paging.not_found(ctx)
    return Wanted(
        message.page_number, message.page_size, message.filter, message.sort_by, message.is_desc,
        sort_name="sortBy",
    )  # fmt: skip


def _lines(fills: tuple[Fill, ...]) -> Iterator[Line]:
    for place, fill in enumerate(reversed(fills)):
        yield Line(2 * place + 1, fill)
        if fill.fee_minor:
            yield Line(2 * place + 2, fill)


def _columns(ctx: Context) -> dict[str, Column[Line]]:
    return {
        "Id": Column(Kind.NUMBER, lambda one: one.number),
        "SecurityId": Column(Kind.NUMBER, lambda one: one.fill.instrument_id),
        "Symbol": Column(Kind.TEXT, lambda one: _market(one, ctx).symbol),
        "OrderId": Column(Kind.NUMBER, lambda one: one.fill.order_id),
        "OrderStateId": Column(Kind.NUMBER, lambda _: 0),
        "Date": Column(Kind.MOMENT, lambda one: floored(one.fill.ts_ns)),
        "Value": Column(Kind.NUMBER, lambda one: _value(one, ctx)),
        "Quantity": Column(Kind.NUMBER, lambda one: _shares(one, one.fill.last_qty_lots, ctx)),
        "Price": Column(Kind.NUMBER, lambda one: _price(one, ctx)),
        "LeavesQuantity": Column(Kind.NUMBER, lambda one: _shares(one, _left(one), ctx)),
        "Type": Column(Kind.TEXT, _type),
        "IsDayTrade": Column(Kind.FLAG, lambda _: False),
    }


def _transaction(line: Line, ctx: Context) -> Transaction:
    market, fill = _market(line, ctx), line.fill
    return Transaction(
        id=line.number,
        security_id=market.instrument_id,
        symbol=market.symbol,
        order_id=fill.order_id,
        order_state_id=0,
        account_id=fill.account_id,
        date=date_to_wire(fill.ts_ns),
        value=_value(line, ctx),
        quantity=_shares(line, fill.last_qty_lots, ctx),
        price=_price(line, ctx),
        leaves_quantity=_shares(line, _left(line), ctx),
        fee=_fee(line, ctx) if fill.fee_minor else None,
        type=_type(line),
        is_day_trade=False,
        margin_type=margin_type_of(ctx.directory.accounts[fill.account_id]),
    )


def _fee(line: Line, ctx: Context) -> Fee:
    return Fee(
        id=line.number + line.number % 2,
        commission_id=COMMISSION,
        value=money(line.fill.fee_minor, ctx),
        seizure="Execution",
        leverage=1,
        value_type="Absolute",
    )


def _market(line: Line, ctx: Context) -> Instrument:
    return ctx.directory.instruments[line.fill.instrument_id]


def _type(line: Line) -> TransactionType:
    return "Commission" if line.is_commission else "OrderExecution"


def _value(line: Line, ctx: Context) -> Decimal:
    fill = line.fill
    if line.is_commission:
        return money(-fill.fee_minor, ctx)
    value = _market(line, ctx).notional_of(fill.last_px_ticks, fill.last_qty_lots)
    return money(-value if fill.terms.side is Side.BUY else value, ctx)


def _price(line: Line, ctx: Context) -> Decimal:
    ticks = 0 if line.is_commission else line.fill.last_px_ticks
    return Decimal(price_text(_market(line, ctx), ticks))


def _shares(line: Line, lots: int, ctx: Context) -> Decimal:
    return Decimal(qty_text(_market(line, ctx), 0 if line.is_commission else lots))


def _left(line: Line) -> int:
    return line.fill.terms.order_qty_lots - line.fill.cum_qty_lots
