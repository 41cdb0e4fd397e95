"""
Audit: a look at a little of the state between two entries, which changes nothing.

What it looks at is bounded: so many open orders at a time, one after the other for ever, and with
each its market's best prices. It says of which market a rule is broken, for the one who runs the
exchange to let that market accept nothing but cancels.
"""

from collections.abc import Iterator

from msgspec import Struct

from countermand.core.invariants import check_open_order
from countermand.core.order import Order
from countermand.core.state import State
from countermand.vocabulary.ids import InstrumentId


class Fault(Struct, frozen=True):
    """A rule that is broken on a market, in words."""

    instrument_id: InstrumentId
    text: str


class Auditor:
    """Looks at `orders_max` open orders at a time, and begins anew when it has seen all."""

    def __init__(self, state: State, orders_max: int) -> None:
        self._state, self._orders_max = state, orders_max
        self._round: Iterator[Order] = iter(())

    def look(self) -> Fault | None:
        """Look at the next few orders; return the first fault there is, or None."""
        for _ in range(self._orders_max):
            order = next(self._round, None)
            if order is None:
                self._round = self._each()
                return None
            try:
                check_open_order(self._state, order)
            except AssertionError as error:
                return Fault(order.now.instrument_id, str(error))
        return None

    def _each(self) -> Iterator[Order]:
        # An account's orders are listed when its turn comes; those that have ended by theirs are
        # passed over, and those that came since are for the next round.
        for account in tuple(self._state.accounts.values()):
            for order in tuple(account.open_orders.values()):
                if order.now.is_open:
                    yield order
