"""Views: from state to reports. One function per query; none changes anything."""

from collections.abc import Callable
from heapq import nlargest
from itertools import islice
from typing import Any

from msgspec.structs import replace

from countermand.core import fees, sizing
from countermand.core.book import Ladder
from countermand.core.decide import decide
from countermand.core.exposure import Priced, loss_minor, market_bound, required_minor
from countermand.core.history import History
from countermand.core.ledger import hold_asset
from countermand.core.recorded import RECORDED_VIEWS, accounts_of, span
from countermand.core.state import Account, Market, State
from countermand.vocabulary.commands import NewOrder, RecordRejected
from countermand.vocabulary.events import OrderAccepted, OrderRejected, OrderRested, Traded
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.queries import (
    GetAccount,
    GetDepth,
    GetQuote,
    GetReferenceData,
    ListOpenOrders,
    ListQuotes,
    ListSlots,
    ListTrades,
    PreviewOrder,
)
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    BalanceReport,
    DepthReport,
    OrderReport,
    PositionReport,
    PreviewReport,
    QuoteReport,
    ReferenceData,
    SlotUse,
    Trade,
)


def view(state: State, history: History, query: Any) -> Any:
    """
    Return the answer to `query`, of the type its docstring names.

    Raises: KeyError for a value that is no query.
    """
    if recorded := RECORDED_VIEWS.get(type(query)):
        return recorded(state, history, query)
    return _VIEWS[type(query)](state, query)


def _list_trades(state: State, query: ListTrades) -> tuple[Trade, ...]:
    market = state.markets.get(query.instrument_id)
    newest_first = reversed(market.trades) if market else ()
    return tuple(islice(newest_first, None if query.limit is None else max(0, query.limit)))


def _list_open_orders(state: State, query: ListOpenOrders) -> tuple[OrderReport, ...]:
    instruments, side, cl_ord_id = query.instrument_ids, query.side, query.cl_ord_id
    until_ns, ord_types, exec_types = query.until_ns, query.ord_types, query.exec_types
    has_trigger = query.has_trigger
    chosen = [
        order.now
        for account in accounts_of(state, query.account_ids)
        for order in account.open_orders.values()
        if (side is None or order.now.terms.side is side)
        and (instruments is None or order.now.instrument_id in instruments)
        and (cl_ord_id is None or order.now.cl_ord_id == cl_ord_id)
        and (until_ns is None or order.now.transact_ns <= until_ns)
        and (ord_types is None or order.now.terms.ord_type in ord_types)
        and (has_trigger is None or (order.now.terms.trigger is not None) is has_trigger)
        and (exec_types is None or order.now.exec_type in exec_types)
    ]
    start, stop = span(query)
    size = len(chosen) if stop is None else min(stop, len(chosen))
    return tuple(nlargest(size, chosen, key=_last_event)[start:])


def _last_event(now: OrderReport) -> tuple[int, int]:
    return now.transact_ns, now.order_id


def _account_report(account: Account) -> AccountReport:
    return AccountReport(
        account.account_id,
        account.venue,
        account.owner,
        account.name,
        account.is_default,
        account.trading_locked,
        reduce_only=account.reduce_only,
        may_borrow=account.may_borrow,
        is_killed=account.is_killed,
        dead_man_ns=account.dead_man.due_ns if account.dead_man else 0,
    )


def _get_account(state: State, query: GetAccount) -> AccountSummary | None:
    account = state.accounts.get(query.account_id)
    if account is None:
        return None
    balances = tuple(
        BalanceReport(
            account.account_id,
            asset_id,
            balance.total_minor,
            balance.hold_minor,
            loss_minor(state, account, asset_id),
            balance.transact_ns,
        )
        for asset_id, balance in sorted(account.balances.items())
    )
    positions = tuple(
        PositionReport(
            account.account_id,
            instrument_id,
            position.net_lots,
            position.cost_minor,
            position.open_buy_lots,
            position.open_sell_lots,
            margin_minor=position.margin_minor,
            realized_minor=position.realized_minor,
            mark_price_ticks=state.markets[instrument_id].mark_price_ticks,
            bought_lots=position.bought_lots,
            sold_lots=position.sold_lots,
            fee_minor=position.fee_minor,
            transact_ns=position.transact_ns,
        )
        for instrument_id, position in sorted(account.positions.items())
    )
    return AccountSummary(_account_report(account), balances, positions, len(account.open_orders))


def _list_slots(state: State, query: ListSlots) -> tuple[SlotUse, ...]:
    account = state.accounts.get(query.account_id)
    return tuple(account.slots.get(query.asset_id, {}).values()) if account else ()


