"""
Every fault on every venue: the exception of its own SDK, or of the HTTP library where it has none,
and what became of the order at the exchange.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Any

import httpx
import polymarket_us
import pytest
import requests
from deltadefi.error import ServerError
from polymarket_us import errors as polymarket
from tests.faults.bots import BOTS, TIMEOUT_S, Bot
from tests.faults.operator import Operator
from tests.served import Served

from countermand.faults.kinds import Kind
from countermand.server.strikes import LAYERS
from countermand.venues import VENUES

Raised = tuple[type[Exception], str | None]

# What JSON parsers say of a text that ends too soon.
CUT = "Expecting|Unterminated"

# What HTTP libraries make of a way that fails.
IN_REQUESTS: dict[str, Raised] = {
    "lost": (requests.ConnectionError, "RemoteDisconnected"),
    "reset": (requests.ConnectionError, "ConnectionResetError"),
    "delayed": (requests.ReadTimeout, "timed out"),
    "broken": (requests.JSONDecodeError, CUT),
    "truncated": (requests.exceptions.ChunkedEncodingError, "IncompleteRead"),
}
IN_HTTPX: dict[str, Raised] = {
    "lost": (httpx.RemoteProtocolError, "without sending a response"),
    "reset": (httpx.ReadError, "reset"),
    "delayed": (httpx.ReadTimeout, "timed out"),
    "broken": (json.JSONDecodeError, CUT),
    "truncated": (httpx.RemoteProtocolError, "complete message body"),
}

# And each venue's own clients, of that and of what the venue says.
RAISED: dict[str, dict[str, Raised | str]] = {
    "deltadefi": {
        **IN_REQUESTS,
        # It hands on whatever is no JSON, as text.
        "broken": '{"order_id":"',
        # It looks for a field that refusals do not have unless the world's settings say `msg`.
        "duplicated": (KeyError, "msg"),
        "rate-limited": (KeyError, "msg"),
        "overloaded": (ServerError, None),
        "error": (ServerError, None),
    },
    "autoshares": {
        **IN_REQUESTS,
        # A cancel's 204 has no body to end within.
        "truncated": (requests.ConnectionError, "BadStatusLine"),
        "duplicated": (requests.HTTPError, "409"),
        "rate-limited": (requests.HTTPError, "429"),
        "overloaded": (requests.HTTPError, "500"),
        "error": (requests.HTTPError, "500"),
    },
    "coinbase-intx": {
        **IN_REQUESTS,
        "duplicated": (Exception, "status 400: order is already canceled"),
        "rate-limited": (Exception, "status 429: Rate limit exceeded"),
        "overloaded": (Exception, "status 503: Server overloaded - the request was not executed"),
        "error": (Exception, "status 500: Internal server error"),
    },
    "loopring": {
        **IN_HTTPX,
        "duplicated": (httpx.HTTPStatusError, "400"),
        "rate-limited": (httpx.HTTPStatusError, "429"),
        "overloaded": (httpx.HTTPStatusError, "400"),
        "error": (httpx.HTTPStatusError, "500"),
    },
    "polymarket-us": {
        "lost": (polymarket.APIConnectionError, "without sending a response"),
        "reset": (polymarket.APIConnectionError, "reset"),
        "delayed": (polymarket.APITimeoutError, "timed out"),
        "broken": (json.JSONDecodeError, CUT),
        "truncated": (polymarket.APIConnectionError, "complete message body"),
        "duplicated": (polymarket_us.BadRequestError, "cannot be canceled"),
        "rate-limited": (polymarket_us.RateLimitError, "Too Many Requests"),
        "overloaded": (polymarket_us.InternalServerError, "was not executed"),
        "error": (polymarket_us.InternalServerError, "internal error"),
    },
}

# Those that leave an order as it is.
WITHOUT_EFFECT = {
    Kind.LOST_BEFORE,
    Kind.RESET_BEFORE,
    Kind.RATE_LIMITED,
    Kind.OVERLOADED,
    Kind.ERROR_BEFORE,
}

LATE_MS = 2 * TIMEOUT_S * 1000


def group(kind: Kind) -> str:
    """Return the part of a kind that a client can tell, without before or after the effect."""
    return kind.removesuffix("-before").removesuffix("-after")


def test_every_venue_has_a_bot() -> None:
    """A new venue fails here until it has one."""
    assert set(VENUES) == set(BOTS) == set(RAISED)


@pytest.mark.parametrize("venue", VENUES)
@pytest.mark.parametrize("kind", LAYERS)
def test_a_cancel_is_struck(
    bots: dict[str, Bot], operator: Operator, venue: str, kind: Kind
) -> None:
    """Once; the client is told as on a bad day, and the next cancel goes as it should."""
    bot, expected = bots[venue], RAISED[venue][group(kind)]
    order = bot.place()
    late = {"delay_ms": LATE_MS} if group(kind) == "delayed" else {}
    more = {"venue": venue, "operation": "cancel-order", "count": 1, **late}
    operator.fault(kind, **more, account="alice", order=order)

    if isinstance(expected, str):
        assert bot.cancel(order).startswith(expected)
    else:
        with pytest.raises(expected[0], match=expected[1]):
            bot.cancel(order)
    is_late = kind is Kind.DELAYED_BEFORE
    assert (kind in WITHOUT_EFFECT or is_late) == bot.is_open(order)
    assert [1] == operator.struck()
    if kind in WITHOUT_EFFECT:
        bot.cancel(order)
    elif is_late:
        time.sleep(LATE_MS / 1000)
    assert not bot.is_open(order)


@pytest.mark.parametrize("venue", VENUES)
def test_an_order_is_placed_and_its_answer_lost(
    bots: dict[str, Bot], operator: Operator, venue: str
) -> None:
    """The bot does not know its order; the fault is over after it."""
    operator.fault("lost-after", venue=venue, operation="place-order", count=1)

    with pytest.raises(RAISED[venue]["lost"][0]):  # type: ignore[arg-type]
        bots[venue].place()
    assert bots[venue].is_open(bots[venue].place())
    assert [1] == operator.struck()


@pytest.mark.parametrize("venue", VENUES)
def test_other_requests_are_left_alone(
    bots: dict[str, Bot], operator: Operator, venue: str
) -> None:
    """Requests of another order, account, operation or venue."""
    bot = bots[venue]
    order, other = bot.place(), bot.place()
    [elsewhere] = [name for name in list(VENUES)[:2] if name != venue][:1]
    operator.fault("lost-before", venue=venue, order=other)
    operator.fault("lost-before", venue=venue, account="bob")
    operator.fault("lost-before", venue=venue, operation="list-fills")
    operator.fault("lost-before", venue=elsewhere)

    bot.cancel(order)
    assert not bot.is_open(order)
    assert [0, 0, 0, 0] == operator.struck()
    with suppress(Exception):
        bot.cancel(other)
    assert [1, 0, 0, 0] == operator.struck()


@pytest.mark.parametrize("venue", VENUES)
def test_a_read_shows_old_news(bots: dict[str, Bot], operator: Operator, venue: str) -> None:
    """The order is open still; a second cancel knows that it is not."""
    bot = bots[venue]
    order = bot.place()
    operator.fault("stale", venue=venue, lag_ms=60_000, account="alice")

    bot.cancel(order)
    assert bot.is_open(order)
    if venue != "autoshares":  # A cancel that was taken already is taken again.
        with pytest.raises(Exception):  # noqa: B017, PT011  (the SDK's own, of many kinds)
            bot.cancel(order)
    operator.clear()
    assert not bot.is_open(order)


@pytest.mark.parametrize("venue", VENUES)
def test_a_read_is_entries_behind(bots: dict[str, Bot], operator: Operator, venue: str) -> None:
    """The read shows the cancel when two more entries are applied."""
    bot = bots[venue]
    first, second, third = (bot.place() for _ in range(3))
    operator.fault("stale", venue=venue, lag_entries=2)

    seen = []
    for order in (first, second, third):
        bot.cancel(order)
        seen.append(bot.is_open(first))
    assert [True, True, False] == seen


# What each venue's clients make of an order that is not found.
NOT_FOUND: dict[str, Raised] = {
    "deltadefi": (KeyError, "msg"),
    "autoshares": (requests.HTTPError, "404"),
    "coinbase-intx": (Exception, "status 404"),
    "loopring": (httpx.HTTPStatusError, "400"),
    "polymarket-us": (polymarket_us.NotFoundError, "not found"),
}


@pytest.mark.parametrize("venue", VENUES)
def test_an_order_is_not_seen_at_first(
    bots: dict[str, Bot], operator: Operator, venue: str
) -> None:
    """Reading it finds nothing, canceling it does; those from before are there."""
    bot = bots[venue]
    before = bot.place()
    time.sleep(0.5)
    operator.fault("unseen", venue=venue, lag_ms=400)

    order = bot.place()
    with pytest.raises(NOT_FOUND[venue][0], match=NOT_FOUND[venue][1]):
        bot.is_open(order)
    assert bot.is_open(before)
    bot.cancel(order)
    time.sleep(0.5)
    assert not bot.is_open(order)
    bot.cancel(before)


# What each venue calls an order whose cancel, and one that itself, was taken and not applied yet.
PENDING = {
    "deltadefi": ("open", "processing"),
    "autoshares": ("PendingCancel", "PendingNew"),
    "coinbase-intx": ("WORKING PENDING_CANCEL", "WORKING PENDING_NEW"),
    "loopring": ("cancelling", "processing"),
    "polymarket-us": ("ORDER_STATE_PENDING_CANCEL", "ORDER_STATE_PENDING_NEW"),
}


@pytest.mark.parametrize("venue", VENUES)
def test_a_cancel_takes_its_time(bots: dict[str, Bot], operator: Operator, venue: str) -> None:
    """
    The cancel is pending, and the order open until it is applied; another order's is applied at
    once.
    """
    bot = bots[venue]
    order, other = bot.place(), bot.place()
    operator.fault("pending", venue=venue, order=order, delay_ms=300)

    bot.cancel(order)
    bot.cancel(other)
    assert (PENDING[venue][0], True) == (bot.state(order), bot.is_open(order))
    assert not bot.is_open(other)
    time.sleep(0.5)
    assert not bot.is_open(order)
    assert [1] == operator.struck()


@pytest.mark.parametrize("venue", VENUES)
def test_an_order_takes_its_time(bots: dict[str, Bot], operator: Operator, venue: str) -> None:
    """The order is pending, and enters the book later; it can be canceled meanwhile."""
    bot = bots[venue]
    operator.fault("pending", venue=venue, operation="place-order", delay_ms=300, count=2)

    first, second = bot.place(), bot.place()
    bot.cancel(second)
    assert (PENDING[venue][1], False) == (bot.state(first), bot.is_open(second))
    time.sleep(0.5)
    assert (True, False) == (bot.is_open(first), bot.is_open(second))
    assert PENDING[venue][1] != bot.state(first) or venue == "loopring"
    bot.cancel(first)


@pytest.mark.parametrize("venue", [name for name in VENUES if name != "autoshares"])
@pytest.mark.parametrize("spared", [None, 1])
def test_one_of_many_is_not_canceled(
    bots: dict[str, Bot], operator: Operator, venue: str, spared: int | None
) -> None:
    """The first, or the one that is named; the answer does not tell of it, and it stands."""
    bot = bots[venue]
    with suppress(Exception):  # Of what other tests left there may be nothing.
        bot.cancel_many([])
    orders = [bot.place() for _ in range(3)]
    named = {} if spared is None else {"order": orders[spared]}
    operator.fault("item-failed", venue=venue, count=1, **named)

    left = orders[spared or 0]
    told = bot.cancel_many(orders)
    assert sorted(order for order in orders if order != left) == sorted(told)
    assert [left] == [order for order in orders if bot.is_open(order)]
    assert [1] == operator.struck()
    assert [left] == bot.cancel_many([left])


def test_one_of_a_batch_is_not_taken(
    bots: dict[str, Any], operator: Operator, served: Served
) -> None:
    """Each item has an id; the refused one is an order that was rejected."""
    bot = bots["polymarket-us"]
    market = served.venue("polymarket-us")["markets"][0]
    form = {
        "marketSlug": market,
        "intent": "ORDER_INTENT_BUY_LONG",
        "type": "ORDER_TYPE_LIMIT",
        "price": {"value": "0.10", "currency": "USD"},
        "quantity": 10,
        "tif": "TIME_IN_FORCE_GOOD_TILL_CANCEL",
    }
    operator.fault("item-failed", venue="polymarket-us", operation="place-order", count=1)

    first, second = bot.sdk.orders.create_many({"orders": [form, form]})["createdOrderIds"]
    assert ("ORDER_STATE_REJECTED", "ORDER_STATE_NEW") == (bot.state(first), bot.state(second))
    price = {"value": "0.11", "currency": "USD"}
    operator.fault("item-failed", venue="polymarket-us", operation="replace-order", count=1)
    change = {"orderId": second, "marketSlug": market, "price": price, "quantity": 10}
    bot.sdk.orders.modify_many({"orders": [change]})
    assert "0.10" == bot.sdk.orders.retrieve(second)["order"]["price"]["value"]
    assert [1, 1] == operator.struck()
    bot.cancel(second)


def test_one_account_of_an_owner_is_struck(bots: dict[str, Any], operator: Operator) -> None:
    """The fault names one account; requests for the owner's other account pass."""
    bot = bots["autoshares"]
    order = bot.place()
    names = operator.accounts("autoshares", "alice")
    mine, others = names[0], names[1:]
    for name in others:
        operator.fault("overloaded", venue="autoshares", account=name)
    bot.cancel(order)
    order = bot.place()
    operator.fault("overloaded", venue="autoshares", account=mine, operation="cancel-order")

    with pytest.raises(requests.HTTPError, match="500"):
        bot.cancel(order)
    assert others
    assert [*(0 for _ in others), 1] == operator.struck()


