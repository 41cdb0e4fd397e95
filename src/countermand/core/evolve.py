"""
Evolve: the only mutator. It takes an event as settled fact, never refuses, and knows no commands.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from countermand.core import fees, ledger
from countermand.core.order import Order, Staged
from countermand.core.standing import can_follow
from countermand.core.state import (
    CLOSED_ORDERS_PER_ACCOUNT_MAX,
    RETIRED_CL_ORD_IDS_MAX,
    STAGED_PER_ACCOUNT_MAX,
    Account,
    Market,
    State,
)
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    CancelRejected,
    Event,
    FundsDeposited,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentListed,
    InstrumentSettled,
    MassCanceled,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderStaged,
    ReferencePriceChanged,
    SlotTaken,
    TimeAdvanced,
    Traded,
    TradingStateChanged,
)
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.instrument import Asset, TradingState
from countermand.vocabulary.order import ExecInst, OrdStatus, Side, Standing
from countermand.vocabulary.reports import Fill, OrderReport, SlotUse, Trade

# Enum members looked up once: these lines run on every order and every cancel.
_RESTING, _CLOSED = Standing.RESTING, Standing.CLOSED
_REDUCE_ONLY, _ALL_OR_NONE = int(ExecInst.REDUCE_ONLY), int(ExecInst.ALL_OR_NONE)


def evolve(state: State, event: Event) -> None:
    """Make `event` true. `state.seq` and `state.ts_ns` are already those of its entry."""
    _EVOLVERS[type(event)](state, event)


def _nothing(state: State, event: Event) -> None:
    """Refusals and reports leave no trace in the state."""


def _asset_registered(state: State, event: AssetRegistered) -> None:
    state.assets[event.asset_id] = Asset(event.asset_id, event.venue, event.symbol, event.scale)


def _instrument_listed(state: State, event: InstrumentListed) -> None:
    state.markets[event.instrument.instrument_id] = Market(event.instrument)


def _trading_state_changed(state: State, event: TradingStateChanged) -> None:
    market = state.markets[event.instrument_id]
    market.instrument = replace(market.instrument, trading_state=event.trading_state)


def _reference_price_changed(state: State, event: ReferencePriceChanged) -> None:
    market = state.markets[event.instrument_id]
    market.instrument = replace(market.instrument, reference_price_ticks=event.price_ticks)


def _account_opened(state: State, event: AccountOpened) -> None:
    state.accounts[event.account_id] = Account(
        event.account_id,
        event.venue,
        event.owner,
        event.name,
        event.is_default,
        may_borrow=event.may_borrow,
    )


def _account_configured(state: State, event: AccountConfigured) -> None:
    account = state.accounts[event.account_id]
    account.name = event.name
    account.trading_locked = event.trading_locked
    account.reduce_only = event.reduce_only


def _funds_deposited(state: State, event: FundsDeposited) -> None:
    ledger.deposit(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def _funds_withdrawn(state: State, event: FundsWithdrawn) -> None:
    ledger.withdraw(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def _instrument_settled(state: State, event: InstrumentSettled) -> None:
    market = state.markets[event.instrument_id]
    for account in state.accounts.values():
        if account.net_lots(event.instrument_id):
            ledger.settle_position(state, account, market.instrument, event.price_ticks)
    market.settled_px_ticks = event.price_ticks
    market.instrument = replace(market.instrument, trading_state=TradingState.HALTED)


def _slot_taken(state: State, event: SlotTaken) -> None:
    slots = state.accounts[event.account_id].slots.setdefault(event.asset_id, {})
    slots[event.slot.slot] = SlotUse(event.slot.slot, event.slot.number, event.order_id)


def _order_staged(state: State, event: OrderStaged) -> None:
    staged = state.accounts[event.order.account_id].staged
    staged[event.order.order_id] = Staged(event.order, event.keep_rejected)
    if len(staged) > STAGED_PER_ACCOUNT_MAX:
        del staged[next(iter(staged))]


def _order_accepted(state: State, event: OrderAccepted) -> None:
    now = event.order
    account, market = state.accounts[now.account_id], state.markets[now.instrument_id]
    account.staged.pop(now.order_id, None)
    order = state.orders[now.order_id] = Order(now, state.seq)
    index_order(account, order)
    state.timers.add(order)
    ledger.hold(account, market.instrument, now)
    if now.standing is _RESTING:
        _rest(state, market, order)


def _order_rejected(state: State, event: OrderRejected) -> None:
    # Rejected orders are remembered only where that is asked for.
    if event.order is None:
        return
    order = Order(event.order, state.seq)
    state.orders[event.order.order_id] = order
    account = state.accounts[event.account_id]
    account.staged.pop(event.order.order_id, None)
    _remember(state, account, event.order.order_id)


def index_order(account: Account, order: Order) -> None:
    """Enter an order in its account's derived indexes. Rejected orders are not indexed."""
    now = order.now
    if now.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (now.cl_ord_id, *order.retired_cl_ord_ids):
        if cl_ord_id:
            account.cl_ord_ids[cl_ord_id] = now.order_id
    if now.is_open:
        account.open_orders[now.order_id] = order
        if now.terms.secondary_cl_ord_id:
            account.secondary_cl_ord_ids.add(now.terms.secondary_cl_ord_id, now.order_id)
        if now.terms.exec_inst & _REDUCE_ONLY:
            account.reducing[now.order_id] = order


