"""
Session times: when a day of trading ends, by the calendar of an exchange.

The library that knows holidays and early closes is large and slow to load, so it is loaded with the
first calendar that is asked for. What it says is a pure function of the calendar's name and time.

Source: exchange_calendars, `XNYS`; ETNA manual, "Extended hours" (the words). That the sessions
        before and after the regular one last from 4:00 and until 20:00 New York time is the usual
        practice of US brokers; here it is our proposal and a setting.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from msgspec import Struct

from countermand.wire import times

if TYPE_CHECKING:
    from exchange_calendars import ExchangeCalendar

# Sessions that go on after the regular one, and the one that ends when it begins.
_LATE = frozenset({"POST", "ALL", "REGPOST", "PREPOST"})
_EARLY = "PRE"

# Within how many days a session is sure to be found: exchanges do not close for longer.
_MARGIN_DAYS = 31


class Session(Struct, frozen=True, gc=False):
    """
    One day of trading: the regular session, and until when one may trade after it.

    Units: nanoseconds since the Unix epoch.
    """

    open_ns: int
    close_ns: int
    late_close_ns: int

    def end_ns(self, extended_hours: str) -> int:
        """Return when an order for the day ends that is good in these hours; empty: regular."""
        if extended_hours == _EARLY:
            return self.open_ns
        return self.late_close_ns if extended_hours in _LATE else self.close_ns


def day_end_ns(calendar: str, late_close: str, extended_hours: str, now_ns: int) -> int:
    """
    Return when a Day order that comes at `now_ns` ends: the session's end, or the next session's.

    Shape:  `late_close` is `HH:MM` in the calendar's time zone; a day that closes early closes as
            much earlier late.
    Raises: ValueError for a calendar nobody knows.
    """
    year = datetime.fromtimestamp(now_ns // times.S, UTC).year
    ends = _ends(calendar, late_close, extended_hours, year)
    return ends[bisect_right(ends, now_ns)]


def check(calendar: str, late_close: str) -> None:
    """Raise ValueError unless a calendar is known and a time of day is one."""
    time.fromisoformat(late_close)
    _library_calendar(calendar, 2026)


@lru_cache(maxsize=128)
def _ends(calendar: str, late_close: str, extended_hours: str, year: int) -> tuple[int, ...]:
    sessions = _sessions(calendar, late_close, year)
    return tuple(session.end_ns(extended_hours) for session in sessions)


@lru_cache(maxsize=16)
def _sessions(calendar: str, late_close: str, year: int) -> tuple[Session, ...]:
    # The year's sessions, with some before and after it: its first night is still the last day's.
    known = _library_calendar(calendar, year)
    late, usual = time.fromisoformat(late_close), known.close_times[-1][1]
    zone = ZoneInfo(str(known.tz))
    found = []
    for opens, closes in zip(known.opens, known.closes, strict=True):
        close = closes.to_pydatetime().astimezone(zone)
        missed = datetime.combine(close.date(), usual, zone) - close
        late_close_at = datetime.combine(close.date(), late, zone) - max(missed, timedelta(0))
        found.append(Session(opens.value, closes.value, int(late_close_at.timestamp()) * times.S))
    return tuple(found)


@lru_cache(maxsize=16)
def _library_calendar(name: str, year: int) -> ExchangeCalendar:
    import exchange_calendars  # noqa: PLC0415  (a second of loading; only who serves this venue pays)
    from exchange_calendars.errors import InvalidCalendarName  # noqa: PLC0415  (likewise)

    first, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 31, tzinfo=UTC)
    margin = timedelta(days=_MARGIN_DAYS)
    bounds = {"start": f"{first - margin:%Y-%m-%d}", "end": f"{last + margin:%Y-%m-%d}"}
    try:
        return exchange_calendars.get_calendar(name, **bounds)
    except InvalidCalendarName:
        raise ValueError(f"no calendar is called {name!r}") from None
