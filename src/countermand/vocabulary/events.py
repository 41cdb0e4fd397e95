"""
Events: what happened. Books, ledger, streams and metrics are folds over them; they are recomputed
on replay and never stored, but their running digest is.
"""

from countermand.vocabulary.commands import CancelOrder, MassCancel, ReplaceList, ReplaceOrder
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.occurrence import Occurrence, OrderEvent
from countermand.vocabulary.order import Contingency, OrdStatus, Slot
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.vocabulary.reports import ClosedOrder, OrderReport


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
    """
    A command that is not about an order was refused; nothing changed. It may concern no account.
    """

    reason: RejectReason
    account_id: AccountId = AccountId(0)


class OrderAccepted(OrderEvent, frozen=True, tag=9):
    """
    The exchange took an order. It rests, or waits, at once when there is nothing to trade with.

    One that is pending new comes to the book later, with `OrderReleased`.
    """


class OrderRejected(Occurrence, frozen=True, tag=10):
    """
    A new order was refused; it never traded, held nothing, and its `cl_ord_id` is still free.

    `order` is what is remembered of it when it is to be remembered, else None.
    """

    account_id: AccountId
    cl_ord_id: str
    reason: RejectReason
    order: OrderReport | None = None

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """The order, if it is remembered."""
        return (self.order,) if self.order else ()


class OrderRested(OrderEvent, frozen=True, tag=11):
    """The rest of an order stands in the book, or beside it, behind the orders that stood there."""


class Traded(Occurrence, frozen=True, tag=12):
    """
    Two orders matched at the resting order's price; both as they are after it.

    Units: fees in minor units of the asset each side's fees are taken in, negative for a rebate.
    """

    match_id: MatchId
    maker: OrderReport
    taker: OrderReport
    price_ticks: int
    qty_lots: int
    maker_fee_minor: int
    taker_fee_minor: int

    @property
    def instrument_id(self) -> InstrumentId:
        """The market they met on."""
        return self.taker.instrument_id

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """Both orders as they are now."""
        return (self.maker, self.taker)


class OrderCanceled(OrderEvent, frozen=True, tag=13):
    """An order ended with quantity left, and its hold is free; it says why."""


class OrderExpired(OrderEvent, frozen=True, tag=14):
    """An order's time ran out, and its hold is free."""


class OrderReplaced(OrderEvent, frozen=True, tag=15):
    """
    An open order has new terms. With `keeps_priority` it stays where it stands; else it left its
    place and comes in anew.
    """

    keeps_priority: bool


class OrderRestated(OrderEvent, frozen=True, tag=16):
    """
    The exchange changed an order that stays: self-trade prevention took quantity off it, or what a
    market order left over stands at another price from now on.
    """


class CancelRejected(Occurrence, frozen=True, tag=17):
    """
    FIX OrderCancelReject (9): a cancel or replace was refused, and nothing changed.

    `order` is the open one that refused it, in the state that did; `closed` is the one that was
    over already. Neither is there for an unknown order. `reject_reason` tells more when a
    replacement's terms were at fault.
    """

    account_id: AccountId
    response_to: CxlRejResponseTo
    cl_ord_id: str
    cxl_rej_reason: CxlRejReason
    order: OrderReport | None = None
    reject_reason: RejectReason | None = None
    closed: ClosedOrder | None = None

    @property
    def ord_status(self) -> OrdStatus | None:
        """The status that refused it, None for an unknown order."""
        told = self.order or self.closed
        return told.ord_status if told else None

    @property
    def order_id(self) -> OrderId | None:
        """The order that refused it, None for an unknown one."""
        told = self.order or self.closed
        return told.order_id if told else None

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """The open order that refused it."""
        return (self.order,) if self.order else ()


class MassCanceled(Occurrence, frozen=True, tag=18):
    """The report of a mass cancel (FIX r); the orders it took are the events before it."""

    account_id: AccountId
    total_affected_orders: int


