"""
Commands: what someone asks of the exchange. They are the journal's content, so fields are only ever
appended, with a default, and tags are never reused: 8, 9 and 15 were orders of former rules.
"""

from msgspec import Struct

from countermand.vocabulary.ids import (
    NO_INSTRUMENT,
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
)
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import (
    CancelOnly,
    Contingency,
    OrderTerms,
    ReplacePolicy,
    Side,
    TimeInForce,
    Trigger,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason


class Message(Struct, frozen=True, array_like=True, gc=False):
    """A journaled value: an array on disk, so that names cost nothing."""


class RegisterAsset(Message, frozen=True, tag=1):
    """Add an asset; its id is the entry's sequence number."""

    venue: str
    symbol: str
    scale: int


class ListInstrument(Message, frozen=True, tag=2):
    """
    Open a market; its id is the entry's sequence number, that of `instrument` is not read.
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
    """
    Settle every position of a market at `price_ticks` and close it; open orders are canceled.

    A binary outcome is paid out at the price, at most its payout; of a perpetual or a share the
    gain or loss against its cost is realized. A spot market has nothing to settle.
    """

    instrument_id: InstrumentId
    price_ticks: int


class NewOrder(Message, frozen=True, tag=17):
    """
    FIX NewOrderSingle (D). The order's id is the entry's sequence number.

    `cl_ord_id` is unique within the account; an empty one names nothing. With `keep_rejected` an
    order that is refused is remembered as an order nonetheless, with an id and the reason. With
    `needs_liquidity` a market order is refused where nothing stands against it, not canceled.

    Units: with a `delay_ns` above 0 the order is taken now, is pending new, and comes to the book
    so much later; 0 is at once, None as its venue has it (`SetDelays`).
    """

    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    terms: OrderTerms
    keep_rejected: bool = False
    needs_liquidity: bool = False
    delay_ns: int | None = None


class RecordRejected(Message, frozen=True, tag=18):
    """
    Remember an order that its venue refused, as one that the exchange rejected for `reason`.

    It may name no instrument. What the venue has to say of it stands in the text of its terms.
    """

    account_id: AccountId
    terms: OrderTerms
    reason: RejectReason
    instrument_id: InstrumentId = NO_INSTRUMENT


class StageOrder(Message, frozen=True, tag=19):
    """
    Write an order down to be submitted later under the id it gets now, which is the entry's number.

    It is checked now and when it is submitted, and holds nothing in between.
    """

    order: NewOrder
    lifetime_ns: int


class SubmitOrder(Message, frozen=True, tag=16):
    """
    Place an order that was staged; a `text` of None keeps the staged one.

    Units: `delay_ns` as in `NewOrder`.
    """

    account_id: AccountId
    order_id: OrderId
    text: str | None = None
    delay_ns: int | None = None


class ReplaceOrder(Message, frozen=True, tag=20):
    """
    FIX OrderCancelReplaceRequest (G). The order keeps its id.

    The order is found as in `CancelOrder`. `price_ticks` and `order_qty_lots` of 0 keep the old
    value; `order_qty_lots` counts what has been executed; an empty `new_cl_ord_id` keeps the old
    one, and so does None for the others. Only a lower quantity at the same price keeps the place in
    the queue, unless the order is to be executed at once from now on.

    What becomes of a quantity that is not more than what has been executed is for `policy` to say.
    Only an order that sleeps can get another trigger; without one, and with no price, it sleeps on
    with the one it has.

    Units: with a `delay_ns` above 0 it is taken now and applied, or refused, so much later, to the
    order as it is then; 0 is at once, None as its venue has it.
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
    policy: ReplacePolicy = ReplacePolicy.REFUSE_EXECUTED
    delay_ns: int | None = None
    trigger: Trigger | None = None


class NewOrderList(Message, frozen=True, tag=22):
    """
    FIX NewOrderList (E): two or more orders of an account on a market that act on each other.

    They are taken all or none. The list has the entry's number, and its orders those after it. With
    `first_lets_in` the others are let in by what the first trades (OTO); the last two act on each
    other by `contingency`: a pair alone (OCO, OUO), or what the first lets in (OTOCO, a bracket).

    An order's own delay is not read: a list comes at once. None has a slot; what is let in has no
    cash, and at the market no price.
    """

    account_id: AccountId
    orders: tuple[NewOrder, ...]
    contingency: Contingency = Contingency.NONE
    first_lets_in: bool = False


class ReplaceList(Message, frozen=True, tag=26):
    """
    Give every order of a list other terms at once, or none of them.

    `orders` are the list's, all of them and in its order, each with what it is to be, as
    `ReplaceOrder` has it. Their accounts, delays and policies are not read: one account's list is
    replaced as a whole. It is refused once an order of the list has traded, was woken by its
    trigger or is over: LIST_UNDERWAY.

    What a pair holds is worked out of both with their new terms. Those that come in anew do so one
    after the other, when all have their terms.

    Units: `delay_ns` as in `ReplaceOrder`.
    """

    account_id: AccountId
    orders: tuple[ReplaceOrder, ...]
    delay_ns: int | None = None


class CancelOrder(Message, frozen=True, tag=10):
    """
    FIX OrderCancelRequest (F).

    `order_id` (0: not given) is tried first, then `cl_ord_id`, then `secondary_cl_ord_id` (empty:
    not given), all within the account; of several orders with one secondary id it is the newest
    open one, or else the one that closed last. With an `instrument_id` the order must be of that
    instrument, else it is unknown.

    The order is canceled for `reason`, which its owner's request leaves as it is.

    With `only` it is refused where the order has traded otherwise, with the reason
    CONDITION_NOT_MET; that is asked when it is applied.

    Units: `delay_ns` as in `ReplaceOrder`. While it is pending the order can trade; filled by then,
    it refuses the cancel as one that came too late.
    """

    account_id: AccountId
    order_id: OrderId
    cl_ord_id: str = ""
    instrument_id: InstrumentId = NO_INSTRUMENT
    secondary_cl_ord_id: str = ""
    delay_ns: int | None = None
    reason: CancelReason = CancelReason.REQUESTED
    only: CancelOnly = CancelOnly.NONE


class MassCancel(Message, frozen=True, tag=11):
    """
    FIX OrderMassCancelRequest (q): cancel every open order that matches, in ascending order id.

    0 or None means any; with `list_id` it takes linked orders, by prices those whose own price
    lies there, both ends included. Without an account it covers the whole exchange (an operator's
    act), and never waits.

    Units: with a `delay_ns` above 0 the orders that match now are canceled so much later, those
    that are open then; 0 is at once, None as the account's venue has it.
    """

    account_id: AccountId = AccountId(0)
    instrument_ids: tuple[InstrumentId, ...] | None = None
    side: Side | None = None
    order_ids: tuple[OrderId, ...] | None = None
    delay_ns: int | None = None
    price_ticks_min: int = 0
    price_ticks_max: int = 0
    list_id: int = 0


class CancelOnDisconnect(Message, frozen=True, tag=23):
    """
    Cancel an account's open orders because the connection that stood for it is gone.

    With `spares_protective` those that only take a loss short stay, see `canceling.is_protective`.
    """

    account_id: AccountId
    spares_protective: bool = False


class SetDeadMan(Message, frozen=True, tag=24):
    """
    Arm a dead man's switch, or refresh it: unless this is said again within `timeout_ns`, an
    account's open orders are canceled, once. 0 disarms it.
    """

    account_id: AccountId
    timeout_ns: int
    spares_protective: bool = False


class SetKill(Message, frozen=True, tag=25):
    """
    Stop an account: cancel its open orders, and refuse new ones and replacements until it is let go
    on. Orders that are spared still trade.
    """

    account_id: AccountId
    is_killed: bool
    spares_protective: bool = False


class SetDelays(Message, frozen=True, tag=21):
    """
    Say how long a venue takes to apply new orders, cancels and replacements it has taken.

    What is pending keeps the time it was given. Units: 0 is at once.
    """

    venue: str
    new_ns: int = 0
    cancel_ns: int = 0
    replace_ns: int = 0


class AdvanceTime(Message, frozen=True, tag=12):
    """
    Let everything happen that was due by the entry's time.

    Issued when something is due, and to use up numbers that may have been given out before.
    """


class PassNumbers(Message, frozen=True, tag=40):
    """
    Give out no number of the next `count`: what is made from the next entry on has the ones after.

    Numbers are entries' own until then. So one exchange goes on where another one's ids ended.
    """

    count: int


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
    | RecordRejected
    | StageOrder
    | SubmitOrder
    | ReplaceOrder
    | NewOrderList
    | ReplaceList
    | CancelOrder
    | MassCancel
    | CancelOnDisconnect
    | SetDeadMan
    | SetKill
    | SetDelays
    | AdvanceTime
    | PassNumbers
)

CANCELS = (CancelOrder, MassCancel, CancelOnDisconnect, SetKill)


class Entry(Struct, frozen=True, array_like=True, gc=False):
    """
    A command as journaled: its place and time were fixed before it was applied.

    Units: `ts_ns` since the Unix epoch, strictly increasing with `seq`.
    """

    seq: int
    ts_ns: int
    command: Command
