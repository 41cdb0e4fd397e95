"""Polymarket US, retail REST API v1."""

from countermand.venues.polymarket_us.auth import PolymarketAuth, PolymarketSettings
from countermand.venues.polymarket_us.errors import PolymarketErrors
from countermand.venues.polymarket_us.explain import explain
from countermand.venues.polymarket_us.routes import ROUTES
from countermand.venues.polymarket_us.translate.resolve import NAME
from countermand.wire.bridge import OldRefusals
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=PolymarketAuth(),
    refusals=OldRefusals(PolymarketErrors()),  # type: ignore[arg-type]  # until it has its table
    settings=PolymarketSettings,
    habits=Habits(
        auth_first=True,
        echoes=(b"poly-correlation-id",),
        secrets=frozenset({b"x-pm-signature"}),
        explain=explain,
    ),
)
