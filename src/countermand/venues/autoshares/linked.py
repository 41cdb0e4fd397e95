"""
Linked orders: a parent without a market of its own, and its legs, which are orders that act on each
other.

    OneTriggerOther            leg 2 comes in as leg 1 trades
    OneCancelOther             either trades, or ends, and the other is canceled
    OneTriggerOneCancelOther   legs 2 and 3 come in as leg 1 trades, and cancel each other

The parent's number is that of the exchange's list; it has nothing of its own but what its first leg
keeps of it, and is as its legs are.

Source: Autoshares API, "Conditional orders"; ETNA manual, "Order validation" (codes), "Cancel
        order". How a parent is told, and that its legs are of one market, are ours (README).
"""

from decimal import Decimal
from typing import Any

from msgspec import structs

from countermand.venues.autoshares import annotations, forms, resolve, show, tables, validation
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.venues.autoshares.validation import Words
from countermand.vocabulary.commands import NewOrder, NewOrderList, RecordRejected
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import Contingency, Link, OrdStatus
from countermand.vocabulary.reports import OrderReport
from countermand.wire.errors import NotExpressible

_OCO, _NONE = Contingency.OCO, Contingency.NONE
# How many legs each has, how the last two act on each other, and whether the first lets others in.
KINDS = {
    "OneCancelOther": (2, _OCO, False),
    "OneTriggerOther": (2, _NONE, True),
    "OneTriggerOneCancelOther": (3, _OCO, True),
}
# A parent of three is of one kind; of two, either leg says of which.
_OF_THREE = "OneTriggerOneCancelOther"
_OF_TWO = {_NONE: "OneTriggerOther", _OCO: "OneCancelOther"}
_PAIR = 2

FIRST_IS_MARKET, BOTH_ARE_MARKET, OPPOSITE = (
    "OtoFirstLesIsMarketNotAllowed", "OtoOcoMarketNotAllowed", "OcoOrderWithOppositeLegs",
)  # fmt: skip
_ZERO = Decimal(0)
_OF_LEG = (
    "symbol", "type", "side", "quantity", "price", "stop_price", "time_in_force", "client_id",
    "exchange", "exec_inst", "extended_hours", "id", "parent_id", "status", "executed_quantity",
    "leaves_quantity", "average_price", "description",
)  # fmt: skip


def parse(
    message: m.CreateOrder, said: Words, account_id: AccountId, ctx: Ctx
) -> NewOrderList | RecordRejected:
    """
    Return the linked orders that a parent asks for, or its record where one of them has a fault.

    Raises: MissingField, InvalidField for a leg that cannot be read as an order at all.
    """
    legs = [_form(leg, message.account_id) for leg in message.legs or ()]
    words = [validation.words(leg) for leg in legs]
    count, contingency, lets_in = KINDS[said.type]
    code = _fault(said.type, words) if len(legs) == count else tables.NOT_OFFERED
    orders: list[NewOrder] = []
    for leg, of_leg in zip(legs, words, strict=True):
        market = resolve.find(leg.symbol or "", ctx)
        code = code or validation.fault(leg, of_leg, market, ctx.settings)
        if code or market is None:
            return forms.rejected(message, said, account_id, code)
        orders.append(forms.order(leg, of_leg, account_id, market, ctx))
    if code or len({order.instrument_id for order in orders}) > 1:
        return forms.rejected(message, said, account_id, code or tables.NOT_OFFERED)
    orders[0] = _with_parent(orders[0], message)
    return NewOrderList(account_id, tuple(orders), contingency, lets_in)


def is_parent(orders: tuple[OrderReport, ...]) -> bool:
    """Whether what was placed are the legs of a parent."""
    return orders[0].terms.link is not None


