"""A shop: the demo world of this venue, and three keys to act with."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.venues.coinbase_intx import ids
from countermand.wire.credential import Credential
from countermand.wire.http import Request

SELL: dict[str, Any] = {
    "client_order_id": "one", "side": "SELL", "size": "0.5", "tif": "GTC", "instrument": "ETH-PERP",
    "type": "LIMIT", "price": "3100",
}  # fmt: skip


class Shop:
    """A desk and three who use it: alice, her read-only key, and bob."""

    def __init__(self) -> None:
        self.desk = Desk(VENUES["coinbase-intx"])
        self.alice, self.looker = (self.desk.credential("alice", n) for n in (0, 1))
        self.bob = self.desk.credential("bob")
        self.main, self.second = (ids.PORTFOLIO.uuid(a.account_id) for a in self.desk.accounts())
        self.bobs = ids.PORTFOLIO.uuid(self.desk.accounts("bob")[0].account_id)

    def send(
        self, method: str, target: str, body: Any = None, key: Credential | None = None
    ) -> tuple[int, Any]:
        """Return status and body."""
        path, _, query = target.partition("?")
        raw = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        request = Request(method, f"/api/v1{path}".encode(), query.encode(), (), raw)
        return self.desk.send(request, key or self.alice)

    def place(self, key: Credential | None = None, **changes: Any) -> tuple[int, Any]:
        """Place a sell order of alice's, or a change of it; None takes a field out."""
        body = {k: v for k, v in {**SELL, **changes}.items() if v is not None}
        return self.send("POST", "/orders", body, key)

    def placed(self, key: Credential | None = None, **changes: Any) -> Any:
        """Place it and expect that to succeed."""
        status, order = self.place(key, **changes)
        assert status == 200, order
        return order

    def cancel(self, order_id: str, query: str | None = None, **more: Any) -> tuple[int, Any]:
        """Cancel one."""
        terms = f"portfolio={self.main}" if query is None else query
        return self.send("DELETE", f"/orders/{quote(order_id, safe='')}?{terms}", **more)

    def cancel_all(self, query: str = "") -> tuple[int, Any]:
        """Cancel all of alice's."""
        return self.send("DELETE", f"/orders?portfolio={self.main}{query}")

    def open(self) -> list[str]:
        """Return the client ids of alice's open orders, the last touched first."""
        page = self.send("GET", "/orders?result_limit=100")[1]
        return [order["client_order_id"] for order in page["results"]]
