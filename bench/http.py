"""
The whole server: durable, signed cancels over HTTP, against the same server answering an empty 200.

The server runs as anyone would run it, in a process of its own with its journal on this disk; this
process is the load generator. Requests are built and signed before a phase starts, so that only
sending is timed, and every phase runs on the same connections.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice, repeat
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable
from urllib.parse import urlsplit

from msgspec import Struct

from bench.load import Connections, Measured

CONNECTIONS = 64
ROUNDS = 3
PHASE_S = 3.0
CANCELS_A_PHASE = 90_000
OPEN_LOOP_S = 8
# So many orders an account can have written down and not yet placed.
STAGED_AT_ONCE = 1_000
PING = b"GET /_countermand/ping HTTP/1.1\r\nhost: bench\r\n\r\n"


class Speaker(Protocol):
    """Knows a venue's bytes: what each venue's file in this folder offers."""

    def __init__(self, venue: dict[str, Any]) -> None:
        """Take what the ready line says of the venue."""

    def place(self, index: int) -> bytes:
        """Return a whole signed request for an order that will rest."""

    def order_id(self, answer: bytes) -> str:
        """Return the id of the order a place answered."""

    def cancel(self, order_id: str) -> bytes:
        """Return a whole signed request that cancels it."""


@runtime_checkable
class Staging(Protocol):
    """What a venue's file offers besides where placing an order takes a second request."""

    def submit(self, answer: bytes) -> bytes:
        """Return the request that places what `answer` says was written down."""


@runtime_checkable
class Bounded(Protocol):
    """
    What a venue's file has besides where no more orders than that can rest at once, or where more
    would take long to place and tell nothing.
    """

    orders_max: int


class Server:
    """A served exchange in a directory of its own."""

    def __init__(self, venue: str, data: Path, *more: str) -> None:
        started = time.perf_counter()
        command = [sys.executable, "-m", "countermand", "serve", "--json", "--port", "0"]
        command += ["--venue", venue, "--data", str(data), "--log-level", "error", *more]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603 -- our own
        assert self._process.stdout is not None
        self.ready = json.loads(self._process.stdout.readline())
        self.start_up_s = time.perf_counter() - started
        self.venue = self.ready["venues"][venue]
        parts = urlsplit(self.venue["base_url"])
        self.address = (str(parts.hostname), int(parts.port or 80))

    def stop(self) -> None:
        """Stop it as an operator would. Idempotent."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        # A phase that failed must not leave a server behind.
        self.stop()


class Figures(Struct):
    """What one run measured; rates per second, latencies in microseconds."""

    ping_per_s: float
    place_per_s: float
    cancel_per_s: float
    latency_rate_per_s: float
    p50_us: float
    p99_us: float
    p999_us: float
    fdatasync_us: float
    start_up_s: float
    restart_s: float
    entries: int


def measure(venue: str, speaker_of: type[Speaker]) -> Figures:
    """Run every phase against one server, and start it again on what it kept."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        data = Path(name)
        with Server(venue, data) as server:
            connections = Connections(server.address, CONNECTIONS)
            speaker = speaker_of(server.venue)
            size = speaker.orders_max if isinstance(speaker, Bounded) else CANCELS_A_PHASE
            pings, places, cancels = _closed_loops(connections, speaker, size)
            rate = statistics.median(cancels) / 2
            count = min(int(rate * OPEN_LOOP_S), size)
            orders, _ = rest(connections, speaker, ROUNDS * size, count)
            requests = [speaker.cancel(order_id) for order_id in orders]
            open_loop = connections.open_loop(requests, rate, seed=1)
            assert not open_loop.refused, f"{open_loop.refused} cancels were refused"
            sync_us = fdatasync_us(data)
            connections.close()
        with Server(venue, data) as again:
            pass
        return Figures(
            ping_per_s=statistics.median(pings),
            place_per_s=statistics.median(places),
            cancel_per_s=statistics.median(cancels),
            latency_rate_per_s=rate,
            p50_us=open_loop.quantile_ns(0.5) / 1e3,
            p99_us=open_loop.quantile_ns(0.99) / 1e3,
            p999_us=open_loop.quantile_ns(0.999) / 1e3,
            fdatasync_us=sync_us,
            start_up_s=server.start_up_s,
            restart_s=again.start_up_s,
            entries=2 * (ROUNDS * size + count),
        )


def _closed_loops(
    connections: Connections, speaker: Speaker, size: int
) -> tuple[list[float], list[float], list[float]]:
    pings, places, cancels = [], [], []
    for index in range(ROUNDS):
        pings.append(connections.closed_loop(repeat(PING), PHASE_S).per_s)
        orders, rate = rest(connections, speaker, index * size, size)
        places.append(rate)
        cancels.append(cancel_all(connections, speaker, orders).per_s)
    return pings, places, cancels


def rest(
    connections: Connections, speaker: Speaker, first: int, count: int
) -> tuple[list[str], float]:
    """Place `count` orders and return their ids and the rate it went at."""
    ids, seconds = list[str](), 0.0
    at_once = STAGED_AT_ONCE if isinstance(speaker, Staging) else count
    for start in range(first, first + count, at_once):
        size = min(at_once, first + count - start)
        answers, spent = _answered(connections, _fresh(speaker, start, size))
        if isinstance(speaker, Staging):
            seconds += spent
            answers, spent = _answered(connections, map(speaker.submit, answers))
        seconds += spent
        ids += [speaker.order_id(answer) for answer in answers]
    return ids, count / seconds


def _answered(connections: Connections, requests: Iterator[bytes]) -> tuple[list[bytes], float]:
    answers: list[bytes] = []
    done = connections.closed_loop(requests, float("inf"), answers)
    assert not done.refused, f"{done.refused} orders were refused: {answers[-1]!r}"
    return answers, done.seconds


def _fresh(speaker: Speaker, first: int, count: int) -> Iterator[bytes]:
    # Signed as they go: a signature is good for seconds only, and placing is not what is compared.
    return (speaker.place(index) for index in range(first, first + count))


def cancel_all(connections: Connections, speaker: Speaker, orders: list[str]) -> Measured:
    """Cancel orders for the length of a phase, and untimed what is left of them."""
    requests = [speaker.cancel(order_id) for order_id in orders]
    done = connections.closed_loop(iter(requests), PHASE_S)
    assert not done.refused, f"{done.refused} cancels were refused"
    connections.closed_loop(islice(requests, done.answers, None), float("inf"))
    return done


def fdatasync_us(directory: Path, rounds: int = 500) -> float:
    """Return the median time to make 200 appended bytes durable, in microseconds."""
    times = []
    with (directory / "fdatasync.probe").open("wb") as file:
        for _ in range(rounds):
            started = time.perf_counter()
            file.write(bytes(200))
            file.flush()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - started) * 1e6)
    return statistics.median(times)
