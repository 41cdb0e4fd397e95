"""
Exchanges with the names, structures and errors of ccxt, over our client: one for each venue.

    import countermand.ccxt as ccxt
    exchange = ccxt.NAME({"apiKey": …, "secret": …})

Where a bot has `import ccxt.async_support as ccxt` this is `countermand.ccxt.async_support`. ccxt
itself is not needed; where it is installed its errors are ours.
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
    found = globals()[name] = made(Exchange, name, __name__)
    return found
