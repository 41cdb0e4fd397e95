"""Refusals by their numbers, and texts of the venue that are not ours word for word."""

from __future__ import annotations

import msgspec
import pytest

from countermand.venues.loopring.errors import (
    REFUSALS,
    Absent,
    Code,
    Coded,
    Unproven,
)
from countermand.vocabulary.order import OrdStatus
from countermand.vocabulary.reasons import CxlRejReason, RejectReason
from countermand.wire.errors import CancelRefused, Forbidden, OrderRefused, Unavailable, WireError
from countermand.wire.http import Request, Response


def said(code: int, text: str) -> WireError:
    """Return what our client reads of a refusal by the venue."""
    body = {"resultInfo": {"code": code, "message": text}}
    return REFUSALS.interpret(Response(400, msgspec.json.encode(body)))


@pytest.mark.parametrize(
    "error",
    [
        Coded(Code.WRONG_EXCHANGE, "invalid exchange"),
        Coded(Code.NO_HASH, "order hash is empty"),
        Absent(Code.NO_SUCH_ORDER, "order does not exist"),
        Absent(Code.ACCOUNT_NOT_FOUND, "account not found"),
        Unproven(Code.UNSIGNED_ORDER, "missing eddsaSignature"),
        Unproven(Code.UNKNOWN_KEY, "invalid api key"),
    ],
)
def test_a_number_is_told_and_read_back(error: Coded | Absent | Unproven) -> None:
    """Every refusal that has one is a 400, and keeps its kind and its text."""
    response = REFUSALS.render(error)
    read = REFUSALS.interpret(response)

    assert (400, type(error)) == (response.status, type(read))
    assert (error.code, error.text) == (getattr(read, "code", None), read.text)


@pytest.mark.parametrize(
    ("reason", "code", "text"),
    [
        (RejectReason.UNKNOWN_ACCOUNT, 102003, "invalid account id"),
        (RejectReason.DUPLICATE_CL_ORD_ID, 102007, "order already exists"),
        (RejectReason.INVALID_EXPIRE_TIME, 102008, "order has expired"),
        (RejectReason.INSUFFICIENT_FUNDS, 102011, "insufficient balance"),
        (RejectReason.QTY_ABOVE_MAX, 102020, "amount is above the maximum"),
        (RejectReason.TOO_MANY_OPEN_ORDERS, 102027, "submit failed"),
        (RejectReason.SLOT_NUMBER_USED, 102030, "invalid storage id"),
    ],
)
def test_a_number_with_one_reason_is_told_in_the_documents_words(
    reason: RejectReason, code: int, text: str
) -> None:
    """DEX API v3, "Error codes"."""
    response = REFUSALS.render(OrderRefused(reason))

    expected = {"resultInfo": {"code": code, "message": text}}
    assert expected == msgspec.json.decode(response.body)


def test_a_key_that_may_only_look_is_told_so() -> None:
    """By the number of an unknown key, with a text of its own."""
    response = REFUSALS.render(Forbidden("key lacks trade permission"))
    read = REFUSALS.interpret(response)

    assert isinstance(read, Forbidden)
    assert "key lacks trade permission" == read.text


def test_no_order_to_cancel_is_unknown_in_other_words_too() -> None:
    """DEX API v3, "Cancel order": the number is documented, and one text of it."""
    for text in ("no orders to cancel", "no order"):
        read = said(102117, text)
        assert isinstance(read, CancelRefused)
        assert (CxlRejReason.UNKNOWN_ORDER, None) == (read.cxl_rej_reason, read.ord_status)


@pytest.mark.parametrize(
    ("state", "expected"),
    [("PROCESSED", OrdStatus.FILLED), ("CANCELLED", OrdStatus.CANCELED), ("CANCELLING", None)],
)
def test_a_state_that_is_not_known_is_too_late_all_the_same(
    state: str, expected: OrdStatus | None
) -> None:
    """Only that the order is in the state is not told then."""
    read = said(100001, f"order in status {state} can't be cancelled")

    assert isinstance(read, CancelRefused)
    assert CxlRejReason.TOO_LATE_TO_CANCEL is read.cxl_rej_reason
    assert expected is read.ord_status


def test_a_cancel_that_may_have_been_executed_is_undecided() -> None:
    """A 400 with the number for "try again later" proves nothing, unless its text does."""
    told = REFUSALS.words(Unavailable("stopped"), Request("DELETE", b"/api/v3/order"), None)
    read = REFUSALS.interpret(REFUSALS.render(told))

    assert type(read) is Unavailable
    assert type(said(102118, "failed to cancel, try again later")) is CancelRefused
    assert type(said(102118, "in other words")) is Unavailable
