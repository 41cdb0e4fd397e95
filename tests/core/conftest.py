"""How much hypothesis tries, what scenarios may rewrite, and the small exchange every test starts from."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from countermand.core import checks, evolve
from tests.core.build import World

# What one account may have open and how many of its closed orders are remembered, in long runs.
OPEN_MAX, CLOSED_MAX = 12, 20

_QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("default", max_examples=50, stateful_step_count=40, **_QUIET)
settings.register_profile("fuzz", max_examples=2_000, stateful_step_count=120, **_QUIET)
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
        patch.setattr(evolve, "CLOSED_ORDERS_PER_ACCOUNT_MAX", CLOSED_MAX)
        yield
