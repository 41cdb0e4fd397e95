"""
People: what the core keeps as numbers, in words and decimals.

A field's name says what it is in, here as everywhere: `_ticks`, `_lots`, `_minor`, `_ppb`, `_ns`,
`_id`. So what is told of a command or an event of a kind to come needs nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from countermand.venues import VENUES
from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    Event,
    InstrumentListed,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, FeeBasis, Instrument
from countermand.vocabulary.order import ExecInst, Side
from countermand.vocabulary.reasons import CancelReason
from countermand.vocabulary.reports import AccountReport, OrderReport, ReferenceData
from countermand.wire import numbers

# Nanoseconds from here on are a moment since the Unix epoch, and fewer are a length of time.
INSTANT_NS_MIN = 10**17

# Why a cancel is asked for, unless it says something else.
_USUAL = ("reason", CancelReason.REQUESTED)


class Names:
    """The names of a journal's assets, instruments and accounts, as far as they are known."""

    def __init__(self, known: ReferenceData) -> None:
        self.assets: dict[AssetId, Asset] = {one.asset_id: one for one in known.assets}
        self.instruments: dict[InstrumentId, Instrument] = {
            one.instrument_id: one for one in known.instruments
        }
        self.accounts: dict[AccountId, AccountReport] = {
            one.account_id: one for one in known.accounts
        }

    def learn(self, events: Iterable[Event]) -> None:
        """Follow what happened: most of it gives nothing a name."""
        for event in events:
            match event:
                case AssetRegistered(asset_id=asset_id, venue=venue, symbol=symbol, scale=scale):
                    self.assets[asset_id] = Asset(asset_id, venue, symbol, scale)
                case InstrumentListed(instrument=instrument):
                    self.instruments[instrument.instrument_id] = instrument
                case AccountOpened(account_id=account_id, venue=venue, owner=owner, name=name):
                    opened = AccountReport(account_id, venue, owner, name, event.is_default)
                    self.accounts[account_id] = opened
                case AccountConfigured(account_id=account_id, name=name):
                    if (known := self.accounts.get(account_id)) is not None:
                        self.accounts[account_id] = replace(known, name=name)

    def venue_of(self, value: Any) -> str:
        """Return the venue that a command, event or order is of; empty where none is known."""
        if venue := getattr(value, "venue", ""):
            return str(venue)
        if (instrument := self._instrument_of(value)) is not None:
            return instrument.venue
        inner = getattr(value, "order", None) or getattr(value, "taker", None)
        account = self.accounts.get(getattr(value, "account_id", AccountId(0)))
        return account.venue if account else self.venue_of(inner) if inner else ""

    def account(self, account_id: AccountId) -> str:
        """Return what an account is called: `owner/name`, or its number where it is not known."""
        known = self.accounts.get(account_id)
        return f"{known.owner}/{known.name}" if known else str(account_id)

    def _instrument_of(self, value: Any) -> Instrument | None:
        if isinstance(value, Instrument):
            return value
        if isinstance(inner := getattr(value, "instrument", None), Instrument):
            return inner
        about = getattr(value, "taker", None) or getattr(value, "order", None) or value
        return self.instruments.get(getattr(about, "instrument_id", InstrumentId(0)))

    def told(self, value: Struct, instrument: Instrument | None = None) -> dict[str, Any]:
        """
        Return a struct's fields in people's words, but for those that are empty or zero.

        Shape:  decimals as text, amounts of money with their asset, ids as what they name, instants
                in UTC, enumerations by name.
        """
        instrument = self._instrument_of(value) or instrument
        told: dict[str, Any] = {}
        if isinstance(value, Instrument):
            told["tick_size"] = numbers.price_text(value, 1)
            told["lot_size"] = numbers.qty_text(value, 1)
        for name in value.__struct_fields__:
            field = getattr(value, name)
            if not (_is_empty(field) or name in _IN_SIZES or (name, field) == _USUAL):
                self._tell(told, value, name, field, instrument)
        return told

    def _tell(
        self, told: dict[str, Any], of: Struct, name: str, field: Any, instrument: Instrument | None
    ) -> None:
        measured = _MEASURED.fullmatch(name)
        if name == "exec_inst":
            told[name] = [inst.name for inst in ExecInst if inst and field & inst]
        elif isinstance(field, Enum):
            told[name] = field.name
        elif isinstance(field, OrderReport):
            told[name] = self.order(field)
        elif isinstance(field, Struct):
            told[name] = self.told(field, instrument)
        elif isinstance(field, tuple) and isinstance(field[0], OrderReport):
            told[name] = [self.order(one) for one in field]
        elif isinstance(field, tuple) and isinstance(field[0], Struct):
            told[name] = [self.told(one, instrument) for one in field]
        elif name.endswith("_id") and isinstance(field, int):
            told[name[:-3]] = self._named(name[:-3], field)
        elif name.endswith("_ids") and isinstance(field, tuple):
            told[f"{name[:-4]}s"] = [self._named(name[:-4], one) for one in field]
        elif measured and isinstance(field, int):
            what = measured["what"].rstrip("_")
            told[(what or "amount") + (measured["bound"] or "")] = self._amount(
                of, what, measured["unit"], field, instrument
            )
        else:
            told[name] = field

    def order(self, order: OrderReport) -> dict[str, Any]:
        """Return an order in people's words, with its number and what its venue calls it."""
        told = self.told(order)
        told["order"] = order.order_id
        return {"order": told.pop("order"), "id": self.order_text(order), **told}

    def order_text(self, order: OrderReport) -> str:
        """Return what an order's venue calls it; its number where the venue is not known here."""
        venue = VENUES.get(self.venue_of(order))
        return venue.order_text(order) if venue else str(order.order_id)

    def _named(self, name: str, number: int) -> Any:
        match name:
            case "account":
                return self.account(AccountId(number))
            case "instrument":
                instrument = self.instruments.get(InstrumentId(number))
                return instrument.symbol if instrument else number
            case "asset" | "base_asset" | "quote_asset":
                asset = self.assets.get(AssetId(number))
                return asset.symbol if asset else number
        return number

    def _amount(
        self, of: Struct, name: str, unit: str, amount: int, instrument: Instrument | None
    ) -> Any:
        match unit:
            case "ppb":
                return numbers.rate_text(amount)
            case "ns":
                return (
                    utc(amount) if amount >= INSTANT_NS_MIN else f"{numbers.unscaled(amount, 9)} s"
                )
            case "ticks" if instrument:
                return numbers.price_text(instrument, amount)
            case "lots" if instrument:
                return numbers.qty_text(instrument, amount)
            case "minor":
                asset = self.assets.get(_asset_id(of, name, instrument))
                if asset is not None:
                    return {"amount": numbers.minor_text(asset, amount), "asset": asset.symbol}
        return amount


