"""Fills: what last traded on a market, and an account's own trades."""

from countermand.venues.loopring import resolve
from countermand.venues.loopring.messages import accounts, markets
from countermand.venues.loopring.parameters import chosen_words, given, optional_number
from countermand.venues.loopring.resolve import Pair
from countermand.venues.loopring.settings import Ctx
from countermand.venues.loopring.tables import DEX, FILL_TYPES, SIDES
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import ListFills, ListTrades
from countermand.vocabulary.reports import Fill, Trade
from countermand.wire import numbers, times
from countermand.wire.conversation import Op, Serving

TRADES_MAX = 50
_TRADES_DEFAULT = 20


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
    wanted = _is_dex(message.fill_types)
    fills: tuple[Fill, ...] = yield ListFills(
        (account_id,), None, cl_ord_id, instrument_ids=instrument_ids
    )
    chosen = [fill for fill in fills if wanted and (not from_id or fill.match_id <= from_id)]
    rows = [_show_fill(fill, ctx) for fill in chosen[offset : offset + limit]]
    return markets.Trades(total_num=len(chosen), trades=rows)


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


TRADES = Op(markets.GetTrades, markets.Trades, serve_trades)
LIST = Op(accounts.GetUserTrades, markets.Trades, serve_list)
