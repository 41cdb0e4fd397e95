"""`countermand journal show`: what was asked of an exchange, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import typer
from msgspec import Struct

from countermand.cli import progress, telling
from countermand.cli.people import Names
from countermand.engine.outcomes import Outcome, Outcomes
from countermand.engine.peek import peek
from countermand.venues import VENUES
from countermand.vocabulary.reports import OrderReport


class Wanted(Struct):
    """
    The records to show. `order` is an order's number, its venue's id of it, or a client's.

    `order_ids` are the numbers that `order` is known to mean, by venue; empty is any venue.
    """

    order: str = ""
    venue: str = ""
    order_ids: set[tuple[str, int]] = set()

    def read_order(self) -> None:
        """Work out which numbers the order's text can mean."""
        if self.order.isascii() and self.order.isdecimal():
            self.order_ids.add(("", int(self.order)))
        for name in (self.venue,) if self.venue else tuple(VENUES):
            if self.order and name in VENUES and (number := VENUES[name].parse_order(self.order)):
                self.order_ids.add((name, number))

    def has(self, outcome: Outcome, names: Names) -> bool:
        """Return whether an entry is to be shown."""
        about = [outcome.entry.command, *(outcome.events or ())]
        if self.venue and all(names.venue_of(one) != self.venue for one in about):
            return False
        if not self.order:
            return True
        orders = [order for event in outcome.events or () for order in event.orders]
        # All are looked at: a client's own id of an order says which number to go on with.
        found = [self._is_meant(order, names) for order in orders]
        return any(found) or any(self._is_named(one, names) for one in about)

    def _is_meant(self, order: OrderReport, names: Names) -> bool:
        venue = names.venue_of(order)
        if self.order in (order.cl_ord_id, order.terms.secondary_cl_ord_id):
            self.order_ids.add((venue, order.order_id))
        return not self.order_ids.isdisjoint({("", order.order_id), (venue, order.order_id)})

    def _is_named(self, about: Any, names: Names) -> bool:
        # A refusal may have no order to show, and names the orders it was for.
        venue = names.venue_of(about)
        each = (about, *getattr(about, "orders", ()))
        numbers = [getattr(one, "order_id", 0) for one in each]
        return any(("", n) in self.order_ids or (venue, n) in self.order_ids for n in numbers)


def show(directory: Path, from_seq: int, limit: int, wanted: Wanted, *, as_json: bool) -> int:
    """
    Print entries from `from_seq` on, at most `limit`; return how many were.

    Raises: JournalError.
    """
    wanted.read_order()
    count = 0
    with peek(directory) as seen, progress.shown() as bars:
        outcomes = Outcomes(seen, directory, from_seq, bars.tell)
        names = Names(outcomes.names)
        for outcome in islice(_chosen(outcomes, names, wanted), limit):
            count += 1
            bars.hide()
            if as_json:
                told = msgspec.json.encode(telling.value(outcome, names)).decode()
                sys.stdout.write(told + "\n")
            else:
                typer.echo("\n".join(telling.lines(outcome, names)))
    return count


def _chosen(outcomes: Outcomes, names: Names, wanted: Wanted) -> Iterator[Outcome]:
    for outcome in outcomes:
        names.learn(outcome.events or ())
        if wanted.has(outcome, names):
            yield outcome
