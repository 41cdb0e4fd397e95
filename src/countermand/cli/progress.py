"""Progress on a terminal: a bar on stderr for work that takes longer than a moment."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from countermand.engine.progress import Progress, no_progress

if TYPE_CHECKING:
    from rich import progress as rich_progress

# Work that is done so long after its first report, or after something was printed, shows no bar.
PATIENCE_S = 0.5


class Hidden:
    """Where stderr is no terminal nothing is shown, and nothing counted."""

    tell: Progress = staticmethod(no_progress)

    def hide(self) -> None:
        """Do nothing: there is nothing to take away."""


class Bars:
    """One bar for each kind of work, made when that is first reported."""

    def __init__(self, counted: str = "records") -> None:
        self._counted = counted
        self._quiet_since_s: float | None = None
        self._bars: rich_progress.Progress | None = None
        self._tasks: dict[str, rich_progress.TaskID] = {}

    def tell(self, what: str, done: int, total: int) -> None:
        """Show how far the work has come."""
        if self._bars is None:
            self._quiet_since_s = self._quiet_since_s or time.monotonic()
            if time.monotonic() - self._quiet_since_s < PATIENCE_S:
                return
            self._bars, self._tasks = _made(self._counted), {}
            self._bars.start()
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what)
        self._bars.update(self._tasks[what], completed=done, total=total or None)

    def hide(self) -> None:
        """Take the bars away: something is printed, or all is done. They come back if need be."""
        bars, self._bars = self._bars, None
        if bars is not None:
            bars.stop()
        self._quiet_since_s = None


@contextmanager
def shown(counted: str = "records") -> Iterator[Bars | Hidden]:
    """Yield whose `tell` long work reports to; it says what is `counted`."""
    bars = Bars(counted) if sys.stderr.isatty() else Hidden()
    try:
        yield bars
    finally:
        bars.hide()


def _made(counted: str) -> rich_progress.Progress:
    # Imported here, so that quick work does not load it.
    from rich import progress  # noqa: PLC0415  (loaded when it is needed)
    from rich.console import Console  # noqa: PLC0415  (loaded when it is needed)

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn(counted),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,
    )
