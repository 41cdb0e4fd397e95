"""The front of a port: what it answers itself, and what it adds to answers."""

from __future__ import annotations

import pytest

from countermand.server.front import for_browsers, negotiating
from countermand.server.ports import Answer, Begin
from countermand.wire.http import Request, Response

PRODUCED = (b"application/json", b"text/json")


def told(begin: Begin, request: Request) -> Response:
    """The answer of a layer that answers at once."""
    answers: list[Response] = []
    begin(request, answers.append)
    [answer] = answers
    return answer


def always(response: Response) -> Begin:
    """A venue that always answers this."""

    def begin(request: Request, answer: Answer) -> None:
        answer(response)

    return begin


@pytest.mark.parametrize("status", [200, 401, 503])
def test_all_json_is_relabeled(status: int) -> None:
    """Refusals are in the type that was asked for too."""
    begin = negotiating(always(Response(status, b"{}")), PRODUCED)

    assert (
        b"text/json" == told(begin, Request("GET", b"/", b"", _accept(b"text/json"))).content_type
    )


def test_other_types_stay_as_they_are() -> None:
    """Text stays text, and no body has no type."""
    for kind in (b"text/plain", b""):
        begin = negotiating(always(Response(200, b"", kind)), PRODUCED)

        assert kind == told(begin, Request("GET", b"/", b"", _accept(b"text/json"))).content_type


def _accept(value: bytes) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"accept", value),)


@pytest.mark.parametrize(
    ("origin", "is_listed"),
    [
        (b"http://localhost:3000", True),
        (b"https://app.example", True),
        (b"https://app.example:444", False),
        (b"http://app.example", False),
        (b"http://localhost.evil.example:3000", False),
        (b"null", False),
    ],
)
def test_origins(origin: bytes, is_listed: bool) -> None:
    """An origin is listed as it is, or for all of its ports."""
    begin = for_browsers(always(Response(200)), ("http://localhost:*", "https://app.example"))
    answer = told(begin, Request("GET", b"/", b"", ((b"origin", origin),)))

    assert is_listed == ((b"access-control-allow-origin", origin) in answer.headers)
    assert is_listed == ((b"vary", b"origin") in answer.headers)


def test_any_origin() -> None:
    """A star lists all."""
    begin = for_browsers(always(Response(200)), ("*",))
    answer = told(begin, Request("GET", b"/", b"", ((b"origin", b"https://any.example"),)))

    assert (b"access-control-allow-origin", b"https://any.example") in answer.headers


def test_options_without_a_question_are_the_venues() -> None:
    """Only a browser's preflight is answered before the venue is asked."""
    begin = for_browsers(always(Response(405)), ("*",))
    answer = told(begin, Request("OPTIONS", b"/", b"", ((b"origin", b"https://any.example"),)))

    assert 405 == answer.status
