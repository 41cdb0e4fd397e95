"""
Logs: one JSON object a line, to stderr. What is logged is chosen by field. What a client
can cause is bounded, so that strangers cannot fill the disk.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec

# What every record has; anything else came in as `extra` and is a field of the line.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

# An event that many things at once can cause says what it has to say in so many lines.
LINES_A_MINUTE = 20
MINUTE_S = 60.0


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
        line |= {k: v for k, v in vars(record).items() if k not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class Throttle(logging.Filter):
    """
    Lets so many lines of one event through a minute, and tells with the next one how many it kept.

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


def configure(level: str = "info") -> None:
    """Send every log of the process to stderr as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Throttle())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
