"""An office and a window for each test, and a window with the manual's trades."""

from __future__ import annotations

import pytest
from tests.venues.autoshares.office import Office
from tests.venues.autoshares.window import Window


@pytest.fixture
def office() -> Office:
    """The demo world."""
    return Office()


@pytest.fixture
def window() -> Window:
    """A window of one's own."""
    return Window()


@pytest.fixture
def held(window: Window) -> Window:
    """The manual's account: 150 shares bought at 156.57 of bob, who paid 169.42 for one later."""
    window.trade(window.account(name="cash"), window.account("bob"), "150", "156.57")
    window.trade(window.account("bob"), window.account("carol"), "1", "169.42")
    return window
