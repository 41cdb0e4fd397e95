"""
Restoring: a copy of a data directory made ready to go on in the place of what was lost.

The server that the copy is of may have gone on, and given out numbers that the copy knows nothing
of. They are passed over, so that no id is given out twice.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from countermand.app.lives import reading_in
from countermand.engine.clock import ExchangeClock
from countermand.engine.opening import open_engine, open_journal
from countermand.engine.progress import Progress, no_progress
from countermand.engine.sequencer import Engine
from countermand.vocabulary.commands import PassNumbers


async def pass_numbers(
    directory: Path,
    count: int,
    on_fatal: Callable[[], None],
    progress: Progress = no_progress,
    *,
    beyond: int = 0,
) -> int:
    """
    Start the exchange of a copy, pass `count` numbers over and all up to `beyond`, stop it as a
    server that is told to, and return the last number that is taken.

    It is replayed by this version, so a server can start with it afterwards. Raises: JournalError.
    """
    engine = await _opened(directory, on_fatal, progress)
    try:
        if (passed := max(count, beyond - engine.number)) > 0:
            await engine.submit(PassNumbers(passed))
        return engine.number
    finally:
        await engine.stop()


async def _opened(directory: Path, on_fatal: Callable[[], None], progress: Progress) -> Engine:
    journal = open_journal(directory)
    try:
        clock = ExchangeClock()
        # By the exchange's own clock, so that timers fire which were due by it and no others.
        clock.show(reading_in([(kept.name, kept.value) for kept in journal.kept()]))
    except BaseException:
        journal.close()
        raise
    return await open_engine(directory, clock, on_fatal, journal=journal, progress=progress)