def test_a_batch_is_answered_as_if_all_were_canceled(
    bots: dict[str, Bot], operator: Operator, served: Served
) -> None:
    """At a venue whose batch answer only repeats the ids, a failed item does not show."""
    bot = bots["polymarket-us"]
    orders = [bot.place() for _ in range(2)]
    market = served.venue("polymarket-us")["markets"][0]
    operator.fault("item-failed", venue="polymarket-us", order=orders[1], count=1)

    forms = [{"orderId": order, "marketSlug": market} for order in orders]
    told = bot.sdk.post(  # type: ignore[attr-defined]
        "/v1/orders/batched/cancel", body={"orders": forms}, authenticated=True
    )
    assert {"canceledOrderIds": orders} == told
    assert [False, True] == [bot.is_open(order) for order in orders]
    bot.cancel(orders[1])


@pytest.mark.parametrize("venue", ["coinbase-intx", "polymarket-us"])
@pytest.mark.parametrize("skew_ms", [-3_600_000, 3_600_000])
def test_the_venues_clock_is_wrong(
    bots: dict[str, Bot], operator: Operator, venue: str, skew_ms: int
) -> None:
    """A signature's stamp is an hour old, or early."""
    bot = bots[venue]
    order = bot.place()
    operator.fault("clock-skew", venue=venue, operation="cancel-order", skew_ms=skew_ms)

    kinds = {"coinbase-intx": "status 401: timestamp expired", "polymarket-us": "outside the"}
    with pytest.raises(Exception, match=kinds[venue]):
        bot.cancel(order)
    assert bot.is_open(order)
    operator.clear()
    bot.cancel(order)


