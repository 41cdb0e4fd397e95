"""Logs: one line of JSON an event, and no more than so many of one kind a minute."""

from __future__ import annotations

import json
import logging

from countermand.logs import LINES_A_MINUTE, MINUTE_S, JsonLines, Throttle


def record(event: str, level: int = logging.WARNING) -> logging.LogRecord:
    """One event."""
    return logging.LogRecord("there", level, __file__, 1, event, None, None)


def test_a_line_is_json() -> None:
    """Event, level and the fields it was given."""
    given = record("happened")
    given.reason = b"why"

    line = json.loads(JsonLines().format(given))

    assert ("happened", "warning", "there") == (line["event"], line["level"], line["logger"])
    assert "reason" in line


def test_one_event_cannot_fill_the_log() -> None:
    """Others are written all the same; after a minute it is told how many were not."""
    now_s = 0.0
    throttle = Throttle(lambda: now_s)
    written = [throttle.filter(record("often")) for _ in range(LINES_A_MINUTE + 30)]
    other = throttle.filter(record("seldom"))
    now_s = MINUTE_S
    later = record("often")

    assert LINES_A_MINUTE == sum(written)
    assert other
    assert throttle.filter(later)
    assert 30 == json.loads(JsonLines().format(later))["unwritten"]


def test_debug_lines_are_not_bounded() -> None:
    """They were asked for."""
    throttle = Throttle(lambda: 0.0)

    assert all(throttle.filter(record("asked", logging.DEBUG)) for _ in range(100))
