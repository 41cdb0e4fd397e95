"""Loopring's bytes: orders that rest on the demo world's markets, and their cancels."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import urlsplit

from countermand.venues import VENUES
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

    def __init__(self, venue: dict[str, Any]) -> None:
        account = venue["accounts"]["alice"]
        fields = {
            "key": account["apiKey"],
            "account_id": account["accountId"],
            "private_key": account["privateKey"],
            "base_url": venue["base_url"],
        }
        self._auth = VENUES["loopring"].auth
        self._credential = self._auth.credential("alice", fields)
        self._account_id = account["accountId"]
        # Requests are signed for where they go.
        self._host = f"host: {urlsplit(venue['base_url']).netloc}".encode()
        self._until_s = int(time.time()) + VALID_S

    def place(self, index: int) -> bytes:
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
        return self._signed(Request("POST", b"/api/v3/order", b"", (), json.dumps(order).encode()))

    def order_id(self, answer: bytes) -> str:
        """Return the order's hash."""
        return str(json.loads(answer.partition(b"\r\n\r\n")[2])["hash"])

    def cancel(self, order_id: str) -> bytes:
        """Return its cancel."""
        query = f"accountId={self._account_id}&orderHash={order_id}".encode()
        return self._signed(Request("DELETE", b"/api/v3/order", query))

    def _signed(self, request: Request) -> bytes:
        signed = self._auth.sign(request, self._credential, time.time_ns())
        target = signed.path + (b"?" + signed.query if signed.query else b"")
        lines = [b"%s %s HTTP/1.1" % (signed.method.encode(), target), self._host]
        lines += [b"%s: %s" % header for header in signed.headers]
        lines.append(b"content-length: %d" % len(signed.body))
        return b"\r\n".join([*lines, b"", signed.body])
