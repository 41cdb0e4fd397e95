"""
Session times: when a day of trading ends, by the calendar of an exchange.

The library knows on which days an exchange is closed and on which it closes early; from when until
when it is open on the others is a setting. What comes of both is a pure function of the time.

Source: holidays, `XNYS` (the days); NYSE, "Holidays and trading hours" (the hours); ETNA manual,
        "Extended hours" (the words). That the sessions before and after the regular one last from
        4:00 and until 20:00 New York time is the usual practice of US brokers; here it is our
        proposal and a setting.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from countermand.wire import times

if TYPE_CHECKING:
    from holidays import HolidayBase

# Sessions that go on after the regular one, and the one that ends when it begins.
_LATE = frozenset({"POST", "ALL", "REGPOST", "PREPOST"})
_EARLY = "PRE"

# Within how many days a session is sure to be found: exchanges do not close for longer.
_MARGIN_DAYS = 31


class Hours(Struct, frozen=True, gc=False):
    """
    Whose days of trading, in which time zone, from when until when; by default New York's.

    Shape:  `calendar` is a market's MIC (ISO 10383), `time_zone` a name of the IANA's, the other
            ones are times of day, `HH:MM`. A day that closes early closes as much earlier late.
    """

    calendar: str = "XNYS"
    time_zone: str = "America/New_York"
    opens: str = "09:30"
    closes: str = "16:00"
    early_close: str = "13:00"
    late_close: str = "20:00"


class Session(Struct, frozen=True, gc=False):
    """
    One day of trading: the regular session, and the end of trading after it.

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


def day_end_ns(hours: Hours, extended_hours: str, now_ns: int) -> int:
    """
    Return when a Day order that comes at `now_ns` ends: the session's end, or the next session's.

    Raises: ValueError for hours that `check` refuses.
    """
    year = datetime.fromtimestamp(now_ns // times.S, UTC).year
    ends = _ends(hours, extended_hours, year)
    return ends[bisect_right(ends, now_ns)]


def check(hours: Hours) -> None:
    """Raise ValueError unless calendar and time zone exist and the times of day are in order."""
    day = (hours.opens, hours.early_close, hours.closes, hours.late_close)
    if sorted(day, key=time.fromisoformat) != list(day):
        raise ValueError("opens, early_close, closes and late_close must follow each other")
    _sessions(hours, 2026)


@lru_cache(maxsize=128)
def _ends(hours: Hours, extended_hours: str, year: int) -> tuple[int, ...]:
    return tuple(session.end_ns(extended_hours) for session in _sessions(hours, year))


@lru_cache(maxsize=16)
def _sessions(hours: Hours, year: int) -> tuple[Session, ...]:
    # The year's sessions, with some before and after it: its first night is still the last day's.
    first = date(year, 1, 1) - timedelta(_MARGIN_DAYS)
    last = date(year, 12, 31) + timedelta(_MARGIN_DAYS)
    closed, short = _holidays(hours.calendar)
    days = (first + timedelta(after) for after in range((last - first).days + 1))
    return tuple(
        _session(hours, day, is_short=day in short) for day in days if closed.is_working_day(day)
    )


def _session(hours: Hours, day: date, *, is_short: bool) -> Session:
    close_ns = _instant_ns(hours, day, hours.early_close if is_short else hours.closes)
    missed_ns = _instant_ns(hours, day, hours.closes) - close_ns
    late_close_ns = _instant_ns(hours, day, hours.late_close) - missed_ns
    return Session(_instant_ns(hours, day, hours.opens), close_ns, late_close_ns)


def _instant_ns(hours: Hours, day: date, time_of_day: str) -> int:
    try:
        zone = ZoneInfo(hours.time_zone)
    except (ValueError, ZoneInfoNotFoundError):
        raise ValueError(f"no time zone is called {hours.time_zone!r}") from None
    moment = datetime.combine(day, time.fromisoformat(time_of_day), zone)
    return int(moment.timestamp()) * times.S


def _holidays(calendar: str) -> tuple[HolidayBase, Container[date]]:
    """Return the days an exchange is closed, weekends aside, and those on which it closes early."""
    # Imported here, so that it is loaded only where this venue is served.
    import holidays  # noqa: PLC0415  (loaded when it is needed)

    try:
        closed = holidays.financial_holidays(calendar)
    except NotImplementedError:
        raise ValueError(f"no calendar is called {calendar!r}") from None
    if holidays.HALF_DAY not in closed.supported_categories:
        return closed, ()
    return closed, holidays.financial_holidays(calendar, categories=holidays.HALF_DAY)
