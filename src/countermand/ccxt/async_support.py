"""The names of `countermand.ccxt`, for `await`."""

from __future__ import annotations

from countermand.ccxt import errors
from countermand.ccxt.asynchronous import Exchange
from countermand.ccxt.classes import IDS, made
from countermand.ccxt.configured import TICK_SIZE
from countermand.ccxt.errors import *  # noqa: F403  (as ccxt has them: one flat list)

exchanges = list(IDS)

__all__ = ["TICK_SIZE", "Exchange", "exchanges", *errors.__all__]  # noqa: PLE0604  (of names)


def __getattr__(name: str) -> type[Exchange]:
    found = globals()[name] = made(Exchange, name, __name__)
    return found
