"""Fills: one side of a match, as its portfolio sees it."""

from decimal import Decimal

from countermand.venues.coinbase_intx import ids, tables
from countermand.venues.coinbase_intx.ids import Kind
from countermand.venues.coinbase_intx.messages import portfolios
from countermand.venues.coinbase_intx.translate import pages, resolve
from countermand.venues.coinbase_intx.translate.portfolios import user_uuid
from countermand.vocabulary.ids import AccountId, MatchId, OrderId
from countermand.vocabulary.order import TimeInForce
from countermand.vocabulary.queries import ListFills
from countermand.vocabulary.reports import Fill
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import Malformed
from countermand.wire.numbers import minor_text, price_text, qty_text

FillsAsked = portfolios.ListFills | portfolios.ListPortfolioFills


def list_from_wire(message: FillsAsked, ctx: Context) -> ListFills:
    """
    Return the question for fills; an order id that is none has no fills.

    Raises: for a portfolio; InvalidField for a time.
    Source: INTX REST reference, "List fills by portfolios", "List portfolio fills".
    """
    until_ns = pages.until_ns(message)
    if message.time_from is not None:
        resolve.instant("time_from", message.time_from)
    if isinstance(message, portfolios.ListPortfolioFills):
        accounts: tuple[AccountId, ...] = (resolve.portfolio(message.portfolio, ctx),)
    else:
        accounts = resolve.portfolios(message.portfolios, ctx)
    order_id = message.order_id
    number = None if order_id is None else ids.parse_triplet(Kind.ORDER, order_id) or 0
    return ListFills(
        accounts,
        None if number is None else OrderId(number),
        message.client_order_id,
        until_ns,
        message.result_offset,
        message.result_limit,
    )


def list_to_wire(query: ListFills, ctx: Context) -> portfolios.ListFills:
    """Return the request for a page, or the newest hundred. Raises NotExpressible."""
    order_id = query.order_id
    return portfolios.ListFills(
        portfolios=[ids.both(Kind.PORTFOLIO, one)[1] for one in query.account_ids],
        order_id=None if order_id is None else ids.triplet(Kind.ORDER, order_id),
        client_order_id=query.cl_ord_id,
        ref_datetime=pages.until_to_wire(query),
        result_limit=pages.limit_to_wire(query),
        result_offset=query.offset,
    )


def list_reply_to_wire(fills: tuple[Fill, ...], ctx: Context) -> portfolios.FillPage:
    """
    Return the part of the fills that was asked for, newest first.

    What is older than `time_from` is the end of the list, so that it may be left out after the cut.
    """
    asked: FillsAsked = ctx.message
    if asked.time_from is not None:
        first_ns = resolve.instant("time_from", asked.time_from)
        fills = tuple(fill for fill in fills if fill.ts_ns >= first_ns)
    return portfolios.FillPage(pages.header(asked), [fill_to_wire(fill, ctx) for fill in fills])


def list_reply_from_wire(message: portfolios.FillPage, ctx: Context) -> tuple[Fill, ...]:
    """Return the fills on a page."""
    return tuple(fill_from_wire(one, ctx) for one in message.results)


def fill_to_wire(fill: Fill, ctx: Context) -> portfolios.Fill:
    """
    Return a fill.

    Units: times floored to milliseconds. `exec_id` is twice the match's number, and one more for
           the maker's side: the two sides of a match are two executions.
    """
    instrument = ctx.directory.instruments[fill.instrument_id]
    quote, account = (
        ctx.directory.assets[instrument.quote_asset_id],
        ctx.directory.accounts[fill.account_id],
    )
    portfolio_id, portfolio_uuid = ids.both(Kind.PORTFOLIO, fill.account_id)
    instrument_id, instrument_uuid = ids.both(Kind.INSTRUMENT, fill.instrument_id)
    exec_id = 2 * fill.match_id + fill.is_maker
    expires = fill.time_in_force is TimeInForce.GTD
    return portfolios.Fill(
        portfolio_id=portfolio_id,
        portfolio_uuid=portfolio_uuid,
        portfolio_name=account.name,
        fill_id=ids.triplet(Kind.FILL, exec_id),
        fill_uuid=ids.uuid(Kind.FILL, exec_id),
        exec_id=str(exec_id),
        order_id=ids.triplet(Kind.ORDER, fill.order_id),
        order_uuid=ids.uuid(Kind.ORDER, fill.order_id),
        instrument_id=instrument_id,
        instrument_uuid=instrument_uuid,
        symbol=instrument.symbol,
        match_id=ids.triplet(Kind.MATCH, fill.match_id),
        match_uuid=ids.uuid(Kind.MATCH, fill.match_id),
        fill_price=price_text(instrument, fill.last_px_ticks),
        fill_qty=qty_text(instrument, fill.last_qty_lots),
        client_id=user_uuid(account.owner, ctx),
        client_order_id=fill.cl_ord_id,
        order_qty=qty_text(instrument, fill.order_qty_lots),
        limit_price=price_text(instrument, fill.price_ticks),
        total_filled=qty_text(instrument, fill.cum_qty_lots),
        filled_vwap=numbers.avg_px_text_half_even(
            instrument, fill.cum_notional_minor, fill.cum_qty_lots
        ),
        expire_time=times.iso_floor_ms(fill.expire_ns) if expires else "",
        stop_price="",
        side=tables.SIDES.to_wire(fill.side),
        tif=tables.TIMES_IN_FORCE.to_wire(fill.time_in_force),
        stp_mode=tables.STP_MODES.to_wire(fill.stp),
        flags="",
        fee=minor_text(quote, fill.fee_minor),
        fee_asset=quote.symbol,
        order_status="DONE" if fill.cum_qty_lots >= fill.order_qty_lots else "WORKING",
        event_time=times.iso_floor_ms(fill.ts_ns),
        source="CLIENT_ORDER",
        execution_venue="CLOB",
    )


def fill_from_wire(message: portfolios.Fill, ctx: Context) -> Fill:
    """
    Return the fill a message tells of; only a GTT order's expiry is told.

    Raises: Malformed when it names an instrument, order or portfolio nobody knows.
    """
    instrument = resolve.find_instrument(message.symbol, ctx)
    order_id = ids.parse_triplet(Kind.ORDER, message.order_id)
    account_id = ids.parse(Kind.PORTFOLIO, message.portfolio_uuid)
    if instrument is None or order_id is None or account_id is None:
        raise Malformed("fill names what is not known here")
    match_id, is_maker = divmod(int(message.exec_id), 2)
    quote = ctx.directory.assets[instrument.quote_asset_id]
    last_qty, order_qty, cum_qty = (
        numbers.qty_lots(instrument, Decimal(text))
        for text in (message.fill_qty, message.order_qty, message.total_filled)
    )
    average = Decimal(message.filled_vwap)
    return Fill(
        MatchId(match_id),
        OrderId(order_id),
        AccountId(account_id),
        instrument.instrument_id,
        message.client_order_id,
        tables.SIDES.from_wire(message.side),
        tables.TIMES_IN_FORCE.from_wire(message.tif),
        tables.STP_MODES.from_wire(message.stp_mode),
        bool(is_maker),
        numbers.price_ticks(instrument, Decimal(message.fill_price)),
        last_qty,
        numbers.asset_minor(quote, Decimal(message.fee)),
        numbers.price_ticks(instrument, Decimal(message.limit_price)),
        order_qty,
        cum_qty,
        numbers.cum_notional_minor_nearest(instrument, average, cum_qty),
        times.parse_iso(message.expire_time) if message.expire_time else 0,
        times.parse_iso(message.event_time),
    )
