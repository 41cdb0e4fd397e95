"""The decision: what follows from a command, and what an event brings about in turn."""

from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from countermand.core.state import State
from countermand.vocabulary.events import Event
from countermand.vocabulary.ids import OrderId


class Decision(Struct, gc=False):
    """
    The events that a command comes to, none of them true yet.

    `subjects` are the orders the command was about, not those it meets on its way, in the order in
    which they are answered for.
    """

    events: list[Event]
    subjects: tuple[OrderId, ...] = ()


# What is asked of an event that is true, and yields in batches what it brings about; see
# `reactions.py`.
Reaction = Callable[[State, Any], Iterable[list[Event]]]
