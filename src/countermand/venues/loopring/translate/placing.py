"""Placing: the venue's order form to `NewOrder`, and back."""

from typing import Any

from msgspec.structs import replace

from countermand.venues.loopring import order_hash
from countermand.venues.loopring.about import shown
from countermand.venues.loopring.codes import Coded
from countermand.venues.loopring.messages import orders
from countermand.venues.loopring.order_hash import HashedTerms
from countermand.venues.loopring.tables import LIMIT_ORDER, MAKER_ONLY, TAKER_ONLY
from countermand.venues.loopring.translate import forms, grid, resolve
from countermand.venues.loopring.translate.remarks import (
    Remarks,
    parse_remarks,
    remarks_text,
)
from countermand.venues.loopring.translate.resolve import Pair
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId
from countermand.vocabulary.order import (
    Cash,
    ExecInst,
    OrderTerms,
    OrdType,
    Side,
    Slot,
    TimeInForce,
)
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import NotExpressible

# How many slots a token's storage ids share, by what is left of them.
SLOTS = 16_384

_HASHED = (
    "exchange", "accountId", "storageId", "sellToken", "buyToken", "validUntil", "maxFeeBips",
    "fillAmountBOrS", "taker",
)  # fmt: skip


def place_from_wire(message: orders.SubmitOrder, ctx: Context) -> NewOrder:
    """
    Return the order asked for; its hash is its name.

    Raises: Coded, MissingField, InvalidField, OrderRefused for what the form itself forbids.
    Source: DEX API v3, "Submit order"; protocol 3.6, "Storage id".
    """
    terms = order_hash.read_terms(_hashed(message))
    account = resolve.own_account(str(terms.account_id), ctx)
    forms.check_form(message, terms, ctx)
    order_type, channel = forms.style(message)
    pair = resolve.pair_of(terms.sell_token_id, terms.buy_token_id, ctx)
    side = Side.SELL if terms.sell_token_id == pair.base.token.token_id else Side.BUY
    forms.check_amounts(terms, pair, side)
    hash_text = order_hash.hash_text(order_hash.order_hash(terms))
    remarks = Remarks(
        terms.storage_id,
        terms.sell_volume,
        terms.buy_volume,
        terms.valid_until_s,
        terms.max_fee_bips,
        terms.fill_amount_b_or_s,
        order_type,
        channel,
    )
    named = message.client_order_id or hash_text
    return _order(pair, account.account_id, side, (hash_text, named), remarks)


def place_to_wire(command: NewOrder, ctx: Context) -> orders.SubmitOrder:
    """
    Return the form of an order that has its remarks; see `completed`.

    Raises: NotExpressible for one that has none, or that is not what they say.
    """
    own = resolve.check_own(command.account_id, ctx)
    try:
        remarks = parse_remarks(command.terms.text)
    except ValueError:
        raise NotExpressible("an order without its storage id and volumes") from None
    pair = _client_pair(command, ctx)
    sold, bought = (
        (pair.base, pair.quote) if command.terms.side is Side.SELL else (pair.quote, pair.base)
    )
    named = command.terms.secondary_cl_ord_id
    message = orders.SubmitOrder(
        exchange=shown(ctx.settings).exchange_address,
        account_id=int(own),
        storage_id=remarks.storage_id,
        sell_token=orders.TokenAmount(
            token_id=sold.token.token_id, volume=str(remarks.sell_volume)
        ),
        buy_token=orders.TokenAmount(
            token_id=bought.token.token_id, volume=str(remarks.buy_volume)
        ),
        valid_until=remarks.valid_until_s,
        max_fee_bips=remarks.max_fee_bips,
        fill_amount_b_or_s=remarks.fill_amount_b_or_s,
        all_or_none=False,
        client_order_id=None if named == command.cl_ord_id else named,
        order_type=remarks.order_type,
        trade_channel=remarks.trade_channel,
    )
    _check_says_all(command, remarks, pair)
    return message


