"""Settings: the toy has none of its own."""

from countermand.wire.context import Context, Settings
from countermand.wire.credential import Principal

Ctx = Context[Settings, Principal]
