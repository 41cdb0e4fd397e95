"""
What checking a signature costs a venue: alone, and within durable cancels, checked where the
request is answered or on a thread beside it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from importlib.resources import files
from itertools import repeat
from pathlib import Path

from msgspec import Struct

from bench.http import PHASE_S, PING, ROUNDS, Server, Speaker, cancel_all, rest
from bench.load import Connections
from countermand.server.credentials import KeyRing
from countermand.venues import VENUES
from countermand.wire.http import Request
from countermand.world import spec

CONNECTIONS = 64
CANCELS_A_PHASE = 40_000
CHECKS = 20_000


class Figures(Struct):
    """Rates per second; `threads` are the ones beside the loop."""

    checks_per_s: float
    ping_per_s: float
    cancel_per_s: dict[int, float]


def measure(venue: str, speaker_of: type[Speaker]) -> Figures:
    """Measure the check alone in this process, then serve with and without a thread for it."""
    pings, cancels = [], {}
    for threads in (0, 1):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
            data, world = Path(name) / "data", Path(name) / "world.toml"
            world.write_text(_world(venue, threads))
            server = Server(venue, data, "--world", str(world))
            rates, empty = _serve(server, speaker_of)
            cancels[threads] = rates
            pings.append(empty)
            server.stop()
    return Figures(_checks_per_s(venue), statistics.median(pings), cancels)


def _world(venue: str, threads: int) -> str:
    demo = files(VENUES[venue].package).joinpath("demo.toml").read_text()
    head = f"[{venue}.settings]\n"
    return demo.replace(head, f"{head}verify_threads = {threads}\n")


def _serve(server: Server, speaker_of: type[Speaker]) -> tuple[float, float]:
    connections, speaker = Connections(server.address, CONNECTIONS), speaker_of(server.venue)
    pings, cancels = [], []
    for index in range(ROUNDS):
        pings.append(connections.closed_loop(repeat(PING), PHASE_S).per_s)
        orders, _ = rest(connections, speaker, index * CANCELS_A_PHASE, CANCELS_A_PHASE)
        cancels.append(cancel_all(connections, speaker, orders).per_s)
    connections.close()
    return statistics.median(cancels), statistics.median(pings)


def _checks_per_s(venue: str) -> float:
    dialect = VENUES[venue]
    user = spec.demo([dialect])[venue].users[0]
    keys = KeyRing(dialect.auth, [dialect.auth.credential(user.name, user.keys[0])])
    settings, now_ns = dialect.settings(rate_limit_per_s=0), time.time_ns()
    request = Request("POST", b"/v1/order/ABCDEFGHIJKL/cancel", b"", ((b"host", b"bench"),), b"{}")
    signed = dialect.auth.sign(request, next(iter(keys)), now_ns)
    started = time.perf_counter()
    for _ in range(CHECKS):
        dialect.auth.verify(signed, keys, settings, now_ns)
    return CHECKS / (time.perf_counter() - started)
