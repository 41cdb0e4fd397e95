"""Every act, in process: what it does, and what it refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from tests.control.operated import operated, refused

from countermand.control.call import call
from countermand.control.row import PREFIX
from countermand.control.table import ROWS

VENUE = "coinbase-intx"
ALICE = {"venue": VENUE, "account": "alice"}


def test_a_row_is_told_of_once_and_whole() -> None:
    """Names and addresses are unique, and what stands in a path is a field of text."""
    assert len(ROWS) == len({row.name for row in ROWS})
    assert len(ROWS) == len({(row.method, row.path) for row in ROWS})
    for row in ROWS:
        fields = {field.name: field.type for field in msgspec.structs.fields(row.message)}
        assert row.path.startswith(PREFIX)
        assert [str] * len(row.path_fields) == [fields[name] for name in row.path_fields]


@pytest.mark.parametrize(
    ("name", "fields", "status", "code", "text"),
    [
        ("accounts", {"venue": "nyse"}, 404, "unknown-venue", "no venue is called 'nyse'"),
        ("accounts", {}, 400, "malformed", "missing required field venue"),
        ("accounts", {"venue": 5}, 400, "malformed", "venue: Expected str, got int"),
        ("accounts", {"venue": VENUE, "x": 1}, 400, "malformed", "unknown field x"),
        ("credit", {"account": "eve"}, 404, "unknown-account", "there are alice/"),
        ("credit", {"asset": "XYZ"}, 404, "unknown-asset", "USDC"),
        ("credit", {"amount": "a lot"}, 400, "invalid", "amount: 'a lot' is not a decimal"),
        ("credit", {"amount": "-1"}, 400, "invalid", "amount"),
        ("credit", {"amount": "1e5"}, 400, "invalid", "amount"),
        ("credit", {"amount": "\u0661"}, 400, "invalid", "amount"),
        ("credit", {"amount": "0." + "0" * 10 + "1"}, 400, "off-grid", "must be a multiple of"),
        ("credit", {"amount": "0"}, 409, "invalid-amount", "amount not allowed"),
        ("withdraw", {"amount": "9" * 20}, 409, "insufficient-funds", "insufficient funds"),
    ],
)
def test_a_bad_request_is_refused(
    name: str, fields: dict[str, Any], status: int, code: str, text: str
) -> None:
    """A status, a code and one line that names the field at fault."""
    usual = ALICE | {"asset": "USDC", "amount": "1"} if name != "accounts" else {}

    async def run() -> None:
        async with operated(VENUE) as host:
            said = await refused(call(host, name, usual | fields))

        assert (status, code) == (said.status, said.code)
        assert text in said.text

    asyncio.run(run())
