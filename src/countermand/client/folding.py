"""
Folding: one state of an account's orders, out of pictures that come late, twice or out of order.

A picture of an order is newer than another when more of it has traded, or when it has traded as
much and is over where the other was open. So a picture that comes twice changes nothing, a cancel
that is told before the last fill does not undo it, and an order that is over is never open again.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from msgspec.structs import replace

from countermand.client import events, people
from countermand.client.deadline import S
from countermand.client.session import Session
from countermand.vocabulary.reports import OrderReport

# The number of closed orders that are remembered, the newest.
CLOSED_MAX = 10_000

# A venue's clock is known no better than this.
SLACK_NS = 2 * S


class Orders:
    """The orders of an account, by the venue's own texts."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._open: dict[str, OrderReport] = {}
        self._closed: dict[str, OrderReport] = {}
        self._since_ns = 0

    @property
    def open(self) -> dict[str, OrderReport]:
        """The orders that are open, by the venue's text."""
        return dict(self._open)

    def snapshot(self, *, is_again: bool) -> events.Snapshot:
        """Return the open orders as they are."""
        shown = tuple(people.order_of(self._session, one) for one in self._open.values())
        return events.Snapshot(shown, is_again)

    def watch_since(self, now_ns: int) -> None:
        """Take that the stream was opened, for the first time, at a moment of the venue's clock."""
        self._since_ns = self._since_ns or now_ns - SLACK_NS

    def begin(self, report: OrderReport) -> None:
        """Take an order of the first snapshot, of which nothing is to be told besides."""
        self._put(people.id_text(self._session, report), report)

    def apply(self, report: OrderReport) -> Iterator[events.OrderEvent]:
        """Take a picture, and yield what is new of it."""
        name = people.id_text(self._session, report)
        was = self._open.get(name) or self._closed.get(name)
        if was is None and self._is_past(report):
            self._put(name, report)
            return
        if was is not None:
            if not _is_newer(report, was):
                return
            if not was.is_open and report.is_open:
                # It is over; the picture is older but for the fill it tells of.
                report = _closed_as(was, report)
        self._put(name, report)
        order = people.order_of(self._session, report)
        if (filled := self._filled(order, report, was)) is not None:
            yield filled
        yield events.OrderUpdated(order)

    def lose(self, name: str) -> Iterator[events.OrderEvent]:
        """Take that an open order is not there any more, and what became of it is not told."""
        if (report := self._open.pop(name, None)) is not None:
            yield events.Gone(people.order_of(self._session, report))

    def _is_past(self, report: OrderReport) -> bool:
        # Some venues tell first of orders that were over before.
        return not report.is_open and 0 < report.transact_ns < self._since_ns

    def _filled(
        self, order: people.Order, report: OrderReport, was: OrderReport | None
    ) -> events.Filled | None:
        before, notional = (was.cum_qty_lots, was.cum_notional_minor) if was else (0, 0)
        if (lots := report.cum_qty_lots - before) <= 0:
            return None
        one = self._session.directory.instruments[report.instrument_id]
        new = replace(
            report, cum_qty_lots=lots, cum_notional_minor=report.cum_notional_minor - notional
        )
        price: Decimal | None = people.average(one, new)
        return events.Filled(order, people.qty(one, lots), price)

    def _put(self, name: str, report: OrderReport) -> None:
        self._open.pop(name, None)
        self._closed.pop(name, None)
        if report.is_open:
            self._open[name] = report
            return
        self._closed[name] = report
        if len(self._closed) > CLOSED_MAX:
            del self._closed[next(iter(self._closed))]


def _is_newer(report: OrderReport, was: OrderReport) -> bool:
    if report.cum_qty_lots != was.cum_qty_lots:
        return report.cum_qty_lots > was.cum_qty_lots
    if report.is_open != was.is_open:
        return was.is_open
    if not report.is_open:
        return False
    return report.transact_ns >= was.transact_ns and _stands(report) != _stands(was)


def _stands(report: OrderReport) -> tuple[object, ...]:
    terms = report.terms
    return (report.ord_status, report.leaves_qty_lots, terms.order_qty_lots, terms.price_ticks)


def _closed_as(was: OrderReport, report: OrderReport) -> OrderReport:
    return replace(
        was, cum_qty_lots=report.cum_qty_lots, cum_notional_minor=report.cum_notional_minor
    )
