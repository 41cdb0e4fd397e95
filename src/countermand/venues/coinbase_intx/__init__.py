"""
Coinbase International Exchange, REST API v1, as it was until it closed for trading on 2026-10-01.
"""

from countermand.venues.coinbase_intx.auth import IntxAuth, IntxSettings
from countermand.venues.coinbase_intx.errors import IntxErrors
from countermand.venues.coinbase_intx.explain import explain
from countermand.venues.coinbase_intx.routes import ROUTES
from countermand.wire.operation import Capability
from countermand.wire.venue import Venue

VENUE = Venue(
    name="coinbase-intx",
    package=__name__,
    routes=ROUTES,
    auth=IntxAuth(),
    errors=IntxErrors(),
    settings=IntxSettings,
    capabilities=frozenset(
        {
            Capability.CANCEL_BY_CL_ORD_ID,
            Capability.MASS_CANCEL,
            Capability.REPLACE,
            Capability.PREVIEW,
            Capability.POSITIONS,
        }
    ),
    secrets=frozenset({b"cb-access-passphrase", b"cb-access-sign"}),
    explain=explain,
)
