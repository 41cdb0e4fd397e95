"""
Transactions: what came into an account or left it, which here are executions and commissions.

Source: ETNA manual, "Get transactions": all four paging parameters are required, and 404 is the
        answer to less; a buy's value is below zero; the commission is a transaction of its own.
        How they are numbered, and that deposits are not among them, are our proposals (README).
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from countermand.core.order import Side
from countermand.core.queries import ListFills
from countermand.core.reports import Fill
from countermand.venues.autoshares import paging
from countermand.venues.autoshares.filters import Kind
from countermand.venues.autoshares.messages import accounts as messages
from countermand.venues.autoshares.messages.accounts import Fee, Transaction
from countermand.venues.autoshares.paging import Page, Wanted
from countermand.venues.autoshares.translate import resolve
from countermand.venues.autoshares.translate.dates import date_from_wire, date_to_wire
from countermand.venues.autoshares.translate.users import margin_type_of
from countermand.venues.autoshares.translate.worth import money
from countermand.wire.context import Context
from countermand.wire.numbers import price_text, qty_text

COMMISSION = "Per Trade Commission"

_ZERO = Decimal(0)

FIELDS = {
    "Id": Kind.NUMBER,
    "SecurityId": Kind.NUMBER,
    "Symbol": Kind.TEXT,
    "OrderId": Kind.NUMBER,
    "OrderStateId": Kind.NUMBER,
    "Date": Kind.MOMENT,
    "Value": Kind.NUMBER,
    "Quantity": Kind.NUMBER,
    "Price": Kind.NUMBER,
    "LeavesQuantity": Kind.NUMBER,
    "Type": Kind.TEXT,
    "IsDayTrade": Kind.FLAG,
}


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
    every = [
        transaction
        for place, fill in enumerate(reversed(fills))
        for transaction in _transactions(place, fill, ctx)
    ]
    chosen = paging.choose(every, wanted, FIELDS, _record)
    return paging.page(list(paging.cut(chosen, wanted)), len(chosen), wanted, ctx)


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


def _transactions(place: int, fill: Fill, ctx: Context) -> Iterator[Transaction]:
    # Odd numbers are executions, the even one after each its commission.
    number = 2 * place + 1
    fee = _fee(number + 1, fill, ctx) if fill.fee_minor else None
    yield _transaction(number, fill, fee, ctx)
    if fee is not None:
        yield _commission(number + 1, fill, fee, ctx)


def _transaction(number: int, fill: Fill, fee: Fee | None, ctx: Context) -> Transaction:
    market = ctx.directory.instruments[fill.instrument_id]
    value = market.notional_of(fill.last_px_ticks, fill.last_qty_lots)
    return Transaction(
        id=number,
        security_id=market.instrument_id,
        symbol=market.symbol,
        order_id=fill.order_id,
        order_state_id=0,
        account_id=fill.account_id,
        date=date_to_wire(fill.ts_ns),
        value=money(-value if fill.side is Side.BUY else value, ctx),
        quantity=Decimal(qty_text(market, fill.last_qty_lots)),
        price=Decimal(price_text(market, fill.last_px_ticks)),
        leaves_quantity=Decimal(qty_text(market, fill.order_qty_lots - fill.cum_qty_lots)),
        fee=fee,
        type="OrderExecution",
        is_day_trade=False,
        margin_type=margin_type_of(ctx.directory.accounts[fill.account_id]),
    )


def _commission(number: int, fill: Fill, fee: Fee, ctx: Context) -> Transaction:
    market = ctx.directory.instruments[fill.instrument_id]
    return Transaction(
        id=number,
        security_id=market.instrument_id,
        symbol=market.symbol,
        order_id=fill.order_id,
        order_state_id=0,
        account_id=fill.account_id,
        date=date_to_wire(fill.ts_ns),
        value=-fee.value,
        quantity=_ZERO,
        price=_ZERO,
        leaves_quantity=_ZERO,
        fee=fee,
        type="Commission",
        is_day_trade=False,
        margin_type=margin_type_of(ctx.directory.accounts[fill.account_id]),
    )


def _fee(number: int, fill: Fill, ctx: Context) -> Fee:
    return Fee(
        id=number,
        commission_id=COMMISSION,
        value=money(fill.fee_minor, ctx),
        seizure="Execution",
        leverage=1,
        value_type="Absolute",
    )


def _record(one: Transaction) -> dict[str, Any]:
    return {
        "Id": one.id,
        "SecurityId": one.security_id,
        "Symbol": one.symbol,
        "OrderId": one.order_id,
        "OrderStateId": one.order_state_id,
        "Date": date_from_wire(one.date),
        "Value": one.value,
        "Quantity": one.quantity,
        "Price": one.price,
        "LeavesQuantity": one.leaves_quantity,
        "Type": one.type,
        "IsDayTrade": one.is_day_trade,
    }
