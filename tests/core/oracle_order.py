"""The oracle's order: an order as the oracle keeps it."""

from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

POST_ONLY, REDUCE_ONLY, ALL_OR_NONE = 1, 2, 4


@dataclass(eq=False)
class Order:
    """One order; open while `status` is NEW or PARTIALLY_FILLED."""

    order_id: int
    account: int
    instrument: int
    cl_ord_id: str
    side: str
    ord_type: str
    time_in_force: str
    exec_inst: int
    stp: str
    price: int
    qty: int
    expire_ns: int
    submitted: int
    priority: int
    text: str = ""
    secondary: str = ""
    cash: int = 0
    cum: int = 0
    status: str = "NEW"
    # What fees would be without rounding, where a step rounds their sum, and what they were.
    accrued: Fraction = Fraction(0)
    charged: int = 0
    reason: str | None = None
    retired: list[str] = field(default_factory=list)
    effect: str = "NONE"
    # When one that is pending new comes to the book, else 0.
    due_ns: int = 0
    # What wakes it, whether it sleeps until then, and whether it is on its way to the book.
    trigger: dict[str, Any] | None = None
    asleep: bool = False
    arriving: bool = False
    # Its list, whether that holds it back, and what of it another order held when it was looked at.
    link: dict[str, Any] | None = None
    held: bool = False
    # What is left of its schedule, and when its next slice is due, else 0.
    schedule: dict[str, Any] | None = None
    next_ns: int = 0
    share: tuple[int, int, int] | None = None

    @property
    def trigger_px(self) -> int:
        """The price that wakes it, 0 for none."""
        return int(self.trigger["price_ticks"]) if self.trigger else 0

    @property
    def stands(self) -> bool:
        """Whether it is in the book, or beside it because it trades whole or not at all."""
        return not (self.due_ns or self.asleep or self.arriving or self.held or self.next_ns)

    @property
    def standing(self) -> str:
        """Where it stands, in the core's word."""
        if not self.is_open:
            return "CLOSED"
        if self.due_ns or self.arriving:
            return "PENDING"
        if self.asleep or self.next_ns:
            return "ARMED"
        if self.held:
            return "HELD"
        return "WAITING" if self.whole else "RESTING"

    @property
    def whole(self) -> bool:
        """Whether it trades whole or not at all."""
        return bool(self.exec_inst & ALL_OR_NONE)

    def passed_over(self, qty: int) -> bool:
        """Whether an order of this quantity cannot fill it."""
        return self.whole and self.leaves > qty

    @property
    def is_open(self) -> bool:
        """Whether it can still trade or be canceled."""
        return self.status in ("NEW", "PARTIALLY_FILLED")

    @property
    def leaves(self) -> int:
        """What is left to trade."""
        return self.qty - self.cum if self.is_open else 0

    @property
    def paid(self) -> tuple[Fraction, int]:
        """What its fees are so far, before and after rounding."""
        return self.accrued, self.charged


def new_terms(order: Order, c: SimpleNamespace) -> SimpleNamespace:
    """Return what an order would be; what is not given stays, an expiry with its time in force."""
    time_in_force = order.time_in_force if c.time_in_force is None else c.time_in_force
    kept_ns = order.expire_ns if time_in_force == order.time_in_force else 0
    return SimpleNamespace(
        cl_ord_id=c.new_cl_ord_id or order.cl_ord_id,
        price=c.price_ticks or order.price,
        qty=c.order_qty_lots or order.qty,
        time_in_force=time_in_force,
        expire_ns=kept_ns if c.expire_ns is None else c.expire_ns,
        exec_inst=order.exec_inst if c.exec_inst is None else c.exec_inst,
        text=order.text if c.text is None else c.text,
        trigger=order.trigger,
        link=order.link,
    )
