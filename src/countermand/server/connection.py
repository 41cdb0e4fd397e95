"""
Connection: one client's requests in, their answers out in the same order.

    bytes ─► RequestReader ─► waiting ─► begun, in flight ─► answered ─► bytes

A request has no task and no timer. It may be answered at once or later; answers that are ready at
the same time leave in one write. Reading pauses while a client has too many requests in flight,
does not read its answers, or waits for the answer to its offer of a WebSocket: after that one the
transport may be a `WebSocket`'s.
"""

from __future__ import annotations

import asyncio
from collections import deque
from math import inf

from countermand.server.answers import CONTINUE, encode_answer, encode_head, half_of
from countermand.server.outflow import Outflow
from countermand.server.ports import Cut, Ending, Streamed, Switch, Way
from countermand.server.reader import Manner, Phase, RequestReader
from countermand.server.site import Site, peer_of, reset
from countermand.server.websocket import WebSocket
from countermand.wire.errors import NotARequest, WireError
from countermand.wire.http import Request, Response

# Closing a connection with unread bytes resets it, and the client may never see the answer. So its
# remaining bytes are read and dropped first, up to this size and time.
LINGER_BYTES_MAX = 1024 * 1024
LINGER_S = 2.0

# Bytes that may wait for a later turn; reading pauses beyond it.
UNREAD_BYTES_MAX = 64 * 1024

# Half a request that is there when the server stops gets so long to become a whole one.
STOP_READ_S = 1.0

_REFUSED = Manner(keeps_alive=False)
_CLOSE = b"connection: close\r\n"
_KEEP_ALIVE = b"connection: keep-alive\r\n"


class _Slot:
    # A request's place in the order of answers.

    __slots__ = ("_connection", "_manner", "data")

    def __init__(self, connection: Connection, manner: Manner) -> None:
        self._connection, self._manner = connection, manner
        self.data: bytes | None = None

    def answer(self, response: Response) -> None:
        self._connection.answered(self, response, self._manner)