def _become(state: State, now: OrderReport) -> Order:
    """
    Make an order what an event says it is: its hold, its place and its names follow.

    Raises: AssertionError when it cannot come to be that from what it was.
    """
    order = state.orders[now.order_id]
    market, account = state.markets[now.instrument_id], state.accounts[now.account_id]
    before = order.now
    assert can_follow(before.standing, now.standing), (
        f"order {now.order_id} is {before.standing.name} and cannot become {now.standing.name}"
    )
    ledger.free(account, market.instrument, before)
    ledger.hold(account, market.instrument, now)
    _move(state, market, order, now)
    if now.standing is _CLOSED:
        _retire(state, account, order)
    return order


def _move(state: State, market: Market, order: Order, now: OrderReport) -> None:
    # To where it stands now, from where it stood.
    before, order.now = order.now, now
    if before.standing is _RESTING and now.standing is _RESTING:
        ladder = market.book.ladder(now.terms.side)
        ladder.shrink(before, before.leaves_qty_lots - now.leaves_qty_lots)
    elif before.standing is _RESTING:
        _leave(state, market, before)
    elif now.standing is _RESTING:
        _rest(state, market, order)


def _rest(state: State, market: Market, order: Order) -> None:
    now = order.now
    market.book.ladder(now.terms.side).add(order)
    if now.terms.exec_inst & _ALL_OR_NONE:
        state.all_or_none.setdefault(now.instrument_id, {})[now.order_id] = order


def _leave(state: State, market: Market, before: OrderReport) -> None:
    market.book.ladder(before.terms.side).remove(before)
    if before.terms.exec_inst & _ALL_OR_NONE:
        waiting = state.all_or_none[before.instrument_id]
        del waiting[before.order_id]
        if not waiting:
            del state.all_or_none[before.instrument_id]


def _order_changed(
    state: State, event: OrderRested | OrderCanceled | OrderExpired | OrderRestated
) -> None:
    _become(state, event.order)


def _retire(state: State, account: Account, order: Order) -> None:
    now = order.now
    del account.open_orders[now.order_id]
    account.reducing.pop(now.order_id, None)
    state.timers.drop(now.terms.expire_ns)
    if now.terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.close(now.terms.secondary_cl_ord_id, now.order_id)
    _remember(state, account, now.order_id)


def _remember(state: State, account: Account, order_id: OrderId) -> None:
    # A closed order stays findable until the account has closed so many more after it.
    account.closed.append(order_id)
    if len(account.closed) <= CLOSED_ORDERS_PER_ACCOUNT_MAX:
        return
    order = state.orders.pop(account.closed.popleft())
    forgotten = order.now
    if forgotten.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (forgotten.cl_ord_id, *order.retired_cl_ord_ids):
        account.cl_ord_ids.pop(cl_ord_id, None)
    secondary = forgotten.terms.secondary_cl_ord_id
    if secondary:
        account.secondary_cl_ord_ids.forget(secondary, forgotten.order_id)


def _order_replaced(state: State, event: OrderReplaced) -> None:
    now = event.order
    before = state.orders[now.order_id].now
    order = _become(state, now)
    if not event.keeps_priority:
        order.priority_seq = state.seq
    account = state.accounts[now.account_id]
    if now.terms.exec_inst != before.terms.exec_inst:
        account.reducing.pop(now.order_id, None)
        if now.terms.exec_inst & _REDUCE_ONLY:
            account.reducing[now.order_id] = order
    if now.terms.expire_ns != before.terms.expire_ns:
        state.timers.drop(before.terms.expire_ns)
        state.timers.add(order)
    if now.cl_ord_id != before.cl_ord_id:
        _rename(account, order, before.cl_ord_id)


