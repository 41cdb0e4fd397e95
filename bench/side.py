"""
One side of a comparison, in a process of its own: `python -m bench.side market|plain`.

It takes a measurement to make as a line of JSON on its standard input and answers with another
line, and does nothing in between, so that the sides can take turns. Which exchange it measures is
up to PYTHONPATH. What is timed here is the thread's own processor time: another process that is
given the processor meanwhile does not count.
"""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from bench.plain_book import PlainBook
from bench.workloads import CANCEL, WORKLOADS, Chance, Command

SMALL = 1_000
# Entries of a group, after which an engine packs what has ended with it.
SETTLE_EVERY = 64


class Target(Protocol):
    """What can be fed with workloads."""

    feed: Callable[[Any], Any]

    def entries(self, tuples: Iterable[Command]) -> Iterator[Any]:
        """Yield what `feed` takes for each tuple."""

    def traded_lots(self, results: Iterable[Any]) -> int:
        """Return how much was traded by what `feed` returned."""


class Plain:
    """The bare book as a target."""

    def __init__(self, kind: str) -> None:
        self._book = PlainBook()
        self.feed = self._book.apply

    def entries(self, tuples: Iterable[Command]) -> Iterator[Command]:
        """Yield the tuples as they are."""
        return iter(tuples)

    def traded_lots(self, results: Iterable[None]) -> int:
        """Return how much was traded."""
        return self._book.traded_lots


def _target_of() -> Callable[[str], Target]:
    if sys.argv[1] == "plain":
        return Plain
    # The plain side must run where there is no exchange to import.
    from bench.shapes import Market  # noqa: PLC0415  (see above)

    return Market


def seconds_for(target: Target, tuples: Iterable[Command]) -> float:
    """Return how long the commands take, without the collector in between."""
    entries, feed = list(target.entries(tuples)), target.feed
    gc.disable()
    started = time.thread_time()
    for entry in entries:
        feed(entry)
    took = time.thread_time() - started
    gc.enable()
    return took


def work(name: str, kind: str, count: int, seed: int) -> dict[str, float]:
    """Run a workload on a fresh exchange and return its seconds."""
    workload, target = WORKLOADS[name](count, Chance(seed)), _target_of()(kind)
    seconds_for(target, workload.setup)
    gc.collect()
    return {"seconds": seconds_for(target, workload.timed)}


def prove(name: str, kind: str, count: int, seed: int) -> dict[str, int]:
    """Run a workload untimed and return what it came to, which must be the same on every side."""
    setup, timed = WORKLOADS[name](count, Chance(seed))
    target = _target_of()(kind)
    results = [target.feed(entry) for entry in target.entries([*setup, *timed])]
    return {"traded_lots": target.traded_lots(results)}


def reach(resting: int, rounds: int, cancels: int) -> dict[str, float]:
    """
    Return the median seconds of random cancels among few and among `resting` orders.

    Both books are of one process and take turns; what was canceled is placed anew each round.
    """
    grown = {size: Grown(size) for size in (SMALL, resting)}
    gc.collect()
    gc.freeze()
    times: dict[int, list[float]] = {size: [] for size in grown}
    for _ in range(rounds):
        for size, book in grown.items():
            times[size].append(book.cancel(min(cancels, size)))
    few, many = (sorted(times[size])[rounds // 2] for size in (SMALL, resting))
    return {"few": few, "many": many}


class Grown:
    """A book that is kept at one size."""

    def __init__(self, size: int) -> None:
        self._chance, self._number = Chance(size), 0
        self._target = _target_of()("perpetual")
        self._live: list[tuple[int, int]] = []
        self._fill(size)

    def cancel(self, count: int) -> float:
        """Cancel that many at random and return the seconds one took."""
        live, chosen = self._live, []
        for _ in range(count):
            at = self._chance.randrange(len(live))
            live[at], live[-1] = live[-1], live[at]
            chosen.append((CANCEL, *live.pop()))
        self._number += count
        took = seconds_for(self._target, chosen)
        self._fill(count)
        return took / count

    def _fill(self, count: int) -> None:
        feed = self._target.feed
        orders = [self._chance.rest() for _ in range(count)]
        for entry in self._target.entries(orders):
            feed(entry)
        for order in orders:
            self._number += 1
            self._live.append((order[1], self._number))


def weigh(count: int) -> dict[str, float]:
    """Return the bytes one resting order takes, all its indexes included."""
    target, chance = _target_of()("perpetual"), Chance(1)
    feed = target.feed
    # Asked for beforehand, so that only what is kept of them is weighed.
    entries = list(target.entries(chance.rest() for _ in range(count)))
    gc.collect()
    tracemalloc.start()
    for entry in entries:
        feed(entry)
    gc.collect()
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {"bytes": size / count}


def ended(count: int) -> dict[str, float]:
    """
    Return the bytes that are kept of an order that is over, and the seconds it takes to pack one.

    The records themselves are dropped: they are for a disk to keep.
    """
    from bench.shapes import Market  # noqa: PLC0415
    from countermand.core.history import Dropped  # noqa: PLC0415  (another checkout has none)

    sizes, packed_s = list[int](), 0.0
    for is_weighed in (True, False):
        market, chance = Market("perpetual"), Chance(1)
        exchange = market.exchange
        exchange.history = Dropped()
        gc.collect()
        if is_weighed:
            tracemalloc.start()
        for entry in market.entries(_placed_and_canceled(count, chance)):
            exchange.advance(entry)
            if entry.seq % SETTLE_EVERY == 0:
                began = time.thread_time()
                exchange.settle()
                packed_s += 0 if is_weighed else time.thread_time() - began
        if is_weighed:
            del entry
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0])
            tracemalloc.stop()
    return {"bytes": sizes[0] / count, "packed_s": packed_s / count}


def _placed_and_canceled(count: int, chance: Chance) -> Iterator[Command]:
    for number in range(count):
        order = chance.rest()
        yield order
        yield (CANCEL, order[1], 2 * number + 1)


def journal(orders: int, group: int) -> dict[str, float]:
    """Make places and cancels durable and then an exchange again; return entries per second."""
    # Waiting for the disk is part of an append, so there the clock on the wall counts.
    from bench.shapes import History, Market  # noqa: PLC0415  (as in `_target_of`)

    chance, market, tuples = Chance(1), Market("perpetual"), list[Command]()
    for _ in range(orders):
        tuples.append(chance.rest())
        tuples.append((CANCEL, tuples[-1][1], len(tuples)))
    history = [*market.founding_entries, *market.entries(tuples)]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        kept = History(Path(name))
        started = time.perf_counter()
        kept.append(history, group)
        append_s = time.perf_counter() - started
        started = time.thread_time()
        kept.replay()
        replay_s = time.thread_time() - started
    return {"appended": len(history) / append_s, "replayed": len(history) / replay_s}


ASKS: dict[str, Callable[..., dict[str, Any]]] = {
    ask.__name__: ask for ask in (work, prove, reach, weigh, ended, journal)
}


def main() -> None:
    """Answer until there is nothing more to read."""
    for line in sys.stdin:
        name, arguments = json.loads(line)
        print(json.dumps(ASKS[name](*arguments)), flush=True)


if __name__ == "__main__":
    main()
