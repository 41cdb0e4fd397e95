"""Placing: one order, or linked ones; and our client's form of an order."""

from decimal import Decimal

from countermand.venues.autoshares import (
    annotations,
    dates,
    forms,
    linked,
    resolve,
    show,
    stops,
    validation,
)
from countermand.venues.autoshares.messages import orders as m
from countermand.venues.autoshares.settings import Ctx
from countermand.venues.autoshares.states import Pending
from countermand.vocabulary.commands import NewOrder, NewOrderList, RecordRejected
from countermand.vocabulary.events import ListRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, OrdType, TimeInForce
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.conversation import Op, Serving
from countermand.wire.errors import NotExpressible
from countermand.wire.receipts import Acknowledged


def serve_place(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return a new order as it is before it has been looked at. Raises as `parse_order` does."""
    orders = yield from _placed(message, ctx)
    if linked.is_parent(orders):
        return linked.show_parent(orders, ctx, Pending.NEW)
    return show.show_order(orders[0], ctx, Pending.NEW)


def serve_place_sync(message: m.CreateOrder, ctx: Ctx) -> Serving[m.Order]:
    """Return a new order after the market has had its say, refused or not."""
    orders = yield from _placed(message, ctx)
    if linked.is_parent(orders):
        return linked.show_parent(orders, ctx)
    return (yield from show.with_last_fill(orders[0], ctx))


def ask_place(command: NewOrder | NewOrderList, ctx: Ctx) -> m.CreateOrder:
    """
    Return the form of an order, or of the parent of linked ones.

    Raises: NotExpressible, also for a form in which the validators find a fault.
    """
    if isinstance(command, NewOrder):
        form = _form(command, ctx)
    else:
        legs = [linked.asked_leg(_form(order, ctx)) for order in command.orders]
        kind = linked.asked_word(command)
        form = m.CreateOrder(account_id=str(command.account_id), type=kind, legs=legs)
    if isinstance(asked := parse_order(form, ctx), RecordRejected):
        code = annotations.read(asked.terms.text).fault
        raise NotExpressible(f"such an order is refused: {code}")
    return form


def _form(command: NewOrder, ctx: Ctx) -> m.CreateOrder:
    market, terms = ctx.directory.instruments[command.instrument_id], command.terms
    notes = annotations.read(terms.text)
    limit = Decimal(numbers.price_text(market, terms.price_ticks))
    whole = bool(terms.exec_inst & ExecInst.ALL_OR_NONE)
    expires = terms.time_in_force is TimeInForce.GTD
    return m.CreateOrder(
        account_id=str(command.account_id), symbol=market.symbol,
        type=stops.asked_word(terms),
        side=show.side_word(terms),
        quantity=Decimal(numbers.qty_text(market, terms.order_qty_lots)),
        price=limit if terms.ord_type is OrdType.LIMIT and terms.price_ticks else None,
        time_inforce=show.tif_word(terms),
        expire_date=dates.date_text(terms.expire_ns) if expires else None,
        exec_inst=show.ALL_OR_NONE if whole else None, extended_hours=notes.hours or None,
        client_id=notes.client_id or None, comment=notes.comment or None,
        exchange=notes.exchange or None, execution_instructions=notes.instructions or None,
        **stops.asked(terms, market),
    )  # fmt: skip


def read_place(reply: m.Order, message: m.CreateOrder, ctx: Ctx) -> Acknowledged:
    """
    Return which order was taken, of a parent its first leg; what becomes of it, it only tells when
    it is read.
    """
    legs = getattr(reply, "legs", None) or ()
    first = next((leg.id for leg in legs if leg.id is not None), reply.id)
    return Acknowledged((OrderId(first),))


PLACE = Op(m.CreateOrder, m.Order, serve_place, ask_place, read_place)
PLACE_SYNC = Op(m.CreateOrder, m.Order, serve_place_sync)


def parse_order(message: m.CreateOrder, ctx: Ctx) -> NewOrder | NewOrderList | RecordRejected:
    """
    Return the order asked for, or those that are linked. What the validators or the exchange
    refuse is kept as rejected.

    Raises: InvalidField and Unauthorized for the account; MissingField, InvalidField for what
            cannot be read as an order at all.
    """
    account_id = resolve.account(message.account_id, ctx)
    said = validation.words(message)
    for form in (message, *(message.legs or ())):
        forms.check_amounts(form)
    if said.type in linked.KINDS:
        return linked.parse(message, said, account_id, ctx)
    market = resolve.find(message.symbol or "", ctx)
    code = validation.fault(message, said, market, ctx.settings)
    if market is None or code:
        return forms.rejected(message, said, account_id, code)
    return forms.order(message, said, account_id, market, ctx)


def _placed(message: m.CreateOrder, ctx: Ctx) -> Serving[tuple[OrderReport, ...]]:
    asked = parse_order(message, ctx)
    receipt: Receipt = yield asked
    no = receipt.events[0]
    if isinstance(asked, NewOrderList) and isinstance(no, ListRejected):
        # It is an order nonetheless, with the code of the leg that was refused.
        code = show.reject_code(no.reason, asked.orders[no.index].terms)
        said = validation.words(message)
        receipt = yield forms.rejected(message, said, asked.account_id, code)
    return receipt.orders
