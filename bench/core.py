"""
The core by itself: commands per second, what a cancel costs in books of growing size, bytes an
order.
"""

from __future__ import annotations

import gc
import random
import statistics
import time
import tracemalloc
from collections.abc import Iterator

from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    DepositFunds,
    Entry,
    ListInstrument,
    NewOrder,
    OpenAccount,
    RegisterAsset,
    ReplaceOrder,
)
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import FeeBasis, Instrument, InstrumentKind
from countermand.vocabulary.order import OrdType, SelfTradePrevention, Side, TimeInForce
from countermand.vocabulary.reports import Receipt

ACCOUNTS = 20
LEVELS_A_SIDE = 1_000
MIDDLE_TICKS = 600_000
MONTH_NS = 30 * 86_400 * 1_000_000_000


class Market:
    """An exchange with one market and rich accounts, and a source of commands for it."""

    def __init__(self, kind: InstrumentKind, seed: int = 1) -> None:
        self.exchange = Exchange()
        self.chance = random.Random(seed)
        self.setup: list[Command] = []
        quote = self._set_up(RegisterAsset("bench", "USDC", 8))
        base = self._set_up(RegisterAsset("bench", "BTC", 8))
        is_binary = kind is InstrumentKind.BINARY
        listed = Instrument(
            InstrumentId(0), "bench", "BTC", kind, base, quote, 1, 1, 1, 4, 1_000, 10_000,
            maker_fee_ppb=200_000, taker_fee_ppb=400_000, initial_margin_ppb=100_000_000,
            reference_price_ticks=MIDDLE_TICKS,
            payout_ticks=2 * MIDDLE_TICKS if is_binary else 0,
            fee_basis=FeeBasis.VARIANCE if is_binary else FeeBasis.NOTIONAL,
        )  # fmt: skip
        self.instrument_id = InstrumentId(self._set_up(ListInstrument(listed)))
        self.accounts = []
        for index in range(ACCOUNTS):
            account = AccountId(
                self._set_up(OpenAccount("bench", f"user{index}", "main", may_borrow=True))
            )
            self._set_up(DepositFunds(account, quote, 10**24))
            self._set_up(DepositFunds(account, base, 10**24))
            self.accounts.append(account)

    def _set_up(self, command: Command) -> int:
        self.setup.append(command)
        return self.apply(command).seq

    def apply(self, command: Command) -> Receipt:
        """Apply a command as the next entry."""
        seq = self.exchange.seq + 1
        return self.exchange.apply(Entry(seq, seq * 1_000, command))

    def entries(self, commands: list[Command]) -> list[Entry]:
        """Return the commands numbered as the entries to come."""
        first = self.exchange.seq + 1
        return [Entry(first + i, (first + i) * 1_000, c) for i, c in enumerate(commands)]

    def resting(self, count: int) -> Iterator[NewOrder]:
        """Yield orders that rest: prices around the middle, each on its own side of it."""
        for index in range(count):
            side = self.chance.choice((Side.BUY, Side.SELL))
            distance = self.chance.randint(1, LEVELS_A_SIDE)
            yield self.order(index, side, -distance if side is Side.BUY else distance)

    def order(self, index: int, side: Side, distance: int) -> NewOrder:
        """Return a limit order at a distance from the middle."""
        account = self.accounts[index % ACCOUNTS]
        name = f"c{self.exchange.seq}-{index}"
        return NewOrder(
            account, self.instrument_id, name, side, OrdType.LIMIT, TimeInForce.GTC, 100,
            MIDDLE_TICKS + distance, MONTH_NS, 0, SelfTradePrevention.BOTH,
        )  # fmt: skip

    def fill(self, count: int) -> list[tuple[AccountId, OrderId]]:
        """Let `count` orders rest and return them."""
        receipts = [self.apply(order) for order in self.resting(count)]
        return [(r.orders[0].account_id, r.orders[0].order_id) for r in receipts]


def seconds_for(market: Market, commands: list[Command]) -> float:
    """Return how long the commands take, without the collector in between."""
    entries, apply = market.entries(commands), market.exchange.advance
    gc.collect()
    gc.disable()
    started = time.perf_counter()
    for entry in entries:
        apply(entry)
    took = time.perf_counter() - started
    gc.enable()
    return took


def cancels_per_s(kind: InstrumentKind, resting: int = 10_000, rounds: int = 5) -> float:
    """
    Return the rate at which a book of that size is canceled empty, at random; the median round.
    """
    market, rates = Market(kind), []
    for _ in range(rounds):
        orders = market.fill(resting)
        market.chance.shuffle(orders)
        rates.append(resting / seconds_for(market, [CancelOrder(*which) for which in orders]))
    return statistics.median(rates)


def mixed_per_s(kind: InstrumentKind, count: int = 100_000) -> float:
    """Return the rate of a mix: 45 % places of which a tenth trade, 45 % cancels, 10 % replaces."""
    market = Market(kind)
    live = market.fill(5_000)
    commands: list[Command] = []
    first, chance = market.exchange.seq + 1, market.chance
    for index in range(count):
        draw = chance.random()
        if draw < 0.45:
            side = chance.choice((Side.BUY, Side.SELL))
            away = -chance.randint(1, 100) if chance.random() < 0.1 else chance.randint(1, 1_000)
            order = market.order(index, side, -away if side is Side.BUY else away)
            commands.append(order)
            live.append((order.account_id, OrderId(first + index)))
        elif draw < 0.9:
            commands.append(CancelOrder(*live.pop(chance.randrange(len(live)))))
        else:
            account, order_id = live[chance.randrange(len(live))]
            qty = chance.randint(50, 150)
            commands.append(ReplaceOrder(account, market.instrument_id, order_id, "", "", 0, qty))
    return count / seconds_for(market, commands)


def cancel_cost_us(resting: int, rounds: int = 5, cancels: int = 1_000) -> float:
    """
    Return what a cancel costs in a book of `resting` orders, in microseconds, the best of some
    rounds.

    The orders canceled are taken at random from the whole book, which is filled up again each
    round.
    """
    market = Market(InstrumentKind.PERPETUAL)
    live, best = market.fill(resting), float("inf")
    for _ in range(rounds):
        market.chance.shuffle(live)
        chosen = [live.pop() for _ in range(cancels)]
        took = seconds_for(market, [CancelOrder(*which) for which in chosen])
        best = min(best, took / cancels * 1e6)
        live += market.fill(cancels)
    return best


def bytes_per_resting_order(count: int = 50_000) -> float:
    """Return the memory one resting order takes, all its indexes included."""
    market = Market(InstrumentKind.PERPETUAL)
    orders = list(market.resting(count))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for order in orders:
        market.apply(order)
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / count
