"""Every venue before the client's core, one after the other."""

from __future__ import annotations

import pytest
from tests.client.stage import Scene
from tests.venues.desk import Desk

from countermand.venues import VENUES
from countermand.wire.venue import Venue


@pytest.fixture(params=VENUES, scope="module")
def venue(request: pytest.FixtureRequest) -> Venue:
    """One venue after the other."""
    return VENUES[request.param]


@pytest.fixture
def scene(venue: Venue) -> Scene:
    """A desk of its own, with Alice's client before it and Bob at it."""
    return Scene(Desk(venue))
