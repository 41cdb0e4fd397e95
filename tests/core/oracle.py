"""
The oracle: a second exchange, written from the rules alone and as plainly as possible.

It keeps lists and walks them from end to end. Nothing is kept that can be worked out: holds,
margins, books and due times are computed anew from orders and trades whenever they are asked for,
and money is computed in fractions. It imports nothing from countermand and is never fast.

A command is a namespace of plain values (enums by name), an event is a tuple: its name, its fields.
"""

import math
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

EXTERNAL, FEES, CLEARING = -1, -2, -3
POST_ONLY, REDUCE_ONLY = 1, 2
BILLION = 10**9

Event = tuple[Any, ...]


@dataclass(eq=False)
class Order:
    """One order; open while `status` is NEW or PARTIALLY_FILLED."""

    order_id: int
    account: int
    instrument: int
    cl_ord_id: str
    side: str
    ord_type: str
    time_in_force: str
    exec_inst: int
    stp: str
    price: int
    qty: int
    expire_ns: int
    priority: int
    cum: int = 0
    status: str = "NEW"
    retired: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether it can still trade or be canceled."""
        return self.status in ("NEW", "PARTIALLY_FILLED")

    @property
    def leaves(self) -> int:
        """What is left to trade."""
        return self.qty - self.cum if self.is_open else 0


class Oracle:
    """The naive exchange. The limits are per account: open orders, and closed ones remembered."""

    def __init__(self, open_max: int = 250_000, closed_max: int = 250_000) -> None:
        self.open_max, self.closed_max = open_max, closed_max
        self.seq = self.ts_ns = 0
        self.assets: dict[int, SimpleNamespace] = {}
        self.instruments: dict[int, SimpleNamespace] = {}
        self.accounts: dict[int, SimpleNamespace] = {}
        # Every order remembered, and those of them that are open.
        self.orders: list[Order] = []
        self.live: list[Order] = []
        self.closed: dict[int, list[int]] = {}
        self.totals: dict[tuple[int, int], int] = {}
        # Of a perpetual position: net lots, their cost, what was realized.
        self.positions: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.last_px: dict[int, int] = {}

    def apply(self, seq: int, ts_ns: int, name: str, command: SimpleNamespace) -> list[Event]:
        """Do what the command says and return what happened."""
        self.seq, self.ts_ns = seq, ts_ns
        events: list[Event] = getattr(self, "on_" + name)(command)
        events += self._uncovered_orders_canceled(events)
        return events

    # What can be asked at any time.

    def balances(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return (total, hold) by account and asset, where there is anything."""
        keys = [(a, b) for a in (*self.accounts, EXTERNAL, FEES, CLEARING) for b in self.assets]
        pairs = {key: (self.totals.get(key, 0), self.hold(*key)) for key in keys}
        return {key: pair for key, pair in pairs.items() if any(pair)}

    def margins(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """Return (net, cost, realized, open buys, open sells, margin) where there is anything."""
        rows = {}
        perpetuals = [i for i in self.instruments.values() if i.kind == "PERPETUAL"]
        for account in self.accounts:
            for instrument in perpetuals:
                mine = [o for o in self._open(account) if o.instrument == instrument.id]
                lots = [sum(o.leaves for o in mine if o.side == s) for s in ("BUY", "SELL")]
                position = self._position(account, instrument.id)
                row = (*position, *lots, self._margin(account, instrument))
                if any(row):
                    rows[account, instrument.id] = row
        return rows

    def book(self, instrument: int, side: str) -> list[Order]:
        """Return what stands on one side, best price first, then longest there."""
        resting = [o for o in self._open() if o.instrument == instrument and o.side == side]
        sign = -1 if side == "BUY" else 1
        return sorted(resting, key=lambda o: (sign * o.price, o.priority))

    def next_due_ns(self) -> int:
        """Return when the next open order expires, 0 when none does."""
        return min((o.expire_ns for o in self._open() if o.expire_ns), default=0)

    def hold(self, account: int, asset: int) -> int:
        """Return what of an asset is held for open orders and for positions."""
        held = 0
        for order in self._open(account):
            instrument = self.instruments[order.instrument]
            if asset == self._hold_asset(instrument, order.side):
                held += self._hold(instrument, order.side, order.price, order.leaves)
        for instrument in self.instruments.values():
            if instrument.kind == "PERPETUAL" and instrument.quote_asset_id == asset:
                held += self._margin(account, instrument)
        return held

    # The commands that found things.

    def on_register_asset(self, c: SimpleNamespace) -> list[Event]:
        """A venue has one asset of a symbol."""
        if any((a.venue, a.symbol) == (c.venue, c.symbol) for a in self.assets.values()):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        if c.scale < 0 or c.scale > 36:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.assets[self.seq] = c
        return [("AssetRegistered", self.seq, c.venue, c.symbol, c.scale)]

    def on_list_instrument(self, c: SimpleNamespace) -> list[Event]:
        """A venue has one instrument of a symbol, on assets there are and a grid that counts."""
        new = SimpleNamespace(**c.instrument, id=self.seq)
        if any((i.venue, i.symbol) == (new.venue, new.symbol) for i in self.instruments.values()):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        sound = (
            new.base_asset_id in self.assets
            and new.quote_asset_id in self.assets
            and min(new.tick_units, new.lot_units, new.notional_minor, new.order_qty_lots_min) > 0
            and (new.kind == "PERPETUAL" or new.lot_minor > 0)
            and new.base_asset_id != new.quote_asset_id
            and min(
                new.order_qty_lots_max,
                new.notional_minor_min,
                new.position_lots_max,
                new.price_band_ppb,
                new.market_band_ppb,
                new.initial_margin_ppb,
                new.reference_price_ticks,
            )
            >= 0
            and max(abs(new.maker_fee_ppb), abs(new.taker_fee_ppb)) <= BILLION
        )
        if not sound:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.instruments[self.seq] = new
        return [("InstrumentListed", {**c.instrument, "instrument_id": self.seq})]

    def on_set_trading_state(self, c: SimpleNamespace) -> list[Event]:
        """Resting orders stay."""
        if c.instrument_id not in self.instruments:
            return [("InstructionRejected", "UNKNOWN_INSTRUMENT")]
        self.instruments[c.instrument_id].trading_state = c.trading_state
        return [("TradingStateChanged", c.instrument_id, c.trading_state)]

    def on_set_reference_price(self, c: SimpleNamespace) -> list[Event]:
        """Resting orders stay."""
        if c.instrument_id not in self.instruments:
            return [("InstructionRejected", "UNKNOWN_INSTRUMENT")]
        if c.price_ticks <= 0:
            return [("InstructionRejected", "PRICE_NOT_POSITIVE")]
        self.instruments[c.instrument_id].reference_price_ticks = c.price_ticks
        return [("ReferencePriceChanged", c.instrument_id, c.price_ticks)]

    def on_open_account(self, c: SimpleNamespace) -> list[Event]:
        """Names are unique per owner."""
        if self._is_named(c.venue, c.owner, c.name):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        rights = {"trading_locked": False, "reduce_only": False}
        self.accounts[self.seq] = SimpleNamespace(**vars(c), **rights)
        self.closed[self.seq] = []
        return [("AccountOpened", self.seq, c.venue, c.owner, c.name, c.is_default)]

    def on_configure_account(self, c: SimpleNamespace) -> list[Event]:
        """None leaves a setting as it is."""
        account = self.accounts.get(c.account_id)
        if account is None:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        name = account.name if c.name is None else c.name
        if name != account.name and self._is_named(account.venue, account.owner, name):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        account.name = name
        if c.trading_locked is not None:
            account.trading_locked = c.trading_locked
        if c.reduce_only is not None:
            account.reduce_only = c.reduce_only
        settings = (name, account.trading_locked, account.reduce_only)
        return [("AccountConfigured", c.account_id, *settings)]

    def on_deposit_funds(self, c: SimpleNamespace) -> list[Event]:
        """Money comes in from the outside account."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        if c.amount_minor <= 0 or c.asset_id not in self.assets:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self._pay(EXTERNAL, c.account_id, c.asset_id, c.amount_minor)
        return [("FundsDeposited", c.account_id, c.asset_id, c.amount_minor)]

    # The commands about orders.

    def on_new_order(self, c: SimpleNamespace) -> list[Event]:
        """An order is taken whole or refused."""
        reason = self._why_not_new(c)
        if reason:
            return [("OrderRejected", c.account_id, c.cl_ord_id, reason)]
        price = c.price_ticks or self._market_bound(self.instruments[c.instrument_id], c.side)
        terms = (
            self.seq,
            c.account_id,
            c.instrument_id,
            c.cl_ord_id,
            c.side,
            c.ord_type,
            c.time_in_force,
            # What an account may only do, its orders carry.
            c.exec_inst | (REDUCE_ONLY if self.accounts[c.account_id].reduce_only else 0),
            c.stp,
            price,
            c.order_qty_lots,
            c.expire_ns,
        )
        order = Order(*terms, priority=self.seq)
        return [("OrderAccepted", *terms), *self._come_in(order)]

    def on_replace_order(self, c: SimpleNamespace) -> list[Event]:
        """Only less quantity at the same price keeps the place in the queue."""
        order = self._find(c.account_id, c.order_id, c.cl_ord_id, c.instrument_id)
        if order is None or not order.is_open:
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id)]
        price, qty = c.price_ticks or order.price, c.order_qty_lots or order.qty
        reason = self._why_not_replace(order, price, qty, c.new_cl_ord_id)
        if reason:
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id, reason)]
        keeps = price == order.price and qty <= order.qty
        if c.new_cl_ord_id not in ("", order.cl_ord_id):
            order.retired.append(order.cl_ord_id)
            order.cl_ord_id = c.new_cl_ord_id
        order.price, order.qty = price, qty
        replaced = ("OrderReplaced", order.order_id, order.cl_ord_id, price, qty, keeps)
        if keeps:
            return [replaced]
        self._withdraw(order)
        order.priority = self.seq
        return [replaced, *self._come_in(order)]

    def on_cancel_order(self, c: SimpleNamespace) -> list[Event]:
        """A cancel is accepted in every trading state."""
        order = self._find(c.account_id, c.order_id, c.cl_ord_id, c.instrument_id)
        if order is None or not order.is_open:
            return [self._cancel_rejected("CANCEL", order, c.cl_ord_id)]
        return [self._cancel(order, "REQUESTED")]

    def on_mass_cancel(self, c: SimpleNamespace) -> list[Event]:
        """Ascending order id."""
        chosen = [
            o
            for o in sorted(self._open(), key=lambda o: o.order_id)
            if c.account_id in (0, o.account)
            and (c.instrument_ids is None or o.instrument in c.instrument_ids)
            and c.side in (None, o.side)
        ]
        return [*[self._cancel(o, "MASS_CANCEL") for o in chosen], ("MassCanceled", len(chosen))]

    def on_advance_time(self, c: SimpleNamespace) -> list[Event]:
        """Soonest first, then by order id."""
        due = [o for o in self._open() if o.expire_ns and o.expire_ns <= self.ts_ns]
        due.sort(key=lambda o: (o.expire_ns, o.order_id))
        for order in due:
            self._close(order, "EXPIRED")
        return [*[("OrderExpired", o.order_id) for o in due], ("TimeAdvanced",)]

    # The ladders of refusal.

    def _why_not_new(self, c: SimpleNamespace) -> str | None:  # noqa: C901, PLR0912 - a ladder
        if c.account_id not in self.accounts:
            return "UNKNOWN_ACCOUNT"
        account, instrument = self.accounts[c.account_id], self.instruments.get(c.instrument_id)
        if instrument is None or instrument.venue != account.venue:
            return "UNKNOWN_INSTRUMENT"
        if account.trading_locked:
            return "ACCOUNT_LOCKED"
        if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
            return "MARKET_CLOSED"
        post_only, reduce_only = bool(c.exec_inst & POST_ONLY), bool(c.exec_inst & REDUCE_ONLY)
        if instrument.trading_state == "POST_ONLY" and not post_only:
            return "POST_ONLY_MARKET"
        if instrument.trading_state == "LIMIT_ONLY" and c.ord_type != "LIMIT":
            return "LIMIT_ONLY_MARKET"
        if self._is_used(c.account_id, c.cl_ord_id):
            return "DUPLICATE_CL_ORD_ID"
        immediate = c.time_in_force in ("IOC", "FOK")
        if c.ord_type == "MARKET" and not immediate:
            return "INVALID_TIME_IN_FORCE"
        if post_only and immediate:
            return "INVALID_EXEC_INST"
        if c.time_in_force == "GTD" and c.expire_ns == 0:
            return "INVALID_EXPIRE_TIME"
        if c.expire_ns != 0 and (immediate or c.expire_ns <= self.ts_ns):
            return "INVALID_EXPIRE_TIME"
        reason = self._why_not_terms(instrument, c.ord_type, c.price_ticks, c.order_qty_lots)
        if reason:
            return reason
        cover = self._cover(c.account_id, c.instrument_id, c.side)
        if (reduce_only or account.reduce_only) and c.order_qty_lots > cover:
            return "NOT_REDUCING"
        price = c.price_ticks or self._market_bound(instrument, c.side)
        if post_only and self._crosses(instrument.id, c.side, price):
            return "POST_ONLY_WOULD_CROSS"
        if self._is_over_limit(c.account_id, instrument, c.side, c.order_qty_lots):
            return "POSITION_LIMIT"
        if not self._can_afford(c.account_id, instrument, c.side, price, c.order_qty_lots):
            return "INSUFFICIENT_FUNDS"
        if len(self._open(c.account_id)) >= self.open_max:
            return "TOO_MANY_OPEN_ORDERS"
        return None

    def _why_not_terms(
        self, instrument: SimpleNamespace, ord_type: str, price: int, qty: int
    ) -> str | None:
        if qty <= 0:
            return "QTY_NOT_POSITIVE"
        if qty < instrument.order_qty_lots_min:
            return "QTY_BELOW_MIN"
        if instrument.order_qty_lots_max != 0 and qty > instrument.order_qty_lots_max:
            return "QTY_ABOVE_MAX"
        if price < 0 or (price == 0 and ord_type != "MARKET"):
            return "PRICE_NOT_POSITIVE"
        reference = instrument.reference_price_ticks
        if price and instrument.price_band_ppb and reference:
            width = math.floor(Fraction(reference * instrument.price_band_ppb, BILLION))
            if abs(price - reference) > width:
                return "PRICE_OUTSIDE_BAND"
        value_px = price or self.last_px.get(instrument.id, reference)
        if value_px * qty * instrument.notional_minor < instrument.notional_minor_min:
            return "NOTIONAL_BELOW_MIN"
        return None

    def _why_not_replace(  # noqa: C901 - a ladder
        self, order: Order, price: int, qty: int, new_name: str
    ) -> str | None:
        account, instrument = self.accounts[order.account], self.instruments[order.instrument]
        renamed = new_name not in ("", order.cl_ord_id)
        if account.trading_locked:
            return "ACCOUNT_LOCKED"
        if instrument.trading_state in ("CANCEL_ONLY", "PAUSED", "HALTED"):
            return "MARKET_CLOSED"
        if renamed and self._is_used(order.account, new_name):
            return "DUPLICATE_CL_ORD_ID"
        reason = self._why_not_terms(instrument, order.ord_type, price, qty)
        if reason:
            return reason
        if (price, qty) == (order.price, order.qty) and not renamed:
            return "NOTHING_TO_REPLACE"
        if qty <= order.cum:
            return "QTY_BELOW_EXECUTED"
        leaves = qty - order.cum
        cover = self._cover(order.account, order.instrument, order.side)
        grows = self.accounts[order.account].reduce_only and leaves > order.leaves
        if (order.exec_inst & REDUCE_ONLY or grows) and leaves > cover:
            return "NOT_REDUCING"
        post_only = order.exec_inst & POST_ONLY or instrument.trading_state == "POST_ONLY"
        if post_only and self._crosses(instrument.id, order.side, price):
            return "POST_ONLY_WOULD_CROSS"
        more = leaves - order.leaves
        if more > 0 and self._is_over_limit(order.account, instrument, order.side, more):
            return "POSITION_LIMIT"
        if not self._can_afford(order.account, instrument, order.side, price, leaves, order):
            return "INSUFFICIENT_FUNDS"
        return None

    # What happens at the book.

    def _come_in(self, order: Order) -> list[Event]:
        if order.time_in_force == "FOK" and not self._would_fill(order):
            self._admit(order)
            return [self._cancel(order, "FOK_NOT_FILLED")]
        events = self._match(order)
        self._admit(order)
        if not order.is_open:
            if order.status == "FILLED":
                self._remember(order)
                return events
            return [*events, self._cancel(order, "SELF_TRADE_PREVENTION")]
        if order.time_in_force == "IOC":
            return [*events, self._cancel(order, "IOC_REMAINDER")]
        return [*events, ("OrderRested", order.order_id)]

    def _would_fill(self, order: Order) -> bool:
        # Try it on a copy of the whole exchange.
        trial, copied = deepcopy((self, order))
        trial._match(copied)
        return bool(copied.status == "FILLED" and copied.cum == order.qty)

    def _match(self, taker: Order) -> list[Event]:
        # Up to where the order rests or ends; "STOPPED" says that self-trade prevention ended it.
        events: list[Event] = []
        opposite = "SELL" if taker.side == "BUY" else "BUY"
        for met, maker in enumerate(self.book(taker.instrument, opposite)):
            reached = (
                maker.price <= taker.price
                if taker.side == "BUY"
                else (maker.price >= taker.price > 0)
            )
            if not taker.is_open or not reached:
                break
            if maker.account == taker.account and taker.stp != "NONE":
                events += self._prevent(maker, taker)
            elif self._lacks_cover(maker):
                events.append(self._cancel(maker, "REDUCE_ONLY"))
            else:
                events.append(self._trade(maker, taker, self.seq * 2**32 + met))
        return events

    def _prevent(self, maker: Order, taker: Order) -> list[Event]:
        if taker.stp == "DECREMENT_AND_CANCEL":
            return self._decrement(maker, taker)
        events = []
        if taker.stp in ("RESTING", "BOTH"):
            events.append(self._cancel(maker, "SELF_TRADE_PREVENTION"))
        if taker.stp in ("AGGRESSING", "BOTH"):
            taker.status = "STOPPED"
        return events

    def _decrement(self, maker: Order, taker: Order) -> list[Event]:
        # The smaller is canceled and the larger loses as much; equal ones are both canceled.
        mine, theirs = taker.leaves, maker.leaves
        if theirs > mine:
            maker.qty -= mine
            taker.status = "STOPPED"
            return [("OrderRestated", maker.order_id, maker.qty)]
        canceled = self._cancel(maker, "SELF_TRADE_PREVENTION")
        if theirs == mine:
            taker.status = "STOPPED"
            return [canceled]
        taker.qty -= theirs
        return [canceled, ("OrderRestated", taker.order_id, taker.qty)]

    def _trade(self, maker: Order, taker: Order, match_id: int) -> Event:
        instrument = self.instruments[taker.instrument]
        qty, price = min(maker.leaves, taker.leaves), maker.price
        notional = price * qty * instrument.notional_minor
        maker_fee = int(Fraction(notional * instrument.maker_fee_ppb, BILLION))
        taker_fee = int(Fraction(notional * instrument.taker_fee_ppb, BILLION))
        buyer, seller = (taker, maker) if taker.side == "BUY" else (maker, taker)
        if instrument.kind == "PERPETUAL":
            self._move(buyer.account, instrument, qty, price)
            self._move(seller.account, instrument, -qty, price)
        else:
            base, lots = instrument.base_asset_id, qty * instrument.lot_minor
            self._pay(seller.account, buyer.account, base, lots)
            self._pay(buyer.account, seller.account, instrument.quote_asset_id, notional)
        self._pay(maker.account, FEES, instrument.quote_asset_id, maker_fee)
        self._pay(taker.account, FEES, instrument.quote_asset_id, taker_fee)
        for order in (maker, taker):
            order.cum += qty
            order.status = "FILLED" if order.cum == order.qty else "PARTIALLY_FILLED"
        if maker.status == "FILLED":
            self._remember(maker)
        self.last_px[instrument.id] = price
        ids = (match_id, instrument.id, maker.order_id, taker.order_id)
        return ("Traded", *ids, price, qty, maker_fee, taker_fee)

    def _move(self, account: int, instrument: SimpleNamespace, lots: int, price: int) -> None:
        # What closes takes its share of the cost along; the rest opens at the price.
        net, cost, realized = self._position(account, instrument.id)
        unit = price * instrument.notional_minor
        closing = min(abs(net), abs(lots)) if net * lots < 0 else 0
        if closing:
            closed_cost = int(Fraction(cost * closing, abs(net)))
            proceeds = closing * unit * (1 if net > 0 else -1)
            gain = proceeds - closed_cost
            self._pay(CLEARING, account, instrument.quote_asset_id, gain)
            cost, realized = cost - closed_cost, realized + gain
            opening = abs(lots) - closing
            cost += opening * unit * (1 if lots > 0 else -1)
        else:
            cost += lots * unit
        self.positions[account, instrument.id] = (net + lots, cost, realized)

    def _uncovered_orders_canceled(self, events: list[Event]) -> list[Event]:
        # A reduce-only order that its position no longer covers in full is canceled.
        sides: list[tuple[int, int]] = []
        for event in events:
            if event[0] == "Traded":
                sides += [(self._by_id(order_id).account, event[2]) for order_id in event[3:5]]
        return [
            self._cancel(order, "REDUCE_ONLY")
            for account, instrument in dict.fromkeys(sides)
            for order in sorted(self._open(account), key=lambda o: o.order_id)
            if order.instrument == instrument and self._lacks_cover(order)
        ]

    # Money.

    def _pay(self, debtor: int, creditor: int, asset: int, amount: int) -> None:
        self.totals[debtor, asset] = self.totals.get((debtor, asset), 0) - amount
        self.totals[creditor, asset] = self.totals.get((creditor, asset), 0) + amount

    def _position(self, account: int, instrument: int) -> tuple[int, int, int]:
        return self.positions.get((account, instrument), (0, 0, 0))

    @staticmethod
    def _hold_asset(instrument: SimpleNamespace, side: str) -> int:
        spot_sell = instrument.kind == "SPOT" and side == "SELL"
        return int(instrument.base_asset_id if spot_sell else instrument.quote_asset_id)

    @staticmethod
    def _hold(instrument: SimpleNamespace, side: str, price: int, qty: int) -> int:
        if instrument.kind == "SPOT" and side == "SELL":
            return int(qty * instrument.lot_minor)
        notional = price * qty * instrument.notional_minor
        dearest = max(0, instrument.maker_fee_ppb, instrument.taker_fee_ppb)
        fee = math.ceil(Fraction(notional * dearest, BILLION))
        return fee if instrument.kind == "PERPETUAL" else notional + fee

    def _margin(
        self,
        account: int,
        instrument: SimpleNamespace,
        but: Order | None = None,
        plus: tuple[str, int, int] = ("BUY", 0, 0),
    ) -> int:
        # As if order `but` were gone and an order of side, quantity and notional `plus` were there.
        net, cost = self._position(account, instrument.id)[:2]
        lots, exposed = {"BUY": 0, "SELL": 0}, {"BUY": 0, "SELL": 0}
        for order in self._open(account):
            if order.instrument == instrument.id and order is not but:
                notional = order.price * order.leaves * instrument.notional_minor
                lots[order.side] += order.leaves
                exposed[order.side] += notional
        lots[plus[0]] += plus[1]
        exposed[plus[0]] += plus[2]
        # Orders that can only close the position do not count.
        if net + lots["BUY"] <= 0:
            exposed["BUY"] = 0
        if net - lots["SELL"] >= 0:
            exposed["SELL"] = 0
        worst = max(abs(cost + exposed["BUY"]), abs(cost - exposed["SELL"]))
        return math.ceil(Fraction(worst * instrument.initial_margin_ppb, BILLION))

    def _can_afford(
        self,
        account: int,
        instrument: SimpleNamespace,
        side: str,
        price: int,
        qty: int,
        replaced: Order | None = None,
    ) -> bool:
        asset = self._hold_asset(instrument, side)
        available = self.totals.get((account, asset), 0) - self.hold(account, asset)
        freed = 0
        if replaced:
            freed = self._hold(instrument, side, replaced.price, replaced.leaves)
        if instrument.kind == "SPOT":
            needed = self._hold(instrument, side, price, qty) - freed
            return needed <= max(0, available)
        # A sell may trade above its limit, at most at the best bid.
        bids = self.book(instrument.id, "BUY")
        if side == "SELL" and bids:
            price = max(price, bids[0].price)
        fee = self._hold(instrument, side, price, qty) - freed
        notional = price * qty * instrument.notional_minor
        margin = self._margin(account, instrument, replaced, (side, qty, notional))
        more = margin - self._margin(account, instrument)
        # What needs no more margin is always let through.
        return more <= 0 or more + fee <= max(0, available)

    # Small questions.

    def _is_named(self, venue: str, owner: str, name: str) -> bool:
        house = [("", "", "external"), ("", "", "fees"), ("", "", "clearing")]
        taken = [(a.venue, a.owner, a.name) for a in self.accounts.values()]
        return (venue, owner, name) in taken + house

    def _open(self, account: int = 0) -> list[Order]:
        return [o for o in self.live if account in (0, o.account)]

    def _by_id(self, order_id: int) -> Order:
        return next(o for o in self.orders if o.order_id == order_id)

    def _is_used(self, account: int, cl_ord_id: str) -> bool:
        mine = [o for o in self.orders if o.account == account]
        return cl_ord_id != "" and any(cl_ord_id in (o.cl_ord_id, *o.retired) for o in mine)

    def _find(self, account: int, order_id: int, cl_ord_id: str, instrument: int) -> Order | None:
        # By id first, then by client id, both within the account.
        mine = [o for o in self.orders if o.account == account]
        found = [o for o in mine if o.order_id == order_id]
        found += [o for o in mine if cl_ord_id and o.cl_ord_id == cl_ord_id]
        if not found or instrument not in (0, found[0].instrument):
            return None
        return found[0]

    def _cover(self, account: int, instrument: int, side: str) -> int:
        # How much an order of this side may take off the position.
        net = self._position(account, instrument)[0]
        return net if side == "SELL" else -net

    def _lacks_cover(self, order: Order) -> bool:
        cover = self._cover(order.account, order.instrument, order.side)
        return bool(order.exec_inst & REDUCE_ONLY) and order.leaves > cover

    def _crosses(self, instrument: int, side: str, price: int) -> bool:
        opposite = self.book(instrument, "SELL" if side == "BUY" else "BUY")
        if not opposite:
            return False
        return price >= opposite[0].price if side == "BUY" else price <= opposite[0].price

    def _is_over_limit(
        self, account: int, instrument: SimpleNamespace, side: str, more: int
    ) -> bool:
        if instrument.position_lots_max == 0:
            return False
        on_order = 0
        if instrument.kind == "PERPETUAL":
            mine = [o for o in self._open(account) if o.instrument == instrument.id]
            on_order = sum(o.leaves for o in mine if o.side == side)
        reach = -self._cover(account, instrument.id, side) + on_order + more
        return bool(reach > instrument.position_lots_max)

    def _market_bound(self, instrument: SimpleNamespace, side: str) -> int:
        opposite = self.book(instrument.id, "SELL" if side == "BUY" else "BUY")
        if not opposite:
            return 0
        best, worst = opposite[0].price, opposite[-1].price
        if instrument.market_band_ppb == 0:
            return worst
        width = math.floor(Fraction(best * instrument.market_band_ppb, BILLION))
        return best + width if side == "BUY" else max(1, best - width)

    # Comings and goings.

    def _admit(self, order: Order) -> None:
        self.orders.append(order)
        self.live.append(order)

    def _withdraw(self, order: Order) -> None:
        self.orders.remove(order)
        self.live.remove(order)

    def _cancel(self, order: Order, reason: str) -> Event:
        self._close(order, "CANCELED")
        return ("OrderCanceled", order.order_id, reason)

    def _close(self, order: Order, status: str) -> None:
        order.status = status
        self._remember(order)

    def _remember(self, order: Order) -> None:
        # A closed order is remembered until so many more of its account have closed.
        self.live.remove(order)
        closed = self.closed[order.account]
        closed.append(order.order_id)
        if len(closed) > self.closed_max:
            self.orders.remove(self._by_id(closed.pop(0)))

    @staticmethod
    def _cancel_rejected(
        to: str, order: Order | None, cl_ord_id: str, reason: str | None = None
    ) -> Event:
        if order is None:
            return ("CancelRejected", to, 0, cl_ord_id, "UNKNOWN_ORDER", None, None)
        why = "TOO_LATE_TO_CANCEL" if reason is None else "OTHER"
        if reason == "DUPLICATE_CL_ORD_ID":
            why = reason
        return ("CancelRejected", to, order.order_id, order.cl_ord_id, why, order.status, reason)
