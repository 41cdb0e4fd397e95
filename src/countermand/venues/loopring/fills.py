"""Fills: what last traded on a market, and an account's own trades."""

from decimal import Decimal

from msgspec.structs import replace

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import accounts, markets
from countermand.venues.loopring.parameters import chosen_words, given, optional_number
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.show import units
from countermand.venues.loopring.tables import DEX, FILL_TYPES, SIDES
from countermand.vocabulary.ids import MatchId, OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import CountFills, ListFills, ListTrades
from countermand.vocabulary.reports import Fill, Trade
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving
from countermand.wire.ids import Spelling
from countermand.wire.reading import known

TRADES_MAX = 50
_TRADES_DEFAULT = 20

# How many fields every row has, and where the longest has the hash of its order.
_PLAIN, _HASH = 7, 12

_TRADE_ID = Spelling(str, lambda text: int(text) if text.isdecimal() else None)


def serve_trades(message: markets.GetTrades, ctx: Ctx) -> Serving[markets.Trades]:
    """
    Show what last traded on a market, with the side of the order that came in; the fee is not
    public.

    Raises: MissingField, Coded, InvalidField. Source: DEX API v3, "Get recent market trades".
    """
    pair = resolve.market(message.market, ctx)
    limit = min(optional_number("limit", message.limit, _TRADES_DEFAULT), TRADES_MAX)
    wanted = _is_dex(message.fill_types)
    trades: tuple[Trade, ...] = yield ListTrades(
        pair.instrument.instrument_id, limit if wanted else 0
    )
    rows = [_show_trade(trade, pair) for trade in trades]
    return markets.Trades(total_num=len(rows), trades=rows)


def serve_list(message: accounts.GetUserTrades, ctx: Ctx) -> Serving[markets.Trades]:
    """
    Show a page of an account's trades, the newest first, and how many there are.

    Raises: Unproven, Coded, InvalidField. Source: DEX API v3, "Get user trades", whose sample has a
            row of ten fields.
    """
    account_id = resolve.account(message.account_id, ctx).account_id
    instrument_ids = resolve.instrument_filter(message.market, ctx)
    hashed = given(message.order_hash)
    limit = min(optional_number("limit", message.limit, _TRADES_DEFAULT), TRADES_MAX)
    offset = optional_number("offset", message.offset, 0)
    from_id = optional_number("fromId", message.from_id, 0)
    cl_ord_id = None if hashed is None else resolve.order_hash(hashed)
    if not _is_dex(message.fill_types):
        return markets.Trades(total_num=0, trades=[])
    asked = ListFills(
        (account_id,),
        None,
        cl_ord_id,
        instrument_ids=instrument_ids,
        offset=offset,
        limit=limit,
        until_match_id=MatchId(from_id) if from_id else None,
    )
    fills: tuple[Fill, ...] = yield asked
    total: int = yield CountFills(asked)
    return markets.Trades(total_num=total, trades=[_show_fill(fill, ctx) for fill in fills])


def _is_dex(text: str | None) -> bool:
    # There is no pool, so a list of its fills alone is empty.
    kinds = chosen_words("fillTypes", text, FILL_TYPES)
    return not kinds or DEX in kinds


def _show_trade(trade: Trade, pair: Pair) -> tuple[str, ...]:
    side, ticks = trade.aggressor_side, trade.price_ticks
    return (*_row(pair, trade.ts_ns, trade.match_id, side, trade.qty_lots, ticks), "0")


def _show_fill(fill: Fill, ctx: Ctx) -> tuple[str, ...]:
    pair, side = resolve.pair_by_id(fill.instrument_id, ctx), fill.terms.side
    sold, bought = pair.sold_and_bought(side)
    return (
        *_row(pair, fill.ts_ns, fill.match_id, side, fill.last_qty_lots, fill.last_px_ticks),
        str(bought.floor_units(fill.fee_minor)),
        ctx.directory.accounts[fill.account_id].name,
        str(sold.token.token_id),
        # A world's own orders have none.
        str(fill.terms.slot.number - 1 if fill.terms.slot else 0),
    )


def _row(
    pair: Pair, ts_ns: int, match_id: int, side: Side, qty_lots: int, price_ticks: int
) -> tuple[str, ...]:
    one = pair.instrument
    return (
        str(ts_ns // times.MS),
        str(match_id),
        SIDES.to_wire(side),
        str(pair.base.floor_units(qty_lots * one.lot_minor)),
        numbers.price_text(one, price_ticks),
        one.symbol,
    )


def ask_list(query: ListFills, ctx: Ctx) -> accounts.GetUserTrades:
    """Return the request for an account's newest trades, of one order or market or of all."""
    instruments = query.instrument_ids or ()
    return accounts.GetUserTrades(
        account_id=resolve.account_text(query.account_ids[0], ctx),
        market=ctx.directory.instruments[instruments[0]].symbol if len(instruments) == 1 else None,
        order_hash=query.cl_ord_id,
        offset="0",
        limit=str(TRADES_MAX),
    )


def read_list(reply: markets.Trades, message: accounts.GetUserTrades, ctx: Ctx) -> tuple[Fill, ...]:
    """Return the fills of a page. Raises as `read_row` does."""
    return tuple([read_row(row, message, ctx) for row in reply.trades])


def read_row(row: tuple[str, ...], asked: accounts.GetUserTrades, ctx: Ctx) -> Fill:
    """
    Return the fill that a row tells of, whose order is told where it was asked for, or where the
    row is one of the longer ones.

    Raises: Unlearned for a market that is not known here; ArithmeticError, IndexError, ValueError.
    """
    moment_ms, trade_id, word, size, price, market, fee = row[:_PLAIN]
    pair, side = resolve.told_pair("fill", market, ctx), SIDES.from_wire(word)
    _, bought = pair.sold_and_bought(side)
    hashed = asked.order_hash or (row[_HASH] if len(row) > _HASH else "")
    return Fill(
        MatchId(known("fill", ctx.read_id(_TRADE_ID, trade_id))),
        OrderId(0),
        resolve.account(asked.account_id, ctx).account_id,
        pair.instrument.instrument_id,
        hashed,
        OrderTerms(side, OrdType.LIMIT, TimeInForce.GTD, 0),
        is_maker=False,
        last_px_ticks=numbers.price_ticks_nearest(pair.instrument, Decimal(price)),
        last_qty_lots=units(size) * pair.base.minor_per_unit // pair.instrument.lot_minor,
        fee_minor=units(fee) * bought.minor_per_unit,
        cum_qty_lots=0,
        cum_notional_minor=0,
        ts_ns=int(moment_ms) * times.MS,
    )


def follow(asked: accounts.GetUserTrades, page: markets.Trades) -> accounts.GetUserTrades | None:
    """Return the request for what follows a page, None where it was the last."""
    offset = int(asked.offset or 0) + len(page.trades)
    if len(page.trades) < TRADES_MAX or offset >= page.total_num:
        return None
    return replace(asked, offset=str(offset))


TRADES = Op(markets.GetTrades, markets.Trades, serve_trades)
LIST = Op(accounts.GetUserTrades, markets.Trades, serve_list, ask_list, read_list)
