"""How a connection ends instead of an answer: in order, and what was asked before is answered."""

from __future__ import annotations

import pytest
from tests.server.test_connection import GET, Line

from countermand.server.answers import half_of
from countermand.server.ports import Cut, Way
from countermand.wire.http import Response

WHOLE = Response(200, b"0123456789", b"text/plain")


def cut(line: Line, path: str, way: Way) -> None:
    """Cut the connection at the request for a path."""
    [(_, answer)] = [held for held in line.open if held[0].path == path.encode()]
    answer(Cut(0, way=way, half=WHOLE))


@pytest.mark.parametrize(
    ("way", "is_aborted", "ends"),
    [
        (Way.CLOSED, False, b"/1"),
        (Way.RESET, True, b"/1"),
        (Way.TRUNCATED, False, b"\r\n\r\n01234"),
    ],
)
def test_earlier_requests_are_answered_first(way: Way, *, is_aborted: bool, ends: bytes) -> None:
    """The answers to earlier requests come, then the end, and nothing after it."""
    line = Line()
    line.send(GET % 1 + GET % 2 + GET % 3)
    line.answer("/3")
    cut(line, "/2", way)
    before = (list(line.transport.writes), line.transport.is_closed)
    line.answer("/1")

    assert ([], False) == before
    assert (True, is_aborted) == (line.transport.is_closed, line.transport.is_aborted)
    assert b"".join(line.transport.writes).endswith(ends)


def test_of_two_cuts_the_first_request_counts() -> None:
    """The order of the requests counts, not the order in which the cuts became known."""
    line = Line()
    line.send(GET % 1 + GET % 2)
    cut(line, "/2", Way.RESET)
    assert not line.transport.is_closed
    cut(line, "/1", Way.CLOSED)

    assert (True, False) == (line.transport.is_closed, line.transport.is_aborted)


def test_nothing_is_answered_or_read_behind_the_end() -> None:
    """Requests that come are not begun, answers that are late have nowhere to go."""
    line = Line()
    line.send(GET % 1 + GET % 2)
    cut(line, "/1", Way.TRUNCATED)
    writes = len(line.transport.writes)
    line.answer("/2")
    line.send(GET % 3)

    assert (writes, 2) == (len(line.transport.writes), len(line.begun))


def test_half_of_an_answer() -> None:
    """A whole head that promises more than comes; an answer without a body ends in its head."""
    head, _, body = half_of(WHOLE).partition(b"\r\n\r\n")

    assert (True, b"01234") == (b"content-length: 10" in head, body)
    assert b"" == half_of(Response(200, b"x")).partition(b"\r\n\r\n")[2]
    assert b"HTTP/1.1" == half_of(Response(204, b"", b""))
