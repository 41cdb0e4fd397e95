"""What belongs to an account: storage ids, balances, trades, fee rates."""

from countermand.venues.loopring.about import shown
from countermand.venues.loopring.codes import Absent, Code, Coded
from countermand.venues.loopring.messages import exchange, user
from countermand.venues.loopring.tables import SIDES
from countermand.venues.loopring.translate import resolve
from countermand.venues.loopring.translate.placing import SLOTS
from countermand.venues.loopring.translate.remarks import parse_remarks
from countermand.venues.loopring.translate.resolve import Holding, Pair
from countermand.vocabulary.order import Side
from countermand.vocabulary.queries import GetAccount, ListFills, ListSlots
from countermand.vocabulary.reports import (
    AccountReport,
    AccountSummary,
    BalanceReport,
    Fill,
    SlotUse,
)
from countermand.vocabulary.units import PPB
from countermand.wire import numbers, times
from countermand.wire.context import Context
from countermand.wire.errors import InvalidField, Malformed, MissingField, NotExpressible

TRADES_MAX = 50
_TRADES_DEFAULT = 20
_STORAGE_ID_MAX = 2**32 - 2
_PPB_PER_BIP = PPB // 10_000
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_OVERDUE_NS = 60 * times.S


def storage_id_from_wire(message: user.GetStorageId, ctx: Context) -> ListSlots:
    """Return the question which slots of a token an account used. Raises MissingField, Coded."""
    account = resolve.account(message.account_id, ctx)
    if (text := resolve.given(message.sell_token_id)) is None:
        raise MissingField("sellTokenId")
    _flag("maxNext", message.max_next)
    sold = resolve.token(resolve.number("sellTokenId", text), ctx)
    return ListSlots(account.account_id, sold.asset.asset_id)


def storage_id_to_wire(uses: tuple[SlotUse, ...], ctx: Context) -> user.StorageId:
    """
    Return the smallest id that can be used, or with `maxNext` the one after all that were.

    Nothing is reserved. Raises: Coded when there is none left.
    """
    is_max = _flag("maxNext", ctx.message.max_next)
    order_id = _after_all(uses) if is_max else _smallest(uses)
    if order_id > _STORAGE_ID_MAX:
        raise Coded(Code.NO_STORAGE_ID, "no available storage id")
    return user.StorageId(order_id=order_id, offchain_id=order_id + 1)


def storage_id_ask_to_wire(query: ListSlots, ctx: Context) -> user.GetStorageId:
    """Return the request for an id after all that were used. Raises NotExpressible."""
    own = resolve.check_own(query.account_id, ctx)
    for one in resolve.holdings(ctx):
        if one.asset.asset_id == query.asset_id:
            token_id = str(one.token.token_id)
            return user.GetStorageId(account_id=own, sell_token_id=token_id, max_next="true")
    raise NotExpressible("a token this venue does not have")


def storage_id_reply_from_wire(message: user.StorageId, ctx: Context) -> int:
    """Return the id an order may bear."""
    return message.order_id


def balances_from_wire(message: user.GetBalances, ctx: Context) -> GetAccount:
    """Return the question what an account has, by its id or its owner. Raises MissingField."""
    if (text := resolve.given(message.account_id)) is not None:
        return GetAccount(resolve.account(text, ctx).account_id)
    if (address := resolve.given(message.address)) is not None:
        return GetAccount(account_of(address, ctx).account_id)
    raise MissingField("accountId")


def balances_to_wire(summary: AccountSummary, ctx: Context) -> list[user.Balance]:
    """Return the balances that are not zero, of the tokens that were asked for."""
    asked = [resolve.number("tokens", word) for word in resolve.words(ctx.message.tokens)]
    told = []
    for balance in summary.balances:
        known = resolve.holding(ctx.directory.assets[balance.asset_id], ctx)
        if known is None or (asked and known.token.token_id not in asked):
            continue
        if balance.total_minor or balance.hold_minor:
            told.append(_balance(summary.account, balance, known))
    return sorted(told, key=lambda one: one.token_id)


