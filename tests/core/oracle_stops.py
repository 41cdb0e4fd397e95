"""
The oracle's other ends: orders that come in by slices, and what cancels all of an account.
"""

from types import SimpleNamespace
from typing import Any

from tests.core import oracle_money as money
from tests.core.oracle_order import Order

Event = tuple[Any, ...]


class Stops:
    """Schedules, switches and kills; all else is the oracle's."""

    ts_ns: int
    accounts: dict[int, SimpleNamespace]
    instruments: dict[int, SimpleNamespace]
    switches: dict[int, tuple[int, bool]]

    def __getattr__(self, name: str) -> Any:
        """The rest of the oracle."""
        raise AttributeError(name)

    def _slice(self, order: Order) -> list[Event]:
        # An even part of what is left, rounded up, at the limit and no longer.
        schedule = order.schedule or {}
        slices, instrument = schedule["slices"], self.instruments[order.instrument]
        order.schedule = {**schedule, "slices": slices - 1}
        order.next_ns = order.next_ns + schedule["interval_ns"] if slices > 1 else 0
        told: list[Event] = [("OrderRestated", order.order_id, order.qty, order.price, 0)]
        where = (order.account, instrument, order.side)
        is_open = instrument.trading_state in ("TRADING", "LIMIT_ONLY")
        if is_open and self._can_afford(*where, order.price, order.leaves, order):
            told += self._take(order, -(-order.leaves // slices))
        if order.is_open and slices == 1:
            told.append(self._cancel(order, "SCHEDULE_ENDED"))
        elif not order.is_open:
            order.next_ns = 0
            self._remember(order)
        return told

    def _take(self, order: Order, lots: int) -> list[Event]:
        # As an order of so much that comes in and never rests; what it loses the whole one loses.
        part = Order(**{**vars(order), "qty": order.cum + lots})
        found = self.live.index(order)
        place = self.orders.index(order)
        self.live[found] = self.orders[place] = part
        told: list[Event] = self._match(part)
        self.live[self.live.index(part)] = order
        self.orders[self.orders.index(part)] = order
        lost = order.cum + lots - part.qty
        order.qty -= lost
        order.cum, order.accrued, order.charged = part.cum, part.accrued, part.charged
        if order.cum:
            order.status = "FILLED" if order.cum == order.qty else "PARTIALLY_FILLED"
        return [self._of_whole(event, order) for event in told]

    @staticmethod
    def _of_whole(event: Event, order: Order) -> Event:
        if event[0] == "OrderRestated" and event[1] == order.order_id:
            return ("OrderRestated", order.order_id, order.qty, 0, 0)
        return event

    def protects(self, order: Order) -> bool:
        """Whether an order sleeps, and can only take a loss short."""
        if not order.trigger or not (order.asleep or order.held):
            return False
        if not money.has_positions(self.instruments[order.instrument]):
            return order.side == "SELL"
        return bool(order.leaves <= self._cover(order.account, order.instrument, order.side))

    def _end_all(self, account: int, reason: str, spares: bool) -> list[Event]:
        mine = sorted(self._open(account), key=lambda o: o.order_id)
        gone = [o for o in mine if not (spares and self.protects(o))]
        return [*[self._cancel(o, reason) for o in gone], ("MassCanceled", len(gone))]

    def on_cancel_on_disconnect(self, c: SimpleNamespace) -> list[Event]:
        """All that is open goes, but for what protects where that is spared."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        return self._end_all(c.account_id, "DISCONNECTED", c.spares_protective)

    def on_set_kill(self, c: SimpleNamespace) -> list[Event]:
        """Nothing new is taken until the account is let go on."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        self.accounts[c.account_id].is_killed = c.is_killed
        told: list[Event] = [("KillSet", c.account_id, c.is_killed)]
        if not c.is_killed:
            return told
        return told + self._end_all(c.account_id, "KILLED", c.spares_protective)

    def on_set_dead_man(self, c: SimpleNamespace) -> list[Event]:
        """It goes off once, unless it is set again before."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        if c.timeout_ns < 0:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.switches.pop(c.account_id, None)
        due_ns = 0
        if c.timeout_ns:
            due_ns = self.ts_ns + c.timeout_ns
            self.switches[c.account_id] = (due_ns, c.spares_protective)
        return [("DeadManSet", c.account_id, due_ns, c.spares_protective)]

    def _fire(self, account: int) -> list[Event]:
        _, spares = self.switches.pop(account)
        return [("DeadManFired", account), *self._end_all(account, "DEAD_MAN", spares)]
