"""Loopring's requests: orders that rest on the demo world's markets, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any

from bench.speaker import Signer, body_of
from countermand.wire.http import Request

EXCHANGE = "0x0BABA1Ad5bE3a5C0a66E7ac838a129Bf948f1eA4"
VALID_S = 30 * 24 * 3600
ONE = 10**18

# A token sold has room for so many orders of an account; then a higher id takes a slot over.
SLOTS, SLOT_STEP = 8_192, 16_384

# What is sold for what, in smallest units, far from the market: LRC for ETH, ETH for LRC, USDT for
# ETH.
OFFERS = ((1, ONE, 0, ONE), (0, ONE, 1, 1_000 * ONE), (3, 10**7, 0, ONE))


class Loopring:
    """Alice of the demo world, who sells all three of its tokens."""

    orders_max = len(OFFERS) * SLOTS
    goals: dict[str, float] = {}

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        key = {
            "key": account["apiKey"],
            "account_id": account["accountId"],
            "private_key": account["privateKey"],
            "base_url": venue["base_url"],
        }
        self._alice = Signer("loopring", "alice", key, venue["base_url"])
        self._account_id = account["accountId"]
        self._until_s = int(time.time()) + VALID_S

    def place(self, index: int) -> Request:
        """Return an order somewhere away from the market, on forty prices."""
        turn, offer = divmod(index, len(OFFERS))
        round_, slot = divmod(turn, SLOTS)
        sell_id, sold, buy_id, bought = OFFERS[offer]
        order = {
            "exchange": EXCHANGE,
            "accountId": self._account_id,
            "storageId": 2 * slot + SLOT_STEP * round_,
            "sellToken": {"tokenId": sell_id, "volume": str(sold)},
            "buyToken": {"tokenId": buy_id, "volume": str(bought + index % 40 * (bought // 100))},
            "allOrNone": False,
            "fillAmountBOrS": False,
            "validUntil": self._until_s,
            "maxFeeBips": 63,
        }
        return self._alice.signed("POST", "/api/v3/order", json.dumps(order).encode())

    def signed(self, method: str, path: str, *, query: str = "") -> Request:
        """Return any other request of hers, signed now."""
        return self._alice.signed(method, path, query=query)

    def order_id(self, answer: bytes) -> str:
        """Return the order's hash."""
        return str(json.loads(body_of(answer))["hash"])

    def cancel(self, order_id: str) -> Request:
        """Return its cancel."""
        query = f"accountId={self._account_id}&orderHash={order_id}"
        return self._alice.signed("DELETE", "/api/v3/order", query=query)