def balances_ask_to_wire(query: GetAccount, ctx: Context) -> user.GetBalances:
    """Return the request for an account's balances. Raises NotExpressible for another's."""
    return user.GetBalances(account_id=resolve.check_own(query.account_id, ctx))


def balances_reply_from_wire(
    message: list[user.Balance], ctx: Context
) -> tuple[BalanceReport, ...]:
    """Return what an account has, by asset. Raises Malformed for a token nobody knows."""
    account = resolve.client_account(ctx)
    by_id = {one.token.token_id: one for one in resolve.holdings(ctx)}
    if any(one.token_id not in by_id for one in message):
        raise Malformed("a balance of a token that is not known here")
    reports = (
        BalanceReport(
            account.account_id,
            by_id[one.token_id].asset.asset_id,
            int(one.total) * by_id[one.token_id].minor_per_unit,
            int(one.locked) * by_id[one.token_id].minor_per_unit,
        )
        for one in message
    )
    return tuple(sorted(reports, key=lambda report: report.asset_id))


def trades_from_wire(message: user.GetUserTrades, ctx: Context) -> ListFills:
    """Return the question for an account's trades; their page is cut once they are seen."""
    account = resolve.account(message.account_id, ctx)
    pair = resolve.optional_market(message.market, ctx)
    hashed = resolve.given(message.order_hash)
    _page(message)
    resolve.optional_number("fromId", message.from_id, 0)
    cl_ord_id = None if hashed is None else resolve.order_hash(hashed)
    market = None if pair is None else (pair.instrument.instrument_id,)
    return ListFills((account.account_id,), None, cl_ord_id, instrument_ids=market)


def trades_to_wire(fills: tuple[Fill, ...], ctx: Context) -> exchange.Trades:
    """Return a page of trades, and how many there are."""
    asked = ctx.message
    from_id = resolve.optional_number("fromId", asked.from_id, 0)
    kinds = resolve.chosen_words("fillTypes", asked.fill_types, ("dex", "amm"))
    chosen = [
        fill
        for fill in fills
        if (not from_id or fill.match_id <= from_id) and (not kinds or "dex" in kinds)
    ]
    offset, limit = _page(asked)
    rows = [_trade(fill, ctx) for fill in chosen[offset : offset + limit]]
    return exchange.Trades(total_num=len(chosen), trades=rows)


def rates_from_wire(message: user.GetRates, ctx: Context) -> tuple[()]:
    """Return nothing to do: a market's rates are the same for all. Raises MissingField, Coded."""
    resolve.account(message.account_id, ctx)
    resolve.market(message.market, ctx)
    return ()


def rates_to_wire(result: object, ctx: Context) -> user.Rates:
    """Return what orders on a market cost, by the token they buy."""
    pair = resolve.market(ctx.message.market, ctx)
    amounts = [_rate_amount(one, pair) for one in (pair.base, pair.quote)]
    overdue_ms = (ctx.now_ns + _OVERDUE_NS) // times.MS
    return user.Rates(gas_price="0", amounts=amounts, cache_overdue_at=overdue_ms)


def fee_from_wire(message: user.GetFee, ctx: Context) -> tuple[()]:
    """Return nothing to do, as for `rates_from_wire`. Raises Coded for a token not traded there."""
    resolve.account(message.account_id, ctx)
    _bought(message, ctx)
    return ()


def fee_to_wire(result: object, ctx: Context) -> user.Fee:
    """Return the rates of an order that buys a token."""
    pair, bought = _bought(ctx.message, ctx)
    maker, taker = _bips(pair)
    rate = user.FeeRate(symbol=bought.asset.symbol, maker_rate=maker, taker_rate=taker)
    return user.Fee(fee_rate=rate, gas_price="0")


