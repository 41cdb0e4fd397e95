"""
The twin: every entry goes through the core and the oracle, and all that can be seen is compared.

This is the adapter between them: the oracle speaks plain values, with enums by their names.
"""

import re
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from tests.core.oracle import CLEARING, EXTERNAL, FEES, Oracle

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import Entry, NewOrder, RecordRejected, ReplaceOrder
from countermand.vocabulary.events import (
    CancelRejected,
    Event,
    InstructionRejected,
    MassCanceled,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderStaged,
    OrderTriggered,
    RequestDue,
    RequestPended,
    SlotTaken,
    Traded,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.order import OrderTerms, OrdStatus, Outcome, Pending, Standing
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    GetQuote,
    ListOpenOrders,
    ListOrders,
    ListSlots,
    ListTrades,
)
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport


def plain(value: Any) -> Any:
    """Return a core value in the oracle's words: names for enums, dicts for structs."""
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, NewOrder):
        return _plain_order(value)
    if isinstance(value, RecordRejected):
        names = (value.account_id, value.instrument_id, "")
        kept = NewOrder(*names, value.terms, keep_rejected=True)
        return _plain_order(kept) | {"reason": value.reason.name}
    if isinstance(value, Struct):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value


def _plain_order(command: NewOrder) -> dict[str, Any]:
    # The oracle has an order's terms beside what it is called.
    flat = plain_terms(command.terms)
    slot = flat.pop("slot") or {"slot": 0, "number": 0}
    assert command.terms.cash is None or command.terms.cash.of is Outcome.YES
    return {
        "account_id": command.account_id,
        "instrument_id": command.instrument_id,
        "cl_ord_id": command.cl_ord_id,
        "keep_rejected": command.keep_rejected,
        "needs_liquidity": command.needs_liquidity,
        "delay_ns": command.delay_ns,
        "slot": slot["slot"],
        "slot_number": slot["number"],
        **flat,
    }


def plain_terms(terms: OrderTerms) -> dict[str, Any]:
    """Return terms in the oracle's words; cash is plain money there."""
    flat = {name: plain(item) for name, item in asdict(terms).items()}
    del flat["cash"]
    return flat | {"cash_qty_minor": terms.cash_minor}


def plain_command(command: Any) -> SimpleNamespace:
    """Return a command as the oracle reads it."""
    flat = plain(command)
    if isinstance(command, ReplaceOrder):
        ends = flat.pop("policy") == "CANCEL_EXECUTED"
        flat["cancel_if_executed"] = ends
    return SimpleNamespace(**flat)


def _stated(now: OrderReport) -> dict[str, Any]:
    # An order as the oracle states one that was taken.
    flat = plain_terms(now.terms)
    return {
        "order_id": now.order_id,
        "account_id": now.account_id,
        "instrument_id": now.instrument_id,
        "cl_ord_id": now.cl_ord_id,
        "side": flat["side"],
        "ord_type": flat["ord_type"],
        "time_in_force": flat["time_in_force"],
        "exec_inst": flat["exec_inst"],
        "stp": flat["stp"],
        "price_ticks": flat["price_ticks"],
        "order_qty_lots": flat["order_qty_lots"],
        "expire_ns": flat["expire_ns"],
        "text": flat["text"],
        "secondary_cl_ord_id": flat["secondary_cl_ord_id"],
        "cash_qty_minor": flat["cash_qty_minor"],
        "position_effect": flat["position_effect"],
        "trigger": flat["trigger"],
        "link": flat["link"],
        "schedule": flat["schedule"],
    }


def plain_events(event: Event) -> list[tuple[Any, ...]]:
    """Return an event as the oracle states it: its name, its fields; one may be two of its own."""
    name = type(event).__name__
    match event:
        case OrderAccepted(order):
            stated = (name, *_stated(order).values())
            is_later = order.due_ns > 0 and order.standing is Standing.PENDING
            assert is_later is (order.pending is Pending.NEW)
            if order.standing is Standing.ARMED:
                return [stated, ("Sleeps", order.order_id)]
            rests = order.standing not in (Standing.PENDING, Standing.HELD)
            return [stated, ("OrderRested", order.order_id)] if rests else [stated]
        case OrderRejected(account_id, cl_ord_id, reason, order):
            return [(name, account_id, cl_ord_id, reason.name, order and _stated(order))]
        case InstructionRejected(reason):
            return [(name, reason.name)]
        case OrderRested(order) | OrderExpired(order):
            return [(name, order.order_id)]
        case OrderCanceled(order):
            return [(name, order.order_id, order.cancel_reason.name)]
        case OrderRestated(order):
            terms, trigger = order.terms, order.terms.trigger
            at = trigger.price_ticks if trigger else 0
            return [(name, order.order_id, terms.order_qty_lots, terms.price_ticks, at)]
        case _:
            return [_plain_event(event)]


