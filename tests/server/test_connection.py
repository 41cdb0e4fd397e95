"""
The connection: answers in order, bounds on both directions, deadlines, and a quiet end.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from countermand.server.connection import (
    LINGER_BYTES_MAX,
    UNREAD_BYTES_MAX,
    Connection,
)
from countermand.server.limits import Limits
from countermand.server.ports import Answer
from countermand.server.site import Site
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response

LIMITS = Limits(in_flight_max=3)
GET = b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"


class Transport(asyncio.Transport):
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_reading, self.is_closed, self.is_aborted, self.is_half_closed = (
            True, False, False, False,
        )  # fmt: skip

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Remember the data."""
        self.writes.append(bytes(data))

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        """Remember it."""
        self.protocol = protocol

    def get_write_buffer_size(self) -> int:
        """Nothing is queued."""
        return 0

    def pause_reading(self) -> None:
        """Remember it."""
        self.is_reading = False

    def resume_reading(self) -> None:
        """Remember it."""
        self.is_reading = True

    def can_write_eof(self) -> bool:
        """Return True, as a plain socket's transport does."""
        return True

    def write_eof(self) -> None:
        """Remember it."""
        self.is_half_closed = True

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return self.is_closed

    def close(self) -> None:
        """Remember it."""
        self.is_closed = True

    def abort(self) -> None:
        """Remember it."""
        self.is_aborted = self.is_closed = True


class Clock:
    """The part of a loop that a connection uses."""

    now_s = 100.0

    def time(self) -> float:
        """Return the time."""
        return self.now_s


class Line:
    """A connection, and a handler that answers when the test says so."""

    def __init__(self, limits: Limits = LIMITS, at_once: Response | None = None) -> None:
        self.open: list[tuple[Request, Answer]] = []
        self.begun: list[Request] = []
        self._at_once = at_once
        self.site = Site(self._begin, self._refuse, limits)
        self.site.date = b"date: today\r\n"
        self.clock, self.transport = Clock(), Transport()
        self.connection = Connection(self.site, self.clock)  # type: ignore[arg-type]
        self.connection.connection_made(self.transport)

    def _begin(self, request: Request, answer: Answer) -> None:
        self.begun.append(request)
        if self._at_once is not None:
            answer(self._at_once)
        else:
            self.open.append((request, answer))

    def _refuse(self, error: WireError) -> Response:
        return Response(400, error.text.encode(), b"text/plain")

    def send(self, data: bytes) -> None:
        """Have the client send bytes."""
        self.connection.data_received(data)

    def answer(self, path: str) -> None:
        """Answer the request for a path with that path."""
        [(request, answer)] = [held for held in self.open if held[0].path == path.encode()]
        answer(Response(200, request.path, b""))

    def bodies(self) -> list[bytes]:
        """Return the bodies that were answered so far."""
        return [part[-2:] for part in b"".join(self.transport.writes).split(b"HTTP/1.1 200 OK")[1:]]

    def expire(self, seconds: float) -> None:
        """Let time pass, and the sweep come by."""
        self.clock.now_s += seconds
        if self.connection.deadline_s <= self.clock.now_s:
            self.connection.expire()


def test_one_answer_is_one_write() -> None:
    """Head and body leave together."""
    line = Line()
    line.send(GET % 1)
    line.answer("/1")

    expected = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ndate: today\r\n\r\n/1"
    assert [expected] == line.transport.writes


def test_answers_keep_the_order_of_requests() -> None:
    """An answer that is ready early waits for those before it, then leaves with them."""
    line = Line()
    line.send(GET % 1 + GET % 2 + GET % 3)
    line.answer("/3")
    line.answer("/2")
    nothing = list(line.transport.writes)
    line.answer("/1")

    assert ([], 1) == (nothing, len(line.transport.writes))
    assert [b"/1", b"/2", b"/3"] == line.bodies()


def test_answers_made_at_once_leave_in_one_write() -> None:
    """A piece with many requests costs as many writes as batches in flight."""
    line = Line(at_once=Response(200, b"", b""))
    line.send(GET % 1 * 3)

    assert 1 == len(line.transport.writes)
    assert 3 == line.transport.writes[0].count(b"HTTP/1.1 200 OK")


def test_no_more_than_the_limit_is_in_flight() -> None:
    """Requests beyond the limit wait, and reading pauses until there is room."""
    line = Line()
    for number in range(1, 6):
        line.send(GET % number)
    begun, is_reading = len(line.begun), line.transport.is_reading
    for number in range(1, 4):
        line.answer(f"/{number}")

    assert (3, False) == (begun, is_reading)
    assert (5, True) == (len(line.begun), line.transport.is_reading)


def test_a_client_that_does_not_read_is_not_read() -> None:
    """Answers that pile up stop the reading, and in the end the connection."""
    line = Line()
    line.send(GET % 1)
    line.connection.pause_writing()
    line.answer("/1")
    line.send(GET % 2)
    paused = (len(line.begun), line.transport.is_reading)
    line.connection.resume_writing()

    assert (1, False) == paused
    assert (2, True) == (len(line.begun), line.transport.is_reading)
    line.connection.pause_writing()
    line.expire(LIMITS.unread_s)
    assert line.transport.is_aborted