def completed(command: NewOrder, storage_id: int, max_fee_bips: int, ctx: Context) -> NewOrder:
    """
    Return an order with what this venue wants to know besides: its volumes, and so its hash.

    A client id given as `cl_ord_id` becomes the secondary one; the order ends at its amount of
    base. Raises: NotExpressible for an order the venue has no form of.
    """
    own, pair = resolve.client_account(ctx), _client_pair(command, ctx)
    taker = command.terms.time_in_force in (TimeInForce.IOC, TimeInForce.FOK)
    order_type = MAKER_ONLY if command.terms.exec_inst & ExecInst.POST_ONLY else LIMIT_ORDER
    try:
        base, quote = grid.volumes(pair, command.terms.price_ticks, command.terms.order_qty_lots)
    except ValueError as error:
        raise NotExpressible(str(error)) from None
    sold, bought = (base, quote) if command.terms.side is Side.SELL else (quote, base)
    until_s = command.terms.expire_ns // times.S or ctx.now_ns // times.S + 30 * 24 * 3600
    remarks = Remarks(
        storage_id,
        sold,
        bought,
        until_s,
        max_fee_bips,
        command.terms.side is Side.BUY,
        TAKER_ONLY if taker else order_type,
    )
    tokens = (pair.base.token.token_id, pair.quote.token.token_id)
    sell_id, buy_id = tokens if command.terms.side is Side.SELL else tokens[::-1]
    terms = HashedTerms(
        int(shown(ctx.settings).exchange_address, 16), storage_id, int(own.name), sell_id, buy_id,
        sold, bought, until_s, max_fee_bips, remarks.fill_amount_b_or_s, 0,
    )  # fmt: skip
    hashed = order_hash.hash_text(order_hash.order_hash(terms))
    stated = replace(
        command.terms,
        secondary_cl_ord_id=command.terms.secondary_cl_ord_id or command.cl_ord_id or hashed,
        time_in_force=TimeInForce.IOC if taker else TimeInForce.GTD,
        expire_ns=0 if taker else until_s * times.S,
        text=remarks_text(remarks),
        slot=_slot(storage_id),
    )
    return replace(command, cl_ord_id=hashed, terms=stated)


def _hashed(message: orders.SubmitOrder) -> dict[str, Any]:
    fields = orders.SubmitOrder.__struct_fields__
    wire = orders.SubmitOrder.__struct_encode_fields__
    values = {w: getattr(message, f) for f, w in zip(fields, wire, strict=True) if w in _HASHED}
    for name in ("sellToken", "buyToken"):
        if isinstance(token := values[name], orders.TokenAmount):
            values[name] = {"tokenId": token.token_id, "volume": token.volume}
    return values


def _order(
    pair: Pair, account_id: AccountId, side: Side, names: tuple[str, str], remarks: Remarks
) -> NewOrder:
    order_type, takes = remarks.order_type, remarks.order_type == TAKER_ONLY
    unsized = OrderTerms(
        side,
        OrdType.LIMIT,
        TimeInForce.IOC if takes else TimeInForce.GTD,
        0,
        expire_ns=0 if takes else remarks.valid_until_s * times.S,
        exec_inst=int(ExecInst.POST_ONLY if order_type == MAKER_ONLY else ExecInst.NONE),
        text=remarks_text(remarks),
        secondary_cl_ord_id=names[1],
        slot=_slot(remarks.storage_id),
    )
    terms = _sized(unsized, remarks, pair)
    return NewOrder(account_id, pair.instrument.instrument_id, names[0], terms)


def _slot(storage_id: int) -> Slot:
    # Ids count from 0, and numbers in a slot from 1.
    return Slot(storage_id % SLOTS, storage_id + 1)


def _sized(unsized: OrderTerms, remarks: Remarks, pair: Pair) -> OrderTerms:
    # What ends at its amount of quote is worth more lots at a better price. The exchange works that
    # out for what trades at once; for what may rest it is that many lots at its own price.
    side, (base, quote) = unsized.side, remarks.volumes(unsized.side)
    ticks = grid.price_ticks(pair, side, base, quote)
    lots = grid.qty_lots(pair, side, remarks, ticks)
    if remarks.order_type == TAKER_ONLY and not remarks.ends_at_base(side):
        cash = Cash(quote * pair.quote.minor_per_unit)
        return replace(unsized, ord_type=OrdType.MARKET, price_ticks=ticks, cash=cash)
    return replace(unsized, order_qty_lots=lots, price_ticks=ticks)


def _check_says_all(command: NewOrder, remarks: Remarks, pair: Pair) -> None:
    # A form says everything by its volumes; the hash is checked by whoever signs it.
    names = (command.cl_ord_id, command.terms.secondary_cl_ord_id)
    try:
        said = _order(pair, command.account_id, command.terms.side, names, remarks)
    except Coded as error:
        raise NotExpressible(error.text) from None
    if said != command:
        raise NotExpressible("an order that is not what its storage id and volumes say")


def _client_pair(command: NewOrder, ctx: Context) -> Pair:
    instrument = ctx.directory.instruments.get(command.instrument_id)
    pair = None if instrument is None else resolve.pair(instrument, ctx)
    if pair is None:
        raise NotExpressible("an order on a market this venue does not have")
    return pair
