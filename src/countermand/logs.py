"""
Logs: one JSON object a line, to stderr, or on a terminal one line of text. What is logged is chosen
by field. What a client can cause is bounded, so that strangers cannot fill the disk.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec

# The attributes of every record; any other came in as `extra` and is a field of the line.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# Lines of one event that are written in a minute.
LINES_A_MINUTE = 20
MINUTE_S = 60.0


# The colors of levels on a terminal: ANSI's "select graphic rendition".
_COLORS = {"WARNING": "33", "ERROR": "31", "CRITICAL": "31"}
_QUIET = "2"


class JsonLines(logging.Formatter):
    """A record as one line: time, level, logger, event, then the fields it was given."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {
            "time": at,
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
        }
        line |= _fields(record)
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class TextLines(logging.Formatter):
    """A record as a line to read: local time, level, event, then the fields it was given."""

    def __init__(self, *, in_color: bool) -> None:
        super().__init__()
        self._in_color = in_color

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end; a traceback follows on lines of its own."""
        at = datetime.fromtimestamp(record.created).astimezone()
        level = f"{record.levelname.lower():<7}"
        if self._in_color:
            level = f"\x1b[{_COLORS.get(record.levelname, _QUIET)}m{level}\x1b[0m"
        fields = "".join(f"  {name}={_text(value)}" for name, value in _fields(record).items())
        line = f"{at:%H:%M:%S} {level} {_shown(record.getMessage())}{fields}"
        if record.exc_info:
            trace = self.formatException(record.exc_info).splitlines()
            line = "\n".join([line, *map(_shown, trace)])
        return line


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if name not in _STANDARD}


def _text(value: object) -> str:
    if not isinstance(value, str):
        value = msgspec.json.encode(value, enc_hook=str).decode()
    elif not value or " " in value or '"' in value:
        value = json.dumps(value, ensure_ascii=False)
    return _shown(value)


def _shown(text: str) -> str:
    # A client's text may hold codes that move a terminal's cursor or rename its window.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class LeftOut(logging.Filter):
    """Leaves out events that a person was told of in another way."""

    def __init__(self, events: Collection[str]) -> None:
        super().__init__()
        self._events = events

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is written."""
        return record.msg not in self._events


class Throttle(logging.Filter):
    """
    Lets so many lines of one event through a minute; the next one says how many it dropped.

    Lines at debug were asked for and are not bounded.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        # By logger and event: when its minute began, and how many lines came in it.
        self._seen: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the line is written."""
        if record.levelno <= logging.DEBUG:
            return True
        event, now_s = (record.name, str(record.msg)), self._clock()
        began_s, count = self._seen.get(event, (now_s, 0))
        if now_s - began_s >= MINUTE_S:
            if count > LINES_A_MINUTE:
                record.unwritten = count - LINES_A_MINUTE
            began_s, count = now_s, 0
        self._seen[event] = (began_s, count + 1)
        return count < LINES_A_MINUTE


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to what stderr is at the time: a progress bar stands in for it, to stay below."""

    @property
    def stream(self) -> TextIO:
        return sys.stderr

    @stream.setter
    def stream(self, stream: TextIO) -> None:
        pass


def configure(
    level: str = "info", *, as_text: bool = False, left_out: Collection[str] = ()
) -> None:
    """
    Send every log of the process to stderr, as JSON lines or as text.

    `left_out` are events that are not written. Text is in color on a terminal, unless NO_COLOR is
    set (https://no-color.org).
    """
    handler = _Stderr()
    in_color = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    handler.setFormatter(TextLines(in_color=in_color) if as_text else JsonLines())
    handler.addFilter(LeftOut(left_out))
    handler.addFilter(Throttle())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
