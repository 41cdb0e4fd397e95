"""
Verifier: signature checks beside the event loop, for schemes whose library lets other threads run.

Requests that come in together are checked together, because waking a thread and being woken by it
cost about as much as one check does.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from countermand.wire.credential import Principal
from countermand.wire.errors import Overloaded
from countermand.wire.http import Request

Check = Callable[[Request, int], Principal]
Verdict = Principal | Exception
Told = Callable[[Verdict], None]
Waiting = tuple[Request, int, Told]

# More than that at once would keep the first of them waiting for the last.
BATCH_MAX = 16

# What waits beyond that is turned away; cancels have as much room again.
WAITING_MAX = 1024


class Verifier:
    """A check and the threads it runs on; what cancels is checked before everything else."""

    def __init__(self, check: Check, threads: int) -> None:
        self._check = check
        self._free = threads
        self._threads = ThreadPoolExecutor(threads, "verify")
        self._cancels: deque[Waiting] = deque()
        self._others: deque[Waiting] = deque()

    def verify(self, request: Request, now_ns: int, told: Told, *, cancels: bool = False) -> None:
        """
        Call `told` on the loop with who asks, or with what the check raised.

        Raises: Overloaded when too many wait; `told` is not called then.
        """
        waiting = len(self._cancels) + len(self._others)
        if waiting >= (2 * WAITING_MAX if cancels else WAITING_MAX):
            raise Overloaded(f"{waiting} signatures wait to be checked")
        if not waiting:
            asyncio.get_running_loop().call_soon(self._start)
        (self._cancels if cancels else self._others).append((request, now_ns, told))

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        while self._free and (batch := self._next()):
            self._free -= 1
            self._threads.submit(self._run, loop, batch)

    def _next(self) -> list[Waiting]:
        batch: list[Waiting] = []
        for queue in (self._cancels, self._others):
            while queue and len(batch) < BATCH_MAX:
                batch.append(queue.popleft())
        return batch

    def _run(self, loop: asyncio.AbstractEventLoop, batch: list[Waiting]) -> None:
        outcomes = [self._outcome(request, now_ns) for request, now_ns, _ in batch]
        loop.call_soon_threadsafe(self._finish, batch, outcomes)

    def _outcome(self, request: Request, now_ns: int) -> Verdict:
        try:
            return self._check(request, now_ns)
        except Exception as error:  # noqa: BLE001  (it is told on the loop)
            return error

    def _finish(self, batch: list[Waiting], outcomes: list[Verdict]) -> None:
        self._free += 1
        for (_, _, told), outcome in zip(batch, outcomes, strict=True):
            told(outcome)
        self._start()

    def stop(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False)
