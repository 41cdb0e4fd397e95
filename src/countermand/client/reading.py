"""
Reading an order, for what it proves: by its id or name, else among the open ones.

What a read proves is one of three things: how the order stands, that the venue knows none, or
nothing.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from countermand.client.acts import Talk
from countermand.client.asking import Denied, Told, ask
from countermand.client.heard import Ended
from countermand.client.outcome import Witness
from countermand.client.session import Session
from countermand.client.trace import Trace
from countermand.vocabulary.queries import GetOrder, ListOpenOrders
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.vocabulary.reports import OrderPage, OrderReport
from countermand.wire.errors import CancelRefused, NotExpressible, NotFound, OrderRefused, WireError
from countermand.wire.operation import Operation


class Shown(Struct, frozen=True):
    """The venue showed the order."""

    report: OrderReport
    witness: Witness


class Absent(Struct, frozen=True):
    """The venue says that it knows no such order."""

    witness: Witness


class Unseen(Struct, frozen=True):
    """Nothing was learned; `error` is how the venue refused to show it, if it did."""

    text: str
    witness: Witness
    error: WireError | None = None


class Unlisted(Struct, frozen=True):
    """It is not among the open orders."""

    witness: Witness


Sight = Shown | Absent | Unlisted | Unseen

UNKNOWN = CxlRejReason.UNKNOWN_ORDER


def read_order(session: Session, query: GetOrder, trace: Trace) -> Talk[Sight]:
    """
    Look for an order, once, where no stream told already that it traded whole.

    What a stream told of another end is evidence where the read is none: a fill may be told after
    it, which a read shows.
    """
    ended = session.endings.of(query)
    if ended is not None and ended.is_whole:
        return (yield from _heard(ended, trace))
    sight = yield from _read(session, query, trace)
    ended = session.endings.of(query)
    if ended is not None and isinstance(sight, Unseen | Unlisted):
        return (yield from _heard(ended, trace))
    return sight


def _heard(ended: Ended, trace: Trace) -> Talk[Sight]:
    yield from trace.heard(ended.witness)
    return Shown(ended.report, ended.witness)


def _read(session: Session, query: GetOrder, trace: Trace) -> Talk[Sight]:
    try:
        result = yield from ask(session, Operation.GET_ORDER, query, trace)
    except NotExpressible:
        return (yield from _listed(session, query, trace))
    if isinstance(result, Told):
        return Shown(result.report, result.witness)
    if isinstance(result, Denied):
        if is_unknown(result.error):
            return Absent(result.witness)
        return Unseen(str(result.error), result.witness, result.error)
    return Unseen(result.text, result.witness)


def is_unknown(error: WireError) -> bool:
    """Whether a refusal says that there is no such order."""
    match error:
        case NotFound() | OrderRefused(reason=RejectReason.UNKNOWN_ORDER):
            return True
        case CancelRefused(cxl_rej_reason=CxlRejReason.UNKNOWN_ORDER):
            return True
    return False


def _listed(session: Session, query: GetOrder, trace: Trace) -> Talk[Sight]:
    # A name by which the venue shows no order: the open orders tell whose it is. That it is not
    # among them proves nothing, for it may be over.
    found, witness, text = yield from open_orders(session, trace)
    if found is None:
        return Unseen(text, witness)
    shown = next((report for report in found if is_named(report, query)), None)
    return Unlisted(witness) if shown is None else Shown(shown, witness)


def open_orders(
    session: Session, trace: Trace
) -> Talk[tuple[tuple[OrderReport, ...] | None, Witness, str]]:
    """Return the open orders of the account, or None and why they could not be read."""
    every = ListOpenOrders((session.account_id,))
    result = yield from ask(session, Operation.LIST_ORDERS, every, trace)
    if isinstance(result, Told):
        return reports(result.report), result.witness, ""
    text = str(result.error) if isinstance(result, Denied) else result.text
    return None, result.witness, text


def reports(told: Any) -> tuple[OrderReport, ...]:
    """Return the orders of a list that are open."""
    listed = told.orders if isinstance(told, OrderPage) else told
    return tuple(report for report in listed if report.is_open)


def is_named(report: OrderReport, query: GetOrder) -> bool:
    """Whether a report is of the order that a query names."""
    if query.order_id and report.order_id:
        return report.order_id == query.order_id
    names = {report.cl_ord_id, report.terms.secondary_cl_ord_id} - {""}
    return bool(names & {query.cl_ord_id, query.secondary_cl_ord_id})


def exact_query(report: OrderReport, query: GetOrder) -> GetOrder:
    """Return the query that names a shown order by what only it is called."""
    exact = query_of(report)
    return exact if exact.order_id or exact.cl_ord_id else query


def query_of(report: OrderReport) -> GetOrder:
    """Return the query for an order that was shown."""
    order_id = report.order_id
    return GetOrder(report.account_id, order_id, "" if order_id else report.cl_ord_id)
