"""
Messages of logging in and out, whose facts are in headers, and of where streams are.

Source: ETNA manual, "Token", "Get streamers' info"; Autoshares API, "Logout".
"""

from typing import Annotated

from msgspec import Meta, Struct


class GetStreamers(Struct, frozen=True):
    """`GET /streamers`."""


class RecoverSession(Struct, frozen=True, rename="camel"):
    """`PUT /streamers/session/recover`: 0 is the session of data, 1 that of quotes."""

    session_type: Annotated[int, Meta(ge=0, le=1)] = 0


class Address(Struct, frozen=True, kw_only=True, omit_defaults=True, rename="pascal"):
    """Where to connect to."""

    url: str
    type: str
    session_id: str = ""


class Streamers(Struct, frozen=True, rename="pascal"):
    """Where quotes come from, and where orders, positions and balances do."""

    quote_addresses: list[Address]
    data_addresses: list[Address]


class Session(Struct, frozen=True, rename="pascal"):
    """A streaming session."""

    id: str
