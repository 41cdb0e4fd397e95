"""The order form: what it may say, before anything is made of it."""

from countermand.venues.loopring.about import ZERO_ADDRESS, shown
from countermand.venues.loopring.codes import Code, Coded
from countermand.venues.loopring.messages import orders
from countermand.venues.loopring.order_hash import HashedTerms
from countermand.venues.loopring.tables import (
    AMM,
    AMM_POOL,
    LIMIT_ORDER,
    MAKER_ONLY,
    MIXED,
    ORDER_TYPES,
    STOP_LIMIT,
    TAKER_ONLY,
    TRADE_CHANNELS,
    TRADITIONAL_ORDER,
)
from countermand.venues.loopring.translate.resolve import Pair
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import Side
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.units import PPB
from countermand.wire import times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, OrderRefused

CLIENT_ORDER_ID_BYTES_MAX = 120
MAX_FEE_BIPS_MAX = 5_000
# What clients sign for when they do not care.
MAX_FEE_BIPS_USUAL = 63
_PPB_PER_BIP = PPB // 10_000


def check_form(message: orders.SubmitOrder, terms: HashedTerms, ctx: Context) -> None:
    """
    Refuse what no order may say here.

    Raises: Coded, InvalidField; OrderRefused for one whose time is over.
    """
    if terms.exchange != int(shown(ctx.settings).exchange_address, 16):
        raise Coded(Code.WRONG_EXCHANGE, "invalid exchange")
    if terms.storage_id % 2:
        raise Coded(Code.WRONG_STORAGE_ID_KIND, "storageId of an order must be even")
    if message.all_or_none not in (None, False, "false"):
        raise InvalidField("allOrNone", "invalid allOrNone: only false is supported")
    if terms.taker != int(ZERO_ADDRESS, 16):
        raise Coded(Code.ORDER_NOT_VALID, "orders for one taker are not supported")
    if (message.extra_order_type or TRADITIONAL_ORDER) == STOP_LIMIT:
        raise Coded(Code.ORDER_NOT_VALID, "stop orders are not supported")
    if message.extra_order_type not in (None, "", TRADITIONAL_ORDER):
        raise InvalidField("extraOrderType", "invalid extraOrderType")
    if len((message.client_order_id or "").encode()) > CLIENT_ORDER_ID_BYTES_MAX:
        text = f"invalid clientOrderId: is longer than {CLIENT_ORDER_ID_BYTES_MAX} bytes"
        raise InvalidField("clientOrderId", text)
    if terms.valid_until_s * times.S <= ctx.now_ns:
        raise OrderRefused(RejectReason.INVALID_EXPIRE_TIME)


def style(message: orders.SubmitOrder) -> tuple[str, str]:
    """Return an order's type and channel, as they are stored. Raises InvalidField."""
    order_type, channel = message.order_type or LIMIT_ORDER, message.trade_channel or MIXED
    if order_type not in ORDER_TYPES:
        raise InvalidField("orderType", f"invalid orderType: must be of {', '.join(ORDER_TYPES)}")
    if channel not in TRADE_CHANNELS:
        text = f"invalid tradeChannel: must be of {', '.join(TRADE_CHANNELS)}"
        raise InvalidField("tradeChannel", text)
    if order_type == AMM or channel == AMM_POOL:
        if message.fill_amount_b_or_s in (True, 1, "true"):
            raise InvalidField("fillAmountBOrS", "invalid fillAmountBOrS: must be false for a swap")
        if order_type == MAKER_ONLY:
            raise InvalidField("orderType", "invalid orderType: a swap takes, so no MAKER_ONLY")
        # A swap, which is stored as what it amounts to where there is a book.
        return TAKER_ONLY, MIXED
    return order_type, channel


def check_amounts(terms: HashedTerms, pair: Pair, side: Side) -> None:
    """Refuse amounts and fee limits beyond their bounds. Raises Coded."""
    sold = pair.base if side is Side.SELL else pair.quote
    if not terms.buy_volume or terms.sell_volume < int(sold.token.minimum):
        raise Coded(Code.AMOUNT_TOO_SMALL, f"{sold.asset.symbol} is below the minimum")
    if terms.sell_volume > int(sold.token.maximum):
        raise Coded(Code.AMOUNT_TOO_LARGE, f"{sold.asset.symbol} is above the maximum")
    least = fee_bips(pair.instrument)
    if not least <= terms.max_fee_bips <= MAX_FEE_BIPS_MAX:
        text = f"maxFeeBips must be from {least} to {MAX_FEE_BIPS_MAX}"
        raise Coded(Code.WRONG_RATE, text)


def fee_bips(instrument: Instrument) -> int:
    """Return the dearest fee of a market, in hundredths of a percent, the next higher."""
    return -(-instrument.fee_reserve_ppb // _PPB_PER_BIP)
