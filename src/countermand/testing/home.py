"""
Home: the loop that the exchanges of a process live on, in a thread of its own. So an exchange
outlives the loop of any test, and clients that wait for an answer without one can use it.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Home:
    """A loop in a thread."""

    def __init__(self) -> None:
        self.loop = _new_loop()
        self._thread = threading.Thread(
            target=self.loop.run_forever, name="countermand-exchanges", daemon=True
        )
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of a coroutine there. Raises: what it does."""
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("an exchange's own loop cannot wait for the exchange")
        return asyncio.run_coroutine_threadsafe(work, self.loop).result()

    def soon(self, act: Callable[..., None], *args: Any) -> None:
        """Call `act` there, and do not wait."""
        self.loop.call_soon_threadsafe(act, *args)

    def close(self) -> None:
        """End the loop and the thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


def home() -> Home:
    """Return the process's home, made when it is first asked for."""
    global _home  # noqa: PLW0603  (one home a process)
    with _making:
        if _home is None:
            _home = Home()
        return _home


def _new_loop() -> asyncio.AbstractEventLoop:
    # As `countermand serve` chooses.
    try:
        import uvloop  # noqa: PLC0415  (loaded when it is needed)
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _forget() -> None:
    # A child has the parent's memory and not its threads.
    global _home, _making
    _home, _making = None, threading.Lock()


def _close() -> None:
    if _home is not None:
        _home.close()


_home: Home | None = None
_making = threading.Lock()
os.register_at_fork(after_in_child=_forget)
atexit.register(_close)
