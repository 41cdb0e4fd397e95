"""
The call: the server's path run backwards, the same for every venue.

    to_wire -> encode -> sign -> send -> decode -> from_wire
"""

from typing import Any

from msgspec.structs import replace

from countermand.client.transport import Transport
from countermand.wire import codec
from countermand.wire.context import Context
from countermand.wire.errors import Malformed, NotExpressible
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Route
from countermand.wire.venue import Credential, Venue

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
    route = _route(venue, operation)
    to_wire, from_wire = route.square.request_to_wire, route.square.reply_from_wire
    if to_wire is None or from_wire is None:
        raise NotExpressible(f"{operation.value} is not called by this client")
    message = to_wire(asked, context)
    request = codec.encode_request(route, message)
    if route.access is not Access.PUBLIC and credential is not None:
        request = venue.auth.sign(request, credential, context.now_ns)
    response = await transport.send(request)
    if response.status >= _NOT_SUCCESS:
        raise venue.errors.interpret(response)
    reply = codec.decode_reply(route, response)
    try:
        return from_wire(reply, replace(context, message=message))
    except (ArithmeticError, KeyError, ValueError) as error:
        raise Malformed(f"{venue.name} answered what nobody can read: {error}") from error


def _route(venue: Venue, operation: Operation) -> Route:
    try:
        return venue.routes.of(operation)
    except KeyError:
        raise NotExpressible(f"{venue.name} has no {operation.value}") from None
