"""A counter: the floor's traders, acting over the wire."""

from __future__ import annotations

from typing import Any

import msgspec
from tests.venues.polymarket_us.floor import GAME, Floor, dollars

from countermand.server.rate_limits import KeyLimits
from countermand.venues.polymarket_us.settings import PolymarketSettings
from countermand.vocabulary.commands import AdvanceTime
from countermand.wire import times
from countermand.wire.context import Settings
from countermand.wire.http import Request

ORDER_NOT_FOUND = {"code": 5, "message": "Order not found", "details": []}
TOO_LATE = {"code": 9, "message": "Order cannot be canceled", "details": []}
SLUG_REQUIRED = {"code": 3, "message": "marketSlug is required", "details": []}
GENERIC = "The server was unable to process your request."
GTC = "TIME_IN_FORCE_GOOD_TILL_CANCEL"
IOC = "TIME_IN_FORCE_IMMEDIATE_OR_CANCEL"
FOK = "TIME_IN_FORCE_FILL_OR_KILL"
DAY = "TIME_IN_FORCE_DAY"
SYNC = {"synchronousExecution": True, "maxBlockTime": "1"}


def terms(intent: str, price: str | None, quantity: Any, **more: Any) -> dict[str, Any]:
    """Return the form of an order: a limit with a price, a market order without."""
    form = {
        "marketSlug": GAME,
        "intent": f"ORDER_INTENT_{intent}",
        "type": "ORDER_TYPE_MARKET" if price is None else "ORDER_TYPE_LIMIT",
        "quantity": quantity,
        "tif": GTC,
    }
    return form | ({} if price is None else {"price": dollars(price)}) | more


def executed(answer: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what happened, and the state of the order after it, without prefixes."""
    return [
        (
            one["type"].removeprefix("EXECUTION_TYPE_"),
            one["order"]["state"].removeprefix("ORDER_STATE_"),
        )
        for one in answer["executions"]
    ]


def refusal(answer: tuple[int, Any]) -> str:
    """Return the text of a 400 for a malformed request."""
    status, body = answer
    assert (400, 3, []) == (status, body["code"], body["details"])
    return str(body["message"])


class Counter(Floor):
    """The floor with a counter."""

    def __init__(self, **settings: Any) -> None:
        super().__init__()
        pipeline = self.desk.pipeline
        changed = msgspec.structs.replace(pipeline.settings, **settings)
        assert isinstance(changed, PolymarketSettings)
        pipeline.settings = changed

    def post(self, path: str, body: Any, owner: str = "alice") -> tuple[int, Any]:
        """Post a body; bytes are sent as they are."""
        raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
        request = Request("POST", path.encode(), b"", (), raw)
        return self.desk.send(request, self.desk.credential(owner))

    def create(self, owner: str, form: dict[str, Any]) -> dict[str, Any]:
        """Place an order that is taken, and return the answer."""
        status, answer = self.post("/v1/orders", form, owner)
        assert status == 200, answer
        return dict(answer)

    def place(self, owner: str, intent: str, price: str | None, quantity: Any, **more: Any) -> str:
        """Place an order that is taken, and return its id."""
        return str(self.create(owner, terms(intent, price, quantity, **more))["id"])

    def cancel(self, order_id: str, body: Any = None, owner: str = "alice") -> tuple[int, Any]:
        """Cancel an order, in its market unless another body is given."""
        given = {"marketSlug": GAME} if body is None else body
        return self.post(f"/v1/order/{order_id}/cancel", given, owner)

    def modify(self, order_id: str, owner: str = "alice", **changes: Any) -> tuple[int, Any]:
        """Modify an order."""
        body = {"marketSlug": GAME} | changes
        return self.post(f"/v1/order/{order_id}/modify", body, owner)

    def shown(self, order_id: str, owner: str = "alice") -> dict[str, Any]:
        """Return an order as it is shown."""
        status, answer = self.get(f"/v1/order/{order_id}", owner)
        assert status == 200, answer
        return dict(answer["order"])

    def state(self, order_id: str, owner: str = "alice") -> str:
        """Return an order's state, without its prefix."""
        return str(self.shown(order_id, owner)["state"]).removeprefix("ORDER_STATE_")

    def delete(self, path: str) -> int:
        """Send a signed DELETE and return the status."""
        return self.desk.send(Request("DELETE", path.encode()))[0]

    def pass_time(self, seconds: int) -> None:
        """Let time pass, and everything happen that is due then."""
        self.desk.clock.ns += seconds * times.S
        self.desk.engine.enter(AdvanceTime())

    def limit(self, per_s: int) -> None:
        """Allow so many requests a second of one key, from now on."""
        pipeline = self.desk.pipeline
        limits = KeyLimits(Settings(rate_limit_per_s=per_s, cancel_reserve_per_s=0))
        pipeline.limits = limits
        pipeline.rows = {
            at: msgspec.structs.replace(row, limits=limits.of(None))
            for at, row in pipeline.rows.items()
        }
