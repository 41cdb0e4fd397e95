"""
Reports: what both ends of the wire talk about. Immutable pictures of state, in integers.

A server renders them, a client reads them back; neither needs the state they were taken from.
"""

from msgspec import Struct

from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, MatchId, OrderId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import (
    ExecType,
    OrderTerms,
    OrdStatus,
    Pending,
    Side,
    Standing,
)
from countermand.vocabulary.reasons import CancelReason, RejectReason


class Shared(Struct, frozen=True, array_like=True, gc=False):
    """
    The part of an order's hold that another order of its list holds already.

    Units: lots and quote minor units on order, and `hold_minor` of the asset the order holds.
    """

    lots: int
    minor: int
    hold_minor: int


class OrderReport(Struct, frozen=True, array_like=True, gc=False):
    """
    An order at one moment.

    `terms` are those in force: a market order's price is the bound it was given, and its quantity
    what its cash came to. While it is open `cum + leaves` is the quantity; a closed order has
    `leaves_qty_lots` 0 (FIX), and what a cancel left unfilled is `order_qty_lots - cum_qty_lots`.
    An order that was recorded as rejected may have no instrument.

    Units: lots, quote minor units, nanoseconds since the Unix epoch; `fee_minor` in the asset fees
    are taken in, `hold_minor` in the asset the order holds (quote for a buy and for the fees of
    positions, base for a spot sell); `due_ns` when a staged order lapses, or one that is pending
    new is let in, else 0; `shared` is what another order of its list holds for it, else None.
    """

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    terms: OrderTerms
    standing: Standing
    ord_status: OrdStatus = OrdStatus.NEW
    exec_type: ExecType = ExecType.NEW
    leaves_qty_lots: int = 0
    cum_qty_lots: int = 0
    cum_notional_minor: int = 0
    fee_minor: int = 0
    hold_minor: int = 0
    submit_ns: int = 0
    transact_ns: int = 0
    cancel_reason: CancelReason = CancelReason.NONE
    reject_reason: RejectReason | None = None
    due_ns: int = 0
    pending: Pending = Pending.NONE
    shared: Shared | None = None

    @property
    def is_open(self) -> bool:
        """Whether the order can still trade or be canceled."""
        return self.standing.is_open


class ClosedOrder(Struct, frozen=True, array_like=True, gc=False):
    """What the exchange's decisions know of an order that is over; records tell the rest."""

    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    ord_status: OrdStatus
    cancel_reason: CancelReason


class Fill(Struct, frozen=True, array_like=True, gc=False):
    """
    One side of a match, as its account sees it, with the order as it stood afterwards.

    Units: `cum_notional_minor` in quote minor units, `fee_minor` in those of the asset fees are
    taken in.
    """

    match_id: MatchId
    order_id: OrderId
    account_id: AccountId
    instrument_id: InstrumentId
    cl_ord_id: str
    terms: OrderTerms
    is_maker: bool
    last_px_ticks: int
    last_qty_lots: int
    fee_minor: int
    cum_qty_lots: int
    cum_notional_minor: int
    ts_ns: int


class Trade(Struct, frozen=True, array_like=True, gc=False):
    """A match as it is public; `aggressor_side` is the side of the order that came in."""

    match_id: MatchId
    instrument_id: InstrumentId
    aggressor_side: Side
    price_ticks: int
    qty_lots: int
    ts_ns: int


class SlotUse(Struct, frozen=True, array_like=True, gc=False):
    """A slot of an account's asset, the highest number used in it, and by which order."""

    slot: int
    number: int
    order_id: OrderId


class ListReport(Struct, frozen=True):
    """The orders of a list that are known, in their order; the list's own number is no order's."""

    list_id: int
    orders: tuple[OrderReport, ...]


class OrderPage(Struct, frozen=True):
    """Some of the orders that were asked for, and how many there are in all."""

    total: int
    orders: tuple[OrderReport, ...]


