"""
Request log: what was asked and what became of it, one line a request, and why one was not proven.

Bodies are never logged, and of headers and query parameters not those any venue calls secret.
"""

from __future__ import annotations

import logging
from functools import cache
from time import perf_counter_ns

from countermand.engine.ports import Clock
from countermand.server.ports import Answer, Begin
from countermand.venues import VENUES
from countermand.wire.context import Settings
from countermand.wire.credential import Credential, Keys
from countermand.wire.http import Request, Response
from countermand.wire.venue import Venue

log = logging.getLogger(__name__)

CUT = "(cut)"

# Secret at every venue.
_SECRET = frozenset({b"authorization", b"cookie", b"proxy-authorization"})

UNAUTHORIZED, FORBIDDEN = 401, 403


def logged(begin: Begin, venue: Venue) -> Begin:
    """Return `begin` with a line at debug for every answer; `begin` itself at other levels."""
    if not log.isEnabledFor(logging.DEBUG):
        return begin

    def log_request(request: Request, answer: Answer) -> None:
        began_ns = perf_counter_ns()

        def log_answer(response: Response) -> None:
            fields = {
                "venue": venue.name,
                "method": request.method,
                "path": request.path.decode("latin-1"),
                "query": masked_query(request.query),
                "headers": dict(masked_headers(request)),
                "body_bytes": len(request.body),
                "status": response.status,
                "answer_bytes": len(response.body),
                "took_us": (perf_counter_ns() - began_ns) // 1000,
            }
            log.debug("answered", extra=fields)
            answer(response)

        begin(request, log_answer)

    return log_request


def explained(
    begin: Begin, venue: Venue, keys: Keys[Credential], settings: Settings, clock: Clock
) -> Begin:
    """
    Return `begin` with a line for every request that was not proven, saying why.

    It tells what must be signed, and which part differs: for worlds whose keys are published.
    """
    if venue.habits.explain is None:
        return begin
    explain = venue.habits.explain

    def why(request: Request, response: Response) -> str:
        if response.status == FORBIDDEN:
            return "the key may not do this"
        return explain(request, keys, settings, clock.now_ns())

    def ask(request: Request, answer: Answer) -> None:
        def tell(response: Response) -> None:
            if response.status in (UNAUTHORIZED, FORBIDDEN):
                fields = {
                    "venue": venue.name,
                    "method": request.method,
                    "path": request.path.decode("latin-1"),
                    "status": response.status,
                    "why": why(request, response),
                }
                log.info("not proven", extra=fields)
            answer(response)

        begin(request, tell)

    return ask


@cache
def _secrets() -> frozenset[bytes]:
    # Of every venue: a client that is pointed at the wrong port sends its own one's.
    return _SECRET.union(*(each.habits.secrets for each in VENUES.values()))


def masked_headers(request: Request) -> list[tuple[str, str]]:
    """Return the headers of a request in their order, with what is secret cut out."""
    secrets = _secrets()
    return [
        (name.decode("latin-1"), CUT if name in secrets else value.decode("latin-1"))
        for name, value in request.headers
    ]


def masked_query(query: bytes) -> str:
    """Return a query with what is secret cut out."""
    parts, secrets = query.split(b"&") if query else [], _secrets()
    cut = CUT.encode()
    for index, part in enumerate(parts):
        name, equals, _ = part.partition(b"=")
        if equals and name.lower() in secrets:
            parts[index] = name + b"=" + cut
    return b"&".join(parts).decode("latin-1")
