"""
Commands: what someone asks of the exchange. They are the journal's content, so fields are only ever
appended, with a default, and tags are never reused.
"""

from msgspec import Struct

from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import (
    OrdType,
    PositionEffect,
    SelfTradePrevention,
    Side,
    TimeInForce,
)


class Message(Struct, frozen=True, array_like=True, gc=False):
    """A journaled value: an array on disk, so that names cost nothing."""


class RegisterAsset(Message, frozen=True, tag=1):
    """Add an asset; its id is the entry's sequence number."""

    venue: str
    symbol: str
    scale: int


class ListInstrument(Message, frozen=True, tag=2):
    """
    Open a market; its id is the entry's sequence number, whatever `instrument.instrument_id` says.
    """

    instrument: Instrument


class SetTradingState(Message, frozen=True, tag=3):
    """Change what a market accepts. Resting orders stay, and stay cancelable."""

    instrument_id: InstrumentId
    trading_state: TradingState


class SetReferencePrice(Message, frozen=True, tag=4):
    """Move the price the band, the index and the mark of an untraded market stand on."""

    instrument_id: InstrumentId
    price_ticks: int


class OpenAccount(Message, frozen=True, tag=5):
    """
    Open an account for `owner`; its id is the entry's sequence number. Names are unique per owner.

    One that `may_borrow` holds shares on margin and may sell them short.
    """

    venue: str
    owner: str
    name: str
    is_default: bool = False
    may_borrow: bool = False


class ConfigureAccount(Message, frozen=True, tag=6):
    """Rename an account or change what it may do; None leaves a setting as it is."""

    account_id: AccountId
    name: str | None = None
    trading_locked: bool | None = None
    reduce_only: bool | None = None


class DepositFunds(Message, frozen=True, tag=7):
    """Bring money in from outside the exchange."""

    account_id: AccountId
    asset_id: AssetId
    amount_minor: int


class WithdrawFunds(Message, frozen=True, tag=13):
    """
    Take money out, up to what positions do not hold.

    Open orders do not stand in its way: those that can no longer be funded are canceled.
    """

    account_id: AccountId
    asset_id: AssetId
    amount_minor: int


class SettleInstrument(Message, frozen=True, tag=14):
    """Pay a binary market out at `price_ticks` and close it; open orders are canceled."""

    instrument_id: InstrumentId
    price_ticks: int


class NewOrder(Message, frozen=True, tag=8):
    """
    FIX NewOrderSingle (D). The order's id is the entry's sequence number.

    A market order's `price_ticks` is the worst price it may trade at, 0 for the market's own bound.
    A market order may give `cash_qty_minor`, what it may spend or shall bring, instead of a
    quantity; on a binary market that may be the money of the other outcome, where a sell spends and
    a buy brings the payout less the price: `cash_at_complement`. `cl_ord_id` is unique within the
    account, and `secondary_cl_ord_id` need not be; empty they name nothing. `text` is kept with the
    order and never read. With `keep_rejected` an order that is refused is remembered as an order
    nonetheless, with an id and the reason. One with a `slot_number` above 0 stands in `slot` of the
    asset it holds; see `slots`.

    Units: `expire_ns` 0 when the order does not expire; `exec_inst` the bits of `ExecInst`;
    `cash_qty_minor` in quote minor units.
    """

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
    """
    Write an order down to be submitted later under the id it gets now, which is the entry's number.

    It is checked now and when it is submitted, and holds nothing in between.
    """

    order: NewOrder
    lifetime_ns: int


class SubmitOrder(Message, frozen=True, tag=16):
    """Place an order that was staged; a `text` of None keeps the staged one."""

    account_id: AccountId
    order_id: OrderId
    text: str | None = None


class ReplaceOrder(Message, frozen=True, tag=9):
    """
    FIX OrderCancelReplaceRequest (G). The order keeps its id.

    The order is found as in `CancelOrder`. `price_ticks` and `order_qty_lots` of 0 keep the old
    value; `order_qty_lots` counts what has been executed; an empty `new_cl_ord_id` keeps the old
    one, and so does None for the others. Only a lower quantity at the same price keeps the place in
    the queue, unless the order is to be executed at once from now on.

    A quantity that is not more than what has been executed is refused, or with `cancel_if_executed`
    ends the order as a cancel does.
    """

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


class CancelOrder(Message, frozen=True, tag=10):
    """
    FIX OrderCancelRequest (F).

    `order_id` (0: not given) is tried first, then `cl_ord_id`, then `secondary_cl_ord_id` (empty:
    not given), all within the account; of several orders with one secondary id it is the newest
    open one, or else the one that closed last. With an `instrument_id` the order must be of that
    instrument, else it is unknown.
    """

    account_id: AccountId
    order_id: OrderId
    cl_ord_id: str = ""
    instrument_id: InstrumentId = InstrumentId(0)
    secondary_cl_ord_id: str = ""


class MassCancel(Message, frozen=True, tag=11):
    """
    FIX OrderMassCancelRequest (q): cancel every open order that matches, in ascending order id.

    0 or None means any; without an account it covers the whole exchange (an operator's act).
    """

    account_id: AccountId = AccountId(0)
    instrument_ids: tuple[InstrumentId, ...] | None = None
    side: Side | None = None


class AdvanceTime(Message, frozen=True, tag=12):
    """
    Let everything happen that was due by the entry's time.

    Issued when something is due, and to use up numbers that may have been given out before.
    """


Command = (
    RegisterAsset
    | ListInstrument
    | SetTradingState
    | SetReferencePrice
    | OpenAccount
    | ConfigureAccount
    | DepositFunds
    | WithdrawFunds
    | SettleInstrument
    | NewOrder
    | StageOrder
    | SubmitOrder
    | ReplaceOrder
    | CancelOrder
    | MassCancel
    | AdvanceTime
)

CANCELS = (CancelOrder, MassCancel)


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """
    A command as journaled: its place and time were fixed before it was applied.

    Units: `ts_ns` since the Unix epoch, strictly increasing with `seq`.
    """

    seq: int
    ts_ns: int
    command: Command
