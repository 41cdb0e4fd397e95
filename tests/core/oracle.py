"""
The oracle: a second exchange, written from the rules alone and as plainly as possible.

It keeps lists and walks them from end to end. Nothing is kept that can be worked out: holds,
margins, books and due times are computed anew from orders and trades whenever they are asked for,
and money is computed in fractions. It imports nothing from countermand and is never fast.

A command is a namespace of plain values (enums by name), an event is a tuple: its name, its fields.
"""

import math
from collections.abc import Iterator
from copy import deepcopy
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from tests.core import oracle_ladder
from tests.core import oracle_money as money
from tests.core.oracle_founding import Founding
from tests.core.oracle_later import Later
from tests.core.oracle_lists import Lists
from tests.core.oracle_order import ALL_OR_NONE, REDUCE_ONLY, Order, new_terms
from tests.core.oracle_stops import Stops

EXTERNAL, FEES, CLEARING = -1, -2, -3
BILLION = 10**9

NOTHING_OPEN = {"BUY": (0, 0), "SELL": (0, 0)}

Event = tuple[Any, ...]


class Oracle(Founding, Later, Lists, Stops):
    """
    The naive exchange. Its limits: an account's open, closed and staged orders, a market's trades.
    """

    def __init__(
        self,
        open_max: int = 250_000,
        closed_max: int = 250_000,
        trades_max: int = 10_000,
        staged_max: int = 1_000,
    ) -> None:
        self.open_max, self.closed_max = open_max, closed_max
        self.trades_max, self.staged_max = trades_max, staged_max
        self.seq = self.ts_ns = self.passed = 0
        self.assets: dict[int, SimpleNamespace] = {}
        self.instruments: dict[int, SimpleNamespace] = {}
        self.accounts: dict[int, SimpleNamespace] = {}
        # Every order remembered, and those of them that are open.
        self.orders: list[Order] = []
        # Too many have closed since: no command finds them, but they are on record.
        self.forgotten: list[Order] = []
        self.live: list[Order] = []
        self.closed: dict[int, list[int]] = {}
        # Orders written down by account, each its id, the end of its time, its terms.
        self.staged: dict[int, list[tuple[int, int, dict[str, Any]]]] = {}
        self.totals: dict[tuple[int, int], int] = {}
        # Of a position: net lots, their cost, what was realized; and lots bought and sold, fees,
        # when it last moved.
        self.positions: dict[tuple[int, int], tuple[int, int, int]] = {}
        self.stats: dict[tuple[int, int], list[int]] = {}
        # By market: the last trades, each (match, aggressor, price, quantity, time), the price of
        # the last one, and what it was settled at.
        self.trades: dict[int, list[tuple[Any, ...]]] = {}
        self.last_px: dict[int, int] = {}
        self.settled: dict[int, int] = {}
        # By account and asset, of each slot: the highest number used, and by which order.
        self.slots: dict[tuple[int, int], dict[int, tuple[int, int]]] = {}
        # How long venues take, and what is pending by the entry it came with: when it is due, what
        # it is, which orders it is about, and the command.
        self.delays: dict[str, tuple[int, int, int]] = {}
        self.requests: dict[int, tuple[int, str, list[int], SimpleNamespace]] = {}
        self.next_match = 0
        # Orders on their way to the book.
        self.arriving: list[Order] = []
        # By account: when its dead man's switch goes off, and whether that spares what protects.
        self.switches: dict[int, tuple[int, bool]] = {}
        # The list of every order that ever had one.
        self.links: dict[int, dict[str, Any]] = {}
        # How often an order came to stand behind all others.
        self.arrivals = 0

    def apply(self, seq: int, ts_ns: int, name: str, command: SimpleNamespace) -> list[Event]:
        """Do what the command says and return what happened."""
        self.seq, self.ts_ns, self.next_match = seq + self.passed, ts_ns, 0
        events: list[Event] = self._with_consequences(getattr(self, "on_" + name)(command))
        return events if name != "advance_time" else events + self._let_due()

    # What can be asked at any time.

    def balances(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return (total, hold) by account and asset, where there is anything."""
        keys = [(a, b) for a in (*self.accounts, EXTERNAL, FEES, CLEARING) for b in self.assets]
        pairs = {key: (self.totals.get(key, 0), self.hold(*key)) for key in keys}
        return {key: pair for key, pair in pairs.items() if any(pair)}

    def margins(self) -> dict[tuple[int, int], tuple[int, ...]]:
        """
        Return (net, cost, realized, open buys, open sells, margin, bought, sold, fees, last moved)
        where there is anything.
        """
        rows = {}
        held = [i for i in self.instruments.values() if money.has_positions(i)]
        for account in self.accounts:
            for instrument in held:
                mine = [o for o in self._open(account) if o.instrument == instrument.id]
                lots = [
                    sum(self.counted(o)[0] for o in mine if o.side == s) for s in ("BUY", "SELL")
                ]
                position = self._position(account, instrument.id)
                stats = self.stats.get((account, instrument.id), [0, 0, 0, 0])
                row = (*position, *lots, self._margin(account, instrument), *stats)
                if any(row):
                    rows[account, instrument.id] = row
        return rows

    def book(self, instrument: int, side: str) -> list[Order]:
        """Return what stands on one side, best price first, then longest there."""
        each = [o for o in self._open() if o.instrument == instrument and o.side == side]
        resting = [o for o in each if o.stands]
        sign = -1 if side == "BUY" else 1
        return sorted(resting, key=lambda o: (sign * o.price, o.priority))

    def next_due_ns(self) -> int:
        """Return when the next thing happens by itself, 0 when none does."""
        return min((when for when, _, _ in self._watched()), default=0)

    def hold(self, account: int, asset: int) -> int:
        """Return what of an asset is held for open orders and for positions."""
        held = 0
        for order in self._open(account):
            instrument = self.instruments[order.instrument]
            if asset == money.hold_asset(instrument, order.side):
                held += self.counted(order)[2]
        return held + sum(self._margin(account, i) for i in self._held_in(asset))

    def orders_of(self, account: int) -> list[Order]:
        """Return every order of the account there ever was, the one that was placed last first."""
        mine = [o for o in self.orders + self.forgotten if o.account == account]
        return sorted(mine, key=lambda o: (-o.submitted, -o.order_id))

    # The commands that move money.

    def on_deposit_funds(self, c: SimpleNamespace) -> list[Event]:
        """Money comes in from the outside account."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        if c.amount_minor <= 0 or c.asset_id not in self.assets:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self._pay(EXTERNAL, c.account_id, c.asset_id, c.amount_minor)
        return [("FundsDeposited", c.account_id, c.asset_id, c.amount_minor)]

    def on_withdraw_funds(self, c: SimpleNamespace) -> list[Event]:
        """Positions keep what they hold; orders go, newest first, while there is too little."""
        if c.account_id not in self.accounts:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        if c.amount_minor <= 0 or c.asset_id not in self.assets:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        pledged = 0
        for instrument in self._held_in(c.asset_id):
            net, cost, _ = self._position(c.account_id, instrument.id)
            rate = self._rate(c.account_id, instrument)
            pledged += money.position_hold(instrument, net, cost, NOTHING_OPEN, rate)
        pledged += self._loss(c.account_id, c.asset_id)
        if c.amount_minor > self.totals.get((c.account_id, c.asset_id), 0) - pledged:
            return [("InstructionRejected", "INSUFFICIENT_FUNDS")]
        self._pay(c.account_id, EXTERNAL, c.asset_id, c.amount_minor)
        return [("FundsWithdrawn", c.account_id, c.asset_id, c.amount_minor)]

    def _unfund(self, event: Event) -> Iterator[list[Event]]:
        if event[0] == "FundsWithdrawn":
            account, asset = event[1:3]
            while self._available(account, asset) < 0:
                yield [self._cancel(self._to_unfund(account, asset), "UNFUNDED")]

    def _to_unfund(self, account: int, asset: int) -> Order:
        # The newest of those that hold the asset whose end frees something; of those that free it
        # together if none is.
        held, freeing, together = self.hold(account, asset), [], []
        for order in self._open(account):
            if money.hold_asset(self.instruments[order.instrument], order.side) != asset:
                continue
            without = deepcopy(self)
            end = without._cancel(without._by_id(order.order_id), "UNFUNDED")
            without._with_consequences([end])
            if without.hold(account, asset) < held:
                freeing.append(order)
            instrument = self.instruments[order.instrument]
            if money.has_positions(instrument) and instrument.quote_asset_id == asset:
                net, cost, _ = self._position(account, instrument.id)
                rate = self._rate(account, instrument)
                alone = money.position_hold(instrument, net, cost, NOTHING_OPEN, rate)
                if self._margin(account, instrument) > alone:
                    together.append(order)
        return max(freeing or together, key=lambda o: o.order_id)

    def on_settle_instrument(self, c: SimpleNamespace) -> list[Event]:
        """Open orders go, who is long is paid, who is short pays, and the market is over."""
        instrument = self.instruments.get(c.instrument_id)
        if instrument is None:
            return [("InstructionRejected", "UNKNOWN_INSTRUMENT")]
        if instrument.kind == "SPOT" or c.instrument_id in self.settled:
            return [("InstructionRejected", "MARKET_CLOSED")]
        is_binary = instrument.kind == "BINARY"
        if c.price_ticks < 0 or (is_binary and c.price_ticks > instrument.payout_ticks):
            return [("InstructionRejected", "PRICE_OUTSIDE_BAND")]
        standing = [o for o in self._open() if o.instrument == c.instrument_id]
        standing.sort(key=lambda o: o.order_id)
        events = [self._cancel(order, "MARKET_SETTLED") for order in standing]
        for account in self.accounts:
            net, cost, realized = self._position(account, instrument.id)
            if net:
                worth = net * c.price_ticks * instrument.notional_minor
                # The price of a binary outcome changed hands before, that of others never did.
                due = worth if is_binary else worth - cost
                self._pay(CLEARING, account, instrument.quote_asset_id, due)
                position = (0, 0, realized + worth - cost)
                self.positions[account, instrument.id] = position
                self.stats[account, instrument.id][3] = self.ts_ns
        self.settled[instrument.id] = c.price_ticks
        instrument.trading_state = "HALTED"
        return [*events, ("InstrumentSettled", c.instrument_id, c.price_ticks)]

    # The commands about orders.

    def on_new_order(self, c: SimpleNamespace) -> list[Event]:
        """An order is taken whole or refused."""
        return self._place(c, self.seq, self._delay(c, 0))

    def on_record_rejected(self, c: SimpleNamespace) -> list[Event]:
        """What a venue refused is remembered as it was asked for, if there is who asked."""
        if c.account_id not in self.accounts:
            return [("OrderRejected", c.account_id, "", "UNKNOWN_ACCOUNT", None)]
        kept = self._kept(c, self.seq, c.reason)
        return [("OrderRejected", c.account_id, "", c.reason, kept)]

    def on_stage_order(self, c: SimpleNamespace) -> list[Event]:
        """What would be refused now is refused now; nothing else happens yet."""
        order = SimpleNamespace(**c.order)
        reason = oracle_ladder.why_not_new(self, order)
        if reason is None and c.lifetime_ns <= 0:
            reason = "INVALID_EXPIRE_TIME"
        if reason:
            return [("OrderRejected", order.account_id, order.cl_ord_id, reason, None)]
        until_ns = self.ts_ns + c.lifetime_ns
        staged = self.staged.setdefault(order.account_id, [])
        # How long it takes is for its submission to say.
        written = {**c.order, "delay_ns": None}
        staged.append((self.seq, until_ns, written))
        del staged[: -self.staged_max]
        return [("OrderStaged", self.seq, until_ns, written)]

    def on_submit_order(self, c: SimpleNamespace) -> list[Event]:
        """Once, in time, under the id it was staged with."""
        if c.account_id not in (*self.accounts, EXTERNAL, FEES, CLEARING):
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        staged = self.staged.get(c.account_id, [])
        found = [each for each in staged if each[0] == c.order_id]
        if not found:
            placed = self._find(c.account_id, c.order_id, ("", ""), 0)
            reason = "ALREADY_SUBMITTED" if placed else "UNKNOWN_ORDER"
            return [("InstructionRejected", reason)]
        _, until_ns, terms = found[0]
        if self.ts_ns >= until_ns:
            return [("InstructionRejected", "STAGING_EXPIRED")]
        text = terms["text"] if c.text is None else c.text
        order = SimpleNamespace(**{**terms, "text": text, "delay_ns": c.delay_ns})
        events = self._place(order, c.order_id, self._delay(order, 0))
        if events[0][0] == "OrderAccepted" or events[0][-1] is not None:
            staged.remove(found[0])
        return events

    def _place(self, c: SimpleNamespace, order_id: int, delay_ns: int) -> list[Event]:
        reason = oracle_ladder.why_not_new(self, c)
        if reason:
            kept = self._kept(c, order_id, reason)
            return [("OrderRejected", c.account_id, c.cl_ord_id, reason, kept)]
        instrument = self.instruments[c.instrument_id]
        # What an account may only do, its orders carry.
        reduce_only = REDUCE_ONLY if self.accounts[c.account_id].reduce_only else 0
        price = c.price_ticks or self._market_bound(instrument, c.side)
        trigger = c.trigger
        if trigger:
            trigger, price = self.begun(instrument, c.side, c.ord_type, c.price_ticks, trigger)
        terms = self._terms(c, order_id, c.exec_inst | reduce_only, price, self._sized(c))
        terms["trigger"] = trigger
        order = self._order(terms)
        at_best = self._at_best(order)
        taken = list(self._take_slot(c, order_id))
        if delay_ns:
            order.due_ns = self.ts_ns + delay_ns
            self._admit(order)
            return [("OrderAccepted", *terms.values()), *taken]
        if c.schedule:
            self._admit(order)
            order.next_ns = self.ts_ns
            return [("OrderAccepted", *terms.values()), ("Sleeps", order_id), *taken]
        if trigger:
            self._admit(order)
            order.asleep = True
            asleep = [("OrderAccepted", *terms.values()), ("Sleeps", order_id), *taken]
            return [*asleep, *self._met_already(order)]
        return [("OrderAccepted", *terms.values()), *taken, *self._come_in(order, at_best)]

    def _arrival(self) -> int:
        self.arrivals += 1
        return self.arrivals

    def _at_best(self, order: Order) -> int:
        if order.ord_type != "MARKET_WITH_LEFT_OVER_AS_LIMIT":
            return 0
        return self._left_over_px(order.instrument, order.side, order.price)

    def _take_slot(self, c: SimpleNamespace, order_id: int) -> Iterator[Event]:
        if c.slot_number:
            outdated = self._occupant(c)
            asset = money.hold_asset(self.instruments[c.instrument_id], c.side)
            used = self.slots.setdefault((c.account_id, asset), {})
            used[c.slot] = (c.slot_number, order_id)
            use = {"slot": c.slot, "number": c.slot_number, "order_id": order_id}
            yield ("SlotTaken", c.account_id, asset, use)
            if outdated:
                yield self._cancel(outdated, "SLOT_TAKEN_OVER")

    def _slot(self, c: SimpleNamespace) -> tuple[int, int]:
        asset = money.hold_asset(self.instruments[c.instrument_id], c.side)
        return self.slots.get((c.account_id, asset), {}).get(c.slot, (0, 0))

    def _occupant(self, c: SimpleNamespace) -> Order | None:
        # What stands in the slot that an order wants.
        if not c.slot_number:
            return None
        _, order_id = self._slot(c)
        return next((o for o in self._open(c.account_id) if o.order_id == order_id), None)

    @staticmethod
    def _terms(
        c: SimpleNamespace, order_id: int, exec_inst: int, price: int, qty: int
    ) -> dict[str, Any]:
        return {
            "order_id": order_id,
            "account_id": c.account_id,
            "instrument_id": c.instrument_id,
            "cl_ord_id": c.cl_ord_id,
            "side": c.side,
            "ord_type": c.ord_type,
            "time_in_force": c.time_in_force,
            "exec_inst": exec_inst,
            "stp": c.stp,
            "price_ticks": price,
            "order_qty_lots": qty,
            "expire_ns": c.expire_ns,
            "text": c.text,
            "secondary_cl_ord_id": c.secondary_cl_ord_id,
            "cash_qty_minor": c.cash_qty_minor,
            "position_effect": c.position_effect,
            "trigger": c.trigger,
            "link": None,
            "schedule": c.schedule,
        }

    def _order(self, terms: dict[str, Any]) -> Order:
        *first, text, secondary, cash, effect, trigger, link, schedule = terms.values()
        more = {"text": text, "secondary": secondary, "cash": cash, "effect": effect}
        more["trigger"] = trigger and dict(trigger)
        more["link"] = link
        more["schedule"] = schedule and dict(schedule)
        return Order(*first, self.seq, priority=self._arrival(), **more)

    def _kept(self, c: SimpleNamespace, order_id: int, reason: str) -> dict[str, Any] | None:
        # A refused order is remembered, where that is asked for, as it was asked for.
        if not c.keep_rejected or c.account_id not in self.accounts:
            return None
        terms = self._terms(c, order_id, c.exec_inst, c.price_ticks, c.order_qty_lots)
        order = self._order(terms)
        order.reason = reason
        self._admit(order)
        self._close(order, "REJECTED")
        return terms

    def _sized(self, c: SimpleNamespace) -> int:
        # What cash buys, or what brings it, of what stands within reach and will trade.
        if c.cash_qty_minor == 0:
            return int(c.order_qty_lots)
        instrument = self.instruments[c.instrument_id]
        bound = c.price_ticks or self._market_bound(instrument, c.side)
        left, lots = c.cash_qty_minor, 0
        rest_px = self._left_over_px(c.instrument_id, c.side, bound)
        for maker in self._reached(c.instrument_id, c.side, bound):
            own = maker.account == c.account_id and c.stp != "NONE"
            if own or maker.exec_inst & REDUCE_ONLY or maker.whole:
                rest_px = max(rest_px, maker.price) if c.side == "BUY" else rest_px
                continue
            each = maker.price * instrument.notional_minor
            taken = min(maker.leaves, left // each)
            lots, left = lots + taken, left - taken * each
            if taken < maker.leaves:
                return int(lots)
        if c.ord_type == "MARKET_WITH_LEFT_OVER_AS_LIMIT" and rest_px:
            lots += left // (rest_px * instrument.notional_minor)
        return int(lots)

    def on_replace_order(self, c: SimpleNamespace) -> list[Event]:
        """Only less quantity at the same price keeps the place in the queue."""
        order = self._find(c.account_id, c.order_id, (c.cl_ord_id, ""), c.instrument_id)
        if order is None or not order.is_open:
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id)]
        delay_ns = self._delay(c, 2)
        if delay_ns and self.pending(order) in ("CANCEL", "REPLACE"):
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id, why="ALREADY_PENDING")]
        if delay_ns:
            request = {"order_id": order.order_id, "cl_ord_id": "", "delay_ns": 0}
            later = SimpleNamespace(**{**vars(c), **request})
            return self._pend(delay_ns, "REPLACE", [order], later)
        new = new_terms(order, c)
        self._relink(order, c, new)
        if not self._fits_trigger(order, c, new):
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id, "INVALID_TRIGGER")]
        keeps = self._keeps_place(order, new)
        enters = not keeps and order.stands
        reason = oracle_ladder.why_not_replace(self, order, new, enters=enters)
        if reason:
            return [self._cancel_rejected("REPLACE", order, c.cl_ord_id, reason)]
        old_trigger = order.trigger
        replaced = self._become(order, new, keeps=keeps)
        if not enters:
            met = self._met_already(order) if order.asleep and new.trigger != old_trigger else []
            return [replaced, *met]
        self._withdraw(order)
        return [replaced, *self._come_in(order)]

    @staticmethod
    def _keeps_place(order: Order, new: SimpleNamespace) -> bool:
        # Only less, at the same price, of what may go on waiting.
        return (
            new.price == order.price
            and new.qty <= order.qty
            and new.time_in_force not in ("IOC", "FOK")
            and bool(new.exec_inst & ALL_OR_NONE) == order.whole
        )

    def _become(self, order: Order, new: SimpleNamespace, *, keeps: bool) -> Event:
        if new.cl_ord_id != order.cl_ord_id:
            order.retired.append(order.cl_ord_id)
        for name, value in vars(new).items():
            setattr(order, name, value)
        if not keeps:
            order.priority = self._arrival()
        style = (order.time_in_force, order.expire_ns, order.exec_inst, order.text)
        terms = (order.cl_ord_id, order.price, order.qty, keeps, *style)
        return ("OrderReplaced", order.order_id, *terms, order.trigger, order.link)

    def on_cancel_order(self, c: SimpleNamespace) -> list[Event]:
        """A cancel is accepted in every trading state."""
        names = (c.cl_ord_id, c.secondary_cl_ord_id)
        order = self._find(c.account_id, c.order_id, names, c.instrument_id)
        if order is None or not order.is_open:
            return [self._cancel_rejected("CANCEL", order, c.cl_ord_id)]
        if c.only == ("NEW" if order.cum else "PARTIALLY_FILLED"):
            return [self._cancel_rejected("CANCEL", order, c.cl_ord_id, "CONDITION_NOT_MET")]
        delay_ns = self._delay(c, 1)
        if delay_ns and self.pending(order) == "CANCEL":
            return [self._cancel_rejected("CANCEL", order, c.cl_ord_id, why="ALREADY_PENDING")]
        if delay_ns:
            return self._pend(delay_ns, "CANCEL", [order], self._cancel_of(order, c.reason, c.only))
        return [self._cancel(order, c.reason)]

    @staticmethod
    def _cancel_of(order: Order, reason: str, only: str) -> SimpleNamespace:
        named = {"order_id": order.order_id, "cl_ord_id": "", "secondary_cl_ord_id": ""}
        how = {"delay_ns": 0, "reason": reason, "only": only}
        return SimpleNamespace(account_id=order.account, instrument_id=0, **named, **how)

    def on_mass_cancel(self, c: SimpleNamespace) -> list[Event]:
        """Ascending order id."""
        chosen = [
            o
            for o in sorted(self._open(), key=lambda o: o.order_id)
            if c.account_id in (0, o.account)
            and (c.instrument_ids is None or o.instrument in c.instrument_ids)
            and c.side in (None, o.side)
            and (c.order_ids is None or o.order_id in c.order_ids)
            and o.price >= c.price_ticks_min
            and o.price <= (c.price_ticks_max or o.price)
            and (not c.list_id or (o.link is not None and o.link["list_id"] == c.list_id))
        ]
        delay_ns = self._delay(c, 1)
        if delay_ns and chosen:
            fresh = [o for o in chosen if self.pending(o) != "CANCEL"]
            ids = [o.order_id for o in fresh]
            which = {"instrument_ids": None, "side": None, "order_ids": ids, "delay_ns": 0}
            which |= {"price_ticks_min": 0, "price_ticks_max": 0, "list_id": 0}
            later = SimpleNamespace(account_id=c.account_id, **which)
            return self._pend(delay_ns, "CANCEL", fresh, later) if ids else [("MassCanceled", 0)]
        return [*[self._cancel(o, "MASS_CANCEL") for o in chosen], ("MassCanceled", len(chosen))]

    def on_pass_numbers(self, c: SimpleNamespace) -> list[Event]:
        """What is made from the next entry on has a later number."""
        if c.count <= 0:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.passed += c.count
        return [("NumbersPassed", c.count)]

    def on_advance_time(self, c: SimpleNamespace) -> list[Event]:
        """What was due by now comes after this, one after the other."""
        return [("TimeAdvanced",)]

    # What happens at the book.

    def _come_in(self, order: Order, at_best: int = 0) -> list[Event]:
        whole, events = order.whole or order.time_in_force == "FOK", []
        if not whole or self._would_fill(order):
            events = self._match(order)
        self._admit(order)
        if order.held:
            return events
        if not order.is_open:
            if order.status == "FILLED":
                self._remember(order)
                return events
            return [*events, self._cancel(order, "SELF_TRADE_PREVENTION")]
        ends = {"IOC": "IOC_REMAINDER", "FOK": "FOK_NOT_FILLED"}
        if order.ord_type == "MARKET" and order.time_in_force != "FOK":
            return [*events, self._cancel(order, "IOC_REMAINDER")]
        if order.time_in_force in ends:
            return [*events, self._cancel(order, ends[order.time_in_force])]
        if at_best:
            order.price = at_best
            events.append(("OrderRestated", order.order_id, order.qty, order.price, 0))
        return [*events, ("OrderRested", order.order_id)]

    def _would_fill(self, order: Order) -> bool:
        # Try it on a copy of the whole exchange, unless there is too little anyway.
        reached = self._reached(order.instrument, order.side, order.price)
        if sum(o.leaves for o in reached) < order.leaves:
            return False
        trial, copied = deepcopy((self, order))
        trial._match(copied)
        whole = copied.held and copied.cum == order.qty
        return bool(whole or (copied.status == "FILLED" and copied.qty == order.qty))

    def _match(self, taker: Order) -> list[Event]:
        # Up to where the order rests or ends; "STOPPED" says that self-trade prevention ended it.
        # A match has the number of orders met before it, after the last match of the entry.
        events: list[Event] = []
        met = self.next_match
        traded: list[tuple[Order, int]] = []
        for maker in self._reached(taker.instrument, taker.side, taker.price):
            if not taker.is_open or taker.held:
                break
            if maker.passed_over(taker.leaves):
                continue
            if maker.account == taker.account and taker.stp != "NONE":
                events += self._prevent(maker, taker)
            elif self._is_partner(maker, taker) or self._is_undone(maker, traded):
                events.append(self._cancel(maker, "LINKED"))
            else:
                if less := self._partner_traded(maker, traded):
                    maker.qty -= less
                    made = (maker.order_id, maker.qty, 0, maker.trigger_px)
                    events.append(("OrderRestated", *made))
                    met += 1
                if self._lacks_cover(maker):
                    events.append(self._cancel(maker, "REDUCE_ONLY"))
                else:
                    traded.append((maker, min(maker.leaves, taker.leaves)))
                    events.append(self._trade(maker, taker, self.seq * 2**32 + met))
                    self.next_match = met + 1
            met += 1
        return events

    def _prevent(self, maker: Order, taker: Order) -> list[Event]:
        if taker.stp == "DECREMENT_AND_CANCEL":
            return self._decrement(maker, taker)
        events = []
        if taker.stp in ("RESTING", "BOTH"):
            events.append(self._cancel(maker, "SELF_TRADE_PREVENTION"))
        # One that refuses to meet its own is stopped where that was not foreseen.
        if taker.stp in ("AGGRESSING", "BOTH", "REJECT"):
            taker.status = "STOPPED"
        return events

    def _decrement(self, maker: Order, taker: Order) -> list[Event]:
        # The smaller is canceled and the larger loses as much; equal ones are both canceled.
        mine, theirs = taker.leaves, maker.leaves
        if theirs > mine:
            maker.qty -= mine
            self._ask_less(maker, mine)
            taker.status = "STOPPED"
            return [("OrderRestated", maker.order_id, maker.qty, 0, maker.trigger_px)]
        canceled = self._cancel(maker, "SELF_TRADE_PREVENTION")
        if theirs == mine:
            taker.status = "STOPPED"
            return [canceled]
        taker.qty -= theirs
        self._ask_less(taker, theirs)
        return [canceled, ("OrderRestated", taker.order_id, taker.qty, 0, taker.trigger_px)]

    def _trade(self, maker: Order, taker: Order, match_id: int) -> Event:
        instrument = self.instruments[taker.instrument]
        qty, price = min(maker.leaves, taker.leaves), maker.price
        notional = price * qty * instrument.notional_minor
        buyer, seller = (taker, maker) if taker.side == "BUY" else (maker, taker)
        if money.has_positions(instrument):
            self._move(buyer.account, instrument, qty, price)
            self._move(seller.account, instrument, -qty, price)
        else:
            base, lots = instrument.base_asset_id, qty * instrument.lot_minor
            self._pay(seller.account, buyer.account, base, lots)
        if not money.on_margin(instrument):
            self._pay(buyer.account, seller.account, instrument.quote_asset_id, notional)
        maker_fee = self._charge(maker, instrument.maker_fee_ppb, price, qty)
        taker_fee = self._charge(taker, instrument.taker_fee_ppb, price, qty)
        for order in (maker, taker):
            order.cum += qty
            order.status = "FILLED" if order.cum == order.qty else "PARTIALLY_FILLED"
        # One that may be let in for more is not over.
        for order in (maker, taker):
            if order.status == "FILLED" and order.link and self._goes_on(order):
                order.status, order.held, order.share = "PARTIALLY_FILLED", True, (0, 0, 0)
                order.qty = order.link["order_qty_lots"]
        if maker.status == "FILLED":
            self._remember(maker)
        self.last_px[instrument.id] = price
        trades = self.trades.setdefault(instrument.id, [])
        trades.append((match_id, taker.side, price, qty, self.ts_ns))
        del trades[: -self.trades_max]
        ids = (match_id, instrument.id, maker.order_id, taker.order_id)
        return ("Traded", *ids, price, qty, maker_fee, taker_fee)

    def _charge(self, order: Order, rate: int, price: int, qty: int) -> int:
        instrument = self.instruments[order.instrument]
        exact = money.exact_fee(instrument, order.side, rate, price, qty)
        fee = money.fee(instrument, exact, order.accrued, order.charged)
        most = money.most_taken(instrument, order.side, price, qty)
        fee = fee if most is None else min(fee, most)
        order.charged += fee
        if instrument.fee_step_minor:
            order.accrued += money.accrual(instrument, exact)
        self._pay(order.account, FEES, money.fee_asset(instrument, order.side), fee)
        if money.has_positions(instrument):
            self.stats[order.account, instrument.id][2] += fee
        return fee

    def _move(self, account: int, instrument: SimpleNamespace, lots: int, price: int) -> None:
        # What closes takes its share of the cost along; the rest opens at the price.
        net, cost, realized = self._position(account, instrument.id)
        unit = price * instrument.notional_minor
        closing = min(abs(net), abs(lots)) if net * lots < 0 else 0
        if closing:
            closed_cost = int(Fraction(cost * closing, abs(net)))
            proceeds = closing * unit * (1 if net > 0 else -1)
            gain = proceeds - closed_cost
            # What an outcome costs has been paid already.
            if money.on_margin(instrument):
                self._pay(CLEARING, account, instrument.quote_asset_id, gain)
            cost, realized = cost - closed_cost, realized + gain
            opening = abs(lots) - closing
            cost += opening * unit * (1 if lots > 0 else -1)
        else:
            cost += lots * unit
        self.positions[account, instrument.id] = (net + lots, cost, realized)
        stats = self.stats.setdefault((account, instrument.id), [0, 0, 0, 0])
        stats[0 if lots > 0 else 1] += abs(lots)
        stats[3] = self.ts_ns

    # Money.

    def _pay(self, debtor: int, creditor: int, asset: int, amount: int) -> None:
        self.totals[debtor, asset] = self.totals.get((debtor, asset), 0) - amount
        self.totals[creditor, asset] = self.totals.get((creditor, asset), 0) + amount

    def _position(self, account: int, instrument: int) -> tuple[int, int, int]:
        return self.positions.get((account, instrument), (0, 0, 0))

    def _available(self, account: int, asset: int) -> int:
        return self.totals.get((account, asset), 0) - self.hold(account, asset)

    def _held_in(self, asset: int) -> list[SimpleNamespace]:
        # The instruments whose positions hold this asset.
        each = self.instruments.values()
        return [i for i in each if money.has_positions(i) and i.quote_asset_id == asset]

    def _loss(self, account: int, asset: int) -> int:
        # What positions on margin, of which not all is held, have lost together at the last prices.
        profit = 0
        for instrument in self._held_in(asset):
            net, cost = self._position(account, instrument.id)[:2]
            if money.on_margin(instrument) and self._rate(account, instrument) < money.BILLION:
                mark = self.last_px.get(instrument.id) or instrument.reference_price_ticks
                profit += net * mark * instrument.notional_minor - cost
        return max(0, -profit)

    def _margin(
        self,
        account: int,
        instrument: SimpleNamespace,
        but: Order | None = None,
        plus: tuple[str, int, int] = ("BUY", 0, 0),
    ) -> int:
        # As if order `but` were gone and an order of side, quantity and notional `plus` were there.
        net, cost = self._position(account, instrument.id)[:2]
        opened = {"BUY": (0, 0), "SELL": (0, 0)}
        for order in self._open(account):
            if order.instrument == instrument.id and order is not but:
                lots, notional = opened[order.side]
                counts = self.counted(order)
                opened[order.side] = (lots + counts[0], notional + counts[1])
        lots, notional = opened[plus[0]]
        opened[plus[0]] = (lots + plus[1], notional + plus[2])
        return money.position_hold(instrument, net, cost, opened, self._rate(account, instrument))

    def _rate(self, account: int, instrument: SimpleNamespace) -> int:
        owner = self.accounts.get(account)
        return money.margin_rate(instrument, may_borrow=bool(owner and owner.may_borrow))

    def _can_afford(
        self,
        account: int,
        instrument: SimpleNamespace,
        side: str,
        price: int,
        qty: int,
        replaced: Order | None = None,
        cash: int = 0,
        outdated: Order | None = None,
        wanted: Order | None = None,
    ) -> bool:
        asset = money.hold_asset(instrument, side)
        available = self._available(account, asset) - self._loss(account, asset)
        if outdated:
            available += self.counted(outdated)[2]
        paid, freed, there = (Fraction(0), 0), 0, (0, 0, 0)
        if replaced:
            paid = replaced.paid
            freed = self.counted(replaced)[2]
            there = (wanted or replaced).share or there
            there = there if not (wanted or replaced).held else (0, 0, 0)
        # A sell on margin may trade above its limit, at most at the best bid.
        bids = self.book(instrument.id, "BUY")
        if money.on_margin(instrument) and side == "SELL" and bids:
            price = max(price, bids[0].price)
        notional = price * qty * instrument.notional_minor
        fee = money.reserve(instrument, side, money.dearest_rate(instrument), price, qty, paid)
        if cash and side == "BUY":
            notional, fee = cash, money.cash_fee(instrument, cash)
        if instrument.kind == "SPOT":
            needed = notional + fee if side == "BUY" else qty * instrument.lot_minor
            needed = max(0, needed - there[2])
            return bool(needed <= freed or needed - freed <= available)
        qty, notional = max(0, qty - there[0]), max(0, notional - there[1])
        fee = max(0, fee - there[2])
        margin = self._margin(account, instrument, replaced, (side, qty, notional))
        more = margin - self._margin(account, instrument)
        # What needs no more and can only close is always let through, and so is a perpetual's.
        mine = [o for o in self._open(account) if o.instrument == instrument.id]
        others = [o for o in mine if o.side == side and o is not replaced]
        lots = qty + sum(self.counted(o)[0] for o in others)
        free = instrument.kind != "BINARY" or lots <= self._cover(account, instrument.id, side)
        if free and more <= 0:
            return True
        needed = max(0, more) + fee - freed
        return bool(needed <= 0 or needed <= available)

    def _can_afford_all(self, pairs: list[tuple[Order, Order]]) -> bool:
        # Whether orders, all that stand somewhere of their list, may be the others at once.
        if not pairs:
            return True
        account, instrument = pairs[0][0].account, self.instruments[pairs[0][0].instrument]
        if instrument.kind != "SPOT":
            needed = {instrument.quote_asset_id: self._needed(account, instrument, pairs)}
        else:
            needed = {}
            for order, new in pairs:
                asset = money.hold_asset(instrument, order.side)
                more = self.counted(new)[2] - self.counted(order)[2]
                needed[asset] = needed.get(asset, 0) + more
        return all(
            minor <= 0 or minor <= self._available(account, asset) - self._loss(account, asset)
            for asset, minor in needed.items()
        )

    def _needed(
        self, account: int, instrument: SimpleNamespace, pairs: list[tuple[Order, Order]]
    ) -> int:
        others = [o for o in self._open(account) if o not in [order for order, _ in pairs]]
        rows = [(o.side, *self.counted(o)[:2]) for o in others if o.instrument == instrument.id]
        bids, fees = self.book(instrument.id, "BUY"), 0
        for order, new in pairs:
            # A sell on margin may trade above its limit, at most at the best bid.
            price = new.price
            if money.on_margin(instrument) and new.side == "SELL" and bids:
                price = max(price, bids[0].price)
            rate, there = money.dearest_rate(instrument), new.share or (0, 0, 0)
            worth = price * new.leaves * instrument.notional_minor
            fee = money.reserve(instrument, new.side, rate, price, new.leaves, new.paid)
            rows.append((new.side, max(0, new.leaves - there[0]), max(0, worth - there[1])))
            fees += max(0, fee - there[2]) - self.counted(order)[2]
        opened = {
            side: (sum(r[1] for r in rows if r[0] == side), sum(r[2] for r in rows if r[0] == side))
            for side in ("BUY", "SELL")
        }
        net, cost = self._position(account, instrument.id)[:2]
        rate = self._rate(account, instrument)
        margin = money.position_hold(instrument, net, cost, opened, rate)
        more = margin - self._margin(account, instrument)
        sides = {new.side for _, new in pairs}
        covered = all(opened[s][0] <= self._cover(account, instrument.id, s) for s in sides)
        free = instrument.kind != "BINARY" or covered
        return 0 if free and more <= 0 else max(0, more) + fees

    # Small questions.

    def _open(self, account: int = 0) -> list[Order]:
        return [o for o in self.live if account in (0, o.account)]

    def _by_id(self, order_id: int) -> Order:
        return next(o for o in self.orders + self.forgotten if o.order_id == order_id)

    def _is_used(self, account: int, cl_ord_id: str) -> bool:
        mine = self._named(account)
        return cl_ord_id != "" and any(cl_ord_id in (o.cl_ord_id, *o.retired) for o in mine)

    def _named(self, account: int) -> list[Order]:
        # The names of refused orders are nobody's.
        return [o for o in self.orders if o.account == account and o.status != "REJECTED"]

    def _find(
        self, account: int, order_id: int, names: tuple[str, str], instrument: int
    ) -> Order | None:
        # By id first, then by client id, then by the id that several may bear, all within the
        # account.
        cl_ord_id, secondary = names
        known = self.orders + [o for o in self.forgotten if self._is_of_a_living_list(o)]
        found = [o for o in known if o.account == account and o.order_id == order_id]
        found += [o for o in self._named(account) if cl_ord_id and o.cl_ord_id == cl_ord_id]
        if secondary:
            bearers = [o for o in self._named(account) if o.secondary == secondary]
            rank = self.closed.get(account, [])
            found += sorted(
                (o for o in bearers if o.is_open), key=lambda o: (-o.submitted, -o.order_id)
            )
            closed = [o for o in bearers if not o.is_open]
            found += sorted(closed, key=lambda o: -rank.index(o.order_id))
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

    def _reached(self, instrument: int, side: str, price: int) -> list[Order]:
        # What stands opposite at a price or better, best first.
        if side == "BUY":
            return [o for o in self.book(instrument, "SELL") if o.price <= price]
        return [o for o in self.book(instrument, "BUY") if o.price >= price > 0]

    def _meets_own(self, account: int, instrument: int, side: str, price: int, qty: int) -> bool:
        # Whether one's own order stands among those that would fill this one.
        for maker in self._reached(instrument, side, price):
            if maker.passed_over(qty):
                continue
            if qty > 0 and maker.account == account:
                return True
            qty -= maker.leaves
        return False

    def _meets_any(self, instrument: int, side: str, price: int, qty: int) -> bool:
        return any(not o.passed_over(qty) for o in self._reached(instrument, side, price))

    def _left_over_px(self, instrument: int, side: str, bound: int) -> int:
        # Where what is left over stands: at the best price within reach that is shown, or else at
        # the best there is.
        opposite = self.book(instrument, "SELL" if side == "BUY" else "BUY")
        shown = [o for o in opposite if not o.whole] or opposite
        if shown and shown[0] in self._reached(instrument, side, bound):
            return shown[0].price
        return opposite[0].price if opposite else 0

    def _is_over_limit(
        self, account: int, instrument: SimpleNamespace, side: str, more: int
    ) -> bool:
        if instrument.position_lots_max == 0:
            return False
        on_order = 0
        if money.has_positions(instrument):
            mine = [o for o in self._open(account) if o.instrument == instrument.id]
            on_order = sum(self.counted(o)[0] for o in mine if o.side == side)
        reach = -self._cover(account, instrument.id, side) + on_order + more
        return bool(reach > instrument.position_lots_max)

    def _market_bound(self, instrument: SimpleNamespace, side: str) -> int:
        opposite = self.book(instrument.id, "SELL" if side == "BUY" else "BUY")
        if not opposite:
            return 0
        shown = [o for o in opposite if not o.whole] or opposite
        best, worst = shown[0].price, opposite[-1].price
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
            first = self._by_id(closed.pop(0))
            self.orders.remove(first)
            self.forgotten.append(first)

    @staticmethod
    def _cancel_rejected(
        to: str,
        order: Order | None,
        cl_ord_id: str,
        reason: str | None = None,
        why: str = "TOO_LATE_TO_CANCEL",
    ) -> Event:
        if order is None:
            return ("CancelRejected", to, 0, cl_ord_id, "UNKNOWN_ORDER", None, None)
        why = why if reason is None else "OTHER"
        if reason == "DUPLICATE_CL_ORD_ID":
            why = reason
        called = order.cl_ord_id if order.is_open else cl_ord_id
        return ("CancelRejected", to, order.order_id, called, why, order.status, reason)
