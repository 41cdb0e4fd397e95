"""C01: four corners each, and a trip over the wire changes nothing the wire can say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.venues.conformance.asking import Trip, asks, first_ask
from tests.venues.conformance.cases import answers, asked, found_for, reports_in, told
from tests.venues.conformance.losses import losses
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
SAY_SO = "give its Op an ask and a read, or name it in LOSSES.lacks"
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def over_the_wire(desk: Desk, operation: Operation, question: Any) -> Any:
    """Return what the server makes of a question our client asked."""
    try:
        return first_ask(desk, operation, question, found_for(desk, question))
    except NotExpressible:
        assume(False)


def is_asked(desk: Desk, operation: Operation) -> bool:
    """Return whether our client asks for it: a declared lack is one, and nothing else is."""
    is_there, is_lacking = asks(desk, operation), operation in losses(desk).lacks
    name, what = desk.venue.name, operation.value
    assert is_there or is_lacking, f"{name}: our client cannot ask for {what}; {SAY_SO}"
    assert not (is_there and is_lacking), f"{name}: {what} is declared lacking and is there"
    if is_lacking:
        pytest.skip(f"{name} declares that our client cannot ask for {what}")
    return is_there


@pytest.mark.parametrize("operation", SQUARES)
@given(data=st.data())
@OFTEN
def test_request(desk: Desk, operation: Operation, data: st.DataObject) -> None:
    """What arrives is what was asked; asked again in the server's words it stays that."""
    if not is_asked(desk, operation):
        return
    question = data.draw(asked(desk)[operation])
    arrived = over_the_wire(desk, operation, question)
    again = over_the_wire(desk, operation, arrived)

    assert type(arrived) is type(question)
    assert again == arrived
    if isinstance(question, NewOrder):
        assert replace(arrived, expire_ns=question.expire_ns) == question
    elif not hasattr(question, "cl_ord_id") or isinstance(question, ReplaceOrder):
        assert replace(arrived, **named(question)) == question


def named(question: Any) -> dict[str, Any]:
    """Return the client id of a question; an id in a path also arrives as a possible client id."""
    return {"cl_ord_id": question.cl_ord_id} if hasattr(question, "cl_ord_id") else {}


@pytest.mark.parametrize("operation", SQUARES)
@given(data=st.data())
@OFTEN
def test_reply(desk: Desk, operation: Operation, data: st.DataObject) -> None:
    """What the client reads is what the exchange reported; written again it is the same bytes."""
    if not is_asked(desk, operation):
        return
    question = data.draw(asked(desk)[operation])
    over_the_wire(desk, operation, question)
    trip = Trip(desk, operation, question, found_for(desk, question))
    answer = data.draw(answers(desk)[operation](question))
    if losses(desk).refuses_nothing and operation is Operation.MASS_CANCEL and not answer.orders:
        with pytest.raises(CancelRefused):
            trip.read(answer)
        return
    read, raw = trip.read(answer)

    expected = tuple(filter(losses(desk).shows, reports_in(answer, operation)))
    if isinstance(read, Acknowledged):
        if read.cl_ord_ids:
            assert tuple(report.cl_ord_id for report in expected) == read.cl_ord_ids
        else:
            assert acknowledged(question, expected) == read.order_ids
        return
    read = reports_in(read, operation)
    untold = losses(desk).untold.get(operation, frozenset())

    assert [told(report, untold) for report in expected] == [told(one, untold) for one in read]
    filled = tuple(
        replace(one, **{name: getattr(report, name) for name in untold})
        for one, report in zip(read, expected, strict=True)
    )
    assert raw == trip.read(rebuilt(answer, filled))[1]


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
