"""
What must always be true of a state, each rule asserted on its own. For tests, starts and snapshots.

Nothing here changes anything. A running exchange looks at one open order at a time, see `audit.py`.
"""

from countermand.core import ledger, lists, pictures
from countermand.core.book import Ladder
from countermand.core.order import Order
from countermand.core.state import Account, Market, Position, State
from countermand.core.timers import ACCEPTANCE, DEAD_MAN, EXPIRY, REQUEST, SLICE
from countermand.vocabulary.ids import AssetId, InstrumentId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import ExecInst, Pending, Side, Standing
from countermand.vocabulary.reports import OrderReport


def check_invariants(state: State) -> None:
    """
    Check a whole state in which all that has ended is packed, in time that grows with it.

    Raises: AssertionError naming what is wrong.
    """
    _check_conservation(state)
    _check_requests(state)
    watched = state.timers.watched()
    for order in state.orders.values():
        _check_list(state, order.now)
        _check_order(state, order)
        _check_timers(order.now, watched)
    for market in state.markets.values():
        _check_market(market)
    for account in state.accounts.values():
        _check_switch(account, watched)
        _check_account(state, account)


def check_open_order(state: State, order: Order) -> None:
    """
    Check an open order, its list, and the best prices of its market, in a time that does not grow.

    Raises: AssertionError naming what is wrong.
    """
    _check_list(state, order.now)
    _check_order(state, order)
    _check_best(state.markets[order.now.instrument_id])


def _check_conservation(state: State) -> None:
    sums: dict[AssetId, int] = dict.fromkeys(state.assets, 0)
    for account in state.accounts.values():
        for asset_id, balance in account.balances.items():
            sums[asset_id] += balance.total_minor
    assert not any(sums.values()), f"assets do not sum to zero: {sums}"
    for instrument_id in state.markets:
        nets = [a.net_lots(instrument_id) for a in state.accounts.values()]
        assert sum(nets) == 0, f"positions in {instrument_id} do not sum to zero"
    remembered = sum(len(account.closed) for account in state.accounts.values())
    assert remembered == len(state.closed), "closed orders are miscounted"


def _check_order(state: State, order: Order) -> None:
    now = order.now
    which, account = f"order {now.order_id}", state.accounts[now.account_id]
    filed = account.open_orders.get(now.order_id) is order
    assert filed == now.is_open, f"{which} is misfiled"
    assert now.standing is not Standing.STAGED, f"{which} is staged and was placed"
    is_scheduled = now.standing is Standing.ARMED and now.terms.schedule is not None
    comes_later = now.standing is Standing.PENDING or is_scheduled
    assert comes_later == (now.due_ns > 0), f"{which} is on its way between entries"
    assert now.is_open or not now.pending, f"{which} is closed and something of it is pending"
    assert now.cum_qty_lots >= 0, f"{which} has traded less than nothing"
    told = now.ord_status.standing.is_open
    assert told == now.is_open, f"{which} is {now.standing.name} and says {now.ord_status.name}"
    if now.is_open:
        _check_open(state, order)
    else:
        assert _is_of_living_list(state, now), f"{which} is closed and kept whole"
        assert now.leaves_qty_lots == 0, f"{which} is closed with something left"
        assert now.hold_minor == 0, f"{which} is closed and holds something"


def _is_of_living_list(state: State, now: OrderReport) -> bool:
    link = now.terms.link
    return link is not None and any(leg.now.is_open for leg in lists.legs(state, link))


def _check_open(state: State, order: Order) -> None:
    now, market = order.now, state.markets[order.now.instrument_id]
    which, terms = f"order {now.order_id}", now.terms
    whole = now.cum_qty_lots + now.leaves_qty_lots
    assert whole == terms.order_qty_lots, f"{which}: cum + leaves is not its quantity"
    assert now.leaves_qty_lots > 0, f"{which} is open with nothing left"
    rests = now.standing is Standing.RESTING
    holds = market.book.ladder(terms.side).holds(now)
    assert holds == rests, f"{which} is {now.standing.name} and the book says otherwise"
    waits = now.standing is Standing.WAITING
    beside = now.order_id in market.waiting
    assert beside == waits, f"{which} is {now.standing.name} and the book's side says otherwise"
    sleeps = now.standing is Standing.ARMED and terms.trigger is not None
    asleep = now.order_id in market.armed.orders
    assert asleep == sleeps, (
        f"{which} is {now.standing.name} and its market's sleepers say otherwise"
    )
    is_whole = bool(terms.exec_inst & ExecInst.ALL_OR_NONE)
    is_there = rests or waits
    assert not is_there or is_whole == waits, (
        f"{which} trades whole or not at all, where others trade in part"
    )
    leaves, accrued = now.leaves_qty_lots, order.fee_accrued
    owed = pictures.held(market.instrument, now, terms, leaves, accrued)
    share = lists.shared(state, market.instrument, now)
    told = lists.NOTHING_HELD if now.standing is Standing.HELD else share
    assert now.shared == told, f"{which} is told to share what it does not"
    assert now.hold_minor == owed, f"{which} holds something else than it may come to owe"


