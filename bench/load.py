"""
The load generator: plain sockets and epoll in a process of its own.

Closed loop for rates: each connection sends its next request when its answer has come. Open loop
for latencies: requests have arrival times drawn beforehand, and a request that has to wait for a
free connection is still measured from its arrival, so a slow server cannot hide its queue.
"""

from __future__ import annotations

import random
import select
import socket
import time
from collections import deque
from collections.abc import Iterator, Sequence

from msgspec import Struct

NS_PER_S = 1_000_000_000


class Measured(Struct):
    """What a phase of load came to; latencies in nanoseconds, ascending."""

    answers: int
    seconds: float
    refused: int
    latencies_ns: list[int]

    @property
    def per_s(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds

    def quantile_ns(self, part: float) -> int:
        """Return the latency that `part` of the answers stayed within."""
        return self.latencies_ns[
            min(len(self.latencies_ns) - 1, int(part * len(self.latencies_ns)))
        ]


class Connections:
    """A fixed number of kept-alive connections to one server."""

    def __init__(self, address: tuple[str, int], count: int) -> None:
        self._epoll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        for _ in range(count):
            opened = socket.create_connection(address)
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opened.setblocking(False)
            self._sockets[opened.fileno()] = opened
            self._epoll.register(opened.fileno(), select.EPOLLIN)

    def close(self) -> None:
        """Close them all."""
        self._epoll.close()
        for opened in self._sockets.values():
            opened.close()

    def closed_loop(
        self, requests: Iterator[bytes], seconds: float, kept: list[bytes] | None = None
    ) -> Measured:
        """
        Send as fast as answers come, until the time or the requests are up.

        The answers go to `kept`, where there is one.
        """
        done = Measured(0, 0.0, 0, [])
        started = time.perf_counter()
        until, waiting = started + seconds, 0
        for opened in self._sockets.values():
            if (request := next(requests, None)) is not None:
                opened.send(request)
                waiting += 1
        while waiting:
            for number, answer in self._answers(-1):
                waiting -= 1
                done.answers += 1
                done.refused += not answer.startswith(b"HTTP/1.1 20")
                if kept is not None:
                    kept.append(answer)
                more = time.perf_counter() < until
                if more and (request := next(requests, None)) is not None:
                    self._sockets[number].send(request)
                    waiting += 1
        done.seconds = time.perf_counter() - started
        return done

    def open_loop(self, requests: Sequence[bytes], rate_per_s: float, seed: int) -> Measured:
        """Send each request at its own time, as a Poisson process of the given rate has it."""
        chance = random.Random(seed)
        started = time.perf_counter_ns()
        arrivals, at = deque[int](), float(started)
        for _ in requests:
            at += chance.expovariate(rate_per_s) * NS_PER_S
            arrivals.append(int(at))
        free, sent_for = deque(self._sockets), dict[int, int]()
        to_send, done = iter(requests), Measured(0, 0.0, 0, [])
        while arrivals or sent_for:
            now = time.perf_counter_ns()
            while arrivals and arrivals[0] <= now and free:
                number = free.popleft()
                sent_for[number] = arrivals.popleft()
                self._sockets[number].send(next(to_send))
            for number, answer in self._answers(0):
                done.latencies_ns.append(time.perf_counter_ns() - sent_for.pop(number))
                done.refused += not answer.startswith(b"HTTP/1.1 20")
                free.append(number)
        done.answers = len(done.latencies_ns)
        done.seconds = (time.perf_counter_ns() - started) / NS_PER_S
        done.latencies_ns.sort()
        return done

    def _answers(self, timeout: float) -> Iterator[tuple[int, bytes]]:
        for number, _ in self._epoll.poll(timeout):
            opened = self._sockets[number]
            answer = opened.recv(65536)
            while not _is_whole(answer):
                answer += _receive_more(opened)
            yield number, answer


def _is_whole(answer: bytes) -> bool:
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    # A 204 has no length, for it has no body.
    _, _, rest = head.partition(b"content-length: ")
    return not rest or len(body) >= int(rest.split(b"\r\n", 1)[0])


def _receive_more(opened: socket.socket) -> bytes:
    select.select([opened], [], [], 5)
    more = opened.recv(65536)
    if not more:
        raise ConnectionError("the server closed the connection")
    return more
