"""A window: what a customer of this broker sees, and trades made behind the wire's back."""

from __future__ import annotations

from collections.abc import Generator
from decimal import Decimal
from typing import Any

import msgspec
from msgspec.structs import replace
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.commands import NewOrder, SetTradingState
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import AccountReport
from countermand.wire import numbers
from countermand.wire.http import Request
from countermand.world import spec

NAME = "autoshares"
HOST = "127.0.0.1:8102"
# The parameters of a list with all of its rows.
ALL = "pageNumber=0&pageSize=100&sortBy=Id&isDesc=false"


def answered(steps: Generator[Any, Any, Any], *answers: Any) -> Any:
    """Return what a conversation ends in that is told these answers."""
    try:
        next(steps)
        for answer in answers:
            steps.send(answer)
    except StopIteration as end:
        return end.value
    raise AssertionError("it asks for more")


class Window:
    """A desk with the demo's settings, in which securities have their names."""

    def __init__(self, **settings: Any) -> None:
        venue = VENUES[NAME]
        known = msgspec.convert(spec.demo([venue])[NAME].settings, venue.settings)
        self.desk = Desk(venue, replace(known, **settings))

    def stock(self, symbol: str = "AAPL") -> Instrument:
        """Return a security."""
        known = self.desk.directory.instrument_by_symbol(symbol)
        assert known is not None
        return known

    def account(self, owner: str = "alice", name: str = "margin") -> AccountReport:
        """Return an account."""
        return next(one for one in self.desk.accounts(owner) if one.name == name)

    def get(self, target: str, owner: str = "alice", key: int = 0) -> tuple[int, Any]:
        """Ask as a user, and return the status and the decoded body."""
        status, raw = self.raw(target, owner, key)
        return status, msgspec.json.decode(raw) if raw else None

    def raw(
        self, target: str, owner: str | None = "alice", key: int = 0, method: str = "GET"
    ) -> tuple[int, bytes]:
        """
        Ask as `get` does, with the body as it is given; without a user the request is unsigned.
        """
        path, _, query = target.partition("?")
        headers = ((b"host", HOST.encode()),)
        request = Request(method, path.encode(), query.encode(), headers)
        if owner is not None:
            credential, now_ns = self.desk.credential(owner, key), self.desk.clock.now_ns()
            request = self.desk.venue.auth.sign(request, credential, now_ns)
        response = self.desk.answer(request)
        return response.status, response.body

    def seen(self, target: str, owner: str = "alice") -> Any:
        """Return the answer's body for a user."""
        status, body = self.get(target, owner)
        assert status == 200, body
        return body

    def path(self, rest: str = "", owner: str = "alice", name: str = "margin") -> str:
        """Return a path below an account."""
        return f"/v1.0/accounts/{self.account(owner, name).account_id}{rest}"

    def order(
        self, account: AccountReport, side: Side, qty: str, price: str, symbol: str = "AAPL"
    ) -> Receipt:
        """Enter a limit order."""
        one = self.stock(symbol)
        lots, ticks = numbers.qty_lots(one, Decimal(qty)), numbers.price_ticks(one, Decimal(price))
        return self.desk.engine.enter(
            NewOrder(
                account.account_id,
                one.instrument_id,
                "",
                OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks),
            )
        )

    def trade(
        self,
        buyer: AccountReport,
        seller: AccountReport,
        qty: str,
        price: str,
        symbol: str = "AAPL",
    ) -> None:
        """Let one buy of the other, whose order came first."""
        self.order(seller, Side.SELL, qty, price, symbol)
        bought = self.order(buyer, Side.BUY, qty, price, symbol).orders[0]
        assert bought.leaves_qty_lots == 0

    def halt(self, symbol: str = "AAPL") -> None:
        """Stop the trading of a security."""
        command = SetTradingState(self.stock(symbol).instrument_id, TradingState.HALTED)
        self.desk.engine.enter(command)
