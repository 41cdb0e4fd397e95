"""Fields of a request: read, or refused by their name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.wire.test_numbers import STEPPED

from countermand.wire import numbers
from countermand.wire.errors import InvalidField
from countermand.wire.fields import steps


def test_price_is_read_in_ticks() -> None:
    """The price is counted by the function that is given."""
    assert steps("price", numbers.price_ticks, STEPPED, Decimal("1.25")) == 25


@pytest.mark.parametrize("text", ["1.26", "NaN", "1e99"])
def test_price_off_the_grid_is_refused_by_its_name(text: str) -> None:
    """The refusal has the field's name, for each way to be off the grid."""
    with pytest.raises(InvalidField, match="invalid limit: ") as caught:
        steps("limit", numbers.price_ticks, STEPPED, Decimal(text))

    assert caught.value.name == "limit"