def _quote(state: State, market: Market) -> QuoteReport:
    bid_px, bid_qty = _top(market.book.bids)
    ask_px, ask_qty = _top(market.book.asks)
    instrument = market.instrument
    longs = 0
    if instrument.has_positions:
        nets = (a.net_lots(instrument.instrument_id) for a in state.accounts.values())
        longs = sum(net for net in nets if net > 0)
    return QuoteReport(
        instrument,
        bid_px,
        bid_qty,
        ask_px,
        ask_qty,
        market.last_px_ticks,
        last_qty_lots=market.last_qty_lots,
        mark_price_ticks=market.mark_price_ticks,
        volume_lots=market.volume_lots,
        volume_notional_minor=market.volume_notional_minor,
        open_interest_lots=longs,
        transact_ns=market.transact_ns,
        settled_px_ticks=market.settled_px_ticks,
    )


def _top(ladder: Ladder) -> tuple[int, int]:
    return next(ladder.shown(), (0, 0))


def _get_quote(state: State, query: GetQuote) -> QuoteReport | None:
    market = state.markets.get(query.instrument_id)
    return _quote(state, market) if market else None


def _list_quotes(state: State, query: ListQuotes) -> tuple[QuoteReport, ...]:
    markets = (m for m in state.markets.values() if m.instrument.venue == query.venue)
    return tuple(_quote(state, market) for market in markets)


def _get_depth(state: State, query: GetDepth) -> DepthReport | None:
    market = state.markets.get(query.instrument_id)
    if market is None:
        return None
    bids, asks = (
        tuple(islice(ladder.shown(), max(0, query.levels_max)))
        for ladder in (market.book.bids, market.book.asks)
    )
    return DepthReport(query.instrument_id, bids, asks)


def _preview_order(state: State, query: PreviewOrder) -> PreviewReport:
    order = query.order
    account = state.accounts.get(order.account_id)
    market = state.markets.get(order.instrument_id)
    # What it would do at the book, however long it would take to come there.
    at_once = replace(order, delay_ns=0) if isinstance(order, NewOrder) else order
    decided = decide(state, state.number + 1, max(state.ts_ns, query.now_ns), at_once)
    events = decided.events
    reason = events[0].reason if isinstance(events[0], OrderRejected) else None
    if account is None or market is None or isinstance(order, RecordRejected):
        return PreviewReport(reason, 0, 0, 0, 0)
    trades = [event for event in events if isinstance(event, Traded)]
    filled = sum(trade.qty_lots for trade in trades)
    fee = sum(trade.taker_fee_minor for trade in trades)
    rested = events[-1]
    if isinstance(rested, OrderAccepted | OrderRested) and rested.order.is_open:
        fee += _resting_fee_minor(market.instrument, rested.order, trades)
    needs = _needs(state, account, market, order)
    return PreviewReport(reason, *needs, fee_minor=fee, fill_qty_lots=filled)


def _needs(state: State, account: Account, market: Market, order: NewOrder) -> tuple[int, int]:
    # What the order needs, and what there is for it.
    terms = order.terms
    price_ticks = terms.price_ticks or market_bound(market, terms.side)
    qty_lots = sizing.order_qty_lots(market, account.account_id, terms)
    required = required_minor(
        account, market, Priced(terms.side, price_ticks, qty_lots, terms.cash)
    )
    asset_id = hold_asset(market.instrument, terms.side)
    return required, account.available_minor(asset_id) - loss_minor(state, account, asset_id)


def _resting_fee_minor(instrument: Instrument, now: OrderReport, trades: list[Traded]) -> int:
    # Of what is left, at the price and after the fees with which it comes to rest.
    side, taker_fee = now.terms.side, instrument.taker_fee_ppb
    accrued = sum(
        fees.accrual(instrument, side, taker_fee, trade.price_ticks, trade.qty_lots)
        for trade in trades
    )
    rest = (instrument.maker_fee_ppb, now.terms.price_ticks, now.leaves_qty_lots)
    # Without a step each fill is rounded by itself, independent of what came before.
    return fees.fee_minor(instrument, side, *rest, accrued, now.fee_minor)


def _get_reference_data(state: State, query: GetReferenceData) -> ReferenceData:
    venue = query.venue
    return ReferenceData(
        tuple(a for a in state.assets.values() if venue in ("", a.venue)),
        tuple(m.instrument for m in state.markets.values() if venue in ("", m.instrument.venue)),
        tuple(
            _account_report(a)
            for a in state.accounts.values()
            if a.account_id > 0 and venue in ("", a.venue)
        ),
    )


_VIEWS: dict[type, Callable[[State, Any], Any]] = {
    ListOpenOrders: _list_open_orders,
    ListTrades: _list_trades,
    GetAccount: _get_account,
    GetQuote: _get_quote,
    ListQuotes: _list_quotes,
    ListSlots: _list_slots,
    GetDepth: _get_depth,
    PreviewOrder: _preview_order,
    GetReferenceData: _get_reference_data,
}
