"""
Flow: runs the requests of an operation one after the other.

A flow decides and waits for nothing; these two bring its steps to the venue and the replies back.
They differ in how they wait and in nothing else.
"""

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from typing import Any

from msgspec import Struct

from countermand.wire.conversation import Step
from countermand.wire.errors import Malformed, NotExpressible, WireError

Steps = Generator[Step, Any, Any]

# The errors of reading a reply that is not as its message declares.
_UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Done(Struct, frozen=True):
    """The end of a flow: what it reports."""

    report: Any


async def run(name: str, steps: Steps, exchange: Callable[[Step], Awaitable[Any]]) -> Any:
    """
    Return what a flow of the venue called `name` reports.

    Raises: what `exchange` does, unless the flow goes on without; Malformed for a reply that
            cannot be read; NotExpressible.
    """
    step = begin(name, steps)
    while isinstance(step, Step):
        try:
            reply = await exchange(step)
        except WireError as error:
            step = refused(name, steps, error)
        else:
            step = advance(name, steps, reply)
    return step.report


def run_sync(name: str, steps: Steps, exchange: Callable[[Step], Any]) -> Any:
    """Return what a flow reports, without waiting for anything but `exchange`."""
    step = begin(name, steps)
    while isinstance(step, Step):
        try:
            reply = exchange(step)
        except WireError as error:
            step = refused(name, steps, error)
        else:
            step = advance(name, steps, reply)
    return step.report


def begin(name: str, steps: Generator[Any, Any, Any]) -> Any:
    """Return the first step of a flow, or its report where it takes none. Raises NotExpressible."""
    return _next(name, partial(next, steps))


def advance(name: str, steps: Steps, reply: Any) -> Step | Done:
    """Return what follows a reply. Raises Malformed when it cannot be read."""
    return _next(name, partial(steps.send, reply))


def refused(name: str, steps: Steps, error: WireError) -> Step | Done:
    """Return what follows a refusal. Raises it again where the flow does not go on without."""
    return _next(name, partial(steps.throw, error))


def _next(name: str, go_on: Callable[[], Step]) -> Step | Done:
    try:
        return go_on()
    except StopIteration as end:
        return Done(end.value)
    except (NotExpressible, WireError):
        raise
    except _UNREADABLE as error:
        raise Malformed(f"{name} answered what cannot be read: {error}") from error
