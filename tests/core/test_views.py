"""Views: what can be asked, and what is answered."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.core.build import (
    ALICE,
    BOB,
    BTC,
    COINS,
    MONEY,
    NOBODY,
    PERCENT,
    PERP,
    RAIN,
    SPOT,
    USDC,
    World,
    new_order,
)

from countermand.vocabulary.commands import DepositFunds, NewOrder
from countermand.vocabulary.ids import AccountId, InstrumentId, OrderId
from countermand.vocabulary.order import (
    ExecType,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    TimeInForce,
)
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetOrder,
    GetQuote,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
    ListOrders,
    ListQuotes,
    ListTrades,
    PreviewOrder,
)
from countermand.vocabulary.reasons import RejectReason
from countermand.vocabulary.reports import BalanceReport, OrderReport, PositionReport, PreviewReport


def names(world: World, reports: tuple[OrderReport, ...]) -> list[str]:
    """Return what the orders are called."""
    return [report.cl_ord_id for report in reports]


def test_order_is_found_as_a_cancel_finds_it(world: World) -> None:
    """By id, else by client id, within the account."""
    order = world.buy(ALICE, 5, 100, "a1")
    by_id = world.exchange.query(GetOrder(ALICE, order))

    assert by_id.cl_ord_id == "a1"
    assert world.exchange.query(GetOrder(ALICE, OrderId(0), "a1")) == by_id
    assert world.exchange.query(GetOrder(ALICE, OrderId(0))) is None
    assert world.exchange.query(GetOrder(BOB, order, "a1")) is None
    assert world.exchange.query(GetOrder(NOBODY, order)) is None


def test_report_knows_whether_its_order_is_open(world: World) -> None:
    """A picture of a closed order is closed too."""
    order = world.buy(ALICE, 5, 100)
    assert world.report(ALICE, order).is_open

    world.cancel(ALICE, order)
    assert not world.report(ALICE, order).is_open


@pytest.fixture
def busy(world: World) -> World:
    """Return an exchange with open orders, a2 touched last."""
    world.buy(ALICE, 1, 90, "a1")
    second = world.sell(ALICE, 1, 110, "a2")
    world.buy(BOB, 1, 90, "b1", instrument_id=PERP)
    world.sell(ALICE, 1, 110, "a3", instrument_id=PERP)
    world.cancel(ALICE, world.sell(ALICE, 1, 110, "a4"))
    world.replace(ALICE, second, price=111)
    return world


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (ListOpenOrders((ALICE,)), ["a2", "a3", "a1"]),
        (ListOpenOrders((ALICE, BOB, NOBODY)), ["a2", "a3", "b1", "a1"]),
        (ListOpenOrders((ALICE,), (PERP,)), ["a3"]),
        (ListOpenOrders((ALICE,), None, Side.BUY), ["a1"]),
        (ListOpenOrders((ALICE,), None, None, "a3"), ["a3"]),
        (ListOpenOrders(()), []),
        (ListOpenOrders((ALICE, BOB), limit=2), ["a2", "a3"]),
        (ListOpenOrders((ALICE, BOB), offset=1, limit=2), ["a3", "b1"]),
        (ListOpenOrders((ALICE, BOB), offset=3), ["a1"]),
        (ListOpenOrders((ALICE, BOB), offset=10**9, limit=100), []),
        (ListOpenOrders((ALICE,), limit=0), []),
        (ListOpenOrders((ALICE,), offset=-1, limit=-1), []),
        (ListOpenOrders((ALICE,), exec_types=(ExecType.NEW,)), ["a3", "a1"]),
        (ListOpenOrders((ALICE,), exec_types=(ExecType.REPLACED,), limit=5), ["a2"]),
        (ListOpenOrders((ALICE,), ord_types=(OrdType.LIMIT,), limit=1), ["a2"]),
        (ListOpenOrders((ALICE,), ord_types=()), []),
    ],
)
def test_open_orders_come_last_event_first(
    busy: World, query: ListOpenOrders, expected: list[str]
) -> None:
    """Every filter narrows; what is closed is not among them."""
    assert names(busy, busy.exchange.query(query)) == expected


def test_open_orders_as_of_a_moment(busy: World) -> None:
    """What was touched later is left out, so that pages of one list fit together."""
    touched = {o.cl_ord_id: o.transact_ns for o in busy.exchange.query(ListOpenOrders((ALICE,)))}
    asked = ListOpenOrders((ALICE,), until_ns=touched["a3"])

    assert names(busy, busy.exchange.query(asked)) == ["a3", "a1"]


def test_only_the_page_is_reported(busy: World) -> None:
    """However many match."""
    both = (ALICE, BOB)
    everything = busy.exchange.query(ListOpenOrders(both))

    assert everything[1:2] == busy.exchange.query(ListOpenOrders(both, offset=1, limit=1))


def test_pages_of_fills_are_parts_of_the_whole(world: World) -> None:
    """Over several accounts, with an account that met itself, in every cut."""
    world.sell(ALICE, 3, 100, "a1")
    world.buy(BOB, 1, 100, "b1")
    world.buy(ALICE, 1, 100, "a2", stp=SelfTradePrevention.NONE)
    world.buy(BOB, 1, 100, "b2")
    both = (BOB, ALICE)
    whole = world.exchange.query(ListFills(both))
    fills = [f for name in both for f in world.exchange.query(ListFills((name,)))]

    assert [(f.cl_ord_id, f.is_maker) for f in whole] == [
        ("a1", True), ("b2", False), ("a1", True), ("a2", False), ("a1", True), ("b1", False),
    ]  # fmt: skip
    assert len(whole) == len(fills)
    assert set(whole) == set(fills)
    for offset in range(len(whole) + 2):
        for limit in (None, -1, 0, 1, 2, 100):
            stop = None if limit is None else offset + max(0, limit)
            asked = ListFills(both, offset=offset, limit=limit)
            assert world.exchange.query(asked) == whole[offset:stop]
    since = ListFills(both, since_ns=whole[2].ts_ns)
    assert [fill for fill in whole if fill.ts_ns >= whole[2].ts_ns] == [
        *world.exchange.query(since)
    ]
    until = ListFills(both, until_ns=whole[2].ts_ns, limit=3)
    assert world.exchange.query(until) == whole[2:5]


def test_fills_come_newest_first(world: World) -> None:
    """Of the accounts asked for, of one order or of one client id."""
    first = world.sell(ALICE, 2, 100, "a1")
    world.buy(BOB, 1, 100, "b1")
    world.buy(BOB, 1, 100, "b2")

    def asked(query: ListFills) -> list[tuple[str, int]]:
        fills = world.exchange.query(query)
        return [(fill.cl_ord_id, fill.cum_qty_lots) for fill in fills]

    assert asked(ListFills((ALICE,))) == [("a1", 2), ("a1", 1)]
    assert asked(ListFills((BOB,))) == [("b2", 1), ("b1", 1)]
    assert asked(ListFills((ALICE, BOB), order_id=first)) == [("a1", 2), ("a1", 1)]
    assert asked(ListFills((ALICE, BOB), cl_ord_id="b1")) == [("b1", 1)]
    assert asked(ListFills((NOBODY,))) == []
    assert asked(ListFills((ALICE,), instrument_ids=(PERP,))) == []
    assert asked(ListFills((ALICE,), instrument_ids=(PERP, SPOT))) == [("a1", 2), ("a1", 1)]


def test_account_shows_all_it_has(world: World) -> None:
    """Balances by asset, positions by instrument, how many orders are open."""
    funded = [one.transact_ns for one in world.exchange.query(GetAccount(ALICE)).balances]
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    traded_ns = world.exchange.ts_ns
    world.buy(ALICE, 2, 90, instrument_id=PERP)
    world.sell(ALICE, 3, 110)
    summary = world.exchange.query(GetAccount(ALICE))

    assert summary.account.name == "alice"
    assert summary.balances == (
        BalanceReport(ALICE, USDC, MONEY, 500 + 180, transact_ns=funded[0]),
        BalanceReport(ALICE, BTC, COINS, 300, transact_ns=funded[1]),
    )
    assert summary.positions == (
        PositionReport(
            ALICE, PERP, 5, 5_000, 2, 0, 680, 0, 100, bought_lots=5, transact_ns=traded_ns
        ),
    )
    assert summary.open_orders == 2
    assert summary.balances[0].available_minor == MONEY - 680


CHANGES = [
    ("a deposit", lambda w: w.run(DepositFunds(ALICE, USDC, 5)), (True, False)),
    ("a withdrawal", lambda w: w.withdraw(ALICE, 5), (True, False)),
    ("a spot trade", lambda w: w.trade(ALICE, BOB, 1, 100), (True, True)),
    ("an order that rests", lambda w: w.buy(ALICE, 1, 90), (False, False)),
    ("a fee", lambda w: w.trade(ALICE, BOB, 100, 100, instrument_id=PERP), (True, False)),
    ("an outcome", lambda w: w.trade(ALICE, BOB, 1, 50, instrument_id=RAIN), (True, False)),
]


@pytest.mark.parametrize(("_says", "act", "changed"), CHANGES)
def test_balance_tells_when_it_last_changed(
    _says: str, act: Callable[[World], None], changed: tuple[bool, bool]
) -> None:
    """Each asset by itself; what is only held changes nothing."""
    world = World(perp={"taker_fee_ppb": PERCENT}, rain={})
    before = world.exchange.query(GetAccount(ALICE)).balances
    act(world)
    after = world.exchange.query(GetAccount(ALICE)).balances

    assert changed == tuple(
        one.transact_ns == world.exchange.ts_ns > was.transact_ns
        for was, one in zip(before, after, strict=True)
    )


def test_depth_sums_levels_best_first(world: World) -> None:
    """At most as many as asked for."""
    for qty, price in ((1, 98), (2, 99), (3, 99)):
        world.buy(ALICE, qty, price)
    for qty, price in ((1, 103), (2, 101), (3, 102)):
        world.sell(BOB, qty, price)

    assert world.depth() == (((99, 5), (98, 1)), ((101, 2), (102, 3), (103, 1)))
    assert world.exchange.query(GetDepth(SPOT, 1)).asks == ((101, 2),)
    assert world.exchange.query(GetDepth(SPOT, 0)).bids == ()


def test_quote_shows_the_top_of_the_book(world: World) -> None:
    """Price and quantity of the best level of each side, 0 where there is none."""
    world.buy(ALICE, 2, 99)
    world.buy(BOB, 3, 99)
    quote = world.exchange.query(GetQuote(SPOT))

    assert (quote.bid_px_ticks, quote.bid_qty_lots) == (99, 5)
    assert (quote.ask_px_ticks, quote.ask_qty_lots) == (0, 0)


def test_open_interest_counts_what_is_long(world: World) -> None:
    """Every long lot once; a spot market has none."""
    world.trade(ALICE, BOB, 5, 100, instrument_id=PERP)
    world.trade(ALICE, BOB, 5, 100)
    interest = [q.open_interest_lots for q in world.exchange.query(ListQuotes("acme"))]

    assert interest == [0, 5]
    assert world.exchange.query(ListQuotes("elsewhere")) == ()


@pytest.mark.parametrize(
    "query", [GetAccount(NOBODY), GetDepth(InstrumentId(999)), GetQuote(InstrumentId(999))]
)
def test_what_is_not_there_is_none(world: World, query: object) -> None:
    """Not an error: the wire says what it makes of it."""
    assert world.exchange.query(query) is None


def test_what_is_no_query_is_a_bug(world: World) -> None:
    """A value of another family is nobody's question."""
    with pytest.raises(KeyError):
        world.exchange.query("how are you")


