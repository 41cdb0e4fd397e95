"""
The call: the server's path run backwards, the same for every venue.

    to_wire -> encode -> sign -> send -> decode -> from_wire

An operation that takes several requests is a flow of the venue's, any other is a flow of one.
"""

from collections.abc import Generator
from functools import partial
from typing import Any

from msgspec.structs import replace

from countermand.client.flow import run
from countermand.client.transport import Transport
from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route
from countermand.wire.venue import Credential, Flow, Step, Venue

# From here on a status says that nothing, or not this, was done.
_NOT_SUCCESS = 300


async def call(
    venue: Venue,
    operation: Operation,
    asked: Any,
    *,
    context: Context,
    credential: Credential | None,
    transport: Transport,
) -> Any:
    """
    Send a command or query to a venue and return the report it answers with.

    Units:  `context.now_ns` is the time the request is signed at.
    Raises: NotExpressible before anything is sent; a WireError for a venue's refusal; whatever the
            transport raises, after which the outcome of a command is unknown; Malformed for a
            response nobody can read, after which it is unknown too.
    """
    flow = venue.flows.get(operation) or _single(venue, operation)
    exchange = partial(_exchange, venue, context, credential, transport)
    return await run(venue.name, flow(asked, credential, context), exchange)


def _single(venue: Venue, operation: Operation) -> Flow:
    square = _route(venue, operation).square
    to_wire, from_wire = square.request_to_wire, square.reply_from_wire
    if to_wire is None or from_wire is None:
        raise NotExpressible(f"{operation.value} is not called by this client")

    def flow(
        asked: Any, credential: Credential | None, context: Context
    ) -> Generator[Step, Any, Any]:
        message = to_wire(asked, context)
        reply = yield Step(operation, message)
        return from_wire(reply, replace(context, message=message))

    return flow


async def _exchange(
    venue: Venue, context: Context, credential: Credential | None, transport: Transport, step: Step
) -> Any:
    route = _route(venue, step.operation)
    request = codec.encode_request(route, step.message)
    if route.access is not Access.PUBLIC and credential is not None:
        request = venue.auth.sign(request, credential, context.now_ns)
    response = await transport.send(request)
    if response.status >= _NOT_SUCCESS:
        raise venue.errors.interpret(response)
    return codec.decode_reply(route, response)


def _route(venue: Venue, operation: Operation) -> Route:
    try:
        return venue.routes.of(operation)
    except KeyError:
        raise NotExpressible(f"{venue.name} has no {operation.value}") from None
