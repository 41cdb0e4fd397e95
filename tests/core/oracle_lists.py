"""
The oracle's lists: orders that act on each other.

What a pair shares is what an order was last told of it, and it is told when that has changed.
"""

from collections.abc import Iterator
from copy import copy
from types import SimpleNamespace
from typing import Any

from tests.core import oracle_ladder
from tests.core import oracle_money as money
from tests.core.oracle_order import REDUCE_ONLY, Order, new_terms

Event = tuple[Any, ...]

_CHANGES = ("OrderCanceled", "OrderExpired", "OrderReplaced", "OrderRestated", "OrderReleased")


class Lists:
    """Linked orders; all else is the oracle's."""

    seq: int
    passed: int
    ts_ns: int
    live: list[Order]
    orders: list[Order]
    forgotten: list[Order]
    links: dict[int, dict[str, Any]]
    accounts: dict[int, SimpleNamespace]
    instruments: dict[int, SimpleNamespace]

    def __getattr__(self, name: str) -> Any:
        """Whatever else is the oracle's."""
        raise AttributeError(name)

    def on_new_order_list(self, c: SimpleNamespace) -> list[Event]:
        """All or none are taken, and all are held back at first."""
        orders = [SimpleNamespace(**order) for order in c.orders]
        if not self._can_be(c, orders):
            return [("ListRejected", c.account_id, 0, "INVALID_LIST")]
        names: list[str] = []
        for at, order in enumerate(orders):
            is_child = c.first_lets_in and at > 0
            reason = oracle_ladder.why_not_new(self, order, is_child=is_child)
            if reason is None and order.cl_ord_id in names:
                reason = "DUPLICATE_CL_ORD_ID"
            if reason:
                return [("ListRejected", c.account_id, at, reason)]
            names += [order.cl_ord_id] * (order.cl_ord_id != "")
        list_id, count = self.seq, len(orders)
        made = [self._held_back(c, list_id, at, order) for at, order in enumerate(orders)]
        told = [self._hold_back(terms) for terms in made]
        self.passed, self.seq = self.passed + count, self.seq + count
        ids = tuple(range(list_id + 1, list_id + 1 + count))
        listed = ("ListAccepted", c.account_id, list_id, ids, c.contingency)
        return [("NumbersPassed", count), *told, listed]

    @staticmethod
    def _can_be(c: SimpleNamespace, orders: list[SimpleNamespace]) -> bool:
        let_in = orders[1:] if c.first_lets_in else []
        pair = 2
        if c.contingency != "NONE":
            if len(orders) - c.first_lets_in != pair:
                return False
        elif not 1 <= len(let_in) <= 10:
            return False
        return not any(
            order.account_id != c.account_id
            or order.instrument_id != orders[0].instrument_id
            or order.slot_number
            or order.schedule
            for order in orders
        ) and not any(o.cash_qty_minor or (o.ord_type != "LIMIT" and o.price_ticks) for o in let_in)

    def _held_back(
        self, c: SimpleNamespace, list_id: int, at: int, asked: SimpleNamespace
    ) -> dict[str, Any]:
        instrument, is_child = self.instruments[asked.instrument_id], c.first_lets_in and at > 0
        trigger, price, qty = asked.trigger, asked.price_ticks, asked.order_qty_lots
        if not is_child:
            price = price or self._market_bound(instrument, asked.side)
            qty = self._sized(asked)
            if trigger:
                where = (instrument, asked.side, asked.ord_type, asked.price_ticks)
                trigger, price = self.begun(*where, trigger)
        only = REDUCE_ONLY if self.accounts[asked.account_id].reduce_only else 0
        order_id = list_id + 1 + at
        terms: dict[str, Any] = self._terms(asked, order_id, asked.exec_inst | only, price, qty)
        pairs = is_child or not c.first_lets_in
        terms["trigger"] = trigger
        terms["link"] = {
            "list_id": list_id,
            "count": len(c.orders),
            "contingency": c.contingency if pairs else "NONE",
            "is_child": is_child,
            "order_qty_lots": qty,
        }
        return terms

    def _hold_back(self, terms: dict[str, Any]) -> Event:
        order = self._order(terms)
        order.held, order.share = True, (0, 0, 0)
        self.links[order.order_id] = terms["link"]
        self._admit(order)
        return ("OrderAccepted", *terms.values())

    # What a pair holds.

    def partner_of(self, order: Order) -> Order | None:
        """Return the other of a pair, if there is one."""
        number = self._partner_id(order)
        return next((o for o in self.orders + self.forgotten if o.order_id == number), None)

    @staticmethod
    def _partner_id(order: Order) -> int:
        link = order.link
        if not link or link["contingency"] == "NONE":
            return 0
        last = link["list_id"] + link["count"]
        return int(last - 1 if order.order_id == last else last)

    def shared(self, order: Order) -> tuple[int, int, int] | None:
        """Return what the first of a pair holds for the second: lots, notional, money."""
        other = self.partner_of(order)
        if other is None or other.order_id > order.order_id or not other.is_open:
            return None
        if other.held or other.side != order.side:
            return None
        return (*self.counted(other)[:2], self._need(other))

    def _need(self, order: Order) -> int:
        instrument = self.instruments[order.instrument]
        terms = (order.side, order.price, order.leaves)
        return money.order_hold(instrument, *terms, order.paid)

    def counted(self, order: Order) -> tuple[int, int, int]:
        """Return what of an order is on order, what that is worth, and what it holds itself."""
        if order.held:
            return (0, 0, 0)
        there = order.share or (0, 0, 0)
        unit = self.instruments[order.instrument].notional_minor
        worth = order.price * order.leaves * unit
        whole = (order.leaves, worth, self._need(order))
        lots, notional, held = (max(0, a - b) for a, b in zip(whole, there, strict=True))
        return lots, notional, held

    # What one does to the others.

    def _act_on_list(self, event: Event) -> Iterator[list[Event]]:
        name = event[0]
        for order_id in event[3] if name == "ListAccepted" else ():
            found = [o for o in self.live if o.order_id == order_id and o.held]
            if found and not self.links[order_id]["is_child"]:
                yield self._let_in(found[0], found[0].qty)
        ids: tuple[int, ...] = event[3:5] if name == "Traded" else ()
        if name in _CHANGES:
            ids = event[1:2]
        for link in [self.links[order_id] for order_id in ids if order_id in self.links]:
            first = link["list_id"] + 1
            for leg in range(first, first + link["count"]):
                for order in [o for o in self.live if o.order_id == leg]:
                    if told := self._adjust(order):
                        yield told

    def _is_over(self, order: Order) -> bool:
        # Whether what its partner did ends it.
        if not self._partner_id(order):
            return False
        other = self.partner_of(order)
        ended = other is None or not other.is_open
        if order.link and order.link["contingency"] == "OUO":
            return ended
        return order.cum == 0 and (ended or (other is not None and other.cum > 0))

    def _parent(self, order: Order) -> Order | None:
        if not order.link or not order.link["is_child"]:
            return None
        first = order.link["list_id"] + 1
        return next((o for o in self.orders + self.forgotten if o.order_id == first), None)

    def _is_of_a_living_list(self, order: Order) -> bool:
        # Its orders are known as long as one of them is open.
        number = order.link and order.link["list_id"]
        return any(o.link and o.link["list_id"] == number for o in self.live)

    def _goes_on(self, order: Order) -> bool:
        # Whether what has traded all of it has been let in for more, or may be.
        parent, link = self._parent(order), order.link
        if parent is None or not link:
            return False
        other = self.partner_of(order) if link["contingency"] == "OUO" else None
        lost = other.cum if other else 0
        if link["order_qty_lots"] - lost <= order.cum:
            return False
        let_in = min(link["order_qty_lots"], parent.cum) - lost
        return bool(parent.is_open or let_in > order.cum)

    def _allowed(self, order: Order) -> int:
        link, parent = order.link or {}, self._parent(order)
        lots = link["order_qty_lots"]
        if link["is_child"]:
            if parent is None and not order.held:
                return order.qty
            lots = min(lots, parent.cum if parent else 0)
        other = self.partner_of(order)
        if link["contingency"] == "OUO" and other:
            lots -= other.cum
        return int(lots)

    def _adjust(self, order: Order) -> list[Event]:
        link = order.link or {}
        if self._is_over(order):
            return [self._cancel(order, "LINKED")]
        is_child = link["is_child"]
        if not is_child and (order.held or link["contingency"] == "NONE"):
            return []
        follows = is_child or link["contingency"] == "OUO"
        lots = self._allowed(order) if follows else order.qty
        if lots <= order.cum:
            return self._used_up(order)
        grows = lots > order.qty and not order.asleep and not order.arriving and not order.due_ns
        if order.held or grows:
            return self._let_in(order, lots)
        share = self.shared(order)
        if lots == order.qty and share == order.share:
            return []
        order.qty, order.share = lots, share
        return [("OrderRestated", order.order_id, order.qty, order.price, order.trigger_px)]

    def _used_up(self, order: Order) -> list[Event]:
        parent = self._parent(order)
        if parent is None or not parent.is_open:
            return [self._cancel(order, "LINKED")]
        if order.held or not order.link:
            return []
        order.held, order.asleep, order.arriving = True, False, False
        order.qty, order.share = order.link["order_qty_lots"], (0, 0, 0)
        return [("OrderRestated", order.order_id, order.qty, order.price, order.trigger_px)]

    def _let_in(self, order: Order, lots: int) -> list[Event]:
        wanted, instrument = copy(order), self.instruments[order.instrument]
        wanted.held, wanted.qty = False, lots
        sleeps = order.held and bool(order.trigger)
        if sleeps:
            asked = 0 if order.ord_type != "LIMIT" else order.price
            where = (instrument, order.side, order.ord_type, asked)
            wanted.trigger, wanted.price = self.begun(*where, order.trigger)
            if wanted.trigger is None:
                return self._refuse(order, "INVALID_TRIGGER")
        elif order.held and order.ord_type != "LIMIT" and order.link and order.link["is_child"]:
            wanted.price = 0
        wanted.share = self.shared(wanted)
        reason = oracle_ladder.why_not_come_in(self, order, enters=not sleeps, wanted=wanted)
        if reason:
            return self._refuse(order, reason)
        order.held, order.qty = False, lots
        order.trigger, order.price = wanted.trigger, wanted.price
        order.priority, order.share = self._arrival(), wanted.share
        if sleeps:
            order.asleep = True
            return [("OrderReleased", order.order_id, "ARMED"), *self._met_already(order)]
        self._set_out(order)
        return [("OrderReleased", order.order_id, "PENDING")]

    def _refuse(self, order: Order, reason: str) -> list[Event]:
        order.reason = reason
        return [self._cancel(order, "NOT_LET_IN")]

    # On the way through the book.

    @staticmethod
    def _is_partner(maker: Order, taker: Order) -> bool:
        one, other = maker.link, taker.link
        if not one or not other or one["contingency"] == "NONE":
            return False
        return bool(one["list_id"] == other["list_id"])

    @staticmethod
    def _partner_traded(maker: Order, traded: list[tuple[Order, int]]) -> int:
        link = maker.link
        if not link or link["contingency"] == "NONE":
            return 0
        return sum(
            lots
            for other, lots in traded
            if other is not maker
            and other.link
            and other.link["list_id"] == link["list_id"]
            and other.link["contingency"] == link["contingency"]
        )

    def _is_undone(self, maker: Order, traded: list[tuple[Order, int]]) -> bool:
        lots = self._partner_traded(maker, traded)
        is_oco = bool(maker.link) and (maker.link or {})["contingency"] == "OCO"
        return lots > 0 and (is_oco or maker.leaves <= lots)

    @staticmethod
    def _ask_less(order: Order, lots: int) -> None:
        if order.link:
            less = order.link["order_qty_lots"] - lots
            order.link = {**order.link, "order_qty_lots": less}

    def _relink(self, order: Order, c: SimpleNamespace, new: SimpleNamespace) -> None:
        # A quantity is what an order may come to be; of that its list lets in what it does.
        if not order.link or not c.order_qty_lots:
            return
        new.link = {**order.link, "order_qty_lots": new.qty}
        if not order.held:
            was, order.link = order.link, new.link
            new.qty = min(new.qty, self._allowed(order))
            order.link = was

    # All at once.

    def _is_of_a_living_list(self, order: Order) -> bool:
        # Whether one of its list is open.
        number = order.link and order.link["list_id"]
        others = [o for o in self.live if o.link]
        return any(number == o.link["list_id"] for o in others if o.link)

    def on_replace_list(self, c: SimpleNamespace) -> list[Event]:
        """All orders of a list that has not begun to act get their terms, or none does."""
        asked, orders = [SimpleNamespace(**one) for one in c.orders], list[Order]()
        for one in asked:
            names = (one.order_id, (one.cl_ord_id, ""), one.instrument_id)
            found = self._find(c.account_id, *names)
            if found is None or not (found.is_open or self._is_of_a_living_list(found)):
                return [self._cancel_rejected("REPLACE", found, one.cl_ord_id)]
            orders.append(found)
        if not orders:
            return [self._cancel_rejected("REPLACE", None, "")]
        link = orders[0].link or {"list_id": 0, "count": 0}
        ids = list(range(link["list_id"] + 1, link["list_id"] + 1 + link["count"]))
        if [order.order_id for order in orders] != ids:
            return [self._cancel_rejected("REPLACE", orders[0], "", "INVALID_LIST")]
        for order, one in zip(orders, asked, strict=True):
            if not order.is_open or order.cum or (order.trigger and order.trigger["is_met"]):
                named = (order, one.cl_ord_id)
                return [self._cancel_rejected("REPLACE", *named, "LIST_UNDERWAY")]
        if delay_ns := self._delay(c, 2):
            return self._relink_later(c, delay_ns, orders, asked)
        return self._relink_all(c, orders, asked)

    def _relink_later(
        self,
        c: SimpleNamespace,
        delay_ns: int,
        orders: list[Order],
        asked: list[SimpleNamespace],
    ) -> list[Event]:
        for order in orders:
            if self.pending(order) in ("CANCEL", "REPLACE"):
                return [self._cancel_rejected("REPLACE", order, "", why="ALREADY_PENDING")]
        named = tuple(
            {**vars(one), "order_id": order.order_id, "cl_ord_id": ""}
            for one, order in zip(asked, orders, strict=True)
        )
        later = SimpleNamespace(account_id=c.account_id, orders=named, delay_ns=0)
        pended: list[Event] = self._pend(delay_ns, "REPLACE", orders, later)
        return pended

    def _relink_all(
        self, c: SimpleNamespace, orders: list[Order], asked: list[SimpleNamespace]
    ) -> list[Event]:
        pairs: list[tuple[Order, Order]] = []
        for order, one in zip(orders, asked, strict=True):
            new = new_terms(order, one)
            self._relink(order, one, new)
            if not self._fits_trigger(order, one, new):
                return [self._cancel_rejected("REPLACE", order, "", "INVALID_TRIGGER")]
            then = copy(order)
            vars(then).update(vars(new))
            then.arriving = order.stands and not self._keeps_place(order, new)
            pairs.append((order, then))
        for order, then in pairs:
            if not order.held:
                then.share = self._shared_of(order, pairs)
        if refused := oracle_ladder.why_not_relink(self, pairs):
            return [self._cancel_rejected("REPLACE", refused[1], "", refused[0])]
        woken = [order.trigger != then.trigger for order, then in pairs]
        told = []
        for order, then in pairs:
            keeps = self._keeps_place(order, then)
            order.share = then.share
            told.append(self._become(order, oracle_ladder.wording(then), keeps=keeps))
        ids = tuple(order.order_id for order in orders)
        told.append(("ListReplaced", c.account_id, ids[0] - 1, ids))
        for order, then in pairs:
            if then.arriving:
                self._set_out(order)
        for (order, _), is_new in zip(pairs, woken, strict=True):
            told += self._met_already(order) if is_new and order.asleep else []
        return told

    def _shared_of(
        self, order: Order, pairs: list[tuple[Order, Order]]
    ) -> tuple[int, int, int] | None:
        # What the first of a pair is to hold for the second.
        number = self._partner_id(order)
        for now, then in pairs:
            if now.order_id == number < order.order_id and not now.held and now.side == order.side:
                return (*self.counted(then)[:2], self._need(then))
        return None
