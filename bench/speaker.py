"""What the file of each venue offers: its requests, signed, and how they are spelled."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable
from urllib.parse import urlsplit

from countermand.venues import VENUES
from countermand.wire.http import Request


class Speaker(Protocol):
    """
    Knows a venue's requests.

    `orders_max` is how many orders may rest at once; `goals` are those of the venue, by column.
    """

    orders_max: int
    goals: Mapping[str, float]

    def __init__(self, venue: dict[str, Any]) -> None:
        """Take what the ready line says of the venue."""

    def place(self, index: int) -> Request:
        """Return a signed request for an order that will rest."""

    def order_id(self, answer: bytes) -> str:
        """Return the id of the order a place answered."""

    def cancel(self, order_id: str) -> Request:
        """Return a signed request that cancels it."""


@runtime_checkable
class Staging(Protocol):
    """What a venue's file offers besides where placing an order takes a second request."""

    def submit(self, answer: bytes) -> Request:
        """Return the request that places what `answer` says was written down."""


class Signer:
    """A user of a venue that is served at `base_url`."""

    def __init__(self, venue: str, owner: str, key: Mapping[str, Any], base_url: str) -> None:
        self._auth = VENUES[venue].auth
        self.credential = self._auth.credential(owner, key)
        self._host = (b"host", urlsplit(base_url).netloc.encode())

    def signed(self, method: str, path: str, body: bytes = b"", *, query: str = "") -> Request:
        """Return a request of this user, signed now."""
        request = Request(method, path.encode(), query.encode(), (self._host,), body)
        return self._auth.sign(request, self.credential, time.time_ns())


def spelled(request: Request) -> bytes:
    """Return the request as it goes over a connection."""
    target = request.path + (b"?" + request.query if request.query else b"")
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), target)]
    lines += [b"%s: %s" % header for header in request.headers]
    if request.method != "GET":
        lines.append(b"content-length: %d" % len(request.body))
    return b"\r\n".join([*lines, b"", request.body])


def body_of(answer: bytes) -> bytes:
    """Return the body of an answer."""
    return answer.partition(b"\r\n\r\n")[2]
