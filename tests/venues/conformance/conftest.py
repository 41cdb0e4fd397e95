"""The suite runs over every registered venue and the toy; only a declared loss excuses one."""

import pytest
from tests.venues.conformance.trader import Trader
from tests.venues.desk import Desk
from tests.venues.toy import VENUE as TOY

from countermand.venues import VENUES
from countermand.wire.venue import Venue


@pytest.fixture(params=[*VENUES, TOY.name], scope="session")
def venue(request: pytest.FixtureRequest) -> Venue:
    """One venue after the other."""
    return TOY if request.param == TOY.name else VENUES[request.param]


@pytest.fixture(scope="session")
def desk(venue: Venue) -> Desk:
    """The venue with its demo world. Tests that trade make their own."""
    return Desk(venue)


@pytest.fixture
def alice(venue: Venue) -> Trader:
    """Alice, at a desk of her own."""
    return Trader(Desk(venue))


@pytest.fixture
def bob(alice: Trader) -> Trader:
    """Bob, at the same desk."""
    return Trader(alice.desk, "bob")