def _check_list(state: State, now: OrderReport) -> None:
    # What the others have done has acted on it.
    which = f"order {now.order_id}"
    link = now.terms.link
    if link is None or not now.is_open:
        return
    assert not lists.is_ended(state, now), f"{which} outlives what its list has come to"
    first = lists.parent(state, link)
    if link.is_child and now.standing is not Standing.HELD and first:
        assert now.terms.order_qty_lots <= first.now.cum_qty_lots, (
            f"{which} is more than was let in"
        )


def _check_requests(state: State) -> None:
    asked: dict[OrderId, list[Pending]] = {}
    watched = state.timers.watched()
    for number, request in state.requests.items():
        timer = (request.due_ns, REQUEST, number)
        assert timer in watched, f"request {number} is pending, and nothing watches it"
        for order_id in request.order_ids:
            asked.setdefault(order_id, []).append(request.kind)
    for account in state.accounts.values():
        for order_id, order in account.open_orders.items():
            _check_pending(order.now, asked.get(order_id, []))


def _check_pending(now: OrderReport, kinds: list[Pending]) -> None:
    which = f"order {now.order_id}"
    is_new = now.standing is Standing.PENDING and now.due_ns
    told = Pending.NEW if is_new else Pending.NONE
    if kinds:
        told = Pending.CANCEL if Pending.CANCEL in kinds else Pending.REPLACE
    assert now.pending is told, f"{which} says {now.pending.name} is pending, and it is {told.name}"
    once = len(kinds) == len(frozenset(kinds))
    assert once, f"{which} has the same pending twice"


def _check_timers(now: OrderReport, watched: frozenset[tuple[int, int, int]]) -> None:
    expires = now.is_open and now.terms.expire_ns
    timer = (now.terms.expire_ns, EXPIRY, now.order_id)
    assert not expires or timer in watched, f"order {now.order_id} expires, and nothing watches it"
    kind = ACCEPTANCE if now.standing is Standing.PENDING else SLICE
    comes = (now.due_ns, kind, now.order_id)
    assert not now.due_ns or comes in watched, f"order {now.order_id} is pending new, unwatched"


def _check_switch(account: Account, watched: frozenset[tuple[int, int, int]]) -> None:
    switch = account.dead_man
    timer = (switch.due_ns, DEAD_MAN, account.account_id) if switch else None
    which = f"account {account.account_id}"
    assert timer is None or timer in watched, f"{which} has a switch, and nothing watches it"


def _check_market(market: Market) -> None:
    bids, asks = market.book.bids, market.book.asks
    _check_best(market)
    limits = (market.instrument.limit_down_ticks, market.instrument.limit_up_ticks)
    assert limits == (market.limit_down_ticks, market.limit_up_ticks), "price limits are stale"
    for ladder in (bids, asks):
        _check_ladder(ladder)


def _check_best(market: Market) -> None:
    best_bid, best_ask = market.book.bids.best_px_ticks, market.book.asks.best_px_ticks
    if best_bid and best_ask:
        assert best_bid < best_ask, f"{market.instrument.symbol} is crossed"


def _check_ladder(ladder: Ladder) -> None:
    assert list(ladder.prices) == sorted(ladder.levels), "price list and levels differ"
    assert ladder.best_px_ticks == next(ladder.descend(), 0), "the best price is stale"
    empty = sum(not level.orders for level in ladder.levels.values())
    assert ladder.empty == empty, "empty levels are miscounted"
    for price_ticks, level in ladder.levels.items():
        orders = list(level.orders.values())
        standing_lots = sum(o.now.leaves_qty_lots for o in orders)
        assert level.qty_lots == standing_lots, "level sum is wrong"
        at_price = all(o.now.terms.price_ticks == price_ticks for o in orders)
        assert at_price, f"level {price_ticks} has an order of another price"
        priorities = [o.priority for o in orders]
        assert priorities == sorted(priorities), f"level {price_ticks} is out of order"


