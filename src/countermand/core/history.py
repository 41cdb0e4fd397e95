"""
History: the full record of what is over, and of every fill. Queries read it, no decision does.

The core hands over each record once (`State.ended`, `State.filled`) and keeps of a closed order
only what decisions need, see `closed.py`. The records follow from the entries alone, so a replay
brings about the same ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol

from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import ListFills, ListOrders
from countermand.vocabulary.reports import Fill, OrderReport


class History(Protocol):
    """Where records go, and what is read of them. What is not there yet is found nowhere."""

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """
        Take the records of the entries up to `seq`, in the order they came about in.

        Records of entries that were taken before are passed over.
        """

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return a closed order as it ended, or None."""

    def count(self, query: ListOrders) -> int:
        """Return how many closed orders a query asks for, on all its pages."""

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """
        Yield the closed orders a query asks for, of all pages, in the order of `placed`; the first
        `passed` are passed over.
        """

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """
        Yield the fills a query asks for, those of all pages, in the query's order.

        Of one match the maker's comes first.
        """

    def count_fills(self, query: ListFills) -> int:
        """Return how many fills a query asks for, on all its pages."""


def placed(now: OrderReport) -> tuple[int, int]:
    """Return what orders are listed by: when they were placed, then their ids."""
    return now.submit_ns, now.order_id


def is_asked_for(now: OrderReport, query: ListOrders) -> bool:
    """Return whether an order of the accounts that are asked about is one that is asked for."""
    return (
        (query.side is None or now.terms.side is query.side)
        and (query.instrument_ids is None or now.instrument_id in query.instrument_ids)
        and (query.ord_statuses is None or now.ord_status in query.ord_statuses)
        and (query.since_ns is None or now.submit_ns >= query.since_ns)
        and (query.until_ns is None or now.submit_ns <= query.until_ns)
    )


def listed(fills: Iterable[Fill], query: ListFills) -> Iterator[Fill]:
    """
    Yield those of the fills that are asked for.

    Shape:  they are given as they came about, and the last first unless the query is ascending.
    """
    chosen = (fill for fill in fills if is_wanted(fill, query))
    if query.ascending:
        yield from chosen
        return
    for _, sides in groupby(chosen, _match_id):
        yield from reversed(tuple(sides))


def is_wanted(fill: Fill, query: ListFills) -> bool:
    """Return whether a fill is one that is asked for."""
    return (
        fill.account_id in query.account_ids
        and (query.order_id is None or fill.order_id == query.order_id)
        and (query.cl_ord_id is None or fill.cl_ord_id == query.cl_ord_id)
        and (query.instrument_ids is None or fill.instrument_id in query.instrument_ids)
        and (query.since_ns is None or fill.ts_ns >= query.since_ns)
        and (query.until_ns is None or fill.ts_ns <= query.until_ns)
        and (query.until_match_id is None or fill.match_id <= query.until_match_id)
    )


def _match_id(fill: Fill) -> int:
    return fill.match_id


class Recent:
    """A history in memory, without an index: every question looks at all there is."""

    def __init__(self) -> None:
        self._orders: dict[OrderId, OrderReport] = {}
        self._fills: list[Fill] = []

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """Take records; `seq` says nothing here, for it is asked of one exchange only."""
        self._orders.update((now.order_id, now) for now in ended)
        self._fills += fills

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return a closed order, or None."""
        return self._orders.get(order_id)

    def count(self, query: ListOrders) -> int:
        """Return how many closed orders are asked for."""
        return sum(1 for _ in self._asked_for(query))

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """Yield them in order."""
        each = sorted(self._asked_for(query), key=placed, reverse=not query.ascending)
        yield from each[passed:]

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """Yield the fills that are asked for."""
        return listed(self._fills if query.ascending else reversed(self._fills), query)

    def count_fills(self, query: ListFills) -> int:
        """Return how many fills are asked for."""
        return sum(is_wanted(fill, query) for fill in self._fills)

    def _asked_for(self, query: ListOrders) -> Iterable[OrderReport]:
        return (
            now
            for now in self._orders.values()
            if now.account_id in query.account_ids and is_asked_for(now, query)
        )


class Dropped:
    """A history that keeps nothing, of an exchange that is not asked what is over."""

    def add(self, seq: int, ended: Sequence[OrderReport], fills: Sequence[Fill]) -> None:
        """Keep nothing."""

    def order(self, order_id: OrderId) -> OrderReport | None:
        """Return None."""

    def count(self, query: ListOrders) -> int:
        """Return 0."""
        return 0

    def orders(self, query: ListOrders, passed: int = 0) -> Iterator[OrderReport]:
        """Yield nothing."""
        return iter(())

    def fills(self, query: ListFills) -> Iterator[Fill]:
        """Yield nothing."""
        return iter(())

    def count_fills(self, query: ListFills) -> int:
        """Return 0."""
        return 0
