"""
Names: the assets, instruments and accounts of one venue, indexed for those who spell and read ids.
"""

from collections.abc import Iterable

from countermand.vocabulary.ids import AccountId, AssetId, InstrumentId
from countermand.vocabulary.instrument import Asset, Instrument
from countermand.vocabulary.reports import AccountReport, ReferenceData


class Directory:
    """
    An immutable index over `ReferenceData`; a change of reference data makes a new one.

    Raises: KeyError from the plain indexes; the `*_by_*` ones answer None when there is none.
    """

    def __init__(self, data: ReferenceData) -> None:
        self.assets: dict[AssetId, Asset] = {a.asset_id: a for a in data.assets}
        self.instruments: dict[InstrumentId, Instrument] = {
            i.instrument_id: i for i in data.instruments
        }
        self.accounts: dict[AccountId, AccountReport] = {a.account_id: a for a in data.accounts}
        self._assets_by_symbol = {a.symbol: a for a in data.assets}
        self._instruments_by_symbol = {i.symbol: i for i in data.instruments}
        self._accounts_by_owner: dict[str, list[AccountReport]] = {}
        for account in data.accounts:
            self._accounts_by_owner.setdefault(account.owner, []).append(account)

    def asset_by_symbol(self, symbol: str) -> Asset | None:
        """Return the asset called `symbol`, or None."""
        return self._assets_by_symbol.get(symbol)

    def instrument_by_symbol(self, symbol: str) -> Instrument | None:
        """Return the instrument called `symbol`, or None."""
        return self._instruments_by_symbol.get(symbol)

    def accounts_of(self, owner: str) -> Iterable[AccountReport]:
        """Return the accounts `owner` has, in order of opening."""
        return self._accounts_by_owner.get(owner, ())
