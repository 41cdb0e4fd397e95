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
from bench.speaker import Speaker, spelled
from bench.stand import Loaded, Spent, Stand
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

BLOCK = 25
# The clock tells what a client has of it, processor time what it costs: where other programs run,
# too, only the second can be compared.
HTTP, PROCESSOR = "http, durable", "by processor time"
OF_PROCESSOR = (
    "empty 200, us",
    "a cancel, us",
    "cancels, by processor",
    "a place, us",
    "places, by processor",
    "generator's share",
)
# One connection's median cancel may take two syncs and this much.
BEYOND_SYNCS_US = 150


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield the rates of every venue, and of one whose signatures are checked on a thread too."""
    with Empty() as empty, Connections(empty.address, size.connections) as connections:
        loaded, load = Loaded(empty, connections), repeat(empty.request)

        def yardstick() -> Spent:
            return loaded.run(load, size.slice_s)[1]

        figures = []
        for venue in SPEAKERS:
            figures += _measure(venue, venue, size, yardstick)
        with tempfile.TemporaryDirectory() as name:
            world = Path(name) / "world.toml"
            world.write_text(world_with(THREADED, {"verify_threads": 1}))
            row, option = f"{THREADED}, thread", ("--world", str(world))
            figures += _measure(row, THREADED, size, yardstick, *option)
        yield from figures


def _measure(
    row: str, venue: str, size: Size, yardstick: Callable[[], Spent], *options: str
) -> Iterator[Figure]:
    with (
        tempfile.TemporaryDirectory(dir=Path.cwd()) as name,
        Server((venue,), "--data", f"{name}/data", *options) as server,
    ):
        about = server.venue(venue)
        speaker = SPEAKERS[venue](about)
        with Connections(address_of(about["base_url"]), size.connections) as connections:
            stand = Stand(Loaded(server, connections), speaker)
            rounds = list(_rounds(stand, venue, size, yardstick))
            yield from _rates(row, rounds, speaker.goals)
            yield from _single(row, stand, Path(name), size.single_cancels)


def _rounds(
    stand: Stand, venue: str, size: Size, yardstick: Callable[[], Spent]
) -> Iterator[dict[str, float]]:
    least = 4 * size.connections
    orders, places = stand.place(least)
    stand.cancel(orders)
    yardstick()
    for _ in range(size.loads):
        count = min(max(least, int(places.per_s * size.slice_s)), stand.speaker.orders_max)
        empty = yardstick()
        orders, places = stand.place(count)
        checks = _checks_per_s(venue, stand.speaker.cancel(orders[0]), size.checks)
        cancels = stand.cancel(orders)
        yield {
            "empty 200/s": empty.per_s,
            "cancels/s": cancels.per_s,
            "cancels": cancels.per_s / empty.per_s,
            "places/s": places.per_s,
            "places": places.per_s / empty.per_s,
            "checks/s": checks,
            "of the check": cancels.per_s / checks,
            "empty 200, us": empty.server_us,
            "a cancel, us": cancels.server_us,
            "cancels, by processor": empty.server_us / cancels.server_us,
            "a place, us": places.server_us,
            "places, by processor": empty.server_us / places.server_us,
            "generator's share": cancels.generator_s / cancels.seconds,
        }


def _rates(
    row: str, rounds: list[dict[str, float]], goals: Mapping[str, float]
) -> Iterator[Figure]:
    for column in rounds[0]:
        values = [each[column] for each in rounds]
        yield Figure(
            part=PROCESSOR if column in OF_PROCESSOR else HTTP,
            row=row,
            column=column,
            value=median(values),
            unit="/s" if column.endswith("/s") else "us" if column.endswith(", us") else "",
            goal=goals.get(column.removesuffix(", by processor")),
            low=min(values),
            high=max(values),
            aside=column == "checks/s",
        )


def _single(row: str, stand: Stand, data: Path, count: int) -> Iterator[Figure]:
    """One connection's cancels, in turn with syncs of the same disk."""
    orders, _ = stand.place(count)
    requests = [spelled(stand.speaker.cancel(order_id)) for order_id in orders]
    cancels, syncs = list[float](), list[float]()
    with (
        connect(stand.loaded.connections.address) as opened,
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
    yield Figure(HTTP, row, "p50 of one, us", median(cancels), "us", goal, at_most=True)
    yield Figure(HTTP, row, "fdatasync, us", sync_us, "us", aside=True)


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
