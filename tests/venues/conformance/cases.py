"""The commands, queries and reports that the conformance suite runs at every venue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from msgspec.structs import replace
from tests.venues.conformance.asking import first_request
from tests.venues.conformance.losses import losses
from tests.venues.conformance.terms import changed, field
from tests.venues.desk import START_NS, Desk

from countermand.vocabulary.commands import CancelOrder, MassCancel, NewOrder, ReplaceOrder
from countermand.vocabulary.events import TimeAdvanced
from countermand.vocabulary.ids import AssetId, MatchId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import (
    ExecType,
    OrderTerms,
    OrdStatus,
    OrdType,
    SelfTradePrevention,
    Side,
    Standing,
    TimeInForce,
)
from countermand.vocabulary.queries import (
    GetAccount,
    GetOrder,
    GetQuote,
    GetReferenceData,
    ListFills,
    ListOpenOrders,
    ListOrders,
    ListQuotes,
)
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    BalanceReport,
    Fill,
    OrderPage,
    OrderReport,
    PositionReport,
    QuoteReport,
    ReferenceData,
)
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

LOTS = st.integers(1, 10**8)
TICKS = st.integers(1, 10**7)
ORDER_IDS = st.integers(1, 2 * 10**12).map(OrderId)
CL_ORD_IDS = st.from_regex(r"[a-z][a-z0-9-]{1,17}", fullmatch=True)
TIMES_NS = st.integers(START_NS, START_NS + 10**18)
# How an order at any venue can be canceled: slots are one venue's.
_OTHERS = (CancelReason.NONE, CancelReason.EXPIRED, CancelReason.SLOT_TAKEN_OVER)
CANCELED_BY = [reason for reason in CancelReason if reason not in _OTHERS]


def names(desk: Desk) -> st.SearchStrategy[str]:
    """Return a strategy of the names that an owner can give an order."""
    declared = losses(desk).names
    return CL_ORD_IDS if declared is None else declared


def accounts(desk: Desk) -> st.SearchStrategy[AccountReport]:
    """Return a strategy of alice's accounts."""
    return st.sampled_from(desk.accounts())


def instruments(desk: Desk) -> st.SearchStrategy[Instrument]:
    """Return a strategy of the venue's instruments."""
    return st.sampled_from(list(desk.directory.instruments.values()))


@st.composite
def new_orders(draw: st.DrawFn, desk: Desk) -> NewOrder:
    """An order of any kind; a good-till-date one ends at a whole second within the month."""
    instrument, ord_type = draw(instruments(desk)), draw(st.sampled_from(OrdType))
    market = ord_type is OrdType.MARKET
    unbound = ord_type is not OrdType.LIMIT and draw(st.booleans())
    allowed = (TimeInForce.IOC, TimeInForce.FOK) if market else tuple(TimeInForce)
    time_in_force = draw(st.sampled_from(allowed))
    expires = time_in_force is TimeInForce.GTD
    order = NewOrder(
        draw(accounts(desk)).account_id,
        instrument.instrument_id,
        draw(CL_ORD_IDS),
        OrderTerms(
            draw(st.sampled_from(Side)),
            ord_type,
            time_in_force,
            draw(LOTS),
            price_ticks=0 if market or unbound else draw(TICKS),
            expire_ns=START_NS + draw(st.integers(1, 2_000_000)) * 10**9 if expires else 0,
            exec_inst=draw(st.integers(0, 3)),
            stp=draw(st.sampled_from(SelfTradePrevention)),
        ),
    )
    order = changed(order, **losses(desk).given)
    completed = losses(desk).completed
    return order if completed is None else completed(desk, order)


@st.composite
def replacements(draw: st.DrawFn, desk: Desk) -> ReplaceOrder:
    """A replacement of price, quantity or both."""
    named = losses(desk).has_client_ids
    by_id = not named or draw(st.booleans())
    price, qty = draw(st.sampled_from([(True, True), (True, False), (False, True)]))
    command = ReplaceOrder(
        draw(accounts(desk)).account_id,
        draw(instruments(desk)).instrument_id,
        draw(ORDER_IDS) if by_id else OrderId(0),
        "" if by_id else draw(CL_ORD_IDS),
        "new-" + draw(st.from_regex(r"[a-z]{1,10}", fullmatch=True)) if named else "",
        draw(TICKS) if price else 0,
        draw(LOTS) if qty else 0,
    )
    return replace(command, **losses(desk).replacing)