def _rename(account: Account, order: Order, old: str) -> None:
    # A retired id stays taken, until the order has had so many after it.
    retired = (*order.retired_cl_ord_ids, old)
    for forgotten in retired[:-RETIRED_CL_ORD_IDS_MAX]:
        account.cl_ord_ids.pop(forgotten, None)
    order.retired_cl_ord_ids = retired[-RETIRED_CL_ORD_IDS_MAX:]
    account.cl_ord_ids[order.now.cl_ord_id] = order.now.order_id


def _traded(state: State, event: Traded) -> None:
    market = state.markets[event.instrument_id]
    instrument, price_ticks, qty_lots = market.instrument, event.price_ticks, event.qty_lots
    taker = event.taker
    buy, sell = (taker, event.maker) if taker.terms.side is Side.BUY else (event.maker, taker)
    buyer, seller = state.accounts[buy.account_id], state.accounts[sell.account_id]
    for now, rate_ppb in (
        (event.maker, instrument.maker_fee_ppb),
        (taker, instrument.taker_fee_ppb),
    ):
        order = _become(state, now)
        if instrument.fee_step_minor:
            match = (price_ticks, qty_lots)
            order.fee_accrued += fees.accrual(instrument, now.terms.side, rate_ppb, *match)
    if instrument.has_positions:
        ledger.move_position(state, buyer, instrument, qty_lots, price_ticks)
        ledger.move_position(state, seller, instrument, -qty_lots, price_ticks)
    else:
        ledger.settle_spot(buyer, seller, instrument, price_ticks, qty_lots)
    _record_fill(state, market, event, is_maker=True)
    _record_fill(state, market, event, is_maker=False)
    market.last_px_ticks, market.last_qty_lots = price_ticks, qty_lots
    market.volume_lots += qty_lots
    market.volume_notional_minor += instrument.notional_of(price_ticks, qty_lots)
    market.transact_ns = state.ts_ns
    what = (event.match_id, event.instrument_id, taker.terms.side)
    market.trades.append(Trade(*what, price_ticks, qty_lots, state.ts_ns))


def _record_fill(state: State, market: Market, event: Traded, *, is_maker: bool) -> None:
    now = event.maker if is_maker else event.taker
    fee_minor = event.maker_fee_minor if is_maker else event.taker_fee_minor
    account, instrument = state.accounts[now.account_id], market.instrument
    ledger.charge(state, account, instrument, now.terms.side, fee_minor)
    if instrument.has_positions:
        account.position(instrument.instrument_id).fee_minor += fee_minor
    fill = Fill(
        event.match_id,
        now.order_id,
        now.account_id,
        now.instrument_id,
        now.cl_ord_id,
        now.terms,
        is_maker=is_maker,
        last_px_ticks=event.price_ticks,
        last_qty_lots=event.qty_lots,
        fee_minor=fee_minor,
        cum_qty_lots=now.cum_qty_lots,
        cum_notional_minor=now.cum_notional_minor,
        ts_ns=now.transact_ns,
    )
    account.fills.append(fill)


_EVOLVERS: dict[type, Callable[[State, Any], None]] = {
    OrderCanceled: _order_changed,
    OrderAccepted: _order_accepted,
    OrderRested: _order_changed,
    Traded: _traded,
    OrderReplaced: _order_replaced,
    OrderRestated: _order_changed,
    OrderExpired: _order_changed,
    AssetRegistered: _asset_registered,
    InstrumentListed: _instrument_listed,
    TradingStateChanged: _trading_state_changed,
    ReferencePriceChanged: _reference_price_changed,
    AccountOpened: _account_opened,
    AccountConfigured: _account_configured,
    FundsDeposited: _funds_deposited,
    OrderStaged: _order_staged,
    SlotTaken: _slot_taken,
    FundsWithdrawn: _funds_withdrawn,
    InstrumentSettled: _instrument_settled,
    OrderRejected: _order_rejected,
    CancelRejected: _nothing,
    InstructionRejected: _nothing,
    MassCanceled: _nothing,
    TimeAdvanced: _nothing,
}
