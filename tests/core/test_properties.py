"""What is always true, whatever is asked of the exchange."""

import random
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.core.build import ALICE, BOB, CAROL, PERCENT, RAIN, World
from tests.core.traffic import (
    BTC,
    LOOSE_PERP,
    MARKETS,
    PAYOUT,
    PERP,
    SHARES,
    TRADERS,
    USDC,
    Traffic,
    founding,
)

from countermand.core.decide import decide
from countermand.core.exchange import Exchange
from countermand.vocabulary.commands import CancelOrder, Command, DepositFunds, Entry, NewOrder
from countermand.vocabulary.events import Event, Traded
from countermand.vocabulary.ids import (
    CLEARING,
    EXTERNAL,
    FEES,
    AccountId,
    AssetId,
    InstrumentId,
    OrderId,
)
from countermand.vocabulary.order import OrderTerms, OrdType, SelfTradePrevention, Side, TimeInForce
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
    ListOrders,
    PreviewOrder,
)
from countermand.vocabulary.reports import AccountSummary

pytestmark = pytest.mark.usefixtures("small_bounds")

ACCOUNTS = tuple(AccountId(n) for n in TRADERS)
ASSETS = (AssetId(USDC), AssetId(BTC))


def entries_of(seed: int, count: int) -> list[Entry]:
    """Return a founded exchange's entries and `count` of random traffic after them."""
    pick = random.Random(seed).choice
    exchange, traffic = Exchange(), Traffic(pick)
    entries: list[Entry] = []

    def add(command: Command) -> list[Event]:
        entries.append(Entry(len(entries) + 1, 10 * len(entries) + 10, command))
        return list(exchange.apply(entries[-1]).events)

    for command in founding(pick):
        add(command)
    for _ in range(count):
        entry_ns = 10 * len(entries) + 10
        traffic.learn(add(traffic.command(len(entries) + 1, entry_ns)))
    return entries


def after(entries: list[Entry]) -> Exchange:
    """Return an exchange that has applied the entries."""
    exchange = Exchange()
    for entry in entries:
        exchange.apply(entry)
    return exchange


def summary(exchange: Exchange, account_id: AccountId) -> AccountSummary:
    """Return an account that must be there."""
    found: AccountSummary | None = exchange.query(GetAccount(account_id))
    assert found is not None
    return found


def money(exchange: Exchange, account_id: AccountId) -> dict[AssetId, tuple[int, int]]:
    """Return total and hold by asset, where there is anything."""
    balances = summary(exchange, account_id).balances
    pairs = {b.asset_id: (b.total_minor, b.hold_minor) for b in balances}
    return {asset_id: pair for asset_id, pair in pairs.items() if any(pair)}


# A seed stands for a whole journal: it shrinks to a small count, and a failure replays from both.
journals = st.builds(entries_of, st.integers(0, 2**32), st.integers(0, 600))


@given(journals)
def test_every_asset_sums_to_zero(entries: list[Entry]) -> None:
    """Nothing is made and nothing is lost: the house has the other side of all there is."""
    exchange = after(entries)
    customers = [a.account_id for a in exchange.query(GetReferenceData()).accounts]
    sums: dict[int, int] = dict.fromkeys(ASSETS, 0)
    for account_id in (*customers, EXTERNAL, FEES, CLEARING):
        for balance in summary(exchange, account_id).balances:
            sums[balance.asset_id] += balance.total_minor

    assert sums == dict.fromkeys(ASSETS, 0)


@given(journals)
def test_clearing_has_the_other_side_of_what_is_held_on_margin_alone(entries: list[Entry]) -> None:
    """An outcome is paid for between its two sides, and the house is out of it."""
    exchange = after(entries)
    realized = sum(
        position.realized_minor
        for account_id in ACCOUNTS
        for position in summary(exchange, account_id).positions
        if position.instrument_id in (PERP, LOOSE_PERP, SHARES)
    )

    assert money(exchange, CLEARING).get(ASSETS[0], (0, 0)) == (-realized, 0)