def order(**terms: Any) -> NewOrder:
    """Return an order to preview: alice buys 5 @ 100."""
    settings: dict[str, Any] = {"account": ALICE, "side": Side.BUY, "qty": 5, "price": 100}
    limit = {"ord_type": OrdType.LIMIT, "time_in_force": TimeInForce.GTC}
    return new_order(**(settings | limit | terms))


def preview(world: World, **terms: Any) -> PreviewReport:
    """Ask what would happen to an order."""
    report: PreviewReport = world.exchange.query(PreviewOrder(order(**terms)))
    return report


def test_preview_of_a_resting_order_reckons_with_the_makers_fee() -> None:
    """All of it would be charged as maker, when it trades."""
    world = World(spot={"maker_fee_ppb": PERCENT, "taker_fee_ppb": 2 * PERCENT})

    assert preview(world) == PreviewReport(None, 5_100, MONEY, 50, 0)


def test_preview_of_a_crossing_order_reckons_with_both_fees() -> None:
    """The part that would trade at once pays as taker, at the price it would get."""
    world = World(spot={"maker_fee_ppb": PERCENT, "taker_fee_ppb": 2 * PERCENT})
    world.sell(BOB, 2, 90)

    assert preview(world) == PreviewReport(None, 5_100, MONEY, 36 + 30, 2)