# The units of fields; a bound stands after its unit.
_MEASURED = re.compile(r"(?P<what>.*_|)(?P<unit>ticks|lots|minor|ppb|ns)(?P<bound>_min|_max)?")

# An instrument's steps, which are told as sizes.
_IN_SIZES = frozenset({"tick_units", "price_scale", "lot_units", "qty_scale"})


def utc(ns: int) -> str:
    """Return an instant since the Unix epoch in nanoseconds, as RFC 3339 has it."""
    # datetime knows microseconds; two entries of one group differ by a nanosecond.
    seconds, rest = divmod(ns, 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest:09d}Z"


def _is_empty(field: Any) -> bool:
    # Of enumerations zero is a word like others, and `NONE` is the empty one.
    return field.name == "NONE" if isinstance(field, Enum) else field in (None, 0, "", ())


def _asset_id(of: Any, name: str, instrument: Instrument | None) -> AssetId:
    """Return the asset that an amount of a value is in."""
    if (asset_id := getattr(of, "asset_id", None)) is not None:
        return AssetId(asset_id)
    if instrument is None:
        return AssetId(0)
    side, is_base = _side(of, name), name == "lot"
    if name.endswith("fee") and instrument.fee_basis is FeeBasis.RECEIVED:
        is_base = side is Side.BUY
    elif name == "hold" and not instrument.has_positions:
        is_base = side is Side.SELL
    return instrument.base_asset_id if is_base else instrument.quote_asset_id


def _side(of: Any, name: str) -> Side | None:
    # A trade tells two fees, each of the side that its name begins with.
    about = getattr(of, name.partition("_")[0], of)
    terms = getattr(about, "terms", None)
    return terms.side if terms else None
