"""Polymarket US's bytes: orders that rest on the demo world's first market, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any

from countermand.venues import VENUES
from countermand.wire.http import Request


class Polymarket:
    """Alice of the demo world; an answer to an order does not say whose it is, so she is alone."""

    orders_max = 40_000

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        key = {"key_id": account["key_id"], "secret_key": account["secret_key"]}
        self._auth = VENUES["polymarket-us"].auth
        self._credential = self._auth.credential("alice", key)
        self._market = venue["markets"][0]

    def place(self, index: int) -> bytes:
        """Return an order somewhere below the market, on forty prices."""
        return self._signed(
            b"/v1/orders",
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
        return str(json.loads(answer.partition(b"\r\n\r\n")[2])["id"])

    def cancel(self, order_id: str) -> bytes:
        """Return its cancel."""
        path = f"/v1/order/{order_id}/cancel".encode()
        return self._signed(path, {"marketSlug": self._market})

    def _signed(self, path: bytes, terms: dict[str, Any]) -> bytes:
        body = json.dumps(terms).encode()
        request = Request("POST", path, b"", ((b"host", b"bench"),), body)
        signed = self._auth.sign(request, self._credential, time.time_ns())
        lines = [b"POST %s HTTP/1.1" % path]
        lines += [b"%s: %s" % header for header in signed.headers]
        lines.append(b"content-length: %d" % len(body))
        return b"\r\n".join([*lines, b"", body])
