"""A shop for each test."""

from __future__ import annotations

import pytest
from tests.venues.coinbase_intx.shop import Shop


@pytest.fixture
def shop() -> Shop:
    """A shop of one's own."""
    return Shop()