def show_parent(
    orders: tuple[OrderReport, ...], ctx: Ctx, waits_for: Pending | None = None
) -> m.Order:
    """Return a parent by its legs, which are told as they are: of its own it has no amounts."""
    legs = [show.show_order(report, ctx, waits_for) for report in orders]
    first, link = legs[0], _link(orders[0])
    kind = _OF_THREE if link.count > _PAIR else _OF_TWO[link.contingency]
    notes = annotations.read(orders[0].terms.text)
    status = Pending.NEW.value if waits_for else _status(legs)
    latest = max(legs, key=lambda leg: leg.date)
    return structs.replace(
        first, id=link.list_id, request_id=link.list_id, parent_id=-1, type=kind, initial_type=kind,
        state_id=0 if waits_for else link.list_id, client_id=notes.parent_client_id,
        comment=notes.parent_comment, orig_client_id="", symbol="", security_id=0, name="",
        security_type="", quantity=_ZERO, price=_ZERO, stop_price=_ZERO, executed_quantity=_ZERO,
        leaves_quantity=_ZERO, average_price=_ZERO, last_price=_ZERO, last_quantity=_ZERO,
        exec_id="", counter_party_order_id="", trailing_stop_amount=_ZERO,
        trailing_limit_amount=_ZERO, status=status, execution_status=status, description="",
        date=latest.date, transaction_date=latest.date, legs=[_leg(leg) for leg in legs],
        trans_type="Cancel" if status == "Canceled" else "New",
    )  # fmt: skip


def read_order(message: m.Order, asked: Any, ctx: Ctx) -> OrderReport:
    """
    Return the report an order object makes. That of a parent has the terms and amounts of its first
    leg that has traded, or else of its first.

    Raises: as `show.read_order` does.
    """
    if legs := getattr(message, "legs", None):
        leg = next((one for one in legs if one.executed_quantity), legs[0])
        message = structs.replace(
            message, symbol=leg.symbol or "", type=leg.type or "", initial_type=leg.type or "",
            side=tables.SIDE_WORDS.get((leg.side or "").lower(), message.side),
            time_in_force=leg.time_in_force or "", quantity=leg.quantity or _ZERO,
            price=leg.price or _ZERO, stop_price=leg.stop_price or _ZERO,
            executed_quantity=leg.executed_quantity or _ZERO,
            leaves_quantity=leg.leaves_quantity or _ZERO, average_price=leg.average_price or _ZERO,
        )  # fmt: skip
    return show.read_order(message, asked, ctx)


def asked_word(command: NewOrderList) -> str:
    """Return the type of a parent of such legs. Raises NotExpressible for what is none."""
    asked = len(command.orders), command.contingency, command.first_lets_in
    found = [word for word, kind in KINDS.items() if kind == asked]
    if not found:
        raise NotExpressible("legs that act on each other otherwise than OCO, OTO or OTOCO")
    return found[0]


def asked_leg(form: m.CreateOrder) -> m.Leg:
    """Return a leg that is sent as a whole form."""
    said = {name: getattr(form, name) for name in m.SAID_OF_LEGS}
    return m.Leg(time_in_force=form.time_inforce, **said)


def _form(leg: m.Leg, account_id: str) -> m.CreateOrder:
    said = {name: getattr(leg, name) for name in m.SAID_OF_LEGS}
    return m.CreateOrder(account_id=account_id, time_inforce=leg.time_in_force, **said)


def _fault(kind: str, words: list[Words]) -> str:
    _, contingency, lets_in = KINDS[kind]
    if lets_in and words[0].type == "Market":
        return FIRST_IS_MARKET
    if contingency is _NONE:
        return ""
    sides = {tables.SIDES.from_wire(said.side)[0] for said in words[-2:]}
    if len(sides) > 1:
        return OPPOSITE
    return BOTH_ARE_MARKET if all(said.type == "Market" for said in words[-2:]) else ""


def _with_parent(order: NewOrder, message: m.CreateOrder) -> NewOrder:
    # The parent's texts are kept with its first leg.
    notes = structs.replace(
        annotations.read(order.terms.text),
        parent_client_id=message.client_id or "", parent_comment=message.comment or "",
    )  # fmt: skip
    return structs.replace(order, terms=structs.replace(order.terms, text=annotations.write(notes)))


def _link(report: OrderReport) -> Link:
    link = report.terms.link
    assert link is not None, f"order {report.order_id} is no leg"  # noqa: S101  (of a list)
    return link


def _status(legs: list[m.Order]) -> str:
    # While a leg is open the parent is. After that it is filled if a leg is, or else as the first
    # leg.
    over = {"Filled", "Canceled", "Expired", "Rejected", tables.DONE_FOR_DAY}
    words = [leg.status for leg in legs]
    if not over.issuperset(words):
        traded = any(leg.executed_quantity for leg in legs)
        return "PartiallyFilled" if traded else "New"
    filled = tables.STATUSES.to_wire(OrdStatus.FILLED)
    return filled if filled in words else words[0]


def _leg(leg: m.Order) -> m.Leg:
    return m.Leg(**{name: getattr(leg, name) for name in _OF_LEG})
