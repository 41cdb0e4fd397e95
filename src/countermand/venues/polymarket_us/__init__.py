"""Polymarket US, retail REST API v1."""

from countermand.venues.polymarket_us import ids
from countermand.venues.polymarket_us.auth import PolymarketAuth, explain, signed
from countermand.venues.polymarket_us.client import CLIENT, FLOWS
from countermand.venues.polymarket_us.errors import REFUSALS
from countermand.venues.polymarket_us.proof import PROOFS
from countermand.venues.polymarket_us.routes import ROUTES
from countermand.venues.polymarket_us.settings import NAME, PolymarketSettings
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=PolymarketAuth(),
    refusals=REFUSALS,
    settings=PolymarketSettings,
    proofs=PROOFS,
    flows=FLOWS,
    client=CLIENT,
    habits=Habits(
        # Other paths are the gateway's, which asks for no signature.
        auth_first=(b"/v1/order", b"/v1/portfolio", b"/v1/account", b"/v1/rfqs"),
        echoes=(b"poly-correlation-id",),
        secrets=frozenset({b"x-pm-signature"}),
        explain=explain,
        key_header=b"x-pm-access-key",
        stamped=True,
        signed=signed,
    ),
    order_text=ids.order_name,
    parse_order=ids.parse_order,
)
