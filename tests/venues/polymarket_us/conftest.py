"""A counter for each test."""

from __future__ import annotations

import pytest
from tests.venues.polymarket_us.counter import Counter


@pytest.fixture
def counter() -> Counter:
    """The demo world, with a counter."""
    return Counter()
