"""
A cancel is refused as the venue's clients know it, or with the statuses its own page lists alone.

Source: each venue's page "Cancel order" (README of the venue, "Sources"); what else is sent is
        named as a choice there.
"""

from __future__ import annotations

import msgspec
import pytest
from tests.venues.seeds.cases import (
    BUG,
    CANCEL,
    FULL,
    LOOKING,
    LOST,
    NOBODY,
    STOPPED,
    UNKNOWN,
    canceling,
)
from tests.venues.seeds.stand import Stand, line

from countermand.venues import VENUES
from countermand.wire.http import Response

# What is listed beside the success.
LISTED = {
    "deltadefi": {400, 404, 500},
    "autoshares": {401, 403, 409, 422, 500},
    "coinbase-intx": {400},
    "polymarket-us": {400, 401, 500},
}
# What is in the way, and the status it has by default and by the page.
ANSWERED: dict[str, dict[str, tuple[int, int]]] = {
    "deltadefi": {
        UNKNOWN: (404, 404), NOBODY: (401, 400), LOOKING: (403, 400),
        FULL: (503, 500), STOPPED: (503, 500), LOST: (500, 500), BUG: (500, 500),
    },
    "autoshares": {
        UNKNOWN: (409, 409), NOBODY: (403, 403), LOOKING: (401, 401),
        FULL: (500, 500), STOPPED: (500, 500), LOST: (500, 500), BUG: (500, 500),
    },
    "coinbase-intx": {UNKNOWN: (404, 400), NOBODY: (401, 400), LOOKING: (403, 400)},
    "polymarket-us": {
        UNKNOWN: (404, 400), NOBODY: (401, 401), LOOKING: (403, 401),
        FULL: (503, 500), STOPPED: (503, 500), LOST: (503, 500), BUG: (500, 500),
    },
}  # fmt: skip
# What our client reads of a status without a body.
EMPTY = {UNKNOWN: "CancelRefused", NOBODY: "Forbidden", LOOKING: "Unauthorized"}
CASES = [(venue, cause) for venue, causes in ANSWERED.items() for cause in causes]


def answer(name: str, cause: str, *, as_listed: bool) -> Response:
    """Return the answer to a cancel when something is in its way."""
    return canceling(name, cause, cancel_as_listed=as_listed).told()


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_status(name: str, cause: str) -> None:
    """The default is what clients branch on; the page's reading keeps to the page."""
    default, listed = ANSWERED[name][cause]

    assert default == answer(name, cause, as_listed=False).status
    assert listed == answer(name, cause, as_listed=True).status
    assert listed in LISTED[name]


@pytest.mark.parametrize(("name", "cause"), CASES)
def test_client_reads_both_alike(name: str, cause: str) -> None:
    """The refusal read is the same; without a body it is read from the status."""
    interpret = VENUES[name].refusals.interpret
    usual, listed = (interpret(answer(name, cause, as_listed=on)) for on in (False, True))

    if name == "autoshares":
        assert b"" == answer(name, cause, as_listed=True).body
        assert EMPTY.get(cause, "Internal") == type(listed).__name__
    elif name == "deltadefi" and cause == LOOKING:
        # One code for both, and the status no more tells them apart.
        assert ("Forbidden", "Unauthorized") == (type(usual).__name__, type(listed).__name__)
    else:
        assert (type(usual), usual.text) == (type(listed), listed.text)


@pytest.mark.parametrize("name", LISTED)
def test_only_cancels_are_told_so(name: str) -> None:
    """Another request without a key is refused as ever."""
    asked = {
        "deltadefi": "GET /accounts/balance",
        "autoshares": "GET /v1.0/accounts/1/orders/1",
        "coinbase-intx": "DELETE /api/v1/orders",
        "polymarket-us": "POST /v1/orders/open/cancel",
    }[name]
    refused = Stand(name, cancel_as_listed=True).answer(line(asked))

    assert refused.status in (401, 403)
    assert refused.body


@pytest.mark.parametrize("body", [b"", b"{}", b'{"marketSlug":""}'])
def test_polymarket_cancel_without_its_market(body: bytes) -> None:
    """Is taken where a world says so, of one's own order; a market that is named still counts."""
    asked = canceling("polymarket-us", CANCEL, market_slug_optional=True)
    elsewhere = b'{"marketSlug":"no-such-market"}'

    def send(raw: bytes, owner: str) -> int:
        sent = msgspec.structs.replace(asked.request, body=raw)
        return asked.stand.answer(asked.stand.signed(sent, owner)).status

    assert [404, 404] == [send(body, "bob"), send(elsewhere, "alice")]
    assert 200 == send(body, "alice")
    assert 400 == send(body, "alice"), "it is canceled"


def test_settings_that_contradict_each_other() -> None:
    """A 409 is on no list of the page."""
    with pytest.raises(msgspec.ValidationError, match="closed_cancel_answer"):
        msgspec.convert(
            {"cancel_as_listed": True, "closed_cancel_answer": "conflict"},
            VENUES["polymarket-us"].settings,
        )
