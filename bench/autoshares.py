"""Autoshares' bytes: orders that rest on the demo world's first security, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any

from countermand.venues import VENUES
from countermand.wire.http import Request


class Autoshares:
    """Alice and Bob of the demo world, in turn, with their standing tokens."""

    def __init__(self, venue: dict[str, Any]) -> None:
        self._auth = VENUES["autoshares"].auth
        self._market = venue["markets"][0]
        self._users = []
        self._owners: dict[int, int] = {}
        for name in ("alice", "bob"):
            account = venue["accounts"][name]
            key = {"app_key": account["app_key"], "token": account["token"]}
            self._users.append((self._auth.credential(name, key), account["account_id"]))

    def place(self, index: int) -> bytes:
        """Return an order somewhere below the market, each user's on a thousand prices."""
        user = index % 2
        terms = {
            "Symbol": self._market,
            "Type": "Limit",
            "Side": "Buy",
            "Quantity": 1,
            "Price": (1_000 + index // 2 % 1_000) / 100,
            "TimeInforce": "GoodTillCancel",
        }
        path = f"/v1.0/accounts/{self._users[user][1]}/orders"
        return self._signed(user, "POST", path, json.dumps(terms).encode())

    def order_id(self, answer: bytes) -> str:
        """Return the order's id, and remember whose it is."""
        order = json.loads(answer.partition(b"\r\n\r\n")[2])
        self._owners[order["Id"]] = order["AccountId"]
        return str(order["Id"])

    def cancel(self, order_id: str) -> bytes:
        """Return its cancel."""
        account_id = self._owners[int(order_id)]
        user = 0 if account_id == self._users[0][1] else 1
        return self._signed(user, "DELETE", f"/v1.0/accounts/{account_id}/orders/{order_id}", b"")

    def _signed(self, user: int, method: str, path: str, body: bytes) -> bytes:
        request = Request(method, path.encode(), b"", ((b"host", b"bench"),), body)
        signed = self._auth.sign(request, self._users[user][0], time.time_ns())
        lines = [f"{method} {path} HTTP/1.1".encode()]
        lines += [b"%s: %s" % header for header in signed.headers]
        if body:
            lines.append(b"content-length: %d" % len(body))
        return b"\r\n".join([*lines, b"", body])
