"""Settings: what a world may set about this venue, and the types of its context."""

from typing import Annotated

from msgspec import Meta, Struct

from countermand.venues.deltadefi.credential import DeltaDefiPrincipal
from countermand.wire.context import Context, Settings

NAME = "deltadefi"


class Token(Struct, frozen=True, forbid_unknown_fields=True):
    """
    What the market config says of an asset besides its name.

    Units: `unit` is the on-chain name, policy id and asset name in hexadecimal; `max_qty_dp` how
           many decimals an amount of it may have, None for as many as balances are kept to.
    """

    unit: str = ""
    max_qty_dp: int | None = None


class DeltaDefiSettings(Settings, frozen=True):
    """
    What a world may set about this venue.

    `msg` adds a second copy of every refusal's text under that name, which the published Python
    SDK looks for. With `cancel_as_listed` a cancel is refused with no status but those its page
    lists, 400, 404 and 500. `tokens` are by symbol; `terms` is the text of the terms.

    Units: a built order can be submitted for `build_lifetime_s` seconds.
    """

    build_lifetime_s: Annotated[int, Meta(ge=1)] = 120
    msg: bool = False
    cancel_as_listed: bool = False
    tokens: dict[str, Token] = {}
    terms: str = "This is a practice exchange. Nothing here is settled on any chain."
    hydra_cycle_s: Annotated[int, Meta(ge=1)] = 1800


Ctx = Context[DeltaDefiSettings, DeltaDefiPrincipal]
