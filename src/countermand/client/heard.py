"""Heard: orders that a stream told are over. None of them comes back, so that this is evidence."""

from __future__ import annotations

from msgspec import Struct

from countermand.client.outcome import Witness
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport

# The number of closed orders that are remembered, the newest.
HEARD_MAX = 10_000


class Ended(Struct, frozen=True, gc=False):
    """An order that is over, as a stream told it, and what told it."""

    report: OrderReport
    witness: Witness

    @property
    def is_whole(self) -> bool:
        """Whether nothing can follow, not even a fill that is told after the end."""
        return self.report.ord_status is OrdStatus.FILLED


class Endings:
    """
    The orders whose end a stream of this session told.

    An order is known by the venue's id, or where the venue gives none by the name that only it can
    have (a hash). Where there are ids a name tells nothing: a later order can have it.
    """

    def __init__(self) -> None:
        self._ended: dict[OrderId | str, Ended] = {}

    def take(self, report: OrderReport, now_ns: int) -> None:
        """Keep a picture that a stream told of an order that is over."""
        name = report.order_id or report.cl_ord_id
        was = self._ended.pop(name, None)
        if was is not None and was.report.cum_qty_lots >= report.cum_qty_lots:
            self._ended[name] = was
            return
        state = report.ord_status.name.lower()
        self._ended[name] = Ended(report, Witness("stream", now_ns, now_ns, state))
        if len(self._ended) > HEARD_MAX:
            del self._ended[next(iter(self._ended))]

    def of(self, query: GetOrder) -> Ended | None:
        """Return what was told of an order, if anything."""
        ended = self._ended.get(query.order_id or query.cl_ord_id)
        return ended if ended and ended.report.account_id == query.account_id else None
