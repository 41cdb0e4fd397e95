"""C04: every refusal renders, and reads back as declared."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from tests.venues.conformance.losses import losses
from tests.venues.desk import Desk

from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, CxlRejResponseTo, RejectReason
from countermand.wire.errors import (
    CancelRefused,
    Forbidden,
    IntakeClosed,
    Internal,
    InvalidField,
    Malformed,
    MethodNotAllowed,
    MissingField,
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
from countermand.wire.http import Response
from countermand.wire.operation import Capability

TO = (CxlRejResponseTo.CANCEL, CxlRejResponseTo.REPLACE)
CLOSED = (OrdStatus.FILLED, OrdStatus.CANCELED, OrdStatus.EXPIRED, OrdStatus.REJECTED)
PLAIN: tuple[WireError, ...] = (
    Malformed("body is not valid JSON"),
    MissingField("price"),
    InvalidField("side", "invalid side"),
    UnknownField("sides"),
    TooLarge("body is too large"),
    Unauthorized("invalid signature"),
    Forbidden("key lacks trade permission"),
    NotFound("no such path"),
    MethodNotAllowed("method PATCH not allowed"),
    RateLimited(40),
    Overloaded("the exchange is busy"),
    IntakeClosed("the journal is full"),
    Unavailable("the exchange has stopped"),
    Internal("internal error"),
)


def rendered(desk: Desk, error: WireError) -> Response:
    """Return the venue's answer for a refusal."""
    try:
        return desk.venue.refusals.render(error)
    except LookupError as none:
        why = none.args[0]
    pytest.fail(f"{desk.venue.name}: {why} ({details(error)}); give it a row in errors.py")


def trip(desk: Desk, error: WireError) -> tuple[Response, WireError, Any]:
    """Return the rendered response, what our client makes of it, and what it should make of it."""
    name, refusals = desk.venue.name, desk.venue.refusals
    response = rendered(desk, error)
    assert response.status >= 400, f"{name}: the row of {error!r} in errors.py is no refusal"
    declared = losses(desk)
    if isinstance(error, declared.bare):
        assert response.content_type == b"text/plain"
    elif response.status in declared.bodiless:
        assert response.body == b""
    else:
        assert isinstance(msgspec.json.decode(response.body), dict)
    read, expected = refusals.interpret(response), refusals.loses(error)
    assert type(expected) is type(read), (
        f"{name}: {type(error).__name__} {details(error)} is read back as {type(read).__name__}; "
        "tell the rows apart in errors.py, or say in REFUSALS.loses what it is read as"
    )
    return response, read, expected


def details(error: WireError) -> str:
    """Return what a refusal is about, in words."""
    return ", ".join(f"{name}={getattr(error, name)!s}" for name in error.FIELDS)


def excuse(desk: Desk, to: CxlRejResponseTo) -> None:
    """Excuse a venue that has no replacements from refusing them."""
    if to is CxlRejResponseTo.REPLACE and Capability.REPLACE not in desk.venue.capabilities:
        pytest.skip("the venue has no replacements")


@pytest.mark.parametrize("reason", RejectReason)
def test_refused_orders(desk: Desk, reason: RejectReason) -> None:
    """Every reason survives."""
    _, read, expected = trip(desk, OrderRefused(reason))

    assert getattr(expected, "reason", None) is getattr(read, "reason", None)


@pytest.mark.parametrize("to", TO)
@pytest.mark.parametrize("status", CLOSED)
def test_too_late(desk: Desk, to: CxlRejResponseTo, status: OrdStatus) -> None:
    """The state that refused survives: a fill is not a cancel."""
    excuse(desk, to)
    error = CancelRefused(CxlRejReason.TOO_LATE_TO_CANCEL, status, to)
    _, read, expected = trip(desk, error)

    assert isinstance(read, CancelRefused)
    assert (expected.cxl_rej_reason, expected.ord_status, expected.response_to) == (
        read.cxl_rej_reason,
        read.ord_status,
        read.response_to,
    )


@pytest.mark.parametrize("to", TO)
def test_already_pending(desk: Desk, to: CxlRejResponseTo) -> None:
    """Every venue has words for a change of what is being changed; none says that it is over."""
    excuse(desk, to)
    error = CancelRefused(CxlRejReason.ALREADY_PENDING, OrdStatus.NEW, to)
    _, read, _ = trip(desk, error)

    assert isinstance(read, CancelRefused)
    assert read.ord_status in (None, OrdStatus.NEW)


@pytest.mark.parametrize("to", TO)
def test_unknown_order(desk: Desk, to: CxlRejResponseTo) -> None:
    """Its refusal is of no other kind, unless the venue says the same of all orders it refuses."""
    _, read, expected = trip(desk, CancelRefused(CxlRejReason.UNKNOWN_ORDER, None, to))

    assert isinstance(read, CancelRefused)
    assert read.cxl_rej_reason is expected.cxl_rej_reason


@pytest.mark.parametrize("to", TO)
@pytest.mark.parametrize("reason", [None, *RejectReason])
def test_terms_at_fault(desk: Desk, to: CxlRejResponseTo, reason: RejectReason | None) -> None:
    """A replacement is refused for the same reasons as an order."""
    # A cancel has no terms; only who can replace has words for their faults.
    excuse(desk, CxlRejResponseTo.REPLACE)
    duplicate = reason is RejectReason.DUPLICATE_CL_ORD_ID
    why = CxlRejReason.DUPLICATE_CL_ORD_ID if duplicate else CxlRejReason.OTHER
    _, read, expected = trip(desk, CancelRefused(why, OrdStatus.NEW, to, reason))

    assert isinstance(read, CancelRefused)
    assert (expected.cxl_rej_reason, expected.response_to, expected.reject_reason) == (
        read.cxl_rej_reason,
        read.response_to,
        read.reject_reason,
    )


@pytest.mark.parametrize("error", PLAIN, ids=lambda error: type(error).__name__)
def test_other_refusals(desk: Desk, error: WireError) -> None:
    """The kind survives, and what it is about."""
    response, read, expected = trip(desk, error)

    assert getattr(expected, "name", None) == getattr(read, "name", None)
    assert getattr(expected, "limit_per_s", None) == getattr(read, "limit_per_s", None)
    if response.status < 429:
        assert expected.text == read.text or isinstance(error, MissingField)


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"[]", b"null", b"{}", b"\xff"])
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Malformed),
        (401, Unauthorized),
        (403, Forbidden),
        (404, NotFound),
        (418, Malformed),
        (429, RateLimited),
        (500, Internal),
        (502, Unavailable),
        (504, Unavailable),
    ],
)
def test_refusal_of_a_proxy(desk: Desk, status: int, kind: type[WireError], body: bytes) -> None:
    """A proxy's answer is read by its status, and is never a crash."""
    read = type(desk.venue.refusals.interpret(Response(status, body))).__name__

    assert kind.__name__ == read, f"{desk.venue.name}: see what the envelope reads in errors.py"
