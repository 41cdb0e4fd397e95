"""Data directories of the former rules, as `fixtures/rules_2/make.py` made them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec

from countermand.core.exchange import Exchange
from countermand.engine.clock import ManualClock
from countermand.engine.opening import open_engine
from countermand.engine.sequencer import Engine
from countermand.engine.snapshot import Snapshot, SnapshotDirectory

FIXTURE = Path(__file__).parent / "fixtures" / "rules_2"

# The last entry, and the one the snapshot before the last was taken at.
HEAD, EARLIER = 136, 134


def stopped(target: Path) -> Path:
    """Return a directory that was stopped cleanly."""
    return Path(shutil.copytree(FIXTURE / "data", target))


def killed(target: Path) -> Path:
    """Return a directory without the snapshot of the last stop: a kill leaves none."""
    (last,) = stopped(target).glob(f"snapshots/*{HEAD}.snapshot")
    last.unlink()
    return target


def shown() -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the key that was issued last, and what was asked with the answers there were."""
    first, *rest = map(msgspec.json.decode, (FIXTURE / "shown.jsonl").read_bytes().splitlines())
    return first["issued"], rest


def left(directory: Path) -> Snapshot:
    """Return the last snapshot there is."""
    snapshots = SnapshotDirectory(directory)
    return snapshots.load(snapshots.seqs()[0])


def migrated(directory: Path) -> Exchange:
    """Return the exchange of the last snapshot, as of today's rules."""
    return left(directory).as_today().exchange()


async def opened(directory: Path) -> Engine:
    """Return an engine that goes on the moment the directory was stopped."""
    return await open_engine(directory, ManualClock(left(directory).header.ts_ns), fail)


def fail() -> None:
    """Fail: the core met a bug."""
    raise AssertionError("the core met a bug")
