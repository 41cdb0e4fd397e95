"""The record of a request: what was sent and signed, the verdict, and no secret."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

import pytest
from tests.faults.operator import Operator

from countermand.venues import VENUES

# The method and path of each venue's cancel, and what its signature is over.
CANCELS = {
    "deltadefi": ("POST", "/order/{order}/cancel", ""),
    "autoshares": ("DELETE", "/api/v1.0/accounts/27/orders/{order}", ""),
    "coinbase-intx": ("DELETE", "/api/v1/orders/{order}", "DELETE/api/v1/orders/{order}"),
    "loopring": ("DELETE", "/api/v3/order", "DELETE&http%3A%2F%2F127.0.0.1%3A"),
    "polymarket-us": ("POST", "/v1/order/{order}/cancel", "POST/v1/order/{order}/cancel"),
}

# Where each venue's secrets travel.
SECRET = {
    "deltadefi": "x-api-key",
    "autoshares": "authorization",
    "coinbase-intx": "cb-access-passphrase",
    "loopring": "x-api-sig",
    "polymarket-us": "x-pm-signature",
}


@pytest.mark.parametrize("venue", VENUES)
def test_a_cancel_is_recorded(bots: dict[str, Any], operator: Operator, venue: str) -> None:
    """The record has the owner, the signed text and the answer, and no secret."""
    order = bots[venue].place()
    operator.keep(10)
    bots[venue].cancel(order)
    [seen] = operator.requests()

    method, path, signed = (part.format(order=order) for part in CANCELS[venue])
    assert (venue, method, path) == (seen["venue"], seen["method"], seen["path"])
    assert ("proven", "alice", "cancel-order") == (
        seen["verdict"], seen["account"], seen["operation"],
    )  # fmt: skip
    assert (204 if venue == "autoshares" else 200, []) == (seen["status"], seen["faults"])
    assert signed in seen["signed"] if signed else not seen["signed"]
    assert "(cut)" == dict(seen["headers"])[SECRET[venue]]
    assert seen["time"].startswith(time.strftime("%Y-", time.gmtime()))


@pytest.mark.parametrize("venue", VENUES)
def test_an_order_is_recorded(bots: dict[str, Any], operator: Operator, venue: str) -> None:
    """The record has the body; on Loopring the signed text is the order's hash."""
    operator.keep(10)
    order = bots[venue].place()
    [seen] = operator.requests(venue=venue, operation="place-order", account="alice")
    bots[venue].cancel(order)

    assert (200, "proven", "POST") == (seen["status"], seen["verdict"], seen["method"])
    assert seen["body"].startswith("{")
    if venue == "loopring":
        assert order == seen["signed"]


def test_the_fault_is_recorded(bots: dict[str, Any], operator: Operator) -> None:
    """
    The record has the fault, and no answer where the client had none; an unchecked key has no
    verdict.
    """
    bot = bots["coinbase-intx"]
    first, second = bot.place(), bot.place()
    operator.keep(10)
    for kind, order in (("lost-after", first), ("lost-before", second), ("stale", second)):
        more = {"lag_ms": 1000} if kind == "stale" else {"count": 1}
        operator.fault(kind, venue="coinbase-intx", order=order, **more)
    for order in (first, second):
        with suppress(Exception):
            bot.cancel(order)
    bot.is_open(second)

    assert [
        (["lost-after"], None, "proven"),
        (["lost-before"], None, ""),
        (["stale"], 200, "proven"),
    ] == [(one["faults"], one["status"], one["verdict"]) for one in operator.requests()]


def test_a_refusal_is_recorded(bots: dict[str, Any], operator: Operator) -> None:
    """The verdict is the text that the client got, beside the fault."""
    bot = bots["polymarket-us"]
    order = bot.place()
    operator.keep(10)
    operator.fault("clock-skew", venue="polymarket-us", skew_ms=600_000, count=1)
    with suppress(Exception):
        bot.cancel(order)
    [seen] = operator.requests()

    assert ("timestamp outside the allowed window", "", 401, ["clock-skew"]) == (
        seen["verdict"], seen["account"], seen["status"], seen["faults"],
    )  # fmt: skip
    bot.cancel(order)


def test_so_many_are_kept_and_then_none(bots: dict[str, Any], operator: Operator) -> None:
    """The newest."""
    bot = bots["loopring"]
    order = bot.place()
    assert [] == operator.requests()
    operator.keep(2)
    for _ in range(3):
        bot.is_open(order)
    bot.cancel(order)

    assert ["get-order", "cancel-order"] == [one["operation"] for one in operator.requests()]
    operator.keep(1)
    assert ["cancel-order"] == [one["operation"] for one in operator.requests()]
    operator.keep(0)
    assert [] == operator.requests()
