"""
Bridge: rows of the former shape as conversations, until every venue has its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from countermand.vocabulary.receipt import Receipt
from countermand.wire.conversation import AnyContext, Op, Serving, WaitForClose
from countermand.wire.errors import WireError
from countermand.wire.http import Request, Response
from countermand.wire.operation import Access, Operation
from countermand.wire.route import Form, Route

_WITH_BODY = ("POST", "PUT", "PATCH")


class Square(Struct, frozen=True):
    """The four corners of a row."""

    request_from_wire: Callable[[Any, Any], Any]
    reply_to_wire: Callable[[Any, Any], Any]
    request_to_wire: Callable[[Any, Any], Any] | None = None
    reply_from_wire: Callable[[Any, Any], Any] | None = None


def op(messages: Any, square: Square, find: Any = None, then: Any = None, linger: Any = None) -> Op:
    """Return a row's corners as a conversation."""

    def asked(queries: Any) -> Serving[Any]:
        if not isinstance(queries, tuple):
            return (yield queries)
        found: list[Any] = []
        for query in queries:
            answer = yield query
            found.append(answer)
        return tuple(found)

    def serve(message: Any, ctx: AnyContext) -> Serving[Any]:
        ctx = replace(ctx, message=message)
        if find is not None:
            ctx = replace(ctx, found=(yield from asked(find(message, ctx))))
        result = yield square.request_from_wire(message, ctx)
        if linger is not None and isinstance(result, Receipt):
            for order in result.orders:
                if order.is_open:
                    yield WaitForClose(order.account_id, order.order_id, linger(message, ctx))
        if then is not None:
            ctx = replace(ctx, found=(yield from asked(then(result, ctx))))
        return square.reply_to_wire(result, ctx)

    read = square.reply_from_wire
    request, answer = messages
    return Op(
        request,
        answer,
        serve,
        square.request_to_wire,
        None if read is None else lambda reply, m, ctx: read(reply, replace(ctx, message=m)),
    )


_FORM = {
    "body": "body",
    "tidy": "normalize",
    "decimal_numbers": "decimal_numbers",
    "repeats": "repeats",
}


def old_route(
    operation: Operation,
    method: str,
    path: str,
    access: Access,
    request: Any,
    reply: Any,
    square: Square,
    source: str,
    **fields: Any,
) -> Route:
    """As the former `Route`."""
    conversation = {name: fields.pop(name, None) for name in ("find", "then", "linger")}
    form = Form(**{ours: fields.pop(name) for name, ours in _FORM.items() if name in fields})
    made = op((request, reply), square, **conversation)
    return Route(operation, method, path, access, made, source, form, **fields)


def rows_at(
    prefix: str, source: str, *, posting: Any = None, **always: Any
) -> Callable[..., Route]:
    """As the former `rows_at`."""

    def row(
        operation: Operation,
        access: Access,
        line: str,
        messages: tuple[Any, Any],
        square: Square,
        section: str,
        **more: Any,
    ) -> Route:
        method, path = line.split()
        body = method in _WITH_BODY
        fields = {"body": body, **always, **(posting or {} if body else {}), **more}
        return old_route(
            operation, method, prefix + path, access, *messages, square, source + section, **fields
        )

    return row


class OldRefusals:
    """A venue's former `errors` with its `worded`."""

    def __init__(self, errors: Any, words: Any = None) -> None:
        self._errors, self._words = errors, words

    def render(self, error: WireError, _: Any = None) -> Response:
        """As the errors do."""
        response: Response = self._errors.render(error)
        return response

    def interpret(self, response: Response) -> WireError:
        """As the errors do."""
        error: WireError = self._errors.interpret(response)
        return error

    def words(self, error: WireError, request: Request, _: Any) -> WireError:
        """As `worded` does."""
        if self._words is None:
            return error
        worded: WireError = self._words(error, request)
        return worded
