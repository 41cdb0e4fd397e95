"""Fields of a request: read, or refused by their name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.wire.test_numbers import STEPPED

from countermand.wire import numbers
from countermand.wire.errors import InvalidField
from countermand.wire.fields import steps


def test_price_is_read_in_ticks() -> None:
    """By the function that counts them."""
    assert steps("price", numbers.price_ticks, STEPPED, Decimal("1.25")) == 25


@pytest.mark.parametrize("text", ["1.26", "NaN", "1e99"])
def test_price_off_the_grid_is_refused_by_its_name(text: str) -> None:
    """Whatever is wrong with it."""
    with pytest.raises(InvalidField, match="invalid limit: ") as caught:
        steps("limit", numbers.price_ticks, STEPPED, Decimal(text))

    assert caught.value.name == "limit"
