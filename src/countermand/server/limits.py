"""
Limits: how much of a server one client, and all clients together, may use.
"""

from __future__ import annotations

import resource

from msgspec import Struct

# Descriptors that connections to the venues leave alone: the journal's and a snapshot's files, the
# loop's own, and the listening sockets.
FILES_RESERVED = 64

# The bound where the system names none.
ENOUGH = 65_536

# The control port's connections have a number of their own, so that an operator gets in when the
# venues are full.
CONTROL_CONNECTIONS_MAX = 32


class Limits(Struct, frozen=True):
    """
    What one connection may use, and how many of them a listener takes.

    `head_bytes_max` counts the target and the headers, `headers_max` the headers. A request's head
    and body must be whole within `head_s` and `body_s` of their first byte. A connection that has
    nothing to do is closed after `idle_s`: closing one while a cancel is on its way leaves the
    sender not knowing, so bots that think for a minute keep theirs. A client that does not read its
    answers is cut off after `unread_s`. `in_flight_max` requests of one connection are answered at
    the same time; what is sent beyond that is not read.

    Of a WebSocket: a client's message has at most `message_bytes_max`. A client that leaves more
    than `queued_bytes_max` unread is cut off. One that is not heard for `ping_s` is pinged, and one
    that is not heard for `silent_s` is gone. Closing takes `close_s` at most.
    """

    head_bytes_max: int = 16 * 1024
    headers_max: int = 100
    body_bytes_max: int = 64 * 1024
    head_s: float = 10
    body_s: float = 5
    idle_s: float = 75
    unread_s: float = 30
    in_flight_max: int = 16
    message_bytes_max: int = 64 * 1024
    queued_bytes_max: int = 1024 * 1024
    ping_s: float = 30
    silent_s: float = 75
    close_s: float = 5
    connections_max: int = 10_000


class Room:
    """How many connections several listeners may have together."""

    def __init__(self, connections_max: int) -> None:
        self.connections_max = self._free = connections_max

    def take(self) -> bool:
        """Take one place; False when there is none."""
        if self._free <= 0:
            return False
        self._free -= 1
        return True

    def give_back(self) -> None:
        """Give a place back."""
        self._free += 1


def descriptors() -> int:
    """Return how many descriptors this process may have, once it has asked for all it can."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = ENOUGH if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        # Some systems allow less than they say.
        return soft
    return wanted


def venues_room(connections_max: int) -> Room:
    """Return the room for the venues' connections: as many as asked for, if descriptors allow."""
    there = descriptors()
    left = there - FILES_RESERVED - CONTROL_CONNECTIONS_MAX
    is_bounded = there != resource.RLIM_INFINITY
    return Room(max(1, min(connections_max, left)) if is_bounded else connections_max)