class AccountReport(Struct, frozen=True, gc=False):
    """
    An account and what it may do; one that is killed places no orders.

    Units: `dead_man_ns` when its dead man's switch goes off, 0 when it is not armed.
    """

    account_id: AccountId
    venue: str
    owner: str
    name: str
    is_default: bool
    trading_locked: bool = False
    reduce_only: bool = False
    may_borrow: bool = False
    is_killed: bool = False
    dead_man_ns: int = 0


class BalanceReport(Struct, frozen=True, gc=False):
    """
    An account's balance of an asset.

    Units: minor units of the asset; `available = total - hold - loss`, the last what positions on
    margin have lost at their marks. Below zero only when that goes beyond the money there is.
    `transact_ns` is when the total last changed.
    """

    account_id: AccountId
    asset_id: AssetId
    total_minor: int
    hold_minor: int
    loss_minor: int = 0
    transact_ns: int = 0

    @property
    def available_minor(self) -> int:
        """The amount that can be spent or pledged."""
        return self.total_minor - self.hold_minor - self.loss_minor


class PositionReport(Struct, frozen=True, gc=False):
    """
    A position.

    Units: `net_lots` signed; `cost_minor` signed like it: what the open lots were bought or sold
    for; margin and realized profit in quote minor units; `mark_price_ticks` the last trade's, else
    the reference; `bought_lots` and `sold_lots` ever; `fee_minor` net of rebates; `transact_ns` of
    the last trade.
    """

    account_id: AccountId
    instrument_id: InstrumentId
    net_lots: int
    cost_minor: int
    open_buy_lots: int = 0
    open_sell_lots: int = 0
    margin_minor: int = 0
    realized_minor: int = 0
    mark_price_ticks: int = 0
    bought_lots: int = 0
    sold_lots: int = 0
    fee_minor: int = 0
    transact_ns: int = 0


class DepthReport(Struct, frozen=True):
    """Price levels, best first, as (price_ticks, qty_lots)."""

    instrument_id: InstrumentId
    bids: tuple[tuple[int, int], ...]
    asks: tuple[tuple[int, int], ...]


class QuoteReport(Struct, frozen=True, gc=False):
    """
    The top of a book and its last trade.

    Units: ticks and lots, 0 where there is none; `mark_price_ticks` as in `PositionReport`;
    `volume_*` since the market was listed, in lots and quote minor units; `open_interest_lots` long
    lots; `settled_px_ticks` what a settled market was paid out at, else None.
    """

    instrument: Instrument
    bid_px_ticks: int = 0
    bid_qty_lots: int = 0
    ask_px_ticks: int = 0
    ask_qty_lots: int = 0
    last_px_ticks: int = 0
    last_qty_lots: int = 0
    mark_price_ticks: int = 0
    volume_lots: int = 0
    volume_notional_minor: int = 0
    open_interest_lots: int = 0
    transact_ns: int = 0
    settled_px_ticks: int | None = None


class AccountSummary(Struct, frozen=True):
    """An account with all it has, at one moment."""

    account: AccountReport
    balances: tuple[BalanceReport, ...]
    positions: tuple[PositionReport, ...]
    open_orders: int


class PreviewReport(Struct, frozen=True, gc=False):
    """
    The effects that an order would have if it were placed now, until it rests.

    `fee_minor` is that of its fills and, as a maker, of what then rests. What others, that trade
    whole or not at all, make of its resting there is not foreseen.

    Units: quote minor units, except that a spot sell needs `required_minor` of the base asset.
    """

    reason: RejectReason | None
    required_minor: int
    available_minor: int
    fee_minor: int
    fill_qty_lots: int


class ReferenceData(Struct, frozen=True):
    """The things that have names: what a dialect needs to spell and to understand ids."""

    assets: tuple[Asset, ...]
    instruments: tuple[Instrument, ...]
    accounts: tuple[AccountReport, ...]
