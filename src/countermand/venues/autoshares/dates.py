"""Dates as REST answers have them: ISO-8601 in UTC, to a tenth of a microsecond."""

import re

from countermand.venues.autoshares import session_times
from countermand.venues.autoshares.messages.shared import NO_DATE
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.order import TimeInForce
from countermand.wire import times

STEP_NS = 100

_ZONED = re.compile(r".*(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})")


def date_text(ns: int) -> str:
    """
    Return a date, floored; "no date" for 0.

    Source: ETNA manual, samples: up to seven digits, zeros at the end dropped.
    """
    if not ns:
        return NO_DATE
    text = times.iso_ns(floored(ns))
    return text.rstrip("Z").rstrip("0") + "Z" if "." in text else text


def floored(ns: int) -> int:
    """Return a time as far as a date tells it, so that it compares with dates that were told."""
    return ns - ns % STEP_NS


def date_ns(text: str) -> int:
    """Return a date's nanoseconds, 0 for "no date". Raises ValueError."""
    return 0 if text == NO_DATE else times.parse_iso(text)


def zoned(text: str) -> str:
    """Return a time with its zone; one without is in UTC."""
    return text if _ZONED.fullmatch(text[10:]) else f"{text}Z"


def expiry_text(time_in_force: TimeInForce, expire_ns: int, ctx: Ctx) -> str:
    """Return when an order ends as its owner sees it: a Day order with its session."""
    delay_ns = ctx.settings.day_end_delay_ns if time_in_force is TimeInForce.DAY else 0
    return date_text(expire_ns and expire_ns - delay_ns)


def expiry_ns(time_in_force: TimeInForce, text: str, ctx: Ctx) -> int:
    """Return when the exchange ends an order. Raises ValueError."""
    delay_ns = ctx.settings.day_end_delay_ns if time_in_force is TimeInForce.DAY else 0
    expire_ns = date_ns(text)
    return expire_ns and expire_ns + delay_ns


def day_end_ns(extended_hours: str, now_ns: int, ctx: Ctx) -> int:
    """Return when the exchange ends a Day order that comes at `now_ns`."""
    session_end_ns = session_times.day_end_ns(ctx.settings.hours, extended_hours, now_ns)
    return session_end_ns + ctx.settings.day_end_delay_ns
