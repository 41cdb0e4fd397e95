"""
People's values: symbols, decimals and the venue's own id texts, made of reports and back.

Nothing here knows ticks or lots to a user; what is off a market's grid cannot be said.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from msgspec import Struct

from countermand.client.session import Session
from countermand.vocabulary.ids import NO_INSTRUMENT
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecInst,
    OrderTerms,
    OrdType,
    Side,
    Standing,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.errors import NotExpressible
from countermand.wire.order_kinds import is_against

Number = Decimal | int | str

# A percentage has so many digits: down to a part in a billion.
PERCENT_SCALE = numbers.PPB_SCALE - 2
# No amount has more; int's own text of so many digits would be refused by Python.
_BITS_MAX = 1_000


class Order(Struct, frozen=True):
    """
    An order as its venue shows it.

    Shape:  `order_id` is the venue's own text, `cl_ord_id` the owner's; words are FIX's in small
            letters: `side` buy or sell, `ord_status` new, partially_filled, filled, canceled,
            rejected or expired.
    One with a `stop_px` comes in when the market is there, and sleeps until then; `trigger` says
    which way: stop or take_profit. A stop that trails has its distance in `trail`, a price's or a
    percentage (`2%`), and where its limit follows that one's in `limit_offset`. One with `is_twap`
    comes in by slices.

    Units:  exact decimals; `price` is None for an order without one, `avg_px` before any trade,
            `stop_px` for an order that comes in at once;
            `submit_ns`, when it was placed, and `transact_ns`, when it last changed, nanoseconds
            since the Unix epoch, 0 where they are not told; `expire_ns`, when a gtd order ends, 0
            of any other.
    """

    order_id: str
    cl_ord_id: str
    symbol: str
    side: str
    ord_type: str
    time_in_force: str
    order_qty: Decimal
    price: Decimal | None
    ord_status: str
    is_open: bool
    cum_qty: Decimal
    leaves_qty: Decimal
    avg_px: Decimal | None
    exec_inst: tuple[str, ...] = ()
    transact_ns: int = 0
    submit_ns: int = 0
    stop_px: Decimal | None = None
    is_asleep: bool = False
    trigger: str = ""
    trail: str | None = None
    limit_offset: Decimal | None = None
    is_twap: bool = False
    expire_ns: int = 0


def order_of(session: Session, report: OrderReport) -> Order:
    """Return an order in people's words."""
    one, terms = session.directory.instruments[report.instrument_id], report.terms
    limited = terms.ord_type is OrdType.LIMIT
    return Order(
        order_id=id_text(session, report),
        cl_ord_id=own_name(report),
        symbol=one.symbol,
        side=terms.side.name.lower(),
        ord_type=terms.ord_type.name.lower(),
        time_in_force=terms.time_in_force.name.lower(),
        order_qty=qty(one, terms.order_qty_lots),
        price=price(one, terms.price_ticks) if limited else None,
        ord_status=report.ord_status.name.lower(),
        is_open=report.is_open,
        cum_qty=qty(one, report.cum_qty_lots),
        leaves_qty=qty(one, report.leaves_qty_lots),
        avg_px=average(one, report),
        exec_inst=tuple(i.name.lower() for i in ExecInst if i and terms.exec_inst & i),
        transact_ns=report.transact_ns,
        submit_ns=report.submit_ns,
        is_twap=terms.schedule is not None,
        expire_ns=terms.expire_ns if terms.time_in_force is TimeInForce.GTD else 0,
        **_waking(one, report),
    )


def _waking(one: Instrument, report: OrderReport) -> dict[str, Any]:
    woken_by, side, link = report.terms.trigger, report.terms.side, report.terms.link
    if woken_by is None:
        return {}
    offset = woken_by.limit_offset_ticks
    return {
        "stop_px": price(one, woken_by.price_ticks),
        # Of two that are told as one, so that their list has no number, one is awake.
        "is_asleep": report.is_open and not woken_by.is_met and (link is None or link.list_id > 0),
        "trigger": "stop" if is_against(woken_by, side) else "take_profit",
        "trail": _trail_text(one, woken_by) if woken_by.is_trailing else None,
        "limit_offset": None if offset is None else price(one, offset),
    }


