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

# Work that is done by then shows no bar.
PATIENCE_S = 0.5


@contextmanager
def shown() -> Iterator[Progress]:
    """Yield what long work reports to; where stderr is no terminal nothing is shown or counted."""
    if not sys.stderr.isatty():
        yield no_progress
        return
    bars = _Bars()
    try:
        yield bars.tell
    finally:
        bars.stop()


class _Bars:
    """One bar for each kind of work, made when that is first reported."""

    def __init__(self) -> None:
        self._began_s = time.monotonic()
        self._bars: rich_progress.Progress | None = None
        self._tasks: dict[str, rich_progress.TaskID] = {}

    def tell(self, what: str, done: int, total: int) -> None:
        """Show how far the work has come."""
        if self._bars is None:
            if time.monotonic() - self._began_s < PATIENCE_S:
                return
            self._bars = _made()
            self._bars.start()
        if what not in self._tasks:
            self._tasks[what] = self._bars.add_task(what)
        self._bars.update(self._tasks[what], completed=done, total=total or None)

    def stop(self) -> None:
        """Take the bars away. Idempotent."""
        bars, self._bars = self._bars, None
        if bars is not None:
            bars.stop()


def _made() -> rich_progress.Progress:
    # Imported here, so that quick work does not load it.
    from rich import progress  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("records"),
        progress.TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