def _pendings(reports: tuple[OrderReport, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((now.order_id, now.pending.name) for now in reports)


def _plain_event(event: Event) -> tuple[Any, ...]:
    name = type(event).__name__
    match event:
        case OrderReleased(order):
            return (name, order.order_id, order.standing.name)
        case OrderTriggered(order):
            return (name, order.order_id)
        case RequestPended(number, due_ns, _, reports):
            return (name, number, due_ns, _pendings(reports))
        case RequestDue(number, reports):
            return (name, number, _pendings(reports))
        case _:
            return _plain_answer(event)


def _plain_answer(event: Event) -> tuple[Any, ...]:
    name = type(event).__name__
    match event:
        case OrderReplaced(now, keeps):
            changed = (now.cl_ord_id, now.terms.price_ticks, now.terms.order_qty_lots, keeps)
            style = (now.terms.expire_ns, now.terms.exec_inst, now.terms.text)
            style = (*style, plain(now.terms.trigger), plain(now.terms.link))
            return (name, now.order_id, *changed, now.terms.time_in_force.name, *style)
        case Traded(match_id, maker, taker, price_ticks, qty_lots):
            ids = (match_id, taker.instrument_id, maker.order_id, taker.order_id)
            fees = (event.maker_fee_minor, event.taker_fee_minor)
            return (name, *ids, price_ticks, qty_lots, *fees)
        case CancelRejected():
            order_id = event.order_id or 0
            status, why = plain(event.ord_status), plain(event.reject_reason)
            what = (event.response_to.name, order_id, event.cl_ord_id, event.cxl_rej_reason.name)
            return (name, *what, status, why)
        case MassCanceled(_, total):
            return (name, total)
        case OrderStaged(now, keep, needs):
            named = (now.account_id, now.instrument_id, now.cl_ord_id)
            order = NewOrder(*named, now.terms, keep, needs)
            return (name, now.order_id, now.due_ns, plain(order))
        case SlotTaken(account_id, asset_id, slot, order_id):
            use = {"slot": slot.slot, "number": slot.number, "order_id": order_id}
            return (name, account_id, asset_id, use)
        case _:
            return (name, *(plain(value) for value in asdict(event).values()))


class Twin:
    """The core and the oracle side by side; any difference is an AssertionError."""

    def __init__(self, oracle: Oracle | None = None) -> None:
        self.exchange, self.oracle = Exchange(), oracle or Oracle()
        self.seq = self.ts_ns = 0
        self._prices: dict[int, int] = {}
        self._unpriced: set[int] = set()

    def apply(self, command: Any, *, after_ns: int = 1) -> Receipt:
        """Give both the command as the next entry, and compare what happened."""
        self.seq, self.ts_ns = self.seq + 1, self.ts_ns + after_ns
        name = re.sub("(?<!^)([A-Z])", r"_\1", type(command).__name__).lower()
        expected = self.oracle.apply(self.seq, self.ts_ns, name, plain_command(command))
        receipt = self.exchange.apply(Entry(self.seq, self.ts_ns, command))

        actual = [row for event in receipt.events for row in plain_events(event)]
        assert actual == [self._at_its_price(row) for row in expected]
        self._compare_pictures(receipt)
        for report in receipt.orders:
            self._compare_order(report)
        return receipt

    def _at_its_price(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        # An order that is restated in quantity alone stands at the price it was last stated at.
        match row:
            case ("OrderAccepted", order_id, *_):
                self._prices[order_id] = row[10]
                if not row[10]:
                    self._unpriced.add(order_id)
            case ("OrderReleased", order_id, *_) if order_id in self._unpriced:
                # A market order that is let in anew has no bound until it comes to the book.
                self._prices[order_id] = 0
            case ("OrderReplaced", order_id, _, price_ticks, *_):
                self._prices[order_id] = price_ticks
            case ("OrderRestated", order_id, qty_lots, price_ticks, at):
                self._prices[order_id] = price_ticks or self._prices[order_id]
                return ("OrderRestated", order_id, qty_lots, self._prices[order_id], at)
        return row

    def _compare_pictures(self, receipt: Receipt) -> None:
        # What an order's last event shows is what is shown of it afterwards, while it is known.
        last = {now.order_id: now for event in receipt.events for now in event.orders}
        for now in last.values():
            assert self.exchange.query(GetOrder(now.account_id, now.order_id)) in (now, None)

    def compare(self) -> None:
        """Compare everything there is: balances, positions, books, open orders and due times."""
        assert self._balances() == self.oracle.balances()
        assert self._margins() == self.oracle.margins()
        for instrument_id in self.oracle.instruments:
            self._compare_book(InstrumentId(instrument_id))
            self._compare_market(InstrumentId(instrument_id))
        self._compare_open_orders()
        self._compare_all_orders()
        assert self.exchange.next_due_ns() == self.oracle.next_due_ns()

    def _compare_order(self, report: OrderReport) -> None:
        expected = self.oracle._by_id(report.order_id)
        actual = (
            report.ord_status.name,
            report.cl_ord_id,
            report.terms.price_ticks,
            report.terms.order_qty_lots,
            report.cum_qty_lots,
            report.leaves_qty_lots,
            report.fee_minor,
            report.terms.text,
            report.terms.secondary_cl_ord_id,
            report.terms.cash_minor,
            report.reject_reason and report.reject_reason.name,
            report.terms.time_in_force.name,
            report.terms.exec_inst,
            report.terms.expire_ns,
            report.terms.position_effect.name,
            report.pending.name,
            report.due_ns,
            report.standing.name,
            plain(report.terms.trigger),
            plain(report.terms.link),
            plain(report.terms.schedule),
        )
        assert actual == (
            expected.status,
            expected.cl_ord_id,
            expected.price,
            expected.qty,
            expected.cum,
            expected.leaves,
            expected.charged,
            expected.text,
            expected.secondary,
            expected.cash,
            expected.reason,
            expected.time_in_force,
            expected.exec_inst,
            expected.expire_ns,
            expected.effect,
            self.oracle.pending(expected),
            (expected.due_ns or expected.next_ns) if expected.is_open else 0,
            expected.standing,
            expected.trigger,
            expected.link,
            expected.schedule,
        )

    def _balances(self) -> dict[tuple[int, int], tuple[int, int]]:
        pairs = {}
        for account_id in (*self.oracle.accounts, EXTERNAL, FEES, CLEARING):
            for balance in self.exchange.query(GetAccount(AccountId(account_id))).balances:
                pair = (balance.total_minor, balance.hold_minor)
                if any(pair):
                    pairs[account_id, balance.asset_id] = pair
        return pairs

    def _margins(self) -> dict[tuple[int, int], tuple[int, ...]]:
        rows: dict[tuple[int, int], tuple[int, ...]] = {}
        for account_id in self.oracle.accounts:
            for position in self.exchange.query(GetAccount(AccountId(account_id))).positions:
                row = (
                    position.net_lots,
                    position.cost_minor,
                    position.realized_minor,
                    position.open_buy_lots,
                    position.open_sell_lots,
                    position.margin_minor,
                    position.bought_lots,
                    position.sold_lots,
                    position.fee_minor,
                    position.transact_ns,
                )
                if any(row):
                    rows[account_id, position.instrument_id] = row
        return rows

    def _compare_book(self, instrument_id: InstrumentId) -> None:
        depth = self.exchange.query(GetDepth(instrument_id, levels_max=1000))
        for side, levels in (("BUY", depth.bids), ("SELL", depth.asks)):
            expected: dict[int, int] = {}
            for order in self.oracle.book(instrument_id, side):
                if order.whole:
                    continue
                expected[order.price] = expected.get(order.price, 0) + order.leaves
            assert levels == tuple(expected.items())

    def _compare_market(self, instrument_id: InstrumentId) -> None:
        quote = self.exchange.query(GetQuote(instrument_id))
        assert quote.settled_px_ticks == self.oracle.settled.get(instrument_id)
        tape = [
            (t.match_id, t.aggressor_side.name, t.price_ticks, t.qty_lots, t.ts_ns)
            for t in self.exchange.query(ListTrades(instrument_id))
        ]
        assert tape == self.oracle.trades.get(instrument_id, [])[::-1]

    def _compare_all_orders(self) -> None:
        for account_id in map(AccountId, self.oracle.accounts):
            expected = self.oracle.orders_of(account_id)
            page = self.exchange.query(ListOrders((account_id,)))
            assert (page.total, [o.order_id for o in page.orders]) == (
                len(expected),
                [o.order_id for o in expected],
            )
            for report in page.orders:
                self._compare_order(report)
            self._compare_aliases(account_id)
            for asset_id in map(AssetId, self.oracle.assets):
                used = self.oracle.slots.get((account_id, asset_id), {})
                uses = self.exchange.query(ListSlots(account_id, asset_id))
                assert {u.slot: (u.number, u.order_id) for u in uses} == used

    def _compare_aliases(self, account_id: AccountId) -> None:
        for name in {o.secondary for o in self.oracle.orders if o.account == account_id} - {""}:
            expected = self.oracle._find(account_id, 0, ("", name), 0)
            zero = OrderId(0)
            report = self.exchange.query(GetOrder(account_id, zero, secondary_cl_ord_id=name))
            assert (report and report.order_id) == (expected and expected.order_id)

    def _compare_open_orders(self) -> None:
        accounts = tuple(AccountId(account_id) for account_id in self.oracle.accounts)
        reports = self.exchange.query(ListOpenOrders(accounts))
        for report in reports:
            assert report.ord_status in (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED)
            self._compare_order(report)
        actual = sorted(report.order_id for report in reports)
        assert actual == sorted(o.order_id for o in self.oracle.orders if o.is_open)
