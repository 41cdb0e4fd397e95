"""Settings: what a world may set about this venue, and the types of its context."""

from typing import Annotated

from msgspec import Meta

from countermand.wire.context import Context, Settings
from countermand.wire.credential import Principal

NAME = "coinbase-intx"


class IntxSettings(Settings, frozen=True):
    """
    What a world may set about this venue.

    Units: requests per second of one key; a stamp may be `window_s` seconds old or early,
    inclusive. `accept_decimal_timestamps` and `accept_undecoded_secret` let clients in that do not
    follow the documents (npm coinbase-api, the TypeScript SDK); off, they are refused as on the
    venue. With `cancel_as_listed` a cancel is refused with the one status its page lists, 400. A
    stream of a book tells `stream_levels` levels a side: 50 as captured, where the page says 20.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 40
    window_s: Annotated[int, Meta(ge=1)] = 30
    accept_decimal_timestamps: bool = False
    accept_undecoded_secret: bool = False
    cancel_as_listed: bool = False
    stream_levels: Annotated[int, Meta(ge=1, le=1000)] = 50


Ctx = Context[IntxSettings, Principal]
