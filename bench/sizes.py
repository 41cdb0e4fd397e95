"""How much of everything a run does: enough to tell, less for a quick look, least for a test."""

from msgspec import Struct


class Size(Struct, frozen=True):
    """
    Rounds are what a median is of; the slices of a round run one right after the other.

    Units: `slice_s` and `overload_s` of load over HTTP; the others count what they are named for.
    """

    rounds: int
    commands: int
    resting_max: int
    weighed_orders: int
    replayed_orders: int
    loads: int
    slice_s: float
    connections: int
    single_cancels: int
    crowd: int
    overload_s: float
    starts: int
    checks: int
    tests: int
    soaked_orders: int
    kills: int
    subscribers: int
    changes: int


FULL = Size(
    5,
    6_000,
    1_000_000,
    20_000,
    20_000,
    3,
    0.8,
    64,
    500,
    8_000,
    2.0,
    3,
    1_000,
    500,
    1_000_000,
    9,
    1_000,
    200,
)
QUICK = Size(
    3, 4_000, 100_000, 10_000, 10_000, 1, 0.5, 64, 200, 1_000, 1.0, 1, 200, 100, 100_000, 3, 200, 60
)
TINY = Size(1, 200, 2_000, 200, 200, 1, 0.02, 4, 4, 20, 0.1, 1, 2, 2, 600, 1, 4, 4)
