"""
Flow: runs the requests of an operation one after the other.

A flow decides and waits for nothing; these two bring its steps to the venue and the replies back.
They differ in how they wait and in nothing else.
"""

from collections.abc import Awaitable, Callable, Generator
from typing import Any

from msgspec import Struct

from countermand.wire.conversation import Step
from countermand.wire.errors import Malformed, NotExpressible

Steps = Generator[Step, Any, Any]


class Done(Struct, frozen=True):
    """The end of a flow: what it reports."""

    report: Any


async def run(name: str, steps: Steps, exchange: Callable[[Step], Awaitable[Any]]) -> Any:
    """
    Return what a flow of the venue called `name` reports.

    Raises: what `exchange` does, after which no further step is taken; Malformed for a reply that
            cannot be read; NotExpressible.
    """
    step: Step | Done = next(steps)
    while isinstance(step, Step):
        step = advance(name, steps, await exchange(step))
    return step.report


def run_sync(name: str, steps: Steps, exchange: Callable[[Step], Any]) -> Any:
    """Return what a flow reports, without waiting for anything but `exchange`."""
    step: Step | Done = next(steps)
    while isinstance(step, Step):
        step = advance(name, steps, exchange(step))
    return step.report


def advance(name: str, steps: Steps, reply: Any) -> Step | Done:
    """Return what follows a reply. Raises Malformed when it cannot be read."""
    try:
        return steps.send(reply)
    except StopIteration as end:
        return Done(end.value)
    except NotExpressible:
        raise
    except (ArithmeticError, KeyError, ValueError) as error:
        raise Malformed(f"{name} answered what cannot be read: {error}") from error
