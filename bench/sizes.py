"""How much of everything a run does: enough to tell, less for a quick look, least for a test."""

from msgspec import Struct


class Size(Struct, frozen=True):
    """
    Rounds are what a median is of; the slices of a round run one right after the other.

    Units: `slice_s` of load over HTTP; the others count commands, orders, entries, connections.
    """

    rounds: int
    commands: int
    resting_max: int
    weighed_orders: int
    replayed_orders: int
    slice_s: float
    connections: int
    crowd: int
    starts: int


FULL = Size(7, 8_000, 1_000_000, 20_000, 20_000, 1.0, 64, 4_000, 5)
QUICK = Size(3, 4_000, 100_000, 10_000, 10_000, 0.5, 64, 1_000, 1)
TINY = Size(1, 200, 2_000, 200, 200, 0.05, 4, 20, 1)
