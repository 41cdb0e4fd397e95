"""Terms: what an order is to be after a replacement, worked out before anything is checked."""

from msgspec.structs import replace

from countermand.core.order import Order
from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.order import ExecInst, OrderTerms, TimeInForce


def replaced(order: Order, command: ReplaceOrder) -> OrderTerms:
    """
    Return the terms an order would have; an expiry belongs to its time in force and ends with it.
    """
    old = order.now.terms
    time_in_force = _given(command.time_in_force, old.time_in_force)
    kept_ns = old.expire_ns if time_in_force is old.time_in_force else 0
    return replace(
        old,
        time_in_force=time_in_force,
        order_qty_lots=command.order_qty_lots or old.order_qty_lots,
        price_ticks=command.price_ticks or old.price_ticks,
        expire_ns=kept_ns if command.expire_ns is None else command.expire_ns,
        exec_inst=old.exec_inst if command.exec_inst is None else command.exec_inst,
        text=old.text if command.text is None else command.text,
    )


def keeps_priority(old: OrderTerms, new: OrderTerms) -> bool:
    """Whether an order stays where it stands: only less quantity, and nothing it enters with."""
    same_place = new.price_ticks == old.price_ticks and not new.is_immediate
    less = new.order_qty_lots <= old.order_qty_lots
    return same_place and less and is_whole(new) == is_whole(old)


def is_whole(terms: OrderTerms) -> bool:
    """Whether an order with these terms trades whole or not at all."""
    return bool(terms.exec_inst & ExecInst.ALL_OR_NONE)


def _given(new: TimeInForce | None, old: TimeInForce) -> TimeInForce:
    return old if new is None else new
