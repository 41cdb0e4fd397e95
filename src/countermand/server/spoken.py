"""
Spoken: what may happen to a message on its way to the client of a stream.
"""

from __future__ import annotations

import asyncio

from msgspec import Struct

from countermand.faults.armed import Armed
from countermand.faults.kinds import Kind
from countermand.server.sessions import Voice
from countermand.vocabulary.ids import OrderId
from countermand.wire.operation import Operation
from countermand.wire.stream import Message

# How long a message waits for the next one, after which it goes first.
NEXT_WITHIN_S = 1.0


class Spoken(Struct, frozen=True):
    """
    The parts of a stream's message that faults look at: `owner` is the owner of the offer's key,
    empty where the offer has none. Its content is not looked at.
    """

    venue: str
    owner: str
    operation: Operation = Operation.OPEN_STREAM
    accounts: frozenset[str] = frozenset()
    order_ids: frozenset[OrderId] = frozenset()


def distorted(armed: Armed | None, voice: Voice, message: Message) -> None:
    """Let happen to a message what a fault says, or send it as it is."""
    match armed.fault.kind if armed else None:
        case Kind.MESSAGE_LOST:
            return
        case Kind.MESSAGE_DOUBLED:
            voice.pass_on(message)
            voice.pass_on(message)
        case Kind.MESSAGE_DELAYED if armed:
            loop = asyncio.get_running_loop()
            loop.call_later(armed.delay_s(), voice.pass_on, message)
        case Kind.MESSAGE_SWAPPED:
            voice.held.append(message)
            loop = asyncio.get_running_loop()
            loop.call_later(NEXT_WITHIN_S, voice.release)
        case _:
            voice.pass_on(message)
