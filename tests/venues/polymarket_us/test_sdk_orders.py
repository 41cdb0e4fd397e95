"""
The published polymarket-us 2.4.1, unmodified, over a real socket, in both its forms: every call
about orders, and the class of error that each refusal raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from polymarket_us import (
    APIStatusError,
    AuthenticationError,
    BadRequestError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
)
from tests.served import Served, demo_text
from tests.venues.polymarket_us.counter import GTC, IOC, terms
from tests.venues.polymarket_us.floor import CHAMPION, GAME, NAME, dollars
from tests.venues.polymarket_us.test_sdk_reads import Sdk

FORMS = ["sync", "async"]
HERE = {"marketSlug": GAME}
BOBS_KEY = 'secret_key = "Y291bnRlcm1hbmQtZGVtby1ib2ItLS10cmFkZS0wMDM="\n'


@pytest.fixture(scope="module")
def venue() -> Iterator[dict[str, Any]]:
    """The demo world, as anyone would start it."""
    with Served.with_empty_books(NAME) as served:
        yield served.venue(NAME)


@pytest.fixture(params=FORMS)
def sdk(request: pytest.FixtureRequest, venue: dict[str, Any]) -> Iterator[Sdk]:
    """Either form of the SDK, at an exchange without orders."""
    form = Sdk(request.param, venue)
    yield form
    for owner in ("alice", "bob"):
        form.ask("orders.cancel_all", owner=owner)


def other_world(tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """Return a file of the demo world with some of its text replaced."""
    text = demo_text(NAME)
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = tmp_path / "world.toml"
    file.write_text(text)
    return file


def shown(sdk: Sdk, order_id: str, owner: str = "alice") -> dict[str, Any]:
    """Return an order."""
    return dict(sdk.ask("orders.retrieve", order_id, owner=owner)["order"])


def test_create_retrieve_list(sdk: Sdk) -> None:
    """The id of a new order is twelve characters, and it is found by it."""
    created = sdk.ask("orders.create", terms("BUY_LONG", "0.30", 2.5))
    order = shown(sdk, created["id"])

    assert (12, []) == (len(created["id"]), created["executions"])
    assert ("ORDER_STATE_NEW", 2.5, 0, 2.5, dollars("0.30")) == (
        order["state"], order["quantity"], order["cumQuantity"], order["leavesQuantity"],
        order["price"],
    )  # fmt: skip
    assert {"orders": [order]} == sdk.ask("orders.list", {"slugs": [CHAMPION, GAME]})
    assert {"orders": []} == sdk.ask("orders.list", {"slugs": [CHAMPION]})
    assert {"orders": [order]} == sdk.ask("orders.list")


def test_synchronous_create(sdk: Sdk) -> None:
    """The answer has the executions, each with the order as it was then."""
    sdk.ask("orders.create", terms("BUY_SHORT", "0.31", 10), owner="bob")
    form = terms("BUY_LONG", "0.31", 12, synchronousExecution=True, maxBlockTime="5", tif=IOC)
    told = sdk.ask("orders.create", form)["executions"]

    assert [
        ("EXECUTION_TYPE_NEW", "0", "ORDER_STATE_NEW"),
        ("EXECUTION_TYPE_PARTIAL_FILL", "10", "ORDER_STATE_PARTIALLY_FILLED"),
        ("EXECUTION_TYPE_EXPIRED", "0", "ORDER_STATE_EXPIRED"),
    ] == [(one["type"], one["lastShares"], one["order"]["state"]) for one in told]


def test_synchronous_create_waits(sdk: Sdk) -> None:
    """The request waits until another user's order closes it, or for the time asked."""
    rests = terms("BUY_LONG", "0.34", 3, synchronousExecution=True)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(sdk.ask, "orders.create", rests)
        while not sdk.ask("orders.list")["orders"]:
            assert not waiting.done()
        sdk.ask("orders.create", terms("BUY_SHORT", "0.34", 3), owner="bob")
        told = waiting.result()["executions"]
    still = sdk.ask("orders.create", rests | {"maxBlockTime": 1})["executions"]

    assert [("EXECUTION_TYPE_NEW", False), ("EXECUTION_TYPE_FILL", False)] == [
        (one["type"], one["aggressor"]) for one in told
    ]
    assert [("EXECUTION_TYPE_NEW", "ORDER_STATE_NEW")] == [
        (one["type"], one["order"]["state"]) for one in still
    ]


def test_preview(sdk: Sdk) -> None:
    """The order as it would be taken, floored to the market's steps, and nothing placed."""
    order = sdk.ask("orders.preview", {"request": terms("BUY_SHORT", "0.459", 1.015)})["order"]

    assert ("", "ORDER_STATE_PENDING_NEW", dollars("0.45"), 1.01) == (
        order["id"], order["state"], order["price"], order["quantity"],
    )  # fmt: skip
    assert {"orders": []} == sdk.ask("orders.list")


