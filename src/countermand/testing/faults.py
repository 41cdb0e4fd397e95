"""Faults: what goes wrong between a client and its venue, as a test asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermand.faults.fault import Report
    from countermand.testing.acts import Acts


class Faults:
    """The faults of an exchange; docs/testing/faults.md has a recipe for each kind."""

    def __init__(self, exchange: Acts) -> None:
        self._exchange = exchange

    def add(self, kind: str, **fields: Any) -> Report:
        """
        Let something go wrong from the next request on, until it is cleared or has struck `count`
        times: `add("lost-after", operation="cancel-order", count=2)`. The fields are those of
        `add-fault`; none means any request.
        """
        report: Report = self._exchange.call("add-fault", kind=kind, **fields)
        return report

    def reports(self) -> tuple[Report, ...]:
        """Return every fault that was set, and how often each struck."""
        found: tuple[Report, ...] = self._exchange.call("list-faults").faults
        return found

    def clear(self, number: int | None = None) -> None:
        """Forget a fault, or all."""
        self._exchange.call("clear-faults", number=number)
