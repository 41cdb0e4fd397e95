"""Refusals: one table, read both ways."""

from __future__ import annotations

import json
from typing import Any

import pytest

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.wire import errors, refusals
from countermand.wire.context import Settings
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    MissingField,
    NotARequest,
    NotFound,
    OrderRefused,
    Overloaded,
    RateLimited,
    TooLarge,
    Unauthorized,
    Unavailable,
    UnknownField,
    WireError,
)
from countermand.wire.http import Request, Response
from countermand.wire.refusals import Refusals, Row, Said

TOO_LATE = CxlRejReason.TOO_LATE_TO_CANCEL
CANCEL, REPLACE = CxlRejResponseTo


class Plain:
    """An envelope that carries everything as it is."""

    def write(self, said: Said, error: WireError) -> Response:
        """Return it as JSON."""
        words = {"code": said.code, "text": said.text, "title": said.title}
        return Response(said.status, json.dumps(words).encode())

    def read(self, response: Response) -> Said:
        """Return what it carries; a proxy's carries nothing."""
        try:
            return Said(response.status, **json.loads(response.body))
        except ValueError:
            return Said(response.status)


def code_of(reason: RejectReason) -> str:
    """Return the code of a reason."""
    return reason.name


ROWS = [
    *refusals.for_orders(400, code_of, "{code}: {text}", "Order ({code})"),
    Row(CancelRefused, 404, "UNKNOWN", "no order", {"cxl_rej_reason": CxlRejReason.UNKNOWN_ORDER}),
    *refusals.for_too_late(
        409,
        "LATE",
        [(OrdStatus.FILLED, "is filled"), (None, "is done")],
        "Cancel ({text})",
    ),
    *refusals.for_terms(400, code_of, title="Terms ({code})", to=[CANCEL]),
    *refusals.for_terms(422, code_of, title="Terms ({code})", to=[REPLACE]),
    Row(MissingField, 400, "FIELD", "the limit is missing", {"name": "limit"}),
    Row(MissingField, 400, "FIELD", "{name} is missing", title="{name}, {name}"),
    Row(InvalidField, 400, "FIELD", "{text}", title="{text} ({name})"),
    Row(UnknownField, 400, "FIELD", "{name}?"),
    Row(Malformed, 400, "MALFORMED"),
    Row(Unauthorized, 401, title="Unauthorized ({text})"),
    Row(RateLimited, 429, "RATE", "{limit_per_s} a second"),
    *refusals.trouble(internal=Row(Internal, 500, text="a bug")),
]
REFUSALS = Refusals(Plain(), ROWS)


def fields(error: WireError) -> tuple[Any, ...]:
    """Return what an error is made of."""
    return (type(error), *(getattr(error, name) for name in error.FIELDS))


def example(row: Row) -> WireError:
    """Return an error that a row is for."""
    values: dict[str, Any] = {"text": "what is wrong", "name": "price", "limit_per_s": 40}
    if row.kind is CancelRefused:
        values["cxl_rej_reason"] = TOO_LATE
    told = {**values, **row.given}
    return row.kind(**{name: told[name] for name in row.kind.FIELDS if name in told})


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.kind.__name__} {row.code} {row.given}")
def test_every_row_renders_and_reads_back(row: Row) -> None:
    """Each field that the row tells is read back."""
    error = example(row)
    response = REFUSALS.render(error)
    read = REFUSALS.interpret(response)

    assert row.status == response.status
    assert type(error) is type(read)
    for name in row.given or (row.kind.FIELDS if "{" in row.text + row.title else ()):
        assert getattr(error, name) == getattr(read, name)


def test_words_of_a_row() -> None:
    """Templates are filled from the error, the code and the reason."""
    expected = Said(
        400, "ACCOUNT_LOCKED", "ACCOUNT_LOCKED: account may not trade", "Order (ACCOUNT_LOCKED)"
    )

    assert expected == REFUSALS.said(OrderRefused(RejectReason.ACCOUNT_LOCKED))


def test_words_of_a_kind_stand_in_for_its_kinds() -> None:
    """A kind without a row of its own is refused as the kind it is a kind of."""
    assert Said(400, "MALFORMED", "no HTTP") == REFUSALS.said(NotARequest("no HTTP"))


def test_error_that_no_row_is_for() -> None:
    """The error is a bug of the venue, and is named."""
    with pytest.raises(LookupError, match="no words for Forbidden"):
        REFUSALS.said(Forbidden("no"))


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (MissingField("limit"), "the limit is missing"),
        (MissingField("price"), "price is missing"),
        (CancelRefused(TOO_LATE, OrdStatus.FILLED), "is filled"),
        (CancelRefused(TOO_LATE, OrdStatus.EXPIRED), "is done"),
    ],
)
def test_first_row_that_is_for_an_error_says_it(error: WireError, text: str) -> None:
    """A special case stands before the general one."""
    assert text == REFUSALS.said(error).text


