"""Server: how it is, which venues it serves, and who is connected."""

from __future__ import annotations

from msgspec import Struct

from countermand.control import names
from countermand.control.host import Condition, Host, Open
from countermand.control.row import PREFIX, Asked, ControlError, ControlRow
from countermand.wire import times


class Nothing(Asked, frozen=True):
    """Nothing more is asked."""


class ListConnections(Asked, frozen=True):
    """The venue whose connections are listed; without one all are, the control port's too."""

    venue: str | None = None


class CloseOne(Asked, frozen=True):
    """Which connection, by its number."""

    connection: str


class Venue(Struct, frozen=True):
    """A venue that is served, and how many accounts and markets it has."""

    venue: str
    base_url: str
    accounts: int
    instruments: int
    keys: int


class Status(Struct, frozen=True):
    """How the server is. Units: `time` is that of the exchange's clock, in RFC 3339."""

    exchange: Condition
    time: str
    venues: tuple[Venue, ...]


class Connections(Struct, frozen=True):
    """The open connections."""

    connections: tuple[Open, ...]


class Closed(Struct, frozen=True):
    """How many connections were closed."""

    closed: int


async def status(host: Host, asked: Nothing) -> Status:
    """Return how the server is."""
    venues = tuple(
        Venue(
            name,
            at.base_url,
            len(at.directory.accounts),
            len(at.directory.instruments),
            sum(1 for _ in at.keys),
        )
        for name, at in host.venues.items()
    )
    return Status(host.exchange.condition(), times.iso_ns(host.clock.now_ns()), venues)


async def list_connections(host: Host, asked: ListConnections) -> Connections:
    """Return the open connections."""
    return Connections(tuple(_of(host, asked.venue)))


async def close_connection(host: Host, asked: CloseOne) -> Closed:
    """Close a connection at once, with its requests in flight."""
    text = asked.connection
    for one in host.connections.listed():
        if str(one.connection) == text and host.connections.close(one.connection):
            return Closed(1)
    raise ControlError(404, "unknown-connection", f"no connection is {names.echoed(text)}")


async def close_connections(host: Host, asked: ListConnections) -> Closed:
    """Close connections at once; without a venue those of every venue, not the control port's."""
    chosen = [one for one in _of(host, asked.venue) if one.venue]
    return Closed(sum(host.connections.close(one.connection) for one in chosen))


def _of(host: Host, venue: str | None) -> list[Open]:
    if venue is not None:
        names.served(host, venue)
    return [one for one in host.connections.listed() if venue in (None, one.venue)]


ROWS = (
    ControlRow(
        name="status",
        method="GET",
        path=f"{PREFIX}/status",
        message=Nothing,
        reply=Status,
        run=status,
        summary="Show how the server is and which venues it serves",
    ),
    ControlRow(
        name="connections",
        method="GET",
        path=f"{PREFIX}/connections",
        message=ListConnections,
        reply=Connections,
        run=list_connections,
        summary="List the open connections",
    ),
    ControlRow(
        name="close-connection",
        method="DELETE",
        path=f"{PREFIX}/connections/{{connection}}",
        message=CloseOne,
        reply=Closed,
        run=close_connection,
        summary="Close a connection at once",
    ),
    ControlRow(
        name="close-connections",
        method="POST",
        path=f"{PREFIX}/connections/close",
        message=ListConnections,
        reply=Closed,
        run=close_connections,
        summary="Close the connections of a venue, or of all",
    ),
)
