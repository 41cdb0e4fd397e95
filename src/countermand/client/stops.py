"""Stops: which orders protect a position, and whether a venue can tell them from others."""

from __future__ import annotations

from collections.abc import Iterable

from countermand.client.session import Session
from countermand.vocabulary.order import OrderTerms
from countermand.vocabulary.reports import OrderReport
from countermand.wire.order_kinds import STOPS, is_against


def is_stop(terms: OrderTerms) -> bool:
    """Whether an order sleeps, or slept, until the market moves against it."""
    return terms.trigger is not None and is_against(terms.trigger, terms.side)


def can_tell(session: Session) -> bool:
    """Whether the venue has stops, so that an order it shows is known to be one or none."""
    return bool(STOPS & session.end.kinds)


def protective(listed: Iterable[OrderReport]) -> tuple[OrderReport, ...]:
    """
    Return the stops, and what ends with one: an order of its list on its side.

    Where two act on each other they are of one side; what lets a stop in is of the other.
    """
    every = tuple(listed)
    lists = {_place(one.terms) for one in every if is_stop(one.terms)} - {None}
    return tuple(one for one in every if is_stop(one.terms) or _place(one.terms) in lists)


def _place(terms: OrderTerms) -> tuple[int, int] | None:
    return (terms.link.list_id, terms.side) if terms.link and terms.link.list_id else None
