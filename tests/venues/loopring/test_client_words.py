"""What our client says on this venue's wire, and what it finds out that it cannot say."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.venues.loopring.floor import Floor

from countermand.client.call import call
from countermand.client.transport import InProcessTransport
from countermand.vocabulary.commands import CancelOrder, NewOrder
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.order import OrderTerms, OrdType, Side, TimeInForce
from countermand.vocabulary.queries import ListOrders
from countermand.wire.errors import NotExpressible
from countermand.wire.operation import Operation

LOTS, TICKS = 10**12, 3 * 10**10


@pytest.fixture
def floor() -> Floor:
    """A new exchange."""
    return Floor()


def ask(floor: Floor, operation: Operation, asked: Any) -> Any:
    """Call the venue as alice."""
    desk = floor.desk
    return asyncio.run(
        call(
            desk.venue,
            operation,
            asked,
            context=desk.context(),
            credential=desk.credential(),
            transport=InProcessTransport(desk.pipeline.handle),
        )
    )


def order(floor: Floor, time_in_force: TimeInForce, **more: Any) -> NewOrder:
    """Return an order to sell LRC for ETH that says nothing of storage ids."""
    market = floor.desk.directory.instrument_by_symbol("LRC-ETH")
    assert market is not None
    terms = OrderTerms(Side.SELL, OrdType.LIMIT, time_in_force, LOTS, TICKS, **more)
    return NewOrder(floor.desk.accounts()[0].account_id, market.instrument_id, "mine", terms)


@pytest.mark.parametrize("time_in_force", [TimeInForce.FOK, TimeInForce.DAY])
def test_a_time_in_force_without_a_word_is_not_sent_as_another(
    floor: Floor, time_in_force: TimeInForce
) -> None:
    """An order that must fill whole or not at all would be filled in part."""
    with pytest.raises(NotExpressible, match=r"^time_in_force of"):
        ask(floor, Operation.PLACE_ORDER, order(floor, time_in_force))

    assert 0 == floor.told("/orders", "accountId=10010")["totalNum"]


def test_an_order_that_stands_is_placed_for_thirty_days(floor: Floor) -> None:
    """The venue ends it then by itself."""
    taken = ask(floor, Operation.PLACE_ORDER, order(floor, TimeInForce.GTC))
    shown = floor.order(taken.cl_ord_ids[0])

    assert ("LIMIT_ORDER", "mine") == (shown["orderType"], shown["clientOrderId"])
    assert 30 * 24 * 3600 == shown["validity"]["end"] - shown["validity"]["start"]


def test_an_order_off_the_market_s_words_is_not_sent(floor: Floor) -> None:
    """Another account, an unknown market, volumes finer than a token."""
    good = order(floor, TimeInForce.GTC)
    for changes in ({"account_id": 999}, {"instrument_id": 999}):
        fields = {name: getattr(good, name) for name in good.__struct_fields__} | changes
        with pytest.raises(NotExpressible):
            ask(floor, Operation.PLACE_ORDER, NewOrder(**fields))


def test_a_cancel_by_the_exchange_s_id_is_not_sent(floor: Floor) -> None:
    """The venue knows hashes and client ids; one of both kinds in turn it does not know either."""
    account_id = floor.desk.accounts()[0].account_id
    for command in (
        CancelOrder(account_id, OrderId(7)),
        CancelOrder(account_id, OrderId(0)),
        CancelOrder(account_id, OrderId(0), "0x" + 64 * "1", secondary_cl_ord_id="mine"),
    ):
        with pytest.raises(NotExpressible):
            ask(floor, Operation.CANCEL_ORDER, command)


def test_a_cancel_by_client_id_is_sent_as_one(floor: Floor) -> None:
    """What is no hash is the client's own name, whichever way it is given."""
    taken = ask(floor, Operation.PLACE_ORDER, order(floor, TimeInForce.GTC))
    account_id = floor.desk.accounts()[0].account_id

    canceled = ask(floor, Operation.CANCEL_ORDER, CancelOrder(account_id, OrderId(0), "mine"))
    assert taken.cl_ord_ids == canceled.cl_ord_ids


@pytest.mark.parametrize(
    "filters", [{"since_ns": 1}, {"until_ns": 10**6}, {"ascending": True}, {"limit": 51}]
)
def test_a_filter_without_a_word_is_not_left_out(floor: Floor, filters: dict[str, Any]) -> None:
    """Times are whole milliseconds, the newest is first, and a page has 50 orders."""
    account_id = floor.desk.accounts()[0].account_id
    with pytest.raises(NotExpressible):
        ask(floor, Operation.LIST_ORDERS, ListOrders((account_id,), **filters))
