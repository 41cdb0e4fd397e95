"""
Collecting: when Python looks for garbage in a process that remembers a million orders.

A full collection looks at all there is, and the event loop stands still meanwhile. So what is old
is frozen: it is not looked at again. What reference counts free is freed as ever.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from time import perf_counter_ns

# The young are collected at so many new objects, and what survived that at so many times more.
YOUNG, MIDDLE = 20_000, 10

# Objects that survived twice are collected here and not by Python.
_NEVER = 2**30

# A generation that takes longer than this to collect is frozen.
PATIENCE_NS = 3_000_000

LOOK_S = 0.5


def pause() -> None:
    """Collect nothing: while a state is loaded nothing of it is garbage."""
    gc.disable()


class Collecting:
    """
    Collects and freezes from now on, until it is stopped.

    `generation` says which generation is served: what is left of a former one is garbage.
    """

    def __init__(self, generation: Callable[[], int]) -> None:
        self._generation, self._served = generation, generation()
        gc.collect()
        gc.freeze()
        gc.set_threshold(YOUNG, MIDDLE, _NEVER)
        gc.enable()
        self._look()

    def stop(self) -> None:
        """Look no more."""
        self._timer.cancel()

    def _look(self) -> None:
        if (served := self._generation()) != self._served:
            self._served = served
            gc.unfreeze()
            self._collect()
        elif gc.get_count()[2]:
            self._collect()
        self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def _collect(self) -> None:
        began_ns = perf_counter_ns()
        gc.collect()
        if perf_counter_ns() - began_ns > PATIENCE_NS:
            gc.freeze()
