"""DeltaDeFi's requests: orders that rest on ADAUSDM, built and submitted, and their cancels."""

from __future__ import annotations

import json
from typing import Any

from bench.speaker import Signer, body_of
from countermand.venues.deltadefi.cardano import transaction
from countermand.venues.deltadefi.credential import signing_key
from countermand.wire.http import Request


class DeltaDefi:
    """Alice of the demo world; the answers do not say whose an order is, so she is alone."""

    orders_max = 20_000
    goals = {"cancels": 0.6}

    def __init__(self, venue: dict[str, Any]) -> None:
        account = dict(venue["accounts"]["alice"])
        account.pop("account_id")
        self._alice = Signer("deltadefi", "alice", account, venue["base_url"])
        self._key = signing_key(self._alice.credential)

    def place(self, index: int) -> Request:
        """Return the build of an order somewhere below the market, on a thousand prices."""
        order = {"symbol": "ADAUSDM", "side": "buy", "type": "limit"}
        price = f"0.{index % 1_000 + 8_000:04d}"
        return self._posted("/order/build", order | {"base_quantity": "5", "price": price})

    def submit(self, answer: bytes) -> Request:
        """Return the submit of an order that was built."""
        built = json.loads(body_of(answer))
        signed = transaction.sign(built["tx_hex"], self._key)
        return self._posted("/order/submit", {"order_id": built["order_id"], "signed_tx": signed})

    def order_id(self, answer: bytes) -> str:
        """Return the order's id."""
        return str(json.loads(body_of(answer))["id"])

    def cancel(self, order_id: str) -> Request:
        """Return its cancel."""
        return self._alice.signed("POST", f"/order/{order_id}/cancel")

    def _posted(self, path: str, terms: dict[str, Any]) -> Request:
        return self._alice.signed("POST", path, json.dumps(terms).encode())
