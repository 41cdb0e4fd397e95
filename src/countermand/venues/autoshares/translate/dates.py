"""Dates as REST answers have them: ISO-8601 in UTC, to a tenth of a microsecond."""

from countermand.venues.autoshares import session_times, settings
from countermand.venues.autoshares.messages.orders import NO_DATE
from countermand.vocabulary.order import TimeInForce
from countermand.wire import times
from countermand.wire.context import Context

STEP_NS = 100


def date_to_wire(ns: int) -> str:
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


def date_from_wire(text: str) -> int:
    """Return a date's nanoseconds, 0 for "no date". Raises ValueError."""
    return 0 if text == NO_DATE else times.parse_iso(text)


def expiry_to_wire(time_in_force: TimeInForce, expire_ns: int, ctx: Context) -> str:
    """Return when an order ends as its owner sees it: a Day order with its session."""
    if time_in_force is TimeInForce.DAY and expire_ns:
        return date_to_wire(expire_ns - settings.of(ctx.settings).day_end_delay_ns)
    return date_to_wire(expire_ns)


def expiry_from_wire(time_in_force: TimeInForce, text: str, ctx: Context) -> int:
    """Return when the exchange ends an order. Raises ValueError."""
    expire_ns = date_from_wire(text)
    if time_in_force is TimeInForce.DAY and expire_ns:
        return expire_ns + settings.of(ctx.settings).day_end_delay_ns
    return expire_ns


def day_end_ns(extended_hours: str, now_ns: int, ctx: Context) -> int:
    """Return when the exchange ends a Day order that comes at `now_ns`."""
    ours = settings.of(ctx.settings)
    session_end = session_times.day_end_ns(ours.hours, extended_hours, now_ns)
    return session_end + ours.day_end_delay_ns
