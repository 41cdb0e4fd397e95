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
from countermand.vocabulary.commands import Entry
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId, OrderId
from countermand.vocabulary.order import OrdStatus
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
from countermand.vocabulary.reports import OrderReport, Receipt


def plain(value: Any) -> Any:
    """Return a core value in the oracle's words: names for enums, dicts for structs."""
    if isinstance(value, IntEnum):
        return value.name
    if isinstance(value, Struct):
        return {name: plain(item) for name, item in asdict(value).items()}
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value


def plain_event(event: Struct) -> tuple[Any, ...]:
    """Return an event as the oracle states it: its name, its fields."""
    return (type(event).__name__, *(plain(value) for value in asdict(event).values()))


class Twin:
    """The core and the oracle side by side; any difference is an AssertionError."""

    def __init__(self, oracle: Oracle | None = None) -> None:
        self.exchange, self.oracle = Exchange(), oracle or Oracle()
        self.seq = self.ts_ns = 0

    def apply(self, command: Any, *, after_ns: int = 1) -> Receipt:
        """Give both the command as the next entry, and compare what happened."""
        self.seq, self.ts_ns = self.seq + 1, self.ts_ns + after_ns
        name = re.sub("(?<!^)([A-Z])", r"_\1", type(command).__name__).lower()
        expected = self.oracle.apply(self.seq, self.ts_ns, name, SimpleNamespace(**plain(command)))
        receipt = self.exchange.apply(Entry(self.seq, self.ts_ns, command))

        assert [plain_event(event) for event in receipt.events] == expected
        for report in receipt.orders:
            self._compare_order(report)
        return receipt

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
            report.price_ticks,
            report.order_qty_lots,
            report.cum_qty_lots,
            report.leaves_qty_lots,
            report.fee_minor,
            report.text,
            report.secondary_cl_ord_id,
            report.cash_qty_minor,
            report.reject_reason and report.reject_reason.name,
            report.time_in_force.name,
            report.exec_inst,
            report.expire_ns,
            report.position_effect.name,
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
