"""
Narrowing: what a filter lets the exchange leave out of a list of orders before it is looked at.

What is said here may keep too much and never leaves out too much: the filter is held to what is
left, but for the conditions that `is_met` knows to be done with.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from countermand.venues.autoshares import settings, tables
from countermand.venues.autoshares.filters import Condition, Filter
from countermand.venues.autoshares.translate import dates
from countermand.vocabulary.ids import InstrumentId
from countermand.vocabulary.order import OrdStatus
from countermand.wire.context import Context

# What an open order can be shown as when nothing is pending, and what a filter may add to it.
_OPEN_CODES = frozenset({tables.STATUS_CODES["New"], tables.STATUS_CODES["PartiallyFilled"]})
_NEVER_CODES = frozenset(
    tables.STATUS_CODES[text]
    for text in ("PendingNew", "PendingCancel", "PendingReplace", "Suspended")
)
# What an order has to be, to be shown as this.
_STATUSES: dict[Any, OrdStatus] = {
    tables.STATUS_CODES[tables.DONE_FOR_DAY]: OrdStatus.EXPIRED,
    **{tables.STATUS_CODES[text]: status for status, text in tables.STATUSES.rows},
}
# Where an order is that was refused before it came into a market, whatever security it names.
_NOWHERE = InstrumentId(0)

_Value = TypeVar("_Value")


def is_open(condition: Condition, ctx: Context) -> bool:
    """Whether only open orders can meet it; what is shown as pending may be closed already."""
    if not _is_settled(condition, ctx):
        return False
    return (_OPEN_CODES | _NEVER_CODES).issuperset(condition.values)


def is_met(condition: Condition, ctx: Context) -> bool:
    """Whether every open order of the instruments asked for meets it."""
    if _only_instruments(condition) is not None:
        return True
    return is_open(condition, ctx) and _OPEN_CODES.issubset(condition.values)


def instruments(conditions: Filter) -> tuple[InstrumentId, ...] | None:
    """Return the only instruments whose open orders can meet a filter; None: any."""
    chosen = _all_of(conditions, _only_instruments)
    return None if chosen is None else tuple(sorted(chosen))


def instruments_ever(conditions: Filter) -> tuple[InstrumentId, ...] | None:
    """Return the only instruments whose orders can meet a filter; None: any."""
    chosen = instruments(conditions)
    return None if chosen is None else (_NOWHERE, *chosen)


def statuses(conditions: Filter, ctx: Context) -> tuple[OrdStatus, ...] | None:
    """Return the only statuses that can meet a filter; None: any."""

    def only(condition: Condition) -> frozenset[OrdStatus] | None:
        if not _is_settled(condition, ctx):
            return None
        return frozenset(_STATUSES[code] for code in condition.values if code in _STATUSES)

    chosen = _all_of(conditions, only)
    return None if chosen is None else tuple(sorted(chosen))


def span_ns(conditions: Filter) -> tuple[int | None, int | None]:
    """
    Return from when to when an order must have come to meet a filter; None: from or to any time.

    Units:  nanoseconds since the Unix epoch, both included.
    """
    dated = [condition for condition in conditions if condition.field == "CreateDate"]
    firsts = [min(_moments(one)) for one in dated if one.op not in ("<", "<=")]
    lasts = [max(_moments(one)) for one in dated if one.op not in (">", ">=")]
    # An order may have come later than it shows, by less than a step.
    last_ns = min(lasts) + dates.STEP_NS - 1 if lasts else None
    return max(firsts, default=None), last_ns


def _moments(condition: Condition) -> list[int]:
    return [int(value) for value in condition.values]


def _is_settled(condition: Condition, ctx: Context) -> bool:
    # Whether it names statuses that are shown as soon as they are true.
    if settings.of(ctx.settings).pending_ns or condition.field != "Status":
        return False
    return condition.op in ("=", "in")


def _only_instruments(condition: Condition) -> frozenset[InstrumentId] | None:
    if condition.field != "SecurityId" or condition.op not in ("=", "in"):
        return None
    values: Iterable[Any] = condition.values
    return frozenset(InstrumentId(int(value)) for value in values if value == int(value))


def _all_of(
    conditions: Filter, only: Callable[[Condition], frozenset[_Value] | None]
) -> frozenset[_Value] | None:
    # What all conditions allow that say anything about it.
    sets = [chosen for one in conditions if (chosen := only(one)) is not None]
    return frozenset.intersection(*sets) if sets else None
