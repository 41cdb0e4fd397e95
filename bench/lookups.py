"""What one act costs beside a long history, and beside a short one: processor time of the core."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from statistics import median

from bench.orders import Drawn
from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import CancelOrder, Command, Entry, MassCancel, NewOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.queries import GetOrder, ListFills, ListOpenOrders, ListOrders
from countermand.vocabulary.receipt import Receipt

ROUNDS, ACTS = 9, 400

# Of no load before: client ids are drawn too, and are not given twice.
SEED = 10**9


def ratios(short: Exchange, long: Exchange) -> Iterator[tuple[str, float, float]]:
    """
    Yield of each act its name, its microseconds with a long history, and of with a short one.

    A ratio is the median of slices that ran one right after the other.
    """
    sides = (_Side(short), _Side(long))
    slices = [[side.slice() for side in sides] for _ in range(ROUNDS)]
    for name in slices[0][0]:
        pairs = [(brief[name], lengthy[name]) for brief, lengthy in slices]
        ratio = median(lengthy / brief for brief, lengthy in pairs)
        yield name, median(lengthy for _, lengthy in pairs) * 1e6, ratio


class _Side:
    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._drawn = Drawn(exchange.query, SEED)
        self._account = self._drawn.account
        self._do(MassCancel(self._account))

    def slice(self) -> dict[str, float]:
        """Return the processor time of each act, in seconds."""
        account, query = self._account, self._exchange.query
        commands = [self._drawn.resting(account) for _ in range(ACTS)]
        placed = iter(commands)
        orders: list[OrderId] = []
        times = {"place": _timed(lambda: orders.append(self._placed(next(placed))))}
        ids, names = iter(orders), iter(commands)
        times["get by id"] = _timed(lambda: query(GetOrder(account, next(ids))))
        times["get by client id"] = _timed(
            lambda: query(GetOrder(account, OrderId(0), next(names).cl_ord_id))
        )
        times["list open"] = _timed(lambda: query(ListOpenOrders((account,), limit=10)))
        times["list closed"] = _timed(lambda: query(ListOrders((account,), limit=10)))
        times["list fills"] = _timed(lambda: query(ListFills((account,), limit=10)))
        ids = iter(orders)
        times["cancel"] = _timed(lambda: self._do(CancelOrder(account, next(ids))))
        return times

    def _placed(self, command: NewOrder) -> OrderId:
        [now] = self._do(command).orders
        return now.order_id

    def _do(self, command: Command) -> Receipt:
        exchange = self._exchange
        return exchange.apply(Entry(exchange.seq + 1, exchange.ts_ns + 1, command))


def _timed(act: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(ACTS):
        act()
    return (time.process_time() - began) / ACTS