def _trail_text(one: Instrument, woken_by: Trigger) -> str:
    if woken_by.trail_ppb:
        return f"{numbers.unscaled(woken_by.trail_ppb, PERCENT_SCALE)}%"
    return numbers.price_text(one, woken_by.trail_ticks)


def own_name(report: OrderReport) -> str:
    """Return what its owner called an order; where the venue has the main name, the second."""
    return report.terms.secondary_cl_ord_id or report.cl_ord_id


def id_text(session: Session, report: OrderReport) -> str:
    """Return the venue's own text for an order."""
    return session.end.spell(report, session.context(0))


def order_text(session: Session, query: GetOrder) -> str:
    """Return the venue's own text for an order that was not shown yet."""
    nothing = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 0)
    report = OrderReport(
        query.order_id,
        query.account_id,
        NO_INSTRUMENT,
        query.cl_ord_id,
        nothing,
        Standing.PENDING,
    )
    return id_text(session, report)


def told(session: Session, report: OrderReport) -> dict[str, Any]:
    """Return the fields of an outcome that tell of an order."""
    one = session.directory.instruments[report.instrument_id]
    return {
        "order_id": id_text(session, report),
        "cl_ord_id": own_name(report),
        "symbol": one.symbol,
        "cum_qty": qty(one, report.cum_qty_lots),
        "leaves_qty": qty(one, report.leaves_qty_lots),
        "avg_px": average(one, report),
    }


def qty(one: Instrument, lots: int) -> Decimal:
    """Return a quantity as people write it."""
    return Decimal(numbers.qty_text(one, lots))


def price(one: Instrument, ticks: int) -> Decimal:
    """Return a price as people write it."""
    return Decimal(numbers.price_text(one, ticks))


def average(one: Instrument, report: OrderReport) -> Decimal | None:
    """Return the average price of what an order traded, None before any trade."""
    lots = report.cum_qty_lots
    if not lots or not report.cum_notional_minor:
        return None
    return Decimal(numbers.avg_px_text_half_even(one, report.cum_notional_minor, lots))


def lots(one: Instrument, value: Number) -> int:
    """Return a quantity in lots. Raises NotExpressible off the market's grid."""
    try:
        return numbers.qty_lots(one, decimal(value))
    except numbers.NotOnGrid as error:
        raise NotExpressible(f"quantity {value} {error} on {one.symbol}") from None


def ticks(one: Instrument, value: Number) -> int:
    """Return a price in ticks. Raises NotExpressible off the market's grid."""
    try:
        return numbers.price_ticks(one, decimal(value))
    except numbers.NotOnGrid as error:
        raise NotExpressible(f"price {value} {error} on {one.symbol}") from None


def is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8: one with half of a surrogate pair cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def decimal(value: Number) -> Decimal:
    """
    Return a number exactly. Raises NotExpressible for a value that is not one, a float among them.
    """
    if isinstance(value, bool):
        raise NotExpressible(f"{value!r} is no number")
    if isinstance(value, int) and value.bit_length() > _BITS_MAX:
        raise NotExpressible(f"a number of {value.bit_length()} bits is too large")
    if isinstance(value, float):
        raise NotExpressible(f"{value!r} is a float: write it as text or as a Decimal")
    try:
        return Decimal(value)
    except (InvalidOperation, TypeError, ValueError):
        raise NotExpressible(f"{value!r} is no number") from None


def word(kind: Any, text: str) -> Any:
    """Return the member of an enum that is written so, in any case. Raises NotExpressible."""
    if not isinstance(text, str):
        raise NotExpressible(f"{text!r} is no text")
    try:
        return kind[text.upper().replace("-", "_")]
    except KeyError:
        known = ", ".join(one.name.lower() for one in kind)
        raise NotExpressible(f"{text!r} is none of {known}") from None