def found_for(desk: Desk, command: Any) -> OrderReport | None:
    """Return the order a replacement would find."""
    if not isinstance(command, ReplaceOrder):
        return None
    terms = OrderTerms(Side.BUY, OrdType.LIMIT, TimeInForce.GTC, 10, 1)
    return OrderReport(
        command.order_id or OrderId(7), command.account_id, command.instrument_id, "old", terms,
        Standing.RESTING, leaves_qty_lots=10, submit_ns=START_NS, transact_ns=START_NS,
    )  # fmt: skip


def cancels(desk: Desk) -> st.SearchStrategy[CancelOrder]:
    """A cancel by id, by client id, or by id and market."""
    account_ids = accounts(desk).map(lambda a: a.account_id)
    markets = instruments(desk).map(lambda i: i.instrument_id)
    return st.one_of(
        st.builds(CancelOrder, account_ids, ORDER_IDS, st.just(""), markets),
        st.builds(CancelOrder, account_ids, ORDER_IDS),
        st.builds(CancelOrder, account_ids, st.just(OrderId(0)), names(desk)),
    )


def _scopes(desk: Desk) -> st.SearchStrategy[Any]:
    known = list(desk.directory.instruments.values())
    kinds = {i.kind for i in known}
    by_kind = [tuple(i.instrument_id for i in known if i.kind is kind) for kind in sorted(kinds)]
    return st.sampled_from([None, *((i.instrument_id,) for i in known), *by_kind])


def mass_cancels(desk: Desk) -> st.SearchStrategy[MassCancel]:
    """A mass cancel of an account, narrowed or not."""
    account_ids = accounts(desk).map(lambda a: a.account_id)
    sides = st.sampled_from([None, *Side])
    return st.builds(MassCancel, account_ids, _scopes(desk), sides)


def asked(desk: Desk) -> dict[Operation, st.SearchStrategy[Any]]:
    """Return strategies of queries and commands, by operation."""
    ids = [a.account_id for a in desk.accounts()]
    owned = st.sampled_from([(i,) for i in ids] + [tuple(ids)])
    account_ids = st.sampled_from(ids)
    cl_ord_ids, sides = st.none() | names(desk), st.sampled_from([None, *Side])
    by_id = st.builds(GetOrder, account_ids, ORDER_IDS)
    by_name = st.builds(GetOrder, account_ids, st.just(OrderId(0)), names(desk))
    of_one = instruments(desk).map(lambda i: GetQuote(i.instrument_id))
    name = desk.venue.name
    return {
        Operation.PLACE_ORDER: new_orders(desk),
        Operation.GET_ORDER: by_id | by_name,
        Operation.LIST_ORDERS: (
            _pages(owned, desk, sides)
            if losses(desk).lists_all
            # Many venues take no filter but the market.
            else st.builds(ListOpenOrders, owned, _scopes(desk))
            | st.builds(ListOpenOrders, owned, _scopes(desk), sides, cl_ord_ids)
        ),
        Operation.REPLACE_ORDER: replacements(desk),
        Operation.CANCEL_ORDER: cancels(desk),
        Operation.MASS_CANCEL: mass_cancels(desk),
        Operation.LIST_INSTRUMENTS: st.just(ListQuotes(name)),
        Operation.GET_QUOTE: of_one,
        Operation.LIST_ACCOUNTS: st.just(GetReferenceData(name)),
        Operation.LIST_BALANCES: st.builds(GetAccount, account_ids),
        Operation.LIST_POSITIONS: st.builds(GetAccount, account_ids),
        Operation.LIST_FILLS: st.builds(ListFills, owned, st.none() | ORDER_IDS, cl_ord_ids),
    }


