"""Parameters: numbers of a query, at their limits and beyond."""

from typing import Any

import pytest
from tests.venues.loopring.floor import Floor

from countermand.venues.loopring import parameters, slots
from countermand.venues.loopring.errors import Coded
from countermand.venues.loopring.messages.accounts import GetStorageId
from countermand.vocabulary.ids import OrderId
from countermand.vocabulary.reports import SlotUse
from countermand.wire.errors import InvalidField


def test_number_has_eighteen_digits_at_most() -> None:
    """Longer ones would cost more to read than any id or time has digits."""
    assert 10**18 - 1 == parameters.number("offset", 18 * "9")

    with pytest.raises(InvalidField, match="invalid offset: must be a number"):
        parameters.number("offset", 19 * "9")


def test_page_has_fifty_orders_at_most() -> None:
    """Fifty are shown where fifty are asked for; one more is refused."""
    floor = Floor()

    assert 200 == floor.ask("/orders", "accountId=10010&limit=50")[0]
    assert 400 == floor.ask("/orders", "accountId=10010&limit=51")[0]


def test_storage_ids_end_with_their_bits() -> None:
    """The last even number of 32 bits can be used; after it there is none."""
    context = Floor().desk.context()

    def after(storage_id: int) -> Any:
        asked = GetStorageId(account_id="10010", sell_token_id="1", max_next="true")
        steps = slots.serve_next(asked, context)
        next(steps)
        return steps.send((SlotUse(storage_id % 16_384, storage_id + 1, OrderId(7)),))

    with pytest.raises(StopIteration) as end:
        after(2**32 - 4)
    assert 2**32 - 2 == end.value.value.order_id
    with pytest.raises(Coded, match="no available storage id"):
        after(2**32 - 2)
