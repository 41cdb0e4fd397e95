"""
Acts: what a test does to an exchange, wherever that runs. Each is an act of the control table.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Mapping
from itertools import count
from types import TracebackType
from typing import Any, Self, TypeAlias

from countermand.control.orders import Order
from countermand.control.requests import Recorded
from countermand.testing.account import Account
from countermand.testing.clock import Clock
from countermand.testing.faults import Faults
from countermand.testing.numbers import Number, text_of
from countermand.testing.requests import Requests

# The number of requests that are remembered, the newest.
REQUESTS_MAX = 1000

Funds: TypeAlias = Mapping[str, Number]


class Acts(ABC):
    """
    An exchange as a test acts on it.

    Shape:  `venue` may be left out where one is served. Markets and assets go by their symbols,
            accounts are `owner/name` or `owner`, orders what their venue or their client calls
            them. What is returned is the reply of the act, as docs/control.md has it.
    Units:  prices, quantities and amounts as text, `int` or `Decimal`; a float is refused.
    Raises: ControlError for what is refused, in one line.
    """

    def __init__(self, venues: tuple[str, ...]) -> None:
        self.venues = venues
        self.clock, self.faults = Clock(self), Faults(self)
        self._owners = count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)

    @abstractmethod
    def close(self) -> None:
        """End it, where it is this process's own. Idempotent."""

    @abstractmethod
    def call(self, name: str, /, **fields: Any) -> Any:
        """Do any act of the control table by its name, and return its reply."""

    @abstractmethod
    def url(self, venue: str | None = None) -> str:
        """Return where a venue is reached over a socket, bound when it is first asked for."""

    @abstractmethod
    def control_url(self) -> str:
        """Return where the control port is reached."""

    @abstractmethod
    def journal(self, last: int = 50) -> list[str]:
        """Return the last entries of the journal and what came of each, in people's words."""

    def named(self, venue: str | None) -> str:
        """Return a venue's name. Raises: ValueError when it is left out and there are several."""
        if venue is not None:
            return venue
        if len(self.venues) != 1:
            raise ValueError(f"venue: one of {', '.join(self.venues)}")
        return self.venues[0]

    def account(
        self,
        owner: str | None = None,
        *,
        funds: Funds | None = None,
        venue: str | None = None,
        margin: bool = False,
    ) -> Account:
        """
        Return an account with money and a new key: a new owner's, or that of an owner there is.

        With `margin` a new one may borrow, and sell short.
        """
        at, paid = self.named(venue), {a: text_of(n) for a, n in (funds or {}).items()}
        known = [] if owner is None else self.call("accounts", venue=at).accounts
        found = [one for one in known if one.owner == owner]
        if found:
            account = next((one for one in found if one.is_default), found[0])
            for asset, amount in paid.items():
                self.call("credit", venue=at, account=account.account, asset=asset, amount=amount)
        else:
            owner = owner or f"trader-{next(self._owners)}"
            fields = {"owner": owner, "funds": paid, "may_borrow": margin}
            account = self.call("open-account", venue=at, **fields)
        issued = self.call("issue-key", venue=at, owner=account.owner)
        return Account(self, at, account.account, issued.credentials)

    def set_price(self, symbol: str, price: Number, *, venue: str | None = None) -> Any:
        """Move a market to a price: its reference and its last trade."""
        return self._on("set-price", symbol, venue, price=text_of(price))

    def trade(
        self,
        symbol: str,
        price: Number,
        quantity: Number,
        *,
        side: str = "buy",
        venue: str | None = None,
    ) -> Any:
        """Let others trade at a price; what rests there in between is met first."""
        fields = {"price": text_of(price), "quantity": text_of(quantity), "side": side}
        return self._on("trade", symbol, venue, **fields)

    def quote(
        self,
        symbol: str,
        *,
        bid: tuple[Number, Number] | None = None,
        ask: tuple[Number, Number] | None = None,
        venue: str | None = None,
    ) -> Any:
        """Stand with a bid and an ask of others, each a price and a quantity, and no more."""
        fields: dict[str, str] = {}
        for side, asked in (("bid", bid), ("ask", ask)):
            if asked is not None:
                price, quantity = asked
                fields |= {side: text_of(price), f"{side}_quantity": text_of(quantity)}
        return self._on("quote", symbol, venue, **fields)

    def halt(self, symbol: str, *, venue: str | None = None) -> Any:
        """Halt a market: nothing is placed and nothing trades."""
        return self._on("halt", symbol, venue)

    def resume(self, symbol: str, *, venue: str | None = None) -> Any:
        """Let a market trade again."""
        return self._on("resume", symbol, venue)

    def settle(self, symbol: str, price: Number, *, venue: str | None = None) -> Any:
        """Pay a binary market out at a price, and close it."""
        return self._on("settle", symbol, venue, price=text_of(price))

    def orders(self, *, venue: str | None = None, **which: Any) -> tuple[Order, ...]:
        """Return orders, the newest first; `which` are the fields of the act `orders`."""
        found: tuple[Order, ...] = self.call("orders", venue=self.named(venue), **which).orders
        return found

    def order(self, order: str, *, account: str | None = None, venue: str | None = None) -> Order:
        """Return one order by what its venue or its client calls it."""
        found: Order = self.call("order", venue=self.named(venue), order=order, account=account)
        return found

    def cancel_order(
        self, order: str, *, account: str | None = None, venue: str | None = None
    ) -> Order:
        """Cancel an order in an operator's name, as a venue does by itself."""
        fields = {"order": order, "account": account}
        found: Order = self.call("cancel-order", venue=self.named(venue), **fields)
        return found

    def cancel_all(
        self, symbol: str | None = None, *, account: str | None = None, venue: str | None = None
    ) -> tuple[Order, ...]:
        """Cancel open orders in an operator's name: those of the demo's own quotes too."""
        fields = {"symbol": symbol, "account": account}
        found: tuple[Order, ...] = self.call("cancel-all", venue=self.named(venue), **fields).orders
        return found

    @property
    def requests(self) -> Requests:
        """The requests that came, the newest last: what was signed, and what became of each."""
        found: tuple[Recorded, ...] = self.call("requests").requests
        return Requests(found)

    def reset(self, seed: int | None = None) -> None:
        """
        Begin anew: the world as founded, the clock as at the start, no faults, no requests.

        No number is given out twice, unless a `seed` makes numbers and keys the same each time.
        """
        self.call("reset", seed=seed)
        self.record()
        self._owners = count(1)

    def snapshot(self, name: str) -> None:
        """Save the exchange as it is now."""
        self.call("snapshot", name=name)

    def restore(self, name: str) -> None:
        """Go on from what was saved, with its clock; numbers go on beyond those given out."""
        self.call("restore", name=name)

    def record(self) -> None:
        """Forget the requests that came, and remember those to come."""
        self.call("keep-requests", most=0)
        self.call("keep-requests", most=REQUESTS_MAX)

    def environment(self) -> dict[str, str]:
        """Return where everything is, as variables for a program in any language."""
        urls = {"COUNTERMAND_CONTROL_URL": self.control_url()}
        for name in self.venues:
            urls[f"COUNTERMAND_{name.upper().replace('-', '_')}_URL"] = self.url(name)
        return urls

    def report(self) -> list[tuple[str, str]]:
        """Return what a failed test should show: titles and texts."""
        return [
            ("countermand requests", "\n".join(self.requests.lines()) or "none came"),
            ("countermand journal", "\n".join(self.journal()) or "nothing happened"),
        ]

    def _on(self, name: str, symbol: str, venue: str | None, **fields: Any) -> Any:
        return self.call(name, venue=self.named(venue), symbol=symbol, **fields)
