"""
Site: what the connections of one listener share, and what it knows of each.
"""

from __future__ import annotations

import socket
import struct
from asyncio import BaseTransport, Transport
from collections.abc import Callable
from typing import Protocol

from countermand.server.limits import Limits
from countermand.server.ports import Begin, Refuse, Turns

# Nothing is lingered for.
_RESET = struct.pack("ii", 1, 0)


class Open(Protocol):
    """
    An open connection, of HTTP or of WebSocket.

    Units: `deadline_s` on the loop's clock, when `expire` is due; the listener looks at it for all
    of them at once.
    """

    deadline_s: float

    @property
    def kind(self) -> str:
        """The protocol: "http" or "websocket"."""

    @property
    def peer(self) -> str:
        """The client's address and port."""

    @property
    def in_flight(self) -> int:
        """How many requests are not answered yet."""

    def expire(self) -> None:
        """Act on a deadline that has passed."""

    def stop(self) -> None:
        """Do what is begun, then close."""

    def abort(self) -> None:
        """Close at once."""


class Site:
    """
    The state that the connections of one listener share. `date` is the Date header's line, kept
    current.
    """

    def __init__(
        self,
        begin: Begin,
        refuse: Refuse,
        limits: Limits,
        hosts: frozenset[bytes] | None = None,
        turns: Turns | None = None,
    ) -> None:
        self.begin, self.refuse = begin, refuse
        self.limits, self.hosts, self.turns = limits, hosts, turns
        self.date = b""
        self.is_stopping = False
        self.connections: set[Open] = set()
        self.on_lost: Callable[[], None] = lambda: None


def peer_of(transport: BaseTransport) -> str:
    """Return the address and port of a transport's client, empty where it has none."""
    address = transport.get_extra_info("peername")
    if not isinstance(address, tuple):
        return ""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def reset(transport: Transport) -> None:
    """Close a transport's socket with a reset, without sending the rest."""
    if (opened := transport.get_extra_info("socket")) is not None:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    transport.abort()
