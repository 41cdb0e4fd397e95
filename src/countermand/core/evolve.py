"""
Evolve: the only mutator. It takes an event as settled fact, never refuses, and knows no commands.
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from countermand.core import fees, ledger
from countermand.core.filing import close, close_in_list, forget, leave, move, stand, unname
from countermand.core.order import Order, Request, Staged
from countermand.core.standing import FOLLOW
from countermand.core.state import (
    CLOSED_ORDERS_PER_ACCOUNT_MAX,
    PRIORITY_BITS,
    RETIRED_CL_ORD_IDS_MAX,
    STAGED_PER_ACCOUNT_MAX,
    Account,
    DeadMan,
    Delays,
    Market,
    State,
)
from countermand.core.timers import DEAD_MAN, EXPIRY, REQUEST, SLICE
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    CancelRejected,
    DeadManFired,
    DeadManSet,
    DelaysSet,
    FundsDeposited,
    FundsWithdrawn,
    InstructionRejected,
    InstrumentListed,
    InstrumentSettled,
    KillSet,
    ListAccepted,
    ListRejected,
    ListReplaced,
    MassCanceled,
    NumbersPassed,
    OrderAccepted,
    OrderCanceled,
    OrderExpired,
    OrderRejected,
    OrderReleased,
    OrderReplaced,
    OrderRestated,
    OrderRested,
    OrderStaged,
    OrderTriggered,
    ReferencePriceChanged,
    RequestDue,
    RequestPended,
    SlotTaken,
    TimeAdvanced,
    Traded,
    TradingStateChanged,
)
from countermand.vocabulary.instrument import Asset, Instrument, InstrumentKind, TradingState
from countermand.vocabulary.order import ExecInst, Side, Standing
from countermand.vocabulary.reports import Fill, OrderReport, SlotUse, Trade

# Enum members looked up once: these lines run on every order and every cancel.
_RESTING, _WAITING, _CLOSED = Standing.RESTING, Standing.WAITING, Standing.CLOSED
_PENDING, _ARMED = Standing.PENDING, Standing.ARMED
_BUY, _SPOT = Side.BUY, InstrumentKind.SPOT
_TO_CLOSED = 1 << _CLOSED
_REDUCE_ONLY = int(ExecInst.REDUCE_ONLY)


def _numbers_passed(state: State, event: NumbersPassed) -> None:
    state.passed += event.count


def _nothing(state: State, event: object) -> None:
    """Refusals and reports leave no trace in the state."""


def _asset_registered(state: State, event: AssetRegistered) -> None:
    assert event.asset_id not in state.assets, f"asset {event.asset_id} is registered already"
    state.assets[event.asset_id] = Asset(event.asset_id, event.venue, event.symbol, event.scale)


def _instrument_listed(state: State, event: InstrumentListed) -> None:
    instrument_id = event.instrument.instrument_id
    assert instrument_id not in state.markets, f"market {instrument_id} is listed already"
    state.markets[instrument_id] = Market(event.instrument)


def _trading_state_changed(state: State, event: TradingStateChanged) -> None:
    market = state.markets[event.instrument_id]
    assert market.settled_px_ticks is None, f"market {event.instrument_id} is over"
    market.rule(replace(market.instrument, trading_state=event.trading_state))


def _reference_price_changed(state: State, event: ReferencePriceChanged) -> None:
    market = state.markets[event.instrument_id]
    assert event.price_ticks > 0, f"market {event.instrument_id} is told no price"
    market.rule(replace(market.instrument, reference_price_ticks=event.price_ticks))


def _account_opened(state: State, event: AccountOpened) -> None:
    assert event.account_id not in state.accounts, f"account {event.account_id} is open already"
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
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    account.name = event.name
    account.trading_locked = event.trading_locked
    account.reduce_only = event.reduce_only


def _funds_deposited(state: State, event: FundsDeposited) -> None:
    assert event.amount_minor > 0, "no money came in"
    assert event.account_id > 0, f"money came in to {event.account_id}, which is the house's"
    ledger.deposit(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def _funds_withdrawn(state: State, event: FundsWithdrawn) -> None:
    assert event.amount_minor > 0, "no money went out"
    assert event.account_id > 0, f"money went out of {event.account_id}, which is the house's"
    ledger.withdraw(state, state.accounts[event.account_id], event.asset_id, event.amount_minor)


def _instrument_settled(state: State, event: InstrumentSettled) -> None:
    market = state.markets[event.instrument_id]
    assert market.settled_px_ticks is None, f"market {event.instrument_id} was settled before"
    assert not market.armed.orders, f"market {event.instrument_id} ends and orders sleep"
    assert not market.waiting, f"market {event.instrument_id} ends and orders wait"
    for account in state.accounts.values():
        if account.net_lots(event.instrument_id):
            ledger.settle_position(state, account, market.instrument, event.price_ticks)
        assert account.net_lots(event.instrument_id) == 0, "a position outlives its market"
    market.settled_px_ticks = event.price_ticks
    market.rule(replace(market.instrument, trading_state=TradingState.HALTED))


def _slot_taken(state: State, event: SlotTaken) -> None:
    slots = state.accounts[event.account_id].slots.setdefault(event.asset_id, {})
    use = slots.get(event.slot.slot)
    assert use is None or event.slot.number > use.number, f"slot {event.slot.slot} went back"
    slots[event.slot.slot] = SlotUse(event.slot.slot, event.slot.number, event.order_id)


def _order_staged(state: State, event: OrderStaged) -> None:
    staged = state.accounts[event.order.account_id].staged
    assert event.order.standing is Standing.STAGED, f"order {event.order.order_id} is not staged"
    said = (event.keep_rejected, event.needs_liquidity)
    staged[event.order.order_id] = Staged(event.order, *said)
    if len(staged) > STAGED_PER_ACCOUNT_MAX:
        del staged[next(iter(staged))]


def _order_accepted(state: State, event: OrderAccepted) -> object:
    now = event.order
    account, market = state.accounts[now.account_id], state.markets[now.instrument_id]
    terms, order_id = now.terms, now.order_id
    assert now.leaves_qty_lots == terms.order_qty_lots > 0, f"order {order_id} came in as no order"
    assert order_id not in state.orders, f"order {order_id} was accepted before"
    if account.staged:
        account.staged.pop(order_id, None)
    order = state.orders[order_id] = account.open_orders[order_id] = Order(
        now, state.seq << PRIORITY_BITS
    )
    if now.cl_ord_id:
        account.cl_ord_ids[now.cl_ord_id] = order_id
    if terms.secondary_cl_ord_id:
        account.secondary_cl_ord_ids.add(terms.secondary_cl_ord_id, order_id)
    if terms.exec_inst & _REDUCE_ONLY:
        account.reducing[order_id] = order
    if terms.expire_ns:
        state.timers.add(terms.expire_ns, EXPIRY, order_id)
    ledger.hold(account, market.instrument, now)
    if now.standing is _RESTING:
        market.book.ladder(terms.side).add(order)
    else:
        stand(state, market, order)
    return market.waiting


def _order_rejected(state: State, event: OrderRejected) -> None:
    # Rejected orders are remembered only where that is asked for.
    if event.order is None:
        return
    order_id, account = event.order.order_id, state.accounts[event.account_id]
    assert order_id not in state.orders, f"order {order_id} was rejected after it was taken"
    order = state.orders[order_id] = Order(event.order, state.seq << PRIORITY_BITS)
    account.staged.pop(order_id, None)
    state.ended.append(order)
    account.closed.append(order_id)
    if len(account.closed) > CLOSED_ORDERS_PER_ACCOUNT_MAX:
        forget(state, account)


def _order_ended(state: State, event: OrderCanceled | OrderExpired) -> object:
    # In one function, because this is the most frequent thing that happens to an order.
    now = event.order
    order_id, terms = now.order_id, now.terms
    order, account = state.orders[order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    was = before.standing
    assert now.standing is _CLOSED, f"order {order_id} ended and is not closed"
    assert FOLLOW[was] & _TO_CLOSED, f"order {order_id} is {was.name} and ended again"
    assert now.hold_minor == 0, f"order {order_id} ended and holds something"
    assert now.leaves_qty_lots == 0, f"order {order_id} ended with something left"
    ledger.rehold(account, market.instrument, before, now)
    order.now = now
    if was is _RESTING:
        (market.book.bids if terms.side is _BUY else market.book.asks).remove(before)
    else:
        leave(state, market, before)
    del account.open_orders[order_id]
    if terms.exec_inst or terms.secondary_cl_ord_id:
        unname(account, now)
    if terms.expire_ns:
        state.timers.drop()
    state.ended.append(order)
    account.closed.append(now.cl_ord_id or order_id)
    if len(account.closed) > CLOSED_ORDERS_PER_ACCOUNT_MAX:
        forget(state, account)
    if terms.link is not None:
        close_in_list(state, account, order, terms.link)
    # Only the end of a list's order acts on others; any other end asks for nothing more.
    return terms.link


def _order_changed(state: State, event: OrderRested | OrderRestated) -> object:
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    assert now.standing is not _CLOSED, f"order {now.order_id} changed and is closed"
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    if now.due_ns != before.due_ns:
        _reslice(state, before, now)
    return market.waiting


def _reslice(state: State, before: OrderReport, now: OrderReport) -> None:
    if before.due_ns:
        state.timers.drop()
    if now.due_ns:
        state.timers.add(now.due_ns, SLICE, now.order_id)


def _order_replaced(state: State, event: OrderReplaced) -> None:
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    assert not event.keeps_priority or now.terms.price_ticks == before.terms.price_ticks, (
        f"order {now.order_id} keeps its place at another price"
    )
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    if not event.keeps_priority:
        order.priority = state.next_priority()
    if now.terms.exec_inst != before.terms.exec_inst:
        account.reducing.pop(now.order_id, None)
        if now.terms.exec_inst & _REDUCE_ONLY:
            account.reducing[now.order_id] = order
    if now.terms.expire_ns != before.terms.expire_ns:
        _move_expiry(state, before, now)
    if now.cl_ord_id != before.cl_ord_id:
        _rename(account, order, before.cl_ord_id)


def _list_replaced(state: State, event: ListReplaced) -> None:
    for order_id in event.order_ids:
        if state.orders[order_id].now.standing is _PENDING:
            state.arriving.append(order_id)


def _order_released(state: State, event: OrderReleased | OrderTriggered) -> None:
    now = event.order
    order, account = state.orders[now.order_id], state.accounts[now.account_id]
    before, market = order.now, state.markets[now.instrument_id]
    ledger.rehold(account, market.instrument, before, now)
    move(market, order, before, now)
    order.priority = state.next_priority()
    _reslice(state, before, now)
    if now.standing is _PENDING:
        state.arriving.append(now.order_id)


def _dead_man_set(state: State, event: DeadManSet) -> None:
    account = state.accounts[event.account_id]
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    if account.dead_man:
        state.timers.drop()
    account.dead_man = None
    if event.due_ns:
        account.dead_man = DeadMan(event.due_ns, event.spares_protective)
        state.timers.add(event.due_ns, DEAD_MAN, event.account_id)


def _dead_man_fired(state: State, event: DeadManFired) -> None:
    assert state.accounts[event.account_id].dead_man, f"{event.account_id} has no switch to go off"
    state.accounts[event.account_id].dead_man = None
    state.timers.drop()


def _kill_set(state: State, event: KillSet) -> None:
    assert event.account_id > 0, f"account {event.account_id} is the house's"
    state.accounts[event.account_id].is_killed = event.is_killed


def _delays_set(state: State, event: DelaysSet) -> None:
    times = (event.new_ns, event.cancel_ns, event.replace_ns)
    assert min(times) >= 0, f"{event.venue} applies what it will be told later"
    if any(times):
        state.delays[event.venue] = Delays(*times)
    else:
        state.delays.pop(event.venue, None)


def _request_pended(state: State, event: RequestPended) -> None:
    assert event.due_ns > state.ts_ns, f"request {event.number} is pending and due"
    order_ids = tuple(now.order_id for now in event.reports)
    state.requests[event.number] = Request(event.due_ns, event.request, order_ids)
    state.timers.add(event.due_ns, REQUEST, event.number)
    _show(state, event.reports)


def _request_due(state: State, event: RequestDue) -> None:
    del state.requests[event.number]
    state.timers.drop()
    _show(state, event.reports)


def _show(state: State, reports: tuple[OrderReport, ...]) -> None:
    # What is pending of an order, and nothing else of it, is new.
    for now in reports:
        order = state.orders[now.order_id]
        assert order.now.standing is now.standing, f"order {now.order_id} is pending and moved"
        assert order.now.terms == now.terms, f"order {now.order_id} is pending and has new terms"
        order.now = now


def _move_expiry(state: State, before: OrderReport, now: OrderReport) -> None:
    if before.terms.expire_ns:
        state.timers.drop()
    if now.terms.expire_ns:
        state.timers.add(now.terms.expire_ns, EXPIRY, now.order_id)


def _rename(account: Account, order: Order, old: str) -> None:
    # A retired id stays taken, until the order has had so many after it.
    retired = (*order.retired_cl_ord_ids, old)
    for forgotten in retired[:-RETIRED_CL_ORD_IDS_MAX]:
        account.cl_ord_ids.drop(forgotten)
    order.retired_cl_ord_ids = retired[-RETIRED_CL_ORD_IDS_MAX:]
    account.cl_ord_ids[order.now.cl_ord_id] = order.now.order_id


def _traded(state: State, event: Traded) -> object:
    maker, taker, qty_lots = event.maker, event.taker, event.qty_lots
    market, price_ticks = state.markets[taker.instrument_id], event.price_ticks
    instrument, side, match_id = market.instrument, taker.terms.side, event.match_id
    assert match_id > state.match_id, f"match {match_id} comes after its own time"
    assert maker.terms.side is not side, f"match {match_id} is of one side"
    state.match_id = match_id
    orders, accounts = state.orders, state.accounts
    made, taken = orders[maker.order_id], orders[taker.order_id]
    # The buyer first. Where an account meets itself the order shows: what it buys joins the cost of
    # its position before what it sells realizes a part of that (or, short, closes before the sale
    # opens). Fees and fills are booked the maker's first.
    parts = (
        (accounts[maker.account_id], made.now, maker, event.maker_fee_minor),
        (accounts[taker.account_id], taken.now, taker, event.taker_fee_minor),
    )
    buy, sell = (parts[1], parts[0]) if side is _BUY else parts
    if instrument.kind is _SPOT:
        ledger.settle_spot(buy[0], sell[0], instrument, (price_ticks, qty_lots), state.ts_ns)
        ledger.rehold(buy[0], instrument, buy[1], buy[2])
        ledger.rehold(sell[0], instrument, sell[1], sell[2])
    else:
        for account, was, now, fee_minor in (buy, sell):
            match = (price_ticks, qty_lots, fee_minor)
            ledger.fill_position(state, account, instrument, (was, now), match)
    _fill(state, market, event, made, is_maker=True)
    _fill(state, market, event, taken, is_maker=False)
    market.last_px_ticks, market.last_qty_lots = price_ticks, qty_lots
    market.volume_lots += qty_lots
    market.volume_notional_minor += price_ticks * qty_lots * instrument.notional_minor
    ts_ns = market.transact_ns = state.ts_ns
    market.trades.append(Trade(match_id, taker.instrument_id, side, price_ticks, qty_lots, ts_ns))
    linked = maker.terms.link or taker.terms.link
    return linked or market.armed.orders or parts[0][0].reducing or parts[1][0].reducing


def _fill(state: State, market: Market, event: Traded, order: Order, *, is_maker: bool) -> None:
    # One side of a match: its order, its fee, its record.
    now = event.maker if is_maker else event.taker
    fee_minor = event.maker_fee_minor if is_maker else event.taker_fee_minor
    before, account, qty_lots = order.now, state.accounts[now.account_id], event.qty_lots
    instrument = market.instrument
    assert now.cum_qty_lots == before.cum_qty_lots + qty_lots, f"order {now.order_id} is misfilled"
    if instrument.fee_step_minor:
        _accrue(instrument, order, event, is_maker=is_maker)
    if fee_minor:
        ledger.charge(state, account, instrument, now.terms.side, fee_minor)
    move(market, order, before, now)
    if not now.leaves_qty_lots:
        if now.due_ns:
            state.timers.drop()
        close(state, account, order)
    state.filled.append(
        Fill(
            event.match_id,
            now.order_id,
            now.account_id,
            now.instrument_id,
            now.cl_ord_id,
            now.terms,
            is_maker=is_maker,
            last_px_ticks=event.price_ticks,
            last_qty_lots=qty_lots,
            fee_minor=fee_minor,
            cum_qty_lots=now.cum_qty_lots,
            cum_notional_minor=now.cum_notional_minor,
            ts_ns=now.transact_ns,
        )
    )


def _accrue(instrument: Instrument, order: Order, event: Traded, *, is_maker: bool) -> None:
    # What fees would be without rounding, kept where the rounding is the order's.
    rate_ppb = instrument.maker_fee_ppb if is_maker else instrument.taker_fee_ppb
    side, match = order.now.terms.side, (event.price_ticks, event.qty_lots)
    order.fee_accrued += fees.accrual(instrument, side, rate_ppb, *match)


# One that returns something says that its event may bring something about: of events of the kinds
# in `reactions.FREQUENT_REACTIONS` nothing else is asked.
EVOLVERS: dict[type, Callable[[State, Any], object]] = {
    OrderCanceled: _order_ended,
    OrderAccepted: _order_accepted,
    OrderRested: _order_changed,
    Traded: _traded,
    OrderReplaced: _order_replaced,
    OrderRestated: _order_changed,
    OrderExpired: _order_ended,
    OrderReleased: _order_released,
    OrderTriggered: _order_released,
    RequestPended: _request_pended,
    RequestDue: _request_due,
    DelaysSet: _delays_set,
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
    ListAccepted: _nothing,
    DeadManSet: _dead_man_set,
    DeadManFired: _dead_man_fired,
    KillSet: _kill_set,
    ListRejected: _nothing,
    ListReplaced: _list_replaced,
    TimeAdvanced: _nothing,
    NumbersPassed: _numbers_passed,
}
