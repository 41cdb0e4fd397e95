"""The published vectors, read once, and the little that is needed to use them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from countermand.venues.loopring.crypto.eddsa import PublicKey, Signature, public_key
from countermand.wire.http import Request

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "signing.json").read_text()
)
PRIVATE_KEYS = {row["name"]: int(row["privateKey"], 16) for row in VECTORS["keys"]}
PUBLIC_KEYS: dict[str, PublicKey] = {name: public_key(k) for name, k in PRIVATE_KEYS.items()}

# Whatever was signed with one of the keys: requests and orders.
SIGNED: list[dict[str, Any]] = VECTORS["requests"] + VECTORS["orders"]


def message_of(row: dict[str, Any]) -> int:
    """Return the number a row's signature is over."""
    return int(row["message"] if "message" in row else row["hashDecimal"])


def signature_of(row: dict[str, Any]) -> Signature:
    """Return a row's signature, in numbers."""
    return Signature(int(row["Rx"]), int(row["Ry"]), int(row["S"]))


def request_of(row: dict[str, Any], host: bytes = b"") -> Request:
    """Return a row's request as the npm SDK sends it, unsigned."""
    query = urlencode(row["params"] or {}).encode()
    body = b"" if row["body"] is None else json.dumps(row["body"], separators=(",", ":")).encode()
    headers = ((b"host", host),) if host else ()
    return Request(row["method"], row["path"].encode(), query, headers, body)
