"""The order: its words, and the one mutable record the core keeps of it."""

from enum import IntEnum

from msgspec import Struct

from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.reasons import CancelReason, RejectReason


class Side(IntEnum):
    """FIX Side (54)."""

    BUY = 1
    SELL = 2

    @property
    def opposite(self) -> "Side":
        """The side this one trades against."""
        return Side.SELL if self is Side.BUY else Side.BUY

    def closable(self, net_lots: int) -> int:
        """Return how much of a net position this side can close; below zero it would add to it."""
        return net_lots if self is Side.SELL else -net_lots


class OrdType(IntEnum):
    """FIX OrdType (40)."""

    MARKET = 1
    LIMIT = 2
    MARKET_WITH_LEFT_OVER_AS_LIMIT = 3  # K: the rest stands at the best price it found


class TimeInForce(IntEnum):
    """FIX TimeInForce (59)."""

    DAY = 0  # ends with the session, where there is one
    GTC = 1
    IOC = 3
    FOK = 4
    GTD = 6


class ExecInst(IntEnum):
    """FIX ExecInst (18), as bits: an order may carry several."""

    NONE = 0
    POST_ONLY = 1  # participate, do not initiate
    REDUCE_ONLY = 2  # may only bring a position toward zero
    ALL_OR_NONE = 4  # trades whole or not at all


class PositionEffect(IntEnum):
    """
    FIX PositionEffect (77): what an order is for. OPEN is refused against an opposite position,
    CLOSE beyond what the position and the orders that already close it leave.
    """

    NONE = 0
    OPEN = 1
    CLOSE = 2


class SelfTradePrevention(IntEnum):
    """What happens when an incoming order meets its own account's resting order."""

    NONE = 0  # they trade
    AGGRESSING = 1  # the incoming order is canceled
    RESTING = 2  # the resting order is canceled
    BOTH = 3  # both are
    DECREMENT_AND_CANCEL = 4  # the smaller is canceled, the larger loses as much quantity
    REJECT = 5  # the incoming order is refused, whole


class OrdStatus(IntEnum):
    """FIX OrdStatus (39)."""

    NEW = 0
    PARTIALLY_FILLED = 1
    FILLED = 2
    CANCELED = 4
    REJECTED = 8
    EXPIRED = 12


class ExecType(IntEnum):
    """FIX ExecType (150): the last thing that happened to the order."""

    NEW = 0
    CANCELED = 4
    REPLACED = 5
    REJECTED = 8
    EXPIRED = 12
    RESTATED = 13
    TRADE = 15


class SlotUse(Struct, frozen=True, array_like=True, gc=False):
    """A slot of an account's asset, the highest number used in it, and by which order."""

    slot: int
    number: int
    order_id: OrderId


class Order(Struct):
    """
    Everything the exchange knows of one order. Only `evolve` changes one.

    Units: `price_ticks` is the limit, and for a market order the bound it was given on arrival;
    `*_lots` quantities with `cum + leaves = order_qty` while open; `hold_minor` in the asset the
    order holds (quote for a buy and for perpetual fees, base for a spot sell); `cum_notional_minor`
    in quote minor units, `fee_minor` in those of the asset fees are taken in; `fee_accrued` is
    what fees would be without rounding, as the numerator over `fees.scale`; `*_ns` since the Unix
    epoch, `expire_ns` 0 when it does not.
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
    submit_ns: int
    transact_ns: int
    priority_seq: int
    leaves_qty_lots: int
    cum_qty_lots: int = 0
    cum_notional_minor: int = 0
    fee_minor: int = 0
    hold_minor: int = 0
    ord_status: OrdStatus = OrdStatus.NEW
    exec_type: ExecType = ExecType.NEW
    cancel_reason: CancelReason = CancelReason.NONE
    retired_cl_ord_ids: tuple[str, ...] = ()
    text: str = ""
    secondary_cl_ord_id: str = ""
    cash_qty_minor: int = 0
    reject_reason: RejectReason | None = None
    fee_accrued: int = 0
    position_effect: PositionEffect = PositionEffect.NONE

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade or be canceled."""
        return self.leaves_qty_lots > 0

    @property
    def reduce_only(self) -> bool:
        """Whether the order may only bring a position toward zero."""
        return bool(self.exec_inst & ExecInst.REDUCE_ONLY)

    @property
    def all_or_none(self) -> bool:
        """Whether the order trades whole or not at all."""
        return bool(self.exec_inst & ExecInst.ALL_OR_NONE)
