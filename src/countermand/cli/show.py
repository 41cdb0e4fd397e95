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
from countermand.engine.used_up import UsedUp
from countermand.venues import VENUES
from countermand.vocabulary.events import TimeAdvanced
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

    As text, those that only use up numbers are one line and count as one. Raises: JournalError.
    """
    wanted.read_order()
    count = 0
    with peek(directory) as seen, progress.shown() as bars:
        outcomes = Outcomes(seen, directory, from_seq, bars.tell)
        names = Names(outcomes.names)
        chosen = _chosen(outcomes, names, wanted)
        if not as_json:
            count, last_seq = _tell(_runs(chosen, UsedUp(seen)), limit, names, bars)
            if count == limit and (more := _more(max(last_seq, from_seq - 1), seen.head, wanted)):
                typer.echo(more)
            return count
        for outcome in islice(chosen, limit):
            count += 1
            bars.hide()
            told = msgspec.json.encode(telling.value(outcome, names)).decode()
            sys.stdout.write(told + "\n")
    return count


def _chosen(outcomes: Outcomes, names: Names, wanted: Wanted) -> Iterator[Outcome]:
    for outcome in outcomes:
        names.learn(outcome.events or ())
        if wanted.has(outcome, names):
            yield outcome


def _runs(chosen: Iterator[Outcome], used_up: UsedUp) -> Iterator[tuple[Outcome, int]]:
    # Each entry with its number; those that only use up numbers as one, with the last of them.
    run: tuple[Outcome, int] | None = None
    for outcome in chosen:
        seq = outcome.entry.seq
        if used_up.has(outcome.entry) and _is_bare(outcome):
            run = (run[0] if run else outcome, seq)
            continue
        if run is not None:
            yield run
            run = None
        yield outcome, seq
    if run is not None:
        yield run


def _is_bare(outcome: Outcome) -> bool:
    # The first of them has the time of the start: what was due by then ended with it.
    return all(isinstance(event, TimeAdvanced) for event in outcome.events or ())


def _tell(
    runs: Iterator[tuple[Outcome, int]],
    limit: int,
    names: Names,
    bars: progress.Bars | progress.Hidden,
) -> tuple[int, int]:
    # How many were told, and the last number of them.
    count = last_seq = 0
    for outcome, last_seq in islice(runs, limit):
        count += 1
        bars.hide()
        first_seq = outcome.entry.seq
        if last_seq == first_seq:
            typer.echo("\n".join(telling.lines(outcome, names)))
        else:
            typer.echo(
                f"{first_seq} to {last_seq}: {last_seq + 1 - first_seq:,} entries that only use up "
                "numbers, after a stop that was not clean"
            )
    return count, last_seq


def _more(last_seq: int, head: int, wanted: Wanted) -> str:
    if last_seq >= head:
        return ""
    how = f"--from {last_seq + 1} goes on there, --limit says how many"
    if wanted.order or wanted.venue:
        return f"the entries {last_seq + 1} to {head} were not looked at: {how}"
    return f"{head - last_seq:,} more, up to {head}: {how}"
