"""
States: what the exchange knows of an order, in the words of a venue that takes its time.

The venue answers before the exchange has decided, so the answers to placing and replacing show the
state in between. A world may make that last (`pending_ms`); and the exchange may take its time, and
then it is so.

Source: ETNA manual, "Order statuses", "Place order" (samples); which of `Target` and
        `RequestStatus` goes with which is in part our proposal.
"""

from enum import Enum

from msgspec import Struct

from countermand.venues.autoshares import tables
from countermand.venues.autoshares.settings import Ctx
from countermand.vocabulary import order as vocabulary
from countermand.vocabulary.order import (
    Contingency,
    ExecType,
    Link,
    OrdStatus,
    Standing,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import OrderReport


class Pending(Enum):
    """The request that an order waits for."""

    NEW = "PendingNew"
    REPLACE = "PendingReplace"
    CANCEL = "PendingCancel"


class Words(Struct, frozen=True):
    """The words of an order's state; its `ExecutionStatus` is its `Status`."""

    status: str
    target: str
    request_status: str


_PENDING = {
    Pending.NEW: Words("PendingNew", "New", "RequireValidation"),
    Pending.REPLACE: Words("PendingReplace", "Modify", "RequireValidation"),
    Pending.CANCEL: Words("PendingCancel", "Cancel", "Executing"),
}
# A leg that another order holds back.
HELD = "Held"
# An order with one of these stands in the book. A new one that is pending is not seen there yet.
_KNOWN_WORDS = {"New", "PartiallyFilled", Pending.REPLACE.value, Pending.CANCEL.value}

# `RESTATED` cannot be told from a replacement; it is read back as one.
_TARGETS = {
    ExecType.NEW: "New",
    ExecType.RESTATED: "Modify",
    ExecType.REPLACED: "Modify",
    ExecType.TRADE: "Execution",
    ExecType.CANCELED: "Cancel",
    ExecType.EXPIRED: "Status",
    ExecType.REJECTED: "Reject",
}
_EXEC_TYPES = {target: exec_type for exec_type, target in _TARGETS.items()}

# A pending request that came to nothing leaves its word as the last event, and a stop that woke is
# told as any change of a state.
_TARGETS |= {
    ExecType.TRIGGERED: "Status",
    ExecType.PENDING_NEW: "New",
    ExecType.PENDING_CANCEL: "Cancel",
    ExecType.PENDING_REPLACE: "Modify",
}

_TAKEN = {
    vocabulary.Pending.NEW: Pending.NEW,
    vocabulary.Pending.REPLACE: Pending.REPLACE,
    vocabulary.Pending.CANCEL: Pending.CANCEL,
}


def pending(report: OrderReport, ctx: Ctx) -> Pending | None:
    """Return what an order waits for, or is still shown to wait for, if anything."""
    if report.is_open and (taken := _TAKEN.get(report.pending)) is not None:
        return taken
    if not (wait_ns := ctx.settings.pending_ns):
        return None
    if ctx.now_ns < report.submit_ns + wait_ns:
        return Pending.NEW
    if ctx.now_ns >= report.transact_ns + wait_ns:
        return None
    if report.cancel_reason is CancelReason.REQUESTED:
        return Pending.CANCEL
    return Pending.REPLACE if report.exec_type is ExecType.REPLACED else None


def words(report: OrderReport, waits_for: Pending | None) -> Words:
    """Return the words of an order's state."""
    if waits_for is not None:
        return _PENDING[waits_for]
    if report.standing is Standing.HELD:
        return Words(HELD, _TARGETS[report.exec_type], "Complete")
    status = tables.STATUSES.to_wire(report.ord_status)
    if report.ord_status is OrdStatus.EXPIRED and report.terms.time_in_force is TimeInForce.DAY:
        status = tables.DONE_FOR_DAY
    if report.ord_status is OrdStatus.REJECTED:
        return Words(status, "Reject", "Rejected")
    return Words(status, _TARGETS[report.exec_type], "Complete")


def read_status(text: str) -> OrdStatus:
    """
    Return the status a word names: what is pending is still to be done, and an order with any other
    word that is not known here is not known to be over.
    """
    over = OrdStatus.EXPIRED if text in tables.OTHER_ENDS else OrdStatus.NEW
    return tables.STATUSES.read(text, over)


def read_standing(text: str, status: OrdStatus, trigger: Trigger | None) -> Standing:
    """Return where an order stands that has a word of a state, and what wakes it if it sleeps."""
    if text == HELD:
        return Standing.HELD
    if text not in _KNOWN_WORDS and status.standing.is_open:
        return Standing.PENDING
    asleep = trigger is not None and not trigger.is_met
    return Standing.ARMED if asleep and status.standing.is_open else status.standing


def read_link(parent_id: int) -> Link | None:
    """Return the list of an order that has a parent, of whose legs it tells nothing else."""
    return Link(parent_id, 0, Contingency.NONE, is_child=False) if parent_id > 0 else None


def read_exec_type(target: str, trigger: Trigger | None, status: OrdStatus) -> ExecType | None:
    """Return what last happened to an order, None for what is not told."""
    told = _EXEC_TYPES.get(target)
    woke = told is ExecType.EXPIRED and status is OrdStatus.NEW and trigger is not None
    return ExecType.TRIGGERED if woke else told
