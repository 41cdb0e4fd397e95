"""
What a long history costs: orders on all markets of all venues, with kills in between.

An engine places, trades, modifies and cancels; it is killed and started again, stopped and started
again, its journal compacted and started again. What must be equal is compared on the way.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from msgspec import Struct

from bench.figures import Figure
from bench.lookups import ratios
from bench.served import HERE, Server
from bench.sizes import Size
from bench.soak_side import Told
from bench.spread import quantile_ms, total, up_to
from countermand.core.exchange import Exchange
from countermand.core.history import Dropped
from countermand.engine.compaction import compact
from countermand.engine.history import FILE_NAME as HISTORY
from countermand.engine.history_start import archive_of
from countermand.engine.replay import recover
from countermand.engine.snapshot import SnapshotDirectory
from countermand.engine.sqlite import SqliteJournal
from countermand.engine.verify import verify

PAUSES, CANCELS = "turns of the event loop", "cancels, through snapshots"
STARTS, SIZES = "starts with a history", "what it weighs"
TIMES, SHORT_ORDERS = "acts of the core beside it", 1_000
PAUSE_MS_MAX, KILLED_S_MAX, STOPPED_S_MAX = 20.0, 5.0, 3.0
BOUNDS_MS = (1, 2, 5, 10, 20, 50, 100, 1000)


class Start(Struct):
    """How long a server took until its ready line. Units: seconds."""

    seconds: float
    processor_s: float


class History(Struct):
    """The lives that were killed, one whose journal was compacted as it went; starts; the disk."""

    killed: list[Told]
    compacting: Told
    after_kill: Start
    after_stop: Start
    after_compaction: Start
    journal_bytes: int = 0
    compacted_bytes: int = 0
    steady_bytes: int = 0
    snapshot_bytes: int = 0
    history_bytes: int = 0
    verify_s: float = 0.0


def measure(size: Size, against: Path | None = None) -> Iterator[Figure]:
    """Yield what it costs. Raises: AssertionError when anything is not what it was."""
    with TemporaryDirectory(prefix="countermand-soak-") as folder:
        data, short = Path(folder, "data"), Path(folder, "short")
        yield from _figures(soak(data, size.soaked_orders, size.kills))
        _start(short)
        _life(short, 1, SHORT_ORDERS, None)
        for name, long_us, ratio in ratios(_recorded(short), _recorded(data)):
            yield Figure(TIMES, name, "us", long_us, "us")
            yield Figure(TIMES, name, f"of beside {SHORT_ORDERS:,} orders", ratio)


def soak(data: Path, orders: int, kills: int, seed: int = 1) -> History:
    """
    Place so many orders in a directory, in one life more than there are kills in between.

    Raises: AssertionError when what was answered is gone, when the journal does not verify, or when
    a start comes to another state than all its entries, before or after a compaction.
    """
    chance, share = random.Random(seed), orders // (kills + 1)
    _start(data)
    killed = [_life(data, seed + at, share, chance.uniform(0, 0.1)) for at in range(kills + 1)]
    assert all(now.began_seq >= was.seq for was, now in pairwise(killed))
    after_kill, after_stop = _start(data), _start(data)
    began = time.perf_counter()
    assert verify(data).failures == []
    verify_s = time.perf_counter() - began
    before = _exchange(data).digest()
    done = compact(data, time.time_ns())
    assert done.dropped
    assert verify(data).failures == []
    assert before == _exchange(data).digest()
    after_compaction = _start(data)
    compacting = _life(data, seed + kills + 1, share, None, "--compact")
    assert verify(data).failures == []
    return History(
        killed=killed,
        compacting=compacting,
        after_kill=after_kill,
        after_stop=after_stop,
        after_compaction=after_compaction,
        journal_bytes=done.bytes_before,
        compacted_bytes=done.bytes_after,
        steady_bytes=(data / "journal.sqlite").stat().st_size,
        snapshot_bytes=max(SnapshotDirectory(data).sizes().values()),
        history_bytes=(data / HISTORY).stat().st_size,
        verify_s=verify_s,
    )


def _start(data: Path) -> Start:
    """Start a server and stop it."""
    began = time.perf_counter()
    with Server((), "--data", str(data)) as server:
        return Start(time.perf_counter() - began, server.processor_s)


def _life(data: Path, seed: int, orders: int, kill_s: float | None, *options: str) -> Told:
    """Run an engine until it has placed so many orders; kill it then, or have it stop."""
    side = subprocess.Popen(  # noqa: S603 -- our own
        [sys.executable, "-m", "bench.soak_side", str(data), str(seed), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=HERE,
        env=os.environ | {"PYTHONPATH": str(HERE / "src")},
    )
    assert side.stdin is not None
    assert side.stdout is not None
    told = msgspec.json.decode(side.stdout.readline(), type=Told)
    while told.orders < orders:
        told = msgspec.json.decode(side.stdout.readline(), type=Told)
    if kill_s is not None:
        time.sleep(kill_s)
        side.kill()
    side.stdin.close()
    for line in side.stdout:
        # The last line may have been cut by the kill.
        if line.endswith(b"\n"):
            told = msgspec.json.decode(line, type=Told)
    side.stdout.close()
    assert side.wait() in (0, -signal.SIGKILL)
    return told


def _exchange(data: Path) -> Exchange:
    with closing(SqliteJournal(data)) as journal:
        return recover(journal, SnapshotDirectory(data), history=Dropped()).exchange


def _recorded(data: Path) -> Exchange:
    # With what is over, which is looked up as well.
    with closing(SqliteJournal(data)) as journal:
        history = archive_of(data, journal)
        return recover(journal, SnapshotDirectory(data), history=history).exchange


def _figures(history: History) -> Iterator[Figure]:
    lives = [*history.killed, history.compacting]
    yield from _pauses(lives)
    for row, counts in (
        ("while no snapshot is made", total(told.cancels for told in lives)),
        ("while one is made", total(told.through for told in lives)),
    ):
        for column, part in (("p50, ms", 0.5), ("p99, ms", 0.99), ("p99.9, ms", 0.999)):
            yield Figure(CANCELS, row, column, quantile_ms(counts, part), "ms")
    for row, start, goal_s in (
        ("after a kill", history.after_kill, KILLED_S_MAX),
        ("after a stop", history.after_stop, STOPPED_S_MAX),
        ("after a compaction", history.after_compaction, STOPPED_S_MAX),
    ):
        yield Figure(STARTS, row, "seconds", start.seconds, "s", goal_s, at_most=True)
        yield Figure(STARTS, row, "of a processor", start.processor_s, "s")
    yield Figure(STARTS, "all of it verified", "seconds", history.verify_s, "s")
    memory = f"memory, with {history.compacting.seq:,} entries behind"
    for row, size in (
        ("the journal", history.journal_bytes),
        ("compacted", history.compacted_bytes),
        ("after a life more, compacting", history.steady_bytes),
        ("a snapshot", history.snapshot_bytes),
        ("the history", history.history_bytes),
        (memory, max(told.rss_bytes for told in lives)),
    ):
        yield Figure(SIZES, row, "MB", size / 1e6, "bytes")


def _pauses(lives: list[Told]) -> Iterator[Figure]:
    kinds: dict[str, tuple[dict[int, int], int]] = {
        "by processor": (total(t.busy for t in lives), max(t.busy_ns_max for t in lives)),
        "by the clock": (total(t.gaps for t in lives), max(t.gap_ns_max for t in lives)),
    }
    for column, (counts, worst_ns) in kinds.items():
        below = 0
        for bound in BOUNDS_MS:
            count = up_to(counts, bound)
            yield Figure(PAUSES, f"to {bound} ms", column, count - below, "/s")
            below = count
        goal = PAUSE_MS_MAX if column == "by processor" else None
        yield Figure(PAUSES, "the worst, ms", column, worst_ns / 1e6, "ms", goal, at_most=True)
