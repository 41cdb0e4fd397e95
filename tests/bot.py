"""A small trading bot for one venue, written from its documents and importing nothing of ours."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlencode, urlsplit


class Bot:
    """One user of `coinbase-intx` on one kept-alive connection."""

    def __init__(self, venue: dict[str, Any], user: str) -> None:
        self._account = venue["accounts"][user]
        self._connection = HTTPConnection(urlsplit(venue["base_url"]).netloc, timeout=20)
        self.portfolio = self._account["portfolio_uuid"]

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def send(
        self, method: str, path: str, body: bytes = b"", query: str = "", **headers: str
    ) -> tuple[int, Any]:
        """Sign and send a request; return the status and the decoded body."""
        stamp = str(int(time.time()))
        text = f"{stamp}{method}{path}".encode() + body
        secret = base64.b64decode(self._account["signing_key"])
        signature = base64.b64encode(hmac.digest(secret, text, hashlib.sha256)).decode()
        signed = {
            "CB-ACCESS-KEY": self._account["access_key"],
            "CB-ACCESS-PASSPHRASE": self._account["passphrase"],
            "CB-ACCESS-TIMESTAMP": stamp,
            "CB-ACCESS-SIGN": signature,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        target = f"{path}?{query}" if query else path
        self._connection.request(method, target, body or None, signed)
        response = self._connection.getresponse()
        answer = response.read()
        return response.status, json.loads(answer) if answer else None

    def place(self, name: str, side: str, price: str, size: str, **more: Any) -> tuple[int, Any]:
        """Place a limit order on ETH-PERP, GTC unless said otherwise."""
        terms = {
            "client_order_id": name,
            "side": side,
            "price": price,
            "size": size,
            "type": "LIMIT",
            "tif": "GTC",
            "instrument": "ETH-PERP",
            "portfolio": self.portfolio,
            **more,
        }
        return self.send("POST", "/api/v1/orders", json.dumps(terms).encode())

    def cancel(self, which: str) -> tuple[int, Any]:
        """Cancel by order id or client order id."""
        return self._of_order("DELETE", which)

    def modify(self, which: str, name: str, **changes: str) -> tuple[int, Any]:
        """Change an order, which gets a new client order id."""
        terms = {"client_order_id": name, "portfolio": self.portfolio, **changes}
        path = f"/api/v1/orders/{quote(which, safe='')}"
        return self.send("PUT", path, json.dumps(terms).encode())

    def get(self, which: str) -> tuple[int, Any]:
        """Read an order."""
        return self._of_order("GET", which)

    def cancel_all(self, **filters: str) -> tuple[int, Any]:
        """Cancel all that matches."""
        query = urlencode({"portfolio": self.portfolio, **filters})
        return self.send("DELETE", "/api/v1/orders", query=query)

    def fills(self, **filters: str) -> list[dict[str, Any]]:
        """Return the newest hundred fills that match."""
        path = f"/api/v1/portfolios/{self.portfolio}/fills"
        status, answer = self.send("GET", path, query=urlencode({"result_limit": 100, **filters}))
        assert status == 200, answer
        return list(answer["results"])

    def _of_order(self, method: str, which: str) -> tuple[int, Any]:
        path = f"/api/v1/orders/{quote(which, safe='')}"
        return self.send(method, path, query=urlencode({"portfolio": self.portfolio}))
