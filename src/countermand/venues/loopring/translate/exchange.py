"""What is public: the exchange, tokens, markets, depth, trades, accounts, the time."""

from collections.abc import Iterable
from typing import Any

from countermand.venues.loopring.about import Owner, shown
from countermand.venues.loopring.auth import Unproven
from countermand.venues.loopring.codes import Absent, Code, Coded
from countermand.venues.loopring.messages import exchange
from countermand.venues.loopring.tables import SIDES
from countermand.venues.loopring.translate import resolve
from countermand.venues.loopring.translate.resolve import Holding, Pair
from countermand.venues.loopring.translate.user import account_of
from countermand.vocabulary.queries import GetDepth, ListTrades
from countermand.vocabulary.reports import AccountReport, DepthReport, Trade
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, MissingField

# So many price levels of the exchange are looked at to make the slots of one answer.
LEVELS_MAX = 2_000
DEPTH_MAX, TRADES_MAX, _TRADES_DEFAULT = 50, 50, 20

_NOBODY = Owner("0x" + "0" * 40)
_ORDER_BOOK = 2

Slot = tuple[str, str, str, str]


def nothing_from_wire(message: object, ctx: Context) -> tuple[()]:
    """Return nothing to do: the answer is known already."""
    return ()


def time_to_wire(result: object, ctx: Context) -> exchange.Timestamp:
    """Return the time."""
    return exchange.Timestamp(timestamp=ctx.now_ns // times.MS)


def info_to_wire(result: object, ctx: Context) -> exchange.Info:
    """Return which contract orders are signed for."""
    settings = shown(ctx.settings)
    address = settings.exchange_address
    return exchange.Info(
        chain_id=settings.chain_id, exchange_address=address, deposit_address=address
    )


def pools_to_wire(result: object, ctx: Context) -> exchange.Pools:
    """Return no pool; clients ask for them when they start."""
    return exchange.Pools(pools=[])


def tokens_to_wire(result: object, ctx: Context) -> list[exchange.Token]:
    """Return all tokens, by id."""
    return [_token(one) for one in resolve.holdings(ctx)]


def markets_to_wire(result: object, ctx: Context) -> exchange.Markets:
    """Return all markets."""
    return exchange.Markets(markets=[exchange.Market(**_market(one)) for one in resolve.pairs(ctx)])


def mix_markets_to_wire(result: object, ctx: Context) -> exchange.MixMarkets:
    """Return all markets; none has a pool, and none remembers when it was made."""
    return exchange.MixMarkets(
        markets=[
            exchange.MixMarket(**_market(one), status=_ORDER_BOOK, created_at="0")
            for one in resolve.pairs(ctx)
        ]
    )


def depth_from_wire(message: exchange.GetDepth, ctx: Context) -> GetDepth:
    """Return the question for a market's depth. Raises MissingField, Coded."""
    pair = resolve.market(message.market, ctx)
    _level(message, pair)
    resolve.optional_number("limit", message.limit, DEPTH_MAX)
    return GetDepth(pair.instrument.instrument_id, LEVELS_MAX)


def depth_to_wire(report: DepthReport, ctx: Context) -> exchange.Depth:
    """
    Return a market's depth, prices brought together to the digits of a level.

    Units: a bid's price is floored and an ask's the next higher; the count is of price levels.
    """
    asked = ctx.message
    pair = resolve.market(asked.market, ctx)
    digits = pair.about.precision_for_price - _level(asked, pair)
    limit = min(resolve.optional_number("limit", asked.limit, DEPTH_MAX), DEPTH_MAX)
    now_ms = ctx.now_ns // times.MS
    return exchange.Depth(
        version=now_ms,
        timestamp=now_ms,
        market=pair.instrument.symbol,
        bids=_slots(pair, report.bids, digits, up=False)[:limit],
        asks=_slots(pair, report.asks, digits, up=True)[:limit],
    )


def trades_from_wire(message: exchange.GetTrades, ctx: Context) -> ListTrades:
    """Return the question what last traded on a market. Raises MissingField, Coded."""
    pair = resolve.market(message.market, ctx)
    limit = resolve.optional_number("limit", message.limit, _TRADES_DEFAULT)
    kinds = resolve.chosen_words("fillTypes", message.fill_types, ("dex", "amm"))
    wanted = not kinds or "dex" in kinds
    return ListTrades(pair.instrument.instrument_id, min(limit, TRADES_MAX) if wanted else 0)


def trades_to_wire(trades: tuple[Trade, ...], ctx: Context) -> exchange.Trades:
    """Return the trades, with the side of who came in; whose fee that was is not public."""
    pair = resolve.market(ctx.message.market, ctx)
    rows = [_trade(pair, trade) for trade in trades]
    return exchange.Trades(total_num=len(rows), trades=rows)


def account_to_wire(result: object, ctx: Context) -> exchange.Account:
    """
    Return an account, by its id, its owner, or both.

    Raises: MissingField for neither, Absent when there is none or they are not one's.
    """
    named, address = resolve.given(ctx.message.account_id), resolve.given(ctx.message.owner)
    if named is None and address is None:
        raise MissingField("owner")
    found = account_of(address, ctx) if address else _account(named or "", ctx)
    if named is not None and found.name != str(resolve.number("accountId", named)):
        raise Absent(Code.ACCOUNT_NOT_FOUND, "account not found")
    settings = shown(ctx.settings)
    owner = settings.owners.get(found.name, _NOBODY)
    return exchange.Account(
        account_id=int(found.name),
        owner=owner.owner,
        frozen=found.trading_locked,
        public_key=exchange.Point(x=owner.public_key_x, y=owner.public_key_y),
        tags=owner.tags,
        nonce=owner.nonce,
        key_nonce=owner.key_nonce,
        key_seed=(
            f"Sign this message to access Loopring Exchange: {settings.exchange_address} "
            f"with key nonce: {owner.key_nonce}"
        ),
    )


def _account(text: str, ctx: Context) -> AccountReport:
    try:
        return resolve.account(text, ctx)
    except Unproven:
        raise Absent(Code.ACCOUNT_NOT_FOUND, "account not found") from None


def _token(one: Holding) -> exchange.Token:
    token, symbol = one.token, one.asset.symbol
    amounts = exchange.OrderAmounts(minimum=token.minimum, maximum=token.maximum, dust=token.dust)
    return exchange.Token(
        type="ETH" if symbol == "ETH" else "ERC20",
        token_id=token.token_id,
        symbol=symbol,
        name=token.name or symbol,
        address=token.address,
        decimals=token.decimals,
        precision=token.precision,
        precision_for_order=token.precision_for_order,
        order_amounts=amounts,
        lucky_token_amounts=amounts,
        fast_withdraw_limit="0",
        gas_amounts=exchange.GasAmounts(distribution="0", deposit="0"),
        enabled=True,
    )


def _market(one: Pair) -> dict[str, Any]:
    return {
        "market": one.instrument.symbol,
        "base_token_id": one.base.token.token_id,
        "quote_token_id": one.quote.token.token_id,
        "precision_for_price": one.about.precision_for_price,
        "orderbook_agg_levels": one.about.agg_levels,
        "enabled": one.instrument.trading_state.matches,
    }


def _level(message: exchange.GetDepth, pair: Pair) -> int:
    # Clients ask for level 1000 and mean the coarsest.
    try:
        level = resolve.optional_number("level", message.level, 0)
    except InvalidField:
        raise Coded(Code.UNSUPPORTED_LEVEL, "depth level must be a number") from None
    return min(level, pair.about.agg_levels - 1, pair.about.precision_for_price)


def _slots(pair: Pair, levels: Iterable[tuple[int, int]], digits: int, *, up: bool) -> list[Slot]:
    one = pair.instrument
    merged: dict[int, tuple[int, int, int]] = {}
    for ticks, lots in levels:
        units, beyond = divmod(ticks * one.tick_units * int(10**digits), int(10**one.price_scale))
        price = units + 1 if up and beyond else units
        base, quote, count = merged.get(price, (0, 0, 0))
        merged[price] = (base + lots, quote + one.notional_of(ticks, lots), count + 1)
    return [
        (
            numbers.unscaled(price, digits),
            str(pair.base.floor_units(lots * one.lot_minor)),
            str(pair.quote.floor_units(notional)),
            str(count),
        )
        for price, (lots, notional, count) in merged.items()
    ]


def _trade(pair: Pair, trade: Trade) -> tuple[str, ...]:
    one = pair.instrument
    return (
        str(trade.ts_ns // times.MS),
        str(trade.match_id),
        SIDES.to_wire(trade.aggressor_side),
        str(pair.base.floor_units(trade.qty_lots * one.lot_minor)),
        numbers.price_text(one, trade.price_ticks),
        one.symbol,
        "0",
    )
