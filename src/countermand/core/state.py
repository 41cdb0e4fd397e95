"""
State: everything the exchange knows, as plain records. Only `evolve` and the ledger change it.

What can be derived (books, indexes, timers) is kept beside what is true (orders, balances,
positions) and is rebuilt, not stored, when a snapshot is loaded.
"""

from collections import deque
from typing import NamedTuple

from msgspec import Struct, field

from countermand.core.aliases import Aliases
from countermand.core.book import Book
from countermand.core.closed import Closed
from countermand.core.names import Names
from countermand.core.order import Order, Request, Staged
from countermand.core.timers import DEAD_MAN, EXPIRY, REQUEST, SLICE, Timer, Timers
from countermand.core.triggers import Armed, Prices
from countermand.vocabulary.ids import (
    CLEARING,
    EXTERNAL,
    FEES,
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
)
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.order import Standing
from countermand.vocabulary.reports import ClosedOrder, Fill, OrderReport, SlotUse, Trade

# Bounds on what one account can make the exchange remember. A closed order beyond the bound is
# forgotten with its client ids, oldest first; its record stays where records are kept.
OPEN_ORDERS_PER_ACCOUNT_MAX = 250_000
CLOSED_ORDERS_PER_ACCOUNT_MAX = 1_000_000
TRADES_PER_MARKET_MAX = 10_000
STAGED_PER_ACCOUNT_MAX = 1_000
RETIRED_CL_ORD_IDS_MAX = 64

# Of an order's priority the part below the entry's number.
PRIORITY_BITS = 20


_CLOSED = Standing.CLOSED


class Balance(Struct):
    """
    Minor units of one asset: what there is, and what of it is spoken for.

    Units: `transact_ns` is when what there is last changed.
    """

    total_minor: int = 0
    hold_minor: int = 0
    transact_ns: int = 0


class Position(Struct):
    """
    A position and the open orders that could move it.

    Units: lots and quote minor units; `net_lots` and `cost_minor` signed; open notionals at the
    orders' own prices; `margin_minor` is what of the balance is held for all of it; `bought_lots`
    and `sold_lots` ever, `fee_minor` net of rebates.
    """

    net_lots: int = 0
    cost_minor: int = 0
    realized_minor: int = 0
    open_buy_lots: int = 0
    open_buy_minor: int = 0
    open_sell_lots: int = 0
    open_sell_minor: int = 0
    margin_minor: int = 0
    bought_lots: int = 0
    sold_lots: int = 0
    fee_minor: int = 0
    transact_ns: int = 0


class DeadMan(Struct, frozen=True, array_like=True):
    """A switch that goes off at `due_ns`, and whether it spares what protects."""

    due_ns: int
    spares_protective: bool


class OtherNames(NamedTuple):
    """What a closed order was called beside its client id; most have no such names."""

    secondary_cl_ord_id: str
    retired_cl_ord_ids: tuple[str, ...]


class Account(Struct):
    """
    An account with its money, its positions and its orders.

    `closed` are the orders that are over and not forgotten, in the order they ended in: each is
    there by its client id, one without by its own. `other_names` are of those that are packed.
    """

    account_id: AccountId
    venue: str
    owner: str
    name: str
    is_default: bool = False
    trading_locked: bool = False
    reduce_only: bool = False
    may_borrow: bool = False
    balances: dict[AssetId, Balance] = field(default_factory=dict)
    positions: dict[InstrumentId, Position] = field(default_factory=dict)
    closed: deque[OrderId | str] = field(default_factory=deque)
    other_names: dict[OrderId, OtherNames] = field(default_factory=dict)
    slots: dict[AssetId, dict[int, SlotUse]] = field(default_factory=dict)
    staged: dict[OrderId, Staged] = field(default_factory=dict)
    is_killed: bool = False
    dead_man: DeadMan | None = None
    # Derived: open orders by id, those of them that are reduce-only, and every client id to its
    # order, unique ones and others.
    open_orders: dict[OrderId, Order] = field(default_factory=dict)
    reducing: dict[OrderId, Order] = field(default_factory=dict)
    cl_ord_ids: Names = field(default_factory=Names)
    secondary_cl_ord_ids: Aliases = field(default_factory=Aliases)

    def balance(self, asset_id: AssetId) -> Balance:
        """Return the balance of the asset, made when first touched."""
        balance = self.balances.get(asset_id)
        if balance is None:
            balance = self.balances[asset_id] = Balance()
        return balance

    def position(self, instrument_id: InstrumentId) -> Position:
        """Return the position in the instrument, made when first touched."""
        position = self.positions.get(instrument_id)
        if position is None:
            position = self.positions[instrument_id] = Position()
        return position

    def available_minor(self, asset_id: AssetId) -> int:
        """Return what of the asset can still be spent or pledged."""
        balance = self.balances.get(asset_id)
        return balance.total_minor - balance.hold_minor if balance else 0

    def net_lots(self, instrument_id: InstrumentId) -> int:
        """Return the net position in the instrument, 0 when there is none."""
        position = self.positions.get(instrument_id)
        return position.net_lots if position else 0


