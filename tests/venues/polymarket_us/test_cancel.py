"""
Cancel Order: every situation there is.

Source: Orders API reference, "Cancel Order"; what it leaves open is chosen in the venue's README.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.venues.polymarket_us.counter import (
    GTC,
    IOC,
    ORDER_NOT_FOUND,
    SLUG_REQUIRED,
    TOO_LATE,
    Counter,
)
from tests.venues.polymarket_us.floor import CHAMPION, GAME

from countermand.vocabulary.instrument import TradingState


def resting(counter: Counter) -> str:
    """Return the id of an order of alice's that rests without a match."""
    return counter.place("alice", "BUY_LONG", "0.40", 10)


def test_working(counter: Counter) -> None:
    """200 with an empty object, byte for byte, and the order is canceled."""
    order_id = resting(counter)

    assert (200, {}) == counter.cancel(order_id)
    shown = counter.shown(order_id)
    assert ("ORDER_STATE_CANCELED", 10, 0, 0) == (
        shown["state"], shown["quantity"], shown["cumQuantity"], shown["leavesQuantity"],
    )  # fmt: skip


def test_partly_filled(counter: Counter) -> None:
    """The traded quantity stays traded, and none is left to trade."""
    order_id = resting(counter)
    counter.place("bob", "BUY_SHORT", "0.40", 4)

    assert (200, {}) == counter.cancel(order_id)
    shown = counter.shown(order_id)
    assert ("ORDER_STATE_CANCELED", 10, 4, 0, "0.40") == (
        shown["state"], shown["quantity"], shown["cumQuantity"], shown["leavesQuantity"],
        shown["avgPx"]["value"],
    )  # fmt: skip


@pytest.mark.parametrize("order_id", ["NOSUCHORDER1", "C60JWBG0WKDK", "C00000000000", "order-123"])
def test_unknown(counter: Counter, order_id: str) -> None:
    """404, whether the text could be an id or not."""
    assert (404, ORDER_NOT_FOUND) == counter.cancel(order_id)


def test_of_another_account(counter: Counter) -> None:
    """The order is unknown to the user, and untouched."""
    order_id = resting(counter)

    assert (404, ORDER_NOT_FOUND) == counter.cancel(order_id, owner="bob")
    assert counter.state(order_id) == "NEW"


def filled(counter: Counter) -> str:
    """Return the id of an order that was filled."""
    order_id = resting(counter)
    counter.place("bob", "BUY_SHORT", "0.40", 10)
    return order_id


def canceled(counter: Counter) -> str:
    """Return the id of an order that was canceled."""
    order_id = resting(counter)
    counter.cancel(order_id)
    return order_id


def expired(counter: Counter) -> str:
    """Return the id of an immediate order that ended without a match."""
    return counter.place("alice", "BUY_LONG", "0.40", 10, tif=IOC)


def rejected(counter: Counter) -> str:
    """Return the id of an order beyond the price limits."""
    return counter.place("alice", "BUY_LONG", "45", 10)


CLOSED = {"FILLED": filled, "CANCELED": canceled, "EXPIRED": expired, "REJECTED": rejected}
ANSWERS = {
    "precondition": (400, TOO_LATE),
    "not-found": (404, ORDER_NOT_FOUND),
    "conflict": (409, {"code": 10, "message": "Order cannot be canceled", "details": []}),
    "silence": (200, {}),
}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("state", CLOSED)
def test_closed(answer: str, state: str) -> None:
    """400 with code 9, or what the world's switch says; the order stays what it was."""
    counter = Counter(closed_cancel_answer=answer)
    order_id = CLOSED[state](counter)

    assert ANSWERS[answer] == counter.cancel(order_id)
    assert counter.state(order_id) == state


@pytest.mark.parametrize("body", [{}, {"marketSlug": ""}, {"marketSlug": None}, b""])
def test_slug_missing(counter: Counter, body: Any) -> None:
    """400, and the order works on."""
    order_id = resting(counter)

    assert (400, SLUG_REQUIRED) == counter.cancel(order_id, body)
    assert counter.state(order_id) == "NEW"


@pytest.mark.parametrize("slug", [CHAMPION, "no-such-market", GAME.upper()])
def test_slug_of_elsewhere(counter: Counter, slug: str) -> None:
    """The order is not in that market, and works on in its own."""
    order_id = resting(counter)

    assert (404, ORDER_NOT_FOUND) == counter.cancel(order_id, {"marketSlug": slug})
    assert counter.state(order_id) == "NEW"


