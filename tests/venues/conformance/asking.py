"""Asking: what our client sends first for a question, be it by one request or by a flow."""

from __future__ import annotations

from typing import Any

from tests.venues.desk import Desk

from countermand.vocabulary.commands import StageOrder
from countermand.wire.operation import Operation
from countermand.wire.route import Route


def asks(desk: Desk, operation: Operation) -> bool:
    """Return whether our client can ask for an operation at all."""
    rows = [row for row in desk.venue.routes.rows if row.operation is operation]
    return operation in desk.venue.flows or any(row.square.request_to_wire for row in rows)


def first_request(desk: Desk, operation: Operation, question: Any) -> tuple[Route, Any]:
    """Return the row and the message of the first request. Raises NotExpressible."""
    routes, ctx = desk.venue.routes, desk.context()
    if (flow := desk.venue.flows.get(operation)) is not None:
        step = next(flow(question, desk.credential(), ctx))
        return routes.of(step.operation), step.message
    route = routes.of(operation)
    assert route.square.request_to_wire is not None
    return route, route.square.request_to_wire(question, ctx)


def arrived(command: Any) -> Any:
    """Return what was asked for out of what arrived: an order that is staged first is an order."""
    return command.order if isinstance(command, StageOrder) else command