def account_of(address: str, ctx: Context) -> AccountReport:
    """Return an owner's account. Raises Absent when nobody has that address."""
    for account_id, owner in shown(ctx.settings).owners.items():
        if owner.owner.lower() == address.lower():
            return resolve.account(account_id, ctx)
    raise Absent(Code.ACCOUNT_NOT_FOUND, "account not found")


def _flag(name: str, text: str | None) -> bool:
    known = resolve.given(text)
    if known is None:
        return False
    if known.lower() not in _FLAGS:
        raise InvalidField(name, f"invalid {name}: must be true or false")
    return _FLAGS[known.lower()]


def _after_all(uses: tuple[SlotUse, ...]) -> int:
    # A slot's number is one above the storage id, so the next even id is one above the number.
    return max((use.number + 1 for use in uses), default=0)


def _smallest(uses: tuple[SlotUse, ...]) -> int:
    numbers_used = {use.slot: use.number for use in uses}
    candidates = (
        numbers_used[slot] - 1 + SLOTS if slot in numbers_used else slot
        for slot in range(0, SLOTS, 2)
    )
    return min(candidates)


def _balance(account: AccountReport, balance: BalanceReport, known: Holding) -> user.Balance:
    # Clients take one from the other, so that the difference is what must be exact.
    total = known.floor_units(balance.total_minor)
    free = known.floor_units(balance.total_minor - balance.hold_minor)
    return user.Balance(
        account_id=int(account.name),
        token_id=known.token.token_id,
        total=str(total),
        locked=str(total - free),
    )


def _page(message: user.GetUserTrades) -> tuple[int, int]:
    limit = resolve.optional_number("limit", message.limit, _TRADES_DEFAULT)
    return resolve.optional_number("offset", message.offset, 0), min(limit, TRADES_MAX)


def _trade(fill: Fill, ctx: Context) -> tuple[str, ...]:
    instrument = ctx.directory.instruments[fill.instrument_id]
    pair = resolve.pair(instrument, ctx)
    assert pair is not None  # noqa: S101  (an order was placed with it)
    is_sell = fill.terms.side is Side.SELL
    sold, bought = (pair.base, pair.quote) if is_sell else (pair.quote, pair.base)
    return (
        str(fill.ts_ns // times.MS),
        str(fill.match_id),
        SIDES.to_wire(fill.terms.side),
        str(pair.base.floor_units(fill.last_qty_lots * instrument.lot_minor)),
        numbers.price_text(instrument, fill.last_px_ticks),
        instrument.symbol,
        str(bought.floor_units(fill.fee_minor)),
        "0",
        "0",
        ctx.directory.accounts[fill.account_id].name,
        str(sold.token.token_id),
        str(parse_remarks(fill.terms.text).storage_id),
        fill.cl_ord_id,
    )


def _bips(pair: Pair) -> tuple[int, int]:
    one = pair.instrument
    return -(-one.maker_fee_ppb // _PPB_PER_BIP), -(-one.taker_fee_ppb // _PPB_PER_BIP)


def _rate_amount(bought: Holding, pair: Pair) -> user.RateAmount:
    maker, taker = _bips(pair)
    info = user.OrderInfo(min_amount=bought.token.minimum, maker_rate=maker, taker_rate=taker)
    return user.RateAmount(
        token_symbol=bought.asset.symbol,
        base_order_info=info,
        user_order_info=info,
        trade_cost="0",
    )


def _bought(message: user.GetFee, ctx: Context) -> tuple[Pair, Holding]:
    pair = resolve.market(message.market, ctx)
    if (text := resolve.given(message.token_b)) is None:
        raise MissingField("tokenB")
    for one in (pair.base, pair.quote):
        if text in (one.asset.symbol, str(one.token.token_id)):
            return pair, one
    raise Coded(Code.UNSUPPORTED_FEE_TOKEN, f"token {text[:40]} is not traded on this market")
