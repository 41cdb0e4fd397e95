"""Polymarket US's requests: orders that rest on the demo world's first market, their cancels."""

from __future__ import annotations

import json
from typing import Any

from bench.speaker import Signer, body_of
from countermand.wire.http import Request


class Polymarket:
    """Alice of the demo world; an answer to an order does not say whose it is, so she is alone."""

    orders_max = 40_000
    goals = {"of the check": 0.8}

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        key = {"key_id": account["key_id"], "secret_key": account["secret_key"]}
        self._alice = Signer("polymarket-us", "alice", key, venue["base_url"])
        self._market = venue["markets"][0]

    def place(self, index: int) -> Request:
        """Return an order somewhere below the market, on forty prices."""
        return self._posted(
            "/v1/orders",
            {
                "marketSlug": self._market,
                "intent": "ORDER_INTENT_BUY_LONG",
                "type": "ORDER_TYPE_LIMIT",
                "price": {"value": f"0.{index % 40 + 1:02d}", "currency": "USD"},
                "quantity": 1,
                "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
            },
        )

    def order_id(self, answer: bytes) -> str:
        """Return the order's id."""
        return str(json.loads(body_of(answer))["id"])

    def cancel(self, order_id: str) -> Request:
        """Return its cancel."""
        return self._posted(f"/v1/order/{order_id}/cancel", {"marketSlug": self._market})

    def _posted(self, path: str, terms: dict[str, Any]) -> Request:
        return self._alice.signed("POST", path, json.dumps(terms).encode())
