"""Fills: one side of a match, as its portfolio sees it."""

from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from countermand.venues.coinbase_intx import ids, paging, resolve, stops, tables
from countermand.venues.coinbase_intx.brackets import shown_id, traded_leg
from countermand.venues.coinbase_intx.legs import shown_name
from countermand.venues.coinbase_intx.messages import accounts as m
from countermand.venues.coinbase_intx.presentation import user_id
from countermand.venues.coinbase_intx.resolve import known_portfolio
from countermand.venues.coinbase_intx.settings import Ctx
from countermand.vocabulary.ids import AccountId, MatchId, OrderId
from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.order import OrderTerms, OrdType, SelfTradePrevention, TimeInForce
from countermand.vocabulary.queries import GetOrder, ListFills
from countermand.vocabulary.reports import Fill, OrderReport
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving, each
from countermand.wire.fields import instant
from countermand.wire.reading import known, market_of


def serve_list(message: m.ListFills, ctx: Ctx) -> Serving[m.FillPage]:
    """
    Show the fills of several portfolios, newest first. Raises for a portfolio; InvalidField.

    Source: INTX REST reference, "List fills by portfolios".
    """
    return (yield from _page(message, resolve.portfolios(message.portfolios, ctx), ctx))


def serve_list_of_one(message: m.ListPortfolioFills, ctx: Ctx) -> Serving[m.FillPage]:
    """
    Show the fills of one portfolio, newest first. Raises as `serve_list` does.

    Source: INTX REST reference, "List portfolio fills".
    """
    return (yield from _page(message, (resolve.portfolio(message.portfolio, ctx),), ctx))


def ask_list(query: ListFills, ctx: Ctx) -> m.ListFills:
    """Return the request for a page, or for the newest hundred."""
    order_id = query.order_id
    return m.ListFills(
        portfolios=[ids.portfolio_text(one) for one in query.account_ids],
        order_id=None if order_id is None else ids.order_text(order_id, ""),
        client_order_id=query.cl_ord_id,
        time_from=None if query.since_ns is None else times.iso_floor_ms(query.since_ns),
        **paging.ask(query.until_ns, query.offset, query.limit),
    )


def _page(message: m.FillFilter, accounts: tuple[AccountId, ...], ctx: Ctx) -> Serving[m.FillPage]:
    text, first = message.order_id, message.time_from
    asked = ListFills(
        accounts,
        # A text that is no order id matches no fills.
        None if text is None else OrderId(ctx.read_id(ids.ORDER_ID, text) or 0),
        message.client_order_id,
        until_ns=paging.until_ns(message),
        since_ns=None if first is None else instant("time_from", first),
        offset=message.result_offset,
        limit=message.result_limit,
    )
    found: tuple[Fill, ...] = yield asked
    if asked.order_id and not found:
        found = yield from _of_bracket(asked)
    return m.FillPage(paging.header(message), [show_fill(fill, ctx) for fill in found])


def _of_bracket(asked: ListFills) -> Serving[tuple[Fill, ...]]:
    # An order without fills may be a bracket that trades by its other leg.
    for account_id in asked.account_ids:
        order: OrderReport | None = yield GetOrder(account_id, asked.order_id or OrderId(0), "")
        if order is not None and order.terms.link is not None:
            leg = yield from traded_leg(order)
            found: tuple[Fill, ...] = yield replace(asked, order_id=leg)
            return found
    return ()


