"""Parameters: numbers as the text of a query has them."""

import pytest

from countermand.venues.loopring import parameters
from countermand.wire.errors import InvalidField


def test_number_has_eighteen_digits_at_most() -> None:
    """Longer ones would cost more to read than any id or time has digits."""
    assert 10**18 - 1 == parameters.number("offset", 18 * "9")

    with pytest.raises(InvalidField, match="invalid offset: must be a number"):
        parameters.number("offset", 19 * "9")
