"""What a world may set about this venue, and the types of its context."""

from typing import Annotated, Literal

from msgspec import Meta

from countermand.venues.polymarket_us.presentation import Presentation
from countermand.wire.context import Context, Settings
from countermand.wire.credential import Principal

NAME = "polymarket-us"

# "Up to 10 seconds", says the documentation; a server that is told to stop waits no longer either.
BLOCK_S_MAX = 10

_UNDESCRIBED = Presentation()


class PolymarketSettings(Settings, frozen=True):
    """
    What a world may set about this venue.

    `closed_cancel_answer` is how a cancel or modify of a closed order is refused, which is not
    documented: 400 with code 9, the 404 of an unknown order, a 409, or the silence of a 200.
    With `cancel_as_listed` a cancel is refused with the statuses its page lists alone (400, 401,
    500), and with `market_slug_optional` it needs no market, as in the schema there. `markets` says
    what markets are called, by slug. With `order_snapshot_first` a subscription to orders begins
    with those that are open, as the older documents have it.

    Units: requests per second of one key; a stamp may be `window_s` seconds old or early,
    inclusive; a synchronous order is waited for `block_s_max` seconds at most. A stream gives a
    sign of life every `heartbeat_s` seconds; a debounced book is told once in `debounce_s` at most.
    Raises: ValueError for a `closed_cancel_answer` that `cancel_as_listed` rules out.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 20
    window_s: Annotated[int, Meta(ge=1)] = 30
    block_s_max: Annotated[int, Meta(ge=0, le=BLOCK_S_MAX)] = BLOCK_S_MAX
    closed_cancel_answer: Literal["precondition", "not-found", "conflict", "silence"] = (
        "precondition"
    )
    cancel_as_listed: bool = False
    market_slug_optional: bool = False
    markets: dict[str, Presentation] = {}
    order_snapshot_first: bool = False
    heartbeat_s: Annotated[int, Meta(ge=1)] = 15
    debounce_s: Annotated[float, Meta(ge=0)] = 0.25

    def __post_init__(self) -> None:
        if self.cancel_as_listed and self.closed_cancel_answer == "conflict":
            raise ValueError("closed_cancel_answer is a 409, which cancel_as_listed rules out")

    def presentation(self, slug: str) -> Presentation:
        """Return what is shown of a market, empty where a world says nothing."""
        return self.markets.get(slug, _UNDESCRIBED)


Ctx = Context[PolymarketSettings, Principal]