@given(journals)
def test_who_is_short_of_an_outcome_holds_all_it_may_pay(entries: list[Entry]) -> None:
    """And nothing is held where there is neither a short position nor an order."""
    exchange = after(entries)
    each = [m.instrument_id for m in exchange.query(GetReferenceData()).instruments if m.is_binary]
    for account_id in ACCOUNTS:
        for position in summary(exchange, account_id).positions:
            if position.instrument_id in each:
                owed = max(0, -position.net_lots) * PAYOUT * 7
                assert position.margin_minor >= owed
                if not position.open_buy_lots and not position.open_sell_lots:
                    assert position.margin_minor == owed


@given(journals)
def test_every_position_has_its_other_side(entries: list[Entry]) -> None:
    """What one is long another is short."""
    exchange = after(entries)
    nets: dict[int, int] = {}
    for account_id in ACCOUNTS:
        for position in summary(exchange, account_id).positions:
            nets[position.instrument_id] = nets.get(position.instrument_id, 0) + position.net_lots

    assert not any(nets.values())


@given(journals)
def test_what_is_done_and_what_is_left_make_the_whole(entries: list[Entry]) -> None:
    """While an order is open its cum and leaves are its quantity, and both are possible."""
    for order in after(entries).query(ListOpenOrders(ACCOUNTS)):
        assert order.cum_qty_lots + order.leaves_qty_lots == order.terms.order_qty_lots
        assert order.cum_qty_lots >= 0
        assert order.leaves_qty_lots > 0


@given(journals)
def test_no_book_is_crossed_after_any_entry(entries: list[Entry]) -> None:
    """Whoever would trade has traded."""
    exchange = Exchange()
    for entry in entries:
        exchange.apply(entry)
        for market in MARKETS:
            depth = exchange.query(GetDepth(InstrumentId(market)))
            assert (
                depth is None
                or not depth.bids
                or not depth.asks
                or (depth.bids[0][0] < depth.asks[0][0])
            )


@given(journals)
def test_fills_add_up_to_what_orders_have_done(entries: list[Entry]) -> None:
    """An order's cum, notional and fee are the sums over its fills."""
    exchange = after(entries)
    sums: dict[OrderId, tuple[int, int]] = {}
    for fill in exchange.query(ListFills(ACCOUNTS)):
        qty, fee = sums.get(fill.order_id, (0, 0))
        sums[fill.order_id] = (qty + fill.last_qty_lots, fee + fill.fee_minor)
    for account_id in ACCOUNTS:
        for order_id in range(1, exchange.seq + 1):
            order = exchange.query(GetOrder(account_id, OrderId(order_id)))
            if order is not None:
                expected = sums.get(order.order_id, (0, 0))
                assert (order.cum_qty_lots, order.fee_minor) == expected


@given(
    journals,
    st.sampled_from(ACCOUNTS),
    st.sampled_from([InstrumentId(market) for market in MARKETS]),
    st.integers(2, 12),
    st.sampled_from([(Side.BUY, 90), (Side.BUY, 94), (Side.SELL, 106), (Side.SELL, 110)]),
)
def test_a_cancel_frees_the_hold_to_the_last_unit(
    entries: list[Entry],
    account_id: AccountId,
    market: InstrumentId,
    qty: int,
    terms: tuple[Side, int],
) -> None:
    """Place, rest, cancel: every balance is what it was; and a refusal moves none."""
    exchange, (side, price) = after(entries), terms
    before = money(exchange, account_id)
    asked = OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, qty, price)
    order = NewOrder(account_id, market, "", asked, delay_ns=0)
    events = exchange.apply(Entry(exchange.seq + 1, exchange.ts_ns + 1, order)).events
    assume(not any(isinstance(event, Traded) for event in events))
    cancel = CancelOrder(account_id, OrderId(exchange.number), delay_ns=0)
    exchange.apply(Entry(exchange.seq + 1, exchange.ts_ns + 1, cancel))

    assert money(exchange, account_id) == before


@given(journals)
def test_same_entries_bring_about_the_same(entries: list[Entry]) -> None:
    """Two exchanges that are told the same say the same, and are the same."""
    one, other = Exchange(), Exchange()
    for entry in entries:
        assert one.apply(entry) == other.apply(entry)

    assert one.digest() == other.digest()


