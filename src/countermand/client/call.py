"""
The call: the server's path run backwards, the same for every venue.

    ask -> encode -> check -> sign -> send -> decode -> read

An operation that takes several requests is a flow of the venue's, any other is a flow of one.
"""

from collections.abc import Generator
from functools import partial
from typing import Any

from countermand.client.express import check_expressible
from countermand.client.flow import run
from countermand.client.transport import Transport
from countermand.wire import codec
from countermand.wire.conversation import AnyContext, Flow, Step
from countermand.wire.credential import Credential
from countermand.wire.errors import NotExpressible
from countermand.wire.flows import reading
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route
from countermand.wire.venue import Venue

# From here on a status says that nothing, or not this, was done.
_NOT_SUCCESS = 300


async def call(
    venue: Venue,
    operation: Operation,
    asked: Any,
    *,
    context: AnyContext,
    credential: Credential | None,
    transport: Transport,
) -> Any:
    """
    Send a command or query to a venue and return the report it answers with.

    Units:  `context.now_ns` is the time the request is signed at.
    Raises: NotExpressible before anything is sent; a WireError for a venue's refusal; what the
            transport raises, after which the outcome of a command is unknown; Malformed for a
            response that cannot be read, after which it is unknown too.
    """
    flow = venue.flows.get(operation) or single(venue, operation)
    exchange = partial(_exchange, venue, context, credential, transport)
    return await run(venue.name, flow(asked, credential, context), exchange)


def single(venue: Venue, operation: Operation) -> Flow:
    """Return the flow of one request. Raises NotExpressible for what our client does not call."""
    op = _route(venue, operation).op
    ask, read = op.ask, op.read
    if ask is None or read is None:
        why = venue.client.lacks.get(operation, "") if venue.client else ""
        raise NotExpressible(why or f"{operation.value} is not called by this client")

    def flow(
        asked: Any, credential: Credential | None, context: AnyContext
    ) -> Generator[Step, Any, Any]:
        message = ask(asked, context)
        reply = yield Step(operation, message, says=asked)
        # A venue may have more markets than a client learns of at first.
        learn = venue.client.learn_market if venue.client else None
        told = partial(read, reply, message, context)
        return (yield from reading(told, learn, credential, context))

    return flow


def prepared(
    venue: Venue,
    step: Step,
    context: AnyContext,
    credential: Credential | None,
    host: str = "",
) -> tuple[Route, Any]:
    """
    Return the row and the signed request of a step, to be sent to `host` if it is known.

    Raises: NotExpressible.
    """
    route = _route(venue, step.operation)
    request, credential = codec.encode_request(route, step.message), step.credential or credential
    if host:
        request = request.with_headers((b"host", host.encode()))
    if step.says is not None:
        check_expressible(venue, request, step.says, context)
    if route.access is not Access.PUBLIC and credential is not None:
        request = venue.auth.sign(request, credential, context.now_ns)
    return route, request


async def _exchange(
    venue: Venue,
    context: AnyContext,
    credential: Credential | None,
    transport: Transport,
    step: Step,
) -> Any:
    route, request = prepared(venue, step, context, credential)
    response = await transport.send(request)
    if response.status >= _NOT_SUCCESS:
        raise venue.refusals.interpret(response)
    return codec.decode_reply(route, response)


def _route(venue: Venue, operation: Operation) -> Route:
    try:
        return venue.routes.of(operation)
    except KeyError:
        raise NotExpressible(f"{venue.name} has no {operation.value}") from None
