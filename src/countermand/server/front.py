"""
Front: what a port answers before its venue is asked, and adds to what the venue answers.

Each layer takes a `Begin` and returns one; a port has those that its world and venue ask for.
"""

from __future__ import annotations

from countermand.server.ports import Answer, Begin
from countermand.wire.http import Request, Response

# Answers an empty 200 and touches nothing: what the server costs by itself, and whether it is up.
PING_PATH = b"/_countermand/ping"

_PONG = Response(200, b"", b"")


def pinging(begin: Begin) -> Begin:
    """Return `begin` with the ping path answered at once."""

    def ping(request: Request, answer: Answer) -> None:
        if request.path == PING_PATH:
            answer(_PONG)
        else:
            begin(request, answer)

    return ping
