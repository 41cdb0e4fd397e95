"""Any request to the control port gets an answer in its shape, and leaves a sound exchange."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlencode

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.control.operated import operated

from countermand.control.row import ControlRow
from countermand.control.table import ROWS
from countermand.server.asgi import AppHandler
from countermand.server.control import control_app, refuse
from countermand.wire.http import Request, Response

VENUE = "polymarket-us"

# Values that mean something somewhere, and those that mean nothing.
WORDS = st.sampled_from(
    [
        VENUE, "alice", "bob", "house-one", "alice/main", "USD", "BTC", "buy", "sell", "0.5",
        "0.55", "10", "100000000", "0", "-1", "1e9", "NaN", "1d", "halted", "cancel-only",
        "aec-nba-ny-sa-2026-06-05", "lost-before", "wall", "exchange", "one", "..", "a/b", "%2F",
        "view", "trade", "open", "2100-01-01T00:00:00Z", "\u0661", "", " ", "x" * 300,
    ]
)  # fmt: skip
LEAVES = st.one_of(
    WORDS, st.text(max_size=20), st.integers(), st.none(), st.booleans(), st.floats(),
    st.integers(-(2**200), 2**200),
)  # fmt: skip
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
# A download is no JSON.
TRIED = [row for row in ROWS if not row.is_download]


@st.composite
def asked(draw: st.DrawFn) -> Request:
    """Return a request for some act, with fields it may have or may not."""
    row: ControlRow = draw(st.sampled_from(TRIED))
    path = row.path
    for name in row.path_fields:
        usual = st.just(VENUE) if name == "venue" else WORDS
        text = draw(usual if draw(st.integers(0, 9)) else st.text(max_size=9))
        path = path.replace(f"{{{name}}}", "".join(f"%{byte:02X}" for byte in text.encode()))
    inner = [name for name in row.message.__struct_fields__ if name not in row.path_fields]
    names = st.sampled_from(inner) | st.text(max_size=5) if inner else st.text(max_size=5)
    fields = {name: draw(WORDS if draw(st.booleans()) else VALUES) for name in inner}
    fields |= draw(st.dictionaries(names, VALUES, max_size=2)) if draw(st.booleans()) else {}
    headers = ((b"content-type", b"application/json"), (b"host", b"localhost"))
    if row.has_body:
        return Request(row.method, path.encode(), b"", headers, msgspec.json.encode(fields))
    query = urlencode({name: str(value) for name, value in fields.items() if value is not None})
    return Request(row.method, path.encode(), query.encode(), headers)


@given(st.lists(asked(), min_size=1, max_size=25))
@settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))
def test_every_act_is_answered(requests: list[Request]) -> None:
    """The answer is the row's reply or a refusal in one line, never a failure."""
    asyncio.run(_answered(requests))


async def _answered(requests: list[Request]) -> None:
    async with operated(VENUE) as host:
        generations: Any = host.generations
        app = control_app(generations, {}, lambda: (b"", ""), host)
        handler = AppHandler(app, refuse)
        for request in requests:
            answered: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
            handler.begin(request, answered.set_result)
            async with asyncio.timeout(30):
                response = await answered
            told = msgspec.json.decode(response.body)
            assert response.status in (200, 400, 404, 409, 503), (request, told)
            assert "internal" != told.get("error", {}).get("code"), request
            assert "\n" not in told.get("error", {}).get("text", "")
        generations.generation.engine._exchange.check_invariants()
