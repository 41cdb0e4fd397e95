"""
Markets: a venue's symbols and ccxt's, both ways, and what ccxt tells of each.

    kind         unified symbol            type
    spot         BASE/QUOTE                spot
    perpetual    BASE/QUOTE:QUOTE          swap
    equity       the share/QUOTE           spot
    binary       the outcome/QUOTE         prediction

ccxt has no rule for the last two: what is bought is called what the venue calls its market, so that
bots which read two names out of a symbol find them. Where two markets would have one symbol, the
second keeps the venue's own. `market` takes either.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from countermand.ccxt import errors
from countermand.ccxt.numbers import Say
from countermand.client.accounts import Market

Structure = dict[str, Any]

_TYPES = {"spot": "spot", "equity": "spot", "perpetual": "swap", "binary": "prediction"}

# Kinds whose positions are paid for in full, or shares: held like a currency of their own name.
PAID_FOR = ("equity", "binary")


class Markets:
    """The markets of one venue; `say` renders their numbers."""

    def __init__(self, name: str, say: Say, listed: Iterable[Market] = ()) -> None:
        self._name, self._say = name, say
        self.by_symbol: dict[str, Structure] = {}
        self.by_id: dict[str, list[Structure]] = {}
        self._exact: dict[str, Market] = {}
        for one in listed:
            self._add(one)

    def market(self, symbol: str | None) -> Structure:
        """Return a market by ccxt's symbol for it or the venue's. Raises ccxt's errors."""
        if not symbol:
            raise errors.ArgumentsRequired(f"{self._name} market() requires a symbol argument")
        found = self.by_symbol.get(symbol) or next(iter(self.by_id.get(symbol, ())), None)
        if found is None:
            raise errors.BadSymbol(f"{self._name} does not have market symbol {symbol}")
        return found

    def exact(self, symbol: str | None) -> Market:
        """Return a market as the client has it. Raises as `market` does."""
        return self._exact[self.market(symbol)["id"]]

    def knows(self, venue_symbol: str) -> bool:
        """Whether a market of the venue's is among these."""
        return venue_symbol in self.by_id

    def unified(self, venue_symbol: str) -> str:
        """Return ccxt's symbol for a venue's."""
        symbol: str = self.by_id[venue_symbol][0]["symbol"]
        return symbol

    def currencies(self) -> Structure:
        """Return the currencies of all markets, by code."""
        codes = {m[side] for m in self.by_symbol.values() for side in ("base", "quote")}
        return {code: _currency(code) for code in sorted(codes)}

    def held(self) -> list[str]:
        """
        Return the codes of the currencies that a balance can have: both sides of each market
        without positions.
        """
        held = [one for one in self.by_symbol.values() if not one["contract"]]
        return list(dict.fromkeys(one[side] for one in held for side in ("base", "quote")))

    def has_shares(self) -> bool:
        """Whether the venue has positions that are held like currencies."""
        return any(one["info"]["kind"] in PAID_FOR for one in self.by_symbol.values())

    def _add(self, one: Market) -> None:
        base = one.symbol if one.kind in PAID_FOR else one.base
        symbol = _unified(one, base)
        if symbol in self.by_symbol:
            symbol = one.symbol
        told = _structure(one, symbol, base, self._say)
        self.by_symbol[symbol], self.by_id[one.symbol] = told, [told]
        self._exact[one.symbol] = one


def _unified(one: Market, base: str) -> str:
    if not base or not one.quote:
        return one.symbol
    return f"{base}/{one.quote}:{one.quote}" if one.kind == "perpetual" else f"{base}/{one.quote}"


def _structure(one: Market, symbol: str, base: str, say: Say) -> Structure:
    is_swap = one.kind == "perpetual"
    settle = one.quote if is_swap else None
    return {
        "id": one.symbol,
        "lowercaseId": one.symbol.lower(),
        "symbol": symbol,
        "base": base,
        "quote": one.quote,
        "settle": settle,
        "baseId": base,
        "quoteId": one.quote,
        "settleId": settle,
        **_type(one, is_swap=is_swap),
        "active": one.trading_state != "halted",
        **_NOT_LEARNED,
        "contractSize": say(one.lot_size / one.lot_size) if is_swap else None,
        **_NO_EXPIRY,
        "precision": {"amount": say(one.lot_size), "price": say(one.tick_size)},
        "limits": _limits(one, say),
        "marginModes": {"cross": None, "isolated": None},
        "created": None,
        "info": {"symbol": one.symbol, "kind": one.kind, "trading_state": one.trading_state},
    }


# A venue's fees are not part of what is learned of its markets.
_NOT_LEARNED = {"taker": None, "maker": None, "percentage": None, "tierBased": None}
_NO_EXPIRY = {"expiry": None, "expiryDatetime": None, "strike": None, "optionType": None}


def _type(one: Market, *, is_swap: bool) -> Structure:
    kind = _TYPES[one.kind]
    return {
        "type": kind,
        "subType": "linear" if is_swap else None,
        "spot": kind == "spot",
        "margin": False,
        "swap": is_swap,
        "future": False,
        "option": False,
        "contract": is_swap,
        "linear": True if is_swap else None,
        "inverse": False if is_swap else None,
    }


def _limits(one: Market, say: Say) -> Structure:
    no_limit = {"min": None, "max": None}
    return {
        "leverage": no_limit,
        "amount": {"min": say(one.min_qty), "max": None},
        "price": {"min": say(one.tick_size), "max": None},
        "cost": no_limit,
    }


def _currency(code: str) -> Structure:
    limits = {"min": None, "max": None}
    return {
        "id": code,
        "code": code,
        "name": code,
        "numericId": None,
        "type": None,
        "active": True,
        "deposit": None,
        "withdraw": None,
        "fee": None,
        "precision": None,
        "limits": {"amount": limits, "withdraw": limits, "deposit": limits},
        "networks": {},
        "info": {},
    }
