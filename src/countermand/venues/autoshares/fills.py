"""
Transactions: an account's executions and commissions.

Source: ETNA manual, "Get transactions": all four paging parameters are required, and the answer is
        404 without one; a buy's value is negative; a commission is a separate transaction. Our
        proposals (README): their numbers, and that deposits are left out.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from msgspec import UNSET, Struct

from countermand.venues.autoshares import paging, resolve
from countermand.venues.autoshares.account import margin_type_of
from countermand.venues.autoshares.dates import date_ns, date_text, floored
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import accounts as m
from countermand.venues.autoshares.messages.shared import PAGE_SIZE_MAX, Page
from countermand.venues.autoshares.paging import Column, Columns
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.valuation import currency, money
from countermand.vocabulary.ids import AccountId, MatchId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import CountFills, ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire.conversation import Op, Serving
from countermand.wire.numbers import (
    asset_minor_nearest,
    price_text,
    price_ticks_nearest,
    qty_lots,
    qty_text,
)
from countermand.wire.reading import market_of

EXECUTION: Final = "OrderExecution"


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
    every = ListFills((resolve.account(message.account_id, ctx),), limit=paging.LOOKED_AT_MAX)
    fills: tuple[Fill, ...] = yield every
    count: int = yield CountFills(every)
    lines = _lines(fills, count - len(fills))
    return paging.page_of(lines, message, COLUMNS, show_transaction, ctx)


def ask_list(query: ListFills, ctx: Ctx) -> m.ListTransactions:
    """Return the request for the newest transactions of an account, of one order or of all."""
    chosen = "" if query.order_id is None else f"OrderId = {query.order_id}"
    return m.ListTransactions(
        account_id=str(next(iter(query.account_ids), "")), page_number=0, page_size=PAGE_SIZE_MAX,
        sort_field="Id", desc=True, filter=chosen,
    )  # fmt: skip


def read_list(
    reply: Page[m.Transaction], message: m.ListTransactions, ctx: Ctx
) -> tuple[Fill, ...]:
    """Return the executions of a page. Raises as `read_transaction` does."""
    return tuple(read_transaction(one, ctx) for one in reply.result if one.type == EXECUTION)


def read_transaction(message: m.Transaction, ctx: Ctx) -> Fill:
    """
    Return the fill that an execution is; of its order only the id and the side are told.

    Raises: Unlearned for a security that is not known here; ArithmeticError, ValueError.
    """
    market = market_of("fill", message.symbol, ctx.directory)
    side, fee = Side.BUY if message.value < 0 else Side.SELL, getattr(message, "fee", UNSET)
    return Fill(
        MatchId(message.id), OrderId(message.order_id), AccountId(message.account_id),
        market.instrument_id, "", OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, 0),
        is_maker=False,
        last_px_ticks=price_ticks_nearest(market, message.price),
        last_qty_lots=qty_lots(market, abs(message.quantity)),
        fee_minor=0 if fee is UNSET else asset_minor_nearest(currency(ctx), fee.value),
        cum_qty_lots=0, cum_notional_minor=0,
        ts_ns=date_ns(message.date),
    )  # fmt: skip


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


LIST = Op(m.ListTransactions, Page[m.Transaction], serve_list, ask_list, read_list)


def _lines(fills: tuple[Fill, ...], before: int) -> Iterator[Line]:
    # The number of an execution is its place among all of its account.
    for place, fill in enumerate(reversed(fills), before):
        yield Line(2 * place + 1, fill)
        if fill.fee_minor:
            yield Line(2 * place + 2, fill)


def _market(line: Line, ctx: Ctx) -> Instrument:
    return ctx.directory.instruments[line.fill.instrument_id]


def _type(line: Line) -> m.TransactionType:
    return "Commission" if line.is_commission else EXECUTION


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