def test_snake_case_and_unknown_fields(counter: Counter) -> None:
    """Are taken, as the live venue does."""
    body = {"market_slug": GAME, "reason": "changed my mind", "orderId": "C60JWBG0WKDK"}

    assert (200, {}) == counter.cancel(resting(counter), body)


def test_slug_in_both_spellings(counter: Counter) -> None:
    """Says nothing that could be relied on."""
    order_id = resting(counter)
    status, answer = counter.cancel(order_id, {"market_slug": GAME, "marketSlug": CHAMPION})

    assert (400, 3) == (status, answer["code"])
    assert counter.state(order_id) == "NEW"


@pytest.mark.parametrize("body", [b"{", b"[]", b"null", b'"x"', b"\xff", b'{"marketSlug":5}'])
def test_body_that_is_none(counter: Counter, body: bytes) -> None:
    """400, code 3, and nothing happens."""
    order_id = resting(counter)
    status, answer = counter.cancel(order_id, body)

    assert (400, 3, []) == (status, answer["code"], answer["details"])
    assert counter.state(order_id) == "NEW"


TWICE = [
    (b'{"marketSlug":"SLUG","marketSlug":"SLUG"}', "marketSlug"),
    (b'{"marketSlug":"no-such-market","marketSlug":"SLUG"}', "marketSlug"),
    (b'{"marketSlug":"SLUG","a":{"b":[{"c":1,"c":9999999999999999999999e400}]}}', "c"),
]


@pytest.mark.parametrize(("body", "name"), TWICE)
def test_name_that_is_given_twice(counter: Counter, body: bytes, name: str) -> None:
    """Is refused: which of both counts is not for us to guess; the order stays."""
    order_id = counter.place("alice", "BUY_LONG", "0.40", 10)
    status, answer = counter.cancel(order_id, body.replace(b"SLUG", GAME.encode()))

    assert (400, 3, f"{name} is given more than once") == (
        status, answer["code"], answer["message"],
    )  # fmt: skip
    assert counter.state(order_id) == "NEW"


def test_colons_in_values_are_no_names(counter: Counter) -> None:
    """A body is read again where it has more colons than names, and taken all the same."""
    order_id = counter.place("alice", "BUY_LONG", "0.40", 10)
    body = {"marketSlug": GAME, "note": ':::"":,', "list": [{"a": 1}, {"a": "b:"}]}

    assert (200, {}) == counter.cancel(order_id, body)


@pytest.mark.parametrize("known", ["marketSlug", "slugs", "price", "orders"])
@pytest.mark.parametrize("levels", [40, 900, 20_000])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"price":', "}")])
def test_body_without_end(
    counter: Counter, known: str, levels: int, opens: str, closes: str
) -> None:
    """Nested deeper than anything could be: 400, wherever it stands, and nothing happens."""
    order_id = resting(counter)
    for name in (known, "x"):
        raw = f'{{"{name}":{opens * levels}1{closes * levels}}}'.encode()
        status, answer = counter.cancel(order_id, raw)
        assert (400, 3, []) == (status, answer["code"], answer["details"])
    assert counter.state(order_id) == "NEW"


def test_unknown_field_is_dropped(counter: Counter) -> None:
    """An unknown field is dropped with its value."""
    body = {"marketSlug": GAME, "x": {"a_b": 1, "aB": 2, "market_slug": 3}, "y_z": 1, "yZ": 2}

    assert (200, {}) == counter.cancel(resting(counter), body)


@pytest.mark.parametrize("state", list(TradingState))
def test_in_every_state_of_the_market(counter: Counter, state: TradingState) -> None:
    """A cancel is always taken."""
    order_id = resting(counter)
    counter.become(state)

    assert (200, {}) == counter.cancel(order_id)


def test_not_a_delete(counter: Counter) -> None:
    """The path has no DELETE, and the path of one does not exist."""
    order_id = resting(counter)
    for path in (f"/v1/orders/{order_id}", f"/v1/order/{order_id}"):
        assert counter.delete(path) in (404, 501)
    assert counter.state(order_id) == "NEW"