def test_modify(sdk: Sdk) -> None:
    """The id stays; what is not said stays too."""
    order_id = sdk.ask("orders.create", terms("BUY_LONG", "0.30", 100))["id"]
    sdk.ask("orders.modify", order_id, HERE | {"price": dollars("0.32"), "quantity": 150})
    order = shown(sdk, order_id)

    assert (dollars("0.32"), 150, GTC) == (order["price"], order["quantity"], order["tif"])


def test_cancel(sdk: Sdk) -> None:
    """The SDK returns nothing; the order tells that it is canceled."""
    order_id = sdk.ask("orders.create", terms("BUY_LONG", "0.30", 1))["id"]

    assert sdk.ask("orders.cancel", order_id, HERE) is None
    assert shown(sdk, order_id)["state"] == "ORDER_STATE_CANCELED"


def test_cancel_all(sdk: Sdk) -> None:
    """The request goes with markets and without."""
    ids = [sdk.ask("orders.create", terms("BUY_LONG", "0.30", 1))["id"] for _ in range(2)]

    nothing = {"canceledOrderIds": []}
    assert nothing == sdk.ask("orders.cancel_all", {"slugs": [CHAMPION]})
    assert {"canceledOrderIds": ids} == sdk.ask("orders.cancel_all")
    assert nothing == sdk.ask("orders.cancel_all", {})


def test_batches(sdk: Sdk) -> None:
    """Created, modified and canceled, twenty at most."""
    forms = [terms("BUY_LONG", f"0.{10 + n}", 1) for n in range(20)]
    ids = sdk.ask("orders.create_many", {"orders": forms})["createdOrderIds"]
    changes = [HERE | {"orderId": one, "quantity": 2} for one in ids]
    cancels = [HERE | {"orderId": one} for one in ids]

    assert {"modifiedOrderIds": ids} == sdk.ask("orders.modify_many", {"orders": changes})
    listed = sdk.ask("orders.list")["orders"]
    assert {(one, 2) for one in ids} == {(one["id"], one["quantity"]) for one in listed}
    assert {"canceledOrderIds": ids} == sdk.ask("orders.cancel_many", {"orders": cancels})
    assert {"orders": []} == sdk.ask("orders.list")
    with pytest.raises(BadRequestError):
        sdk.ask("orders.create_many", {"orders": [*forms, forms[0]]})


def test_close_position(sdk: Sdk) -> None:
    """A market order for the whole of it, the other way."""
    there = {"marketSlug": CHAMPION}
    sdk.ask("orders.create", terms("BUY_LONG", "0.33", 7, **there))
    sdk.ask("orders.create", terms("BUY_SHORT", "0.33", 7, **there), owner="bob")
    sdk.ask("orders.create", terms("BUY_LONG", "0.329", 7, **there), owner="bob")
    tolerance = {"currentPrice": dollars("0.33"), "ticks": 1}
    form = there | {"synchronousExecution": True, "slippageTolerance": tolerance}
    closed = sdk.ask("orders.close_position", form)

    types = [one["type"] for one in closed["executions"]]
    assert types == ["EXECUTION_TYPE_NEW", "EXECUTION_TYPE_FILL"]
    assert closed["executions"][1]["order"]["intent"] == "ORDER_INTENT_SELL_LONG"
    with pytest.raises(NotFoundError, match="No open position for market slug"):
        sdk.ask("orders.close_position", there)


@pytest.mark.parametrize(
    ("method", "given", "text"),
    [
        ("orders.create", ({"intent": "ORDER_INTENT_BUY_LONG"},), "marketSlug is required"),
        ("orders.create", (terms("BUY", "0.5", 1),), "invalid intent"),
        ("orders.create", (terms("BUY_LONG", "0.5", 1, tif="GTC"),), "invalid tif"),
        ("orders.create", (terms("BUY_LONG", "0.5", 10**8),), "unable to process"),
        ("orders.create_many", ({"orders": []},), "invalid orders"),
        ("orders.preview", (terms("BUY_LONG", "0.5", 1),), "request is required"),
        ("orders.preview", ({"request": terms("BUY_LONG", "45", 1)},), "outside the price band"),
        ("orders.modify", ("C00000000001", {}), "marketSlug is required"),
        ("orders.modify_many", ({"orders": []},), "invalid orders"),
        ("orders.cancel", ("C00000000001", {}), "marketSlug is required"),
        ("orders.cancel_many", ({"orders": [{}]},), "orderId is required"),
        ("orders.cancel_all", ({"slugs": GAME},), "invalid slugs"),
        ("orders.close_position", ({},), "marketSlug is required"),
    ],
)
def test_bad_requests(sdk: Sdk, method: str, given: tuple[Any, ...], text: str) -> None:
    """Each is a BadRequestError; the text does not name a lack of money."""
    with pytest.raises(BadRequestError, match=text):
        sdk.ask(method, *given)


