"""
Names: the assets, instruments and accounts of one venue, indexed for spelling and reading ids.
"""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from countermand.vocabulary.events import (
    AccountConfigured,
    AccountOpened,
    AssetRegistered,
    Event,
    InstrumentListed,
    InstrumentSettled,
    ReferencePriceChanged,
    TradingStateChanged,
)
from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument, TradingState
from countermand.vocabulary.reports import AccountReport, ReferenceData


class Directory:
    """
    An index over `ReferenceData`, and a fold over the events that change it.

    Raises: KeyError from the plain indexes; the `*_by_*` ones answer None when there is none.
    """

    def __init__(self, venue: str, data: ReferenceData) -> None:
        self.venue = venue
        self.assets: dict[AssetId, Asset] = {}
        self.instruments: dict[InstrumentId, Instrument] = {}
        self.accounts: dict[AccountId, AccountReport] = {}
        self._assets_by_symbol: dict[str, Asset] = {}
        self._instruments_by_symbol: dict[str, Instrument] = {}
        self._accounts_by_owner: dict[str, dict[AccountId, AccountReport]] = {}
        self.add(data)

    def add(self, data: ReferenceData) -> None:
        """Take in more names; of what is known by its id already the newer counts."""
        for asset in data.assets:
            self._put_asset(asset)
        for instrument in data.instruments:
            self._put_instrument(instrument)
        for account in data.accounts:
            self._put_account(account)

    def asset_by_symbol(self, symbol: str) -> Asset | None:
        """Return the asset called `symbol`, or None."""
        return self._assets_by_symbol.get(symbol)

    def instrument_by_symbol(self, symbol: str) -> Instrument | None:
        """Return the instrument called `symbol`, or None."""
        return self._instruments_by_symbol.get(symbol)

    def accounts_of(self, owner: str) -> Iterable[AccountReport]:
        """Return the accounts `owner` has, in order of opening."""
        return self._accounts_by_owner.get(owner, {}).values()

    def apply(self, event: Event) -> None:
        """Follow an event; most change no name."""
        if type(event) in _NAMING:
            self._follow(event)

    def _follow(self, event: Event) -> None:
        match event:
            case AssetRegistered(asset_id=asset_id, venue=venue, symbol=symbol, scale=scale):
                self._put_asset(Asset(asset_id, venue, symbol, scale))
            case InstrumentListed(instrument=instrument):
                self._put_instrument(instrument)
            case TradingStateChanged(instrument_id=changed, trading_state=state):
                self._change_instrument(changed, trading_state=state)
            case ReferencePriceChanged(instrument_id=changed, price_ticks=price_ticks):
                self._change_instrument(changed, reference_price_ticks=price_ticks)
            case InstrumentSettled(instrument_id=changed):
                self._change_instrument(changed, trading_state=TradingState.HALTED)
            case AccountOpened():
                self._put_account(_opened(event))
            case AccountConfigured(account_id=account_id):
                if (known := self.accounts.get(account_id)) is not None:
                    self._put_account(_configured(known, event))

    def _put_asset(self, asset: Asset) -> None:
        if asset.venue == self.venue:
            self.assets[asset.asset_id] = asset
            self._assets_by_symbol[asset.symbol] = asset

    def _put_instrument(self, instrument: Instrument) -> None:
        if instrument.venue == self.venue:
            self.instruments[instrument.instrument_id] = instrument
            self._instruments_by_symbol[instrument.symbol] = instrument

    def _put_account(self, account: AccountReport) -> None:
        if account.venue == self.venue:
            self.accounts[account.account_id] = account
            self._accounts_by_owner.setdefault(account.owner, {})[account.account_id] = account

    def _change_instrument(self, instrument_id: InstrumentId, **changes: Any) -> None:
        if (known := self.instruments.get(instrument_id)) is not None:
            self._put_instrument(replace(known, **changes))


def _opened(event: AccountOpened) -> AccountReport:
    return AccountReport(
        account_id=event.account_id,
        venue=event.venue,
        owner=event.owner,
        name=event.name,
        is_default=event.is_default,
        may_borrow=event.may_borrow,
    )


def _configured(known: AccountReport, event: AccountConfigured) -> AccountReport:
    return replace(
        known,
        name=event.name,
        trading_locked=event.trading_locked,
        reduce_only=event.reduce_only,
    )


_NAMING = frozenset(
    {
        AssetRegistered,
        InstrumentListed,
        TradingStateChanged,
        ReferencePriceChanged,
        InstrumentSettled,
        AccountOpened,
        AccountConfigured,
    }
)
