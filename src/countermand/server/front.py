"""
Front: what a port answers before its venue is asked, and adds to what the venue answers.

Each layer takes a `Begin` and returns one; a port has those that its world and venue ask for.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from countermand.server.ports import Answer, Begin
from countermand.server.request_log import logged
from countermand.wire.accept import preferred
from countermand.wire.context import Settings
from countermand.wire.http import HeaderList, Request, Response
from countermand.wire.venue import Venue

# Answers an empty 200 and touches nothing: what the server costs by itself, and whether it is up.
PING_PATH = b"/_countermand/ping"

# How long a browser need not ask again whether it may send a request.
PREFLIGHT_S = 600

_PONG = Response(200, b"", b"")
_JSON = b"application/json"


def front(begin: Begin, venue: Venue, settings: Settings) -> Begin:
    """Return `begin` with every layer that the venue and its world's settings ask for."""
    begin = logged(begin, venue)
    if len(venue.habits.produces) > 1:
        begin = negotiating(begin, venue.habits.produces)
    if settings.origins:
        begin = for_browsers(begin, settings.origins)
    return pinging(begin)


def pinging(begin: Begin) -> Begin:
    """Return `begin` with the ping path answered at once."""

    def ping(request: Request, answer: Answer) -> None:
        if request.path == PING_PATH:
            answer(_PONG)
        else:
            begin(request, answer)

    return ping


def negotiating(begin: Begin, produced: Sequence[bytes]) -> Begin:
    """Return `begin` with JSON answered in the media type the client would rather have."""
    others = [media_type for media_type in produced if media_type != _JSON]

    def negotiate(request: Request, answer: Answer) -> None:
        accept = request.header(b"accept")
        if accept is None or not any(media_type in accept.lower() for media_type in others):
            begin(request, answer)
            return
        chosen = preferred(accept, produced)

        def relabel(response: Response) -> None:
            is_json = response.content_type == _JSON
            answer(replace(response, content_type=chosen) if is_json else response)

        begin(request, relabel)

    return negotiate


def for_browsers(begin: Begin, origins: Sequence[str]) -> Begin:
    """
    Return `begin` for pages of `origins` too (the Fetch standard's CORS).

    Shape: an origin as browsers send it, `http://localhost:*` for all of its ports, or `*` for all.
    """
    listed = frozenset(origin.encode() for origin in origins)

    def browse(request: Request, answer: Answer) -> None:
        origin = request.header(b"origin")
        if origin is None or not _is_listed(origin, listed):
            begin(request, answer)
        elif request.method == "OPTIONS" and request.header(b"access-control-request-method"):
            answer(Response(204, b"", b"", _permission(origin) + _preflight(request)))
        else:
            begin(request, lambda given: answer(_shared(given, origin)))

    return browse


def _is_listed(origin: bytes, listed: frozenset[bytes]) -> bool:
    any_port = origin.rpartition(b":")[0] + b":*"
    return origin in listed or any_port in listed or b"*" in listed


def _permission(origin: bytes) -> HeaderList:
    return ((b"access-control-allow-origin", origin), (b"vary", b"origin"))


def _preflight(request: Request) -> HeaderList:
    # Each method and header is allowed: the venue refuses those it does not take, and a signature
    # proves the client.
    method = request.header(b"access-control-request-method") or b""
    names = request.header(b"access-control-request-headers")
    allowed = () if names is None else ((b"access-control-allow-headers", names),)
    max_age = (b"access-control-max-age", b"%d" % PREFLIGHT_S)
    return ((b"access-control-allow-methods", method), *allowed, max_age)


def _shared(response: Response, origin: bytes) -> Response:
    exposed = (b"access-control-expose-headers", b"*")
    return replace(response, headers=(*response.headers, *_permission(origin), exposed))
