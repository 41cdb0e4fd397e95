"""Settings: what a world may set about this venue, and the types of its context."""

from countermand.wire.context import Context, Settings
from countermand.wire.credential import Principal

NAME = "acme"


class AcmeSettings(Settings, frozen=True):
    """What a world may set about this venue."""


Ctx = Context[AcmeSettings, Principal]
