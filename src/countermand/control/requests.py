"""Requests: what came to the venues, how it was proven, and what was answered; while asked for."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from countermand.control.host import Host
from countermand.control.row import PREFIX, Asked, ControlRow

# The number of requests that are kept, the newest, and the length of a body that is.
KEPT_MAX = 100_000
BODY_BYTES_MAX = 16 * 1024


class KeepRequests(Asked, frozen=True):
    """How many requests to keep, the newest; 0 keeps none and forgets those there are."""

    most: Annotated[int, Meta(ge=0, le=KEPT_MAX)] = 1000


class ListRequests(Asked, frozen=True):
    """The venue, account and operation of the requests that are listed; an empty one is any."""

    venue: str = ""
    account: str = ""
    operation: str = ""


class Recorded(Struct, frozen=True):
    """
    A request as it came and what became of it.

    Shape:  `time` in ISO 8601, UTC; `headers` in their order, secrets cut out of them and of the
            `query`; `signed` the text that its signature is over, empty where nothing is signed;
            `verdict` is `proven`, the refusal, or empty where no proof was looked at: of a public
            row, or when a fault came first; `account` who was proven to ask; `operation` empty
            where no row takes it; `status` that of the answer, None where none came, or none yet;
            `faults` the kinds that struck, in order.
    """

    number: int
    time: str
    venue: str
    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: str
    signed: str
    verdict: str
    account: str
    operation: str
    status: int | None
    faults: tuple[str, ...]


class Requests(Struct, frozen=True):
    """The requests that are kept, in the order they came."""

    requests: tuple[Recorded, ...]


async def keep_requests(host: Host, asked: KeepRequests) -> Requests:
    """Set how many requests are kept, and return the present ones."""
    host.requests.keep(asked.most)
    return Requests(tuple(host.requests.kept()))


async def list_requests(host: Host, asked: ListRequests) -> Requests:
    """Return the requests that are kept."""
    wanted = {name: text for name in asked.__struct_fields__ if (text := getattr(asked, name))}
    return Requests(
        tuple(
            one
            for one in host.requests.kept()
            if all(getattr(one, name) == text for name, text in wanted.items())
        )
    )


_REQUESTS = f"{PREFIX}/requests"

ROWS = (
    ControlRow(
        name="keep-requests",
        method="PUT",
        path=_REQUESTS,
        message=KeepRequests,
        reply=Requests,
        run=keep_requests,
        summary="Record the requests that come to the venues",
    ),
    ControlRow(
        name="requests",
        method="GET",
        path=_REQUESTS,
        message=ListRequests,
        reply=Requests,
        run=list_requests,
        summary="List the requests that are recorded",
    ),
)
