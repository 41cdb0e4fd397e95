"""Polymarket US: "Cancel Order" of its Orders API reference, line by line."""

from functools import partial

from msgspec.structs import replace
from tests.venues.seeds.cases import (
    AGAIN,
    BUG,
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
from tests.venues.seeds.row import NOWHERE, Part, Row, Seed, asked, field, media, status
from tests.venues.seeds.stand import Asked

NAME = "polymarket-us"
BODIES = "captured: bodies that public clients log"
NO_MARKET, NO_MARKET_LISTED = "no market", "no market, where it is optional"
LATE_STAMP, EARLY_STAMP, LAST_STAMP = "a stamp too old", "a stamp too early", "the oldest stamp"
NO_JSON = "a body that is no JSON"


def saying(body: bytes, **settings: bool) -> Asked:
    """A cancel with another body."""
    asked = canceling(NAME, CANCEL, **settings)
    return replace(asked, request=replace(asked.request, body=body))


def stamped(ms: int) -> Asked:
    """A cancel that was signed so long ago."""
    asked = canceling(NAME, CANCEL)
    signed = asked.signed()
    asked.stand.desk.clock.ns += ms * 10**6
    return replace(asked, request=signed, key=None)


SEED = Seed(
    venue=NAME,
    document='Polymarket US, Orders API v1.0.0 (`orders-schema.json`), "Cancel Order"',
    line="POST /v1/order/{orderId}/cancel",
    cases=common(NAME)
    | listed(NAME, UNKNOWN, LOOKING, FULL, LOST)
    | {
        BUG: partial(canceling, NAME, BUG),
        NO_JSON: lambda: saying(b"cancel it"),
        NO_MARKET: lambda: saying(b"{}"),
        NO_MARKET_LISTED: lambda: saying(b"{}", market_slug_optional=True),
        LAST_STAMP: lambda: stamped(30_000),
        LATE_STAMP: lambda: stamped(30_001),
        EARLY_STAMP: lambda: stamped(-30_001),
    },
    rows=(
        Row(
            part=Part.LINE, name="POST /v1/order/{orderId}/cancel",
            says="a body in JSON, required", by=CANCEL,
        ),
        asked(Part.PATH, "orderId", "string", "required: the venue's id", CANCEL, 404),
        asked(Part.HEADER, "X-PM-Access-Key", "UUID", "required: the key", CANCEL, 401),
        asked(Part.HEADER, "X-PM-Timestamp", "milliseconds", "required: when it is made", CANCEL,
              401),
        asked(Part.HEADER, "X-PM-Signature", "base64 of 64 bytes",
              "required: Ed25519 over stamp, method and path", CANCEL, 401),
        asked(Part.HEADER, "Content-Type", "application/json", "of the body", CANCEL, 200),
        asked(Part.BODY, "marketSlug", "string", "the market", CANCEL, 400),
        status(200, "taken, an empty object", CANCEL, b"{}"),
        media("application/json", CANCEL),
        status(200, "`marketSlug` is not among what is required: with `market_slug_optional`",
               NO_MARKET_LISTED, b"{}"),
        status(400, "bad request", NO_JSON),
        status(401, "a key is missing or not one", NOBODY),
        status(200, "a stamp of 30 seconds", LAST_STAMP, b"{}"),
        status(401, "a stamp more than 30 seconds old", LATE_STAMP),
        status(401, "a stamp more than 30 seconds early", EARLY_STAMP),
        status(500, "internal error", BUG),
        status(500, "and where the journal fails", LOST + LISTED),
        status(400, "no such order, where the page alone counts", UNKNOWN + LISTED, source=NOWHERE),
        status(401, "may not, where the page alone counts", LOOKING + LISTED, source=NOWHERE),
        status(500, "no room, where the page alone counts", FULL + LISTED, source=NOWHERE),
        # Beyond the page.
        field("code", "integer", "a refusal's", AGAIN, BODIES),
        field("message", "string", "a refusal's", AGAIN, BODIES),
        field("details", "array", "a refusal's", AGAIN, BODIES),
        media("application/json", AGAIN, BODIES),
        status(400, "`marketSlug` is required", NO_MARKET, source='"Cancel Batched Orders"'),
        status(400, "it is done already", AGAIN, source=NOWHERE),
        status(404, "no such order", UNKNOWN, source=NOWHERE),
        status(403, "the key may only look", LOOKING, source=NOWHERE),
        status(503, "no room", FULL, source=NOWHERE),
        status(503, "the journal failed", LOST, source=NOWHERE),
    ),
)  # fmt: skip
