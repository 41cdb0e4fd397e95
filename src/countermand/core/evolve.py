"""
Evolve: the only mutator. It takes an event as settled fact, never refuses, and knows no commands.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from countermand.core import fees, ledger
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
from countermand.vocabulary.instrument import Asset, Instrument, TradingState
from countermand.vocabulary.order import ExecType, Order, OrdStatus, Side
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import Fill, StagedOrder, Trade


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


def _order_staged(state: State, event: OrderStaged) -> None:
    staged = state.accounts[event.order.account_id].staged
    staged[event.order_id] = StagedOrder(event.order_id, state.ts_ns, event.expire_ns, event.order)
    if len(staged) > STAGED_PER_ACCOUNT_MAX:
        del staged[next(iter(staged))]


def _order_accepted(state: State, event: OrderAccepted) -> None:
    order = _order(state, event)
    account = state.accounts[event.account_id]
    account.staged.pop(order.order_id, None)
    state.orders[event.order_id] = order
    index_order(account, order)
    state.timers.add(order)
    ledger.lay(account, state.markets[event.instrument_id].instrument, order)


def _slot_taken(state: State, event: SlotTaken) -> None:
    slots = state.accounts[event.account_id].slots.setdefault(event.asset_id, {})
    slots[event.use.slot] = event.use


def _order_rejected(state: State, event: OrderRejected) -> None:
    # An order nobody wants remembered leaves no trace.
    if event.kept is None:
        return
    order = _order(state, event.kept)
    order.leaves_qty_lots = 0
    order.ord_status, order.exec_type = OrdStatus.REJECTED, ExecType.REJECTED
    order.reject_reason = event.reason
    state.orders[order.order_id] = order
    account = state.accounts[event.account_id]
    account.staged.pop(order.order_id, None)
    _remember(state, account, order)


def _order(state: State, event: OrderAccepted) -> Order:
    return Order(
        event.order_id,
        event.account_id,
        event.instrument_id,
        event.cl_ord_id,
        event.side,
        event.ord_type,
        event.time_in_force,
        event.exec_inst,
        event.stp,
        event.price_ticks,
        event.order_qty_lots,
        event.expire_ns,
        state.ts_ns,
        state.ts_ns,
        state.seq,
        event.order_qty_lots,
        text=event.text,
        secondary_cl_ord_id=event.secondary_cl_ord_id,
        cash_qty_minor=event.cash_qty_minor,
        position_effect=event.position_effect,
    )


def index_order(account: Account, order: Order) -> None:
    """Enter an order in its account's derived indexes; a rejected one has names of nobody's."""
    if order.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (order.cl_ord_id, *order.retired_cl_ord_ids):
        if cl_ord_id:
            account.cl_ord_ids[cl_ord_id] = order.order_id
    if order.is_open:
        account.open_orders[order.order_id] = order
        if order.secondary_cl_ord_id:
            account.secondary_cl_ord_ids.add(order.secondary_cl_ord_id, order.order_id)
        if order.reduce_only:
            account.reducing[order.order_id] = order


def _order_rested(state: State, event: OrderRested) -> None:
    order = state.orders[event.order_id]
    state.markets[order.instrument_id].book.ladder(order.side).add(order)
    if order.all_or_none:
        state.all_or_none.setdefault(order.instrument_id, {})[order.order_id] = order


def _leave(state: State, market: Market, order: Order) -> None:
    # Out of the book, if it stands there.
    market.book.ladder(order.side).discard(order)
    if order.all_or_none and (waiting := state.all_or_none.get(order.instrument_id)):
        waiting.pop(order.order_id, None)
        if not waiting:
            del state.all_or_none[order.instrument_id]


def _order_canceled(state: State, event: OrderCanceled) -> None:
    order = state.orders[event.order_id]
    order.cancel_reason = event.reason
    _close(state, order, OrdStatus.CANCELED, ExecType.CANCELED)


def _order_expired(state: State, event: OrderExpired) -> None:
    order = state.orders[event.order_id]
    order.cancel_reason = CancelReason.EXPIRED
    _close(state, order, OrdStatus.EXPIRED, ExecType.EXPIRED)


def _close(state: State, order: Order, status: OrdStatus, exec_type: ExecType) -> None:
    # Takes an order with something left out of the book and frees what it holds.
    market, account = state.markets[order.instrument_id], state.accounts[order.account_id]
    _leave(state, market, order)
    ledger.lift(account, market.instrument, order)
    order.leaves_qty_lots = 0
    order.ord_status = status
    order.exec_type = exec_type
    order.transact_ns = state.ts_ns
    _retire(state, account, order)


def _retire(state: State, account: Account, order: Order) -> None:
    del account.open_orders[order.order_id]
    account.reducing.pop(order.order_id, None)
    state.timers.drop(order)
    if order.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.close(order.secondary_cl_ord_id, order.order_id)
    _remember(state, account, order)


def _remember(state: State, account: Account, order: Order) -> None:
    # A closed order stays readable until the account has closed so many more after it.
    account.closed.append(order.order_id)
    if len(account.closed) <= CLOSED_ORDERS_PER_ACCOUNT_MAX:
        return
    forgotten = state.orders.pop(account.closed.popleft())
    if forgotten.ord_status is OrdStatus.REJECTED:
        return
    for cl_ord_id in (forgotten.cl_ord_id, *forgotten.retired_cl_ord_ids):
        account.cl_ord_ids.pop(cl_ord_id, None)
    if forgotten.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.forget(forgotten.secondary_cl_ord_id, forgotten.order_id)


def _order_replaced(state: State, event: OrderReplaced) -> None:
    order = state.orders[event.order_id]
    market, account = state.markets[order.instrument_id], state.accounts[order.account_id]
    leaves = event.order_qty_lots - order.cum_qty_lots
    if event.keeps_priority:
        market.book.ladder(order.side).shrink(order, order.leaves_qty_lots - leaves)
    else:
        _leave(state, market, order)
        order.priority_seq = state.seq
    ledger.lift(account, market.instrument, order)
    order.price_ticks = event.price_ticks
    order.order_qty_lots = event.order_qty_lots
    order.leaves_qty_lots = leaves
    ledger.lay(account, market.instrument, order)
    order.exec_type = ExecType.REPLACED
    order.transact_ns = state.ts_ns
    order.text = event.text
    _restyle(state, account, order, event)
    if event.cl_ord_id != order.cl_ord_id:
        _rename(account, order, event.cl_ord_id)


def _restyle(state: State, account: Account, order: Order, event: OrderReplaced) -> None:
    order.time_in_force = event.time_in_force
    if event.exec_inst != order.exec_inst:
        order.exec_inst = event.exec_inst
        account.reducing.pop(order.order_id, None)
        if order.reduce_only:
            account.reducing[order.order_id] = order
    if event.expire_ns != order.expire_ns:
        state.timers.drop(order)
        order.expire_ns = event.expire_ns
        state.timers.add(order)


def _rename(account: Account, order: Order, cl_ord_id: str) -> None:
    # A retired id stays taken, until the order has had so many after it.
    retired = (*order.retired_cl_ord_ids, order.cl_ord_id)
    for forgotten in retired[:-RETIRED_CL_ORD_IDS_MAX]:
        account.cl_ord_ids.pop(forgotten, None)
    order.retired_cl_ord_ids = retired[-RETIRED_CL_ORD_IDS_MAX:]
    order.cl_ord_id = cl_ord_id
    account.cl_ord_ids[cl_ord_id] = order.order_id


def _order_restated(state: State, event: OrderRestated) -> None:
    order = state.orders[event.order_id]
    market, account = state.markets[order.instrument_id], state.accounts[order.account_id]
    ladder, taken = market.book.ladder(order.side), order.order_qty_lots - event.order_qty_lots
    ledger.lift(account, market.instrument, order)
    # The incoming order is restated too, and does not stand in the book yet.
    if ladder.holds(order):
        ladder.shrink(order, taken)
    order.order_qty_lots = event.order_qty_lots
    order.leaves_qty_lots -= taken
    order.price_ticks = event.price_ticks or order.price_ticks
    ledger.lay(account, market.instrument, order)
    order.exec_type = ExecType.RESTATED
    order.transact_ns = state.ts_ns


def _traded(state: State, event: Traded) -> None:
    market = state.markets[event.instrument_id]
    maker, taker = state.orders[event.maker_order_id], state.orders[event.taker_order_id]
    buy, sell = (taker, maker) if taker.side is Side.BUY else (maker, taker)
    buyer, seller = state.accounts[buy.account_id], state.accounts[sell.account_id]
    instrument, price_ticks, qty_lots = market.instrument, event.price_ticks, event.qty_lots
    # Before what is left is held anew: a fee that is rounded as a sum is taken from its reserve.
    _accrue(instrument, maker, event, is_maker=True)
    _accrue(instrument, taker, event, is_maker=False)
    _take_off(state, market, maker, qty_lots)
    _take_off(state, market, taker, qty_lots)
    if instrument.has_positions:
        ledger.move_position(state, buyer, instrument, qty_lots, price_ticks)
        ledger.move_position(state, seller, instrument, -qty_lots, price_ticks)
    else:
        ledger.settle_spot(buyer, seller, instrument, price_ticks, qty_lots)
    _record_fill(state, market, maker, event, is_maker=True)
    _record_fill(state, market, taker, event, is_maker=False)
    market.last_px_ticks, market.last_qty_lots = price_ticks, qty_lots
    market.volume_lots += qty_lots
    market.volume_notional_minor += instrument.notional_of(price_ticks, qty_lots)
    market.transact_ns = state.ts_ns
    market.trades.append(
        Trade(
            event.match_id,
            event.instrument_id,
            taker.side,
            price_ticks,
            qty_lots,
            state.ts_ns,
        )
    )


def _accrue(instrument: Instrument, order: Order, event: Traded, *, is_maker: bool) -> None:
    order.fee_minor += event.maker_fee_minor if is_maker else event.taker_fee_minor
    if instrument.fee_step_minor:
        rate = instrument.maker_fee_ppb if is_maker else instrument.taker_fee_ppb
        price_ticks, qty_lots = event.price_ticks, event.qty_lots
        order.fee_accrued += fees.accrual(instrument, order.side, rate, price_ticks, qty_lots)


def _take_off(state: State, market: Market, order: Order, qty_lots: int) -> None:
    # Quantity leaves the order, its hold shrinks with it, and a filled order leaves the book.
    ladder, account = market.book.ladder(order.side), state.accounts[order.account_id]
    ledger.lift(account, market.instrument, order)
    if ladder.holds(order):
        if order.leaves_qty_lots == qty_lots:
            _leave(state, market, order)
        else:
            ladder.shrink(order, qty_lots)
    order.leaves_qty_lots -= qty_lots
    order.cum_qty_lots += qty_lots
    ledger.lay(account, market.instrument, order)
    order.exec_type = ExecType.TRADE
    order.transact_ns = state.ts_ns
    if order.leaves_qty_lots:
        order.ord_status = OrdStatus.PARTIALLY_FILLED
    else:
        order.ord_status = OrdStatus.FILLED
        _retire(state, account, order)


def _record_fill(
    state: State, market: Market, order: Order, event: Traded, *, is_maker: bool
) -> None:
    fee_minor = event.maker_fee_minor if is_maker else event.taker_fee_minor
    account, instrument = state.accounts[order.account_id], market.instrument
    order.cum_notional_minor += instrument.notional_of(event.price_ticks, event.qty_lots)
    ledger.charge(state, account, instrument, order.side, fee_minor)
    if instrument.has_positions:
        account.position(instrument.instrument_id).fee_minor += fee_minor
    fill = Fill(
        event.match_id,
        order.order_id,
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        order.side,
        order.time_in_force,
        order.stp,
        is_maker,
        event.price_ticks,
        event.qty_lots,
        fee_minor,
        order.price_ticks,
        order.order_qty_lots,
        order.cum_qty_lots,
        order.cum_notional_minor,
        order.expire_ns,
        state.ts_ns,
        order.text,
    )
    account.fills.append(fill)


_EVOLVERS: dict[type, Callable[[State, Any], None]] = {
    OrderCanceled: _order_canceled,
    OrderAccepted: _order_accepted,
    OrderRested: _order_rested,
    Traded: _traded,
    OrderReplaced: _order_replaced,
    OrderRestated: _order_restated,
    OrderExpired: _order_expired,
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
