"""Canceling all, batches, and closing a position: requests that name no one order."""

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.messages import orders
from countermand.venues.polymarket_us.tables import Outcome
from countermand.venues.polymarket_us.translate import placing, resolve, slippage
from countermand.venues.polymarket_us.translate.modifying import modify_from_wire
from countermand.venues.polymarket_us.translate.orders import (
    cancel_from_wire,
    chosen,
    slugs_to_wire,
)
from countermand.venues.polymarket_us.translate.remarks import Remarks, remarks_text
from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, ReplaceOrder
from countermand.vocabulary.order import ExecInst, OrdType, SelfTradePrevention, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount, ListOpenOrders
from countermand.vocabulary.reports import AccountSummary, OrderReport, Receipt
from countermand.wire.context import Context
from countermand.wire.errors import CancelRefused, Malformed, NotExpressible, NotFound
from countermand.wire.receipts import Acknowledged, accepted


def cancel_all_from_wire(message: orders.CancelAllOrders, ctx: Context) -> MassCancel:
    """
    Return the mass cancel asked for; a slug nobody knows matches nothing.

    Source: Orders API reference, "Cancel All Open Orders".
    """
    return MassCancel(resolve.account(ctx), chosen(message.slugs, ctx))


def cancel_all_to_wire(command: MassCancel, ctx: Context) -> orders.CancelAllOrders:
    """Return the request for a mass cancel. Raises NotExpressible for one by side."""
    if command.side is not None:
        raise NotExpressible("a mass cancel of one side")
    resolve.check_own(command.account_id, ctx)
    return orders.CancelAllOrders(slugs_to_wire(command.instrument_ids, ctx))


def canceled_all_to_wire(receipt: Receipt, ctx: Context) -> orders.CanceledIds:
    """Return the ids of the orders that were taken, in order of submission."""
    taken = accepted(receipt).orders
    return orders.CanceledIds([ids.order_text(order.order_id) for order in taken])


def canceled_all_from_wire(message: orders.CanceledIds, ctx: Context) -> Acknowledged:
    """Return the ids that were to be canceled, which confirms nothing."""
    known = [ids.parse_order(text) for text in message.canceled_order_ids]
    if None in known:
        raise Malformed("order id is not known here")
    return Acknowledged(tuple(order_id for order_id in known if order_id is not None))


def cancel_many_from_wire(message: orders.CancelOrders, ctx: Context) -> tuple[CancelOrder, ...]:
    """
    Return the cancels of a batch; those of orders and markets nobody knows are left out.

    Raises: MissingField when one is without its market.
    """
    commands = resolve.each(message.orders, lambda one: _known_cancel(one, ctx))
    return tuple(command for command in commands if command is not None)


def cancel_many_to_wire(receipts: tuple[Receipt, ...], ctx: Context) -> orders.CanceledIds:
    """Return the ids that were sent, whatever became of them."""
    return orders.CanceledIds([one.order_id for one in ctx.message.orders])


def find_many_modified(message: orders.ModifyOrders, ctx: Context) -> ListOpenOrders:
    """Return the question for the open orders of the markets named."""
    slugs = resolve.each(message.orders, lambda one: resolve.required_slug(one.market_slug))
    return ListOpenOrders((resolve.account(ctx),), chosen(list(slugs), ctx))


def modify_many_from_wire(message: orders.ModifyOrders, ctx: Context) -> tuple[ReplaceOrder, ...]:
    """
    Return the modifications of a batch; those of orders nobody knows are left out.

    Raises: MissingField, InvalidField when one is malformed.
    """
    found: dict[str, OrderReport] = {ids.order_text(open_.order_id): open_ for open_ in ctx.found}
    commands = resolve.each(
        message.orders, lambda one: _known_modify(one, found.get(one.order_id), ctx)
    )
    return tuple(command for command in commands if command is not None)


def modify_many_to_wire(receipts: tuple[Receipt, ...], ctx: Context) -> orders.ModifiedIds:
    """Return the ids that were sent, whatever became of them."""
    return orders.ModifiedIds([one.order_id for one in ctx.message.orders])


def find_position(message: orders.ClosePosition, ctx: Context) -> GetAccount:
    """Return the question for what the account has."""
    return GetAccount(resolve.account(ctx))


def close_from_wire(message: orders.ClosePosition, ctx: Context) -> NewOrder:
    """
    Return the market order that closes the position; `ctx.found` is what the account has.

    Raises: MissingField, InvalidField; NotFound when there is no position.
    Source: Orders API reference, "Close Position Order".
    """
    slug = resolve.required_slug(message.market_slug)
    placing.check_block_time(message.max_block_time)
    indicator = placing.indicator_from_wire(message.manual_order_indicator)
    instrument = ctx.directory.instrument_by_symbol(slug)
    net_lots = _net_lots(ctx.found, slug, ctx)
    if instrument is None or not net_lots:
        raise NotFound(f"No open position for market slug {slug}")
    # Who is short holds NO, and sells that: it buys YES back.
    side = Side.SELL if net_lots > 0 else Side.BUY
    outcome = Outcome.YES if net_lots > 0 else Outcome.NO
    return NewOrder(
        resolve.account(ctx),
        instrument.instrument_id,
        "",
        side,
        OrdType.MARKET,
        TimeInForce.IOC,
        abs(net_lots),
        slippage.bound_ticks(message.slippage_tolerance, side, instrument),
        exec_inst=int(ExecInst.REDUCE_ONLY),
        stp=SelfTradePrevention.REJECT,
        text=remarks_text(Remarks(outcome, indicator)),
        keep_rejected=True,
    )


def _net_lots(summary: AccountSummary, slug: str, ctx: Context) -> int:
    for position in summary.positions:
        if ctx.directory.instruments[position.instrument_id].symbol == slug:
            return position.net_lots
    return 0


def _known_cancel(one: orders.CancelOrder, ctx: Context) -> CancelOrder | None:
    try:
        return cancel_from_wire(one, ctx)
    except CancelRefused:
        return None


def _known_modify(
    one: orders.ModifyOrder, found: OrderReport | None, ctx: Context
) -> ReplaceOrder | None:
    try:
        return modify_from_wire(one, _finding(found, ctx))
    except CancelRefused:
        return None


def _finding(found: OrderReport | None, ctx: Context) -> Context:
    return Context(
        ctx.directory, ctx.settings, ctx.principal, ctx.now_ns, ctx.request, found, ctx.message
    )
