"""DeltaDeFi's bytes: orders that rest on ADAUSDM, built and submitted, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any

from countermand.venues import VENUES
from countermand.venues.deltadefi import transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.wire.http import Request


class DeltaDefi:
    """Alice of the demo world; the answers do not say whose an order is, so she is alone."""

    orders_max = 20_000

    def __init__(self, venue: dict[str, Any]) -> None:
        account = dict(venue["accounts"]["alice"])
        account.pop("account_id")
        self._auth = VENUES["deltadefi"].auth
        self._credential = self._auth.credential("alice", account)
        self._key = signing_key(self._credential)

    def place(self, index: int) -> bytes:
        """Return the build of an order somewhere below the market, on a thousand prices."""
        order = {"symbol": "ADAUSDM", "side": "buy", "type": "limit"}
        price = f"0.{index % 1_000 + 8_000:04d}"
        return self._signed(b"/order/build", order | {"base_quantity": "5", "price": price})

    def submit(self, answer: bytes) -> bytes:
        """Return the submit of an order that was built."""
        built = json.loads(answer.partition(b"\r\n\r\n")[2])
        signed = transaction.sign(built["tx_hex"], self._key)
        return self._signed(b"/order/submit", {"order_id": built["order_id"], "signed_tx": signed})

    def order_id(self, answer: bytes) -> str:
        """Return the order's id."""
        return str(json.loads(answer.partition(b"\r\n\r\n")[2])["id"])

    def cancel(self, order_id: str) -> bytes:
        """Return its cancel."""
        return self._signed(f"/order/{order_id}/cancel".encode(), None)

    def _signed(self, path: bytes, terms: dict[str, Any] | None) -> bytes:
        body = b"" if terms is None else json.dumps(terms).encode()
        request = Request("POST", path, b"", ((b"host", b"bench"),), body)
        signed = self._auth.sign(request, self._credential, time.time_ns())
        lines = [b"POST %s HTTP/1.1" % path]
        lines += [b"%s: %s" % header for header in signed.headers]
        lines.append(b"content-length: %d" % len(body))
        return b"\r\n".join([*lines, b"", body])
