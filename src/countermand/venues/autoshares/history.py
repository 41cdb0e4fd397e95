"""
The history of an order: what was asked of it and what came of that, a row each.

It is told from the order and its fills, so what was replaced in between is not in it but as what
the order is now.

Source: the swagger file, `/orders/{id}/details`; which rows there are is our proposal (README).
"""

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.autoshares import show
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.read_orders import find_order
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.vocabulary.order import ExecType, OrdStatus
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving

_ZERO = Decimal(0)
_AS_SHOWN = (
    "status", "execution_status", "request_status", "quantity", "price", "stop_price",
    "executed_quantity", "leaves_quantity", "average_price", "trans_type", "client_id",
)  # fmt: skip


def serve_history(message: m.OneOrder, ctx: Ctx) -> Serving[list[m.OrderState]]:
    """Return the rows of an order's history, in order of time. Raises as `find_order` does."""
    report = yield from find_order(message, ctx)
    fills: tuple[Fill, ...] = yield ListFills((report.account_id,), report.order_id)
    return list(_rows(report, fills, ctx))


HISTORY = Op(m.OneOrder, list[m.OrderState], serve_history)


def _rows(report: OrderReport, fills: tuple[Fill, ...], ctx: Ctx) -> Iterator[m.OrderState]:
    yield _state(report, ctx, Pending.NEW, report.submit_ns)
    if report.ord_status is not OrdStatus.REJECTED:
        taken = replace(
            report, ord_status=OrdStatus.NEW, exec_type=ExecType.NEW, cum_qty_lots=0,
            cum_notional_minor=0, leaves_qty_lots=report.terms.order_qty_lots,
        )  # fmt: skip
        yield _state(taken, ctx, None, report.submit_ns)
    for fill in reversed(fills):
        yield _filled(report, fill, ctx)
    is_closed = not report.is_open and report.ord_status is not OrdStatus.FILLED
    if report.ord_status is OrdStatus.CANCELED:
        yield _state(report, ctx, Pending.CANCEL, report.transact_ns)
    elif not is_closed and report.exec_type is ExecType.REPLACED:
        yield _state(report, ctx, Pending.REPLACE, report.transact_ns)
    if is_closed or report.exec_type is ExecType.REPLACED:
        yield _state(report, ctx, None, report.transact_ns)


def _filled(report: OrderReport, fill: Fill, ctx: Ctx) -> m.OrderState:
    lots, ticks = fill.terms.order_qty_lots, fill.terms.price_ticks
    leaves = max(0, lots - fill.cum_qty_lots)
    status = OrdStatus.PARTIALLY_FILLED if leaves else OrdStatus.FILLED
    then = replace(
        report, terms=replace(report.terms, order_qty_lots=lots, price_ticks=ticks),
        ord_status=status, exec_type=ExecType.TRADE, leaves_qty_lots=leaves,
        cum_qty_lots=fill.cum_qty_lots, cum_notional_minor=fill.cum_notional_minor,
    )  # fmt: skip
    market = ctx.directory.instruments[report.instrument_id]
    return replace(
        _state(then, ctx, None, fill.ts_ns),
        last_quantity=Decimal(numbers.qty_text(market, fill.last_qty_lots)),
        last_price=Decimal(numbers.price_text(market, fill.last_px_ticks)),
        exec_id=str(fill.match_id),
    )


def _state(report: OrderReport, ctx: Ctx, waits_for: Pending | None, at_ns: int) -> m.OrderState:
    # A world's delay of new states is not looked at here: these rows are the past.
    timeless = replace(report, submit_ns=0, transact_ns=0)
    order = show.show_order(timeless, ctx, waits_for)
    rejected = report.ord_status is OrdStatus.REJECTED and waits_for is None
    return m.OrderState(
        is_request=waits_for is not None, is_completed=waits_for is None,
        execution_target=order.target,
        order_status_description="" if rejected else order.description,
        reject_reason=order.description if rejected else "",
        last_quantity=_ZERO, last_price=_ZERO,
        login=ctx.directory.accounts[report.account_id].owner,
        date=at_ns // times.MS, create_date=report.submit_ns // times.MS,
        transaction_date=at_ns // times.MS,
        **{name: getattr(order, name) for name in _AS_SHOWN},
    )  # fmt: skip
