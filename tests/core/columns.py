"""Events as lines of words, the same in tests and in scenarios."""

from collections.abc import Mapping

from countermand.vocabulary.commands import ReplaceList, ReplaceOrder
from countermand.vocabulary.events import (
    CancelRejected,
    DeadManFired,
    DeadManSet,
    Event,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentSettled,
    KillSet,
    ListAccepted,
    ListRejected,
    ListReplaced,
    MassCanceled,
    NumbersPassed,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderTriggered,
    RequestDue,
    RequestPended,
    Traded,
    TradingStateChanged,
)
from countermand.vocabulary.order import OrdType, Standing
from countermand.vocabulary.reports import OrderReport


def tell(event: Event, names: Mapping[int, str]) -> list[str]:
    """Return the event as lines; `names` says how to call the orders."""
    if isinstance(event, OrderAccepted):
        return _tell_accepted(event.order, names)
    if isinstance(event, RequestPended | RequestDue):
        return _tell_request(event, names)
    return [_tell(event, names)]


def _tell_request(event: RequestPended | RequestDue, names: Mapping[int, str]) -> list[str]:
    called = " ".join(names[now.order_id] for now in event.reports) or "-"
    if isinstance(event, RequestDue):
        return [f"due {called}"]
    what = "replace" if isinstance(event.request, ReplaceOrder | ReplaceList) else "cancel"
    return [f"pending-{what} {called} until {event.due_ns}"]


def _tell_accepted(now: OrderReport, names: Mapping[int, str]) -> list[str]:
    name = names.get(now.order_id, "-")
    told = [f"accepted {name} {now.terms.order_qty_lots} @ {now.terms.price_ticks}"]
    # One that meets nothing rests with it, which is told as what it is: two things.
    if now.pending:
        return [*told, f"pending-new {name} until {now.due_ns}"]
    if now.standing is Standing.HELD:
        return [*told, f"held {name}"]
    if now.standing is Standing.ARMED:
        return [*told, f"sleeps {name}{_trigger(now)}"]
    return told if now.standing is Standing.PENDING else [*told, f"rested {name}"]


def _trigger(now: OrderReport) -> str:
    if now.terms.schedule:
        return f" for {now.terms.schedule.slices} slices"
    return f" until {now.terms.trigger.price_ticks}" if now.terms.trigger else ""


def _tell(event: Event, names: Mapping[int, str]) -> str:
    match event:
        case OrderReleased(order):
            asleep = order.standing is Standing.ARMED
            return f"released {names[order.order_id]}{_trigger(order) if asleep else ''}"
        case OrderTriggered(order):
            return f"triggered {names[order.order_id]}"
        case OrderRested(order):
            return f"rested {names[order.order_id]}"
        case OrderCanceled(order):
            why = f" {order.reject_reason.name}" if order.reject_reason else ""
            return f"canceled {names[order.order_id]} {order.cancel_reason.name}{why}"
        case OrderExpired(order):
            return f"expired {names[order.order_id]}"
        case OrderRestated(order) if order.standing is Standing.HELD:
            return f"held {names[order.order_id]}"
        case OrderRestated(order):
            reprices = order.terms.ord_type is not OrdType.LIMIT or order.terms.trigger
            at_price = f" @ {order.terms.price_ticks}" if reprices else ""
            at_price += _trigger(order) if order.standing is Standing.ARMED else ""
            return f"restated {names[order.order_id]} {order.terms.order_qty_lots}{at_price}"
        case OrderReplaced(order, keeps_priority):
            return _tell_replaced(order, names[order.order_id], keeps_priority)
        case Traded():
            return _tell_traded(event, names)
        case _:
            return _tell_answer(event, names)


def _tell_traded(event: Traded, names: Mapping[int, str]) -> str:
    maker, taker = names[event.maker.order_id], names[event.taker.order_id]
    told = f"traded {maker} {taker} {event.qty_lots} @ {event.price_ticks}"
    if event.maker_fee_minor or event.taker_fee_minor:
        told += f" fees {event.maker_fee_minor} {event.taker_fee_minor}"
    return told


def _tell_replaced(now: OrderReport, name: str, keeps_priority: bool) -> str:
    place = "keeps its place" if keeps_priority else "loses its place"
    renamed = "" if now.cl_ord_id in ("", name) else f" now {now.cl_ord_id}"
    return f"replaced {name} {now.terms.order_qty_lots} @ {now.terms.price_ticks} {place}{renamed}"


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
        case ListAccepted():
            return f"listed {' '.join(names[order_id] for order_id in event.order_ids)}"
        case ListReplaced():
            return f"relinked {' '.join(names[order_id] for order_id in event.order_ids)}"
        case _:
            return _tell_rest(event)


def _tell_rest(event: Event) -> str:
    match event:
        case ListRejected():
            return f"list-refused {event.index} {event.reason.name}"
        case NumbersPassed():
            return f"numbers {event.count}"
        case DeadManSet():
            return f"dead-man {event.due_ns}"
        case DeadManFired():
            return "dead-man fired"
        case KillSet():
            return "killed" if event.is_killed else "revived"
        case _:
            return type(event).__name__


def _tell_refusal(event: CancelRejected, names: Mapping[int, str]) -> str:
    words = [f"{event.response_to.name.lower()}-refused"]
    known = names.get(event.order_id) if event.order_id else None
    words.append(known or event.cl_ord_id or "-")
    words.append(event.cxl_rej_reason.name)
    if event.ord_status is not None:
        words.append(event.ord_status.name)
    if event.reject_reason is not None:
        words.append(event.reject_reason.name)
    return " ".join(words)
