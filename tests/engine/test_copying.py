"""A copy of a journal that is in use is sound, and goes on where the original was."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from countermand.engine.clock import SystemClock
from countermand.engine.copying import copy_directory, copy_entries
from countermand.engine.opening import open_engine, open_journal
from countermand.engine.ports import Kept
from countermand.engine.verify import verify
from countermand.vocabulary.commands import RegisterAsset

COUNT = 2500


def fatal() -> None:
    """Fail: no test here may call it."""
    raise AssertionError


async def copied(data: Path | None, to: Path) -> None:
    """Copy a journal while entries come."""
    journal = open_journal(data)
    engine = await open_engine(data, SystemClock(), fatal, journal=journal)
    await engine.keep([Kept("world/x", b"{}")])
    commands = [RegisterAsset("x", f"A{number}", 2) for number in range(COUNT)]
    await engine.submit_all(commands)
    more = engine.submit_all([RegisterAsset("x", f"B{number}", 2) for number in range(COUNT)])
    if data is None:
        await asyncio.to_thread(copy_entries, journal, engine.seq, to)
    else:
        await asyncio.to_thread(copy_directory, data, to)
    await more
    await engine.stop()
    journal.close()


@pytest.mark.parametrize("keeps", [False, True])
def test_a_copy_is_sound_and_goes_on(tmp_path: Path, keeps: bool) -> None:
    """Every record and mark of it is proven, and a start goes on beyond what was given out."""
    to = tmp_path / "copy"
    to.mkdir()
    asyncio.run(copied(tmp_path / "data" if keeps else None, to))
    verified = verify(to)

    async def start() -> int:
        journal = open_journal(to)
        assert (Kept("world/x", b"{}"),) == journal.kept()
        engine = await open_engine(to, SystemClock(), fatal, journal=journal)
        receipt = await engine.submit(RegisterAsset("x", "C", 2))
        await engine.stop()
        journal.close()
        return receipt.seq

    assert not verified.failures
    assert asyncio.run(start()) > COUNT
