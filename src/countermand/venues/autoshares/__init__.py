"""Autoshares, a white label of ETNA Trader: its REST API, versions 1.0 and 2.0."""

from countermand.venues.autoshares.auth import AutosharesAuth, explain
from countermand.venues.autoshares.client import CLIENT, FLOWS
from countermand.venues.autoshares.errors import REFUSALS
from countermand.venues.autoshares.proof import PROOFS
from countermand.venues.autoshares.routes import ROUTES
from countermand.venues.autoshares.settings import NAME, AutosharesSettings
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=AutosharesAuth(),
    refusals=REFUSALS,
    settings=AutosharesSettings,
    proofs=PROOFS,
    flows=FLOWS,
    client=CLIENT,
    habits=Habits(
        produces=(b"application/json", b"text/json"),
        secrets=frozenset({b"et-app-key", b"password", b"pincode", b"user", b"verificationcode"}),
        explain=explain,
        key_header=b"authorization",
    ),
)
