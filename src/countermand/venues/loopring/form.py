"""The order form: what it may say, and the order it describes."""

from msgspec.structs import replace

from countermand.venues.loopring import grid, resolve, stops, tables
from countermand.venues.loopring.annotations import Annotation
from countermand.venues.loopring.errors import Code, Coded
from countermand.venues.loopring.messages.orders import SubmitOrder
from countermand.venues.loopring.order_hash import HashedTerms, hash_text, order_hash
from countermand.venues.loopring.presentation import ZERO_ADDRESS
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.units import PPB
from countermand.wire import times
from countermand.wire.errors import OrderRefused
from countermand.wire.fields import invalid

CLIENT_ORDER_ID_BYTES_MAX = 120
MAX_FEE_BIPS_MAX = 5_000
PPB_PER_BIP = PPB // 10_000


def order_of(message: SubmitOrder, signed: HashedTerms, ctx: Ctx) -> NewOrder:
    """
    Return the order that a form describes; its hash is its name.

    Raises: Unproven for another's account; Coded, InvalidField, OrderRefused for what the form
            itself forbids.
    """
    account_id = resolve.own_account(str(signed.account_id), ctx).account_id
    _check_form(message, signed, ctx)
    order_type, channel = _style(message)
    pair = resolve.pair_of(signed.sell_token_id, signed.buy_token_id, ctx)
    side = Side.SELL if signed.sell_token_id == pair.base.token.token_id else Side.BUY
    _check_amounts(signed, pair, side)
    hashed = hash_text(order_hash(signed))
    noted = Annotation(
        signed.storage_id,
        signed.sell_volume,
        signed.buy_volume,
        signed.valid_until_s,
        signed.max_fee_bips,
        signed.fill_amount_b_or_s,
        order_type,
        channel,
    )
    terms = grid.order_terms(pair, side, noted, message.client_order_id or hashed)
    if trigger := stops.of_form(message, pair.instrument):
        if noted.takes:
            raise invalid("orderType", "a stop-limit order stands, so no swap and no TAKER_ONLY")
        terms = replace(terms, trigger=trigger)
    return NewOrder(account_id, pair.instrument.instrument_id, hashed, terms)


def fee_bips(instrument: Instrument) -> int:
    """Return the dearest fee of a market, in hundredths of a percent, the next higher."""
    return -(-instrument.fee_reserve_ppb // PPB_PER_BIP)


def _check_form(message: SubmitOrder, signed: HashedTerms, ctx: Ctx) -> None:
    if signed.exchange != int(ctx.settings.exchange_address, 16):
        raise Coded(Code.WRONG_EXCHANGE, "invalid exchange")
    if signed.storage_id % 2:
        raise Coded(Code.WRONG_STORAGE_ID_KIND, "invalid order id: storageId must be even")
    if message.all_or_none not in (None, False, "false"):
        raise invalid("allOrNone", "only false is supported")
    if signed.taker != int(ZERO_ADDRESS, 16):
        raise Coded(Code.ORDER_NOT_VALID, "orders for one taker are not supported")
    if len((message.client_order_id or "").encode()) > CLIENT_ORDER_ID_BYTES_MAX:
        raise invalid("clientOrderId", f"is longer than {CLIENT_ORDER_ID_BYTES_MAX} bytes")
    if signed.valid_until_s * times.S <= ctx.now_ns:
        raise OrderRefused(RejectReason.INVALID_EXPIRE_TIME)


def _style(message: SubmitOrder) -> tuple[str, str]:
    # The type and the channel, as they are kept.
    order_type, channel = (
        message.order_type or tables.LIMIT_ORDER,
        message.trade_channel or tables.MIXED,
    )
    if order_type not in tables.ORDER_TYPES:
        raise invalid("orderType", f"must be of {', '.join(tables.ORDER_TYPES)}")
    if channel not in tables.TRADE_CHANNELS:
        raise invalid("tradeChannel", f"must be of {', '.join(tables.TRADE_CHANNELS)}")
    if order_type == tables.AMM or channel == tables.AMM_POOL:
        if message.fill_amount_b_or_s in (True, 1, "true"):
            raise invalid("fillAmountBOrS", "must be false for a swap")
        if order_type == tables.MAKER_ONLY:
            raise invalid("orderType", "a swap takes, so no MAKER_ONLY")
    return order_type, channel


def _check_amounts(signed: HashedTerms, pair: Pair, side: Side) -> None:
    sold, _ = pair.sold_and_bought(side)
    if not signed.buy_volume or signed.sell_volume < int(sold.token.minimum):
        raise Coded(Code.AMOUNT_TOO_SMALL, f"{sold.asset.symbol} is below the minimum")
    if signed.sell_volume > int(sold.token.maximum):
        raise Coded(Code.AMOUNT_TOO_LARGE, f"{sold.asset.symbol} is above the maximum")
    least = fee_bips(pair.instrument)
    if not least <= signed.max_fee_bips <= MAX_FEE_BIPS_MAX:
        text = f"maxFeeBips must be from {least} to {MAX_FEE_BIPS_MAX}"
        raise Coded(Code.WRONG_RATE, text)
