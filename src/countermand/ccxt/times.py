"""Times, as ccxt tells them. Units: milliseconds since the Unix epoch."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NS_PER_MS = 1_000_000


def milliseconds() -> int:
    """Return the time on this machine's clock."""
    return time.time_ns() // _NS_PER_MS


def of_ns(moment_ns: int) -> int | None:
    """Return a time in milliseconds, None for one that is not told."""
    return moment_ns // _NS_PER_MS if moment_ns else None


def iso8601(moment: int | None) -> str | None:
    """Return a time as text, `2026-11-29T12:00:00.000Z`."""
    if moment is None:
        return None
    shown = _EPOCH + timedelta(milliseconds=moment)
    return f"{shown:%Y-%m-%dT%H:%M:%S}.{moment % 1000:03}Z"


def parse8601(text: str | None) -> int | None:
    """Return the time that a text tells, None for one that tells none; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)
