"""States: what our client concludes from the state an order is shown in."""

from countermand.vocabulary.order import ExecType, OrdStatus

_LAST = {
    OrdStatus.NEW: ExecType.NEW,
    OrdStatus.PARTIALLY_FILLED: ExecType.TRADE,
    OrdStatus.FILLED: ExecType.TRADE,
    OrdStatus.CANCELED: ExecType.CANCELED,
    OrdStatus.REJECTED: ExecType.REJECTED,
    OrdStatus.EXPIRED: ExecType.EXPIRED,
}


def last_exec_type(status: OrdStatus) -> ExecType:
    """Return the last thing that must have happened to an order in this state."""
    return _LAST[status]
