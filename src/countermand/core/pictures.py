"""
Pictures: what an order is after something has happened to it.

Events carry these, and `evolve` makes an order what its event says; both ends of that are checked
against one another there. Each function takes an order as it is and changes nothing.
"""

from msgspec.structs import replace

from countermand.core.ledger import order_hold
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecType, OrderTerms, OrdStatus, Pending, Standing
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import OrderReport, Shared

# Enum members looked up once: these lines run on every order and every cancel.
_CLOSED, _HELD = Standing.CLOSED, Standing.HELD
_NOTHING, _CANCEL, _NEW = Pending.NONE, Pending.CANCEL, Pending.NEW
_CANCELED, _EXPIRED = OrdStatus.CANCELED, OrdStatus.EXPIRED
_PARTIALLY_FILLED, _FILLED = OrdStatus.PARTIALLY_FILLED, OrdStatus.FILLED
_BY_CANCEL, _BY_EXPIRY, _BY_TRADE = ExecType.CANCELED, ExecType.EXPIRED, ExecType.TRADE
_TRIGGERED = ExecType.TRIGGERED
_BY_EXCHANGE, _BY_REPLACEMENT = ExecType.RESTATED, ExecType.REPLACED


def not_let_in(now: OrderReport, ts_ns: int, reason: RejectReason) -> OrderReport:
    """Return the order as it ends that was taken, and refused when it came to the book."""
    return replace(canceled(now, ts_ns, CancelReason.NOT_LET_IN), reject_reason=reason)


def canceled(now: OrderReport, ts_ns: int, reason: CancelReason) -> OrderReport:
    """Return the order as a cancel leaves it."""
    return replace(
        now,
        standing=_CLOSED,
        ord_status=_CANCELED,
        exec_type=_BY_CANCEL,
        leaves_qty_lots=0,
        hold_minor=0,
        transact_ns=ts_ns,
        cancel_reason=reason,
        due_ns=0,
        pending=_NOTHING,
    )


def expired(now: OrderReport, ts_ns: int) -> OrderReport:
    """Return the order as the end of its time leaves it."""
    return replace(
        now,
        standing=_CLOSED,
        ord_status=_EXPIRED,
        exec_type=_BY_EXPIRY,
        leaves_qty_lots=0,
        hold_minor=0,
        transact_ns=ts_ns,
        cancel_reason=CancelReason.EXPIRED,
        due_ns=0,
        pending=_NOTHING,
    )


def traded(
    now: OrderReport,
    instrument: Instrument,
    match: tuple[int, int, int],
    accrued: int,
    ts_ns: int,
) -> OrderReport:
    """
    Return the order after a match at a price, of a quantity, with a fee.

    Units: `accrued` as in `Order`, this match included.
    """
    price_ticks, qty_lots, fee_minor = match
    leaves, fee = now.leaves_qty_lots - qty_lots, now.fee_minor + fee_minor
    held = 0
    if leaves:
        terms = now.terms
        held = order_hold(instrument, terms.side, terms.price_ticks, leaves, accrued, fee)
        if now.shared is not None:
            held = max(0, held - now.shared.hold_minor)
    elif now.pending is not _NOTHING:
        now = replace(now, pending=_NOTHING)
    return replace(
        now,
        standing=now.standing if leaves else _CLOSED,
        ord_status=_PARTIALLY_FILLED if leaves else _FILLED,
        exec_type=_BY_TRADE,
        leaves_qty_lots=leaves,
        cum_qty_lots=now.cum_qty_lots + qty_lots,
        cum_notional_minor=now.cum_notional_minor
        + price_ticks * qty_lots * instrument.notional_minor,
        fee_minor=fee,
        hold_minor=held,
        transact_ns=ts_ns,
    )


def restated(
    now: OrderReport, instrument: Instrument, terms: OrderTerms, accrued: int, ts_ns: int
) -> OrderReport:
    """Return the order with terms the exchange has changed, where it stands."""
    leaves = terms.order_qty_lots - now.cum_qty_lots
    return replace(
        now,
        terms=terms,
        exec_type=_BY_EXCHANGE,
        leaves_qty_lots=leaves,
        hold_minor=held(instrument, now, terms, leaves, accrued),
        transact_ns=ts_ns,
    )


def replaced(
    now: OrderReport,
    instrument: Instrument,
    terms: OrderTerms,
    accrued: int,
    how: tuple[int, Standing, str],
) -> OrderReport:
    """Return the order with new terms: when it got them, where it stands, what it is called."""
    ts_ns, standing, cl_ord_id = how
    leaves = terms.order_qty_lots - now.cum_qty_lots
    return replace(
        now,
        cl_ord_id=cl_ord_id,
        terms=terms,
        standing=standing,
        exec_type=_BY_REPLACEMENT,
        leaves_qty_lots=leaves,
        hold_minor=held(instrument, now, terms, leaves, accrued),
        transact_ns=ts_ns,
    )


_EXEC_TYPES = {
    Pending.CANCEL: ExecType.PENDING_CANCEL,
    Pending.REPLACE: ExecType.PENDING_REPLACE,
}


def pended(now: OrderReport, what: Pending, ts_ns: int) -> OrderReport:
    """Return the order with a cancel or a replacement pending; beside a cancel none is told."""
    told = _CANCEL if now.pending is _CANCEL else what
    return replace(now, pending=told, exec_type=_EXEC_TYPES[what], transact_ns=ts_ns)


def unpended(now: OrderReport, left: Pending) -> OrderReport:
    """Return the order when what was pending is applied, and `left` is pending still."""
    return replace(now, pending=left)


def released(now: OrderReport, standing: Standing, exec_type: ExecType, ts_ns: int) -> OrderReport:
    """Return the order as it leaves where it stood, to stand elsewhere."""
    left = now.pending if now.pending is not _NEW else _NOTHING
    if exec_type is _TRIGGERED and now.terms.trigger:
        met = replace(now.terms.trigger, is_met=True)
        now = replace(now, terms=replace(now.terms, trigger=met))
    return replace(
        now, standing=standing, pending=left, due_ns=0, exec_type=exec_type, transact_ns=ts_ns
    )


def held_back(now: OrderReport, ts_ns: int) -> OrderReport:
    """
    Return the order as its list holds it back until there is more for it to do, or for good.

    It is as large then as it may come to be, and holds nothing.
    """
    link = now.terms.link
    assert link is not None, f"order {now.order_id} is held back by nothing"
    terms = replace(now.terms, order_qty_lots=link.order_qty_lots)
    status = _PARTIALLY_FILLED if now.cum_qty_lots else OrdStatus.NEW
    return replace(
        now,
        terms=terms,
        standing=_HELD,
        ord_status=status,
        exec_type=now.exec_type if now.standing is _CLOSED else _BY_EXCHANGE,
        leaves_qty_lots=terms.order_qty_lots - now.cum_qty_lots,
        hold_minor=0,
        transact_ns=ts_ns,
        shared=Shared(0, 0, 0),
    )


def held(
    instrument: Instrument, now: OrderReport, terms: OrderTerms, leaves: int, accrued: int
) -> int:
    """Return what an order holds with other terms, and so much left; held back, nothing."""
    if now.standing is _HELD:
        return 0
    price_ticks = terms.price_ticks
    need = order_hold(instrument, terms.side, price_ticks, leaves, accrued, now.fee_minor)
    return max(0, need - now.shared.hold_minor) if now.shared is not None else need
