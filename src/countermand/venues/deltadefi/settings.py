"""What a world may set about this venue. Presentation, and times; nothing the exchange knows."""

from typing import Annotated

from msgspec import Meta, Struct

from countermand.vocabulary.instrument import Asset
from countermand.wire import times
from countermand.wire.context import Settings


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
    SDK looks for. `tokens` are by symbol; `terms` is the text of the terms and conditions.

    Units: a built order can be submitted for `build_lifetime_s` seconds.
    """

    build_lifetime_s: Annotated[int, Meta(ge=1)] = 120
    msg: bool = False
    tokens: dict[str, Token] = {}
    terms: str = "This is a practice exchange. Nothing here is settled on any chain."
    hydra_cycle_s: Annotated[int, Meta(ge=1)] = 1800


def own(settings: Settings) -> DeltaDefiSettings:
    """Return the settings as what they are."""
    assert isinstance(settings, DeltaDefiSettings)  # noqa: S101  (the venue's own settings)
    return settings


def lifetime_ns(settings: Settings) -> int:
    """Return for how long a built order can be submitted."""
    return own(settings).build_lifetime_s * times.S


def token(settings: Settings, asset: Asset) -> Token:
    """Return what is said of an asset, all of it given."""
    known = own(settings).tokens.get(asset.symbol, Token())
    return Token(known.unit, asset.scale if known.max_qty_dp is None else known.max_qty_dp)
