"""A served venue under load: orders are placed and canceled, and what that took is kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bench.load import Connections
from bench.served import Empty, Server
from bench.speaker import Speaker, Staging, spelled
from countermand.wire.http import Request

INF = float("inf")

# So many orders an account can have written down and not yet placed.
STAGED_AT_ONCE = 1_000


class Spent(NamedTuple):
    """What requests took: on the clock, of the server's processor, of the generator's."""

    count: int = 0
    seconds: float = 0.0
    server_s: float = 0.0
    generator_s: float = 0.0

    def plus(self, other: Spent) -> Spent:
        """Return both, as of the same requests: an order that takes two counts once."""
        return Spent(self.count, *(a + b for a, b in zip(self[1:], other[1:], strict=True)))

    @property
    def per_s(self) -> float:
        """How many there were in a second."""
        return self.count / self.seconds

    @property
    def server_us(self) -> float:
        """The server's processor time of one."""
        return self.server_s / self.count * 1e6


class Loaded:
    """A served process, and the connections that load it."""

    def __init__(self, process: Server | Empty, connections: Connections) -> None:
        self._process = process
        self.connections = connections

    def run(self, requests: Iterable[bytes], seconds: float = INF) -> tuple[list[bytes], Spent]:
        """Return the answers and what they took. Raises: AssertionError for a refusal."""
        before_s = self._process.processor_s
        done = self.connections.run(requests, seconds)
        spent_s = self._process.processor_s - before_s
        done.refuse_refusals()
        return done.answers, Spent(len(done.answers), done.seconds, spent_s, done.spent_s)


class Stand:
    """A served venue under load."""

    def __init__(self, loaded: Loaded, speaker: Speaker) -> None:
        self.loaded = loaded
        self.speaker = speaker
        self._placed = 0

    def place(self, count: int) -> tuple[list[str], Spent]:
        """Place orders and return their ids and what it took."""
        answers, total = list[bytes](), Spent()
        at_once = STAGED_AT_ONCE if isinstance(self.speaker, Staging) else count
        for start in range(0, count, at_once):
            came, spent = self._run(self.orders(min(at_once, count - start)))
            if isinstance(self.speaker, Staging):
                came, more = self._run([self.speaker.submit(answer) for answer in came])
                spent = spent.plus(more)
            answers += came
            total = spent.plus(total)
        total = total._replace(count=count)
        return [self.speaker.order_id(answer) for answer in answers], total

    def orders(self, count: int) -> list[Request]:
        """Return the next orders to place."""
        first, self._placed = self._placed, self._placed + count
        return [self.speaker.place(index) for index in range(first, self._placed)]

    def cancel(self, orders: list[str]) -> Spent:
        """Cancel orders and return what it took."""
        return self._run([self.speaker.cancel(order_id) for order_id in orders])[1]

    def _run(self, requests: list[Request]) -> tuple[list[bytes], Spent]:
        return self.loaded.run([spelled(request) for request in requests])
