"""
The budget: how many requests a venue answers, and how many of them are kept for cancels.

A request that the venue would refuse for its number is not sent; it waits. So do all after a 429,
for as long as its Retry-After says. Places can use what is not kept, cancels everything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from countermand.client.deadline import Backoff, S
from countermand.wire.client_end import Limit
from countermand.wire.http import Response
from countermand.wire.operation import CANCELING, Operation

# One request in so many is kept for cancels, and at least one.
KEPT_SHARE = 5

_FIRST_NS, _MOST_NS = S // 10, 5 * S

# A `Retry-After` of more digits than these, eleven days, is not kept.
_DIGITS_MAX = 6


class Budget:
    """The requests of one key, counted against what is documented."""

    def __init__(self, limits: Iterable[Limit] = ()) -> None:
        self._counts = [_Count(limit) for limit in limits if limit.allowance.limit]
        self._blocked_until_ns = 0
        self._backoff = Backoff(_FIRST_NS, _MOST_NS)

    def take(self, operation: Operation, now_ns: int) -> int:
        """Count a request and return 0, or return when to ask again, in nanoseconds."""
        counts = [count for count in self._counts if count.counts(operation)]
        free_ns = max([self._blocked_until_ns, *(c.free_ns(operation, now_ns) for c in counts)])
        if free_ns > now_ns:
            return free_ns
        for count in counts:
            count.sent_ns.append(now_ns)
        return 0

    def told(self, response: Response, now_ns: int) -> None:
        """Learn from an answer whether there were too many."""
        if response.status != 429:  # noqa: PLR2004  (HTTP)
            self._backoff.tried = 0
            return
        wait_ns = retry_after_ns(response)
        if wait_ns is None:
            wait_ns = self._backoff.next_ns()
        self._blocked_until_ns = max(self._blocked_until_ns, now_ns + wait_ns)


class _Count:
    # When the requests of one limit were sent, those of its last span.

    def __init__(self, limit: Limit) -> None:
        self._limit = limit
        self._most = limit.allowance.limit
        self._kept = max(1, self._most // KEPT_SHARE) if self._most > 1 else 0
        self.sent_ns: deque[int] = deque()

    def counts(self, operation: Operation) -> bool:
        return self._limit.operations is None or operation in self._limit.operations

    def free_ns(self, operation: Operation, now_ns: int) -> int:
        span_ns = self._limit.allowance.span_s * S
        while self.sent_ns and self.sent_ns[0] <= now_ns - span_ns:
            self.sent_ns.popleft()
        room = self._most if operation in CANCELING else self._most - self._kept
        if len(self.sent_ns) < room:
            return 0
        return self.sent_ns[len(self.sent_ns) - room] + span_ns


def retry_after_ns(response: Response) -> int | None:
    """Return how long an answer asks to wait, in nanoseconds, or None when it does not say."""
    for name, value in response.headers:
        if name == b"retry-after":
            text = value.decode("latin-1").strip()
            is_known = text.isdecimal() and len(text) <= _DIGITS_MAX
            return int(text) * S if is_known else None
    return None
