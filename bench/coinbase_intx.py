"""Coinbase International's bytes: orders that rest on BTC-PERP, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any

from countermand.venues import VENUES
from countermand.wire.http import Request


class Coinbase:
    """Alice and Bob of the demo world, in turn."""

    def __init__(self, venue: dict[str, Any]) -> None:
        self._auth = VENUES["coinbase-intx"].auth
        self._users = []
        for name in ("alice", "bob"):
            account = venue["accounts"][name]
            key = {
                "key": account["access_key"],
                "passphrase": account["passphrase"],
                "secret": account["signing_key"],
            }
            self._users.append((self._auth.credential(name, key), account["portfolio_uuid"]))
        self._owners: dict[str, int] = {}

    def place(self, index: int) -> bytes:
        """Return an order somewhere below the market, each user's on a thousand prices."""
        user = index % 2
        terms = {
            "client_order_id": f"b{index}",
            "side": "BUY",
            "size": "0.001",
            "tif": "GTC",
            "instrument": "BTC-PERP",
            "type": "LIMIT",
            "price": f"{50_000 - index // 2 % 1_000 / 10:.1f}",
            "portfolio": self._users[user][1],
        }
        return self._signed(user, "POST", b"/api/v1/orders", b"", json.dumps(terms).encode())

    def order_id(self, answer: bytes) -> str:
        """Return the order's id, and remember whose it is."""
        order = json.loads(answer.partition(b"\r\n\r\n")[2])
        self._owners[order["order_id"]] = int(order["client_order_id"][1:]) % 2
        return str(order["order_id"])

    def cancel(self, order_id: str) -> bytes:
        """Return its cancel."""
        user = self._owners[order_id]
        query = f"portfolio={self._users[user][1]}".encode()
        return self._signed(user, "DELETE", f"/api/v1/orders/{order_id}".encode(), query, b"")

    def _signed(self, user: int, method: str, path: bytes, query: bytes, body: bytes) -> bytes:
        request = Request(method, path, query, ((b"host", b"bench"),), body)
        signed = self._auth.sign(request, self._users[user][0], time.time_ns())
        target = path + (b"?" + query if query else b"")
        lines = [b"%s %s HTTP/1.1" % (method.encode(), target)]
        lines += [b"%s: %s" % header for header in signed.headers]
        if body:
            lines.append(b"content-length: %d" % len(body))
        return b"\r\n".join([*lines, b"", body])
