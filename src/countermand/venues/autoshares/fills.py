"""
Transactions: an account's executions and commissions.

Source: ETNA manual, "Get transactions": all four paging parameters are required, and the answer is
        404 without one; a buy's value is negative; a commission is a separate transaction. Our
        proposals (README): their numbers, and that deposits are left out.
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec import UNSET, Struct

from countermand.venues.autoshares import paging, resolve
from countermand.venues.autoshares.account import margin_type_of
from countermand.venues.autoshares.dates import date_text, floored
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.messages.shared import Page
from countermand.venues.autoshares.paging import Column, Columns
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import money
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire.conversation import Op, Serving
from countermand.wire.numbers import price_text, qty_text


class Line(Struct, frozen=True, gc=False):
    """One transaction to be: odd numbers are executions, the even one after each its commission."""

    number: int
    fill: Fill

    @property
    def is_commission(self) -> bool:
        """Whether it is about the commission."""
        return not self.number % 2


def serve_list(message: m.ListTransactions, ctx: Ctx) -> Serving[Page[m.Transaction]]:
    """Return a page of transactions. Raises as `resolve.account` and `paging.choose` do."""
    fills: tuple[Fill, ...] = yield ListFills((resolve.account(message.account_id, ctx),))
    return paging.page_of(_lines(fills), message, COLUMNS, show_transaction, ctx)


LIST = Op(m.ListTransactions, Page[m.Transaction], serve_list)


def show_transaction(line: Line, ctx: Ctx) -> m.Transaction:
    """Return a transaction."""
    market, fill = _market(line, ctx), line.fill
    fee = m.Fee(id=line.number + line.number % 2, value=money(fill.fee_minor, ctx))
    return m.Transaction(
        id=line.number, type=_type(line), order_id=fill.order_id,
        security_id=market.instrument_id, symbol=market.symbol,
        account_id=fill.account_id,
        margin_type=margin_type_of(ctx.directory.accounts[fill.account_id]),
        date=date_text(fill.ts_ns), value=_value(line, ctx), price=_price(line, ctx),
        quantity=_shares(line, fill.last_qty_lots, ctx),
        leaves_quantity=_shares(line, _left(line), ctx),
        fee=fee if fill.fee_minor else UNSET,
    )  # fmt: skip


def _lines(fills: tuple[Fill, ...]) -> Iterator[Line]:
    for place, fill in enumerate(reversed(fills)):
        yield Line(2 * place + 1, fill)
        if fill.fee_minor:
            yield Line(2 * place + 2, fill)


def _market(line: Line, ctx: Ctx) -> Instrument:
    return ctx.directory.instruments[line.fill.instrument_id]


def _type(line: Line) -> m.TransactionType:
    return "Commission" if line.is_commission else "OrderExecution"


def _value(line: Line, ctx: Ctx) -> Decimal:
    fill = line.fill
    if line.is_commission:
        return money(-fill.fee_minor, ctx)
    value = _market(line, ctx).notional_of(fill.last_px_ticks, fill.last_qty_lots)
    return money(-value if fill.terms.side is Side.BUY else value, ctx)


def _price(line: Line, ctx: Ctx) -> Decimal:
    ticks = 0 if line.is_commission else line.fill.last_px_ticks
    return Decimal(price_text(_market(line, ctx), ticks))


def _shares(line: Line, lots: int, ctx: Ctx) -> Decimal:
    return Decimal(qty_text(_market(line, ctx), 0 if line.is_commission else lots))


def _left(line: Line) -> int:
    return line.fill.terms.order_qty_lots - line.fill.cum_qty_lots


# Each is what a transaction shows under its name, worked out only where it is asked for.
COLUMNS: Columns[Line] = {
    "Id": Column(Kind.NUMBER, lambda one, _: one.number),
    "SecurityId": Column(Kind.NUMBER, lambda one, _: one.fill.instrument_id),
    "Symbol": Column(Kind.TEXT, lambda one, ctx: _market(one, ctx).symbol),
    "OrderId": Column(Kind.NUMBER, lambda one, _: one.fill.order_id),
    "OrderStateId": Column(Kind.NUMBER, lambda *_: 0),
    "Date": Column(Kind.MOMENT, lambda one, _: floored(one.fill.ts_ns)),
    "Value": Column(Kind.NUMBER, _value),
    "Quantity": Column(Kind.NUMBER, lambda one, ctx: _shares(one, one.fill.last_qty_lots, ctx)),
    "Price": Column(Kind.NUMBER, _price),
    "LeavesQuantity": Column(Kind.NUMBER, lambda one, ctx: _shares(one, _left(one), ctx)),
    "Type": Column(Kind.TEXT, lambda one, _: _type(one)),
    "IsDayTrade": Column(Kind.FLAG, lambda *_: False),
}