def test_cancel_all(counter: Counter) -> None:
    """The working orders of the named markets, in order of submission; each id once."""
    first, second = resting(counter), counter.place("alice", "BUY_LONG", "0.41", 1)
    other = counter.place("alice", "BUY_LONG", "0.20", 1, marketSlug=CHAMPION)
    bobs = counter.place("bob", "BUY_LONG", "0.10", 1)
    slugs = {"slugs": [GAME, GAME, "no-such-market"]}

    expected = (200, {"canceledOrderIds": [first, second]})
    assert expected == counter.post("/v1/orders/open/cancel", slugs)
    assert (200, {"canceledOrderIds": []}) == counter.post("/v1/orders/open/cancel", slugs)
    assert ("NEW", "NEW") == (counter.state(other), counter.state(bobs, "bob"))


@pytest.mark.parametrize("body", [{}, {"slugs": []}, b"", {"slugs": None}, {"marketSlug": GAME}])
def test_cancel_all_without_a_filter(counter: Counter, body: Any) -> None:
    """Takes everything; `marketSlug` is no filter there, and is dropped as on the venue."""
    first = resting(counter)
    other = counter.place("alice", "BUY_LONG", "0.20", 1, marketSlug=CHAMPION)

    expected = (200, {"canceledOrderIds": [first, other]})
    assert expected == counter.post("/v1/orders/open/cancel", body)


def test_cancel_all_of_unknown_markets(counter: Counter) -> None:
    """Matches nothing, and cancels nothing."""
    order_id = resting(counter)

    expected = (200, {"canceledOrderIds": []})
    assert expected == counter.post("/v1/orders/open/cancel", {"slugs": ["no-such-market"]})
    assert counter.state(order_id) == "NEW"


def test_cancel_all_with_a_broken_filter(counter: Counter) -> None:
    """400, and nothing is canceled."""
    order_id = resting(counter)
    status, answer = counter.post("/v1/orders/open/cancel", {"slugs": GAME})

    assert (400, 3) == (status, answer["code"])
    assert counter.state(order_id) == "NEW"


def test_batch(counter: Counter) -> None:
    """All ids are echoed; the orders that worked are canceled."""
    works, over, foreign = (
        resting(counter), canceled(counter), counter.place("bob", "BUY_LONG", "0.10", 1),
    )  # fmt: skip
    ids = [works, over, foreign, "NOSUCHORDER1"]
    body = {"orders": [{"orderId": one, "marketSlug": GAME} for one in ids]}
    body["orders"].append({"orderId": works, "marketSlug": "no-such-market"})

    expected = (200, {"canceledOrderIds": [*ids, works]})
    assert expected == counter.post("/v1/orders/batched/cancel", body)
    assert ("CANCELED", "NEW") == (counter.state(works), counter.state(foreign, "bob"))


@pytest.mark.parametrize(
    "orders",
    [
        [],
        [{"orderId": "{}", "marketSlug": GAME}] * 21,
        [{"orderId": "{}", "marketSlug": GAME}, {"orderId": "{}"}],
        [{"orderId": "{}", "marketSlug": GAME}, {"marketSlug": GAME}],
        [{"orderId": "{}", "marketSlug": GAME}, 7],
        None,
    ],
)
def test_batch_that_is_malformed(counter: Counter, orders: Any) -> None:
    """One bad entry, none, or more than twenty: 400 for all, and no order is canceled."""
    order_id = resting(counter)
    for one in orders or ():
        if isinstance(one, dict) and "orderId" in one:
            one["orderId"] = order_id
    status, answer = counter.post("/v1/orders/batched/cancel", {"orders": orders})

    assert (400, 3) == (status, answer["code"])
    assert counter.state(order_id) == "NEW"


def test_resting_order_that_expired_by_time(counter: Counter) -> None:
    """Good till date: canceled before, too late after."""
    until = {"tif": "TIME_IN_FORCE_GOOD_TILL_DATE", "goodTillTime": "2027-01-15T09:00:00Z"}
    order_id = counter.place("alice", "BUY_LONG", "0.40", 1, **until)
    assert GTC != counter.shown(order_id)["tif"]
    assert counter.shown(order_id)["goodTillTime"] == "2027-01-15T09:00:00Z"
    counter.pass_time(3600)

    assert counter.state(order_id) == "EXPIRED"
    assert (400, TOO_LATE) == counter.cancel(order_id)
