"""
History writer: the thread that writes records, so that the event loop neither encodes nor waits.

It is not the journal's thread: no answer waits for what it does. What cannot be written stays in
memory and is tried again; the journal has it all.
"""

from __future__ import annotations

import logging
from collections import deque
from threading import Condition, Thread

from countermand.engine.history_rows import Batch
from countermand.engine.history_table import Table

log = logging.getLogger(__name__)

# How long after a failure it is tried again.
RETRY_S = 1.0

# What is written in one transaction, in batches: a write can fall behind and catch up.
AT_ONCE = 16


class HistoryWriter:
    """Writes a table on a thread of its own; the table's connection is used by no other."""

    def __init__(self, table: Table) -> None:
        self._table, self._jobs = table, deque[Batch]()
        self._changed = Condition()
        self._thread: Thread | None = None
        self._is_closing = self._is_failing = False
        self._failures = 0
        self._wanted = 0
        # What an earlier process wrote last may not be synced.
        self.written, self.synced = table.seq, 0

    def put(self, batch: Batch) -> None:
        """Have a batch written some time soon."""
        with self._changed:
            self._jobs.append(batch)
            if self._thread is None and not self._is_closing:
                self._thread = Thread(target=self._run, name="countermand-history", daemon=True)
                self._thread.start()
            self._changed.notify_all()

    def sync(self, batch: Batch) -> None:
        """Have a batch written, and all of it so that a power cut leaves it."""
        self._wanted = batch.seq
        self.put(batch)

    def wait(self, batches_max: int = 0) -> bool:
        """
        Wait until no more than so many batches are unwritten, with none until they are synced.

        Returns whether that is so: a write that fails meanwhile is not waited for again.
        """
        with self._changed:
            failures = self._failures
            while not self._has_come_to(batches_max):
                if self._failures > failures or self._thread is None:
                    return False
                self._changed.wait()
            return True

    def _has_come_to(self, batches_max: int) -> bool:
        done = len(self._jobs) <= batches_max
        return done and (batches_max > 0 or self.synced >= self._wanted)

    def close(self) -> None:
        """Try once more to write what is left, then end. Idempotent."""
        with self._changed:
            self._is_closing = True
            thread = self._thread
            self._changed.notify_all()
        if thread is not None:
            thread.join()
        self._table.close()

    def _run(self) -> None:
        while batches := self._next():
            try:
                is_synced = self._wanted > self.synced
                self._table.write(batches, is_synced=is_synced)
            except Exception as error:  # noqa: BLE001 -- the exchange goes on after any
                self._have_failed(error)
                continue
            self._have_written(batches, is_synced=is_synced)

    def _next(self) -> list[Batch]:
        # The batches to write next, and none once it is to end.
        with self._changed:
            while not self._jobs and not self._is_closing:
                self._changed.wait()
            if self._is_failing and not self._is_closing:
                self._changed.wait(RETRY_S)
            return [self._jobs[at] for at in range(min(AT_ONCE, len(self._jobs)))]

    def _have_failed(self, error: Exception) -> None:
        with self._changed:
            if not self._is_failing:
                extra = {"reason": str(error), "goes_to": self.written}
                log.warning(
                    "the history is not written: it is kept in memory and tried again", extra=extra
                )
            self._is_failing = True
            self._failures += 1
            if self._is_closing:
                self._jobs.clear()
            self._changed.notify_all()

    def _have_written(self, batches: list[Batch], *, is_synced: bool) -> None:
        with self._changed:
            if self._is_failing:
                log.warning("the history is written again", extra={"goes_to": batches[-1].seq})
            self._is_failing = False
            for _ in batches:
                self._jobs.popleft()
            self.written = batches[-1].seq
            if is_synced:
                self.synced = self.written
            self._changed.notify_all()
