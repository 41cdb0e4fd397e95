"""The registry of venues: the one line outside its folder that a venue needs."""

from countermand.venues import autoshares, coinbase_intx, deltadefi, loopring, polymarket_us
from countermand.wire.venue import Venue

# Every venue has its place, served or not, so that its port never depends on which others are.
PORT_OFFSETS: dict[str, int] = {
    "deltadefi": 1,
    "autoshares": 2,
    "coinbase-intx": 3,
    "loopring": 4,
    "polymarket-us": 5,
}

VENUES: dict[str, Venue] = {
    "deltadefi": deltadefi.VENUE,
    "autoshares": autoshares.VENUE,
    "coinbase-intx": coinbase_intx.VENUE,
    "loopring": loopring.VENUE,
    "polymarket-us": polymarket_us.VENUE,
}
