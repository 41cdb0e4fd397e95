"""
Losses: what a dialect has no words for, declared next to its tests and held against it here.

A loss that is not declared fails the suite; one that is declared excuses that, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from hypothesis.strategies import SearchStrategy
from msgspec import Struct
from msgspec.structs import replace
from tests.venues.desk import Desk

from countermand.vocabulary.commands import NewOrder
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CancelReason
from countermand.wire.errors import WireError
from countermand.wire.operation import Operation


def _stranger(credential: Any) -> Any:
    return replace(credential, key="nobody")


def _always(report: object) -> bool:
    return True


class Losses(Struct, frozen=True, kw_only=True):
    """
    One venue's.

    Shape: `lacks` operations our client cannot ask for; `pieced` those that it puts together of
           other questions, or whose answers tell part of a report: they are held to C11, not to the
           square; `given` is what every order of the venue
           is, whatever else it is, and `replacing` what every replacement is; `untold` fields of
           what an operation reports do not arrive, and amounts among them are read as 0; `rounded`
           amounts arrive as near as the wire can tell them; `unreached` states no order of the
           venue comes to; orders canceled `otherwise` are told as no canceled ones, which the
           venue's own tests hold it to; `unsigned` parts of a request no signature reaches; `bare`
           refusals are the router's, in plain text, and answers with a status that is `bodiless`
           have none; with `refuses_nothing` a cancel of many that finds none is refused; `stranger`
           makes a key nobody knows of one somebody has.

    Flipping the case of a letter changes nothing in `caseless` headers, and in the first word of
    `schemes`. Where orders go by what their owners call them, `completed` makes a generic order one
    of the venue's, named and all, and `names` are names an order could have. With `lists_all`
    orders are listed open and closed. Of what `shows` is false for, an answer says nothing.
    """

    lacks: frozenset[Operation] = frozenset()
    pieced: frozenset[Operation] = frozenset()
    given: dict[str, Any] = {}
    replacing: dict[str, Any] = {}
    untold: dict[Operation, frozenset[str]] = {}
    rounded: dict[Operation, frozenset[str]] = {}
    unreached: frozenset[OrdStatus] = frozenset()
    otherwise: frozenset[CancelReason] = frozenset()
    unsigned: frozenset[str] = frozenset()
    bare: tuple[type[WireError], ...] = ()
    bodiless: frozenset[int] = frozenset()
    refuses_nothing: bool = False
    stranger: Callable[[Any], Any] = _stranger
    caseless: frozenset[bytes] = frozenset()
    schemes: frozenset[bytes] = frozenset()
    completed: Callable[[Desk, NewOrder], NewOrder] | None = None
    names: SearchStrategy[str] | None = None
    lists_all: bool = False
    shows: Callable[[Any], bool] = _always

    @property
    def has_client_ids(self) -> bool:
        """Whether an order's owner can name it."""
        return "cl_ord_id" not in self.given


def losses(desk: Desk) -> Losses:
    """Return what the desk's venue declares: `LOSSES` in `losses.py` of its tests, or nothing."""
    folder = f"tests.venues.{desk.venue.package.rpartition('.')[2]}"
    if find_spec(folder) is None or find_spec(module := f"{folder}.losses") is None:
        return Losses()
    declared = import_module(module).LOSSES
    assert isinstance(declared, Losses)
    return declared
