"""
What the core is asked to do, as plain tuples, so that any exchange can be fed the same.

A command is `(NEW, account, is_buy, price, qty)`, `(CANCEL, account, order)` or
`(REPLACE, account, order, qty)`; an account is a number below `ACCOUNTS`, and an order is known by
the number of its command, counted from 1 over set-up and timed commands alike.

Buyers are accounts of even number and sellers of odd, so that no order meets its own account's.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

NEW, CANCEL, REPLACE = range(3)
ACCOUNTS = 20
LEVELS_A_SIDE = 1_000
MIDDLE_TICKS = 600_000
QTY_LOTS = 100

Command = tuple[int, ...]


class Workload(NamedTuple):
    """Commands that make the market as it shall be, and those whose time is taken."""

    setup: list[Command]
    timed: list[Command]


class Chance(random.Random):
    """Draws commands; the same seed draws the same ones."""

    def rest(self) -> Command:
        """Return an order that rests: its price lies on its own side of the middle."""
        return self.place(self.random() < 0.5, -self.randint(1, LEVELS_A_SIDE))

    def place(self, is_buy: bool, beyond: int, qty: int = QTY_LOTS) -> Command:
        """Return an order so many ticks beyond the middle, seen from its own side."""
        account = 2 * self.randrange(ACCOUNTS // 2) + (not is_buy)
        return (NEW, account, is_buy, MIDDLE_TICKS + (beyond if is_buy else -beyond), qty)


def cancel(count: int, chance: Chance) -> Workload:
    """Cancel a book empty, in random order."""
    setup = [chance.rest() for _ in range(count)]
    timed = [(CANCEL, order[1], number) for number, order in enumerate(setup, 1)]
    chance.shuffle(timed)
    return Workload(setup, timed)


def rest(count: int, chance: Chance) -> Workload:
    """Place orders that rest, beside a quarter as many."""
    return Workload(
        [chance.rest() for _ in range(count // 4)], [chance.rest() for _ in range(count)]
    )


def cross(count: int, chance: Chance) -> Workload:
    """Place orders that trade at once, with one resting order or with parts of two."""
    setup = [chance.rest() for _ in range(2 * count)]
    timed = [
        chance.place(number % 2 == 0, LEVELS_A_SIDE, chance.choice((QTY_LOTS, QTY_LOTS // 2)))
        for number in range(count)
    ]
    return Workload(setup, timed)


def mixed(count: int, chance: Chance) -> Workload:
    """45 % places, of which a tenth trade; 45 % cancels; 10 % replaces, up and down."""
    setup = [chance.rest() for _ in range(count // 2)]
    live = [(order[1], number) for number, order in enumerate(setup, 1)]
    timed: list[Command] = []
    for number in range(len(setup) + 1, len(setup) + count + 1):
        draw = chance.random()
        if draw < 0.45:
            is_buy, trades = chance.random() < 0.5, chance.random() < 0.1
            order = chance.place(is_buy, chance.randint(1, 100)) if trades else chance.rest()
            timed.append(order)
            live.append((order[1], number))
        elif draw < 0.9:
            timed.append((CANCEL, *live.pop(chance.randrange(len(live)))))
        else:
            timed.append((REPLACE, *chance.choice(live), chance.randint(50, 150)))
    return Workload(setup, timed)


WORKLOADS: dict[str, Callable[[int, Chance], Workload]] = {
    "cancel": cancel,
    "mixed": mixed,
    "rest": rest,
    "cross": cross,
}
