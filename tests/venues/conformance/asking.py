"""
Asking: our client's flow against the server's conversation, over bytes, with a scripted exchange.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from msgspec.structs import replace
from tests.venues.conformance.losses import losses
from tests.venues.desk import START_NS, Desk

from countermand.client.call import prepared, single
from countermand.vocabulary.commands import NewOrder, StageOrder, SubmitOrder
from countermand.vocabulary.events import OrderStaged
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import Standing
from countermand.vocabulary.queries import GetOrder
from countermand.vocabulary.receipt import Receipt
from countermand.vocabulary.reports import OrderReport
from countermand.wire import codec
from countermand.wire.conversation import Step, WaitForClose
from countermand.wire.http import Response
from countermand.wire.operation import Operation
from countermand.wire.route import Route

SAY_SO = "give its Op an ask and a read, or name it in LOSSES.lacks"
GIVEN = "give it words, or say in LOSSES.given what every order is"

_STAGED, _LATER_NS = OrderId(7), START_NS + 10**12


def asks(desk: Desk, operation: Operation) -> bool:
    """Return whether our client can ask for an operation at all."""
    rows = [row for row in desk.venue.routes.rows if row.operation is operation]
    return operation in desk.venue.flows or any(row.op.ask for row in rows)


def check_asks(desk: Desk, operation: Operation) -> None:
    """See that our client can ask for an operation."""
    name, what = desk.venue.name, operation.value
    assert asks(desk, operation), f"{name}: our client cannot ask for {what}; {SAY_SO}"


def skip_lacking(desk: Desk, operation: Operation) -> None:
    """Skip what is declared lacking; nothing else excuses that our client cannot ask for it."""
    name, what = desk.venue.name, operation.value
    if operation not in losses(desk).lacks:
        check_asks(desk, operation)
        return
    assert not asks(desk, operation), f"{name}: {what} is there; take it from LOSSES.lacks"
    pytest.skip(f"{name} declares that our client cannot ask for {what}")


def client(desk: Desk, operation: Operation, question: Any) -> Generator[Step, Any, Any]:
    """Return our client's flow for a question."""
    flow = desk.venue.flows.get(operation) or single(desk.venue, operation)
    return flow(question, desk.credential(), desk.context())


def first_request(desk: Desk, operation: Operation, question: Any) -> tuple[Route, Any]:
    """Return the row and the message of the first request. Raises NotExpressible."""
    step = next(client(desk, operation, question))
    return _row(desk, step), step.message


def _row(desk: Desk, step: Step) -> Route:
    # As our client does it: what the request would not say is found out before it is sent.
    return prepared(desk.venue, step, desk.context(), None)[0]


def served(desk: Desk, route: Route, message: Any) -> Generator[Any, Any, Any]:
    """Return the server's conversation about a message that went over the wire."""
    request = codec.encode_request(route, message)
    matched, params = desk.venue.routes.match(request.method, request.path)
    assert matched is route
    principal = desk.venue.auth.principal(desk.credential())
    ctx = replace(desk.context(), principal=principal)
    return route.op.serve(codec.decode_request(route, request, params), ctx)


def first_ask(desk: Desk, operation: Operation, question: Any, found: Any) -> Any:
    """
    Return the first ask of the question's kind that the server comes to; an order that is staged
    first is an order. `found` answers the queries before it.
    """
    steps = client(desk, operation, question)
    step = next(steps)
    while True:
        route = _row(desk, step)
        conversation = served(desk, route, step.message)
        try:
            ask = next(conversation)
            while True:
                meant = ask.order if isinstance(ask, StageOrder) else ask
                if type(meant) is type(question):
                    return meant
                ask = conversation.send(
                    found if isinstance(ask, GetOrder) else scripted(desk, question, ask, None)
                )
        except StopIteration as end:
            reply = codec.decode_reply(route, Response(200, codec.encode(end.value)))
        step = steps.send(reply)


def scripted(desk: Desk, question: Any, ask: Any, answer: Any) -> Any:
    """Return what the exchange says to what is asked beside the question itself."""
    match ask:
        case StageOrder(order=order):
            staged = OrderStaged(_staged(order), keep_rejected=order.keep_rejected)
            return Receipt(1, START_NS, (staged,), ())
        case GetOrder(order_id=order_id) if order_id == _STAGED and isinstance(question, NewOrder):
            return _staged(question)
        case GetOrder() if isinstance(answer, Receipt):
            return next((o for o in answer.orders if o.order_id == ask.order_id), None)
        case WaitForClose():
            return None
    return desk.engine.view(ask)


def _staged(order: NewOrder) -> OrderReport:
    names = (_STAGED, order.account_id, order.instrument_id, order.cl_ord_id)
    times = {"submit_ns": START_NS, "transact_ns": START_NS, "due_ns": _LATER_NS}
    return OrderReport(*names, order.terms, Standing.STAGED, **times)


class Trip:
    """A question and its answer over the wire; `found` answers the queries before the question."""

    def __init__(self, desk: Desk, operation: Operation, question: Any, found: Any) -> None:
        self._desk, self._operation = desk, operation
        self._question, self._found = question, found

    def read(self, answer: Any) -> tuple[Any, bytes]:
        """Return what the client reads of an answer, and the last reply's bytes."""
        steps, raw = client(self._desk, self._operation, self._question), b""
        step = next(steps)
        while True:
            route = self._desk.venue.routes.of(step.operation)
            raw = codec.encode(self._reply(served(self._desk, route, step.message), answer))
            try:
                step = steps.send(codec.decode_reply(route, Response(200, raw)))
            except StopIteration as end:
                return end.value, raw

    def _reply(self, conversation: Generator[Any, Any, Any], answer: Any) -> Any:
        told, ask = False, next(conversation)
        try:
            while True:
                if not told and self._is_meant(ask):
                    told, said = True, answer
                elif not told and isinstance(ask, GetOrder) and ask.order_id != _STAGED:
                    said = self._found
                else:
                    said = scripted(self._desk, self._question, ask, answer)
                ask = conversation.send(said)
        except StopIteration as end:
            return end.value

    def _is_meant(self, ask: Any) -> bool:
        placed = isinstance(self._question, NewOrder) and isinstance(ask, SubmitOrder)
        return type(ask) is type(self._question) or placed
