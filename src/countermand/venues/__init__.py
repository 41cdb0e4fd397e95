"""The registry of venues: the one line outside its folder that a venue needs."""

from countermand.venues import coinbase_intx
from countermand.wire.venue import Venue

VENUES: dict[str, Venue] = {
    "coinbase-intx": coinbase_intx.VENUE,
}