def test_preview_of_what_is_left_over_reckons_with_the_price_it_will_stand_at() -> None:
    """Two lots are bought at 90, the best price, at which the other three will stand."""
    world = World(spot={"maker_fee_ppb": PERCENT, "taker_fee_ppb": 2 * PERCENT})
    world.sell(BOB, 2, 90)
    world.sell(BOB, 2, 120)
    left_over = OrdType.MARKET_WITH_LEFT_OVER_AS_LIMIT

    assert preview(world, ord_type=left_over, price_ticks=100).fee_minor == 36 + 27


def test_preview_reckons_with_what_self_trade_prevention_takes() -> None:
    """Of five lots two are lost to the own order, two are bought and one is left to rest."""
    world = World(spot={"maker_fee_ppb": PERCENT, "taker_fee_ppb": 2 * PERCENT})
    world.sell(ALICE, 2, 100)
    world.sell(BOB, 2, 100)
    report = preview(world, stp=SelfTradePrevention.DECREMENT_AND_CANCEL)

    assert (report.fee_minor, report.fill_qty_lots) == (40 + 10, 2)


def test_preview_counts_what_a_fill_was_charged_against_the_rest() -> None:
    """A fill of 12 is charged a step of 20; with the 12 of the rest 24 are one step in all."""
    rates = {"maker_fee_ppb": PERCENT * 3 // 10, "taker_fee_ppb": PERCENT * 12 // 10}
    world = World(spot={**rates, "fee_step_minor": 20})
    world.sell(BOB, 1, 100)

    assert preview(world).fee_minor == 20


def test_preview_of_a_market_order_is_bound_like_one(world: World) -> None:
    """What it needs is what it could pay at worst."""
    world.sell(BOB, 2, 90)
    report = preview(world, ord_type=OrdType.MARKET, time_in_force=TimeInForce.IOC, price_ticks=0)

    assert report == PreviewReport(None, 4_500, MONEY, 0, 2)


def test_preview_of_a_spot_sell_needs_the_base_asset(world: World) -> None:
    """In its units."""
    assert preview(world, side=Side.SELL) == PreviewReport(None, 500, COINS, 0, 0)


@pytest.mark.parametrize(
    ("terms", "expected"),
    [
        (
            {"order_qty_lots": 101},
            PreviewReport(RejectReason.INSUFFICIENT_FUNDS, 101_000, MONEY, 0, 0),
        ),
        ({"account_id": NOBODY}, PreviewReport(RejectReason.UNKNOWN_ACCOUNT, 0, 0, 0, 0)),
        (
            {"instrument_id": InstrumentId(999)},
            PreviewReport(RejectReason.UNKNOWN_INSTRUMENT, 0, 0, 0, 0),
        ),
    ],
)
def test_preview_of_a_refused_order_says_why(
    world: World, terms: dict[str, object], expected: PreviewReport
) -> None:
    """And how much would be missing, where that means something."""
    assert preview(world, **terms) == expected


def test_preview_sees_self_trade_prevention(world: World) -> None:
    """What would be prevented would not fill."""
    world.sell(ALICE, 2, 100)
    report = preview(world, stp=SelfTradePrevention.BOTH)

    assert report.fill_qty_lots == 0


def test_house_accounts_can_be_looked_at_but_are_not_listed(world: World) -> None:
    """They have the other side of everything."""
    assert world.exchange.query(GetAccount(AccountId(-1))).account.name == "external"
    assert all(a.account_id > 0 for a in world.exchange.query(GetReferenceData()).accounts)


@pytest.mark.parametrize(
    ("terms", "total", "expected"),
    [
        ({}, 5, ["no", "a4", "a3", "a2", "a1"]),
        ({"ascending": True}, 5, ["a1", "a2", "a3", "a4", "no"]),
        ({"offset": 1, "limit": 2}, 5, ["a4", "a3"]),
        ({"offset": -1, "limit": -1}, 5, []),
        ({"side": Side.BUY}, 2, ["no", "a1"]),
        ({"instrument_ids": (PERP,)}, 1, ["a3"]),
        ({"ord_statuses": (OrdStatus.CANCELED, OrdStatus.REJECTED)}, 2, ["no", "a4"]),
        ({"ord_statuses": ()}, 0, []),
        ({"account_ids": (NOBODY,)}, 0, []),
    ],
)
def test_orders_are_listed_open_and_closed(
    busy: World, terms: dict[str, Any], total: int, expected: list[str]
) -> None:
    """The newest first, in pages, with how many there are in all."""
    busy.buy(ALICE, 0, 100, "no", keep_rejected=True)
    page = busy.exchange.query(ListOrders(**({"account_ids": (ALICE,)} | terms)))

    assert page.total == total
    assert names(busy, page.orders) == expected


def test_pages_of_orders_are_parts_of_the_whole(world: World) -> None:
    """In every cut, with open orders among those that are over."""
    for at in range(9):
        order = world.buy(ALICE, 1, 90)
        if at % 3:
            world.cancel(ALICE, order)

    for ascending in (False, True):
        whole = world.exchange.query(ListOrders((ALICE,), ascending=ascending)).orders
        assert 9 == len(whole)
        for offset in range(11):
            for limit in (None, 0, 1, 2, 100):
                stop = None if limit is None else offset + limit
                asked = ListOrders((ALICE,), offset=offset, limit=limit, ascending=ascending)
                assert whole[offset:stop] == world.exchange.query(asked).orders


def test_orders_are_listed_by_when_they_were_submitted(busy: World) -> None:
    """From a moment to a moment, both included."""
    times = {o.cl_ord_id: o.submit_ns for o in busy.exchange.query(ListOrders((ALICE,))).orders}
    asked = ListOrders((ALICE,), since_ns=times["a2"], until_ns=times["a3"])

    assert names(busy, busy.exchange.query(asked).orders) == ["a3", "a2"]


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, [102, 101, 100]), (2, [102, 101]), (0, []), (-1, [])]
)
def test_trades_come_newest_first(world: World, limit: int | None, expected: list[int]) -> None:
    """As everybody sees them: price, quantity, who came in."""
    for price in (100, 101, 102):
        world.trade(ALICE, BOB, 2, price)
    trades = world.exchange.query(ListTrades(SPOT, limit))

    assert [trade.price_ticks for trade in trades] == expected
    assert all((t.qty_lots, t.aggressor_side) == (2, Side.BUY) for t in trades)
    assert world.exchange.query(ListTrades(PERP)) == ()
    assert world.exchange.query(ListTrades(InstrumentId(999))) == ()
