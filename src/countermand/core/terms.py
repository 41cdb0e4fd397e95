"""Terms: what an order is to be after a replacement, worked out before anything is checked."""

from msgspec import Struct

from countermand.vocabulary.commands import ReplaceOrder
from countermand.vocabulary.order import ExecInst, Order, TimeInForce


class Terms(Struct, frozen=True, gc=False):
    """All that a replacement can change; fields as in `Order`."""

    cl_ord_id: str
    price_ticks: int
    order_qty_lots: int
    time_in_force: TimeInForce
    expire_ns: int
    exec_inst: int
    text: str

    @property
    def immediate(self) -> bool:
        """Whether what does not trade at once ends."""
        return self.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)

    @property
    def all_or_none(self) -> bool:
        """Whether the order is to trade whole or not at all."""
        return bool(self.exec_inst & ExecInst.ALL_OR_NONE)


def stated(order: Order) -> Terms:
    """Return the terms an order has."""
    return Terms(
        order.cl_ord_id,
        order.price_ticks,
        order.order_qty_lots,
        order.time_in_force,
        order.expire_ns,
        order.exec_inst,
        order.text,
    )


def replaced(order: Order, command: ReplaceOrder) -> Terms:
    """
    Return the terms an order would have; an expiry belongs to its time in force and ends with it.
    """
    time_in_force = _given(command.time_in_force, order.time_in_force)
    kept_ns = order.expire_ns if time_in_force is order.time_in_force else 0
    return Terms(
        command.new_cl_ord_id or order.cl_ord_id,
        command.price_ticks or order.price_ticks,
        command.order_qty_lots or order.order_qty_lots,
        time_in_force,
        kept_ns if command.expire_ns is None else command.expire_ns,
        order.exec_inst if command.exec_inst is None else command.exec_inst,
        order.text if command.text is None else command.text,
    )


def keeps_priority(order: Order, terms: Terms) -> bool:
    """Whether the order stays where it stands: only less quantity, and nothing it enters with."""
    same_place = terms.price_ticks == order.price_ticks and not terms.immediate
    less = terms.order_qty_lots <= order.order_qty_lots
    return same_place and less and terms.all_or_none == order.all_or_none


def _given(new: TimeInForce | None, old: TimeInForce) -> TimeInForce:
    return old if new is None else new