@pytest.mark.parametrize(
    ("more", "status", "text"),
    [
        ({"venue": "nyse"}, 404, "no venue is called 'nyse'; there are deltadefi, autoshares, "),
        ({"operation": "cancel"}, 404, "the exchange has no operation 'cancel'; there are cancel-"),
        (
            {"venue": "autoshares", "operation": "mass-cancel"},
            404,
            "autoshares has no operation 'mass-cancel'; there are ",
        ),
        ({"account": "nobody"}, 404, "the exchange has no account 'nobody'; there are alice, bob"),
        ({"venue": "loopring", "order": "0x1"}, 404, "loopring has no order '0x1'"),
        ({"kind": "stale", "operation": "place-order", "lag_ms": 1}, 400, "stale does not happen"),
        ({"kind": "stale"}, 400, "stale needs lag_ms or lag_entries"),
        ({"kind": "clock-skew"}, 400, "clock-skew needs skew_ms"),
        (
            {"kind": "clock-skew", "venue": "loopring", "skew_ms": 5000},
            400,
            "loopring: no request bears a time, so a wrong clock would do nothing",
        ),
        ({"delay_ms": 5}, 400, "delay_ms means nothing for lost-after"),
        ({"retry_after_s": 5}, 400, "retry_after_s means nothing for lost-after"),
        ({"count": 0}, 400, "count: Expected"),
        ({"probability": 2}, 400, "probability: Expected"),
        ({"often": 2}, 400, "Object contains unknown field often"),
    ],
)
def test_a_bad_fault_is_refused(
    operator: Operator, more: dict[str, Any], status: int, text: str
) -> None:
    """One line says what there is, and no fault is set."""
    told = operator.refusal(**{"kind": "lost-after", **more})

    assert (status, True) == (told[0], told[1].startswith(text)), told
    assert [] == operator.struck()


def test_retry_after(bots: dict[str, Bot], operator: Operator) -> None:
    """The header has the fault's seconds, once, in place of the venue's own."""
    for venue in ("autoshares", "loopring"):
        order = bots[venue].place()
        operator.fault("rate-limited", venue=venue, order=order, retry_after_s=7, count=1)
        with pytest.raises((requests.HTTPError, httpx.HTTPStatusError)) as raised:
            bots[venue].cancel(order)
        assert "7" == raised.value.response.headers["retry-after"]
