"""Topics: what a subscription is told, each a function that says what there is and follows it."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from countermand.venues.polymarket_us import resolve
from countermand.venues.polymarket_us.messages.streams import Subscribe
from countermand.venues.polymarket_us.settings import Ctx
from countermand.vocabulary.ids import InstrumentId
from countermand.wire.credential import Principal
from countermand.wire.stream import Following, Source


class Subscription(Struct, frozen=True):
    """
    A subscription: its request and its owner, its view of the exchange, and how its client is told
    a payload.
    """

    asked: Subscribe
    asker: Principal
    source: Source
    tell: Callable[..., None]

    def now(self) -> Ctx:
        """Return the context of this moment, in the asker's name."""
        return replace(self.source.context, principal=self.asker)

    def markets(self) -> tuple[InstrumentId, ...] | None:
        """Return the markets that were named; None for all. An unknown slug matches nothing."""
        return resolve.markets(self.asked.market_slugs, self.now())


# Raises: WireError for what cannot be told.
Topic = Callable[[Subscription], list[Following]]
