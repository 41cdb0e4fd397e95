"""
Committer: the one thread that waits for the disk, so that the event loop need not.

It is not an executor's: a group must never queue behind somebody else's work. It touches the GIL as
seldom as it can, because each time it may wait a whole switch interval for a busy loop: once for a
group, then one SQLite statement without it, then once to say that it is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from threading import Thread

from countermand.engine.ports import Journal, Mark

# Called on the loop once a group is durable, or with what kept it from being so.
Done = Callable[[Exception | None], None]

_Job = tuple[int, Sequence[bytes], Sequence[Mark], Done]


class Committer:
    """Appends groups one after another, in the order they are given."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: Thread | None = None

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to work; every `done` is called on `loop`."""
        args = (loop,)
        self._thread = Thread(target=self._run, args=args, name="countermand-journal", daemon=True)
        self._thread.start()

    def commit(
        self, expected_head: int, payloads: Sequence[bytes], marks: Sequence[Mark], done: Done
    ) -> None:
        """Hand over a group; `done` is called on the loop when it is durable or has failed."""
        self._jobs.put((expected_head, payloads, marks, done))

    def stop(self) -> None:
        """Finish what was handed over, then end the thread. Blocks until it has. Idempotent."""
        if self._thread is not None:
            self._jobs.put(None)
            self._thread.join()
            self._thread = None

    def _run(self, loop: asyncio.AbstractEventLoop) -> None:
        while (job := self._jobs.get()) is not None:
            expected_head, payloads, marks, done = job
            failure: Exception | None = None
            try:
                self._journal.append(expected_head, payloads, marks)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is the engine's to judge
                failure = error
            loop.call_soon_threadsafe(done, failure)
