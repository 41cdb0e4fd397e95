"""Loopring, DEX REST API v3 (protocol 3.6)."""

from countermand.venues.loopring.auth import LoopringAuth, LoopringSettings
from countermand.venues.loopring.crypto.eddsa import make_tables
from countermand.venues.loopring.errors import LoopringErrors, worded
from countermand.venues.loopring.flows import place_flow
from countermand.venues.loopring.routes import ROUTES
from countermand.wire.operation import Capability, Operation
from countermand.wire.venue import Venue

VENUE = Venue(
    name="loopring",
    package=__name__,
    routes=ROUTES,
    auth=LoopringAuth(),
    errors=LoopringErrors(),
    settings=LoopringSettings,
    capabilities=frozenset({Capability.CANCEL_BY_CL_ORD_ID}),
    flows={Operation.PLACE_ORDER: place_flow},
    worded=worded,
    prepare=make_tables,
    secrets=frozenset({b"x-api-key", b"x-api-sig"}),
)
