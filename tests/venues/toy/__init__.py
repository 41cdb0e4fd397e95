"""Toy: the smallest venue there can be."""

from tests.venues.toy.auth import ToyAuth
from tests.venues.toy.errors import REFUSALS
from tests.venues.toy.routes import ROUTES

from countermand.wire.context import Settings
from countermand.wire.venue import Venue

VENUE = Venue("toy", __name__, ROUTES, ToyAuth(), REFUSALS, Settings)
