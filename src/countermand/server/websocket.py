"""
WebSocket: a connection whose client's offer was taken, and the session it carries.

    bytes ─► ServerProtocol ─frames─► message ─► Session.receive
    bytes ◄─ ServerProtocol ◄─frame── message ◄─ Line.say

`websockets` does the framing and the handshakes, without I/O. Reading pauses while the client does
not read. Frames are never logged: they carry keys.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from websockets import http11
from websockets.frames import CloseCode, Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

from countermand.server.ports import Switch
from countermand.server.site import Site, peer_of
from countermand.wire.errors import NotARequest
from countermand.wire.http import SWITCHING
from countermand.wire.stream import NORMAL, Message, Session

log = logging.getLogger(__name__)

# The library tells every connection and, at debug, every frame.
_library_log = logging.getLogger(f"{__name__}.library")
_library_log.setLevel(logging.ERROR)

# The headers that the library is given: those of the handshake.
_HANDSHAKE = (b"connection", b"upgrade", b"sec-websocket-")


class WebSocket(asyncio.Protocol):
    """
    The protocol of a socket after its upgrade, and the `Line` of its session.

    Units: `deadline_s` on the loop's clock, when `expire` is due, as for any connection.
    Raises: NotARequest when the offer is not as RFC 6455 wants it.
    """

    def __init__(self, site: Site, loop: asyncio.AbstractEventLoop, switch: Switch) -> None:
        self._site, self._loop, self._begin = site, loop, switch.begin
        self._transport = asyncio.Transport()
        self._session: Session | None = None
        self._message, self._is_text = bytearray(), True
        self._unread = b""
        self._is_full = self._is_paused = self._has_ended = False
        self.deadline_s = self._heard_s = loop.time()
        self._protocol = ServerProtocol(max_size=site.limits.message_bytes_max, logger=_library_log)
        self.handshake = self._shake_hands(switch)

    def _shake_hands(self, switch: Switch) -> bytes:
        protocol, headers = self._protocol, switch.request.headers
        head = [b"%b: %b\r\n" % header for header in headers if header[0].startswith(_HANDSHAKE)]
        protocol.receive_data(b"GET / HTTP/1.1\r\n%b\r\n" % b"".join(head))
        offers = [each for each in protocol.events_received() if isinstance(each, http11.Request)]
        answer = protocol.accept(offers[0]) if offers else None
        if answer is None or answer.status_code != SWITCHING:
            raise NotARequest(f"not the offer of a WebSocket: {protocol.handshake_exc}")
        for name, value in switch.headers:
            answer.headers[name.decode("latin-1")] = value.decode("latin-1")
        protocol.send_response(answer)
        return b"".join(protocol.data_to_send())

    def take_over(self, transport: asyncio.Transport, unread: bytes, *, is_full: bool) -> None:
        """
        Begin the session on a transport that was another protocol's; the handshake has been sent,
        and `unread` is what has come since.
        """
        self._transport = transport
        transport.set_protocol(self)
        self._site.connections.add(self)
        self._heard_s = self._loop.time()
        self.deadline_s = self._heard_s + self._site.limits.ping_s
        if is_full:
            self.pause_writing()
        session = self._guarded(self._begin, self)
        if not self._has_ended:
            self._session = session
        elif session is not None:
            self._guarded(session.end)
        self._read(unread)
        if self._site.is_stopping:
            self.stop()

    # What an operator looks at.

    kind, in_flight = "websocket", 0

    @property
    def peer(self) -> str:
        """The client's address and port."""
        return peer_of(self._transport)

    # What the session calls.

    def say(self, message: Message) -> None:
        """Send a message; the connection is cut when too much is unread."""
        if self._protocol.state is not State.OPEN:
            return
        if isinstance(message, str):
            self._protocol.send_text(message.encode())
        else:
            self._protocol.send_binary(message)
        self._send()
        if self._transport.get_write_buffer_size() > self._site.limits.queued_bytes_max:
            self._close_unread()

    def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Begin the closing handshake."""
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._send()
            self._settle()

    # What the transport calls.

    def data_received(self, data: bytes) -> None:
        """Read messages, now or, when this turn of the loop has no time left, in a later one."""
        turns = self._site.turns
        self._heard_s = self._loop.time()
        if self._unread:
            self._unread += data
        elif turns is None or turns.has_time():
            self._read(data)
        else:
            self._unread = data
            turns.later(self._read_on)
            self._settle()

    def eof_received(self) -> bool:
        """End: a client that sends nothing more has gone, or has closed."""
        self._read_on()
        self._protocol.receive_eof()
        self._send()
        self._settle()
        return False

    def pause_writing(self) -> None:
        """Wait for the client to read."""
        self._is_full = True
        self._set_deadline(self._site.limits.unread_s)
        self._settle()

    def resume_writing(self) -> None:
        """Go on."""
        self._is_full = False
        self._set_deadline(0)
        self._settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self._unread = b""
        self._protocol.receive_eof()
        self._settle()
        self._site.connections.discard(self)
        self._site.on_lost()

    # What the listener calls.

    def expire(self) -> None:
        """
        Act on a deadline that has passed: ping a silent client, end one that is gone or does not
        read.
        """
        limits, silent_s = self._site.limits, self._loop.time() - self._heard_s
        if self._has_ended or silent_s >= limits.silent_s:
            self._transport.abort()
        elif self._is_full:
            self._close_unread()
        elif silent_s >= limits.ping_s:
            self._protocol.send_ping(b"")
            self._send()
            self._set_deadline(min(limits.ping_s, limits.silent_s - silent_s))
        else:
            self._set_deadline(limits.ping_s - silent_s)

    def stop(self) -> None:
        """Close, since the server stops."""
        self.close(CloseCode.GOING_AWAY, "the server stops")

    def abort(self) -> None:
        """Close at once."""
        self._transport.abort()

    # Frames.

    def _read_on(self) -> None:
        data, self._unread = self._unread, b""
        self._read(data)

    def _read(self, data: bytes) -> None:
        if data:
            self._protocol.receive_data(data)
            for frame in self._protocol.events_received():
                if isinstance(frame, Frame):
                    self._take(frame)
            self._send()
        self._settle()

    def _take(self, frame: Frame) -> None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = frame.opcode is Opcode.TEXT
        elif frame.opcode is not Opcode.CONT:
            return
        self._message += frame.data
        if not frame.fin:
            return
        whole, self._message = bytes(self._message), bytearray()
        try:
            message = whole.decode() if self._is_text else whole
        except UnicodeDecodeError:
            self._protocol.fail(CloseCode.INVALID_DATA, "a text message is not UTF-8")
            self._settle()
            return
        if self._session is not None:
            self._guarded(self._session.receive, message)

    def _guarded(self, act: Callable[..., Any], *args: Any) -> Any:
        # A bug in a dialect harms one stream.
        try:
            return act(*args)
        except Exception:
            log.exception("stream failed")
            self.close(CloseCode.INTERNAL_ERROR, "internal error")
            return None

    def _close_unread(self) -> None:
        # A client that reads on is told why.
        self.close(CloseCode.POLICY_VIOLATION, "too much is unread")

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if self._transport.is_closing():
                return
            if data:
                self._transport.write(data)
            elif self._transport.can_write_eof():
                # The client's remaining bytes are read: closing with unread ones would reset.
                self._transport.write_eof()
            else:
                self._transport.close()

    def _settle(self) -> None:
        if self._protocol.state is not State.OPEN and not self._has_ended:
            self._set_deadline(self._site.limits.close_s)
            self._has_ended, session, self._session = True, self._session, None
            if session is not None:
                self._guarded(session.end)
        self._pause(wanted=not self._has_ended and (self._is_full or bool(self._unread)))

    def _set_deadline(self, seconds: float) -> None:
        # The time to close is never prolonged.
        if not self._has_ended:
            self.deadline_s = self._loop.time() + seconds

    def _pause(self, wanted: bool) -> None:
        if wanted != self._is_paused and not self._transport.is_closing():
            self._is_paused = wanted
            if wanted:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
