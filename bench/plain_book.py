"""
A bare price-time book, the yardstick: no money, no accounts, no events, no names, no checks.

It knows the tuples of `workloads` and nothing of ours, and is as fast as plain Python of this
size gets. What an exchange costs beyond it is what it promises beyond it.
"""

from __future__ import annotations

from heapq import heappop, heappush

NEW, CANCEL, REPLACE = range(3)

# An order is [number, is_buy, price, left, executed].
Order = list[int]


class PlainBook:
    """Two ladders of price levels, each level a queue, and every order by its number."""

    def __init__(self) -> None:
        self.traded_lots = 0
        self.number = 0
        self._orders: dict[int, Order] = {}
        # By side: a level by price, and a heap of prices in which a level may be gone already.
        self._levels: tuple[dict[int, dict[int, Order]], ...] = ({}, {})
        self._prices: tuple[list[int], list[int]] = ([], [])

    def apply(self, command: tuple[int, ...]) -> None:
        """Do what the command says; one for an order that is gone does nothing."""
        self.number += 1
        if command[0] == NEW:
            _, _, is_buy, price, qty = command
            self._enter([self.number, is_buy, price, qty, 0])
        elif (order := self._orders.get(command[2])) is not None:
            if command[0] == CANCEL:
                self._remove(order)
            else:
                self._replace(order, command[3])

    def _enter(self, order: Order) -> None:
        number, is_buy, price, _, _ = order
        prices, levels = self._prices[not is_buy], self._levels[not is_buy]
        sign = 1 if is_buy else -1
        while order[3] and prices:
            # A heap of bids holds them negated, so that its first is the best of either side.
            best = prices[0] * sign
            if (level := levels.get(best)) is None:
                heappop(prices)
            elif (price - best) * sign < 0:
                break
            else:
                self._match(order, level)
        if order[3]:
            self._orders[number] = order
            level = self._levels[is_buy].get(price)
            if level is None:
                level = self._levels[is_buy][price] = {}
                heappush(self._prices[is_buy], -price if is_buy else price)
            level[number] = order

    def _match(self, taker: Order, level: dict[int, Order]) -> None:
        while taker[3] and level:
            maker = next(iter(level.values()))
            lots = min(taker[3], maker[3])
            self.traded_lots += lots
            for order in (taker, maker):
                order[3] -= lots
                order[4] += lots
            if not maker[3]:
                self._remove(maker)

    def _remove(self, order: Order) -> None:
        number, is_buy, price, _, _ = order
        del self._orders[number]
        level = self._levels[is_buy][price]
        del level[number]
        if not level:
            del self._levels[is_buy][price]

    def _replace(self, order: Order, qty: int) -> None:
        left = qty - order[4]
        if left <= 0:
            return
        if left > order[3]:
            # More quantity goes behind the others.
            level = self._levels[order[1]][order[2]]
            level[order[0]] = level.pop(order[0])
        order[3] = left