def test_first_row_that_fits_counts() -> None:
    """A general row before a special one hides it."""
    general, special = Row(MissingField, 400), Row(MissingField, 400, text="y", given={"name": "y"})
    hidden = Refusals(Plain(), [general, special])
    shown = Refusals(Plain(), [special, general])

    assert ("y is missing", "y") == (
        hidden.said(MissingField("y")).text,
        shown.said(MissingField("y")).text,
    )


def test_first_row_with_the_words_is_what_is_read() -> None:
    """Of two refusals with the same words, the first row is read."""
    rows = [Row(Unauthorized, 401, text="no"), Row(Forbidden, 401, text="no")]
    same = Refusals(Plain(), rows, loses=lambda _: Unauthorized("no"))

    for error in (Unauthorized("no"), Forbidden("no")):
        read = same.interpret(same.render(error))
        assert fields(same.loses(error)) == fields(read)


def test_template_that_repeats_a_hole() -> None:
    """The same words must stand in both places, else it is no refusal of the row's."""
    read = REFUSALS.interpret(REFUSALS.render(MissingField("price")))
    words = {"code": "FIELD", "text": "price is missing", "title": "price, size"}
    other = REFUSALS.interpret(Response(400, json.dumps(words).encode()))

    assert (MissingField, "price") == fields(read)
    assert (Malformed, "price is missing") == fields(other)


@pytest.mark.parametrize("text", ["", "brackets () in it", "lines\nin it", "{braces}", "(a) (b)"])
def test_text_of_a_client_is_no_template(text: str) -> None:
    """Braces in a client's text are repeated, and read back as they were."""
    read = REFUSALS.interpret(REFUSALS.render(InvalidField("side", text)))

    assert (InvalidField, "side", text) == fields(read)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Malformed),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (405, MethodNotAllowed),
        (413, TooLarge),
        (418, Malformed),
        (429, RateLimited),
        (500, Internal),
        (502, Unavailable),
        (504, Unavailable),
    ],
)
def test_words_of_no_venue_mean_what_their_status_says(status: int, kind: type[WireError]) -> None:
    """A proxy speaks no dialect."""
    read = REFUSALS.interpret(Response(status, b"<html>Bad gateway</html>"))

    assert kind is type(read)
    assert read.text == ("0 requests per second allowed" if status == 429 else f"status {status}")


def test_words_of_no_row_are_kept() -> None:
    """An unknown text says more than its status."""
    read = REFUSALS.interpret(Response(404, b'{"text": "no such page"}'))

    assert (NotFound, "no such page") == fields(read)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Overloaded("busy"), refusals.OVERLOADED),
        (IntakeClosed("the journal is full"), "the journal is full"),
        (Unavailable("stopped"), refusals.UNDECIDED),
        (Internal("division by zero"), "a bug"),
    ],
)
def test_trouble_tells_what_was_done(error: WireError, text: str) -> None:
    """
    The text says that the request was not executed, or that this is unknown; a bug adds nothing.
    """
    read = REFUSALS.interpret(REFUSALS.render(error))

    assert (type(error), text) == fields(read)


def test_refusals_pass_on_what_a_venue_adds() -> None:
    """Words that need the request, and what the settings change."""
    request, said = Request("GET", b"/lost"), errors.NotFound("/lost is not here")
    adding = Refusals(
        Plain(),
        ROWS,
        words=lambda error, asked: said if asked is request else error,
        amend=lambda response, said, settings: Response(
            response.status, f"{said.text} {settings.rate_limit_per_s}".encode()
        ),
    )
    plain = Malformed("no JSON")

    assert said is adding.words(plain, request)
    assert b"no JSON 7" == adding.render(plain, Settings(rate_limit_per_s=7)).body
    assert REFUSALS.render(plain) == adding.render(plain)
    assert plain is REFUSALS.words(plain, request) is REFUSALS.loses(plain)


NAMELESS = Refusals(
    Plain(),
    [Row(InvalidField, 400), Row(Malformed, 400), Row(RateLimited, 429, text="Too Many Requests")],
)


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (InvalidField("side", "invalid side"), "side"),
        (
            InvalidField("orders[1].price", "invalid orders[1].price: is no amount"),
            "orders[1].price",
        ),
    ],
)
def test_name_that_only_the_text_tells(error: InvalidField, name: str) -> None:
    """Is read from there; a text that does not begin with it names no field."""
    read = NAMELESS.interpret(NAMELESS.render(error))
    other = NAMELESS.interpret(NAMELESS.render(InvalidField("side", "side is none")))

    assert (InvalidField, name, error.text) == fields(read)
    assert (Malformed, "side is none") == fields(other)


def test_name_that_follows_other_words() -> None:
    """The name is read from its place in the row's text."""
    prefixed = Refusals(Plain(), [Row(InvalidField, 400, text="Wrong: {text}")])
    error = InvalidField("side", "invalid side: must be buy or sell")

    assert (InvalidField, "side", error.text) == fields(prefixed.interpret(prefixed.render(error)))


def test_limit_that_is_not_told() -> None:
    """Is 0, and not guessed."""
    assert (RateLimited, 0) == fields(NAMELESS.interpret(NAMELESS.render(RateLimited(20))))
