"""Loopring, DEX REST API v3 (protocol 3.6)."""

from countermand.venues.loopring import credential, resolve
from countermand.venues.loopring.auth import LoopringAuth, signed
from countermand.venues.loopring.client import CLIENT, FLOWS
from countermand.venues.loopring.crypto.eddsa import make_tables
from countermand.venues.loopring.errors import REFUSALS
from countermand.venues.loopring.proof import PROOFS
from countermand.venues.loopring.routes import ROUTES
from countermand.venues.loopring.settings import NAME, LoopringSettings
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=LoopringAuth(),
    refusals=REFUSALS,
    settings=LoopringSettings,
    proofs=PROOFS,
    flows=FLOWS,
    client=CLIENT,
    prepare=make_tables,
    habits=Habits(
        secrets=frozenset({b"x-api-key", b"x-api-sig"}), key_header=b"x-api-key", signed=signed
    ),
    order_text=resolve.order_name,
    parse_order=resolve.no_order_id,
    account_name=resolve.account_name,
    is_account_name=credential.is_account_name,
)