def _pages(
    owned: st.SearchStrategy[Any], desk: Desk, sides: st.SearchStrategy[Any]
) -> st.SearchStrategy[ListOrders]:
    statuses = st.sampled_from(
        [None, (OrdStatus.NEW, OrdStatus.PARTIALLY_FILLED), (OrdStatus.FILLED, OrdStatus.CANCELED)]
    )
    ms = st.integers(1, 10**12)
    since, until = ms.map(lambda n: n * 10**6), ms.map(lambda n: n * 10**6 - 1)
    counts = st.integers(0, 10**6), st.integers(1, 50)
    return st.builds(
        ListOrders, owned, _scopes(desk), sides, statuses, st.none() | since, st.none() | until,
        *counts,
    )  # fmt: skip


def placeable(desk: Desk) -> st.SearchStrategy[NewOrder]:
    """An order the venue has words for: no other can come to be there."""
    return new_orders(desk).filter(lambda order: _is_expressible(desk, order))


def _is_expressible(desk: Desk, order: NewOrder) -> bool:
    try:
        first_request(desk, Operation.PLACE_ORDER, order)
    except NotExpressible:
        return False
    return True


@st.composite
def order_reports(draw: st.DrawFn, desk: Desk) -> OrderReport:
    """An order in any state it can be in, consistent in itself."""
    order, instrument = draw(placeable(desk)), None
    instrument = desk.directory.instruments[order.instrument_id]
    unreached = losses(desk).unreached
    reached = [s for s in _statuses(order.terms.time_in_force) if s not in unreached]
    status = draw(st.sampled_from(reached))
    qty = order.terms.order_qty_lots
    cum = {OrdStatus.NEW: 0, OrdStatus.FILLED: qty}.get(status)
    if cum is None:
        qty = max(qty, 2)
        cum = draw(st.integers(status is OrdStatus.PARTIALLY_FILLED, qty - 1))
    otherwise = losses(desk).otherwise
    by = [one for one in _canceled_by(order.terms.time_in_force) if one not in otherwise]
    reason = draw(st.sampled_from(by))
    if reason is CancelReason.FOK_NOT_FILLED and status is OrdStatus.CANCELED:
        cum = 0
    is_open = status <= OrdStatus.PARTIALLY_FILLED
    tick_lots = draw(st.integers(cum, cum * 10**7)) if cum else 0
    submit_ns = draw(TIMES_NS)
    return OrderReport(
        draw(ORDER_IDS),
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        replace(
            order.terms, price_ticks=order.terms.price_ticks or draw(TICKS), order_qty_lots=qty
        ),
        status.standing,
        ord_status=status,
        exec_type=draw(st.sampled_from(_last_events(status))),
        leaves_qty_lots=qty - cum if is_open else 0,
        cum_qty_lots=cum,
        cum_notional_minor=tick_lots * instrument.notional_minor,
        fee_minor=draw(st.integers(-(10**15), 10**15)) if cum else 0,
        submit_ns=submit_ns,
        transact_ns=submit_ns + draw(st.integers(0, 10**15)),
        cancel_reason=_cancel_reason(status, reason),
    )


def _statuses(time_in_force: TimeInForce) -> list[OrdStatus]:
    # What is immediate neither rests nor runs out.
    if time_in_force in (TimeInForce.IOC, TimeInForce.FOK):
        return [OrdStatus.FILLED, OrdStatus.CANCELED]
    return [s for s in OrdStatus if s is not OrdStatus.REJECTED]


def _canceled_by(time_in_force: TimeInForce) -> list[CancelReason]:
    immediate = {
        CancelReason.IOC_REMAINDER: TimeInForce.IOC,
        CancelReason.FOK_NOT_FILLED: TimeInForce.FOK,
    }
    return [r for r in CANCELED_BY if immediate.get(r, time_in_force) is time_in_force]


