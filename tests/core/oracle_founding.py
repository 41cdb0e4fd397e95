"""The oracle's founding: what assets, markets and accounts there are, and what they may do."""

from types import SimpleNamespace
from typing import Any

from tests.core import oracle_money as money

Event = tuple[Any, ...]


class Founding:
    """The commands that found things; what they keep is the oracle's."""

    seq: int
    assets: dict[int, SimpleNamespace]
    instruments: dict[int, SimpleNamespace]
    accounts: dict[int, SimpleNamespace]
    closed: dict[int, list[int]]
    settled: dict[int, int]

    def on_register_asset(self, c: SimpleNamespace) -> list[Event]:
        """A venue has one asset of a symbol."""
        if any((a.venue, a.symbol) == (c.venue, c.symbol) for a in self.assets.values()):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        if c.scale < 0 or c.scale > 36:
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.assets[self.seq] = c
        return [("AssetRegistered", self.seq, c.venue, c.symbol, c.scale)]

    def on_list_instrument(self, c: SimpleNamespace) -> list[Event]:
        """A venue has one instrument of a symbol, on assets there are and a grid that counts."""
        new = SimpleNamespace(**c.instrument, id=self.seq)
        if any((i.venue, i.symbol) == (new.venue, new.symbol) for i in self.instruments.values()):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        if not money.is_sound(new, self.assets):
            return [("InstructionRejected", "INVALID_AMOUNT")]
        self.instruments[self.seq] = new
        return [("InstrumentListed", {**c.instrument, "instrument_id": self.seq})]

    def on_set_trading_state(self, c: SimpleNamespace) -> list[Event]:
        """Resting orders stay."""
        if c.instrument_id not in self.instruments:
            return [("InstructionRejected", "UNKNOWN_INSTRUMENT")]
        if c.instrument_id in self.settled:
            return [("InstructionRejected", "MARKET_CLOSED")]
        self.instruments[c.instrument_id].trading_state = c.trading_state
        return [("TradingStateChanged", c.instrument_id, c.trading_state)]

    def on_set_reference_price(self, c: SimpleNamespace) -> list[Event]:
        """Resting orders stay."""
        if c.instrument_id not in self.instruments:
            return [("InstructionRejected", "UNKNOWN_INSTRUMENT")]
        if c.price_ticks <= 0:
            return [("InstructionRejected", "PRICE_NOT_POSITIVE")]
        self.instruments[c.instrument_id].reference_price_ticks = c.price_ticks
        return [("ReferencePriceChanged", c.instrument_id, c.price_ticks)]

    def on_open_account(self, c: SimpleNamespace) -> list[Event]:
        """Names are unique per owner."""
        if self._is_named(c.venue, c.owner, c.name):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        rights = {"trading_locked": False, "reduce_only": False, "is_killed": False}
        self.accounts[self.seq] = SimpleNamespace(**vars(c), **rights)
        self.closed[self.seq] = []
        return [("AccountOpened", self.seq, c.venue, c.owner, c.name, c.is_default, c.may_borrow)]

    def on_configure_account(self, c: SimpleNamespace) -> list[Event]:
        """None leaves a setting as it is."""
        account = self.accounts.get(c.account_id)
        if account is None:
            return [("InstructionRejected", "UNKNOWN_ACCOUNT")]
        name = account.name if c.name is None else c.name
        if name != account.name and self._is_named(account.venue, account.owner, name):
            return [("InstructionRejected", "DUPLICATE_NAME")]
        account.name = name
        if c.trading_locked is not None:
            account.trading_locked = c.trading_locked
        if c.reduce_only is not None:
            account.reduce_only = c.reduce_only
        settings = (name, account.trading_locked, account.reduce_only)
        return [("AccountConfigured", c.account_id, *settings)]

    def _is_named(self, venue: str, owner: str, name: str) -> bool:
        house = [("", "", "external"), ("", "", "fees"), ("", "", "clearing")]
        taken = [(a.venue, a.owner, a.name) for a in self.accounts.values()]
        return (venue, owner, name) in taken + house
