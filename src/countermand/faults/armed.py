"""
Armed: the faults that are set, and which of them strike a request.

A request is struck by every delay that fits it, and by the first other fault that does: so of two
faults for the next cancel the second is for the one after it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from random import Random
from typing import Protocol

from countermand.faults.fault import Fault, Latency, Report, Unknown
from countermand.faults.kinds import ADDED, LATER, MESSAGES, suits
from countermand.vocabulary.ids import OrderId
from countermand.wire.operation import Operation

# The number of faults that are remembered; those that are over are forgotten first.
REMEMBERED_MAX = 1000


class Asked(Protocol):
    """
    The parts of a request that faults look at. Its owner and its orders are looked up when needed.
    """

    @property
    def venue(self) -> str:
        """The venue it came to."""

    @property
    def operation(self) -> Operation | None:
        """The operation of the row that takes the request, None where no row does."""

    @property
    def owner(self) -> str:
        """The owner of the key, empty when it is not proven."""

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts it is about, as `owner/name`."""

    @property
    def order_ids(self) -> frozenset[OrderId]:
        """The orders it is about."""


class Armed:
    """A fault that is set: its chance, its count and its end."""

    def __init__(
        self, number: int, fault: Fault, orders: frozenset[tuple[str, OrderId]], until_s: float
    ) -> None:
        self.number, self.fault, self.struck = number, fault, 0
        self._orders, self._until_s = orders, until_s
        # It is to be repeatable, not secret.
        self._chance = Random(fault.seed)  # noqa: S311  (no secret)

    def is_over(self, now_s: float) -> bool:
        """Whether it strikes no more."""
        return self.struck == self.fault.count or now_s >= self._until_s

    def fits(self, asked: Asked) -> bool:
        """Whether a request is one that it is about."""
        fault = self.fault
        if not suits(fault.kind, asked.operation):
            return False
        if fault.venue and fault.venue != asked.venue:
            return False
        if fault.operation and (
            asked.operation is None or fault.operation != asked.operation.value
        ):
            return False
        if fault.account and fault.account != asked.owner and fault.account not in asked.accounts:
            return False
        if not fault.order:
            return True
        return any((asked.venue, order_id) in self._orders for order_id in asked.order_ids)

    def is_about(self, venue: str, order_id: OrderId | None) -> bool:
        """Whether it is about an order, None is one not known; if it names none it is about any."""
        return not self.fault.order or (venue, order_id) in self._orders

    def strikes(self, now_s: float) -> bool:
        """Whether it strikes what it fits, this time; if so that is counted."""
        if self.is_over(now_s):
            return False
        if self.fault.probability < 1 and self._chance.random() >= self.fault.probability:
            return False
        self.struck += 1
        return True

    def delay_s(self) -> float:
        """Return how long the next delay is."""
        fault, chance = self.fault, self._chance
        match fault.latency:
            case Latency.CONSTANT:
                delay_ms = fault.delay_ms
            case Latency.UNIFORM:
                delay_ms = chance.uniform(fault.delay_ms, fault.delay_ms_max)
            case Latency.LOGNORMAL:
                delay_ms = chance.lognormvariate(math.log(fault.delay_ms), fault.sigma)
                delay_ms = min(delay_ms, fault.delay_ms_max or delay_ms)
        return delay_ms / 1000

    def report(self, now_s: float) -> Report:
        """Return what is told of it."""
        return Report(self.number, self.fault, self.struck, self.is_over(now_s))


class Arsenal:
    """All faults of one exchange, in the order they were set. `clock` is in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._armed: dict[int, Armed] = {}
        self._last = 0

    def add(self, fault: Fault, orders: Iterable[tuple[str, OrderId]] = ()) -> Armed:
        """Set a fault; `orders` are what its order's text names, by venue."""
        now_s = self._clock()
        until_s = math.inf if fault.ttl_ms is None else now_s + fault.ttl_ms / 1000
        self._last += 1
        armed = Armed(self._last, fault, frozenset(orders), until_s)
        self._armed[armed.number] = armed
        self._forget(now_s)
        return armed

    def report(self, armed: Armed) -> Report:
        """Return what is told of a fault."""
        return armed.report(self._clock())

    def reports(self) -> tuple[Report, ...]:
        """Return every fault that was set and not cleared."""
        now_s = self._clock()
        return tuple([armed.report(now_s) for armed in self._armed.values()])

    def clear(self, number: int | None = None) -> None:
        """Forget a fault, or all. Raises Unknown."""
        if number is None:
            self._armed.clear()
        elif self._armed.pop(number, None) is None:
            raise Unknown(f"there is no fault {number}")

    def venues(self) -> frozenset[str]:
        """Return the venues that a fault may yet strike at; an empty name stands for all."""
        return frozenset(armed.fault.venue for armed in self.armed())

    def armed(self) -> tuple[Armed, ...]:
        """Return the faults that may yet strike."""
        now_s = self._clock()
        return tuple(armed for armed in self._armed.values() if not armed.is_over(now_s))

    def live(self) -> frozenset[int]:
        """Return the numbers of the faults that may yet strike."""
        return frozenset(armed.number for armed in self.armed())

    def strike(self, asked: Asked) -> list[Armed]:
        """
        Return the faults that strike a request, and count them; with those that may do so later.
        """
        return self._strike(asked, of_messages=False)

    def strike_message(self, asked: Asked) -> Armed | None:
        """Return the fault that strikes a message of a stream, and count it."""
        return next(iter(self._strike(asked, of_messages=True)), None)

    def _strike(self, asked: Asked, *, of_messages: bool) -> list[Armed]:
        now_s, is_struck, struck = self._clock(), False, list[Armed]()
        for armed in self._armed.values():
            kind = armed.fault.kind
            if (kind in MESSAGES) is not of_messages:
                continue
            is_added = kind in ADDED
            if (is_struck and not is_added) or armed.is_over(now_s) or not armed.fits(asked):
                continue
            if kind in LATER or armed.strikes(now_s):
                struck.append(armed)
                is_struck = is_struck or not is_added
        return struck

    def strikes_later(self, armed: Armed) -> bool:
        """Return whether a fault strikes now what it was found for before; if so count it."""
        return armed.number in self._armed and armed.strikes(self._clock())

    def _forget(self, now_s: float) -> None:
        for number, armed in list(self._armed.items()):
            if len(self._armed) <= REMEMBERED_MAX:
                return
            if armed.is_over(now_s):
                del self._armed[number]
