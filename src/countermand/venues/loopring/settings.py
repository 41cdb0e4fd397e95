"""Settings: what a world may set about this venue, and the types of its context."""

from typing import Annotated

from msgspec import Meta, field

from countermand.venues.loopring import presentation as shown
from countermand.venues.loopring.credential import LoopringPrincipal
from countermand.wire.context import Context, Settings

NAME = "loopring"


class LoopringSettings(Settings, frozen=True):
    """
    What a world may set about this venue: tokens by symbol, markets by name, owners by account id.

    Requests may be signed for `public_base_url` (scheme, host and port as clients have them
    configured) and for the host they were sent to. Set it where a proxy changes that host, or for
    clients that sign for the venue's own.

    Units: a client of a socket that sends no `pong` for `pong_within_s` seconds is dropped; 0 drops
    none, for clients that answer pings of the protocol alone.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 5
    public_base_url: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""
    exchange_address: shown.Address = shown.EXCHANGE_ADDRESS
    chain_id: int = 1
    tokens: dict[str, shown.Token] = field(default_factory=shown.TOKENS.copy)
    markets: dict[str, shown.Display] = field(default_factory=shown.MARKETS.copy)
    owners: dict[str, shown.Owner] = {}
    pong_within_s: Annotated[int, Meta(ge=0)] = 120


Ctx = Context[LoopringSettings, LoopringPrincipal]
