"""Acme, REST API v1."""

from countermand.venues.acme.auth import AcmeAuth
from countermand.venues.acme.errors import REFUSALS
from countermand.venues.acme.proof import PROOFS
from countermand.venues.acme.routes import ROUTES
from countermand.venues.acme.settings import NAME, AcmeSettings
from countermand.wire.venue import Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=AcmeAuth(),
    refusals=REFUSALS,
    settings=AcmeSettings,
    proofs=PROOFS,
)
