"""
The oracle's later: what an event brings about in turn, what is pending, what sleeps.

What an event brings about is worked out depth first, in the order of the rules; who is on the way
to the book comes in when all of that is done.
"""

import math
from collections.abc import Iterator
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from tests.core import oracle_ladder
from tests.core.oracle_order import POST_ONLY, Order

BILLION = 10**9

Event = tuple[Any, ...]


class Later:
    """Consequences; what they are about is the oracle's."""

    ts_ns: int
    seq: int
    arriving: list[Order]
    live: list[Order]
    orders: list[Order]
    accounts: dict[int, SimpleNamespace]
    instruments: dict[int, SimpleNamespace]
    last_px: dict[int, int]
    delays: dict[str, tuple[int, int, int]]
    requests: dict[int, tuple[int, str, list[int], SimpleNamespace]]

    def __getattr__(self, name: str) -> Any:
        """The rest of the oracle."""
        raise AttributeError(name)

    # What follows from what.

    def _with_consequences(self, events: list[Event]) -> list[Event]:
        told = self._follow_up(events)
        while self.arriving:
            told += self._follow_up(self._arrive(self.arriving.pop(0)))
        return told

    def _follow_up(self, batch: list[Event]) -> list[Event]:
        told = list(batch)
        for event in batch:
            for rule in (
                self._act_on_list,
                self._lose_cover,
                self._unfund,
                self._fill_whole,
                self._wake,
            ):
                for more in rule(event):
                    told += self._follow_up(more)
        return told

    def _lose_cover(self, event: Event) -> Iterator[list[Event]]:
        # A reduce-only order that its position no longer covers in full is canceled.
        if event[0] != "Traded":
            return
        for order_id in event[3:5]:
            mine = sorted(self._open(self._by_id(order_id).account), key=lambda o: o.submitted)
            there = [o for o in mine if o.instrument == event[2] and not o.held]
            lost = [o for o in there if self._lacks_cover(o)]
            if lost:
                yield [self._cancel(order, "REDUCE_ONLY") for order in lost]

    def _fill_whole(self, event: Event) -> Iterator[list[Event]]:
        # Of those that trade whole, the first that what came to rest, or its own becoming smaller,
        # lets trade; and again, while what came to rest is there.
        if event[0] == "OrderReplaced" and event[5]:
            found = [o for o in self.live if o.order_id == event[1] and o.whole and o.stands]
            if found and (filled := self._try_whole(found[0])):
                yield filled
        while event[0] == "OrderRested":
            stood = [o for o in self.live if o.order_id == event[1]]
            if not stood:
                return
            filled = next(filter(None, map(self._try_whole, self._across(stood[0]))), None)
            if not filled:
                return
            yield filled

    def _across(self, stood: Order) -> list[Order]:
        opposite = self.book(stood.instrument, "SELL" if stood.side == "BUY" else "BUY")
        return [
            o for o in opposite if o.whole and stood in self._reached(o.instrument, o.side, o.price)
        ]

    def _try_whole(self, order: Order) -> list[Event]:
        state = self.instruments[order.instrument].trading_state
        if order.exec_inst & POST_ONLY or state == "POST_ONLY":
            return []
        where = (order.account, self.instruments[order.instrument], order.side)
        if not self._can_afford(*where, order.price, order.leaves, order):
            return []
        if not self._would_fill(order):
            return []
        filled: list[Event] = self._match(order)
        if not order.held:
            self._remember(order)
        return filled

    # What happens when.

    def _watched(self) -> list[tuple[int, int, int]]:
        # What happens when: ends before new orders before requests, each by its number.
        ends = [(o.expire_ns, 1, o.order_id) for o in self._open() if o.expire_ns]
        new = [(o.due_ns, 2, o.order_id) for o in self._open() if o.due_ns]
        asked = [(due_ns, 3, number) for number, (due_ns, *_) in self.requests.items()]
        slices = [(o.next_ns, 4, o.order_id) for o in self._open() if o.next_ns]
        dead = [(due_ns, 5, account) for account, (due_ns, _) in self.switches.items()]
        return sorted(ends + new + asked + slices + dead)

    def _let_due(self) -> list[Event]:
        events: list[Event] = []
        while (watched := self._watched()) and watched[0][0] <= self.ts_ns:
            _, kind, number = watched[0]
            if kind == 1:
                self._close(self._by_id(number), "EXPIRED")
                events += self._with_consequences([("OrderExpired", number)])
            elif kind == 2:
                events += self._with_consequences(self._let_go(self._by_id(number)))
            elif kind == 3:
                events += self._apply_request(number)
            elif kind == 4:
                events += self._with_consequences(self._slice(self._by_id(number)))
            else:
                events += self._with_consequences(self._fire(number))
        return events

    # What is pending.

    def on_set_delays(self, c: SimpleNamespace) -> list[Event]:
        """What is pending keeps its time."""
        times = (c.new_ns, c.cancel_ns, c.replace_ns)
        if any(time < 0 for time in times):
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.delays[c.venue] = times
        return [("DelaysSet", c.venue, *times)]

    def _delay(self, c: SimpleNamespace, which: int) -> int:
        if c.delay_ns is not None:
            return max(0, int(c.delay_ns))
        account = self.accounts.get(c.account_id)
        return self.delays.get(account.venue, (0, 0, 0))[which] if account else 0

    def pending(self, order: Order) -> str:
        """Return what is pending of an order: its cancel before all else."""
        if not order.is_open:
            return "NONE"
        kinds = [kind for _, kind, ids, _ in self.requests.values() if order.order_id in ids]
        return min(kinds, default="NEW" if order.due_ns else "NONE")

    def _pend(
        self, delay_ns: int, kind: str, orders: list[Order], command: SimpleNamespace
    ) -> list[Event]:
        due_ns = self.ts_ns + delay_ns
        self.requests[self.seq] = (due_ns, kind, [o.order_id for o in orders], command)
        told = tuple((o.order_id, self.pending(o)) for o in orders)
        return [("RequestPended", self.seq, due_ns, told)]

    def _apply_request(self, number: int) -> list[Event]:
        _, kind, ids, command = self.requests.pop(number)
        known = [o for o in self.live if o.order_id in ids]
        known.sort(key=lambda o: ids.index(o.order_id))
        told = tuple((o.order_id, self.pending(o)) for o in known)
        many = hasattr(command, "order_ids") or hasattr(command, "orders")
        acts = {
            ("CANCEL", False): self.on_cancel_order,
            ("CANCEL", True): self.on_mass_cancel,
            ("REPLACE", False): self.on_replace_order,
            ("REPLACE", True): self.on_replace_list,
        }
        decided = acts[kind, many](command)
        return [("RequestDue", number, told), *self._with_consequences(decided)]

    def _let_go(self, order: Order) -> list[Event]:
        # One that was taken earlier leaves for the book or for its sleep, or ends.
        reason = oracle_ladder.why_not_come_in(
            self, order, enters=not (order.trigger or order.schedule)
        )
        if reason:
            order.reason = reason
            return [self._cancel(order, "NOT_LET_IN")]
        order.due_ns, order.priority = 0, self._arrival()
        if order.schedule:
            order.next_ns = self.ts_ns
            return [("OrderReleased", order.order_id, "ARMED")]
        if order.trigger:
            order.asleep = True
            return [("OrderReleased", order.order_id, "ARMED"), *self._met_already(order)]
        self._set_out(order)
        return [("OrderReleased", order.order_id, "PENDING")]

    def _set_out(self, order: Order) -> None:
        order.asleep, order.arriving = False, True
        self.arriving.append(order)

    def _arrive(self, order: Order) -> list[Event]:
        if order.standing != "PENDING":
            return []
        instrument, told = self.instruments[order.instrument], list[Event]()
        if order.ord_type != "LIMIT" and (order.trigger or not order.price):
            bound = self._market_bound(instrument, order.side)
            if bound:
                reason = oracle_ladder.why_not_come_in(self, order, enters=True, price=bound)
            else:
                reason = "NO_LIQUIDITY"
            if not reason:
                order.price = bound
                told = [("OrderRestated", order.order_id, order.qty, bound, order.trigger_px)]
        else:
            reason = oracle_ladder.why_not_come_in(self, order, enters=True)
        if reason:
            order.reason, order.arriving = reason, False
            return [self._cancel(order, "NOT_LET_IN")]
        self._withdraw(order)
        order.arriving = False
        return [*told, *self._come_in(order, self._at_best(order))]

    # Triggers: a direction, a price, and perhaps how far it trails.

    def _looked_at(self, instrument: SimpleNamespace) -> int:
        if instrument.trigger_basis == "REFERENCE":
            return int(instrument.reference_price_ticks)
        return self.last_px.get(instrument.id, 0)

    @staticmethod
    def is_met(trigger: dict[str, Any], price: int) -> bool:
        """Whether a price wakes what has the trigger."""
        if price == 0:
            return False
        at = trigger["price_ticks"]
        return bool(price >= at if trigger["direction"] == "UP" else price <= at)

    @staticmethod
    def behind(trigger: dict[str, Any], price: int) -> int:
        """Return where a trailing trigger is when a price is the best; 0 where there is none."""
        if price == 0:
            return 0
        part = math.floor(Fraction(price * trigger["trail_ppb"], BILLION))
        distance = trigger["trail_ticks"] or max(1, part)
        return int(price + distance if trigger["direction"] == "UP" else price - distance)

    def begun(
        self, instrument: SimpleNamespace, side: str, ord_type: str, price: int, trigger: Any
    ) -> tuple[dict[str, Any] | None, int]:
        """Return a trigger as it begins, and the price its order is held at; None if it cannot."""
        start = self._looked_at(instrument) or instrument.reference_price_ticks
        at = trigger["price_ticks"] or self.behind(trigger, start)
        if at <= 0:
            return None, 0
        return {**trigger, "price_ticks": at}, self.held_at(
            instrument, side, ord_type, price, {**trigger, "price_ticks": at}
        )

    def held_at(
        self, instrument: SimpleNamespace, side: str, ord_type: str, price: int, trigger: Any
    ) -> int:
        """Return the price that goes with a trigger."""
        at, sign = trigger["price_ticks"], 1 if side == "BUY" else -1
        if trigger["limit_offset_ticks"] is not None:
            return int(max(1, at + sign * trigger["limit_offset_ticks"]))
        if ord_type == "LIMIT":
            return price
        width = math.floor(Fraction(at * instrument.market_band_ppb, BILLION))
        most = oracle_ladder.highest_price(instrument)
        bound = max(1, at + sign * width)
        return int(min(bound, most) if most and side == "BUY" else bound)

    def _met_already(self, order: Order) -> list[Event]:
        instrument = self.instruments[order.instrument]
        if not self.is_met(order.trigger or {}, self._looked_at(instrument)):
            return []
        if instrument.refuses_met_trigger:
            order.reason = "TRIGGER_MET"
            return [self._cancel(order, "NOT_LET_IN")]
        return [self._wake_one(order)]

    def _wake_one(self, order: Order) -> Event:
        order.priority = self._arrival()
        order.trigger = {**(order.trigger or {}), "is_met": True}
        self._set_out(order)
        return ("OrderTriggered", order.order_id)

    def _wake(self, event: Event) -> Iterator[list[Event]]:
        name = event[0]
        if name not in ("Traded", "ReferencePriceChanged", "TradingStateChanged"):
            return
        instrument = self.instruments[event[2] if name == "Traded" else event[1]]
        by_trade = instrument.trigger_basis == "LAST_TRADE"
        if by_trade is not (name == "Traded"):
            return
        if instrument.trading_state not in ("TRADING", "LIMIT_ONLY"):
            return
        price = event[5] if by_trade else instrument.reference_price_ticks
        sleepers = [o for o in self.live if o.asleep and o.instrument == instrument.id]
        met = [o for o in sleepers if o.trigger and self.is_met(o.trigger, price)]
        met.sort(key=self._nearest)
        if met:
            yield [self._wake_one(order) for order in met]
        left = sorted((o for o in sleepers if o.asleep), key=lambda o: o.order_id)
        told = [event for order in left for event in self._trail(order, instrument, price)]
        if told:
            yield told

    @staticmethod
    def _nearest(order: Order) -> tuple[bool, int, int]:
        falls = order.trigger["direction"] == "DOWN" if order.trigger else False
        return falls, (-order.trigger_px if falls else order.trigger_px), order.order_id

    def _trail(self, order: Order, instrument: SimpleNamespace, price: int) -> Iterator[Event]:
        trigger = order.trigger
        if not trigger or not (trigger["trail_ticks"] or trigger["trail_ppb"]):
            return
        at, up = self.behind(trigger, price), trigger["direction"] == "UP"
        if at > 0 and (at < order.trigger_px if up else at > order.trigger_px):
            order.trigger = {**trigger, "price_ticks": at}
            where = (instrument, order.side, order.ord_type, order.price)
            order.price = self.held_at(*where, order.trigger)
            yield ("OrderRestated", order.order_id, order.qty, order.price, at)

    def _fits_trigger(self, order: Order, c: SimpleNamespace, new: SimpleNamespace) -> bool:
        # Whether a replacement can have the trigger it asks for, which it has then.
        if not order.trigger or not (order.asleep or order.due_ns or order.held):
            return c.trigger is None
        trigger = c.trigger or order.trigger
        has_none = trigger["limit_offset_ticks"] is not None or order.ord_type != "LIMIT"
        if c.price_ticks and has_none:
            return False
        if c.trigger is None:
            return True
        price = 0 if has_none else new.price
        if not oracle_ladder.is_sound_trigger(order.side, order.ord_type, price, trigger):
            return False
        where = (self.instruments[order.instrument], order.side, order.ord_type)
        begun, held = self.begun(*where, price, trigger)
        new.trigger, new.price = begun, held
        return begun is not None
