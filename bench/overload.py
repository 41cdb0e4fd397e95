"""
Many connections and more than can be served: what a cancel waits then, beside a calm hour.

Orders and cancels come on connections of their own, each as a Poisson process: a request has its
time of arrival whether or not a connection is free, and its latency counts from there. A slow
server cannot hide its queue that way. One request in ten is a cancel.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from bench.coinbase_intx import Coinbase
from bench.figures import Figure
from bench.load import OK, Connections
from bench.served import Server, address_of
from bench.sizes import Size
from bench.speaker import spelled
from bench.stand import Loaded, Stand

VENUE = "coinbase-intx"
PART = "overload"
CANCELS_SHARE = 0.1
LOADS = {"half of what it can": 0.5, "twice what it can": 2.0}
# How much longer than at half load a cancel may take at twice the load.
LONGER_MAX = 3
NS_PER_S = 1_000_000_000
NAP_S = 0.000_1


class Stream:
    """Requests that arrive at their own time, and connections to send them on."""

    def __init__(
        self, connections: Connections, requests: list[bytes], rate_per_s: float, seed: int
    ) -> None:
        self._connections = connections
        self._free = deque(connections.numbers)
        self._sent_for: dict[int, int] = {}
        self._requests = iter(requests)
        chance, at = random.Random(seed), time.perf_counter_ns()
        self._arrivals = deque[int]()
        for _ in requests:
            at += int(chance.expovariate(rate_per_s) * NS_PER_S)
            self._arrivals.append(at)
        self.taken_ns: list[int] = []
        self.refused_ns: list[int] = []

    @property
    def is_busy(self) -> bool:
        """Whether something is still to be sent or answered."""
        return bool(self._arrivals or self._sent_for)

    def step(self) -> bool:
        """Send what has arrived and take the answers there are; return whether there was any."""
        sent = answered = False
        while self._arrivals and self._free and self._arrivals[0] <= time.perf_counter_ns():
            number = self._free.popleft()
            self._sent_for[number] = self._arrivals.popleft()
            self._connections.send(number, next(self._requests))
            sent = True
        for number, answer in self._connections.answers(0):
            latencies = self.taken_ns if answer.startswith(OK) else self.refused_ns
            latencies.append(time.perf_counter_ns() - self._sent_for.pop(number))
            self._free.append(number)
            answered = True
        return sent or answered


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield what cancels and refusals take at half and at twice the load."""
    _allow_descriptors()
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as name,
        Server((VENUE,), "--data", name) as server,
    ):
        about = server.venue(VENUE)
        address = address_of(about["base_url"])
        with Connections(address, size.connections) as few:
            stand = Stand(Loaded(server, few), Coinbase(about))
            stand.cancel(stand.place(size.connections)[0])
            p99_ms = []
            for row, load in LOADS.items():
                orders, spent = stand.place(size.crowd // 2)
                rate_per_s = spent.per_s * load
                requests = _requests(stand, int(rate_per_s * size.overload_s), orders)
                cancels, places = _loaded(address, size.crowd, requests, rate_per_s)
                p99_ms.append(_quantile_ms(cancels.taken_ns, 0.99))
                yield from _figures(row, rate_per_s, cancels, places)
            half, twice = p99_ms
            yield Figure(PART, row, "/ at half", twice / half, goal=LONGER_MAX, at_most=True)


def _requests(stand: Stand, count: int, orders: list[str]) -> tuple[list[bytes], list[bytes]]:
    """Return that many requests, cancels and places apart."""
    asked = min(len(orders), max(1, int(count * CANCELS_SHARE)))
    to_cancel = [spelled(stand.speaker.cancel(order_id)) for order_id in orders[:asked]]
    return to_cancel, [spelled(request) for request in stand.orders(max(1, count - asked))]


def _loaded(
    address: tuple[str, int],
    crowd: int,
    requests: tuple[list[bytes], list[bytes]],
    rate_per_s: float,
) -> tuple[Stream, Stream]:
    """Return the streams of cancels and places once all is answered."""
    many = max(1, int(crowd * CANCELS_SHARE))
    # Opened only now, for a server closes connections that have been idle for long.
    with Connections(address, many) as few, Connections(address, crowd - many) as most:
        cancels = Stream(few, requests[0], rate_per_s * CANCELS_SHARE, seed=1)
        places = Stream(most, requests[1], rate_per_s * (1 - CANCELS_SHARE), seed=2)
        _run((cancels, places))
    return cancels, places


def _run(streams: tuple[Stream, Stream]) -> None:
    while any(stream.is_busy for stream in streams):
        steps = [stream.step() for stream in streams]
        if not any(steps):
            time.sleep(NAP_S)


def _figures(row: str, rate_per_s: float, cancels: Stream, places: Stream) -> Iterator[Figure]:
    assert not cancels.refused_ns, f"{len(cancels.refused_ns)} cancels were refused"
    yield Figure(PART, row, "asked/s", rate_per_s, "/s")
    for column, latencies, part in (
        ("cancels p50, ms", cancels.taken_ns, 0.5),
        ("p99, ms", cancels.taken_ns, 0.99),
        ("orders taken p99, ms", places.taken_ns, 0.99),
        ("refused p99, ms", places.refused_ns, 0.99),
    ):
        if latencies:
            yield Figure(PART, row, column, _quantile_ms(latencies, part), "ms")
    refused = len(places.refused_ns) / (len(places.refused_ns) + len(places.taken_ns))
    yield Figure(PART, row, "refused", refused)


def _quantile_ms(latencies_ns: list[int], part: float) -> float:
    return sorted(latencies_ns)[int(part * len(latencies_ns))] / 1e6


def _allow_descriptors() -> None:
    # The server inherits it.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
