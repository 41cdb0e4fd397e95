"""
What a venue rounds: of any order with several fills, the fees are those its document names.

Each rule is written here in fractions, from the document and not from the exchange. A rule of
rounding is a rule for every venue: one that is not in the table fails.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.ids import AccountId, AssetId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import GetAccount, ListFills
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.vocabulary.units import PPB

# How far from the middle orders stand, in ticks.
_REACH = 30

Charge = tuple[AssetId, int]
Rule = Callable[[Desk, Instrument, list[Fill]], list[Charge]]


def rate(instrument: Instrument, fill: Fill) -> Fraction:
    """Return the rate of a fill's side."""
    ppb = instrument.maker_fee_ppb if fill.is_maker else instrument.taker_fee_ppb
    return Fraction(ppb, PPB)


def of_value(desk: Desk, instrument: Instrument, fills: list[Fill]) -> list[Charge]:
    """Return price x quantity x rate, in the quote asset, cut to its digits."""
    charges = []
    for fill in fills:
        value = instrument.notional_of(fill.last_px_ticks, fill.last_qty_lots)
        charges.append((instrument.quote_asset_id, math.trunc(value * rate(instrument, fill))))
    return charges


def of_received(desk: Desk, instrument: Instrument, fills: list[Fill]) -> list[Charge]:
    """Return the rate of what a fill brings, in the asset it brings, cut to its digits."""
    charges = []
    for fill in fills:
        buys = fill.terms.side is Side.BUY
        asset_id = instrument.base_asset_id if buys else instrument.quote_asset_id
        brings = fill.last_qty_lots * instrument.lot_minor
        if not buys:
            brings = instrument.notional_of(fill.last_px_ticks, fill.last_qty_lots)
        charges.append((asset_id, math.trunc(brings * rate(instrument, fill))))
    return charges


def in_cents(desk: Desk, instrument: Instrument, fills: list[Fill]) -> list[Charge]:
    """
    Return rate x contracts x p x (1 - p), each fill's rounded half to even to a cent.

    Takers pay no more in all than their rounded sum, and a fee is only ever reduced by that; a
    rebate is each fill's own.
    """
    cent = 10 ** (desk.directory.assets[instrument.quote_asset_id].scale - 2)
    charges: list[Charge] = []
    exact_sum, charged = Fraction(0), 0
    for fill in fills:
        likely = Fraction(fill.last_px_ticks, instrument.payout_ticks)
        contracts = fill.last_qty_lots * instrument.payout_minor
        exact = rate(instrument, fill) * contracts * likely * (1 - likely) / cent
        fee = round(exact)
        if not fill.is_maker:
            exact_sum += exact
            fee = min(fee, round(exact_sum) - charged)
            charged += fee
        charges.append((instrument.quote_asset_id, fee * cent))
    return charges


RULES: dict[str, Rule] = {
    # "Commission is taken from the asset received", at times a smallest unit lower: logged fills.
    "deltadefi": of_received,
    # The manual names no fee of the exchange; a world may set one, as a part of the value.
    "autoshares": of_value,
    # Captured: 52500 x 0.01 x 0.0002 = 0.105.
    "coinbase-intx": of_value,
    # Out of the token that is bought; fees are floored to the token's digits.
    "loopring": of_received,
    # "Fee Schedule", "Fee Rules".
    "polymarket-us": in_cents,
}


class Table:
    """A venue's demo world, and two who trade in one of its markets."""

    def __init__(self, venue: str, market: int) -> None:
        self.desk = Desk(VENUES[venue])
        instruments = list(self.desk.directory.instruments.values())
        self.instrument = instruments[market % len(instruments)]
        self.traders = [self.desk.accounts(owner)[0].account_id for owner in ("alice", "bob")]

    def order(self, account_id: AccountId, side: Side, lots: int, ticks: int) -> OrderReport:
        """Enter a limit order that is taken."""
        terms = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks)
        receipt = self.desk.engine.enter(
            NewOrder(account_id, self.instrument.instrument_id, "", terms)
        )
        return receipt.orders[0]

    def lots(self, more: int, ticks: int) -> int:
        """Return a quantity that the market takes at a price, and so many lots more."""
        least = -(-self.instrument.notional_minor_min // self.instrument.notional_of(ticks, 1))
        return max(self.instrument.order_qty_lots_min, least) + more

    def money(self) -> Counter[AssetId]:
        """Return what both have together, by asset."""
        held: Counter[AssetId] = Counter()
        for account_id in self.traders:
            for one in self.desk.engine.view(GetAccount(account_id)).balances:
                held[one.asset_id] += one.total_minor
        return held


@pytest.mark.parametrize("venue", VENUES)
@settings(max_examples=40)
@given(
    market=st.integers(0, 3),
    buys=st.booleans(),
    parts=st.lists(st.tuples(st.integers(0, 400), st.integers(0, _REACH)), min_size=1, max_size=8),
)
def test_fees_of_an_order_are_those_of_its_document(
    venue: str, market: int, buys: bool, parts: list[tuple[int, int]]
) -> None:
    """Order by order, fill by fill, and what both traders have is less by just their sum."""
    table = Table(venue, market)
    (alice, bob), side = table.traders, Side.BUY if buys else Side.SELL
    middle = table.instrument.reference_price_ticks or table.instrument.payout_ticks // 2
    before, total = table.money(), 0
    for more, away in parts:
        ticks = middle + away if buys else middle - away
        lots = table.lots(more, middle - _REACH)
        total += lots
        table.order(bob, side.opposite, lots, ticks)
    last = table.order(alice, side, total, middle + _REACH if buys else middle - _REACH)
    assert last.cum_qty_lots == total

    expected: Counter[AssetId] = Counter()
    for account_id in (alice, bob):
        fills = table.desk.engine.view(ListFills((account_id,)))[::-1]
        by_order: dict[int, list[Fill]] = {}
        for fill in fills:
            by_order.setdefault(fill.order_id, []).append(fill)
        for own in by_order.values():
            charges = RULES[venue](table.desk, table.instrument, own)
            assert [fill.fee_minor for fill in own] == [minor for _, minor in charges]
            for asset_id, minor in charges:
                expected[asset_id] += minor
    after = table.money()

    assert {a: before[a] - after[a] for a in before | after} == {
        a: expected[a] for a in before | after
    }
