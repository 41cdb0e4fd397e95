"""
Why a request is not proven: only the key is looked at.

For worlds whose keys are published.
"""

from countermand.venues.deltadefi.auth import KEY
from countermand.venues.deltadefi.credential import DeltaDefiCredential
from countermand.wire.context import Settings
from countermand.wire.http import Request
from countermand.wire.venue import Keys


def explain(
    request: Request, keys: Keys[DeltaDefiCredential], settings: Settings, now_ns: int
) -> str:
    """Return why the request is not proven."""
    given = request.header(KEY)
    if given is None:
        return "without X-API-KEY"
    known = keys.find(given.decode("latin-1"))
    return "no key is what X-API-KEY says" if known is None else "the key may not do this"
