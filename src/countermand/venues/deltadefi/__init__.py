"""The order API of DeltaDeFi, an order-book exchange on Cardano."""

from countermand.venues.deltadefi import ids
from countermand.venues.deltadefi.auth import DeltaDefiAuth, explain
from countermand.venues.deltadefi.client import CLIENT, FLOWS
from countermand.venues.deltadefi.errors import REFUSALS
from countermand.venues.deltadefi.place import place_flow
from countermand.venues.deltadefi.proof import PROOFS
from countermand.venues.deltadefi.routes import ROUTES
from countermand.venues.deltadefi.settings import NAME, DeltaDefiSettings
from countermand.wire.operation import Operation
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=DeltaDefiAuth(),
    refusals=REFUSALS,
    proofs=PROOFS,
    settings=DeltaDefiSettings,
    flows={Operation.PLACE_ORDER: place_flow, **FLOWS},
    client=CLIENT,
    habits=Habits(
        secrets=frozenset({b"x-api-key", b"api_key"}), explain=explain, key_header=b"x-api-key"
    ),
    order_text=ids.order_name,
    parse_order=ids.parse_order,
)
