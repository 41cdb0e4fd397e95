"""Traders: the demo world's users, who sign as their venues ask and send over a socket."""

from __future__ import annotations

import time
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import msgspec

from countermand import world as worlds
from countermand.venues import VENUES
from countermand.wire.http import Request


class Traders:
    """All users of one running server's demo world."""

    def __init__(self, ready: dict[str, Any]) -> None:
        self.ready = ready
        self._urls = {name: venue["base_url"] for name, venue in ready["venues"].items()}
        self._worlds = worlds.demo([VENUES[name] for name in self._urls])
        # By venue and user, where it is not the first of the demo world's.
        self.keys: dict[tuple[str, str], dict[str, Any]] = {}

    def ask(self, venue: str, user: str, line: str, body: Any = None) -> tuple[int, Any]:
        """Send `METHOD target`, signed; return the status and the decoded answer."""
        method, target = line.split(" ", 1)
        path, _, query = target.partition("?")
        sent = b"" if body is None else msgspec.json.encode(body)
        host = urlsplit(self._urls[venue]).netloc
        headers = ((b"host", host.encode()), (b"content-type", b"application/json"))
        request = Request(method, path.encode(), query.encode(), headers, sent)
        signed = VENUES[venue].auth.sign(request, self.credential(venue, user), time.time_ns())
        return _sent(host, signed)

    def told(self, venue: str, user: str, line: str, body: Any = None) -> Any:
        """Return the answer to a request that succeeds."""
        status, answer = self.ask(venue, user, line, body)
        assert status < 300, (venue, line, answer)
        return answer

    def credential(self, venue: str, user: str) -> Any:
        """Return the key that a user signs with."""
        [found] = [one for one in self._worlds[venue].users if one.name == user]
        fields = self.keys.get((venue, user), found.keys[0])
        return VENUES[venue].auth.credential(user, fields)


def _sent(host: str, request: Request) -> tuple[int, Any]:
    connection = HTTPConnection(host, timeout=20)
    target = request.path + (b"?" + request.query if request.query else b"")
    headers = {name.decode(): value.decode() for name, value in request.headers}
    try:
        connection.request(request.method, target.decode(), request.body or None, headers)
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    return response.status, msgspec.json.decode(answer) if answer else None
