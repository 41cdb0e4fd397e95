"""
Offers of WebSockets where every split of the bytes matters, or time does: the transport remembers,
and the clock is told the time.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs
from tests.server.streams import Streams, offer
from tests.server.test_connection import Clock, Transport
from websockets.frames import Close, Frame, Opcode

from countermand.server.connection import Connection
from countermand.server.limits import Limits
from countermand.server.ports import Answer
from countermand.server.site import Site
from countermand.wire.http import Request, Response

LIMITS = Limits()


class Wire:
    """A connection to the toy on a transport that remembers, and a clock that is told the time."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.toy, self.clock, self.transport = Streams(), Clock(), Transport()
        self.held: list[tuple[Response, Answer]] = []
        self.holds = False
        self.site = Site(self._begin, self.toy.pipeline.refuse, limits)
        connection = Connection(self.site, self.clock)  # type: ignore[arg-type]
        self.transport.set_protocol(connection)
        connection.connection_made(self.transport)

    def _begin(self, request: Request, answer: Answer) -> None:
        def hold(response: Response) -> None:
            self.held.append((response, answer))

        self.toy.pipeline.begin(request, hold if self.holds else answer)

    def send(self, *pieces: bytes) -> None:
        """Have the client send bytes."""
        for piece in pieces:
            self.transport.protocol.data_received(piece)

    def answer(self) -> None:
        """Let the answers go that are held."""
        while self.held:
            response, answer = self.held.pop(0)
            answer(response)

    @property
    def said(self) -> bytes:
        """Return the bytes that were sent behind the last head."""
        return b"".join(self.transport.writes).rpartition(b"\r\n\r\n")[2]

    def wait(self, seconds: float) -> None:
        """Let time pass, and the sweep come by."""
        self.clock.now_s += seconds
        for connection in list(self.site.connections):
            if connection.deadline_s <= self.clock.now_s:
                connection.expire()


def statuses(wire: Wire) -> list[int]:
    """The answers' statuses, in order."""
    sent = b"".join(wire.transport.writes)
    return [int(part[:3]) for part in sent.split(b"HTTP/1.1 ")[1:]]


PING, PONG = Frame(Opcode.PING, b"?").serialize(mask=True), b"\x8a\x01?"
CLOSE = Frame(Opcode.CLOSE, Close(1000, "bye").serialize()).serialize(mask=True)
FRAMES = b"".join(
    [
        Frame(Opcode.TEXT, b"one").serialize(mask=True),
        Frame(Opcode.TEXT, b"two ", fin=False).serialize(mask=True),
        PING,
        Frame(Opcode.CONT, b"parts").serialize(mask=True),
        Frame(Opcode.BINARY, b"\0").serialize(mask=True),
    ]
)
HEARD = ["one", "two parts", b"\0"]
SAID = b"\x81\x0bhello alice\x81\x03one\x81\x09two parts\x82\x01\0"


def test_every_split_of_an_offer_and_its_first_frames() -> None:
    """
    Behind a request, and with frames sent before the answer: however the bytes are split, all is
    heard and answered in order. Only a pong may come sooner.
    """
    head = offer(Streams().signed("/v1/echo"))
    data = head.replace(b"/v1/echo", b"/v1/none") + head + FRAMES
    pieces = [(data[:at], data[at:]) for at in range(1, len(data))]
    for cut in [*pieces, tuple(data[at : at + 1] for at in range(len(data)))]:
        wire = Wire()
        wire.send(*cut)
        assert [404, 101] == statuses(wire)
        assert (SAID, 1) == (wire.said.replace(PONG, b""), wire.said.count(PONG)), cut[0]


def test_messages_before_a_close_are_heard() -> None:
    """At every split the session hears each message before the close."""
    data = offer(Streams().signed("/v1/echo")) + FRAMES + CLOSE
    for at in range(1, len(data)):
        wire = Wire()
        wire.send(data[:at], data[at:])
        [session] = wire.toy.sessions
        assert (HEARD, 1) == (session.heard, session.ends)
        assert wire.said.endswith(b"\x88\x05\x03\xe8bye")