def _last_events(status: OrdStatus) -> list[ExecType]:
    match status:
        case OrdStatus.NEW:
            return [ExecType.NEW, ExecType.REPLACED, ExecType.RESTATED]
        case OrdStatus.PARTIALLY_FILLED:
            return [ExecType.TRADE, ExecType.REPLACED, ExecType.RESTATED]
        case OrdStatus.FILLED:
            return [ExecType.TRADE]
        case OrdStatus.EXPIRED:
            return [ExecType.EXPIRED]
        case _:
            return [ExecType.CANCELED]


def _cancel_reason(status: OrdStatus, drawn: CancelReason) -> CancelReason:
    if status is OrdStatus.EXPIRED:
        return CancelReason.EXPIRED
    return drawn if status is OrdStatus.CANCELED else CancelReason.NONE


@st.composite
def fills(draw: st.DrawFn, desk: Desk) -> Fill:
    """A fill, consistent in itself."""
    order = draw(placeable(desk))
    instrument = desk.directory.instruments[order.instrument_id]
    cum = draw(st.integers(1, order.terms.order_qty_lots))
    return Fill(
        MatchId(draw(st.integers(1, 2**58))),
        draw(ORDER_IDS),
        order.account_id,
        order.instrument_id,
        order.cl_ord_id,
        replace(order.terms, price_ticks=draw(TICKS)),
        is_maker=draw(st.booleans()),
        last_px_ticks=draw(TICKS),
        last_qty_lots=draw(st.integers(1, cum)),
        fee_minor=draw(st.integers(-(10**15), 10**15)),
        cum_qty_lots=cum,
        cum_notional_minor=draw(st.integers(cum, cum * 10**7)) * instrument.notional_minor,
        ts_ns=draw(TIMES_NS),
    )


@st.composite
def summaries(draw: st.DrawFn, desk: Desk) -> AccountSummary:
    """An account with balances and positions."""
    account, amounts = draw(accounts(desk)), st.integers(-(10**18), 10**18)
    balances = tuple(
        BalanceReport(account.account_id, asset, draw(amounts), draw(st.integers(0, 10**18)))
        for asset in _held_assets(desk)
    )
    positions = tuple(
        _position(draw, account, one)
        for one in desk.directory.instruments.values()
        if one.has_positions
    )
    return AccountSummary(account, balances, positions, 0)


def _held_assets(desk: Desk) -> list[AssetId]:
    # What is only counted in positions, nobody has a balance of.
    markets = desk.directory.instruments.values()
    counted = {one.base_asset_id for one in markets if one.has_positions}
    swapped = {one.base_asset_id for one in markets if not one.has_positions}
    counted -= swapped | {one.quote_asset_id for one in markets}
    return [asset for asset in desk.directory.assets if asset not in counted]


def _position(draw: st.DrawFn, account: AccountReport, one: Instrument) -> PositionReport:
    net = draw(st.integers(-(10**9), 10**9))
    cost = draw(st.integers(1, 10**7)) * net * one.notional_minor
    lots, margin = st.integers(1, 10**9), draw(st.integers(0, 10**18))
    both = draw(lots)
    return PositionReport(
        account.account_id, one.instrument_id, net, cost, draw(lots), draw(lots), margin, 0,
        draw(TICKS), both + max(net, 0), both + max(-net, 0),
    )  # fmt: skip


@st.composite
def quotes(draw: st.DrawFn, one: Instrument) -> QuoteReport:
    """A market with or without anything in it."""
    lots, ticks = st.integers(0, 10**9), TICKS
    bid, ask, last = draw(lots), draw(lots), draw(lots)
    last_px_ticks = draw(ticks) if last else 0
    return QuoteReport(
        one,
        draw(ticks) if bid else 0,
        bid,
        draw(ticks) if ask else 0,
        ask,
        last_px_ticks,
        last,
        last_px_ticks or draw(ticks),
        draw(lots),
        draw(st.integers(0, 10**15)) * one.notional_minor,
        draw(lots),
        draw(TIMES_NS),
    )


def _receipt(*orders: OrderReport) -> Receipt:
    return Receipt(1, START_NS, (TimeAdvanced(),), orders)


