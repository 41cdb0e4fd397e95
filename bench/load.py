"""
The load generator: plain sockets and epoll, and requests that were spelled beforehand.

It shares the machine with the server it loads, so it does little: one receive and one send an
answer, and no parser.
"""

from __future__ import annotations

import re
import select
import socket
import time
from collections.abc import Iterable, Iterator
from typing import Self

from msgspec import Struct

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
OK = b"HTTP/1.1 20"
ANSWER_MAX = 65_536
# A server that is silent for so long has stopped.
SILENCE_S = 20


class Measured(Struct):
    """What a slice of load came to; `spent_s` is the generator's own processor time."""

    answers: list[bytes]
    seconds: float
    spent_s: float

    @property
    def per_s(self) -> float:
        """Answers per second."""
        return len(self.answers) / self.seconds

    @property
    def share(self) -> float:
        """The part of one processor the generator took."""
        return self.spent_s / self.seconds

    def refuse_refusals(self) -> None:
        """Raise AssertionError for an answer that is no success."""
        refused = [answer for answer in self.answers if not answer.startswith(OK)]
        assert not refused, f"{len(refused)} of {len(self.answers)} refused: {refused[0]!r}"


class Connections:
    """A fixed number of kept-alive connections to one server, each with one request at a time."""

    def __init__(self, address: tuple[str, int], count: int) -> None:
        self.address = address
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        for _ in range(count):
            opened = connect(address)
            opened.setblocking(False)
            self._sockets[opened.fileno()] = opened
            self._epoll.register(opened.fileno(), select.EPOLLIN)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._epoll.close()
        for opened in self._sockets.values():
            opened.close()

    @property
    def numbers(self) -> list[int]:
        """What a connection is called in `send` and `answers`."""
        return list(self._sockets)

    def send(self, number: int, request: bytes) -> None:
        """Send a request on a connection that waits for no answer."""
        self._sockets[number].send(request)

    def answers(self, timeout_s: float) -> Iterator[tuple[int, bytes]]:
        """Yield the answers that have come, and the connections they came on."""
        for number, _ in self._epoll.poll(timeout_s):
            yield number, receive(self._sockets[number])

    def run(self, requests: Iterable[bytes], seconds: float = float("inf")) -> Measured:
        """Send as fast as answers come, until the time or the requests are up."""
        left, answers, waiting = iter(requests), list[bytes](), 0
        started, spent = time.perf_counter(), time.thread_time()
        until = started + seconds
        for number, request in zip(self.numbers, left, strict=False):
            self.send(number, request)
            waiting += 1
        while waiting:
            came = len(answers)
            for number, answer in self.answers(SILENCE_S):
                answers.append(answer)
                if time.perf_counter() < until and (request := next(left, b"")):
                    self.send(number, request)
                else:
                    waiting -= 1
            assert came < len(answers), f"{waiting} requests had no answer"
        now, done = time.perf_counter(), time.thread_time()
        return Measured(answers, now - started, done - spent)


def connect(address: tuple[str, int]) -> socket.socket:
    """Return a connection that sends at once."""
    opened = socket.create_connection(address, timeout=SILENCE_S)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def receive(opened: socket.socket) -> bytes:
    """Return the next answer. Raises: ConnectionError when the connection is closed first."""
    answer = b""
    while not _is_whole(answer):
        try:
            more = opened.recv(ANSWER_MAX)
        except BlockingIOError:
            select.select([opened], [], [], SILENCE_S)
            continue
        if not more:
            raise ConnectionError(f"closed by the server after {answer!r}")
        answer += more
    return answer


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    if end < 0:
        return False
    # A 204 has no length, for it has no body.
    length = LENGTH.search(answer, 0, end + 2)
    return length is None or len(answer) >= end + 4 + int(length[1])