def test_frames_wait_for_the_answer() -> None:
    """Early frames are kept unread until the answer, and reading pauses meanwhile."""
    wire = Wire()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")), FRAMES[:20])
    before = (wire.transport.writes[:], wire.transport.is_reading)
    wire.answer()
    is_reading = wire.transport.is_reading
    wire.send(FRAMES[20:])

    assert ([], False, True) == (*before, is_reading)
    assert HEARD == wire.toy.sessions[0].heard


def test_requests_wait_for_the_answer() -> None:
    """Behind an offer that was refused they are requests, thousands of offers too."""
    wire = Wire()
    wire.send(offer({}) * 1000 + offer({}, "/v1/none"))

    assert [401] * 1000 + [404] == statuses(wire)


def test_an_offer_that_is_not_as_it_must_be() -> None:
    """The venue refuses it, and the connection goes on."""
    wire = Wire()
    good = offer(wire.toy.signed("/v1/echo"))
    wire.send(good.replace(b"Version: 13", b"Version: 8") + good.replace(b"dGhl", b"?") + good)

    assert [400, 400, 101] == statuses(wire)
    assert 1 == len(wire.toy.sessions)


def test_a_client_that_has_closed_before_the_answer() -> None:
    """The stream ends as it begins; what was refused is still answered, all of it."""
    wire = Wire()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")))
    stays = wire.transport.protocol.eof_received()
    wire.answer()

    assert (True, True, 1) == (stays, wire.transport.is_closed, wire.toy.sessions[0].ends)

    wire = Wire()
    wire.holds = True
    wire.send(offer({}) * 2)
    wire.transport.protocol.eof_received()
    wire.answer()
    wire.answer()
    assert ([401, 401], True) == (statuses(wire), wire.transport.is_closed)


def test_a_stop_while_an_offer_is_answered() -> None:
    """The stream is opened, told, and closed."""
    wire = Wire()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")))
    wire.site.is_stopping = True
    for connection in list(wire.site.connections):
        connection.stop()
    wire.answer()

    assert wire.said.endswith(b"\x88\x12\x03\xe9the server stops")


def test_a_client_that_does_not_read_is_not_read() -> None:
    """At last the stream is closed and then cut, unless the client reads again."""
    wire = Wire()
    wire.send(offer(wire.toy.signed("/v1/echo")))
    wire.transport.protocol.pause_writing()
    is_read = [wire.transport.is_reading]
    wire.transport.protocol.resume_writing()
    wire.wait(LIMITS.unread_s)
    is_read.append(wire.transport.is_reading)
    wire.transport.protocol.pause_writing()
    wire.wait(LIMITS.unread_s)
    is_cut_at_once = wire.transport.is_aborted
    wire.wait(LIMITS.close_s)

    assert ([False, True], False) == (is_read, is_cut_at_once)
    assert wire.said.endswith(b"\x88\x14\x03\xf0too much is unread")
    assert (True, 1) == (wire.transport.is_aborted, wire.toy.sessions[0].ends)


def test_a_client_that_has_not_read_before_is_not_read() -> None:
    """Unread bytes of earlier answers count towards the bound."""
    wire = Wire()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")))
    wire.transport.protocol.pause_writing()
    wire.answer()

    assert not wire.transport.is_reading


def test_layers_in_front_add_headers() -> None:
    """The answer to an offer has the front's headers, as any answer has."""
    wire = Wire()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")))
    [(response, answer)] = wire.held
    answer(structs.replace(response, headers=((b"x-trace", b"7"),)))

    assert b"\r\nx-trace: 7\r\n" in b"".join(wire.transport.writes)


def test_a_session_may_end_as_it_begins() -> None:
    """Its messages are sent, it is released once, and it hears nothing."""
    wire = Wire()
    wire.send(offer(wire.toy.signed("/v1/echo", owner="bob")) + FRAMES)
    [session] = wire.toy.sessions

    assert wire.said.startswith(b"\x81\x09hello bob\x88\x09\x0f\xa2not you")
    assert ([], 1) == (session.heard, session.ends)