def test_a_refusal_comes_after_the_answers_before_it() -> None:
    """
    The parser's refusal is in the port's words, comes last, and says that the connection closes.
    """
    line = Line()
    line.send(GET % 1 + b"nonsense\r\n\r\n" + GET % 2)
    nothing = list(line.transport.writes)
    line.answer("/1")

    [sent] = line.transport.writes
    assert [] == nothing
    assert sent.index(b"200 OK") < sent.index(b"400 Bad Request") < sent.index(b"connection: close")
    assert ["GET"] == [request.method for request in line.begun]
    assert line.transport.is_half_closed


def test_a_refused_client_can_read_why() -> None:
    """
    Input after a refusal is thrown away for a while, since closing on it would reset the line.
    """
    line = Line()
    line.send(b"nonsense\r\n\r\n")
    line.send(b"x" * 1000)
    lingers = line.transport.is_closed
    line.expire(2)

    assert (False, True) == (lingers, line.transport.is_aborted)


def test_a_refused_client_cannot_send_for_ever() -> None:
    """After a bound of bytes the connection is closed."""
    line = Line()
    line.send(b"nonsense\r\n\r\n")
    line.send(b"x" * (LINGER_BYTES_MAX + 1))

    assert line.transport.is_aborted


def test_the_last_request_closes() -> None:
    """`Connection: close` is answered in kind, once the answer is there."""
    line = Line()
    line.send((GET % 1).replace(b"Host", b"Connection: close\r\nHost") + GET % 2)
    is_open = not line.transport.is_closed
    line.answer("/1")

    assert is_open
    assert b"connection: close\r\n" in line.transport.writes[0]
    assert (True, 1) == (line.transport.is_closed, len(line.begun))


def test_an_old_client_may_keep_its_connection() -> None:
    """HTTP/1.0 with keep-alive is told that it is kept."""
    line = Line(at_once=Response(200, b"", b""))
    line.send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")

    assert b"connection: keep-alive\r\n" in line.transport.writes[0]
    assert not line.transport.is_closed


def test_head_is_answered_without_a_body() -> None:
    """Content-Length says how long the body would be."""
    line = Line(at_once=Response(200, b"body", b"text/plain"))
    line.send(b"HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")

    assert line.transport.writes[0].endswith(b"date: today\r\n\r\n")
    assert b"content-length: 4\r\n" in line.transport.writes[0]


def test_no_content_has_no_length() -> None:
    """An answer that cannot have a body does not say how long it is."""
    line = Line(at_once=Response(204, b"", b""))
    line.send(GET % 1)

    assert b"content-length" not in line.transport.writes[0]


def test_the_go_ahead_comes_in_its_turn() -> None:
    """`100 Continue` waits for the answers before it and is given once."""
    line = Line()
    head, body = POST.replace(b"Host", b"Expect: 100-continue\r\nHost").split(b"body")[0], b"body"
    line.send(GET % 1 + head)
    nothing = list(line.transport.writes)
    line.answer("/1")
    line.send(body[:2])
    line.send(body[2:])

    assert [] == nothing
    assert b"HTTP/1.1 100 Continue\r\n\r\n" == line.transport.writes[1]
    assert 2 == len(line.transport.writes)
    assert b"body" == line.begun[1].body


def test_no_go_ahead_where_the_body_is_there() -> None:
    """A client that did not wait is not told to go on."""
    line = Line(at_once=Response(200, b"", b""))
    line.send(POST.replace(b"Host", b"Expect: 100-continue\r\nHost"))

    assert b"100 Continue" not in b"".join(line.transport.writes)


def _deadlines() -> list[tuple[bytes, float, Callable[[Line], bool]]]:
    def refused(line: Line) -> bool:
        return b"did not arrive in time" in b"".join(line.transport.writes)

    def closed(line: Line) -> bool:
        return line.transport.is_closed and not line.transport.writes

    return [
        (b"", LIMITS.head_s, closed),
        (b"GET / HT", LIMITS.head_s, refused),
        (POST[:-1], LIMITS.body_s, refused),
    ]


def test_deadlines_of_a_request() -> None:
    """A new connection, a head and a body each have their time to become whole requests."""
    for sent, seconds, has_ended in _deadlines():
        line = Line()
        if sent:
            line.send(sent)
        line.expire(seconds - 0.1)
        before = has_ended(line)
        line.expire(0.1)

        assert (False, True) == (before, has_ended(line)), sent


def test_a_byte_now_and_then_gains_no_time() -> None:
    """The whole head has its time, not each byte of it."""
    line = Line()
    for byte in b"GET / HTTP/1.1":
        line.send(bytes([byte]))
        line.expire(1)

    assert b"head did not arrive in time" in b"".join(line.transport.writes)


def test_each_request_has_its_own_time() -> None:
    """Halves of requests, each completed in time, never run out of it."""
    line = Line(at_once=Response(200, b"", b""))
    half = len(POST) - 2
    line.send(POST[:half])
    for _ in range(10):
        line.expire(LIMITS.body_s - 1)
        line.send(POST[half:] + POST[:half])

    assert b"arrive in time" not in b"".join(line.transport.writes)


