"""
Times: nanoseconds since the Unix epoch to seconds and ISO-8601 text, and back. Reads no clock.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

S = 1_000_000_000
MS = 1_000_000
DAY = 24 * 60 * 60 * S

_EPOCH = date(1970, 1, 1)
_DAY_S = 24 * 60 * 60
_DIGITS_MAX = 12
_ISO = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})"
    r"(?:[.,]([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))"
)


def iso_floor_ms(ns: int) -> str:
    """
    Return ISO-8601 UTC text with `Z`, floored to milliseconds; no fraction when there is none.
    """
    seconds, beyond = divmod(ns, S)
    ms = beyond // MS
    return f"{_iso_seconds(seconds)}.{ms:03d}Z" if ms else f"{_iso_seconds(seconds)}Z"


def iso_ns(ns: int) -> str:
    """
    Return ISO-8601 UTC text with `Z`, exact: no fraction, or milli-, micro- or nanoseconds.
    """
    seconds, beyond = divmod(ns, S)
    part = f"{beyond:09d}"
    while part.endswith("000"):
        part = part[:-3]
    return f"{_iso_seconds(seconds)}.{part}Z" if part else f"{_iso_seconds(seconds)}Z"


@lru_cache(maxsize=4096)
def _iso_seconds(seconds: int) -> str:
    # Times of one answer, and of neighboring answers, mostly fall into the same second.
    days, rest = divmod(seconds, _DAY_S)
    minutes, second = divmod(rest, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_EPOCH + timedelta(days=days)}T{hour:02d}:{minute:02d}:{second:02d}"


def parse_iso(text: str) -> int:
    """
    Return the nanoseconds an ISO-8601 text names, exactly.

    Shape:  date, time, up to nine fraction digits, then `Z` or an offset; without one it is no
            instant.
    Raises: ValueError for anything else.
    """
    if (match := _ISO.fullmatch(text)) is None:
        raise ValueError("must be an ISO-8601 time with Z or an offset")
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004  (a clock's face)
        raise ValueError("must be a time of day")
    days = (date(year, month, day) - _EPOCH).days
    seconds = days * _DAY_S + hour * 3600 + minute * 60 + second
    return (seconds - _offset_s(match)) * S + int((match[7] or "0").ljust(9, "0"))


def _offset_s(match: re.Match[str]) -> int:
    if match[8] is None:
        return 0
    offset = int(match[9]) * 3600 + int(match[10]) * 60
    return offset if match[8] == "+" else -offset


def parse_seconds(raw: bytes) -> int:
    """Return the nanoseconds that whole seconds in ASCII digits name. Raises ValueError."""
    if not raw.isdigit() or len(raw) > _DIGITS_MAX:
        raise ValueError("must be whole seconds")
    return int(raw) * S


def parse_decimal_seconds(raw: bytes) -> int:
    """Return the nanoseconds that seconds with up to nine decimals name. Raises ValueError."""
    whole, point, part = raw.partition(b".")
    if not point:
        return parse_seconds(raw)
    if not part.isdigit() or len(part) > 9:  # noqa: PLR2004  (nanoseconds)
        raise ValueError("must be seconds with at most nine decimals")
    return parse_seconds(whole) + int(part.ljust(9, b"0"))


def seconds_text(ns: int) -> str:
    """Return whole seconds, floored, in digits."""
    return str(ns // S)
