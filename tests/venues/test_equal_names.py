"""
A JSON body that gives a name twice: each venue reads it as its own parser does.

Go's encoding/json (DeltaDeFi), Json.NET (Autoshares) and the readers of the JVM (Coinbase's errors
are Javalin's, Loopring's relayer) take the last; protobuf's reader of JSON (Polymarket) refuses.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.venues.desk import Desk
from tests.venues.loopring.floor import E18, LRC, Floor

from countermand.venues import VENUES
from countermand.wire.http import Request

_GAME = "aec-nba-ny-sa-2026-06-05"

# Where an order goes, its form, and of one name a value that is taken and one that is not.
FORMS: dict[str, tuple[str, dict[str, Any], str, Any, Any]] = {
    "deltadefi": (
        "/order/build",
        {"symbol": "ADAUSDM", "side": "buy", "type": "limit", "price": "0.5"},
        "base_quantity", "100", "-1",
    ),
    "autoshares": (
        "/v1.0/accounts/{}/orders",
        {"Symbol": "AAPL", "Side": "Buy", "Quantity": 1, "Price": 100},
        "Type", "Limit", "Unlimited",
    ),
    "coinbase-intx": (
        "/api/v1/orders",
        {
            "client_order_id": "one", "instrument": "ETH-PERP", "side": "BUY", "size": "1",
            "type": "LIMIT", "tif": "GTC",
        },
        "price", "2500", "-1",
    ),
    "loopring": (
        "/api/v3/order",
        Floor().form((LRC, 1000 * E18), (0, 30 * E18), validUntil=None),
        "validUntil", 1_900_000_000, 1,
    ),
    "polymarket-us": (
        "/v1/orders",
        {
            "marketSlug": _GAME, "intent": "ORDER_INTENT_BUY_LONG", "type": "ORDER_TYPE_LIMIT",
            "price": {"value": "0.40", "currency": "USD"},
        },
        "quantity", 10, -1,
    ),
}  # fmt: skip
LAST_COUNTS = [name for name in VENUES if name != "polymarket-us"]


def status(name: str, *values: Any) -> int:
    """Return the status of an order whose one name is given with each of the values in turn."""
    path, form, field, *_ = FORMS[name]
    desk = Desk(VENUES[name])
    given = b",".join(msgspec.json.encode({field: value})[1:-1] for value in values)
    body = msgspec.json.encode(form)[:-1] + b"," + given + b"}"
    target = path.format(desk.accounts()[0].account_id).encode()
    return desk.send(Request("POST", target, b"", (), body))[0]


@pytest.mark.parametrize("name", LAST_COUNTS)
def test_last_counts(name: str) -> None:
    """The last of several values of one name counts."""
    *_, good, bad = FORMS[name]

    assert 200 == status(name, good) == status(name, bad, good)
    assert 400 <= status(name, bad) == status(name, good, bad) < 500


def test_refused_where_the_parser_refuses() -> None:
    """Two equal values are refused too."""
    *_, good, bad = FORMS["polymarket-us"]

    assert 200 == status("polymarket-us", good)
    assert {400} == {status("polymarket-us", *two) for two in ((good, good), (bad, good))}
