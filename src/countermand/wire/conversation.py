"""
Conversations: both ends of an operation, as generators that do no I/O.

    server   serve(message, ctx)   yields an Ask,  is sent what came of it,  returns the reply
    client   flow(asked, ctx)      yields a Step,  is sent the reply,        returns the report

The server's end runs wherever a pipeline drives it. An ask may be answered at once or later; a
refusal is thrown in at the yield. A conversation that a client walks away from runs to its end: a
command that was asked for is not taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any, TypeVar

from msgspec import Struct

from countermand.vocabulary.commands import Command
from countermand.vocabulary.ids import AccountId, OrderId
from countermand.vocabulary.queries import GetOrder, Query
from countermand.wire.context import Context
from countermand.wire.credential import Credential
from countermand.wire.operation import Operation
from countermand.wire.stream import Line, Session, Source

AnyContext = Context[Any, Any]

R = TypeVar("R")


class IssueKey(Struct, frozen=True):
    """
    Ask for a new key for `owner`, and an end to those of `revokes`. Answered with the credential.

    `make` turns `RANDOM_BYTES` random bytes into the fields of the key as a world has them. A key
    that `replaces` another is made of that one as it is when the change has its turn, which is
    `make`'s second argument; when it has ended meanwhile the change is refused as unauthorized with
    the text `ended`. So of two that ask at once one gets a key, and an ended key stays ended.
    """

    owner: str
    make: Callable[[bytes, Any], dict[str, Any]]  # random bytes, the venue's credential
    revokes: tuple[str, ...] = ()
    replaces: str = ""
    ended: str = "the key has ended"


class RevokeKeys(Struct, frozen=True):
    """Ask for an end to keys. Answered with None, once it is durable."""

    keys: tuple[str, ...]


class WaitForClose(Struct, frozen=True):
    """
    Ask to wait until an order is closed. Answered with None, then or after `wait_ns`.

    Units: `wait_ns` nanoseconds; 0 or less does not wait.
    """

    account_id: AccountId
    order_id: OrderId
    wait_ns: int


class OpenStream(Struct, frozen=True):
    """
    What the conversation of an upgrade returns instead of a reply: the client's offer is taken.

    `begin` makes the stream's session when the client has been told so.
    """

    begin: Callable[[Line, Source], Session]


RANDOM_BYTES = 64

KeyChange = IssueKey | RevokeKeys

# The asks of a server's conversation: a query is answered with its view, a command with its
# receipt, several commands (entered as one group) with a tuple of receipts.
Ask = Query | Command | tuple[Command, ...] | KeyChange | WaitForClose

# A conversation of the server that ends in a reply of type R.
Serving = Generator[Ask, Any, R]

# A reply of None has no body; one that is a `Response` is sent as it is. An upgrade's conversation
# returns an `OpenStream`.
Serve = Callable[[Any, AnyContext], Serving[Any]]


def seen(steps: Serving[R], source: Source) -> R:
    """
    Return the reply of a conversation that only looks, for a stream that shows the same.

    Raises: what the conversation does.
    """
    try:
        ask = next(steps)
        while True:
            assert isinstance(ask, Query)  # noqa: S101  (a stream changes nothing)
            ask = steps.send(source.view(ask))
    except StopIteration as end:
        reply: R = end.value
        return reply


class Step(Struct, frozen=True):
    """
    One request of a client's flow: the row it goes to, by its operation, and what it carries.

    `says` is what the message must come to when it is served, None where that is not checked.
    `about` is the query for the order that the request places, where its name is known before the
    request is sent: should the answer be lost, that is how the order is found. `credential` signs
    instead of the client's own, which a login has yet to make.
    """

    operation: Operation
    message: Any
    says: Any = None
    about: GetOrder | None = None
    credential: Credential | None = None


# A client's operation that takes several requests: called with the question, the key and the
# context, it yields steps, is sent the reply message of each, and returns the report.
Flow = Callable[[Any, Credential | None, AnyContext], Generator[Step, Any, Any]]


class Nothing(Struct, frozen=True):
    """The message of a request that has no fields."""


class Op(Struct, frozen=True):
    """
    An operation of a dialect: its two messages and what each end does with them.

    `serve` answers a request. `ask` makes the request of a command or query, and `read` a report of
    the reply to it; they are None where our client does not call the operation.
    """

    message: Any
    reply: Any
    serve: Serve
    ask: Callable[[Any, AnyContext], Any] | None = None  # command or query -> message
    read: Callable[[Any, Any, AnyContext], Any] | None = None  # reply, message -> report


def reply(answer: Callable[[Any, AnyContext], Any]) -> Serve:
    """Serve what needs no question: `answer(message, ctx)` is the reply."""

    def serve(message: Any, ctx: AnyContext) -> Serving[Any]:
        yield from ()
        return answer(message, ctx)

    return serve


def one(
    query: Callable[[Any, AnyContext], Query],
    show: Callable[[Any, AnyContext], Any],
    missing: Callable[[Any], Exception] | None = None,
) -> Serve:
    """
    Serve one thing: `show` of what `query` finds.

    Raises: `missing(message)` for None, where it is given.
    """

    def serve(message: Any, ctx: AnyContext) -> Serving[Any]:
        found = yield query(message, ctx)
        if found is None and missing is not None:
            raise missing(message)
        return show(found, ctx)

    return serve


def many(
    query: Callable[[Any, AnyContext], Query], show: Callable[[Any, AnyContext], Any]
) -> Serve:
    """Serve a list: `show` of each thing that `query` finds, in order."""

    def serve(message: Any, ctx: AnyContext) -> Serving[list[Any]]:
        found = yield query(message, ctx)
        return [show(each, ctx) for each in found]

    return serve


def each(
    read: Callable[[Any, Any, AnyContext], Any], part: str = ""
) -> Callable[[Any, Any, AnyContext], tuple[Any, ...]]:
    """Read a list: `read` of each thing in the reply, or in its `part`, in order."""

    def read_all(reply: Any, message: Any, ctx: AnyContext) -> tuple[Any, ...]:
        things = getattr(reply, part) if part else reply
        return tuple([read(thing, message, ctx) for thing in things])

    return read_all


def always(value: Any) -> Callable[[Any, AnyContext], Any]:
    """Ask what has no parameters: the same query or message each time."""
    return lambda _asked, _ctx: value
