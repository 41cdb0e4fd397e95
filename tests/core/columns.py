"""Events as lines of words, the same in tests and in scenarios."""

from collections.abc import Mapping
from typing import Any

from countermand.core.events import (
    CancelRejected,
    Event,
    FundsDeposited,
    InstructionRejected,
    MassCanceled,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderRested,
    OrderRestated,
    TimeAdvanced,
    Traded,
)

_TELLERS: dict[type, Any] = {
    OrderAccepted: lambda e, o: f"accepted {o} {e.order_qty_lots} @ {e.price_ticks}",
    OrderRejected: lambda e, o: f"rejected {e.cl_ord_id or '-'} {e.reason.name}",
    OrderRested: lambda e, o: f"rested {o}",
    OrderCanceled: lambda e, o: f"canceled {o} {e.reason.name}",
    OrderExpired: lambda e, o: f"expired {o}",
    OrderRestated: lambda e, o: f"restated {o} {e.order_qty_lots}",
    InstructionRejected: lambda e, o: f"refused {e.reason.name}",
    FundsDeposited: lambda e, o: f"deposited {e.amount_minor}",
    MassCanceled: lambda e, o: f"mass canceled {e.total_affected_orders}",
    TimeAdvanced: lambda e, o: "time advanced",
}


def tell(event: Event, names: Mapping[int, str]) -> str:
    """Return the event as a line; `names` says how to call the orders."""
    match event:
        case Traded():
            maker, taker = names[event.maker_order_id], names[event.taker_order_id]
            fees = ""
            if event.maker_fee_minor or event.taker_fee_minor:
                fees = f" fees {event.maker_fee_minor} {event.taker_fee_minor}"
            return f"traded {maker} {taker} {event.qty_lots} @ {event.price_ticks}{fees}"
        case OrderReplaced():
            place = "keeps its place" if event.keeps_priority else "loses its place"
            name = names[event.order_id]
            renamed = "" if event.cl_ord_id in ("", name) else f" now {event.cl_ord_id}"
            terms = f"{event.order_qty_lots} @ {event.price_ticks}"
            return f"replaced {name} {terms} {place}{renamed}"
        case CancelRejected():
            return _tell_refusal(event, names)
    teller = _TELLERS.get(type(event))
    if teller is None:
        return " ".join(str(part) for part in (type(event).__name__,))
    return str(teller(event, names.get(getattr(event, "order_id", 0), "-")))


def _tell_refusal(event: CancelRejected, names: Mapping[int, str]) -> str:
    words = [event.response_to.name.lower(), "refused"]
    words.append(names.get(event.order_id, event.cl_ord_id or "-"))
    words.append(event.cxl_rej_reason.name)
    if event.ord_status is not None:
        words.append(event.ord_status.name)
    if event.reject_reason is not None:
        words.append(event.reject_reason.name)
    return " ".join(words)
