"""
Listening: our client's end of a venue's streams, with no socket in it.

    open(credential, ctx) ─steps─► Listening: the offer, what is said first, and what is heard

What a stream tells is turned into whole pictures: of an order after something has happened to it,
of a book after it has changed. What is none of them is passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

from msgspec import Struct

from countermand.vocabulary.instrument import Instrument
from countermand.vocabulary.reports import DepthReport, OrderReport
from countermand.wire.conversation import AnyContext, Step
from countermand.wire.credential import Credential
from countermand.wire.http import Request
from countermand.wire.stream import Message


class OrderHeard(Struct, frozen=True):
    """An order as it is after something has happened to it."""

    report: OrderReport


class BookHeard(Struct, frozen=True):
    """A book as it is, as deep as the venue tells it."""

    depth: DepthReport


class AnswerWith(Struct, frozen=True):
    """The venue wants this said at once, a sign of life."""

    message: Message


class Denied(Struct, frozen=True):
    """The venue does not tell what was asked for; `is_final` where asking again cannot help."""

    text: str
    is_final: bool = True


Heard = OrderHeard | BookHeard | AnswerWith | Denied

# Called with each message in order. It may remember earlier messages, and passes over those that it
# need not read. Raises: WireError, ArithmeticError, ValueError for a message that it must read.
Hear = Callable[[Message, AnyContext], Iterable[Heard]]


class Listening(Struct, frozen=True):
    """
    A stream to be opened: the request that offers it, what is said once it is open, what is heard.

    Shape: `request` is ready to be sent; `base_url` is where, empty for the client's own.
    """

    request: Request
    hear: Hear
    says: tuple[Message, ...] = ()
    base_url: str = ""


# Yields what must be asked over HTTP first. Markets that are not named are all.
ListenToOrders = Callable[
    [Sequence[Instrument], Credential, AnyContext], Generator[Step, Any, Listening]
]
ListenToBook = Callable[[Instrument, Credential, AnyContext], Generator[Step, Any, Listening]]
