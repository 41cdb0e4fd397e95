"""Logs: one line an event, of JSON or to read, and no more than so many of one kind a minute."""

from __future__ import annotations

import json
import logging
import re
import sys

from countermand.logs import LINES_A_MINUTE, MINUTE_S, JsonLines, LeftOut, TextLines, Throttle


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


def test_a_line_for_people() -> None:
    """Time, level and event, then the fields; only what has spaces is quoted."""
    given = record("happened")
    given.reason, given.seq, given.files = "no room", 7, ["a b"]

    line = TextLines(in_color=False).format(given)

    assert re.fullmatch(
        r'\d\d:\d\d:\d\d warning happened  reason="no room"  seq=7  files=\["a b"\]', line
    )
    assert "\x1b[33mwarning\x1b[0m" in TextLines(in_color=True).format(given)


def test_a_client_does_not_write_on_the_terminal() -> None:
    """What moves its cursor is spelled out, in fields and in tracebacks."""
    given = record("happened")
    given.path = "/\x1b[2J\x9b\u202e\n"
    try:
        int("\x1b]0;owned\x07")
    except ValueError:
        given.exc_info = sys.exc_info()

    first, *trace = TextLines(in_color=False).format(given).splitlines()

    assert first.endswith("path=" + r"/\x1b[2J\x9b\u202e\n")
    assert trace[-1].startswith("ValueError: ")
    assert all(line.isprintable() for line in trace)


def test_events_can_be_left_out() -> None:
    """By name, and no others."""
    left_out = LeftOut(("known",))

    assert [False, True] == [left_out.filter(record(event)) for event in ("known", "new")]
