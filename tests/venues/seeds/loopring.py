"""Loopring: "Cancel order" of its DEX API v3, line by line."""

from __future__ import annotations

from typing import Any

from tests.venues.loopring.floor import ACCOUNTS, E18, Floor
from tests.venues.seeds.cases import (
    AGAIN,
    CANCEL,
    FULL,
    LOOKING,
    LOST,
    NOBODY,
    UNKNOWN,
    canceling,
    common,
)
from tests.venues.seeds.row import (
    NOWHERE,
    Part,
    Row,
    Seed,
    asked,
    field,
    media,
    status,
    words,
)
from tests.venues.seeds.stand import Asked, Stand, line

from countermand.venues.loopring.tables import STATUSES
from countermand.vocabulary.commands import CancelOrder, SetDelays
from countermand.vocabulary.ids import OrderId

NAME = "loopring"
CODES = 'DEX API v3, "Error codes"'
BY_NAME, NAMED_BY_NOTHING = "a cancel by client order id", "a cancel by neither"
SUBMITTED, SUBMITTED_AGAIN = "an order that is submitted", "and submitted again"
FILLED, EXPIRED = "an order that was filled", "an order after its end"
CANCELING = "a cancel that takes its time"
FAILED = "an order that was taken and could not come in"

_ACCOUNT = f"accountId={ACCOUNTS['alice']}"


def _floor() -> tuple[Stand, Floor]:
    stand = Stand(NAME)
    return stand, Floor(stand.desk)


def _order(floor: Floor, **more: Any) -> dict[str, Any]:
    return floor.form((1, 1000 * E18), (0, 30 * E18), **more)


def by_name() -> Asked:
    """Our client cancels by the name it gave."""
    stand, floor = _floor()
    floor.sell(1000 * E18, 30 * E18, clientOrderId="mine")
    named = CancelOrder(stand.owner.account_id, OrderId(0), secondary_cl_ord_id="mine")
    return Asked(stand, stand.client(named))


def by_neither() -> Asked:
    """Which would be all orders, or none."""
    stand, floor = _floor()
    floor.sell(1000 * E18, 30 * E18)
    return Asked(stand, line(f"DELETE /api/v3/order?{_ACCOUNT}"))


def submitted(*, again: bool) -> Asked:
    """Submit an order, or the same once more."""
    stand, floor = _floor()
    request = line("POST /api/v3/order", _order(floor))
    if again:
        stand.told(request)
    return Asked(stand, request)


def failed() -> Asked:
    """Read an order that was taken, and could not come in as a maker when it was to."""
    stand, floor = _floor()
    stand.desk.engine.enter(SetDelays(NAME, new_ns=10**9))
    hashed = floor.sell(1000 * E18, 30 * E18, orderType="MAKER_ONLY")
    stand.desk.engine.enter(SetDelays(NAME))
    floor.buy(1000 * E18, 31 * E18, "bob")
    stand.wait(2)
    return Asked(stand, line(f"GET /api/v3/order?{_ACCOUNT}&orderHash={hashed}"), is_whole=False)


def canceling_slowly() -> Asked:
    """Cancel an order where the venue takes its time."""
    asked = canceling(NAME, CANCEL)
    asked.stand.desk.engine.enter(SetDelays(NAME, cancel_ns=10**9))
    return asked


def read(*, is_filled: bool) -> Asked:
    """Read an order that was filled, or whose time has come."""
    stand, floor = _floor()
    end = stand.desk.clock.ns // 10**9 + 60
    hashed = floor.sell(1000 * E18, 30 * E18, validUntil=end)
    if is_filled:
        floor.buy(1000 * E18, 30 * E18, "bob")
    stand.wait(61)
    request = line(f"GET /api/v3/order?{_ACCOUNT}&orderHash={hashed}")
    return Asked(stand, request, is_whole=False)


SEED = Seed(
    venue=NAME,
    document='Loopring, DEX API v3, "Cancel order"',
    line="DELETE /api/v3/order",
    cases=common(NAME)
    | {
        BY_NAME: by_name,
        NAMED_BY_NOTHING: by_neither,
        SUBMITTED: lambda: submitted(again=False),
        SUBMITTED_AGAIN: lambda: submitted(again=True),
        FILLED: lambda: read(is_filled=True),
        EXPIRED: lambda: read(is_filled=False),
        CANCELING: canceling_slowly,
        FAILED: failed,
    },
    # The table has one more for what sleeps, which is no answer to a cancel.
    spoken={"status": STATUSES.keys() - {"waiting"}},
    rows=(
        Row(part=Part.LINE, name="DELETE /api/v3/order", says="no body", by=CANCEL),
        asked(Part.HEADER, "X-API-KEY", "string", "required: the API key", CANCEL, 400),
        asked(Part.HEADER, "X-API-SIG", "EdDSA signature", "the request, signed", CANCEL, 400),
        asked(Part.QUERY, "accountId", "digits", "the account", CANCEL, 400),
        asked(Part.QUERY, "orderHash", "hash", "optional: the order's hash", CANCEL, 400),
        asked(Part.QUERY, "clientOrderId", "string", "optional: the client's name", BY_NAME, 400),
        field("hash", "hash", "required: the order's", CANCEL),
        field("clientOrderId", "string", "the client's name for it", BY_NAME),
        field("status", "string", "required, an enumeration", CANCEL),
        field("isIdempotent", "boolean", "required: whether it had been submitted", CANCEL),
        Row(part=Part.WORD, name="isIdempotent: false", says="the first time", by=SUBMITTED),
        Row(part=Part.WORD, name="isIdempotent: true", says="the same again", by=SUBMITTED_AGAIN),
        *words("status", {
            "processing": SUBMITTED, "processed": FILLED, "cancelled": CANCEL, "expired": EXPIRED,
            "cancelling": CANCELING, "failed": FAILED,
        }),
        # Beyond the page, which lists no statuses and no media type.
        status(200, "canceled", CANCEL, source=CODES),
        media("application/json", CANCEL, NOWHERE),
        status(400, "it was canceled before", AGAIN, source=CODES),
        status(400, "no such order: 102117", UNKNOWN, source=CODES),
        status(400, "neither hash nor name", NAMED_BY_NOTHING, source=CODES),
        status(400, "no key: 104001", NOBODY, source=CODES),
        status(400, "the key may only look: 104002", LOOKING, source=NOWHERE),
        status(400, "no room: 102118", FULL, source=CODES),
        status(400, "the journal failed: 102118", LOST, source=CODES),
        field("resultInfo", "object", "a refusal's", UNKNOWN, CODES),
        field("resultInfo.code", "integer", "a refusal's number", UNKNOWN, CODES),
        field("resultInfo.message", "string", "and its text", UNKNOWN, CODES),
    ),
)  # fmt: skip
