"""
A parameter that is there and empty is as absent, of every request that has a query.

Source: npm SDK 3.9.22, which sends `status=` and `clientOrderId=` where it has no value.
"""

from __future__ import annotations

import msgspec
import pytest
from tests.venues.loopring.floor import ACCOUNTS, E18, Floor

from countermand.venues.loopring.routes import ROUTES
from countermand.wire.http import Request
from countermand.wire.route import Route

# What some request cannot be without.
NEEDED = {
    "accountId": str(ACCOUNTS["alice"]), "market": "LRC-ETH", "sellTokenId": "1", "tokenB": "LRC",
    "amountB": "5", "interval": "1hr",
}  # fmt: skip
READS = [row for row in ROUTES.rows if row.method == "GET" and not row.is_upgrade]


def _asked(floor: Floor, row: Route, parameters: dict[str, str]) -> tuple[int, bytes]:
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    request = Request("GET", row.path.encode(), query.encode())
    answer = floor.desk.answer(floor.signed(request))
    return answer.status, answer.body


@pytest.mark.parametrize("row", READS, ids=[row.path for row in READS])
def test_empty_parameter_is_as_absent(row: Route) -> None:
    """The answer is the same, whichever of the others is empty."""
    floor = Floor()
    hashed = floor.sell(1000 * E18, 30 * E18)
    floor.buy(1000 * E18, 30 * E18, "bob")
    fields = {field.encode_name for field in msgspec.structs.fields(row.op.message)}
    needed = {name: value for name, value in NEEDED.items() if name in fields}
    if row.path.endswith("/order"):
        needed["orderHash"] = hashed
    plain = _asked(floor, row, needed)

    assert 200 == plain[0], plain
    empty = {name: _asked(floor, row, needed | {name: ""}) for name in fields - needed.keys()}
    assert dict.fromkeys(empty, plain) == empty
