"""
Committer: the one thread that waits for the disk, so that the event loop need not.

It is not an executor's: a group must never queue behind other work. It touches the GIL as
seldom as it can, because each time it may wait a whole switch interval for a busy loop: once for a
group, then one SQLite statement without it, then once to say that it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from time import perf_counter_ns

from countermand.engine.histogram import Histogram

# What makes something durable; returns once it is, or raises what kept it from being so.
Write = Callable[[], None]

# Called on the loop with None once the write is durable, or with what it raised.
Done = Callable[[Exception | None], None]


class Committer:
    """Does a journal's writes one after another, in the order they are given."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Write, Done] | None] = SimpleQueue()
        self._thread: Thread | None = None
        self.durations = Histogram()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to work; every `done` is called on `loop`."""
        args = (loop,)
        self._thread = Thread(target=self._run, args=args, name="countermand-journal", daemon=True)
        self._thread.start()

    def commit(self, write: Write, done: Done) -> None:
        """Hand over a write; `done` is called on the loop when it is durable or has failed."""
        self._jobs.put((write, done))

    def stop(self) -> None:
        """Finish what was handed over, then end the thread. Blocks until it has. Idempotent."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while (job := self._jobs.get()) is not None:
            write, done = job
            failure: Exception | None = None
            began_ns = perf_counter_ns()
            try:
                write()
            except Exception as error:  # noqa: BLE001 - the engine judges every failure
                failure = error
            self.durations.observe(perf_counter_ns() - began_ns)
            loop.call_soon_threadsafe(done, failure)


class PromptCommitter:
    """Likewise, for a journal that waits for nothing: it writes at once, and needs no thread."""

    def __init__(self) -> None:
        self.durations = Histogram()

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to work; every `done` is called on `loop`."""
        self._loop = loop

    def commit(self, write: Write, done: Done) -> None:
        """Write now; `done` is called in the loop's next turn."""
        failure: Exception | None = None
        began_ns = perf_counter_ns()
        try:
            write()
        except Exception as error:  # noqa: BLE001 - the engine judges every failure
            failure = error
        self.durations.observe(perf_counter_ns() - began_ns)
        self._loop.call_soon(done, failure)

    def stop(self) -> None:
        """Do nothing: nothing is under way."""