@pytest.mark.parametrize(
    ("method", "given"),
    [
        ("orders.retrieve", ("C00000000001",)),
        ("orders.modify", ("C00000000001", HERE)),
        ("orders.cancel", ("C00000000001", HERE)),
        ("orders.cancel", ("NOSUCHORDER1", HERE)),
    ],
)
def test_not_found(sdk: Sdk, method: str, given: tuple[Any, ...]) -> None:
    """404 is a NotFoundError, with its body."""
    with pytest.raises(NotFoundError, match="Order not found") as caught:
        sdk.ask(method, *given)
    assert caught.value.body == {"code": 5, "message": "Order not found", "details": []}


def test_canceled_twice(sdk: Sdk) -> None:
    """The second is a BadRequestError with code 9, and the order is what it was."""
    order_id = sdk.ask("orders.create", terms("BUY_LONG", "0.30", 1))["id"]
    sdk.ask("orders.cancel", order_id, HERE)

    with pytest.raises(BadRequestError, match="cannot be canceled") as caught:
        sdk.ask("orders.cancel", order_id, HERE)
    assert isinstance(caught.value.body, dict)
    assert caught.value.body["code"] == 9


EVERY = [
    ("orders.create", (terms("BUY_LONG", "0.3", 1),)),
    ("orders.create_many", ({"orders": [terms("BUY_LONG", "0.3", 1)]},)),
    ("orders.preview", ({"request": terms("BUY_LONG", "0.3", 1)},)),
    ("orders.retrieve", ("C00000000001",)),
    ("orders.list", ()),
    ("orders.modify", ("C00000000001", HERE)),
    ("orders.modify_many", ({"orders": [HERE | {"orderId": "C00000000001"}]},)),
    ("orders.cancel", ("C00000000001", HERE)),
    ("orders.cancel_many", ({"orders": [HERE | {"orderId": "C00000000001"}]},)),
    ("orders.cancel_all", ()),
    ("orders.close_position", (HERE,)),
    ("account.balances", ()),
    ("portfolio.positions", ()),
    ("portfolio.activities", ()),
]


@pytest.mark.parametrize(("method", "given"), EVERY, ids=lambda value: str(value)[:24])
def test_without_the_right_key(sdk: Sdk, method: str, given: tuple[Any, ...]) -> None:
    """401 is an AuthenticationError, on every signed call."""
    with pytest.raises(AuthenticationError, match="invalid signature") as caught:
        sdk.ask(method, *given, key_id=sdk.venue["accounts"]["bob"]["key_id"])
    assert caught.value.status_code == 401
    # The SDK sends a correlation id, and reads it back from the answer.
    assert len(str(caught.value.request_id)) == 36


@pytest.mark.parametrize("form", FORMS)
def test_switches_and_limits(tmp_path: Path, form: str) -> None:
    """403 is a PermissionDeniedError, 429 a RateLimitError, 409 an APIStatusError."""
    file = other_world(
        tmp_path,
        ("rate_limit_per_s = 0", "rate_limit_per_s = 3"),
        ('closed_cancel_answer = "precondition"', 'closed_cancel_answer = "conflict"'),
        # Bob's key may only look.
        (BOBS_KEY + 'access = ["view", "trade"]', BOBS_KEY + 'access = ["view"]'),
    )
    with Served(None, "--venue", NAME, "--world", str(file)) as served:
        sdk = Sdk(form, served.venue(NAME))
        order_id = sdk.ask("orders.create", terms("BUY_LONG", "0.30", 1))["id"]
        sdk.ask("orders.cancel", order_id, HERE)
        with pytest.raises(APIStatusError) as caught:
            sdk.ask("orders.cancel", order_id, HERE)
        assert caught.value.status_code == 409
        with ThreadPoolExecutor(8) as pool:
            calls = [pool.submit(sdk.ask, "orders.cancel", order_id, HERE) for _ in range(40)]
            refusals = [call.exception() for call in calls]
        limited = [one for one in refusals if isinstance(one, RateLimitError)]
        assert limited[0].body == {"status": 429, "message": "Too Many Requests"}
        with pytest.raises(PermissionDeniedError, match="lacks trade permission"):
            sdk.ask("orders.cancel", order_id, HERE, owner="bob")
