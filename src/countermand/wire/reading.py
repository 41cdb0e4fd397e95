"""Reading: what our client concludes from an answer."""

from typing import TypeVar

from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecType, OrdStatus
from countermand.vocabulary.reasons import CancelReason
from countermand.wire.directory import Directory
from countermand.wire.errors import Malformed, Unlearned

T = TypeVar("T")

_LAST = {
    OrdStatus.NEW: ExecType.NEW,
    OrdStatus.PARTIALLY_FILLED: ExecType.TRADE,
    OrdStatus.FILLED: ExecType.TRADE,
    OrdStatus.CANCELED: ExecType.CANCELED,
    OrdStatus.REJECTED: ExecType.REJECTED,
    OrdStatus.EXPIRED: ExecType.EXPIRED,
}
_REASONS = {
    OrdStatus.CANCELED: CancelReason.REQUESTED,
    OrdStatus.EXPIRED: CancelReason.EXPIRED,
}


def known(what: str, thing: T | None) -> T:
    """Return a thing that an answer names. Raises Malformed when it is not known here."""
    if thing is None:
        raise Malformed(f"{what} names what is not known here")
    return thing


def market_of(what: str, symbol: str, directory: Directory) -> Instrument:
    """Return the market that an answer names. Raises Unlearned when it is not known here."""
    if (found := directory.instrument_by_symbol(symbol)) is None:
        raise Unlearned(what, symbol)
    return found


def last_exec_type(status: OrdStatus) -> ExecType:
    """Return the last thing that must have happened to an order in this state."""
    return _LAST[status]


def likely_reason(status: OrdStatus) -> CancelReason:
    """Return why an order in this state most likely ended, where an answer does not say."""
    return _REASONS.get(status, CancelReason.NONE)
