"""
Strikes: what each kind of fault does to a request on its way, as a layer around a `begin`.

In process and over a socket alike: what a connection does at its end is said by a `Cut`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from msgspec.structs import replace

from countermand.faults.armed import Armed
from countermand.faults.kinds import Kind
from countermand.server.pipeline import Pipeline
from countermand.server.ports import Answer, Begin, Cut, Ending, Way
from countermand.wire.errors import Internal, Overloaded, RateLimited, WireError
from countermand.wire.http import Request, Response

Layer = Callable[[Armed, Begin, Pipeline], Begin]

# The body in place of one that is none: no JSON parser takes it.
_BROKEN = b'{"'
_NO_CONTENT = 204


def cut_before(way: Way, armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Cut the connection instead of carrying the request out."""
    return lambda _request, answer: answer(Cut(0, way=way))


def cut_after(way: Way, armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Cut the connection instead of bringing the answer."""
    return lambda request, answer: begin(request, lambda _: answer(Cut(0, way=way)))


def truncated(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Bring half of the answer."""

    def halve(response: Response) -> Response:
        return Cut(0, way=Way.TRUNCATED, half=response)

    return _changing(begin, halve)


def broken(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Bring half of the body, with a `Content-Length` that fits that half."""

    def spoil(response: Response) -> Response:
        status = 200 if response.status == _NO_CONTENT else response.status
        body = response.body[: len(response.body) // 2] or _BROKEN
        return Response(status, body, response.content_type or b"application/json")

    return _changing(begin, spoil)


def error_after(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Carry the request out, and answer that something went wrong."""

    def fail(request: Request, answer: Answer) -> None:
        begin(request, lambda _: answer(_refusal(pipeline, request, Internal("internal error"))))

    return fail


def refused(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Answer in the venue's words for a server that cannot; do nothing."""
    error = Overloaded("the exchange is busy")
    if armed.fault.kind is Kind.ERROR_BEFORE:
        return lambda request, answer: answer(
            _refusal(pipeline, request, Internal("internal error"))
        )
    return lambda request, answer: answer(_refusal(pipeline, request, error))


def rate_limited(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Answer that there were too many requests, and when to come back."""
    later = (b"retry-after", b"%d" % armed.fault.retry_after_s)
    error = RateLimited(max(1, pipeline.settings.rate_limit_per_s))

    def turn_away(request: Request, answer: Answer) -> None:
        response = _refusal(pipeline, request, error)
        others = tuple(header for header in response.headers if header[0] != b"retry-after")
        answer(replace(response, headers=(later, *others)))

    return turn_away


def delayed_before(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Let the request arrive late."""

    def wait(request: Request, answer: Answer) -> None:
        asyncio.get_running_loop().call_later(armed.delay_s(), begin, request, answer)

    return wait


def delayed_after(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Let the answer arrive late."""

    def wait(answer: Answer, response: Response) -> None:
        asyncio.get_running_loop().call_later(armed.delay_s(), answer, response)

    return lambda request, answer: begin(request, partial(wait, answer))


def duplicated(armed: Armed, begin: Begin, pipeline: Pipeline) -> Begin:
    """Carry the request out, and once more: a proxy that had no answer sends it again."""
    return lambda request, answer: begin(request, lambda _: begin(request, answer))


LAYERS: dict[Kind, Layer] = {
    Kind.LOST_BEFORE: partial(cut_before, Way.CLOSED),
    Kind.LOST_AFTER: partial(cut_after, Way.CLOSED),
    Kind.RESET_BEFORE: partial(cut_before, Way.RESET),
    Kind.RESET_AFTER: partial(cut_after, Way.RESET),
    Kind.DELAYED_BEFORE: delayed_before,
    Kind.DELAYED_AFTER: delayed_after,
    Kind.DUPLICATED: duplicated,
    Kind.BROKEN: broken,
    Kind.TRUNCATED: truncated,
    Kind.RATE_LIMITED: rate_limited,
    Kind.OVERLOADED: refused,
    Kind.ERROR_BEFORE: refused,
    Kind.ERROR_AFTER: error_after,
}


def _changing(begin: Begin, change: Callable[[Response], Response]) -> Begin:
    # The answer that opens a stream has no body.
    def ask(request: Request, answer: Answer) -> None:
        begin(request, lambda given: answer(given if isinstance(given, Ending) else change(given)))

    return ask


def _refusal(pipeline: Pipeline, request: Request, error: WireError) -> Response:
    return pipeline.turn_away(request, error)
