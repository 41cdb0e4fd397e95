"""
Shown states: what the exchange knows of an order, in the words of a venue that takes its time.

The exchange decides at once. The venue answers before it has decided, so the answers to placing and
replacing show the state in between, and a world may make that last (`pending_ms`).

Source: ETNA manual, "Order statuses", "Place order" (samples); which of `Target` and
        `RequestStatus` goes with which is in part our proposal.
"""

from enum import Enum

from msgspec import Struct

from countermand.venues.autoshares import settings, tables
from countermand.vocabulary.order import ExecType, OrdStatus, TimeInForce
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport
from countermand.wire.context import Context


class Pending(Enum):
    """What an order waits for."""

    NEW = tables.PENDING_NEW
    REPLACE = tables.PENDING_REPLACE
    CANCEL = tables.PENDING_CANCEL


class Shown(Struct, frozen=True):
    """The four words of an order's state."""

    status: str
    execution_status: str
    target: str
    request_status: str


_PENDING = {
    Pending.NEW: Shown("PendingNew", "PendingNew", "New", "RequireValidation"),
    Pending.REPLACE: Shown("PendingReplace", "PendingReplace", "Modify", "RequireValidation"),
    Pending.CANCEL: Shown("PendingCancel", "PendingCancel", "Cancel", "Executing"),
}

# `RESTATED` cannot be told from a replacement; it is read back as one.
_TARGETS = {
    ExecType.NEW: "New",
    ExecType.REPLACED: "Modify",
    ExecType.RESTATED: "Modify",
    ExecType.TRADE: "Execution",
    ExecType.CANCELED: "Cancel",
    ExecType.EXPIRED: "Status",
    ExecType.REJECTED: "Reject",
}
EXEC_TYPES = {
    "New": ExecType.NEW,
    "Modify": ExecType.REPLACED,
    "Execution": ExecType.TRADE,
    "Cancel": ExecType.CANCELED,
    "Status": ExecType.EXPIRED,
    "Reject": ExecType.REJECTED,
}


def pending(report: OrderReport, ctx: Context) -> Pending | None:
    """Return what an order is still shown to wait for, if anything."""
    ours = settings.of(ctx.settings)
    if not (wait_ns := ours.pending_ns):
        return None
    if ctx.now_ns < report.submit_ns + wait_ns:
        return Pending.NEW
    if ctx.now_ns >= report.transact_ns + wait_ns:
        return None
    if report.cancel_reason is CancelReason.REQUESTED:
        return Pending.CANCEL
    return Pending.REPLACE if report.exec_type is ExecType.REPLACED else None


def shown(report: OrderReport, waits_for: Pending | None) -> Shown:
    """Return the words of an order's state."""
    if waits_for is not None:
        return _PENDING[waits_for]
    status = status_word(report)
    if report.ord_status is OrdStatus.REJECTED:
        return Shown(status, status, "Reject", "Rejected")
    return Shown(status, status, _TARGETS[report.exec_type], "Complete")


def status_word(report: OrderReport) -> str:
    """Return an order's status when nothing is pending."""
    if report.ord_status is OrdStatus.EXPIRED and report.terms.time_in_force is TimeInForce.DAY:
        return tables.DONE_FOR_DAY
    return tables.STATUSES.to_wire(report.ord_status)


def status_from_wire(text: str) -> OrdStatus:
    """Return the status a word names; what is pending is still to be done. Raises InvalidField."""
    match text:
        case tables.DONE_FOR_DAY:
            return OrdStatus.EXPIRED
        case tables.PENDING_NEW | tables.PENDING_REPLACE | tables.PENDING_CANCEL:
            return OrdStatus.NEW
    return tables.STATUSES.from_wire(text)