class Connection(asyncio.Protocol):
    """
    The protocol of one accepted socket.

    Units: `deadline_s` on the loop's clock, when `expire` is due; the listener looks at it
    for all connections at once.
    """

    def __init__(self, site: Site, loop: asyncio.AbstractEventLoop) -> None:
        self._site, self._loop = site, loop
        self._transport = asyncio.Transport()
        self._reader = RequestReader(site.limits, site.hosts, self._arrived)
        self._in_flight_max = site.limits.in_flight_max
        self._waiting: deque[tuple[Request | WireError, Manner]] = deque()
        self._slots: deque[_Slot] = deque()
        self._is_advancing = self._is_full = self._is_paused = self._is_lost = False
        self._is_ending = self._has_unread = self._is_lingering = self._has_eof = False
        # How the connection ends, once that is known: as a stream, or cut at one of the slots.
        self._end: WebSocket | dict[_Slot, Cut | Streamed] | None = None
        self._lingered_bytes = 0
        self._unread = b""
        self._timed_phase, self._timed_begun = Phase.BETWEEN, -1
        self.deadline_s = inf

    # What the transport calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to wait for a request."""
        self._transport = transport  # type: ignore[assignment]  # a stream's has both directions
        self._site.connections.add(self)
        self.deadline_s = self._loop.time() + self._site.limits.head_s

    def connection_lost(self, exc: Exception | None) -> None:
        """End. What was begun goes on; its answer has nowhere to go."""
        if isinstance(self._end, dict) and not self._is_lost:
            for ending in self._end.values():
                if isinstance(ending, Streamed):
                    ending.begin(None)
        self._is_lost = self._is_ending = True
        self._slots.clear()
        self._waiting.clear()
        self._site.connections.discard(self)
        self._site.on_lost()

    def data_received(self, data: bytes) -> None:
        """Read requests, now or, when this turn of the loop has no time left, in a later one."""
        turns = self._site.turns
        if self._unread:
            self._unread += data
            self._pause(wanted=len(self._unread) > UNREAD_BYTES_MAX)
        elif turns is None or turns.has_time():
            self._read(data)
        else:
            self._unread = data
            turns.later(self.read_on)

    def read_on(self) -> None:
        """Read what was left for a later turn."""
        data, self._unread = self._unread, b""
        if data and not self._is_lost:
            self._read(data)

    def _read(self, data: bytes) -> None:
        if self._is_ending:
            self._lingered_bytes += len(data)
            if self._lingered_bytes > LINGER_BYTES_MAX:
                self._transport.abort()
            return
        try:
            self._reader.feed(data)
        except WireError as refusal:
            self._refuse(refusal)
        self._is_ending = self._is_ending or self._reader.is_over
        self.advance()

    def eof_received(self) -> bool:
        """Answer the complete requests; an incomplete one is dropped."""
        self.read_on()
        self._has_eof, self._has_unread = True, False
        self._is_ending = self._is_ending or self._reader.held is None
        # TLS has no half-closed connections.
        is_plain = self._transport.get_extra_info("ssl_object") is None
        return is_plain and bool(self._slots or self._waiting)

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._is_full = True
        self.deadline_s = self._loop.time() + self._site.limits.unread_s

    def resume_writing(self) -> None:
        """Go on."""
        self._is_full, self._timed_begun = False, -1
        self.advance()

    # What the listener calls.

    def expire(self) -> None:
        """Act on a deadline that has passed."""
        if self._is_lingering or self._is_full:
            self._transport.abort()
        elif self._slots or self._waiting or self._unread:
            self.deadline_s, self._timed_begun = inf, -1
        elif self._reader.phase is Phase.BETWEEN:
            self._transport.close()
        else:
            part = self._reader.phase.name.lower()
            self._refuse(NotARequest(f"the request's {part} did not arrive in time"))
            self.advance()

    def stop(self) -> None:
        """Answer what is in flight, then close; half a request may still become a whole one."""
        self.read_on()
        self._waiting.clear()
        if self._slots or self._reader.phase is Phase.BETWEEN:
            self._is_ending = True
            self.advance()
        else:
            self.deadline_s = min(self.deadline_s, self._loop.time() + STOP_READ_S)

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    # What an operator looks at.

    kind = "http"

    @property
    def peer(self) -> str:
        """The client's address and port."""
        return peer_of(self._transport)

    @property
    def in_flight(self) -> int:
        """How many requests are not answered yet."""
        return len(self._slots) + len(self._waiting)

    # Requests and answers.

    def answered(self, slot: _Slot, response: Response, manner: Manner) -> None:
        """Take the answer of one request, and send what may be sent now."""
        if self._is_lost:
            if isinstance(response, Streamed):
                response.begin(None)
            return
        if isinstance(response, Ending):
            self._end_with(slot, response)
            return
        is_last = self._site.is_stopping and self._slots[-1] is slot
        extra = self._site.date
        if is_last or not manner.keeps_alive:
            extra += _CLOSE
        elif manner.is_old:
            extra += _KEEP_ALIVE
        slot.data = encode_answer(response, extra, has_body=manner.has_body)
        self.advance()

    def advance(self) -> None:
        """Send what is answered in order, begin what waits, and see what that leads to."""
        if self._is_advancing or self._is_lost:
            return
        self._is_advancing = True
        slots = self._slots
        while True:
            if self._waiting:
                self._begin_waiting()
            if slots and slots[0].data is not None:
                self._send_answered()
            elif self._reader.held is None or not self._read_held():
                break
        self._is_advancing = False
        if self._end is None or not self._has_ended(self._end):
            self._settle()

    def _arrived(self, request: Request, manner: Manner) -> None:
        self._waiting.append((request, manner))

    def _refuse(self, refusal: WireError) -> None:
        self._waiting.append((refusal, _REFUSED))
        self._is_ending = self._has_unread = True

    def _begin_waiting(self) -> None:
        waiting, slots = self._waiting, self._slots
        while waiting and len(slots) < self._in_flight_max and not self._is_full:
            asked, manner = waiting.popleft()
            slot = _Slot(self, manner)
            slots.append(slot)
            if isinstance(asked, WireError):
                slot.answer(self._site.refuse(asked))
            else:
                self._site.begin(asked, slot.answer)

    def _send_answered(self) -> None:
        slots, ready = self._slots, list[bytes]()
        while slots and (data := slots[0].data) is not None:
            ready.append(data)
            slots.popleft()
        self._transport.write(ready[0] if len(ready) == 1 else b"".join(ready))

    def _end_with(self, slot: _Slot, ending: Ending) -> None:
        if isinstance(ending, Switch):
            self._take_offer(slot, ending)
        elif isinstance(ending, Cut | Streamed):
            ends = self._end if isinstance(self._end, dict) else {}
            self._end = {**ends, slot: ending}
            self.advance()

    def _take_offer(self, slot: _Slot, switch: Switch) -> None:
        try:
            self._end = websocket = WebSocket(self._site, self._loop, switch)
        except NotARequest as refusal:
            slot.answer(self._site.refuse(refusal))
        else:
            slot.data = websocket.handshake
            self.advance()

    def _has_ended(self, end: WebSocket | dict[_Slot, Cut | Streamed]) -> bool:
        # Earlier requests are answered first.
        if isinstance(end, WebSocket):
            if not self._slots:
                self._hand_over(end)
            return not self._slots
        last = end.get(self._slots[0]) if self._slots else None
        if isinstance(last, Cut):
            self._cut(last)
        elif last is not None:
            self._flow(last)
        return last is not None

    def _cut(self, cut: Cut) -> None:
        self._is_lost = self._is_ending = True
        if cut.way is Way.RESET:
            reset(self._transport)
            return
        if cut.way is Way.TRUNCATED:
            self._transport.write(half_of(cut.half, self._site.date))
        self._transport.close()

    def _flow(self, last: Streamed) -> None:
        outflow = Outflow(self._site, self._loop, self._transport)
        self._transport.write(encode_head(last, self._site.date + _CLOSE))
        self._is_lost = True
        self._site.connections.discard(self)
        self._pause(wanted=False)
        outflow.take_over(is_full=self._is_full)
        last.begin(outflow)

    def _hand_over(self, websocket: WebSocket) -> None:
        unread, self._unread = self._reader.release() + self._unread, b""
        self._is_lost = True
        self._site.connections.discard(self)
        self._pause(wanted=False)
        websocket.take_over(self._transport, unread, is_full=self._is_full)
        if self._has_eof:
            websocket.eof_received()
            self._transport.close()

    def _read_held(self) -> bool:
        # The offer was answered as a request is, so the bytes behind it are requests.
        if self._slots or self._waiting or self._is_ending or self._end is not None:
            return False
        self._read(self._reader.release())
        self._is_ending = self._is_ending or (self._has_eof and self._reader.held is None)
        return True

    def _settle(self) -> None:
        is_busy = bool(self._slots or self._waiting)
        if not is_busy:
            is_between = self._reader.phase is Phase.BETWEEN
            if self._is_ending or (self._site.is_stopping and is_between):
                self._finish()
                return
            if self._reader.expects_continue:
                self._reader.expects_continue = False
                self._transport.write(CONTINUE)
            self._set_deadline()
        self._pause(
            self._is_ending
            or self._is_full
            or bool(self._waiting)
            or len(self._slots) >= self._in_flight_max
            or self._reader.held is not None
        )

    def _set_deadline(self) -> None:
        phase, begun, limits = self._reader.phase, self._reader.begun, self._site.limits
        if self._is_full or (phase is self._timed_phase and begun == self._timed_begun):
            return
        self._timed_phase, self._timed_begun = phase, begun
        seconds = (limits.idle_s, limits.head_s, limits.body_s)[phase]
        self.deadline_s = self._loop.time() + seconds

    def _pause(self, wanted: bool) -> None:
        if wanted != self._is_paused:
            self._is_paused = wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()

    def _finish(self) -> None:
        if self._is_lingering or self._transport.is_closing():
            return
        if self._has_unread and self._transport.can_write_eof():
            self._is_lingering = True
            self.deadline_s = self._loop.time() + LINGER_S
            self._transport.write_eof()
            self._pause(wanted=False)
        else:
            self._transport.close()
