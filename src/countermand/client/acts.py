"""
Acts: what the client's core asks of the world around it, and what the world says to that.

The core is made of generators that do no I/O and have no clock. They yield acts; a shell does each
and sends back what came of it. The two shells differ in how they wait and in nothing else.

    act         is done by                                answered with
    Now         looking at the clock                      nanoseconds since the Unix epoch
    Sleep       waiting                                   nanoseconds, when it is over
    Send        one request on the wire, never again      Answered, NotSentFailure or LostFailure
    Note        writing to the ledger                     the id of what the note belongs to, or
                                                          Blocked where no order may be placed
    Consult     reading the ledger, or blocking in it     what was read, or is blocked
    Together    doing several talks at once               a tuple of what they returned
    Progress    telling the caller how far it has come    None
    Prompt      asking the person behind the key          text
    OpenStream  offering a WebSocket, once                Opened or NotOpened
    HearStream  waiting for a message                     a message or Cut
    SayOnStream sending a message                         None
    CloseStream closing it, whether it is open or not     None
    Tell        handing an event to the caller            None
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from msgspec import Struct

from countermand.wire.client_end import Prompt
from countermand.wire.http import Request, Response
from countermand.wire.operation import Operation
from countermand.wire.stream import Message

T = TypeVar("T")


class Now(Struct, frozen=True):
    """Look at the clock."""


class Sleep(Struct, frozen=True):
    """Wait until a time has come. Units: nanoseconds since the Unix epoch."""

    until_ns: int


class Send(Struct, frozen=True):
    """
    Put one signed request on the wire, once; one that is for anyone may have a host of its own.
    """

    operation: Operation
    request: Request
    is_public: bool = False

    def __repr__(self) -> str:
        # Headers and bodies have secrets.
        path = self.request.path.decode("latin-1")
        return f"Send({self.operation.value!r}, {self.request.method} {path})"


class Note(Struct, frozen=True):
    """
    Write something down about an intent; an `intent_id` of 0 begins one.

    With `must_last` it is on disk before the core goes on. With `must_show` it is in the file by
    then: other processes read it, and it outlasts this one, but a power cut may take it until the
    next is on disk that must last. With neither it goes with the next that must do either.
    """

    kind: str
    body: dict[str, Any]
    intent_id: int = 0
    must_last: bool = False
    must_show: bool = False


class Blocked(Struct, frozen=True):
    """
    An intent was not written: no order may be placed since a kill that was not lifted.

    Units: nanoseconds since the Unix epoch.
    """

    since_ns: int


class Consult(Struct, frozen=True):
    """Read the ledger, or block in it: `read` is given what keeps it. It may take a while."""

    read: Callable[[Any], Any]


class Together(Struct, frozen=True):
    """Do several talks, at once where the shell can."""

    talks: tuple[Talk[Any], ...]


class Progress(Struct, frozen=True):
    """The number of orders that are settled, and of all."""

    done: int
    of: int


class Answered(Struct, frozen=True):
    """A response came. Units: nanoseconds since the Unix epoch."""

    response: Response
    sent_ns: int
    now_ns: int

    def __repr__(self) -> str:
        # An answer to a login is a secret.
        return f"Answered({self.response.status}, {self.sent_ns}, {self.now_ns})"


class NotSentFailure(Struct, frozen=True):
    """No byte of the request has left: nothing can come of it."""

    text: str
    sent_ns: int
    now_ns: int


class LostFailure(Struct, frozen=True):
    """Bytes may have arrived, and no answer came: what came of it is not known."""

    text: str
    sent_ns: int
    now_ns: int


class OpenStream(Struct, frozen=True):
    """Offer a WebSocket: the request as it is signed, and where to, empty for the client's own."""

    request: Request
    base_url: str = ""


class HearStream(Struct, frozen=True):
    """Wait for the next message of the stream."""


class SayOnStream(Struct, frozen=True):
    """Send a message on the stream."""

    message: Message


class CloseStream(Struct, frozen=True):
    """Close the stream."""


class Tell(Struct, frozen=True):
    """Hand an event to the caller."""

    event: Any


class Opened(Struct, frozen=True):
    """The offer was taken."""


class NotOpened(Struct, frozen=True):
    """The offer was not taken; `status` is what it was answered with, 0 for no answer."""

    text: str
    status: int = 0


class Cut(Struct, frozen=True):
    """The stream has ended."""

    text: str


Reply = Answered | NotSentFailure | LostFailure
Streaming = OpenStream | HearStream | SayOnStream | CloseStream | Tell
Act = Now | Sleep | Send | Note | Consult | Together | Progress | Prompt | Streaming
Talk = Generator[Act, Any, T]
