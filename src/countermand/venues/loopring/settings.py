"""Settings: what a world may set about this venue, and the types of its context."""

from typing import Annotated

from msgspec import Meta, field

from countermand.venues.loopring.credential import LoopringPrincipal
from countermand.venues.loopring.presentation import (
    EXCHANGE_ADDRESS,
    MARKETS,
    TOKENS,
    Address,
    Display,
    Owner,
    Token,
)
from countermand.wire.context import Context, Settings


class LoopringSettings(Settings, frozen=True):
    """
    What a world may set about this venue: tokens by symbol, markets by name, owners by account id.

    Requests may be signed for `public_base_url` (scheme, host and port as clients have them
    configured) and for the host they were sent to. Set it where a proxy changes that host, or for
    clients that sign for the venue's own.
    """

    rate_limit_per_s: Annotated[int, Meta(ge=0)] = 5
    public_base_url: Annotated[str, Meta(pattern="^(https?://.+)?$")] = ""
    exchange_address: Address = EXCHANGE_ADDRESS
    chain_id: int = 1
    tokens: dict[str, Token] = field(default_factory=TOKENS.copy)
    markets: dict[str, Display] = field(default_factory=MARKETS.copy)
    owners: dict[str, Owner] = {}


Ctx = Context[LoopringSettings, LoopringPrincipal]