def show_fill(fill: Fill, ctx: Ctx) -> m.Fill:
    """
    Return a fill.

    Units: times floored to milliseconds. `exec_id` is twice the match's number, and one more for
           the maker's side: the two sides of a match are two executions.
    """
    instrument, terms = ctx.directory.instruments[fill.instrument_id], fill.terms
    quote = ctx.directory.assets[instrument.quote_asset_id]
    account = ctx.directory.accounts[fill.account_id]
    exec_id = 2 * fill.match_id + fill.is_maker
    expires = terms.time_in_force is TimeInForce.GTD
    order_id = shown_id(fill.order_id, terms)
    return m.Fill(
        portfolio_id=ids.PORTFOLIO.triplet(fill.account_id),
        portfolio_uuid=ids.PORTFOLIO.uuid(fill.account_id),
        portfolio_name=account.name,
        fill_id=ids.FILL.triplet(exec_id),
        fill_uuid=ids.FILL.uuid(exec_id),
        exec_id=str(exec_id),
        order_id=ids.ORDER.triplet(order_id),
        order_uuid=ids.ORDER.uuid(order_id),
        instrument_id=ids.INSTRUMENT.triplet(fill.instrument_id),
        instrument_uuid=ids.INSTRUMENT.uuid(fill.instrument_id),
        symbol=instrument.symbol,
        match_id=str(fill.match_id),
        match_uuid=ids.MATCH.uuid(fill.match_id),
        fill_price=numbers.price_text(instrument, fill.last_px_ticks),
        fill_qty=numbers.qty_text(instrument, fill.last_qty_lots),
        client_id=user_id(account.owner, ctx),
        client_order_id=shown_name(fill.cl_ord_id, terms),
        order_qty=numbers.qty_text(instrument, terms.order_qty_lots),
        limit_price=numbers.price_text(instrument, terms.price_ticks),
        total_filled=numbers.qty_text(instrument, fill.cum_qty_lots),
        filled_vwap=numbers.avg_px_text_half_even(
            instrument, fill.cum_notional_minor, fill.cum_qty_lots
        ),
        expire_time=times.iso_floor_ms(terms.expire_ns) if expires else "",
        stop_price=stops.price_text(instrument, terms.trigger) or "",
        side=tables.SIDES.to_wire(terms.side),
        tif=tables.TIMES_IN_FORCE.to_wire(terms.time_in_force),
        stp_mode=tables.STP_MODES.to_wire(terms.stp),
        fee=numbers.minor_text(quote, fill.fee_minor),
        fee_asset=quote.symbol,
        order_status="DONE" if fill.cum_qty_lots >= terms.order_qty_lots else "WORKING",
        event_time=times.iso_floor_ms(fill.ts_ns),
    )


def read_fill(message: m.Fill, asked: Any, ctx: Ctx) -> Fill:
    """
    Return the fill a message tells of; only a GTT order's expiry is told.

    Raises: Malformed when it names an instrument, order or portfolio that is not known here.
    """
    instrument = market_of("fill", message.symbol, ctx.directory)
    order_id = known("fill", ctx.read_id(ids.ORDER_ID, message.order_id))
    account_id = known_portfolio("fill", message.portfolio_uuid, ctx)
    match_id, is_maker = _match(message, ctx)
    quote = ctx.directory.assets[instrument.quote_asset_id]
    average, cum_qty_lots = Decimal(message.filled_vwap), _lots(instrument, message.total_filled)
    return Fill(
        match_id,
        OrderId(order_id),
        account_id,
        instrument.instrument_id,
        message.client_order_id,
        _read_terms(message, instrument),
        is_maker=is_maker,
        last_px_ticks=numbers.price_ticks_nearest(instrument, Decimal(message.fill_price)),
        last_qty_lots=_lots(instrument, message.fill_qty),
        fee_minor=numbers.asset_minor_nearest(quote, Decimal(message.fee)),
        cum_qty_lots=cum_qty_lots,
        cum_notional_minor=numbers.cum_notional_minor_nearest(instrument, average, cum_qty_lots),
        ts_ns=times.parse_iso(message.event_time),
    )


def _read_terms(message: m.Fill, instrument: Instrument) -> OrderTerms:
    side, stop_price = tables.SIDES.from_wire(message.side), message.stop_price
    return OrderTerms(
        side,
        OrdType.LIMIT,
        tables.TIMES_IN_FORCE.read(message.tif, TimeInForce.GTC),
        _lots(instrument, message.order_qty),
        price_ticks=numbers.price_ticks_nearest(instrument, Decimal(message.limit_price or 0)),
        expire_ns=times.parse_iso(message.expire_time) if message.expire_time else 0,
        stp=tables.STP_MODES.read(message.stp_mode, SelfTradePrevention.NONE),
        trigger=stops.read(instrument, side, stop_price, is_met=True) if stop_price else None,
    )


def _lots(instrument: Instrument, text: str) -> int:
    return numbers.qty_lots(instrument, Decimal(text))


def _match(message: m.Fill, ctx: Ctx) -> tuple[MatchId, bool]:
    # Only our own numbers tell on which side of the match a fill is; a real venue does not say.
    if ids.FILL.parse(message.fill_uuid) is not None:
        number, is_maker = divmod(int(message.exec_id), 2)
        return MatchId(number), bool(is_maker)
    return MatchId(known("fill", ctx.read_id(ids.EXEC_ID, message.exec_id))), False


LIST = Op(m.ListFills, m.FillPage, serve_list, ask_list, each(read_fill, "results"))
LIST_OF_ONE = Op(m.ListPortfolioFills, m.FillPage, serve_list_of_one)
