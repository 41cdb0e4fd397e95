"""A request that is shown contains no credential."""

from __future__ import annotations

import msgspec
import pytest

from countermand.client.masking import MASK, masked
from countermand.venues import VENUES
from countermand.wire.http import Request


@pytest.mark.parametrize("venue", VENUES)
def test_headers_that_prove_are_masked(venue: str) -> None:
    """Those the venue names, in any case, and those that HTTP has for it; no others."""
    habits = VENUES[venue].habits
    secret = (*habits.secrets, habits.key_header, b"authorization", b"cookie")
    names = [name for given in secret for name in (given, given.upper())]
    headers = tuple((name, b"secret-word") for name in names)
    shown = masked(VENUES[venue], Request("GET", b"/", b"", (*headers, (b"accept", b"any")), b""))

    assert {MASK} == {shown.headers[name.decode()] for name in names}
    assert "any" == shown.headers["accept"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        (b"", "/orders"),
        (b"hash=0x1&limit=5", "/orders?hash=0x1&limit=5"),
        (b"api_key=secret-word&limit=5", "/orders?api_key=***&limit=5"),
        (b"signature=secret-word", "/orders?signature=***"),
        (b"flag&passcode=1", "/orders?flag&passcode=***"),
    ],
)
def test_parameters_that_prove_are_masked(query: bytes, shown: str) -> None:
    """Those of a venue's own, and those that are called so."""
    request = Request("GET", b"/orders", query, (), b"")

    assert shown == masked(VENUES["deltadefi"], request).target


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"a=b", "3 bytes"),
        (b'{"price":"1","eddsaSignature":"0x"}', {"price": "1", "eddsaSignature": MASK}),
        (b'{"signed_tx":"84"}', {"signed_tx": MASK}),
        (b'[{"a":{"secretKey":{"b":1}}}]', [{"a": {"secretKey": MASK}}]),
        (b'{"sellToken":{"tokenId":1}}', {"sellToken": {"tokenId": 1}}),
    ],
)
def test_fields_that_prove_are_masked(body: bytes, shown: object) -> None:
    """However deep; what is no JSON is not shown at all."""
    told = masked(VENUES["loopring"], Request("POST", b"/order", b"", (), body)).body

    assert shown == told
    assert msgspec.json.encode(told)
