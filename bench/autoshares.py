"""Autoshares' requests: orders that rest on the demo world's first security, and their cancels."""

from __future__ import annotations

import json
from typing import Any

from bench.speaker import Signer, body_of
from countermand.wire.http import Request


class Autoshares:
    """Alice and Bob of the demo world, in turn, with their standing tokens."""

    orders_max = 40_000
    goals = {"cancels": 0.6, "places": 0.35}

    def __init__(self, venue: dict[str, Any]) -> None:
        self._market = venue["markets"][0]
        self._users: dict[int, Signer] = {}
        for name in ("alice", "bob"):
            account = venue["accounts"][name]
            key = {"app_key": account["app_key"], "token": account["token"]}
            signer = Signer("autoshares", name, key, venue["base_url"])
            self._users[account["account_id"]] = signer
        self._owners: dict[int, int] = {}

    def place(self, index: int) -> Request:
        """Return an order somewhere below the market, each user's on a thousand prices."""
        account_id = list(self._users)[index % 2]
        terms = {
            "Symbol": self._market,
            "Type": "Limit",
            "Side": "Buy",
            "Quantity": 1,
            "Price": (1_000 + index // 2 % 1_000) / 100,
            "TimeInforce": "GoodTillCancel",
        }
        path = f"/v1.0/accounts/{account_id}/orders"
        return self._users[account_id].signed("POST", path, json.dumps(terms).encode())

    def order_id(self, answer: bytes) -> str:
        """Return the order's id, and remember whose it is."""
        order = json.loads(body_of(answer))
        self._owners[order["Id"]] = order["AccountId"]
        return str(order["Id"])

    def cancel(self, order_id: str) -> Request:
        """Return its cancel."""
        account_id = self._owners[int(order_id)]
        path = f"/v1.0/accounts/{account_id}/orders/{order_id}"
        return self._users[account_id].signed("DELETE", path)
