"""Account: an account of a venue, with a key for that venue's own SDK."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from countermand.testing.numbers import Number, text_of

if TYPE_CHECKING:
    from countermand.control.orders import Order
    from countermand.testing.acts import Acts


class Account:
    """
    An account and a key to it. `name` is `owner/name`; `credentials` are what the venue's SDK
    needs, by the names that it has for them, and can be asked of the account too:
    `account["access_key"]`.
    """

    def __init__(self, exchange: Acts, venue: str, name: str, credentials: dict[str, Any]) -> None:
        self._exchange = exchange
        self.venue, self.name, self.credentials = venue, name, credentials

    def __getitem__(self, field: str) -> Any:
        return self.credentials[field]

    def __repr__(self) -> str:
        return f"Account({self.venue!r}, {self.name!r})"

    @property
    def owner(self) -> str:
        """Whose it is."""
        return self.name.partition("/")[0]

    @property
    def url(self) -> str:
        """Where its venue is reached over a socket."""
        return self._exchange.url(self.venue)

    def balance(self, asset: str) -> Decimal:
        """Return all it has of an asset, what orders and positions hold of it too."""
        return self._of(asset, "total")

    def available(self, asset: str) -> Decimal:
        """Return what it has of an asset to trade with."""
        return self._of(asset, "available")

    def position(self, symbol: str) -> Decimal:
        """Return the net quantity it holds in a market, below 0 where it is short."""
        for held in self._call("account").positions:
            if held.symbol == symbol:
                return Decimal(held.net_qty)
        return Decimal(0)

    def orders(self, which: str = "all") -> tuple[Order, ...]:
        """Return its orders, the newest first: `open`, `closed` or `all`."""
        found: tuple[Order, ...] = self._call("orders", which=which).orders
        return found

    def fills(self) -> tuple[Any, ...]:
        """Return what it has traded, the newest first."""
        found: tuple[Any, ...] = self._call("fills").fills
        return found

    def credit(self, asset: str, amount: Number) -> None:
        """Bring money in."""
        self._call("credit", asset=asset, amount=text_of(amount))

    def withdraw(self, asset: str, amount: Number) -> None:
        """Take money out."""
        self._call("withdraw", asset=asset, amount=text_of(amount))

    def cancel_all(self) -> int:
        """Cancel its open orders in an operator's name; return how many there were."""
        return len(self._exchange.cancel_all(account=self.name, venue=self.venue))

    def _of(self, asset: str, part: str) -> Decimal:
        for held in self._call("account").balances:
            if held.asset == asset:
                return Decimal(getattr(held, part))
        return Decimal(0)

    def _call(self, name: str, **fields: Any) -> Any:
        return self._exchange.call(name, venue=self.venue, account=self.name, **fields)
