"""
Verifier: signature checks on threads, for schemes whose library releases the GIL.

Requests are checked in batches: handing work to a thread and back costs about as much as one check.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from countermand.engine.cancels_first import CancelsFirst
from countermand.wire.credential import Principal
from countermand.wire.errors import Overloaded
from countermand.wire.http import Request

Check = Callable[[Request, int], Principal]
Verdict = Principal | Exception
Told = Callable[[Verdict], None]
Waiting = tuple[Request, int, Told]

# Requests in one batch. All are answered when the last is checked, so larger ones add latency.
BATCH_MAX = 16

# Checks that may wait; beyond it requests are refused. Cancels have twice the room.
WAITING_MAX = 1024


class _Batch:
    # Requests that are checked together, and their verdicts once all are checked.

    __slots__ = ("verdicts", "waiting")

    def __init__(self, waiting: list[Waiting]) -> None:
        self.waiting = waiting
        self.verdicts: list[Verdict] | None = None


class Verifier:
    """
    A check and the threads it runs on. Cancels are checked first, each after the earlier requests
    of its key. Verdicts are delivered in the order in which the checks began.
    """

    def __init__(self, check: Check, threads: int) -> None:
        self._check = check
        self._free = threads
        self._threads = ThreadPoolExecutor(threads, "verify")
        self._waiting: CancelsFirst[Waiting] = CancelsFirst()
        self._checked: deque[_Batch] = deque()

    def verify(
        self, request: Request, now_ns: int, told: Told, key: str, *, cancels: bool = False
    ) -> None:
        """
        Call `told` on the loop with the principal, or with the exception that the check raised.
        `key` is the key that the request names.

        Raises: Overloaded when too many wait; `told` is not called then.
        """
        waiting = len(self._waiting)
        if waiting >= (2 * WAITING_MAX if cancels else WAITING_MAX):
            raise Overloaded(f"{waiting} signatures wait to be checked")
        if not waiting:
            asyncio.get_running_loop().call_soon(self._start)
        (self._waiting.put_cancel if cancels else self._waiting.put)((request, now_ns, told), key)

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        while self._free and self._waiting:
            batch = _Batch(self._waiting.take(BATCH_MAX))
            self._free -= 1
            self._checked.append(batch)
            self._threads.submit(self._run, loop, batch)

    def _run(self, loop: asyncio.AbstractEventLoop, batch: _Batch) -> None:
        verdicts = [self._verdict(request, now_ns) for request, now_ns, _ in batch.waiting]
        loop.call_soon_threadsafe(self._finish, batch, verdicts)

    def _verdict(self, request: Request, now_ns: int) -> Verdict:
        try:
            return self._check(request, now_ns)
        except Exception as error:  # noqa: BLE001  (it is told on the loop)
            return error

    def _finish(self, batch: _Batch, verdicts: list[Verdict]) -> None:
        self._free += 1
        batch.verdicts = verdicts
        # Two batches may hold requests of one key, and the later may be done first.
        while self._checked and (told := self._checked[0].verdicts) is not None:
            for (_, _, tell), verdict in zip(self._checked.popleft().waiting, told, strict=True):
                tell(verdict)
        self._start()

    def stop(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False)
