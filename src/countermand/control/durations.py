"""Durations: how long, in an operator's words: numbers with a unit, such as `30d` or `1h 30m`."""

from __future__ import annotations

import re
from decimal import Decimal

from countermand.control import names

_UNITS_NS = {
    "d": 86_400_000_000_000,
    "h": 3_600_000_000_000,
    "m": 60_000_000_000,
    "s": 1_000_000_000,
    "ms": 1_000_000,
    "us": 1_000,
    "ns": 1,
}
_PART = r"([0-9]{1,18}(?:\.[0-9]{1,9})?)(d|h|ms|m|s|us|ns)"
_PARTS = re.compile(_PART)
_DURATION = re.compile(rf"(?:{_PART} ?)+")


def parse(text: str, field: str) -> int:
    """Return the nanoseconds of a duration, finer parts cut off. Raises ControlError."""
    if text == "0":
        return 0
    if not _DURATION.fullmatch(text):
        raise names.invalid(field, f"{names.echoed(text)} is no duration, such as 30d or 1h 30m")
    parts = (Decimal(number) * _UNITS_NS[unit] for number, unit in _PARTS.findall(text))
    return int(sum(parts))


def shown(ns: int) -> str:
    """Return a duration in words that `parse` reads."""
    for unit, size in _UNITS_NS.items():
        if ns >= size and not ns % size:
            return f"{ns // size}{unit}"
    return "0"
