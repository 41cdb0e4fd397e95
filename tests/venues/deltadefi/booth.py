"""A booth: the demo world of this venue, and traders who act on it over the wire."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.venues.deltadefi.cardano import transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.venues.deltadefi.settings import DeltaDefiSettings
from countermand.vocabulary.commands import SetTradingState, WithdrawFunds
from countermand.vocabulary.instrument import Instrument, TradingState
from countermand.vocabulary.queries import GetAccount, GetDepth
from countermand.wire.http import Request, Response
from countermand.world import spec

NAME = "deltadefi"
ADA = "ADAUSDM"
NIGHT = "NIGHTUSDM"
# What the refusal of a malformed request begins with.
INVALID = "Invalid request data: "
USDM_UNIT = "c48cbb3d5e57ed56e276bc45f99ab39abe94e6cd7ac39fb402da47ad0014df105553444d"

NOT_FOUND = (404, {"error": "Order not found", "code": 4200})
NOT_OPEN = (400, {"error": "Order is not open", "code": 4201})


def limit(side: str, base: Any, price: Any, **more: Any) -> dict[str, Any]:
    """Return the form of a limit order by base quantity."""
    form = {"symbol": ADA, "side": side, "type": "limit", "base_quantity": base}
    return form | {"price": price} | more


def market(side: str, **more: Any) -> dict[str, Any]:
    """Return the form of a market order."""
    return {"symbol": ADA, "side": side, "type": "market"} | more


class Booth:
    """A desk with the demo's settings, or changed ones."""

    def __init__(self, **changes: Any) -> None:
        venue = VENUES[NAME]
        world = spec.demo([venue])[NAME]
        given = msgspec.convert(world.settings | changes, venue.settings)
        assert isinstance(given, DeltaDefiSettings)
        self.desk = Desk(venue, given)

    def instrument(self, symbol: str = ADA) -> Instrument:
        """Return a market."""
        known = self.desk.directory.instrument_by_symbol(symbol)
        assert known is not None
        return known

    def raw(
        self, method: str, target: str, body: Any = b"", owner: str | None = "alice"
    ) -> Response:
        """Return the answer as it was sent; bytes go as they are, None is nobody."""
        path, _, query = target.partition("?")
        sent = body if isinstance(body, bytes) else msgspec.json.encode(body)
        request = Request(method, path.encode(), query.encode(), (), sent)
        if owner is not None:
            key, now_ns = self.desk.credential(owner), self.desk.clock.now_ns()
            request = self.desk.venue.auth.sign(request, key, now_ns)
        return self.desk.answer(request)

    def ask(
        self, method: str, target: str, body: Any = b"", owner: str | None = "alice"
    ) -> tuple[int, Any]:
        """Return the status and the decoded body."""
        response = self.raw(method, target, body, owner)
        return response.status, msgspec.json.decode(response.body)

    def get(self, target: str, owner: str | None = "alice") -> Any:
        """Return the body of a read that succeeds."""
        status, answer = self.ask("GET", target, owner=owner)
        assert status == 200, answer
        return answer

    def post(self, path: str, body: Any = b"", owner: str | None = "alice") -> tuple[int, Any]:
        """Post a body."""
        return self.ask("POST", path, body, owner)

    def build(self, form: dict[str, Any], owner: str = "alice") -> dict[str, str]:
        """Build an order that is taken."""
        status, answer = self.post("/order/build", form, owner)
        assert status == 200, answer
        return dict(answer)

    def sign(self, tx_hex: str, owner: str = "alice") -> str:
        """Sign a transaction as its owner's wallet would."""
        return transaction.sign(tx_hex, signing_key(self.desk.credential(owner)))

    def submit(self, built: dict[str, str], owner: str = "alice", **more: Any) -> tuple[int, Any]:
        """Sign and submit what was built."""
        signed = self.sign(built["tx_hex"], owner)
        body = {"order_id": built["order_id"], "signed_tx": signed} | more
        return self.post("/order/submit", body, owner)

    def place(self, form: dict[str, Any], owner: str = "alice") -> dict[str, Any]:
        """Build and submit an order that is taken."""
        status, answer = self.submit(self.build(form, owner), owner)
        assert status == 200, answer
        return dict(answer)

    def refused(self, form: dict[str, Any], owner: str = "alice") -> tuple[int, int, str]:
        """Return status, code and text of a build that is refused."""
        status, answer = self.post("/order/build", form, owner)
        return status, answer["code"], answer["error"]

    def cancel(self, order_id: str, owner: str | None = "alice") -> tuple[int, Any]:
        """Cancel an order."""
        return self.post(f"/order/{order_id}/cancel", b"", owner)

    def shown(self, order_id: str, owner: str = "alice") -> dict[str, Any]:
        """Return an order as it is shown."""
        return dict(self.get(f"/accounts/order/{order_id}", owner))

    def balances(self, owner: str = "alice") -> dict[str, tuple[str, str]]:
        """Return free and locked amounts by symbol."""
        held = self.get("/accounts/balance", owner)
        return {one["asset"]: (one["free"], one["locked"]) for one in held}

    def book(self, symbol: str = ADA) -> Any:
        """Return the book as the exchange has it."""
        return self.desk.engine.exchange.query(GetDepth(self.instrument(symbol).instrument_id))

    def account(self, owner: str = "alice") -> Any:
        """Return an account as the exchange has it."""
        account_id = self.desk.accounts(owner)[0].account_id
        return self.desk.engine.exchange.query(GetAccount(account_id))

    def keep_only(self, owner: str, symbol: str, amount: int) -> None:
        """Leave a user with so much of the demo's ten million of an asset."""
        asset = self.desk.directory.asset_by_symbol(symbol)
        assert asset is not None
        taken = (10_000_000 - amount) * 10**asset.scale
        account_id = self.desk.accounts(owner)[0].account_id
        self.desk.engine.enter(WithdrawFunds(account_id, asset.asset_id, taken))

    def become(self, state: TradingState, symbol: str = ADA) -> None:
        """Change what a market accepts."""
        self.desk.engine.enter(SetTradingState(self.instrument(symbol).instrument_id, state))

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        self.desk.clock.ns += seconds * 1_000_000_000
