"""
Events: what happened. Books, ledger, streams and metrics are folds over them; they are recomputed
on replay and never stored, but their running digest is.
"""

from msgspec import Struct

from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import (
    OrdStatus,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    SlotUse,
    TimeInForce,
)
from countermand.vocabulary.reasons import (
    CancelReason,
    CxlRejReason,
    CxlRejResponseTo,
    RejectReason,
)


class Occurrence(Struct, frozen=True, array_like=True, gc=False):
    """Something that happened within one entry; the entry gives it its time."""


class AssetRegistered(Occurrence, frozen=True, tag=1):
    """An asset can now be held."""

    asset_id: AssetId
    venue: str
    symbol: str
    scale: int


class InstrumentListed(Occurrence, frozen=True, tag=2):
    """A market opened."""

    instrument: Instrument


class TradingStateChanged(Occurrence, frozen=True, tag=3):
    """A market accepts other things than before."""

    instrument_id: InstrumentId
    trading_state: TradingState


class ReferencePriceChanged(Occurrence, frozen=True, tag=4):
    """A market's band and index moved."""

    instrument_id: InstrumentId
    price_ticks: int


class AccountOpened(Occurrence, frozen=True, tag=5):
    """An account can hold and trade."""

    account_id: AccountId
    venue: str
    owner: str
    name: str
    is_default: bool
    may_borrow: bool = False


class AccountConfigured(Occurrence, frozen=True, tag=6):
    """An account's name and permissions, all as they are now."""

    account_id: AccountId
    name: str
    trading_locked: bool
    reduce_only: bool


class FundsDeposited(Occurrence, frozen=True, tag=7):
    """Money came in."""

    account_id: AccountId
    asset_id: AssetId
    amount_minor: int


class InstructionRejected(Occurrence, frozen=True, tag=8):
    """A command that is not about an order was refused; nothing changed."""

    reason: RejectReason


class OrderAccepted(Occurrence, frozen=True, tag=9):
    """
    The exchange took an order. `price_ticks` is the limit, or the bound set for a market order.
    """

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    exec_inst: int
    stp: SelfTradePrevention
    price_ticks: int
    order_qty_lots: int
    expire_ns: int
    text: str = ""
    secondary_cl_ord_id: str = ""
    cash_qty_minor: int = 0
    position_effect: PositionEffect = PositionEffect.NONE


class OrderRejected(Occurrence, frozen=True, tag=10):
    """
    A new order was refused; it never traded, held nothing, and its `cl_ord_id` is still free.

    `kept` are its terms when it is to be remembered as an order, else None.
    """

    account_id: AccountId
    cl_ord_id: str
    reason: RejectReason
    kept: OrderAccepted | None = None


class OrderRested(Occurrence, frozen=True, tag=11):
    """What is left of an order stands in the book, behind what stood there."""

    order_id: OrderId


class Traded(Occurrence, frozen=True, tag=12):
    """
    Two orders matched at the resting order's price.

    Units: fees in minor units of the asset each side's fees are taken in, negative for a rebate.
    """

    match_id: MatchId
    instrument_id: InstrumentId
    maker_order_id: OrderId
    taker_order_id: OrderId
    price_ticks: int
    qty_lots: int
    maker_fee_minor: int
    taker_fee_minor: int


class OrderCanceled(Occurrence, frozen=True, tag=13):
    """An order ended with quantity left, and its hold is free."""

    order_id: OrderId
    reason: CancelReason


class OrderExpired(Occurrence, frozen=True, tag=14):
    """An order's time ran out, and its hold is free."""

    order_id: OrderId


class OrderReplaced(Occurrence, frozen=True, tag=15):
    """
    An open order has new terms, all as they are now. Without `keeps_priority` it left the book and
    comes in anew.
    """

    order_id: OrderId
    cl_ord_id: str
    price_ticks: int
    order_qty_lots: int
    keeps_priority: bool
    time_in_force: TimeInForce
    expire_ns: int
    exec_inst: int
    text: str


class OrderRestated(Occurrence, frozen=True, tag=16):
    """
    The exchange changed an order that stays: self-trade prevention took quantity off it, or what a
    market order left over stands at `price_ticks` from now on (0: the price is as it was).
    """

    order_id: OrderId
    order_qty_lots: int
    price_ticks: int = 0


class CancelRejected(Occurrence, frozen=True, tag=17):
    """
    FIX OrderCancelReject (9): a cancel or replace was refused, and nothing changed.

    `order_id` is 0 and `ord_status` None for an unknown order; otherwise the status is the one that
    refused it. `reject_reason` tells more when a replacement's terms were at fault.
    """

    response_to: CxlRejResponseTo
    order_id: OrderId
    cl_ord_id: str
    cxl_rej_reason: CxlRejReason
    ord_status: OrdStatus | None
    reject_reason: RejectReason | None = None


class MassCanceled(Occurrence, frozen=True, tag=18):
    """The report of a mass cancel (FIX r); the orders it took are the events before it."""

    total_affected_orders: int


class TimeAdvanced(Occurrence, frozen=True, tag=19):
    """Everything due by the entry's time has happened."""


class OrderStaged(Occurrence, frozen=True, tag=22):
    """An order was written down and can be submitted before `expire_ns`."""

    order_id: OrderId
    expire_ns: int
    order: NewOrder


class FundsWithdrawn(Occurrence, frozen=True, tag=20):
    """Money went out."""

    account_id: AccountId
    asset_id: AssetId
    amount_minor: int


class SlotTaken(Occurrence, frozen=True, tag=23):
    """An order stands in a slot of an asset now; no other may bear its number there again."""

    account_id: AccountId
    asset_id: AssetId
    use: SlotUse


class InstrumentSettled(Occurrence, frozen=True, tag=21):
    """Every position in a market was paid out at a price, and the market is over."""

    instrument_id: InstrumentId
    price_ticks: int


Event = (
    AssetRegistered
    | InstrumentListed
    | TradingStateChanged
    | ReferencePriceChanged
    | AccountOpened
    | AccountConfigured
    | FundsDeposited
    | InstructionRejected
    | OrderAccepted
    | OrderRejected
    | OrderRested
    | Traded
    | OrderCanceled
    | OrderExpired
    | OrderReplaced
    | OrderRestated
    | CancelRejected
    | MassCanceled
    | TimeAdvanced
    | OrderStaged
    | FundsWithdrawn
    | InstrumentSettled
    | SlotTaken
)
