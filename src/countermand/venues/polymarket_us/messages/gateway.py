"""
Messages of the rest of the public gateway: events, series, sports, search. There are none of these
here, so that every list is empty.

Source: the official Python SDK 2.4.1, resources/ (events, series, sports, search, rfqs).
"""

from typing import Any

from msgspec import Struct


class Everything(Struct, frozen=True):
    """Any list; what it is narrowed by does not matter where nothing is."""


class OneOf(Struct, frozen=True):
    """`GET .../{name}`: one event or series, by id or slug."""

    name: str


class Events(Struct, frozen=True):
    """`GET /v1/events` and `GET /v1/search`."""

    events: list[Any] = []


class Series(Struct, frozen=True):
    """`GET /v1/series`."""

    series: list[Any] = []


class Sports(Struct, frozen=True):
    """`GET /v1/sports`."""

    sports: list[Any] = []


class Teams(Struct, frozen=True):
    """`GET /v1/sports/teams/provider`."""

    teams: dict[str, Any] = {}


class RfqTrades(Struct, frozen=True):
    """`GET /v1/rfqs/trades`, which is signed."""

    trades: list[Any] = []
    cursor: str = ""
