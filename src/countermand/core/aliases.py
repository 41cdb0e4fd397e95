"""Aliases: client ids that need not be unique, and which order each stands for."""

from countermand.core.names import Names
from countermand.vocabulary.ids import OrderId


class Aliases:
    """
    Names that several orders may bear: each names its newest open order, or what closed last.
    """

    __slots__ = ("_closed", "_open")

    def __init__(self) -> None:
        self._open: dict[str, dict[OrderId, None]] = {}
        self._closed = Names()

    def find(self, name: str) -> OrderId | None:
        """Return the order the name stands for now, or None."""
        if bearers := self._open.get(name):
            return next(reversed(bearers))
        return self._closed.get(name)

    def add(self, name: str, order_id: OrderId) -> None:
        """Note an open order; they come in the order they were placed in."""
        self._open.setdefault(name, {})[order_id] = None

    def close(self, name: str, order_id: OrderId) -> None:
        """Note that an order closed, after all that closed before it."""
        if bearers := self._open.get(name):
            bearers.pop(order_id, None)
            if not bearers:
                del self._open[name]
        self._closed[name] = order_id

    def forget(self, name: str, order_id: OrderId) -> None:
        """Drop a closed order, unless another has closed under its name since."""
        if self._closed.get(name) == order_id:
            self._closed.drop(name)
