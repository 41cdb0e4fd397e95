"""Coinbase International's requests: orders that rest on BTC-PERP, and their cancels."""

from __future__ import annotations

import json
from typing import Any

from bench.speaker import Signer, body_of
from countermand.wire.http import Request


class Coinbase:
    """Alice and Bob of the demo world, in turn."""

    orders_max = 40_000
    goals = {"cancels": 0.6, "places": 0.35}

    def __init__(self, venue: dict[str, Any]) -> None:
        self._users = []
        for name in ("alice", "bob"):
            account = venue["accounts"][name]
            key = {
                "key": account["access_key"],
                "passphrase": account["passphrase"],
                "secret": account["signing_key"],
            }
            signer = Signer("coinbase-intx", name, key, venue["base_url"])
            self._users.append((signer, account["portfolio_uuid"]))
        self._owners: dict[str, int] = {}

    def place(self, index: int) -> Request:
        """Return an order somewhere below the market, each user's on a thousand prices."""
        signer, portfolio = self._users[index % 2]
        terms = {
            "client_order_id": f"b{index}",
            "side": "BUY",
            "size": "0.001",
            "tif": "GTC",
            "instrument": "BTC-PERP",
            "type": "LIMIT",
            "price": f"{50_000 - index // 2 % 1_000 / 10:.1f}",
            "portfolio": portfolio,
        }
        return signer.signed("POST", "/api/v1/orders", json.dumps(terms).encode())

    def order_id(self, answer: bytes) -> str:
        """Return the order's id, and remember whose it is."""
        order = json.loads(body_of(answer))
        self._owners[order["order_id"]] = int(order["client_order_id"][1:]) % 2
        return str(order["order_id"])

    def cancel(self, order_id: str) -> Request:
        """Return its cancel."""
        signer, portfolio = self._users[self._owners[order_id]]
        return signer.signed("DELETE", f"/api/v1/orders/{order_id}", query=f"portfolio={portfolio}")