def _check_account(state: State, account: Account) -> None:
    _check_names(state, account)
    held: dict[AssetId, int] = dict.fromkeys(account.balances, 0)
    margined, spared = set(), dict.fromkeys(account.balances, 0)
    for order in account.open_orders.values():
        now = order.now
        instrument = state.markets[now.instrument_id].instrument
        held[ledger.hold_asset(instrument, now.terms.side)] += now.hold_minor
    for instrument_id, position in account.positions.items():
        instrument = state.markets[instrument_id].instrument
        if instrument.is_binary:
            # What can only close such a position rests without money for its fee, which it brings.
            spared[instrument.quote_asset_id] += _held_by_orders(account, instrument_id)
        else:
            margined.add(instrument.quote_asset_id)
        held[instrument.quote_asset_id] += position.margin_minor
        _check_position(account, position, instrument)
        rate_ppb = ledger.margin_rate_ppb(account, instrument)
        margin_minor = ledger.margin(instrument, position, rate_ppb=rate_ppb)
        assert position.margin_minor == margin_minor, "margin is stale"
    for asset_id, balance in account.balances.items():
        which = f"account {account.account_id}, asset {asset_id}"
        assert balance.hold_minor == held[asset_id], f"{which}: hold is not what orders hold"
        if account.account_id > 0 and asset_id not in margined:
            least = balance.hold_minor - spared[asset_id]
            assert balance.hold_minor >= 0, f"{which} holds less than nothing"
            assert balance.total_minor >= least, f"{which} is overdrawn"


def _check_names(state: State, account: Account) -> None:
    which = f"account {account.account_id}"
    called = _called(account)
    for found_by in account.closed:
        order_id = called.get(found_by) if isinstance(found_by, str) else found_by
        assert order_id is not None, f"{which} remembers {found_by}, which names no order"
        assert order_id not in account.open_orders, f"{which} remembers an open order as closed"
        closed = state.closed.get(order_id)
        mine = closed is not None and closed.account_id == account.account_id
        assert mine, f"{which} remembers {order_id}, which is not closed and its own"
    for name, order_id in account.cl_ord_ids.items():
        known = called.pop(name, None)
        assert known == order_id, f"{which}: {name!r} names an order that is called otherwise"
    assert not called, f"{which} has an order that its client id does not name"
    reducing = {
        order_id: order
        for order_id, order in account.open_orders.items()
        if order.now.terms.exec_inst & ExecInst.REDUCE_ONLY
    }
    assert account.reducing == reducing, f"{which} has lost count of what may only reduce"


def _called(account: Account) -> dict[str, OrderId]:
    # What each order is called and was called, by name.
    called: dict[str, OrderId] = {}
    for order_id, order in account.open_orders.items():
        for name in (order.now.cl_ord_id, *order.retired_cl_ord_ids):
            called[name] = order_id
    named = [name for name in account.closed if isinstance(name, str)]
    called.update((name, known) for name in named if (known := account.cl_ord_ids.get(name)))
    for order_id, others in account.other_names.items():
        called.update(dict.fromkeys(others.retired_cl_ord_ids, order_id))
    called.pop("", None)
    return called


def _held_by_orders(account: Account, instrument_id: InstrumentId) -> int:
    each = [order.now for order in account.open_orders.values()]
    return sum(now.hold_minor for now in each if now.instrument_id == instrument_id)


def _check_position(account: Account, position: Position, instrument: Instrument) -> None:
    open_lots = {Side.BUY: 0, Side.SELL: 0}
    open_minor = {Side.BUY: 0, Side.SELL: 0}
    for order in account.open_orders.values():
        now, terms = order.now, order.now.terms
        if now.instrument_id == instrument.instrument_id:
            lots, worth_minor = ledger.counted(instrument, now)
            open_lots[terms.side] += lots
            open_minor[terms.side] += worth_minor
    assert position.open_buy_lots == open_lots[Side.BUY], "open buys are miscounted"
    assert position.open_sell_lots == open_lots[Side.SELL], "open sells are miscounted"
    assert position.open_buy_minor == open_minor[Side.BUY], "open buys are misvalued"
    assert position.open_sell_minor == open_minor[Side.SELL], "open sells are misvalued"
    assert position.net_lots or not position.cost_minor, "a flat position has a cost"
