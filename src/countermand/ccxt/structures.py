"""
Structures: what ccxt returns, made of the client's values. Every key is there; None is not told.

What the client said is in `info["countermand"]`: of an act its outcome with the evidence, of a read
the value that was read.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace

from countermand.ccxt import times
from countermand.ccxt.numbers import Say, plain
from countermand.client import accounts, people
from countermand.client.outcome import Outcome

Structure = dict[str, Any]

_STATUS = {"filled": "closed", "canceled": "canceled", "rejected": "rejected", "expired": "expired"}
# ccxt has no words for the others.
TIMES = {"gtc": "GTC", "ioc": "IOC", "fok": "FOK"}
_ENDED = {"Canceled": "canceled", "Filled": "closed", "Closed": "expired"}
_KEYS = (
    *("id", "clientOrderId", "datetime", "timestamp", "lastTradeTimestamp", "lastUpdateTimestamp"),
    *("symbol", "type", "timeInForce", "postOnly", "reduceOnly", "side", "price", "triggerPrice"),
    *("stopPrice", "stopLossPrice", "takeProfitPrice", "amount", "cost", "average", "filled"),
    *("remaining", "status", "fee"),
)


def order(one: people.Order, symbol: str, say: Say) -> Structure:
    """Return an order as it was read; `symbol` is ccxt's."""
    placed = times.of_ns(one.submit_ns)
    left = one.order_qty - one.cum_qty
    return _order(
        id=one.order_id,
        clientOrderId=one.cl_ord_id or None,
        **_moment(placed),
        lastUpdateTimestamp=times.of_ns(one.transact_ns),
        symbol=symbol,
        type=one.ord_type,
        timeInForce=TIMES.get(one.time_in_force),
        postOnly="post_only" in one.exec_inst,
        reduceOnly="reduce_only" in one.exec_inst,
        side=one.side,
        price=say(one.price),
        amount=say(one.order_qty),
        remaining=say(left),
        **_traded(one.cum_qty, one.avg_px, say),
        status="open" if one.is_open else _STATUS[one.ord_status],
        info={"countermand": {"order": builtins(one)}},
    )


def settled(outcome: Outcome, symbol: str | None, say: Say, **known: Any) -> Structure:
    """
    Return an order as an outcome proves it to be.

    Shape:  `known` is what was asked for: what an outcome does not tell. Its `amount` is a Decimal.
    """
    amount: Decimal | None = known.pop("amount", None)
    traded, left = outcome.cum_qty, None
    if amount is None and outcome.name == "Filled":
        amount = traded
    if amount is not None and traded is not None:
        left = amount - traded
    return _order(
        id=outcome.order_id or None,
        clientOrderId=outcome.cl_ord_id or None,
        symbol=symbol,
        amount=say(amount),
        remaining=say(left),
        **_traded(traded, outcome.avg_px, say),
        status=_ENDED.get(outcome.name, "open"),
        info=proof(outcome),
        **known,
    )


def proof(outcome: Outcome) -> Structure:
    """Return `info` of an outcome."""
    told = {
        "outcome": outcome.name,
        "is_proven": outcome.is_proven,
        "text": outcome.text,
        "proof": str(outcome.evidence),
        "evidence": builtins(outcome.evidence),
    }
    return {"countermand": told}


def trade(one: accounts.Trade, symbol: str, say: Say) -> Structure:
    """Return ccxt's structure of a fill of the account."""
    moment = times.of_ns(one.ts_ns)
    return {
        "id": one.trade_id or None,
        "order": one.order_id or None,
        **_moment(moment),
        "symbol": symbol,
        "type": None,
        "side": one.side,
        "takerOrMaker": "maker" if one.is_maker else "taker",
        "price": say(one.last_px),
        "amount": say(one.last_qty),
        "cost": say(one.last_px * one.last_qty),
        "fee": None,
        "fees": [],
        "info": {"countermand": {"trade": builtins(one)}},
    }


