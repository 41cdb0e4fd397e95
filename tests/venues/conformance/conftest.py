"""The suite runs over every registered venue; nothing but a missing capability excuses one."""

import pytest
from tests.venues.desk import Desk

from countermand.venues import VENUES


@pytest.fixture(params=list(VENUES), scope="session")
def desk(request: pytest.FixtureRequest) -> Desk:
    """A venue with its demo world. Tests that trade make their own."""
    return Desk(VENUES[request.param])
