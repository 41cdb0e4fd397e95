"""Classes: one exchange of ccxt's for each venue, made when it is first named."""

from __future__ import annotations

from typing import TypeVar

from countermand.ccxt.configured import Configured
from countermand.venues import VENUES

B = TypeVar("B", bound=Configured)

# By ccxt's rule an id is a name of Python: the venue's name without its hyphens.
IDS = {name.replace("-", "_"): name for name in VENUES}


def made(base: type[B], name: str, module: str, *, is_practice: bool = False) -> type[B]:
    """Return the exchange of an id, below `base`. Raises AttributeError for one that is none."""
    if name not in IDS:
        raise AttributeError(f"module {module!r} has no attribute {name!r}")
    told = f"{IDS[name]}, as ccxt has an exchange."
    fields = {"id": name, "venue": VENUES[IDS[name]], "is_practice": is_practice}
    return type(name, (base,), fields | {"__module__": module, "__doc__": told})