@given(journals, st.data())
def test_a_restart_at_any_entry_equals_no_restart(
    entries: list[Entry], data: st.DataObject
) -> None:
    """An exchange loaded from a dump goes on as the one that was never stopped."""
    at = data.draw(st.integers(0, len(entries)))
    steady = after(entries[:at])
    restarted = Exchange.load(steady.dump())

    assert restarted.digest() == steady.digest()
    for entry in entries[at:]:
        assert restarted.apply(entry) == steady.apply(entry)
    assert restarted.digest() == steady.digest()
    assert restarted.next_due_ns() == steady.next_due_ns()
    restarted.check_invariants()


@given(journals, st.data())
def test_settling_at_any_entry_changes_nothing(entries: list[Entry], data: st.DataObject) -> None:
    """What has ended is packed early or late, and the same follows from every entry."""
    at_entry = st.integers(0, max(0, len(entries) - 1))
    settled_at = data.draw(st.dictionaries(at_entry, st.none() | st.integers(0, 2)))
    settling, other = Exchange(), Exchange()
    for at, entry in enumerate(entries):
        assert settling.apply(entry) == other.apply(entry)
        if at in settled_at:
            settling.settle(settled_at[at])

    assert settling.digest() == other.digest()
    everything = ListOrders(ACCOUNTS)
    assert settling.query(everything) == other.query(everything)


@given(journals, st.integers(0, 2**32))
def test_deciding_changes_nothing(entries: list[Entry], seed: int) -> None:
    """Whatever is decided, or asked to be previewed, leaves the digest alone."""
    exchange = after(entries)
    before = exchange.digest()
    traffic = Traffic(random.Random(seed).choice)
    for _ in range(20):
        command: Any = traffic.command(exchange.seq + 1, exchange.ts_ns + 1)
        decide(exchange._state, exchange.number + 1, exchange.ts_ns + 1, command)
        if isinstance(command, NewOrder):
            exchange.query(PreviewOrder(command))

    assert exchange.digest() == before


@given(journals)
def test_what_is_previewed_is_what_happens(entries: list[Entry]) -> None:
    """A preview tells the refusal and the quantity that then come about."""
    exchange = Exchange()
    for entry in entries:
        preview = None
        if isinstance(entry.command, NewOrder) and not entry.command.terms.expire_ns:
            preview = exchange.query(PreviewOrder(entry.command))
        receipt = exchange.apply(entry)
        if preview is not None:
            first = receipt.events[0]
            assert preview.reason == (getattr(first, "reason", None))
            sleeps = entry.command.terms.trigger is not None
            if receipt.orders and not receipt.orders[0].pending and not sleeps:
                met = [e for e in receipt.events if isinstance(e, Traded)]
                came_in = [e for e in met if e.taker.order_id == receipt.orders[0].order_id]
                assert preview.fill_qty_lots == sum(e.qty_lots for e in came_in)


@given(st.integers(0, 2**32), st.sampled_from([700, 14, 0]), st.sampled_from([100, 50, 1, 0]))
def test_nobody_comes_to_owe_more_on_a_fully_paid_market(
    seed: int, step: int, percent: int
) -> None:
    """Whatever is opened, closed and taken out, with fees or without: what is short is held."""
    pick = random.Random(seed).choice
    fee = {"maker_fee_ppb": percent * PERCENT, "taker_fee_ppb": percent * PERCENT}
    world = World(rain={"fee_step_minor": step, **fee})
    for _ in range(120):
        account, side = pick([ALICE, BOB, CAROL]), pick(list(Side))
        terms = {"instrument_id": RAIN, "stp": pick(list(SelfTradePrevention)[:2])}
        world.order(account, side, pick([1, 2, 4, 8, 12]), pick([50, 49, 51, 5, 95, 0]), **terms)
        if pick([False, False, True]):
            world.run(DepositFunds(account, ASSETS[0], pick([700, 3_000, 20_000])))
        elif pick([False, False, True]):
            short = sum(max(0, -p.net_lots) for p in summary(world.exchange, account).positions)
            spare = world.money(account)[0] - short * 1_000
            world.withdraw(account, spare - pick([0, 10, 500, 5_000]))
        world.exchange.check_invariants()
