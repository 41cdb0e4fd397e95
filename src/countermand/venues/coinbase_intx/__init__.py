"""
Coinbase International Exchange, REST API v1, as it was until it closed for trading on 2026-10-01.
"""

from countermand.venues.coinbase_intx import fills, ids, paging, read_orders
from countermand.venues.coinbase_intx.auth import IntxAuth, explain, signed
from countermand.venues.coinbase_intx.client import CLIENT
from countermand.venues.coinbase_intx.errors import REFUSALS
from countermand.venues.coinbase_intx.proof import PROOFS
from countermand.venues.coinbase_intx.routes import ROUTES
from countermand.venues.coinbase_intx.settings import NAME, IntxSettings
from countermand.wire.flows import paged
from countermand.wire.operation import Operation
from countermand.wire.venue import Habits, Venue

VENUE = Venue(
    name=NAME,
    package=__name__,
    routes=ROUTES,
    auth=IntxAuth(),
    refusals=REFUSALS,
    proofs=PROOFS,
    settings=IntxSettings,
    habits=Habits(
        secrets=frozenset({b"cb-access-passphrase", b"cb-access-sign"}),
        explain=explain,
        key_header=b"cb-access-key",
        stamped=True,
        signed=signed,
    ),
    client=CLIENT,
    flows={
        Operation.LIST_ORDERS: paged(
            Operation.LIST_ORDERS, read_orders.LIST, paging.follow, CLIENT.learn_market
        ),
        Operation.LIST_FILLS: paged(
            Operation.LIST_FILLS, fills.LIST, paging.follow, CLIENT.learn_market
        ),
    },
    order_text=ids.order_name,
    parse_order=ids.order_of,
)
