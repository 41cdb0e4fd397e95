"""
One life of an engine under load, in a process of its own: `python -m bench.soak_side DIR SEED`.

It tells in JSON lines, ten times a second, how far it has come and how it went. It ends when its
stdin does, as a server that is told to stop, or when it is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

import msgspec
import uvloop
from msgspec import Struct

from bench.orders import Drawn
from bench.spread import Spread
from countermand.cli import collecting
from countermand.engine.clock import SystemClock
from countermand.engine.opening import open_engine
from countermand.engine.sequencer import Engine
from countermand.vocabulary.commands import CANCELS, NewOrder

# Commands that are under way at once.
CLIENTS = 32

LOOK_S, TELL_S = 0.001, 0.1


class Told(Struct):
    """
    How a life went so far. `seq` was answered; `orders` were placed.

    Spreads of nanoseconds: `gaps` and `busy` of the time, and of the processor time of the event
    loop's thread, between two turns of the loop; `cancels` and `through` of the time until a cancel
    was answered, the latter while a snapshot was being made.
    """

    began_seq: int
    seq: int = 0
    orders: int = 0
    rss_bytes: int = 0
    gap_ns_max: int = 0
    busy_ns_max: int = 0
    gaps: dict[int, int] = {}
    busy: dict[int, int] = {}
    cancels: dict[int, int] = {}
    through: dict[int, int] = {}


class _Life:
    def __init__(self, engine: Engine, seed: int, told: Told) -> None:
        self._engine, self._told = engine, told
        self._drawn = Drawn(engine.view, seed)
        self._gaps, self._busy, self._cancels, self._through = (Spread() for _ in range(4))
        self._is_ending = False

    async def run(self) -> None:
        await self._engine.submit_all(self._drawn.funding())
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.buffer.read)
        watching = asyncio.create_task(self._watch())
        clients = [asyncio.create_task(self._trade()) for _ in range(CLIENTS)]
        while not ended.done():
            await asyncio.sleep(TELL_S)
            if failed := [client for client in clients if client.done()]:
                await failed[0]
            self._tell()
        self._is_ending = True
        await asyncio.gather(*clients)
        watching.cancel()
        self._tell()

    async def _trade(self) -> None:
        while not self._is_ending:
            command = self._drawn.next()
            self._told.orders += type(command) is NewOrder
            began_ns = time.perf_counter_ns()
            receipt = await self._engine.submit(command)
            if type(command) in CANCELS:
                seen = self._through if self._engine.keeper.is_at_it else self._cancels
                seen.observe(time.perf_counter_ns() - began_ns)
            self._drawn.note(receipt)
            self._told.seq = receipt.seq

    async def _watch(self) -> None:
        told = self._told
        was_ns, was_busy_ns = time.perf_counter_ns(), time.thread_time_ns()
        while True:
            await asyncio.sleep(LOOK_S)
            now_ns, busy_ns = time.perf_counter_ns(), time.thread_time_ns()
            gap_ns, spent_ns = now_ns - was_ns, busy_ns - was_busy_ns
            self._gaps.observe(gap_ns)
            self._busy.observe(spent_ns)
            told.gap_ns_max = max(told.gap_ns_max, gap_ns)
            told.busy_ns_max = max(told.busy_ns_max, spent_ns)
            was_ns, was_busy_ns = now_ns, busy_ns

    def _tell(self) -> None:
        told = self._told
        told.gaps, told.busy = self._gaps.counts, self._busy.counts
        told.cancels, told.through = self._cancels.counts, self._through.counts
        told.rss_bytes = _rss_bytes()
        _say(told)


async def _live(directory: Path, seed: int, *, is_compacting: bool) -> None:
    engine = await open_engine(
        directory, SystemClock(), lambda: os._exit(70), is_compacting=is_compacting
    )
    told = Told(engine.seq)
    collecting.Collecting(lambda: 1)
    await _Life(engine, seed, told).run()
    await engine.stop()


def _rss_bytes() -> int:
    # What getrusage tells may be of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith("VmRSS")]
    return int(kilobytes) * 1024


def _say(told: Told) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(told) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    collecting.pause()
    where, seed, *options = sys.argv[1:]
    uvloop.run(_live(Path(where), int(seed), is_compacting="--compact" in options))