def answers(desk: Desk) -> dict[Operation, Callable[[Any], st.SearchStrategy[Any]]]:
    """Return strategies of the reports that answer a question, by operation."""
    known = list(desk.directory.instruments.values())
    reports, data = order_reports(desk), desk.engine.exchange
    one_order = reports.map(_receipt)
    several = st.lists(reports, max_size=3)
    return {
        Operation.PLACE_ORDER: lambda _: one_order,
        Operation.GET_ORDER: lambda _: reports,
        Operation.LIST_ORDERS: lambda _: several.map(_page if losses(desk).lists_all else tuple),
        Operation.REPLACE_ORDER: lambda q: reports.map(lambda r: _receipt(_asked_for(r, q))),
        Operation.CANCEL_ORDER: lambda q: reports.map(lambda r: _receipt(_asked_for(r, q))),
        Operation.MASS_CANCEL: lambda _: several.map(lambda orders: _receipt(*orders)),
        Operation.LIST_INSTRUMENTS: lambda _: st.tuples(*map(quotes, known)),
        Operation.GET_QUOTE: lambda q: quotes(desk.directory.instruments[q.instrument_id]),
        Operation.LIST_ACCOUNTS: lambda q: st.just(data.query(q)),
        Operation.LIST_BALANCES: lambda q: summaries(desk).map(lambda s: _of(s, q.account_id)),
        Operation.LIST_POSITIONS: lambda q: summaries(desk).map(lambda s: _of(s, q.account_id)),
        Operation.LIST_FILLS: lambda _: st.lists(fills(desk), max_size=3).map(tuple),
    }


def _page(orders: list[OrderReport]) -> OrderPage:
    return OrderPage(len(orders) + 7, tuple(orders))


def _asked_for(report: OrderReport, command: Any) -> OrderReport:
    # An answer to a command about an order is about that order.
    return replace(report, order_id=command.order_id or report.order_id)


def _of(summary: AccountSummary, account_id: Any) -> AccountSummary:
    # The portfolio is named in the request, and an answer is about no other.
    return AccountSummary(
        replace(summary.account, account_id=account_id),
        tuple(replace(one, account_id=account_id) for one in summary.balances),
        tuple(replace(one, account_id=account_id) for one in summary.positions),
        summary.open_orders,
    )


# What a reply must tell exactly, whatever else a dialect has no words for.
TOLD = (
    "order_id", "account_id", "instrument_id", "cl_ord_id", "side", "ord_type", "time_in_force",
    "exec_inst", "stp", "order_qty_lots", "leaves_qty_lots", "cum_qty_lots", "cum_notional_minor",
    "fee_minor", "ord_status", "match_id", "is_maker", "last_px_ticks", "last_qty_lots", "asset_id",
    "total_minor", "hold_minor", "net_lots", "cost_minor", "open_buy_lots", "open_sell_lots",
    "margin_minor", "mark_price_ticks", "bid_px_ticks", "bid_qty_lots", "ask_px_ticks",
    "ask_qty_lots", "owner", "name", "is_default",
)  # fmt: skip


def reports_in(answer: Any, operation: Operation) -> tuple[Any, ...]:
    """Return the reports an answer is made of, in order."""
    match answer:
        case Receipt(orders=orders) | OrderPage(orders=orders):
            return orders
        case AccountSummary(balances=balances, positions=positions):
            return balances if operation is Operation.LIST_BALANCES else positions
        case ReferenceData(accounts=owned):
            return tuple(a for a in owned if a.owner == "alice")
        case tuple():
            return answer
        case _:
            return (answer,)


def told(report: Any, untold: frozenset[str]) -> dict[str, Any]:
    """Return what of a report must arrive."""
    known = (report, getattr(report, "terms", None))
    names = [n for n in TOLD if n not in untold and any(hasattr(one, n) for one in known)]
    return {name: field(report, name) for name in names}


def amounts(report: Any) -> dict[str, int | None]:
    """Return what of a report and its terms is in lots, ticks or minor units."""
    parts = [report, report.terms] if hasattr(report, "terms") else [report]
    units = ("_lots", "_ticks", "_minor")
    return {
        name: getattr(part, name)
        for part in parts
        for name in part.__struct_fields__
        if name.endswith(units)
    }
