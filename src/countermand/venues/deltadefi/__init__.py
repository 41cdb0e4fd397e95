"""The order API of DeltaDeFi, an order-book exchange on Cardano."""

from countermand.venues.deltadefi.auth import DeltaDefiAuth
from countermand.venues.deltadefi.errors import DeltaDefiErrors, amend
from countermand.venues.deltadefi.explain import explain
from countermand.venues.deltadefi.routes import ROUTES
from countermand.venues.deltadefi.settings import DeltaDefiSettings
from countermand.venues.deltadefi.translate.submitting import place_flow
from countermand.wire.bridge import OldRefusals
from countermand.wire.operation import Operation
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name="deltadefi",
    package=__name__,
    routes=ROUTES,
    auth=DeltaDefiAuth(),
    refusals=OldRefusals(DeltaDefiErrors(), amend=amend),  # type: ignore[arg-type]  # until it has its table
    settings=DeltaDefiSettings,
    flows={Operation.PLACE_ORDER: place_flow},
    habits=Habits(secrets=frozenset({b"x-api-key"}), explain=explain, key_header=b"x-api-key"),
)
