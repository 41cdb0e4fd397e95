"""How much hypothesis tries, whether scenarios are rewritten, and where every test starts from."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from tests.core.build import World

from countermand.core import book, checks, evolve_orders, filing, state, timers

# What one account may have open, how many of its closed orders are remembered, how many of a
# market's trades and how many of its staged orders, in long runs.
OPEN_MAX, CLOSED_MAX, TRADES_MAX, STAGED_MAX = 12, 20, 30, 4

_SLOW = [HealthCheck.too_slow]
settings.register_profile(
    "default", max_examples=50, stateful_step_count=40, deadline=None, suppress_health_check=_SLOW
)
settings.register_profile(
    "fuzz", max_examples=2_000, stateful_step_count=120, deadline=None, suppress_health_check=_SLOW
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer to write down what scenarios now do, to be read as a diff."""
    parser.addoption("--rewrite", action="store_true", help="rewrite what scenarios expect")


@pytest.fixture
def world() -> World:
    """A small exchange, as founded."""
    return World()


@pytest.fixture(scope="module")
def small_bounds() -> Iterator[None]:
    """Make the bounds so small that random traffic comes to them again and again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checks, "OPEN_ORDERS_PER_ACCOUNT_MAX", OPEN_MAX)
        patch.setattr(evolve_orders, "CLOSED_ORDERS_PER_ACCOUNT_MAX", CLOSED_MAX)
        patch.setattr(filing, "CLOSED_ORDERS_PER_ACCOUNT_MAX", CLOSED_MAX)
        patch.setattr(evolve_orders, "STAGED_PER_ACCOUNT_MAX", STAGED_MAX)
        patch.setattr(state, "TRADES_PER_MARKET_MAX", TRADES_MAX)
        # And let books and timers tidy themselves all the time.
        patch.setattr(book, "PACK_MIN", 1)
        patch.setattr(timers, "SWEEP_MIN", 1)
        yield
