"""
The history of an order: what was asked of it and what came of that, a row each.

It is told from the order and its fills, so what was replaced in between is not in it but as what
the order is now.

Source: the swagger file, `/orders/{id}/details`; which rows there are is our proposal (README).
"""

from __future__ import annotations

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares.errors import ORDER_NOT_FOUND
from countermand.venues.autoshares.messages import orders
from countermand.venues.autoshares.translate import order_reports, shown
from countermand.venues.autoshares.translate.orders import get_from_wire
from countermand.venues.autoshares.translate.shown import Pending
from countermand.vocabulary.order import ExecType, OrdStatus
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import NotFound

_ZERO = Decimal(0)


def find_order(message: orders.OneOrder, ctx: Context) -> GetOrder:
    """Return the question for the order. Raises as `get_from_wire` does."""
    return get_from_wire(message, ctx)


def history_from_wire(message: orders.OneOrder, ctx: Context) -> ListFills:
    """Return the question for an order's fills. Raises NotFound when there is no such order."""
    report: OrderReport | None = ctx.found
    if report is None:
        raise NotFound(ORDER_NOT_FOUND)
    return ListFills((report.account_id,), report.order_id)


def history_to_wire(fills: tuple[Fill, ...], ctx: Context) -> list[orders.OrderState]:
    """Return the rows of an order's history, in order of time."""
    report: OrderReport = ctx.found
    asked = _state(report, ctx, Pending.NEW, report.submit_ns)
    rows = [asked]
    if report.ord_status is not OrdStatus.REJECTED:
        taken = replace(
            report, ord_status=OrdStatus.NEW, exec_type=ExecType.NEW, cum_qty_lots=0,
            cum_notional_minor=0, leaves_qty_lots=report.terms.order_qty_lots,
        )  # fmt: skip
        rows.append(_state(taken, ctx, None, report.submit_ns))
    rows += [_filled(report, fill, ctx) for fill in reversed(fills)]
    if report.ord_status not in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED):
        if report.ord_status is OrdStatus.CANCELED:
            rows.append(_state(report, ctx, Pending.CANCEL, report.transact_ns))
        rows.append(_state(report, ctx, None, report.transact_ns))
    elif report.exec_type is ExecType.REPLACED:
        rows.append(_state(report, ctx, Pending.REPLACE, report.transact_ns))
        rows.append(_state(report, ctx, None, report.transact_ns))
    return rows


def _filled(report: OrderReport, fill: Fill, ctx: Context) -> orders.OrderState:
    leaves = max(0, fill.terms.order_qty_lots - fill.cum_qty_lots)
    status = OrdStatus.PARTIALLY_FILLED if leaves else OrdStatus.FILLED
    lots, ticks = fill.terms.order_qty_lots, fill.terms.price_ticks
    then = replace(
        report,
        terms=replace(report.terms, order_qty_lots=lots, price_ticks=ticks),
        ord_status=status,
        exec_type=ExecType.TRADE,
        leaves_qty_lots=leaves,
        cum_qty_lots=fill.cum_qty_lots,
        cum_notional_minor=fill.cum_notional_minor,
    )
    instrument = ctx.directory.instruments[report.instrument_id]
    return replace(
        _state(then, ctx, None, fill.ts_ns),
        last_quantity=Decimal(numbers.qty_text(instrument, fill.last_qty_lots)),
        last_price=Decimal(numbers.price_text(instrument, fill.last_px_ticks)),
        exec_id=str(fill.match_id),
    )


def _state(
    report: OrderReport, ctx: Context, waits_for: Pending | None, at_ns: int
) -> orders.OrderState:
    # What a world shows as pending for a while is not looked at here: these rows are the past.
    words = shown.shown(report, waits_for)
    timeless = replace(report, submit_ns=0, transact_ns=0)
    order = order_reports.order_to_wire(timeless, ctx, waits_for)
    rejected = report.ord_status is OrdStatus.REJECTED and waits_for is None
    text = "" if waits_for else order_reports.description(report)
    owner = ctx.directory.accounts[report.account_id].owner
    return orders.OrderState(
        is_request=waits_for is not None,
        execution_target=words.target,
        request_status=words.request_status,
        execution_status=words.execution_status,
        status=words.status,
        order_status_description="" if rejected else text,
        reject_reason=text if rejected else "",
        quantity=order.quantity,
        price=order.price,
        stop_price=order.stop_price,
        executed_quantity=order.executed_quantity,
        leaves_quantity=order.leaves_quantity,
        average_price=order.average_price,
        last_quantity=_ZERO,
        last_price=_ZERO,
        trans_type=order.trans_type,
        is_completed=waits_for is None,
        client_id=order.client_id,
        login=owner,
        date=at_ns // times.MS,
        create_date=report.submit_ns // times.MS,
        transaction_date=at_ns // times.MS,
    )
