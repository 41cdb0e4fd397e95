"""Every act over a socket, once, as the Python client asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import msgspec
import pytest
from tests.served import Served

from countermand.control.client import Control
from countermand.control.table import BY_NAME

VENUE = "polymarket-us"
MARKET = {"venue": VENUE, "symbol": "aec-nba-ny-sa-2026-06-05"}
EVE = {"venue": VENUE, "account": "eve"}
AT = {"venue": VENUE}
NEW = {
    "symbol": "new", "kind": "binary", "base": "NEW", "quote": "USD", "tick_size": "0.01",
    "lot_size": "1", "reference_price": "0.5", "payout": "1", "fee_basis": "variance",
}  # fmt: skip

# In this order: each finds what those before it left. The fields may be made of earlier replies.
STORY: list[tuple[str, dict[str, Any]]] = [
    ("status", {}),
    ("connections", {}),
    ("accounts", AT),
    ("keys", AT),
    ("assets", AT),
    ("instruments", AT),
    ("instrument", MARKET),
    ("open-account", AT | {"owner": "eve", "funds": {"USD": "1000"}}),
    ("account", EVE),
    ("configure-account", EVE | {"reduce_only": False}),
    ("credit", EVE | {"asset": "USD", "amount": "5"}),
    ("withdraw", EVE | {"asset": "USD", "amount": "5"}),
    ("reset-account", EVE | {"funds": {"USD": "7"}}),
    ("issue-key", AT | {"owner": "eve"}),
    ("revoke-key", AT | {"key": "{issue-key.key}"}),
    ("add-asset", AT | {"symbol": "NEW", "scale": 0}),
    ("list-instrument", AT | NEW),
    ("book", MARKET | {"levels": 3}),
    ("set-price", MARKET | {"price": "0.51"}),
    ("trade", MARKET | {"price": "0.5", "quantity": "10"}),
    ("trades", MARKET),
    ("quote", AT | {"symbol": "new", "bid": "0.4", "bid_quantity": "10"}),
    ("orders", AT | {"account": "house-quotes", "which": "open", "side": "buy"}),
    ("order", AT | {"order": "{orders.orders.0.order}"}),
    ("cancel-order", AT | {"order": "{orders.orders.0.order}", "account": "house-quotes"}),
    ("cancel-all", AT | {"account": "house-quotes"}),
    ("fills", AT | {"account": "house-one"}),
    ("set-trading-state", MARKET | {"trading_state": "post-only"}),
    ("halt", MARKET),
    ("resume", MARKET),
    ("settle", AT | {"symbol": "new", "price": "1"}),
    ("set-delays", AT | {"new": "5ms", "cancel": "1m"}),
    ("keep-requests", {"most": 10}),
    ("requests", {}),
    ("add-fault", {"kind": "lost-before", "venue": VENUE, "count": 2, "probability": 0.5}),
    ("list-faults", {}),
    ("clear-faults", {"number": 1}),
    ("snapshot", {"name": "one"}),
    ("snapshots", {}),
    ("restore", {"name": "one"}),
    ("freeze", {}),
    ("advance", {"by": "1h"}),
    ("set-time", {"time": "2100-01-01T00:00:00Z"}),
    ("run", {}),
    ("set-client-clock", {"clock": "exchange"}),
    ("clock", {}),
    ("reset", {"seed": 7}),
    ("close-connections", AT),
]

# What cannot be done alone is tested elsewhere.
ELSEWHERE = {"close-connection", "end-session", "journal"}


@pytest.fixture(scope="module")
def operator() -> Iterator[Control]:
    """An operator of a running server."""
    with Served(None, "--venue", VENUE) as served:
        yield Control(served.ready["control"])


def test_every_act_is_told_of() -> None:
    """Here, or where it is said."""
    assert set(BY_NAME) == {name for name, _ in STORY} | ELSEWHERE


def test_every_act_is_done(operator: Control) -> None:
    """The reply is of the type that the row names."""
    told: dict[str, Any] = {}
    for name, fields in STORY:
        reply = operator.call(name, **{key: _filled(value, told) for key, value in fields.items()})
        assert isinstance(reply, BY_NAME[name].reply), name
        told[name] = msgspec.to_builtins(reply)
    file = BytesIO()

    assert operator.download("journal", file) == len(file.getvalue())


def _filled(value: Any, told: dict[str, Any]) -> Any:
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    name, *path = value[1:-1].split(".")
    found = told[name]
    for part in path:
        found = found[int(part) if part.isdecimal() else part]
    return found
