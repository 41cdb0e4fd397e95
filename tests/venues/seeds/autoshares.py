"""Autoshares: "Cancel order" of its Orders API reference, line by line."""

from msgspec.structs import replace
from tests.venues.seeds.cases import (
    AGAIN,
    CANCEL,
    FULL,
    LISTED,
    LOOKING,
    LOST,
    NOBODY,
    UNKNOWN,
    canceling,
    common,
    listed,
)
from tests.venues.seeds.row import NOWHERE, Case, Part, Row, Seed, asked, field, media, status
from tests.venues.seeds.stand import Asked

NAME = "autoshares"
MANUAL = 'ETNA manual, "Common mistakes"'
OK, OK_TEXT = "answered with OK", "answered with OK, as text/json"
NO_NUMBER, NO_ACCOUNT = "an order id that is no number", "an account id that is no number"
TOO_LARGE = "an order id of more than 32 bits"
BARE = "version 1"


def ok(accept: bytes) -> Asked:
    """A cancel whose answer has a body, in the media type that is asked for."""
    asked = canceling(NAME, CANCEL, cancel_answers_ok=True)
    return replace(asked, request=asked.request.with_headers((b"accept", accept)))


def spelled(of: bytes, to: bytes, **settings: bool) -> Case:
    """Return the case of a cancel whose path is spelled otherwise."""

    def case() -> Asked:
        asked = canceling(NAME, CANCEL, **settings)
        path = asked.request.path.replace(of, to)
        assert path != asked.request.path
        return replace(asked, request=replace(asked.request, path=path))

    return case


def too_large() -> Asked:
    """The first number that an int32 is not."""
    asked = canceling(NAME, CANCEL, cancel_as_listed=True)
    stem = asked.request.path.rpartition(b"/")[0]
    return replace(asked, request=replace(asked.request, path=stem + b"/2147483648"))


def no_number(*, as_listed: bool) -> Case:
    """Return the case of a cancel of an order that no number names."""
    return spelled(b"/orders/", b"/orders/order-", cancel_as_listed=as_listed)


SEED = Seed(
    venue=NAME,
    document='Autoshares Trader, API documentation (GitBook, 2020), "Cancel order"',
    line="DELETE /v{version}/accounts/{accountId}/orders/{orderId}",
    cases=common(NAME)
    | listed(NAME, NOBODY, LOOKING, LOST, FULL)
    | {
        OK: lambda: ok(b"application/json"),
        OK_TEXT: lambda: ok(b"text/json"),
        NO_NUMBER: no_number(as_listed=False),
        NO_NUMBER + LISTED: no_number(as_listed=True),
        NO_ACCOUNT + LISTED: spelled(b"/accounts/", b"/accounts/of-", cancel_as_listed=True),
        TOO_LARGE + LISTED: too_large,
        BARE: spelled(b"/v1.0/", b"/v1/"),
    },
    rows=(
        Row(
            part=Part.LINE, name="DELETE /v{version}/accounts/{accountId}/orders/{orderId}",
            says="no body", by=CANCEL,
        ),
        asked(Part.HEADER, "Authorization", "bearer", "required: the token", CANCEL, 401),
        asked(Part.HEADER, "Et-App-Key", "string", "required: the application's key", CANCEL, 403),
        asked(Part.PATH, "accountId", "integer (int32)", "required: the account", CANCEL, 404),
        asked(Part.PATH, "orderId", "integer (int32)", "required: the order", CANCEL, 405),
        asked(Part.PATH, "version", "version", "required: left at 1.0", CANCEL, 404),
        asked(Part.PATH, "version", "version", "its default is 1", BARE, 404),
        status(200, "OK, an object", OK, b"{}"),
        status(204, "canceled, no content", CANCEL, b""),
        status(401, "the access is too low, no content", LOOKING + LISTED, b""),
        status(403, "the application's key is not one, no content", NOBODY + LISTED, b""),
        status(409, "a conflict, no content", AGAIN, b""),
        status(422, "a validation error, no content", NO_NUMBER + LISTED, b""),
        status(422, "of the account's id too", NO_ACCOUNT + LISTED, b""),
        status(422, "and of one that is no int32", TOO_LARGE + LISTED, b""),
        status(500, "internal error, no content", LOST + LISTED, b""),
        media("application/json", OK),
        media("text/json", OK_TEXT),
        # With bodies, as the manual shows them for other requests: the default.
        status(401, "`Message`", LOOKING, source=MANUAL),
        field("Message", "string", "of 401 and 422", LOOKING, MANUAL),
        status(403, "`error`", NOBODY, source='ETNA manual, "Token"'),
        field("error", "string", "of 403 and 500", NOBODY, 'ETNA manual, "Token"'),
        status(422, "`Message` and `ModelState`", NO_NUMBER, source='ETNA manual, "Place order"'),
        field("ModelState", "object", "the faults by field", NO_NUMBER,
              'ETNA manual, "Place order"'),
        status(500, "`message` and `error`", LOST, source=MANUAL),
        field("message", "string", "of 500", LOST, MANUAL),
        status(409, "the order is unknown", UNKNOWN, b"", source=NOWHERE),
        status(500, "there is no room", FULL, source=NOWHERE),
        status(500, "there is no room, no content", FULL + LISTED, b"", source=NOWHERE),
    ),
)  # fmt: skip