class Market(Struct):
    """
    An instrument as it trades: its rules, who stands there, and what last happened on it.

    `limit_down_ticks` and `limit_up_ticks` are those of the instrument, worked out once. `book` is
    of the orders that rest, `waiting` of those that wait beside it, in order of priority; `armed`
    are those that sleep.
    """

    instrument: Instrument
    last_px_ticks: int = 0
    last_qty_lots: int = 0
    volume_lots: int = 0
    volume_notional_minor: int = 0
    transact_ns: int = 0
    settled_px_ticks: int | None = None
    trades: deque[Trade] = field(default_factory=lambda: deque(maxlen=TRADES_PER_MARKET_MAX))
    # Derived.
    book: Book = field(default_factory=Book)
    waiting: dict[OrderId, Order] = field(default_factory=dict)
    armed: Armed = field(default_factory=Armed)
    limit_down_ticks: int = 0
    limit_up_ticks: int = 0

    def __post_init__(self) -> None:
        self.rule(self.instrument)

    def rule(self, instrument: Instrument) -> None:
        """Trade by these rules from now on."""
        self.instrument = instrument
        self.limit_down_ticks = instrument.limit_down_ticks
        self.limit_up_ticks = instrument.limit_up_ticks

    @property
    def prices(self) -> Prices:
        """What triggers look at."""
        return Prices(self.instrument, self.last_px_ticks, self.limit_up_ticks)

    @property
    def mark_price_ticks(self) -> int:
        """What a position is valued at: the last trade's price, before any the reference price."""
        return self.last_px_ticks or self.instrument.reference_price_ticks


class Delays(Struct, frozen=True, array_like=True):
    """How long a venue takes to apply what it has taken. Units: nanoseconds."""

    new_ns: int = 0
    cancel_ns: int = 0
    replace_ns: int = 0


class State:
    """The whole of it. `seq` and `ts_ns` are those of the last applied entry."""

    def __init__(self) -> None:
        self.seq = 0
        self.ts_ns = 0
        self.assets: dict[AssetId, Asset] = {}
        self.markets: dict[InstrumentId, Market] = {}
        self.accounts: dict[AccountId, Account] = {
            house: Account(house, "", "", name)
            for house, name in ((EXTERNAL, "external"), (FEES, "fees"), (CLEARING, "clearing"))
        }
        # Those that are open, those that have just ended, and those that are over of a list that is
        # not; all others that are over are packed.
        self.orders: dict[OrderId, Order] = {}
        self.closed = Closed()
        # What is to be recorded, and then packed; no decision looks here.
        self.ended: list[Order] = []
        self.filled: list[Fill] = []
        self.unpacked: deque[Order] = deque()
        # How long venues take, of those that take any time; and what is pending, by its entry.
        self.delays: dict[str, Delays] = {}
        self.requests: dict[int, Request] = {}
        self.timers = Timers(self._is_meant)
        # Orders on their way to the book, none between entries.
        self.arriving: deque[OrderId] = deque()
        # The last priority that was given to other than an entry's own new order.
        self.last_priority = 0
        # The last match there was: those of one entry count on from one another.
        self.match_id = 0
        # How far the numbers given out are ahead of the entries'.
        self.passed = 0

    @property
    def number(self) -> int:
        """The number that the last entry gave out."""
        return self.seq + self.passed

    def _is_meant(self, timer: Timer) -> bool:
        due_ns, kind, number = timer
        if kind == REQUEST:
            request = self.requests.get(number)
            return request is not None and request.due_ns == due_ns
        if kind == DEAD_MAN:
            account = self.accounts.get(AccountId(number))
            switch = account.dead_man if account else None
            return switch is not None and switch.due_ns == due_ns
        order = self.orders.get(OrderId(number))
        if order is None or (now := order.now).standing is _CLOSED:
            return False
        if kind == EXPIRY:
            return due_ns == now.terms.expire_ns
        sliced = now.standing is Standing.ARMED
        return due_ns == now.due_ns and sliced is (kind == SLICE)

    def next_priority(self) -> int:
        """Return the priority of what comes to the book behind all else, with others or alone."""
        first = (self.seq << PRIORITY_BITS) + 1
        self.last_priority = max(first, self.last_priority + 1)
        return self.last_priority

    def find_order(
        self,
        account: Account,
        order_id: OrderId,
        cl_ord_id: str,
        instrument_id: int = 0,
        secondary_cl_ord_id: str = "",
    ) -> Order | ClosedOrder | None:
        """
        Return the account's order of that id, else the one that now bears that client id, else what
        its secondary id stands for, else None.

        An order of another account, or of another instrument when one is named, is not found. One
        that is over is a `ClosedOrder` once it is packed.
        """
        order = self._known(order_id) if order_id else None
        if order is None or _told(order).account_id != account.account_id:
            if not (cl_ord_id or secondary_cl_ord_id):
                return None
            order = self._find_named(account, cl_ord_id, secondary_cl_ord_id)
        if instrument_id and order is not None and _told(order).instrument_id != instrument_id:
            return None
        return order

    def _known(self, order_id: OrderId) -> Order | ClosedOrder | None:
        return self.orders.get(order_id) or self.closed.get(order_id)

    def _find_named(
        self, account: Account, cl_ord_id: str, secondary: str
    ) -> Order | ClosedOrder | None:
        if cl_ord_id and (known := account.cl_ord_ids.get(cl_ord_id)) is not None:
            # A client id that a replacement retired still counts as used, but names no order.
            order, others = self.orders.get(known), account.other_names.get(known)
            retired = order.retired_cl_ord_ids if order else others and others.retired_cl_ord_ids
            if cl_ord_id not in (retired or ()):
                return order or self.closed.get(known)
        if secondary and (alias := account.secondary_cl_ord_ids.find(secondary)) is not None:
            return self._known(alias)
        return None


def _told(order: Order | ClosedOrder) -> OrderReport | ClosedOrder:
    # What is known of an order, which says whose it is and on which market.
    return order.now if isinstance(order, Order) else order
