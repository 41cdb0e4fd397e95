"""A counter and a floor for each test, and a floor with the documents' quotes."""

from __future__ import annotations

import pytest
from tests.venues.polymarket_us.counter import Counter
from tests.venues.polymarket_us.floor import Floor


@pytest.fixture
def counter() -> Counter:
    """The demo world, with a counter."""
    return Counter()


@pytest.fixture
def floor() -> Floor:
    """A floor of one's own."""
    return Floor()


@pytest.fixture
def quoted(floor: Floor) -> Floor:
    """The example of the documents: 120 bid at 0.54, 80.5 offered at 0.56, last trade at 0.55."""
    floor.sell("bob", "1", "0.55")
    floor.buy("alice", "1", "0.55")
    floor.buy("alice", "120", "0.54")
    floor.sell("bob", "80.5", "0.56")
    return floor