def balances(
    found: Iterable[accounts.Balance],
    shares: Iterable[accounts.Position],
    codes: Iterable[str],
    say: Say,
) -> Structure:
    """
    Return what the account has; shares that are held are counted by their own names.

    Shape:  a venue lists what there is something of; of the other `codes` there is nothing.
    """
    held = {code: (Decimal(0), Decimal(0)) for code in codes}
    held |= {one.asset: (one.total, one.available) for one in found}
    held |= {one.symbol: (one.net_qty, one.net_qty) for one in shares if one.net_qty > 0}
    told: Structure = {"info": {"countermand": {"balances": builtins(held)}}}
    told |= {"timestamp": None, "datetime": None}
    for code, (total, free) in held.items():
        told[code] = {"free": say(free), "used": say(total - free), "total": say(total)}
    for part in ("free", "used", "total"):
        told[part] = {code: told[code][part] for code in held}
    return told


def position(one: accounts.Position, symbol: str, say: Say) -> Structure:
    """Return a position; ccxt's amounts have no sign, the side says which it is."""
    untold = (
        *("id", "timestamp", "datetime", "lastUpdateTimestamp", "initialMargin"),
        *("initialMarginPercentage", "maintenanceMargin", "maintenanceMarginPercentage"),
        *("notional", "leverage", "unrealizedPnl", "realizedPnl", "marginRatio"),
        *("liquidationPrice", "markPrice", "lastPrice", "positionMargin", "collateral"),
        *("marginMode", "marginType", "percentage", "stopLossPrice", "takeProfitPrice", "hedged"),
    )
    return dict.fromkeys(untold) | {
        "symbol": symbol,
        "side": "long" if one.net_qty > 0 else "short",
        "contracts": say(abs(one.net_qty)),
        "contractSize": say(Decimal(1)),
        "entryPrice": say(None if one.avg_px is None else abs(one.avg_px)),
        "info": {"countermand": {"position": builtins(one)}},
    }


def book(one: accounts.Book, symbol: str, limit: int | None, say: Say) -> Structure:
    """Return a book, best prices first. No venue tells the time of one, and some no amounts."""
    sides = {
        name: [[say(price), say(qty)] for price, qty in side[:limit]]
        for name, side in (("bids", one.bids), ("asks", one.asks))
    }
    return {"symbol": symbol, **sides, **_moment(None), "nonce": None}


def topped(quote: accounts.Quote, found: accounts.Book) -> accounts.Quote:
    """Return a quote with the best prices of a book."""
    (bid_px, bid_qty), *_ = found.bids or ((None, None),)
    (ask_px, ask_qty), *_ = found.asks or ((None, None),)
    return replace(quote, bid_px=bid_px, bid_qty=bid_qty, ask_px=ask_px, ask_qty=ask_qty)


def ticker(one: accounts.Quote, symbol: str, say: Say) -> Structure:
    """Return a quote as a ticker; what is of a day is not told."""
    untold = (
        *("high", "low", "vwap", "open", "previousClose", "change", "percentage"),
        *("average", "baseVolume", "quoteVolume", "markPrice", "indexPrice"),
    )
    return dict.fromkeys(untold) | {
        "symbol": symbol,
        **_moment(times.of_ns(one.ts_ns)),
        "bid": say(one.bid_px),
        "bidVolume": say(one.bid_qty),
        "ask": say(one.ask_px),
        "askVolume": say(one.ask_qty),
        "last": say(one.last_px),
        "close": say(one.last_px),
        "info": {"countermand": {"quote": builtins(one)}},
    }


def builtins(value: Any) -> Any:
    """Return a value as JSON has it, decimals as text that is written out."""
    return _plain(msgspec.to_builtins(value, builtin_types=(Decimal,)))


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value


def _order(**known: Any) -> Structure:
    told = dict.fromkeys(_KEYS) | known
    if told["type"] == "market":
        # ccxt tells of a market order the price it traded at.
        told["price"] = told["average"]
    told["lastTradeTimestamp"] = None
    return told | {"trades": [], "fees": []}


def _traded(qty: Decimal | None, average: Decimal | None, say: Say) -> Structure:
    cost = None
    if qty is not None:
        cost = Decimal(0) if not qty else average * qty if average is not None else None
    return {"filled": say(qty), "average": say(average), "cost": say(cost)}


def _moment(moment: int | None) -> Structure:
    return {"timestamp": moment, "datetime": times.iso8601(moment)}
