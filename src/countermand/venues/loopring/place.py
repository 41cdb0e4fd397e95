"""Placing an order; our client asks for a storage id first where an order does not bring one."""

from collections.abc import Generator
from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import grid, resolve, slots
from countermand.venues.loopring.annotations import ANNOTATIONS, Annotation
from countermand.venues.loopring.form import fee_bips, order_of, slot_of
from countermand.venues.loopring.messages import orders as m
from countermand.venues.loopring.order_hash import HashedTerms, hash_text, order_hash, read_terms
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import read_taken, show_taken
from countermand.venues.loopring.tables import LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.events import OrderRejected
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import ExecInst, OrdStatus, Side, TimeInForce
from countermand.vocabulary.queries import GetOrder, ListSlots
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import times
from countermand.wire.conversation import Op, Serving, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged, the_order

# For so long an order may be sent again as if it had not arrived; how long it is at the venue is
# not known.
IDEMPOTENT_NS = 5 * times.S
# How long an order of our client stands that does not say so, and the fee it signs for.
_LIFE_S = 30 * 24 * 3600
_MAX_FEE_BIPS = 63


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
        pair = resolve.pair_by_id(asked.instrument_id, ctx)
        sold, _ = pair.sold_and_bought(asked.terms.side)
        query = ListSlots(asked.account_id, sold.asset.asset_id)
        told = yield Step(Operation.GET_SLOT, slots.ask_next(query, ctx), says=query)
        command = _completed(asked, told.order_id, ctx)
    message = ask_place(command, ctx)
    reply = yield Step(Operation.PLACE_ORDER, message, says=command)
    return read_taken(reply, message, ctx)


def ask_place(command: NewOrder, ctx: Ctx) -> m.SubmitOrder:
    """
    Return the form of an order that has its annotation.

    Raises: NotExpressible for one that has none, for nothing can be served back without it.
    """
    try:
        noted = ANNOTATIONS.read(command.terms.text)
    except ValueError:
        raise NotExpressible("an order without its storage id and volumes") from None
    signed = _signed(command, noted, ctx)
    name = command.terms.secondary_cl_ord_id
    return m.SubmitOrder(
        exchange=ctx.settings.exchange_address,
        account_id=signed.account_id,
        storage_id=signed.storage_id,
        sell_token=m.TokenAmount(token_id=signed.sell_token_id, volume=str(signed.sell_volume)),
        buy_token=m.TokenAmount(token_id=signed.buy_token_id, volume=str(signed.buy_volume)),
        valid_until=signed.valid_until_s,
        max_fee_bips=signed.max_fee_bips,
        fill_amount_b_or_s=signed.fill_amount_b_or_s,
        all_or_none=False,
        client_order_id=None if name == command.cl_ord_id else name,
        order_type=noted.order_type,
        trade_channel=noted.trade_channel,
    )


PLACE = Op(m.SubmitOrder, m.Submitted, serve_place, ask_place, read_taken)


def _completed(command: NewOrder, storage_id: int, ctx: Ctx) -> NewOrder:
    # A client id given as `cl_ord_id` becomes the secondary one; the order ends at its amount of
    # base.
    terms, pair = command.terms, resolve.pair_by_id(command.instrument_id, ctx)
    order_type = MAKER_ONLY if terms.exec_inst & ExecInst.POST_ONLY else LIMIT_ORDER
    takes, is_buy = terms.time_in_force is TimeInForce.IOC, terms.side is Side.BUY
    try:
        base, quote = grid.volumes(pair, terms.price_ticks, terms.order_qty_lots)
    except ValueError as error:
        raise NotExpressible(str(error)) from None
    noted = Annotation(
        storage_id,
        quote if is_buy else base,
        base if is_buy else quote,
        terms.expire_ns // times.S or ctx.now_ns // times.S + _LIFE_S,
        max(fee_bips(pair.instrument), _MAX_FEE_BIPS),
        is_buy,
        TAKER_ONLY if takes else order_type,
    )
    hashed = hash_text(order_hash(_signed(command, noted, ctx)))
    # The venue ends an order that stands until it is canceled by itself.
    stands = terms.time_in_force in (TimeInForce.GTC, TimeInForce.GTD)
    completed = replace(
        terms,
        secondary_cl_ord_id=terms.secondary_cl_ord_id or command.cl_ord_id or hashed,
        time_in_force=TimeInForce.GTD if stands else terms.time_in_force,
        expire_ns=0 if takes else noted.valid_until_s * times.S,
        text=ANNOTATIONS.write(noted),
        slot=slot_of(storage_id),
    )
    return replace(command, cl_ord_id=hashed, terms=completed)


def _signed(command: NewOrder, noted: Annotation, ctx: Ctx) -> HashedTerms:
    pair = resolve.pair_by_id(command.instrument_id, ctx)
    sold, bought = pair.sold_and_bought(command.terms.side)
    return HashedTerms(
        exchange=int(ctx.settings.exchange_address, 16),
        storage_id=noted.storage_id,
        account_id=int(resolve.account_text(command.account_id, ctx) or 0),
        sell_token_id=sold.token.token_id,
        buy_token_id=bought.token.token_id,
        sell_volume=noted.sell_volume,
        buy_volume=noted.buy_volume,
        valid_until_s=noted.valid_until_s,
        max_fee_bips=noted.max_fee_bips,
        fill_amount_b_or_s=noted.fill_amount_b_or_s,
        taker=0,
    )


def _is_as_it_was(order: OrderReport, now_ns: int) -> bool:
    return order.ord_status is OrdStatus.NEW and now_ns - order.submit_ns <= IDEMPOTENT_NS
