"""Loopring, DEX REST API v3 (protocol 3.6)."""

from countermand.venues.loopring.auth import LoopringAuth, LoopringSettings
from countermand.venues.loopring.crypto.eddsa import make_tables
from countermand.venues.loopring.errors import LoopringErrors, worded
from countermand.venues.loopring.flows import place_flow
from countermand.venues.loopring.routes import ROUTES
from countermand.wire.bridge import OldRefusals
from countermand.wire.operation import Operation
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name="loopring",
    package=__name__,
    routes=ROUTES,
    auth=LoopringAuth(),
    refusals=OldRefusals(LoopringErrors(), words=worded),  # type: ignore[arg-type]  # until it has its table
    settings=LoopringSettings,
    flows={Operation.PLACE_ORDER: place_flow},
    prepare=make_tables,
    habits=Habits(secrets=frozenset({b"x-api-key", b"x-api-sig"}), key_header=b"x-api-key"),
)