def test_nothing_is_sent_on_a_transport_that_was_cut() -> None:
    """Messages between the cut and the news of it are dropped."""
    wire = Wire()
    wire.send(offer(wire.toy.signed("/v1/echo")))
    [connection], [session] = wire.site.connections, wire.toy.sessions
    connection.abort()
    session.line.say("too late")
    wire.transport.protocol.connection_lost(None)

    assert b"\x81\x0bhello alice" == wire.said
    assert (set(), 1) == (wire.site.connections, session.ends)


def test_a_silent_client_is_pinged_and_then_cut() -> None:
    """A ping after every span of silence, none while something is heard."""
    limits = Limits(ping_s=30, silent_s=75)
    wire = Wire(limits)
    wire.send(offer(wire.toy.signed("/v1/echo")))
    pings = []
    for _ in range(7):
        wire.wait(10)
        pings.append(wire.said.count(b"\x89\x00"))
    wire.send(Frame(Opcode.PONG, b"").serialize(mask=True))
    wire.wait(29)
    heard = wire.said.count(b"\x89\x00")
    wire.wait(45)
    is_there = not wire.transport.is_aborted
    wire.wait(1)

    assert [0, 0, 1, 1, 1, 2, 2] == pings
    assert (2, True, True) == (heard, is_there, wire.transport.is_aborted)


def test_silence_begins_when_something_was_heard() -> None:
    """Whenever the sweep comes by."""
    wire = Wire(Limits(ping_s=30, silent_s=75))
    wire.send(offer(wire.toy.signed("/v1/echo")))
    wire.wait(20)
    wire.send(Frame(Opcode.PONG, b"").serialize(mask=True))
    wire.wait(29)
    before = wire.said.count(b"\x89\x00")
    wire.wait(1)

    assert (0, 1) == (before, wire.said.count(b"\x89\x00"))


def test_the_time_to_close_is_never_prolonged() -> None:
    """A client that stops reading does not prolong it either."""
    wire = Wire()
    leave = Frame(Opcode.TEXT, b"leave").serialize(mask=True)
    wire.send(offer(wire.toy.signed("/v1/echo")) + leave)
    wire.transport.protocol.pause_writing()
    wire.wait(LIMITS.close_s)

    assert wire.transport.is_aborted


def test_a_client_at_fault_can_read_why() -> None:
    """Only the sending side is closed: a connection that is closed with bytes unread is reset."""
    wire = Wire()
    wire.send(offer(wire.toy.signed("/v1/echo")), b"\xff\xff", b"more")

    assert (True, False) == (wire.transport.is_half_closed, wire.transport.is_closed)


class Turns:
    """Turns that have no time until one is given."""

    def __init__(self) -> None:
        self.later_on: list[Callable[[], None]] = []
        self.has_any = True

    def has_time(self) -> bool:
        """Whether there is any."""
        return self.has_any

    def later(self, act: Callable[[], None]) -> None:
        """Remember it."""
        self.later_on.append(act)


def test_frames_that_wait_for_a_turn_are_handed_over() -> None:
    """The answer may come before the turn does."""
    wire = Wire()
    wire.site.turns = turns = Turns()
    wire.holds = True
    wire.send(offer(wire.toy.signed("/v1/echo")), FRAMES[:5])
    turns.has_any = False
    wire.send(FRAMES[5:])
    wire.answer()
    for act in turns.later_on:
        act()

    assert HEARD == wire.toy.sessions[0].heard


def test_frames_wait_for_a_turn_with_time() -> None:
    """
    One client's flood delays no other client; its waiting frames stay in order and are bounded.
    """
    wire = Wire()
    wire.site.turns = turns = Turns()
    wire.send(offer(wire.toy.signed("/v1/echo")))
    turns.has_any = False
    wire.send(FRAMES[:5], FRAMES[5:] + CLOSE)
    waits = (wire.said, wire.transport.is_reading, len(turns.later_on))
    for act in turns.later_on:
        act()

    assert (b"\x81\x0bhello alice", False, 1) == waits
    assert wire.said.endswith(b"\x88\x05\x03\xe8bye")
