"""
What must always be true of a state, each rule asserted on its own. For tests, starts and snapshots.
"""

from countermand.core import ledger
from countermand.core.order import Order
from countermand.core.state import Account, Market, Position, State
from countermand.vocabulary.ids import AssetId
from countermand.vocabulary.order import Side, Standing


def check_invariants(state: State) -> None:
    """
    Check the whole state, in time that grows with it.

    Raises: AssertionError naming what is wrong.
    """
    _check_conservation(state)
    for order in state.orders.values():
        _check_order(state, order)
    for market in state.markets.values():
        _check_market(state, market)
    for account in state.accounts.values():
        _check_account(state, account)


def _check_conservation(state: State) -> None:
    sums: dict[AssetId, int] = dict.fromkeys(state.assets, 0)
    for account in state.accounts.values():
        for asset_id, balance in account.balances.items():
            sums[asset_id] += balance.total_minor
    assert not any(sums.values()), f"assets do not sum to zero: {sums}"
    for instrument_id in state.markets:
        nets = [a.net_lots(instrument_id) for a in state.accounts.values()]
        assert sum(nets) == 0, f"positions in {instrument_id} do not sum to zero"


def _check_order(state: State, order: Order) -> None:
    now = order.now
    which = f"order {now.order_id}"
    account = state.accounts[now.account_id]
    assert (now.order_id in account.open_orders) == now.is_open, f"{which} is misfiled"
    if now.is_open:
        whole = now.cum_qty_lots + now.leaves_qty_lots
        assert whole == now.terms.order_qty_lots, f"{which}: cum + leaves is not its quantity"
        assert now.leaves_qty_lots > 0, f"{which} is open with nothing left"
        assert now.standing is not Standing.PENDING, f"{which} is on its way between entries"
        ladder = state.markets[now.instrument_id].book.ladder(now.terms.side)
        rests, waits = now.standing is Standing.RESTING, now.standing is Standing.WAITING
        assert ladder.holds(now) == rests, f"{which} is {now.standing.name} and not where it says"
        waiting = state.markets[now.instrument_id].waiting
        assert (now.order_id in waiting) == waits, f"{which} is beside the book and not waiting"
    else:
        assert now.leaves_qty_lots == 0, f"{which} is closed with something left"
        assert now.hold_minor == 0, f"{which} is closed and holds something"


def _check_market(state: State, market: Market) -> None:
    bids, asks = market.book.bids, market.book.asks
    best_bid, best_ask = (next(ladder.descend(), 0) for ladder in (bids, asks))
    if best_bid and best_ask:
        assert best_bid < best_ask, f"{market.instrument.symbol} is crossed"
    for ladder in (bids, asks):
        assert list(ladder.prices) == sorted(ladder.levels), "price list and levels differ"
        assert ladder.best_px_ticks == next(ladder.descend(), 0), "the best price is stale"
        empty = sum(not level.orders for level in ladder.levels.values())
        assert ladder.empty == empty, "empty levels are miscounted"
        for price_ticks, level in ladder.levels.items():
            orders = list(level.orders.values())
            standing_lots = sum(o.now.leaves_qty_lots for o in orders)
            assert level.qty_lots == standing_lots, "level sum is wrong"
            assert all(o.now.terms.price_ticks == price_ticks and o.now.is_open for o in orders)
            priorities = [o.priority_seq for o in orders]
            assert priorities == sorted(priorities), f"level {price_ticks} is out of order"


def _check_account(state: State, account: Account) -> None:
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
        _check_position(account, position, instrument_id)
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


def _held_by_orders(account: Account, instrument_id: int) -> int:
    orders = account.open_orders.values()
    each = [order.now for order in orders]
    return sum(now.hold_minor for now in each if now.instrument_id == instrument_id)


def _check_position(account: Account, position: Position, instrument_id: int) -> None:
    open_lots = {Side.BUY: 0, Side.SELL: 0}
    for order in account.open_orders.values():
        now = order.now
        if now.instrument_id == instrument_id:
            open_lots[now.terms.side] += now.leaves_qty_lots
    assert position.open_buy_lots == open_lots[Side.BUY], "open buys are miscounted"
    assert position.open_sell_lots == open_lots[Side.SELL], "open sells are miscounted"
    assert position.net_lots or not position.cost_minor, "a flat position has a cost"
