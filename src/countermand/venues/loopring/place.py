"""Placing an order; our client asks for a storage id first where an order does not bring one."""

from collections.abc import Generator
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import grid, resolve, slots, stops, tables
from countermand.venues.loopring.annotations import ANNOTATIONS, Annotation
from countermand.venues.loopring.form import fee_bips, order_of
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.order_hash import hash_text, order_hash, read_terms
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import read_taken, show_taken
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, OrdStatus, OrdType, Side, Slot, TimeInForce
from countermand.vocabulary.queries import GetOrder, ListSlots
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.conversation import Op, Serving, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import InvalidField, NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged, the_order

# For so long an order may be sent again as if it had not arrived; how long it is at the venue is
# not known.
IDEMPOTENT_NS = 5 * times.S
# How long an order of our client stands that does not say so, and the fee it signs for.
_LIFE_S = 30 * 24 * 3600
_MAX_FEE_BIPS = 63
_STANDS = {TimeInForce.GTC: TimeInForce.GTD}


def serve_place(message: m.SubmitOrder, ctx: Ctx) -> Serving[m.Submitted]:
    """
    Place an order, and say that it is processing even when it is done: clients take anything else
    for a failure. One that is sent again while nothing has happened to it is answered as it was the
    first time.

    Raises: Coded, MissingField, InvalidField, OrderRefused.
    Source: DEX API v3, "Submit order"; protocol 3.6, "Storage id".
    """
    # Our client serves its own request back before it signs it.
    signed = ctx.principal.order or read_terms(message)
    receipt: Receipt = yield order_of(message, signed, ctx)
    no = receipt.events[0]
    if isinstance(no, OrderRejected) and no.reason is RejectReason.DUPLICATE_CL_ORD_ID:
        found: OrderReport | None = yield GetOrder(no.account_id, OrderId(0), no.cl_ord_id)
        if found is not None and _is_as_it_was(found, ctx.now_ns):
            return show_taken(found, is_idempotent=True)
    return show_taken(the_order(receipt))


def place_flow(
    asked: NewOrder, credential: Credential | None, ctx: Ctx
) -> Generator[Step, Any, Acknowledged]:
    """
    Place an order; one without a storage id is given the next above all that were used.

    Raises: NotExpressible for an order the venue has no form of.
    """
    command = asked
    if not asked.terms.text:
        # What has no form with any storage id is found out before one is asked for.
        ask_place(_completed(asked, 0, ctx), ctx)
        pair = resolve.pair_by_id(asked.instrument_id, ctx)
        sold, _ = pair.sold_and_bought(asked.terms.side)
        query = ListSlots(asked.account_id, sold.asset.asset_id)
        told = yield Step(Operation.GET_SLOT, slots.ask_next(query, ctx), says=query)
        command = _completed(asked, told.order_id, ctx)
    message = ask_place(command, ctx)
    about = GetOrder(command.account_id, OrderId(0), command.cl_ord_id)
    reply = yield Step(Operation.PLACE_ORDER, message, says=command, about=about)
    return read_taken(reply, message, ctx)


def ask_place(command: NewOrder, ctx: Ctx) -> m.SubmitOrder:
    """
    Return the form of an order that has its annotation.

    Raises: NotExpressible for one that has none: there is no form to serve back without it.
    """
    try:
        noted = ANNOTATIONS.read(command.terms.text)
    except ValueError:
        raise NotExpressible("an order without its storage id and volumes") from None
    pair = resolve.pair_by_id(command.instrument_id, ctx)
    sold, bought = pair.sold_and_bought(command.terms.side)
    name = command.terms.secondary_cl_ord_id
    return m.SubmitOrder(
        exchange=ctx.settings.exchange_address,
        account_id=resolve.account_text(command.account_id, ctx),
        storage_id=noted.storage_id,
        sell_token={"tokenId": sold.token.token_id, "volume": str(noted.sell_volume)},
        buy_token={"tokenId": bought.token.token_id, "volume": str(noted.buy_volume)},
        valid_until=noted.valid_until_s,
        max_fee_bips=noted.max_fee_bips,
        fill_amount_b_or_s=noted.fill_amount_b_or_s,
        all_or_none=False,
        client_order_id=None if name == command.cl_ord_id else name,
        order_type=noted.order_type,
        trade_channel=noted.trade_channel,
        **stops.asked(command.terms, pair.instrument),
    )


PLACE = Op(m.SubmitOrder, m.Submitted, serve_place, ask_place, read_taken)


def _completed(command: NewOrder, storage_id: int, ctx: Ctx) -> NewOrder:
    # A client id given as `cl_ord_id` becomes the secondary one; the order ends at its amount of
    # base.
    asked, pair = command.terms, resolve.pair_by_id(command.instrument_id, ctx)
    if asked.ord_type is not OrdType.LIMIT:
        raise NotExpressible("an order needs the price that its two amounts are worked out from")
    is_buy, takes = asked.side is Side.BUY, asked.time_in_force is TimeInForce.IOC
    rests = tables.MAKER_ONLY if asked.exec_inst & ExecInst.POST_ONLY else tables.LIMIT_ORDER
    try:
        volumes = grid.volumes(pair, asked.price_ticks, asked.order_qty_lots)
    except ValueError as error:
        raise NotExpressible(str(error)) from None
    sold, bought = volumes[::-1] if is_buy else volumes
    until_s = _whole_s(asked.expire_ns) or ctx.now_ns // times.S + _LIFE_S
    bips, style = (
        max(fee_bips(pair.instrument), _MAX_FEE_BIPS),
        tables.TAKER_ONLY if takes else rests,
    )
    noted = Annotation(storage_id, sold, bought, until_s, bips, is_buy, style)
    terms = replace(
        asked,
        # The venue ends an order that stands until it is canceled by itself.
        time_in_force=_STANDS.get(asked.time_in_force, asked.time_in_force),
        expire_ns=0 if takes else until_s * times.S,
        text=ANNOTATIONS.write(noted),
        slot=Slot(storage_id % grid.SLOTS, storage_id + 1),
    )
    form = ask_place(replace(command, terms=terms), ctx)
    hashed = _hashed(form)
    name = asked.secondary_cl_ord_id or command.cl_ord_id or hashed
    return replace(command, cl_ord_id=hashed, terms=replace(terms, secondary_cl_ord_id=name))


def _whole_s(ns: int) -> int:
    seconds, beyond = divmod(ns, times.S)
    if beyond:
        floored = seconds * times.S
        raise NotExpressible(
            f"expire_ns {ns} would arrive as {floored}: the venue can tell whole seconds"
        )
    return seconds


def _hashed(form: m.SubmitOrder) -> str:
    # What no hash can be of, the venue has no words for.
    try:
        return hash_text(order_hash(read_terms(form)))
    except InvalidField as error:
        raise NotExpressible(error.text) from None


def _is_as_it_was(order: OrderReport, now_ns: int) -> bool:
    return order.ord_status is OrdStatus.NEW and now_ns - order.submit_ns <= IDEMPOTENT_NS