class TimeAdvanced(Occurrence, frozen=True, tag=19):
    """It is later now; what fell due by the entry's time comes after this, soonest first."""


class OrderStaged(OrderEvent, frozen=True, tag=22):
    """An order was written down and can be submitted until it lapses."""

    keep_rejected: bool
    needs_liquidity: bool = False


class FundsWithdrawn(Occurrence, frozen=True, tag=20):
    """Money went out."""

    account_id: AccountId
    asset_id: AssetId
    amount_minor: int


class SlotTaken(Occurrence, frozen=True, tag=23):
    """An order stands in a slot of an asset now; no other may bear its number there again."""

    account_id: AccountId
    asset_id: AssetId
    slot: Slot
    order_id: OrderId


class NumbersPassed(Occurrence, frozen=True, tag=40):
    """Numbers that were passed over; none of them is given out."""

    count: int


class DelaysSet(Occurrence, frozen=True, tag=24):
    """A venue's delays, for requests from now on. Units: as in `SetDelays`."""

    venue: str
    new_ns: int
    cancel_ns: int
    replace_ns: int


class RequestPended(Occurrence, frozen=True, tag=25):
    """
    A cancel or a replacement was taken, and is applied when its time comes; `number` is that of the
    entry that brought it, and `reports` are the orders it is about.

    Units: `due_ns` since the Unix epoch.
    """

    number: int
    due_ns: int
    request: CancelOrder | ReplaceOrder | ReplaceList | MassCancel
    reports: tuple[OrderReport, ...]

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """The orders it is about, pending."""
        return self.reports


class RequestDue(Occurrence, frozen=True, tag=26):
    """
    A pending request is applied now; the events after this one come of it.

    `reports` are those of its orders that are open still, no more pending by it.
    """

    number: int
    reports: tuple[OrderReport, ...]

    @property
    def orders(self) -> tuple[OrderReport, ...]:
        """Those of its orders that are open."""
        return self.reports


class OrderReleased(OrderEvent, frozen=True, tag=27):
    """
    An order that was pending new, or held back, is let go: it is on its way to the book, or sleeps
    until its trigger is met. What it does at the book comes later. One that its list lets grow
    leaves the book for it and comes in anew.
    """


class OrderTriggered(OrderEvent, frozen=True, tag=28):
    """An order's trigger was met, and it is on its way; what it does at the book comes later."""


class ListAccepted(Occurrence, frozen=True, tag=29):
    """
    Linked orders were taken, all of them held back; those that no other holds back come in next.
    """

    account_id: AccountId
    list_id: int
    order_ids: tuple[OrderId, ...]
    contingency: Contingency


class ListRejected(Occurrence, frozen=True, tag=30):
    """Linked orders were refused, all of them, for what is wrong with the one at `index`."""

    account_id: AccountId
    index: int
    reason: RejectReason


class ListReplaced(Occurrence, frozen=True, tag=34):
    """
    All orders of a list have new terms, as the events before this show them; those that come in
    anew do so next, in this order.
    """

    account_id: AccountId
    list_id: int
    order_ids: tuple[OrderId, ...]


class DeadManSet(Occurrence, frozen=True, tag=31):
    """An account's dead man's switch goes off at `due_ns` unless it is refreshed; 0 is never."""

    account_id: AccountId
    due_ns: int
    spares_protective: bool


class DeadManFired(Occurrence, frozen=True, tag=32):
    """A dead man's switch went off; what it cancels comes after this, and it is off."""

    account_id: AccountId


class KillSet(Occurrence, frozen=True, tag=33):
    """An account places no orders from now on, or does again."""

    account_id: AccountId
    is_killed: bool


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
    | NumbersPassed
    | DelaysSet
    | RequestPended
    | RequestDue
    | OrderReleased
    | OrderTriggered
    | ListAccepted
    | ListRejected
    | ListReplaced
    | DeadManSet
    | DeadManFired
    | KillSet
)
