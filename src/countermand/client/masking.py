"""
Masking: a request as it may be shown, without its credentials.

A signature is masked as a secret is: who has a signed request can send it.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from msgspec import Struct

from countermand.wire.http import Request
from countermand.wire.venue import Venue

MASK = "***"

# Fields of a body that are secret wherever they occur.
_SECRET = re.compile(r"signa|signed|secret|pass(word|phrase|code)|pincode|witness", re.IGNORECASE)


class Masked(Struct, frozen=True):
    """
    A request in text.

    Shape:  `target` is the path with its query; `body` what its JSON says, or its text, empty for
            none.
    """

    method: str
    target: str
    headers: dict[str, str]
    body: Any = ""


def masked(venue: Venue, request: Request) -> Masked:
    """Return a request as it may be shown."""
    secret = venue.habits.secrets | {venue.habits.key_header, b"authorization", b"cookie"}
    headers = {
        name.decode("latin-1"): MASK if name.lower() in secret else value.decode("latin-1")
        for name, value in request.headers
    }
    target = request.path.decode("latin-1")
    if request.query:
        target += f"?{_query(request.query.decode('latin-1'), secret)}"
    return Masked(request.method, target, headers, _body(request.body))


def _query(query: str, secret: frozenset[bytes]) -> str:
    parts = [part.partition("=") for part in query.split("&")]
    return "&".join(
        name + sign + (MASK if name.lower().encode() in secret or _SECRET.search(name) else value)
        for name, sign, value in parts
    )


def _body(body: bytes) -> Any:
    if not body:
        return ""
    try:
        return _json(msgspec.json.decode(body))
    except msgspec.DecodeError:
        return f"{len(body)} bytes"


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: MASK if _SECRET.search(name) else _json(inner) for name, inner in value.items()
        }
    return [_json(inner) for inner in value] if isinstance(value, list) else value
