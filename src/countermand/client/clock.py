"""
The venue's clock: how far it is from ours, measured by the Date of its answers.

A Date tells a second, and a server may keep one for a while before it makes the next. So an answer
proves that at some time between sending and receiving the venue's clock stood within that second or
the one after. What two answers prove together is where both hold.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime

from countermand.client.deadline import S
from countermand.wire.http import Response

# A server may give a Date of up to this age: ours looks at its clock twice a second.
KEPT_NS = S


class ClockOffset:
    """
    What is known of `venue's clock - ours`: it lies from `low_ns` to `high_ns`.

    Units: nanoseconds.
    """

    def __init__(self) -> None:
        self.low_ns: int | None = None
        self.high_ns: int | None = None

    @property
    def ns(self) -> int:
        """The offset to sign with: none where none is proven, else the middle of what is."""
        if self.low_ns is None or self.high_ns is None or self.low_ns <= 0 <= self.high_ns:
            return 0
        return (self.low_ns + self.high_ns) // 2

    def told(self, told_ns: int, sent_ns: int, now_ns: int) -> None:
        """Take the time that a venue told when it was asked for it."""
        self._narrow(told_ns - now_ns, told_ns - sent_ns)

    def learn(self, response: Response, sent_ns: int, now_ns: int) -> None:
        """Take what an answer says; one that contradicts what was known replaces it."""
        told_ns = _date_ns(response)
        if told_ns is None:
            return
        self._narrow(told_ns - now_ns, told_ns + S + KEPT_NS - sent_ns)

    def _narrow(self, low: int, high: int) -> None:
        if self.low_ns is not None and self.high_ns is not None:
            both = max(low, self.low_ns), min(high, self.high_ns)
            if both[0] <= both[1]:
                low, high = both
        self.low_ns, self.high_ns = low, high


def _date_ns(response: Response) -> int | None:
    for name, value in response.headers:
        if name == b"date":
            try:
                return int(parsedate_to_datetime(value.decode("latin-1")).timestamp()) * S
            except ValueError:
                return None
    return None
