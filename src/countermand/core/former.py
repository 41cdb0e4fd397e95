"""
Former: what rules 2, those before these, wrote in journals and snapshots, as plain records.

Only what is written otherwise today is here; the rest is read as today's. Tags are never used
twice, so one decoder reads the entries of both rules.
"""

from msgspec import Struct

from countermand.core.image import MarketImage
from countermand.core.state import Position
from countermand.vocabulary.commands import Message
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.instrument import Asset
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason
from countermand.vocabulary.reports import SlotUse


class NewOrder(Message, frozen=True, tag=8):
    """A new order of the former rules. Fields as in `OrderTerms`, where they have the names."""

    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    side: Side
    ord_type: OrdType
    time_in_force: TimeInForce
    order_qty_lots: int
    price_ticks: int = 0
    expire_ns: int = 0
    exec_inst: int = 0
    stp: SelfTradePrevention = SelfTradePrevention.NONE
    text: str = ""
    secondary_cl_ord_id: str = ""
    cash_qty_minor: int = 0
    keep_rejected: bool = False
    position_effect: PositionEffect = PositionEffect.NONE
    slot: int = 0
    slot_number: int = 0
    cash_at_complement: bool = False


class StageOrder(Message, frozen=True, tag=15):
    """A staging of the former rules."""

    order: NewOrder
    lifetime_ns: int


class ReplaceOrder(Message, frozen=True, tag=9):
    """A replacement of the former rules."""

    account_id: AccountId
    instrument_id: InstrumentId
    order_id: OrderId
    cl_ord_id: str
    new_cl_ord_id: str
    price_ticks: int = 0
    order_qty_lots: int = 0
    time_in_force: TimeInForce | None = None
    expire_ns: int | None = None
    exec_inst: int | None = None
    text: str | None = None
    cancel_if_executed: bool = False


class FormerOrder(Struct):
    """An order: its terms, and what became of it, in one record. Open is what has leaves."""

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
    submit_ns: int
    transact_ns: int
    priority_seq: int
    leaves_qty_lots: int
    cum_qty_lots: int
    cum_notional_minor: int
    fee_minor: int
    hold_minor: int
    ord_status: OrdStatus
    exec_type: ExecType
    cancel_reason: CancelReason
    retired_cl_ord_ids: tuple[str, ...]
    text: str
    secondary_cl_ord_id: str
    cash_qty_minor: int
    reject_reason: RejectReason | None
    fee_accrued: int
    position_effect: PositionEffect


class FormerFill(Struct, array_like=True):
    """A fill, with those of the order's terms that were told with it."""

    match_id: MatchId
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    side: Side
    time_in_force: TimeInForce
    stp: SelfTradePrevention
    is_maker: bool
    last_px_ticks: int
    last_qty_lots: int
    fee_minor: int
    price_ticks: int
    order_qty_lots: int
    cum_qty_lots: int
    cum_notional_minor: int
    expire_ns: int
    ts_ns: int
    text: str


class FormerStaged(Struct, array_like=True):
    """A staged order, until `expire_ns`."""

    order_id: OrderId
    submit_ns: int
    expire_ns: int
    order: NewOrder


class FormerBalance(Struct):
    """Minor units of one asset; fields as in `Balance`."""

    total_minor: int
    hold_minor: int


class FormerAccount(Struct, array_like=True):
    """An account; fields as in `AccountImage`."""

    account_id: AccountId
    venue: str
    owner: str
    name: str
    is_default: bool
    trading_locked: bool
    reduce_only: bool
    may_borrow: bool
    balances: list[tuple[AssetId, FormerBalance]]
    positions: list[tuple[InstrumentId, Position]]
    closed: list[OrderId]
    fills: list[FormerFill]
    staged: list[FormerStaged]
    slots: list[tuple[AssetId, list[SlotUse]]]


class FormerImage(Struct, array_like=True):
    """The whole state; fields as in `Image`."""

    seq: int
    ts_ns: int
    assets: list[Asset]
    markets: list[MarketImage]
    accounts: list[FormerAccount]
    orders: list[FormerOrder]