def test_an_answer_that_takes_long_is_waited_for() -> None:
    """No deadline runs while the exchange is at work; the idle time starts with the answer."""
    line = Line()
    line.send(GET % 1)
    line.expire(1000)
    line.answer("/1")
    line.expire(LIMITS.idle_s - 1)
    kept = not line.transport.is_closed
    line.expire(1)

    assert (True, True) == (kept, line.transport.is_closed)


def test_a_stop_answers_what_is_in_flight() -> None:
    """The last answer says that the connection closes, and it does."""
    line = Line()
    line.send(GET % 1 + GET % 2)
    line.site.is_stopping = True
    line.connection.stop()
    is_open = not line.transport.is_closed
    line.answer("/1")
    line.answer("/2")

    assert is_open
    assert [False, True] == [b"connection: close" in write for write in line.transport.writes]
    assert line.transport.is_closed


def test_a_stop_lets_half_a_request_become_whole() -> None:
    """The rest of a request has a second to come; then it is refused."""
    late, in_time = Line(), Line()
    for line in (late, in_time):
        line.send(POST[:-2])
        line.site.is_stopping = True
        line.connection.stop()
    in_time.send(POST[-2:])
    in_time.open[0][1](Response(200, b"", b""))
    late.expire(1)

    assert b"200 OK" in in_time.transport.writes[0]
    assert in_time.transport.is_closed
    assert b"body did not arrive in time" in late.transport.writes[0]


def test_a_stop_closes_what_is_idle() -> None:
    """At once, without a word."""
    line = Line()
    line.site.is_stopping = True
    line.connection.stop()

    assert (True, []) == (line.transport.is_closed, line.transport.writes)


def test_a_client_that_sent_all_it_had_is_answered() -> None:
    """Closing one direction does not take a request back; half a request is none."""
    line = Line()
    line.send(GET % 1 + POST[:-1])
    keeps_open = line.connection.eof_received()
    line.answer("/1")

    assert keeps_open
    assert [b"/1"] == line.bodies()
    assert (True, 1) == (line.transport.is_closed, len(line.begun))


def test_an_answer_without_a_client_is_let_go() -> None:
    """A client that has gone is not written to, and its connection is forgotten."""
    line = Line()
    line.send(GET % 1)
    line.connection.connection_lost(None)
    line.answer("/1")

    assert ([], set()) == (line.transport.writes, line.site.connections)


def test_the_limit_may_be_one() -> None:
    """With a limit of one, requests are answered one after another."""
    line = Line(replace(LIMITS, in_flight_max=1), at_once=Response(200, b"", b""))
    line.send(GET % 1 * 5)

    assert 5 == b"".join(line.transport.writes).count(b"200 OK")


class Turns:
    """Turns of a loop that end when the test says so."""

    def __init__(self) -> None:
        self.is_over = False
        self.left: list[Callable[[], None]] = []

    def has_time(self) -> bool:
        """Whether this turn goes on."""
        return not self.is_over

    def later(self, act: Callable[[], None]) -> None:
        """Leave it for the next one."""
        self.left.append(act)

    def next(self) -> None:
        """Begin the next turn."""
        self.is_over = False
        for act in self.left:
            act()
        self.left.clear()


def in_turns() -> tuple[Line, Turns]:
    """A line whose turn is over."""
    turns, line = Turns(), Line(at_once=Response(200, b"", b""))
    line.site.turns = turns
    turns.is_over = True
    return line, turns


def test_input_after_a_turn_is_read_in_the_next() -> None:
    """Input after a turn is read in the next one, and its time runs from then on."""
    line, turns = in_turns()
    line.send(GET % 1)
    line.send((GET % 2)[:9])
    line.expire(LIMITS.head_s)
    begun = len(line.begun)
    turns.next()
    line.send((GET % 2)[9:])

    assert (0, [b"/1", b"/2"]) == (begun, [request.path for request in line.begun])
    assert not line.transport.is_closed


def test_input_that_waits_for_its_turn_is_bounded() -> None:
    """A client that sends more is not read from until then."""
    line, turns = in_turns()
    line.send(POST)
    line.send(b" " * UNREAD_BYTES_MAX)
    is_reading = line.transport.is_reading
    turns.next()

    assert (False, True) == (is_reading, line.transport.is_reading)


def test_an_end_does_not_wait_for_a_turn() -> None:
    """Whole requests before the end are answered; a client that is gone is forgotten."""
    ended, stopped, gone = in_turns(), in_turns(), in_turns()
    for line, _ in (ended, stopped, gone):
        line.send(GET % 1)
    ended[0].connection.eof_received()
    stopped[0].site.is_stopping = True
    stopped[0].connection.stop()
    gone[0].connection.connection_lost(None)
    for _, turns in (ended, stopped, gone):
        turns.next()

    assert [1, 1, 0] == [len(line.begun) for line, _ in (ended, stopped, gone)]
