"""
Every venue as a client has it: durable, signed cancels and places, beside an empty 200 of uvicorn.

The slices of a round run one right after the other, with one load generator and as many
connections; a ratio is the median of the rounds' ratios. Requests are built and signed before a
slice starts.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from pathlib import Path
from statistics import median

from bench.autoshares import Autoshares
from bench.coinbase_intx import Coinbase
from bench.deltadefi import DeltaDefi
from bench.figures import Figure
from bench.load import Connections, connect, receive
from bench.loopring import Loopring
from bench.polymarket_us import Polymarket
from bench.served import Empty, Server, address_of, world_with
from bench.sizes import Size
from bench.speaker import Speaker, Staging, spelled
from countermand.server.credentials import KeyRing
from countermand.venues import VENUES
from countermand.wire.http import Request
from countermand.world import spec

SPEAKERS: Mapping[str, type[Speaker]] = {
    "deltadefi": DeltaDefi,
    "autoshares": Autoshares,
    "coinbase-intx": Coinbase,
    "loopring": Loopring,
    "polymarket-us": Polymarket,
}

# Where the signature costs most of a request, and its library lets other threads run.
THREADED = "polymarket-us"

# So many orders an account can have written down and not yet placed.
STAGED_AT_ONCE = 1_000
BLOCK = 25
PER_S = ("empty 200/s", "cancels/s", "places/s", "checks/s")
ASIDE = ("checks/s", "generator")
# One connection's median cancel may take two syncs and this much.
BEYOND_SYNCS_US = 150


class Stand:
    """A served venue, and the connections that load it."""

    def __init__(self, connections: Connections, speaker: Speaker) -> None:
        self.connections = connections
        self.speaker = speaker
        self._placed = 0

    def place(self, count: int) -> tuple[list[str], float]:
        """Place orders and return their ids and how many a second it were."""
        answers, seconds = list[bytes](), 0.0
        at_once = STAGED_AT_ONCE if isinstance(self.speaker, Staging) else count
        for start in range(0, count, at_once):
            size = min(at_once, count - start)
            came, spent = self._run(self.orders(size))
            seconds += spent
            if isinstance(self.speaker, Staging):
                came, spent = self._run([self.speaker.submit(answer) for answer in came])
                seconds += spent
            answers += came
        return [self.speaker.order_id(answer) for answer in answers], count / seconds

    def orders(self, count: int) -> list[Request]:
        """Return the next orders to place."""
        first, self._placed = self._placed, self._placed + count
        return [self.speaker.place(index) for index in range(first, self._placed)]

    def cancel(self, orders: list[str]) -> tuple[float, float]:
        """Cancel orders and return how many a second, and the generator's share of a processor."""
        requests = [spelled(self.speaker.cancel(order_id)) for order_id in orders]
        done = self.connections.run(requests)
        done.refuse_refusals()
        return done.per_s, done.share

    def _run(self, requests: list[Request]) -> tuple[list[bytes], float]:
        done = self.connections.run([spelled(request) for request in requests])
        done.refuse_refusals()
        return done.answers, done.seconds


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield the rates of every venue, and of one whose signatures are checked on a thread too."""
    with Empty() as empty, Connections(empty.address, size.connections) as connections:
        load = repeat(empty.request)

        def empty_per_s() -> float:
            return connections.run(load, size.slice_s).per_s

        for venue in SPEAKERS:
            yield from _measure(venue, venue, size, empty_per_s)
        with tempfile.TemporaryDirectory() as name:
            world = Path(name) / "world.toml"
            world.write_text(world_with(THREADED, {"verify_threads": 1}))
            row, option = f"{THREADED}, thread", ("--world", str(world))
            yield from _measure(row, THREADED, size, empty_per_s, *option)


def _measure(
    row: str, venue: str, size: Size, empty_per_s: Callable[[], float], *options: str
) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as name,
        Server((venue,), "--data", f"{name}/data", *options) as server,
    ):
        about = server.venue(venue)
        speaker = SPEAKERS[venue](about)
        with Connections(address_of(about["base_url"]), size.connections) as connections:
            stand = Stand(connections, speaker)
            rounds = list(_rounds(stand, venue, size, empty_per_s))
            yield from _rates(row, rounds, speaker.goals)
            yield from _single(row, stand, Path(name), size.single_cancels)


def _rounds(
    stand: Stand, venue: str, size: Size, empty_per_s: Callable[[], float]
) -> Iterator[dict[str, float]]:
    least = 4 * size.connections
    orders, rate = stand.place(least)
    stand.cancel(orders)
    empty_per_s()
    for _ in range(size.loads):
        count = min(max(least, int(rate * size.slice_s)), stand.speaker.orders_max)
        empty = empty_per_s()
        orders, rate = stand.place(count)
        check = _checks_per_s(venue, stand.speaker.cancel(orders[0]), size.checks)
        cancels, share = stand.cancel(orders)
        yield {
            "empty 200/s": empty,
            "cancels/s": cancels,
            "cancels": cancels / empty,
            "places/s": rate,
            "places": rate / empty,
            "checks/s": check,
            "of the check": cancels / check,
            "generator": share,
        }


def _rates(
    row: str, rounds: list[dict[str, float]], goals: Mapping[str, float]
) -> Iterator[Figure]:
    for column in rounds[0]:
        values = [each[column] for each in rounds]
        yield Figure(
            part="http, durable",
            row=row,
            column=column,
            value=median(values),
            unit="/s" if column in PER_S else "",
            goal=goals.get(column),
            low=min(values),
            high=max(values),
            aside=column in ASIDE,
        )


def _single(row: str, stand: Stand, data: Path, count: int) -> Iterator[Figure]:
    """One connection's cancels, in turn with syncs of the same disk."""
    orders, _ = stand.place(count)
    requests = [spelled(stand.speaker.cancel(order_id)) for order_id in orders]
    cancels, syncs = list[float](), list[float]()
    with (
        connect(stand.connections.address) as opened,
        (data / "probe").open("wb", buffering=0) as probe,
    ):
        for at in range(0, count, BLOCK):
            for request in requests[at : at + BLOCK]:
                started = time.perf_counter()
                opened.sendall(request)
                answer = receive(opened)
                cancels.append((time.perf_counter() - started) * 1e6)
                assert answer.startswith(b"HTTP/1.1 20"), answer
                started = time.perf_counter()
                probe.write(bytes(200))
                os.fdatasync(probe)
                syncs.append((time.perf_counter() - started) * 1e6)
    sync_us = median(syncs)
    goal = 2 * sync_us + BEYOND_SYNCS_US
    part = "http, durable"
    yield Figure(part, row, "p50 of one, us", median(cancels), "us", goal, at_most=True)
    yield Figure(part, row, "fdatasync, us", sync_us, "us", aside=True)


def _checks_per_s(venue: str, signed: Request, count: int) -> float:
    """Return how often this process checks a signature in a second, alone."""
    dialect = VENUES[venue]
    users = spec.demo([dialect])[venue].users
    held = (dialect.auth.credential(user.name, key) for user in users for key in user.keys)
    keys, settings, now_ns = KeyRing(dialect.auth, held), dialect.settings(), time.time_ns()
    started = time.thread_time()
    for _ in range(count):
        dialect.auth.verify(signed, keys, settings, now_ns)
    return count / (time.thread_time() - started)
