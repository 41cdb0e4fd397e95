"""
The names of `countermand.ccxt`, for practice: a bot trades at the exchange that runs on this
machine, also where its config has a venue's keys. None of its keys is sent.

    import countermand.ccxt.sandbox as ccxt

Where it has `import ccxt.async_support as ccxt` this is `countermand.ccxt.sandbox.async_support`.
"""

from __future__ import annotations

from countermand.ccxt import errors
from countermand.ccxt.classes import IDS, made
from countermand.ccxt.configured import TICK_SIZE
from countermand.ccxt.errors import *  # noqa: F403  (as ccxt has them: one flat list)
from countermand.ccxt.synchronous import Exchange

exchanges = list(IDS)

__all__ = ["TICK_SIZE", "Exchange", "exchanges", *errors.__all__]  # noqa: PLE0604  (of names)


def __getattr__(name: str) -> type[Exchange]:
    found = globals()[name] = made(Exchange, name, __name__, is_practice=True)
    return found
