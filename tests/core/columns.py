"""Events as lines of words, the same in tests and in scenarios."""

from collections.abc import Mapping

from countermand.vocabulary.events import (
    CancelRejected,
    Event,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentSettled,
    MassCanceled,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    Traded,
    TradingStateChanged,
)


def tell(event: Event, names: Mapping[int, str]) -> str:
    """Return the event as a line; `names` says how to call the orders."""
    name = names.get(getattr(event, "order_id", 0), "-")
    match event:
        case OrderAccepted():
            return f"accepted {name} {event.order_qty_lots} @ {event.price_ticks}"
        case OrderRested():
            return f"rested {name}"
        case OrderCanceled():
            return f"canceled {name} {event.reason.name}"
        case OrderExpired():
            return f"expired {name}"
        case OrderRestated():
            at_price = f" @ {event.price_ticks}" if event.price_ticks else ""
            return f"restated {name} {event.order_qty_lots}{at_price}"
        case OrderReplaced():
            return _tell_replaced(event, name)
        case Traded():
            return _tell_traded(event, names)
        case _:
            return _tell_answer(event, names)


def _tell_traded(event: Traded, names: Mapping[int, str]) -> str:
    maker, taker = names[event.maker_order_id], names[event.taker_order_id]
    told = f"traded {maker} {taker} {event.qty_lots} @ {event.price_ticks}"
    if event.maker_fee_minor or event.taker_fee_minor:
        told += f" fees {event.maker_fee_minor} {event.taker_fee_minor}"
    return told


def _tell_replaced(event: OrderReplaced, name: str) -> str:
    place = "keeps its place" if event.keeps_priority else "loses its place"
    renamed = "" if event.cl_ord_id in ("", name) else f" now {event.cl_ord_id}"
    return f"replaced {name} {event.order_qty_lots} @ {event.price_ticks} {place}{renamed}"


def _tell_answer(event: Event, names: Mapping[int, str]) -> str:
    match event:
        case OrderRejected():
            return f"rejected {event.cl_ord_id or '-'} {event.reason.name}"
        case CancelRejected():
            return _tell_refusal(event, names)
        case InstructionRejected():
            return f"refused {event.reason.name}"
        case MassCanceled():
            return f"mass-canceled {event.total_affected_orders}"
        case FundsWithdrawn():
            return f"withdrawn {event.amount_minor}"
        case InstrumentSettled():
            return f"settled @ {event.price_ticks}"
        case TradingStateChanged():
            return f"state {event.trading_state.name}"
        case _:
            return type(event).__name__


def _tell_refusal(event: CancelRejected, names: Mapping[int, str]) -> str:
    words = [f"{event.response_to.name.lower()}-refused"]
    words.append(names.get(event.order_id, event.cl_ord_id or "-"))
    words.append(event.cxl_rej_reason.name)
    if event.ord_status is not None:
        words.append(event.ord_status.name)
    if event.reject_reason is not None:
        words.append(event.reject_reason.name)
    return " ".join(words)
