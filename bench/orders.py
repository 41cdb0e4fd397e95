"""
Orders on every market of every venue's demo world: placed, traded, modified and canceled.

What is drawn depends on what became of it: an order that rests is canceled or modified later.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from countermand.venues import VENUES
from countermand.vocabulary.commands import (
    CancelOrder,
    Command,
    DepositFunds,
    NewOrder,
    ReplaceOrder,
)
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetReferenceData, ListOpenOrders
from countermand.vocabulary.receipt import Receipt

# Of a hundred commands so many place an order, and so many change one; the others cancel one.
PLACES, REPLACES = 52, 12

# Of a hundred orders so many meet the other side of the book.
CROSSING = 25

# With more open orders than this nothing is placed until some are canceled.
OPEN_MAX = 20_000

# How far from the middle an order rests, in ticks.
DEPTH_TICKS = 100

# More than any account can lose.
FUNDS_MINOR = 10**18


class Drawn:
    """Commands as they are drawn, one after another; the same seed draws the same ones."""

    def __init__(self, view: Callable[[Any], Any], seed: int) -> None:
        """Begin with the orders that are open; `view` answers queries."""
        self._chance = random.Random(seed)
        data = view(GetReferenceData())
        self._markets = [each for each in data.instruments if each.trading_state.matches]
        self._accounts = {
            venue: [a.account_id for a in data.accounts if a.venue == venue] for venue in VENUES
        }
        self._assets = {
            venue: [a.asset_id for a in data.assets if a.venue == venue] for venue in VENUES
        }
        accounts = tuple(account.account_id for account in data.accounts)
        self._open = [
            (now.order_id, now.account_id, now.instrument_id)
            for now in view(ListOpenOrders(accounts))
        ]

    @property
    def account(self) -> AccountId:
        """An account of the first market's venue."""
        return self._accounts[self._markets[0].venue][0]

    def resting(self, account: AccountId) -> NewOrder:
        """Return an order of an account of the first market's venue that no other one meets."""
        market = self._markets[0]
        price = _price(market, Side.BUY, 10 * DEPTH_TICKS, is_crossing=False)
        return self._new(market, account, Side.BUY, price)

    def funding(self) -> list[Command]:
        """Return deposits after which no order is refused for want of money."""
        return [
            DepositFunds(account, asset, FUNDS_MINOR)
            for venue in VENUES
            for account in self._accounts[venue]
            for asset in self._assets[venue]
        ]

    def next(self) -> Command:
        """Return the next command."""
        roll = self._chance.randrange(100)
        if not self._open or (roll < PLACES and len(self._open) < OPEN_MAX):
            return self._place()
        order_id, account, market = self._take()
        if roll < PLACES + REPLACES:
            self._open.append((order_id, account, market))
            return ReplaceOrder(account, market, order_id, "", "", order_qty_lots=10**6)
        return CancelOrder(account, order_id)

    def note(self, receipt: Receipt) -> None:
        """Take note of what became of a command."""
        for event in receipt.events[-1:]:
            for now in event.orders:
                if now.is_open and now.order_id == receipt.seq:
                    self._open.append((now.order_id, now.account_id, now.instrument_id))

    def _take(self) -> tuple[OrderId, AccountId, InstrumentId]:
        at = self._chance.randrange(len(self._open))
        self._open[at], self._open[-1] = self._open[-1], self._open[at]
        return self._open.pop()

    def _place(self) -> NewOrder:
        chance, market = self._chance, self._chance.choice(self._markets)
        account = chance.choice(self._accounts[market.venue])
        side = chance.choice((Side.BUY, Side.SELL))
        is_crossing = chance.randrange(100) < CROSSING
        price = _price(market, side, chance.randint(1, DEPTH_TICKS), is_crossing=is_crossing)
        return self._new(market, account, side, price)

    def _new(self, market: Instrument, account: AccountId, side: Side, price: int) -> NewOrder:
        terms = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, _lots(market, price), price)
        name = f"c{self._chance.getrandbits(48):012x}"
        return NewOrder(account, market.instrument_id, name, terms)


def _price(market: Instrument, side: Side, away: int, *, is_crossing: bool) -> int:
    middle = market.reference_price_ticks or market.payout_ticks // 2
    signed = -away if (side is Side.BUY) is not is_crossing else away
    return max(market.limit_down_ticks, min(middle + signed, market.limit_up_ticks or 2**60))


def _lots(market: Instrument, price: int) -> int:
    least = -(-market.notional_minor_min // market.notional_of(price, 1))
    return max(market.order_qty_lots_min, least)
