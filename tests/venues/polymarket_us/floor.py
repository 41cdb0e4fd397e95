"""A floor: the demo world of this venue, and traders who act on it behind the wire's back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.vocabulary.commands import (
    NewOrder,
    SettleInstrument,
    SetTradingState,
    WithdrawFunds,
)
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.reports import OrderReport
from countermand.wire import numbers
from countermand.wire.conversation import Serving
from countermand.wire.http import Request
from countermand.world import spec

NAME = "polymarket-us"
GAME = "aec-nba-ny-sa-2026-06-05"
CHAMPION = "tec-mlb-champ-2026-11-04"
FED = "rdc-usfed-fomc-2026-12-09-cut25"


def dollars(value: str) -> dict[str, str]:
    """Return an Amount."""
    return {"value": value, "currency": "USD"}


def told(conversation: Serving[Any], *answers: Any) -> Any:
    """Return what a conversation replies, whose asks are answered in turn."""
    next(conversation)
    try:
        for answer in answers:
            conversation.send(answer)
    except StopIteration as end:
        return end.value
    raise AssertionError("it asks for more")


class Floor:
    """A desk with the demo's settings, in which markets have their names."""

    def __init__(self) -> None:
        venue = VENUES[NAME]
        world = spec.demo([venue])[NAME]
        self.desk = Desk(venue, msgspec.convert(world.settings, venue.settings))
        self.usd = next(a for a in self.desk.directory.assets.values() if a.symbol == "USD")

    def market(self, slug: str = GAME) -> Instrument:
        """Return a market."""
        known = self.desk.directory.instrument_by_symbol(slug)
        assert known is not None
        return known

    def get(self, target: str, owner: str | None = None) -> tuple[int, Any]:
        """Ask unsigned or as a user, and return the status and the decoded body."""
        status, raw = self.raw(target, owner)
        return status, msgspec.json.decode(raw)

    def raw(self, target: str, owner: str | None = None) -> tuple[int, bytes]:
        """Likewise, with the body as it was sent."""
        path, _, query = target.partition("?")
        request = Request("GET", path.encode(), query.encode())
        if owner is not None:
            key, now_ns = self.desk.credential(owner), self.desk.clock.now_ns()
            request = self.desk.venue.auth.sign(request, key, now_ns)
        response = self.desk.answer(request)
        return response.status, response.body

    def order(self, owner: str, side: Side, qty: str, price: str, slug: str = GAME) -> OrderReport:
        """Enter a limit order that the exchange accepts."""
        one = self.market(slug)
        account = self.desk.accounts(owner)[0]
        lots, ticks = numbers.qty_lots(one, Decimal(qty)), numbers.price_ticks(one, Decimal(price))
        receipt = self.desk.engine.enter(
            NewOrder(
                account.account_id,
                one.instrument_id,
                "",
                OrderTerms(side, OrdType.LIMIT, TimeInForce.GTC, lots, ticks),
            )
        )
        return receipt.orders[0]

    def buy(self, owner: str, qty: str, price: str, slug: str = GAME) -> OrderReport:
        """Enter an order to buy YES."""
        return self.order(owner, Side.BUY, qty, price, slug)

    def sell(self, owner: str, qty: str, price: str, slug: str = GAME) -> OrderReport:
        """Enter an order to sell YES, or what is the same, to buy NO."""
        return self.order(owner, Side.SELL, qty, price, slug)

    def settle(self, price: str, slug: str = GAME) -> None:
        """Pay a market out."""
        one = self.market(slug)
        ticks = numbers.price_ticks(one, Decimal(price))
        self.desk.engine.enter(SettleInstrument(one.instrument_id, ticks))

    def become(self, state: TradingState, slug: str = GAME) -> None:
        """Change what a market accepts."""
        self.desk.engine.enter(SetTradingState(self.market(slug).instrument_id, state))

    def keep_only(self, owner: str, dollars: int) -> None:
        """Leave a user with this much of the demo's ten million."""
        account = self.desk.accounts(owner)[0]
        taken = (10_000_000 - dollars) * 10**self.usd.scale
        command = WithdrawFunds(account.account_id, self.usd.asset_id, taken)
        self.desk.engine.enter(command)


def slugs(floor: Floor, query: str) -> list[str]:
    """Return the slugs of a list of markets."""
    status, page = floor.get(f"/v1/markets?{query}")
    assert status == 200, page
    return [market["slug"] for market in page["markets"]]
