"""C01: four corners each, and a trip over the wire changes nothing the wire can say."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from msgspec.structs import replace
from tests.venues.conformance.asking import GIVEN, Trip, first_ask, skip_lacking
from tests.venues.conformance.cases import amounts, answers, asked, found_for, reports_in, told
from tests.venues.conformance.losses import losses
from tests.venues.conformance.terms import changed, field
from tests.venues.desk import Desk

from countermand.vocabulary.commands import NewOrder, ReplaceOrder
from countermand.wire.errors import CancelRefused, NotExpressible
from countermand.wire.operation import Operation
from countermand.wire.receipts import Acknowledged

# The operations every client needs; a venue that lacks one declares the missing capability.
SQUARES = (
    Operation.PLACE_ORDER,
    Operation.GET_ORDER,
    Operation.LIST_ORDERS,
    Operation.REPLACE_ORDER,
    Operation.CANCEL_ORDER,
    Operation.MASS_CANCEL,
    Operation.LIST_INSTRUMENTS,
    Operation.GET_QUOTE,
    Operation.LIST_ACCOUNTS,
    Operation.LIST_BALANCES,
    Operation.LIST_POSITIONS,
    Operation.LIST_FILLS,
)
# How many questions are asked; so many must be said, or one of so many that are tried.
QUESTIONS, SAID, ONE_OF = 25, 8, 6
LOST = "tell all of it in the reply and read it back, or name the fields in LOSSES.untold"
MADE_UP = "read as 0 what the reply does not tell, or name it in LOSSES.rounded"
OFTEN = settings(max_examples=QUESTIONS, deadline=None, suppress_health_check=list(HealthCheck))


def over_the_wire(desk: Desk, operation: Operation, question: Any, unsaid: set[str]) -> Any:
    """Return what the server makes of a question our client asked, or keep why it cannot."""
    try:
        return first_ask(desk, operation, question, found_for(desk, question))
    except NotExpressible as why:
        unsaid.add(str(why))
        assume(False)


def each(desk: Desk, operation: Operation, check: Callable[[Any, st.DataObject], None]) -> None:
    """
    Check what can be asked, question by question; one that the venue has no words for is another.

    A venue that has words for hardly any would pass by saying nothing.
    """
    skip_lacking(desk, operation)
    if operation in losses(desk).pieced:
        pytest.skip(f"{desk.venue.name} declares that {operation.value} is put together")
    tried = said = 0
    unsaid: set[str] = set()

    @given(data=st.data())
    @OFTEN
    def ask(data: st.DataObject) -> None:
        nonlocal tried, said
        question = data.draw(asked(desk)[operation])
        tried += 1
        over_the_wire(desk, operation, question, unsaid)
        said += 1
        check(question, data)

    with suppress(Unsatisfiable):
        ask()
    is_enough = said >= SAID or said * ONE_OF >= max(tried, 1)
    assert is_enough, (
        f"{desk.venue.name} says {said} of {tried} {operation.value}: what cannot be said is "
        f"{sorted(unsaid) or 'any order that could be reported'}; {GIVEN}"
    )


@pytest.mark.parametrize("operation", SQUARES)
def test_request(desk: Desk, operation: Operation) -> None:
    """The server decodes the command that was encoded, and its own encoding decodes to the same."""

    def check(question: Any, data: st.DataObject) -> None:
        arrived = over_the_wire(desk, operation, question, set())
        again = over_the_wire(desk, operation, arrived, set())

        assert type(arrived) is type(question)
        assert again == arrived
        if isinstance(question, NewOrder):
            assert changed(arrived, expire_ns=question.terms.expire_ns) == question
        elif not hasattr(question, "cl_ord_id") or isinstance(question, ReplaceOrder):
            assert replace(arrived, **named(question)) == question

    each(desk, operation, check)


def named(question: Any) -> dict[str, Any]:
    """Return the client id of a question; an id in a path also arrives as a possible client id."""
    return {"cl_ord_id": question.cl_ord_id} if hasattr(question, "cl_ord_id") else {}


@pytest.mark.parametrize("operation", SQUARES)
def test_reply(desk: Desk, operation: Operation) -> None:
    """
    The client decodes the report that was encoded, and encoding it again gives the same bytes.
    """

    def check(question: Any, data: st.DataObject) -> None:
        trip = Trip(desk, operation, question, found_for(desk, question))
        answer = data.draw(answers(desk)[operation](question))
        finds_none = operation is Operation.MASS_CANCEL and not answer.orders
        if losses(desk).refuses_nothing and finds_none:
            with pytest.raises(CancelRefused, match="unknown order"):
                trip.read(answer)
            return
        read, raw = trip.read(answer)
        expected = tuple(filter(losses(desk).shows, reports_in(answer, operation)))
        if isinstance(read, Acknowledged):
            check_acknowledged(read, question, expected)
            return
        reread = check_told(desk, operation, reports_in(read, operation), expected)
        assert raw == trip.read(rebuilt(answer, reread))[1]

    each(desk, operation, check)


def check_acknowledged(read: Acknowledged, question: Any, expected: tuple[Any, ...]) -> None:
    """See that an answer names the orders it is about, by their names or their ids."""
    if read.cl_ord_ids:
        assert tuple(report.cl_ord_id for report in expected) == read.cl_ord_ids
    else:
        assert acknowledged(question, expected) == read.order_ids


def check_told(
    desk: Desk, operation: Operation, read: tuple[Any, ...], expected: tuple[Any, ...]
) -> tuple[Any, ...]:
    """
    See that everything told arrived, and return what was read with what is not told put back.
    """
    declared = losses(desk)
    rounded = declared.rounded.get(operation, frozenset())
    untold = declared.untold.get(operation, frozenset()) | rounded

    where = f"{desk.venue.name} {operation.value}"
    assert [told(report, untold) for report in expected] == [told(one, untold) for one in read], (
        f"{where}: {LOST}"
    )
    for one, report in zip(read, expected, strict=True):
        made_up = {name: got for name, got in amounts(one).items() if got and name not in rounded}
        assert {name: field(report, name) for name in made_up} == made_up, f"{where}: {MADE_UP}"
    return tuple(
        changed(one, **{name: field(report, name) for name in untold})
        for one, report in zip(read, expected, strict=True)
    )


def acknowledged(question: Any, expected: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the orders an answer is about that says no more than that: those asked for, or new."""
    if hasattr(question, "order_id"):
        return (question.order_id,)
    return tuple(report.order_id for report in expected)


def rebuilt(answer: Any, read: tuple[Any, ...]) -> Any:
    """Return the answer with what the client read in place of what was reported."""
    match type(answer).__name__:
        case "Receipt" | "OrderPage":
            return replace(answer, orders=read)
        case "AccountSummary":
            return replace(answer, **{_part(read): read}) if read else answer
        case "ReferenceData":
            return replace(answer, accounts=read)
        case "tuple":
            return read
        case _:
            return read[0]


def _part(read: tuple[Any, ...]) -> str:
    return "balances" if hasattr(read[0], "total_minor") else "positions"
