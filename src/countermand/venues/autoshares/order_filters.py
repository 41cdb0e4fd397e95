"""
Filters of orders: the columns that lists can be searched and sorted by, and the part of a filter
that the exchange's own query can apply.

An account may have 250,000 orders and a page shows few, so a search renders only the columns it
compares. Each column has the value that `show` renders under the same name.

The exchange's query is a pre-filter: it returns a superset. The full filter runs on its result,
except for conditions that `is_met` shows to be satisfied already.

Source: ETNA manual, "List orders" (`CreateDate`, `SecurityId`, `Status`); the others are our
        proposal (README).
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from countermand.venues.autoshares import annotations, dates, paging, resolve, show, states, tables
from countermand.venues.autoshares.filters import Condition, Filter, Kind
from countermand.venues.autoshares.paging import Column, Columns
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary.ids import NO_INSTRUMENT, InstrumentId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reports import OrderReport

# The statuses of open orders, and one that no order has.
_OPEN_CODES = frozenset(
    tables.STATUS_CODES[text]
    for text in ("New", "PartiallyFilled", "PendingNew", "PendingCancel", "PendingReplace")
)
_NEVER_CODES = frozenset({tables.STATUS_CODES["Suspended"]})
_OPEN = (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
# The exchange's statuses behind each status code.
_STATUSES: dict[Any, tuple[OrdStatus, ...]] = {
    tables.STATUS_CODES[tables.DONE_FOR_DAY]: (OrdStatus.EXPIRED,),
    **{tables.STATUS_CODES[text]: (status,) for status, text in tables.STATUSES.rows},
    **{tables.STATUS_CODES[waits_for.value]: _OPEN for waits_for in states.Pending},
}
_Value = TypeVar("_Value")


def _market(one: OrderReport, ctx: Ctx) -> Instrument | None:
    return ctx.directory.instruments.get(one.instrument_id)


def _symbol(one: OrderReport, ctx: Ctx) -> str:
    market = _market(one, ctx)
    return annotations.read(one.terms.text).symbol if market is None else market.symbol


def _security_id(one: OrderReport, ctx: Ctx) -> int:
    # An order that was refused before it reached a market may still name one.
    market = resolve.find(_symbol(one, ctx), ctx)
    return 0 if market is None else market.instrument_id


def _status(one: OrderReport, ctx: Ctx) -> int:
    # The code of a held leg is not published; it is found as an open order.
    status = states.words(one, states.pending(one, ctx)).status
    return tables.STATUS_CODES["New" if status == states.HELD else status]


def _traded(part: int) -> Column[OrderReport]:
    return Column(
        Kind.NUMBER,
        lambda one, ctx: show.traded(one, _market(one, ctx), states.pending(one, ctx))[part],
    )


_CHANGED = Column[OrderReport](Kind.MOMENT, lambda one, _: dates.floored(one.transact_ns))

COLUMNS: Columns[OrderReport] = {
    "Id": Column(Kind.NUMBER, lambda one, _: one.order_id),
    "CreateDate": Column(Kind.MOMENT, lambda one, _: dates.floored(one.submit_ns)),
    "Date": _CHANGED,
    "TransactionDate": _CHANGED,
    "ExpireDate": Column(
        Kind.MOMENT, lambda one, ctx: dates.date_ns(show.expire_date(one, ctx)) or None
    ),
    "SecurityId": Column(Kind.NUMBER, _security_id),
    "AccountId": Column(Kind.NUMBER, lambda one, _: one.account_id),
    "Status": Column(Kind.NUMBER, _status),
    "Symbol": Column(Kind.TEXT, _symbol),
    "ClientId": Column(Kind.TEXT, lambda one, _: show.client_id(one)),
    "Side": Column(Kind.TEXT, lambda one, _: show.side_word(one.terms)),
    "Type": Column(Kind.TEXT, lambda one, _: show.type_word(one)),
    "TimeInForce": Column(Kind.TEXT, lambda one, _: show.tif_word(one.terms)),
    "Quantity": Column(Kind.NUMBER, lambda one, ctx: show.quantity(one.terms, _market(one, ctx))),
    "Price": Column(Kind.NUMBER, lambda one, ctx: show.price(one.terms, _market(one, ctx))),
    "ExecutedQuantity": _traded(0),
    "LeavesQuantity": _traded(1),
    "AveragePrice": _traded(2),
}
FIELDS = paging.kinds_of(COLUMNS)


def is_open(condition: Condition, ctx: Ctx) -> bool:
    """Whether only open orders can meet it. An order shown as pending may be closed already."""
    return _is_settled(condition, ctx) and (_OPEN_CODES | _NEVER_CODES).issuperset(condition.values)


def is_met(condition: Condition, ctx: Ctx) -> bool:
    """Whether every open order of the instruments asked for meets it."""
    if _only_instruments(condition) is not None:
        return True
    return is_open(condition, ctx) and _OPEN_CODES.issubset(condition.values)


def instruments(conditions: Filter) -> tuple[InstrumentId, ...] | None:
    """Return the only instruments whose open orders can meet a filter; None: any."""
    chosen = _all_of(conditions, _only_instruments)
    return None if chosen is None else tuple(sorted(chosen))


def instruments_ever(conditions: Filter) -> tuple[InstrumentId, ...] | None:
    """
    Return the only instruments whose orders can meet a filter; None: any.

    Orders that were refused before they reached a market have no instrument; they are included.
    """
    chosen = instruments(conditions)
    return None if chosen is None else (NO_INSTRUMENT, *chosen)


def statuses(conditions: Filter, ctx: Ctx) -> tuple[OrdStatus, ...] | None:
    """Return the only statuses that can meet a filter; None: any."""
    settled = [one for one in conditions if _is_settled(one, ctx)]
    chosen = _all_of(settled, lambda one: frozenset(_STATUSES.keys() & one.values))
    return None if chosen is None else tuple(sorted({s for c in chosen for s in _STATUSES[c]}))


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


def _is_settled(condition: Condition, ctx: Ctx) -> bool:
    # Whether it compares statuses that are shown without the pending delay.
    if ctx.settings.pending_ms or condition.field != "Status":
        return False
    return condition.op in ("=", "in")


def _only_instruments(condition: Condition) -> frozenset[InstrumentId] | None:
    if condition.field != "SecurityId" or condition.op not in ("=", "in"):
        return None
    values: Iterable[Any] = condition.values
    return frozenset(InstrumentId(int(value)) for value in values if value == int(value))


def _all_of(
    conditions: Iterable[Condition], only: Callable[[Condition], frozenset[_Value] | None]
) -> frozenset[_Value] | None:
    # The intersection over the conditions that restrict it; None when no condition does.
    sets = [chosen for one in conditions if (chosen := only(one)) is not None]
    return frozenset.intersection(*sets) if sets else None
