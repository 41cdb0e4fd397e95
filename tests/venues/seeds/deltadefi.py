"""DeltaDeFi: "Cancel Order" of its API reference, line by line."""

from tests.venues.seeds.cases import (
    AGAIN,
    CANCEL,
    FULL,
    LISTED,
    LOOKING,
    LOST,
    NOBODY,
    UNKNOWN,
    common,
    listed,
)
from tests.venues.seeds.row import NOWHERE, Part, Row, Seed, asked, field, media, status

NAME = "deltadefi"
CODES = 'API reference, "Status Codes", and 401 on its other pages'

SEED = Seed(
    venue=NAME,
    document='DeltaDeFi, API reference ("Espresso API Server" 1.0), "Cancel Order"',
    line="POST /order/{orderId}/cancel",
    cases=common(NAME) | listed(NAME, NOBODY, LOOKING, FULL),
    rows=(
        Row(part=Part.LINE, name="POST /order/{orderId}/cancel", says="no body", by=CANCEL),
        asked(Part.PATH, "orderId", "string", "required: the order's id", CANCEL, 404),
        status(200, "OK", CANCEL),
        field("order_id", "string", "which order", CANCEL),
        status(400, "bad request", AGAIN),
        status(404, "the order is not found", UNKNOWN),
        status(500, "internal error", LOST),
        *[
            row
            for by in (AGAIN, UNKNOWN, LOST)
            for row in (
                field("code", "integer", "a number for the reason", by),
                field("error", "string", "the reason", by),
            )
        ],
        *[media("application/json", by) for by in (CANCEL, AGAIN, UNKNOWN, LOST)],
        status(400, "without a key, where the page alone counts", NOBODY + LISTED, source=NOWHERE),
        status(400, "may not, where the page alone counts", LOOKING + LISTED, source=NOWHERE),
        status(500, "no room, where the page alone counts", FULL + LISTED, source=NOWHERE),
        # Beyond the page.
        Row(
            part=Part.HEADER, name="X-API-KEY", type="string", says="required: the API key",
            by=CANCEL, without=401, source='API reference, "Authorization"',
        ),
        status(401, "no key, or not one: code 4010", NOBODY, source=CODES),
        status(403, "the key may only look", LOOKING, source=NOWHERE),
        status(503, "no room: code 5001", FULL, source=NOWHERE),
    ),
)  # fmt: skip
